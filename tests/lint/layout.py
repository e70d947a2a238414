#!/usr/bin/env python3
"""Checks that every C++ file is laid out as .clang-format says: layout.py TOP

Another major version of clang-format lays out differently, so only the one of Debian 12 counts; the check is skipped
(exit status 77) where it is missing.
"""

import re
import shutil
import subprocess
import sys

from tree import SUFFIXES, report, tracked

MAJOR_VERSION = "14"


def formatter():
    for name in (f"clang-format-{MAJOR_VERSION}", "clang-format"):
        if shutil.which(name):
            version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
            if re.search(rf"version {MAJOR_VERSION}\.", version):
                return name
    return None


def main(top):
    name = formatter()
    if name is None:
        print(f"clang-format {MAJOR_VERSION} is not installed")
        sys.exit(77)
    files = tracked(top, "src", "include", "tools", "tests", "examples", "bench", suffixes=SUFFIXES)
    done = subprocess.run([name, "--dry-run", "-Werror", *files], cwd=top, capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "[-Wclang-format-violations]" in line})
    if done.returncode != 0 and not wrong:
        report([done.stderr.strip()])
    report([f"{path}: run clang-format -i on it" for path in wrong])


if __name__ == "__main__":
    main(sys.argv[1])
