#!/usr/bin/env python3
"""Adds up what `meson test` ran, in test cases: `count_test_cases.py TESTLOG.json STATUS-OF-MESON`.

A doctest executable counts with the numbers of its own summary, any other test as one. An executable that ended in
another way than its summary says (a crash, a timeout, a report of a sanitizer) is one failed case more.
"""

import json
import re
import sys

SUMMARY = re.compile(r"^\[doctest\] test cases:\s*(\d+) \|\s*(\d+) passed \|\s*(\d+) failed", re.MULTILINE)


def count(test):
    """Returns (passed, failed, skipped) of one line of meson's log."""
    summaries = SUMMARY.findall(test.get("stdout", ""))
    ended_well = test["result"] in ("OK", "EXPECTEDFAIL")
    if test["result"] == "SKIP":
        return 0, 0, 1
    if not summaries:
        return (1, 0, 0) if ended_well else (0, 1, 0)
    _, passed, failed = (int(number) for number in summaries[-1])
    if not ended_well and failed == 0:
        failed = 1
    return passed, failed, 0


def main(log, meson_status):
    tests = []
    try:
        with open(log, encoding="utf-8", errors="replace") as lines:
            tests = [json.loads(line) for line in lines if line.strip()]
    except FileNotFoundError:
        print("no test ran", file=sys.stderr)

    totals = [0, 0, 0]
    for test in tests:
        passed, failed, skipped = count(test)
        totals = [total + number for total, number in zip(totals, (passed, failed, skipped))]
        if failed:
            print(f"failed: {test['name'].split(' / ')[-1]} ({failed} of {passed + failed}; {test['result']})")
        if skipped:
            print(f"skipped: {test['name'].split(' / ')[-1]}: {test.get('stdout', '').strip() or 'it says no reason'}")
    passed, failed, _ = totals
    if (meson_status != 0 or passed == 0) and failed == 0:
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
