#!/usr/bin/env python3
"""Holds who may include whom, and which folder alone sees which library: include_rules.py TOP

Includes point down. A header that no rule knows is a finding too, so that a new dependency is a decision.
"""

import re
import sys

from tree import SUFFIXES, lines, report, tracked

# Folder of src/ -> the other folders it may include. All may include <weir/...>.
MAY_INCLUDE = {
    "base": [],
    "dataflow": ["base"],
    "wire": ["base", "dataflow"],
    "state": ["base", "wire", "dataflow"],
    "operators": ["base", "wire", "dataflow", "state"],
    "exchange": ["base", "wire", "dataflow"],
    "connectors": ["base", "dataflow", "operators", "state"],
    "task": ["base", "wire", "dataflow", "state", "operators", "exchange", "connectors"],
    "scheduler": ["base", "wire", "dataflow"],
    "rest": ["base", "wire", "dataflow", "scheduler"],
    "actors": ["base", "wire", "dataflow", "state", "operators", "exchange", "connectors", "task", "scheduler", "rest"],
}

# Library -> beginnings of its headers' names, and the places that may see them. tests/ and bench/ may see what they test.
LIBRARIES = {
    "CAF": (r"caf/", ["src/actors", "tools"]),
    "Cap'n Proto": (r"capnp/|kj/|.*\.capnp\.h$", ["src/wire"]),
    "zstd": (r"zstd", ["src/wire"]),
    "spdlog": (r"spdlog/|fmt/", ["src/base"]),
    "yaml-cpp": (r"yaml-cpp/", ["src/base"]),
    "xxHash": (r"xxhash\.h", ["src/base", "src/wire"]),
    "OpenSSL": (r"openssl/", ["src/base"]),
    "LevelDB": (r"leveldb/", ["src/state"]),
    "an HTTP library": (r"restinio/|asio|http_parser\.h|httplib\.h", ["src/rest", "tools"]),
    "a JSON library": (r"nlohmann/", ["src/rest", "tools"]),
    "CLI11": (r"CLI/", ["tools"]),
    "libedit": (r"histedit\.h|editline/", ["tools"]),
    "doctest": (r"doctest/", []),
}

# The operating system's own headers.
SYSTEM = re.compile(r"(sys|netinet|arpa|linux)/|(arpa|cxxabi|dirent|dlfcn|elf|execinfo|fcntl|fnmatch|glob|grp|link|netdb|poll|pthread|pwd|"
                    r"sched|signal|spawn|termios|time|ucontext|unistd)\.h")
STANDARD = re.compile(r"[a-z_0-9]+$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def place_of(path):
    """The folder whose rules hold for a file: src/base, include, tools, ..."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "src" else parts[0]


def finding(path, quote, header):
    """What is wrong with one include, or None."""
    place = place_of(path)
    for library, (names, places) in LIBRARIES.items():
        if re.match(names, header):
            if place in places or place in ("tests", "bench"):
                return None
            return f"sees {library} (<{header}>), which belongs to {' and '.join(places) or 'tests'}"
    if header.startswith("weir/"):
        return None if quote == "<" else f"includes \"{header}\": public headers are included with <>"
    if quote == "<":
        if STANDARD.match(header) or SYSTEM.match(header):
            return None
        return f"includes <{header}>, which no rule in tests/lint/include_rules.py knows"
    if place in ("include", "examples"):
        return f"includes \"{header}\": only <weir/...> and headers of the system are allowed here"
    folder = header.split("/")[0] if "/" in header else ""
    if place.startswith("src/"):
        own = place.split("/")[1]
        if own not in MAY_INCLUDE:
            return f"is in {place}, for which tests/lint/include_rules.py has no rule"
        if folder not in MAY_INCLUDE:
            return f"includes \"{header}\": write the path from src/, as in \"{own}/{header}\""
        if folder != own and folder not in MAY_INCLUDE[own]:
            return f"includes \"{header}\", but {own} may include only {', '.join(MAY_INCLUDE[own]) or 'itself'}"
    return None


def main(top):
    findings = []
    for path in tracked(top, "src", "include", "tools", "examples", "bench", "tests", suffixes=SUFFIXES):
        for number, line in lines(top, path):
            include = INCLUDE.match(line)
            problem = include and finding(path, *include.groups())
            if problem:
                findings.append(f"{path}:{number}: {problem}")
    report(findings)


if __name__ == "__main__":
    main(sys.argv[1])
