#!/usr/bin/env python3
"""Compiles the C++ in the documentation: snippets_compile.py TOP JOBS COMPILER [FLAG...]

A block that begins with `#include <weir/weir.hpp>` begins a program, and those behind it on the page go on with it.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tree import lines, report, tracked

BEGINS = "#include <weir/weir.hpp>"


def blocks(numbered):
    """The C++ of a page: for each block the number of its first line, and its lines."""
    block = None
    for number, line in numbered:
        if line == "```cpp":
            block = []
        elif line == "```" and block is not None:
            yield number - len(block), block
            block = None
        elif block is not None:
            block.append(line)


def programs(path, numbered):
    """The programs of a page; what the compiler says about them names lines of the page."""
    found = []
    for number, block in blocks(numbered):
        if not found or block[0] == BEGINS:
            found.append("")
        found[-1] += "\n".join([f'#line {number} "{path}"', *block]) + "\n"
    return found


def compile_program(compiler, path, program):
    done = subprocess.run([*compiler, "-fsyntax-only", "-x", "c++", "-"], capture_output=True, text=True,
                          input=program)
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if "error:" in line]
    return "\n".join(errors or [f"{path}: does not compile:\n{done.stderr.strip()}"])


def main(top, jobs, compiler):
    work = [(compiler, path, program) for path in ["README.md", *tracked(top, "docs", suffixes=(".md",))]
            for program in programs(path, lines(top, path))]
    with ThreadPoolExecutor(jobs) as threads:
        report([finding for finding in threads.map(lambda each: compile_program(*each), work) if finding])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
