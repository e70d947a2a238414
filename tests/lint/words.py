#!/usr/bin/env python3
"""Finds what must not stand in the sources: words.py TOP

Words of unfinished work; sleeps; time, randomness and file operations past the platform; tests without an assertion;
names of files that say nothing; files too long to be about one thing.
"""

import re
import sys

from tree import SUFFIXES, lines, report, tracked

# Letters in brackets keep this file from finding itself.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|not (yet )?imple[m]ented|\b[Ss]impli[f]ied|for no[w]\b"
                        r"|[Pp]laceho[l]der|\bstu[b](bed)?\b")
SLEEP = re.compile(r"sleep_fo[r]|\busleep\(|nanoslee[p]|\bsleep [0-9]")
PAST_THE_PLATFORM = re.compile(r"(steady|system|high_resolution)_clock::now|std::random_device|\bfsync\(|::rename\(")
DRAWER = re.compile(r"(^|[_/])(helpers?|utils?|utilities|impl|common|misc|stuff)(_test)?\.(cpp|hpp|py|sh)$")
TEST_BEGINS = re.compile(r"^\s*(TEST_CASE|SCENARIO)")
ASSERTS = re.compile(r"(CHECK|REQUIRE|FAIL)[A-Z_]*\s*\(|expect_|require_|check_")
LINES_MAX = 600


def tests_without_assertion(path, numbered):
    begin, asserted = None, True
    for number, line in numbered:
        if TEST_BEGINS.match(line):
            if not asserted:
                yield begin
            begin, asserted = number, False
        asserted = asserted or bool(ASSERTS.search(line))
    if not asserted:
        yield begin


def check(path, numbered):
    code = path.endswith(SUFFIXES)
    for number, line in numbered:
        if found := UNFINISHED.search(line):
            yield f"{path}:{number}: '{found[0]}': finish it, or say plainly in docs/ what is not offered"
        if path.startswith(("src/", "tests/")) and (found := SLEEP.search(line)):
            yield f"{path}:{number}: '{found[0]}': wait for a condition with a deadline instead"
        if path.startswith("src/") and not path.startswith("src/base/") and (found := PAST_THE_PLATFORM.search(line)):
            yield f"{path}:{number}: '{found[0]}': take it from weir::platform"
    if DRAWER.search(path):
        yield f"{path}: the name does not say what is inside"
    if code and len(numbered) > LINES_MAX:
        yield f"{path}: {len(numbered)} lines, more than {LINES_MAX}: which two ideas are in it?"
    if code and path.startswith("tests/"):
        for number in tests_without_assertion(path, numbered):
            yield f"{path}:{number}: a test case that asserts nothing"


def main(top):
    findings = []
    for path in tracked(top, "src", "include", "tools", "tests", "examples", "bench", "schemas", "docs", "README.md",
                        "meson.build"):
        findings += check(path, lines(top, path))
    report(findings)


if __name__ == "__main__":
    main(sys.argv[1])
