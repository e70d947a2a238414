#!/usr/bin/env python3
"""Checks that a wrong program gets a compile error that says what to do: refused.py FILE COMPILER [FLAG...]

The file's first line, `// refused: REGEX`, is the sentence that must be in the compiler's errors.
"""

import re
import subprocess
import sys


def main(path, compiler):
    with open(path) as file:
        wanted = re.match(r"// refused: (.*)\n", file.readline())[1]
    done = subprocess.run([*compiler, "-fsyntax-only", path], capture_output=True, text=True)
    if done.returncode == 0:
        sys.exit(f"{path} compiles")
    errors = [line for line in done.stderr.splitlines() if "error:" in line]
    if not any(re.search(wanted, line) for line in errors):
        sys.exit("\n".join([f"no error says: {wanted}", *errors]))
    print("\n".join(errors))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
