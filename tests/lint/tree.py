"""What the lint checks share: the project's own files, and how findings are told."""

import os
import subprocess
import sys

SUFFIXES = (".cpp", ".hpp")


def tracked(top, *folders, suffixes=None):
    """Paths, relative to `top`, of the project's files in `folders` (all of them if none is named)."""
    if os.path.exists(os.path.join(top, ".git")):
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={top}", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
             *folders],
            check=True, capture_output=True, text=True).stdout.split("\0")
        paths = [path for path in listed if path and os.path.isfile(os.path.join(top, path))]
    else:
        paths = []
        for folder in folders or ["."]:
            for root, below, names in os.walk(os.path.join(top, folder)):
                below[:] = [name for name in below if not name.startswith(("build", "."))]
                paths += [os.path.relpath(os.path.join(root, name), top) for name in names]
    return sorted(path for path in paths if suffixes is None or path.endswith(suffixes))


def lines(top, path):
    """Numbered lines of a text file; none if it is not text."""
    try:
        with open(os.path.join(top, path), encoding="utf-8") as file:
            return list(enumerate(file.read().splitlines(), 1))
    except UnicodeDecodeError:
        return []


def report(findings):
    """Prints each finding and ends the check."""
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
