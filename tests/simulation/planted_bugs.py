#!/usr/bin/env python3
"""Removes rules of the protocols from the code, one by one, and sees whether the tests notice.

    planted_bugs.py FOLDER [NAME...]
    planted_bugs.py --check

Copies the sources to FOLDER and builds there: minutes the first time, then seconds for each bug. NAME is one of the
bugs in bugs_of_*.py, such as M6; without any, all are planted. Each test that a bug names has to pass on the sound code
and to fail on the planted one. A table says in the end which test caught which bug, and how long that took.

--check only looks whether each text that is to be replaced stands in its file exactly once, and each test is there, so
that the lists do not fall behind the code. Ends with status 1 if one does not, or if a bug is missed by one of its tests.
"""

import collections
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import bugs_of_checkpoints
import bugs_of_control
import bugs_of_sinks
from bugs import PROGRAMS

TOP = pathlib.Path(__file__).resolve().parents[2]
BUGS = bugs_of_control.BUGS + bugs_of_checkpoints.BUGS + bugs_of_sinks.BUGS
SECONDS_MAX = 300  # a test that takes longer does not end: caught

Outcome = collections.namedtuple("Outcome", "passed told")  # told: what a failing run says of itself
Row = collections.namedtuple("Row", "bug caught missed seconds")


def copy_changed(source, target):
    """Leaves what is the same alone, so that ninja builds only what must be."""
    target.mkdir(parents=True, exist_ok=True)
    for each in source.iterdir():
        if each.name in (".git", "__pycache__") or (each / "build.ninja").exists():
            continue
        to = target / each.name
        if each.is_dir():
            copy_changed(each, to)
        elif not to.exists() or not filecmp.cmp(each, to, shallow=False):
            shutil.copy(each, to)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}:\n{done.stdout[-4000:]}{done.stderr}")


def build(tree, tests):
    programs = sorted({PROGRAMS[test.program][0] for test in tests})
    run("ninja", "-C", tree / "build", "-j", os.environ.get("NINJA_JOBS", str(os.cpu_count())), *programs)


def play(tree, test):
    program, *options = PROGRAMS[test.program]
    if test.seeds:
        options = ["--seeds", str(test.seeds)]
    pattern = test.name.replace(",", "?")  # a comma would end it
    try:
        done = subprocess.run([tree / "build" / program, *options, "-tc=" + pattern], capture_output=True, text=True,
                              errors="replace", timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return Outcome(False, "does not end")
    if done.returncode == 0 and not re.search(r"test cases:\s*1 \|", done.stdout):
        sys.exit(f"there is no test '{test.name}' in {test.program}")
    seed = re.search(r"--seed (\d+)\)", done.stdout)
    return Outcome(done.returncode == 0, f"seed {seed[1]}" if seed else "")


def planted(bug, tree):
    """The files that change: path to text without and with it. Raises ValueError if a text does not stand once."""
    files = {}
    for name, text, replacement in bug.changes:
        sound, broken = files.get(tree / name) or [(tree / name).read_text()] * 2
        if broken.count(text) != 1:
            raise ValueError(f"{bug.name}: not once but {broken.count(text)} times in {name}:\n{text}")
        files[tree / name] = sound, broken.replace(text, replacement)
    return files


def check():
    """What is wrong with the lists."""
    wrong = [f"{name}: a name of two bugs" for name, n in collections.Counter(b.name for b in BUGS).items() if n > 1]
    for bug in BUGS:
        try:
            planted(bug, TOP)
        except ValueError as fault:
            wrong.append(str(fault))
    cases = re.sub(r'"\s*"', "", "".join(path.read_text() for path in sorted(TOP.glob("tests/**/*_*.cpp"))))
    names = {test.name.rstrip("*") for bug in BUGS for test in bug.tests}
    return wrong + [f"there is no test '{name}'" for name in sorted(names) if f'"{name}' not in cases]


def say(test, outcome):
    name = test.program if test.seeds else f"{test.program}: {test.name[:60]}"
    return f"{name}{', ' + outcome.told if outcome.told else ''}"


def try_out(bug, tree):
    files = planted(bug, tree)
    begin = time.monotonic()
    caught, missed = [], []
    try:
        for path, (_, broken) in files.items():
            path.write_text(broken)
        build(tree, bug.tests)
        for test in bug.tests:
            outcome = play(tree, test)
            (missed if outcome.passed else caught).append(say(test, outcome))
    finally:
        for path, (sound, _) in files.items():
            path.write_text(sound)
    return Row(bug, caught, missed, time.monotonic() - begin)


def print_table(rows):
    for row in rows:
        lines = row.caught + [f"MISSED by {test}" for test in row.missed]
        print(f"{row.bug.name:5} {row.bug.rule:62} {row.seconds:4.0f} s  {lines[0]}")
        for line in lines[1:]:
            print(" " * 77 + line)
    missed = sum(1 for row in rows if row.missed)
    played = sum(1 for row in rows if any("simulation" in PROGRAMS[t.program][0] for t in row.bug.tests))
    print(f"{len(rows)} bugs planted, {played} of them for a simulation; {missed} missed by a test")


def sound_tests(bugs):
    """Each test once, with the most seeds."""
    most = {}
    for test in (test for bug in bugs for test in bug.tests):
        key = test.program, test.name
        most[key] = max(most.get(key, test), test)
    return sorted(most.values())


def main(folder, *names):
    tree = pathlib.Path(folder).resolve() / "tree"
    bugs = [bug for bug in BUGS if not names or bug.name in names]
    if wrong := check():
        sys.exit("\n".join(wrong))
    copy_changed(TOP, tree)
    if not (tree / "build" / "build.ninja").exists():
        run("meson", "setup", "-Ddebug=false", tree / "build", tree)
    tests = sound_tests(bugs)
    build(tree, tests)
    for test in tests:
        if not play(tree, test).passed:
            sys.exit(f"{test.program} fails without any bug planted: {test.name}")
    rows = []
    for bug in bugs:
        rows.append(try_out(bug, tree))
        print(f"{'MISSED' if rows[-1].missed else 'caught'} {bug.name:5} {bug.rule}", flush=True)
    print()
    print_table(rows)
    sys.exit(1 if any(row.missed for row in rows) else 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        faults = check()
        print("\n".join(faults) or f"{len(BUGS)} bugs can be planted")
        sys.exit(1 if faults else 0)
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
