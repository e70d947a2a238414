#!/usr/bin/env python3
"""Compiles each header by itself, so that none relies on what was included before it:
headers_compile_alone.py TOP JOBS COMPILER [FLAG...]

A header that is the first include of its own .cpp was compiled that way by the build, and is left out.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tree import lines, report, tracked

# Headers that want those of a library before them, since they may not include them.
WANTS = {"include/weir/capnp.hpp": ["capnp/message.h", "capnp/serialize.h"]}

FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def included_first(top):
    """Headers, as they are named in includes, that stand first in some source file."""
    for path in tracked(top, "src", "tools", "tests", suffixes=(".cpp",)):
        for _, line in lines(top, path):
            if include := FIRST_INCLUDE.match(line):
                yield include[1]
                break


def compile_alone(top, compiler, header):
    done = subprocess.run([*compiler, "-fsyntax-only", "-x", "c++", "-"], capture_output=True, text=True,
                          input="".join(f"#include <{wanted}>\n" for wanted in WANTS.get(header, [])) +
                                f'#include "{os.path.join(top, header)}"\n')
    return None if done.returncode == 0 else f"{header}: does not compile alone:\n{done.stderr.strip()}"


def main(top, jobs, compiler):
    covered = set(included_first(top))
    headers = [path for path in tracked(top, "include", "src", suffixes=(".hpp",))
               if path.removeprefix("include/").removeprefix("src/") not in covered]
    with ThreadPoolExecutor(jobs) as threads:
        report([finding for finding in threads.map(lambda header: compile_alone(top, compiler, header), headers) if finding])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
