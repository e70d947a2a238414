"""What a planted bug is, and what may catch it."""

from collections import namedtuple

# Removes a rule by `changes`: (file, text that stands there once, replacement). Each of the tests has to notice.
Bug = namedtuple("Bug", "name rule changes tests")

# A test case of one of PROGRAMS, or of the exactly-once simulation so many seeds.
Test = namedtuple("Test", "program name seeds", defaults=[0])

PROGRAMS = {
    "unit_scheduler": ["tests/unit/scheduler/unit_scheduler"],
    "unit_connectors": ["tests/unit/connectors/unit_connectors"],
    "unit_operators": ["tests/unit/operators/unit_operators"],
    "unit_task": ["tests/unit/task/unit_task"],
    "unit_exchange": ["tests/unit/exchange/unit_exchange"],
    "unit_state": ["tests/unit/state/unit_state"],
    "unit_actors": ["tests/unit/actors/unit_actors"],
    "simulation": ["tests/simulation/simulation", "--seeds", "300"],
    "exactly_once": ["tests/simulation/exactly_once_simulation"],
}


def core(name):
    return Test("unit_scheduler", name)


def seeds(count):
    """Some of the first runs of the exactly-once simulation fails."""
    return Test("exactly_once", "whatever breaks, each record is there once, nothing is left behind and nothing hangs", count)
