"""Which tests are run for a mutant: of those that reach its function, those that most likely look at what it does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Reach(NamedTuple):
    """The functions a test reaches, and the seconds it takes."""

    seconds: float
    functions: frozenset[str]


def chosen(function: str, reach: Mapping[str, Reach], seconds: float) -> list[str]:
    """Return tests that take about so many seconds, those that reach least first, and one in any case.

    Tests of a file stay together, so that what they share is set up once.
    """
    taken: dict[str, list[str]] = defaultdict(list)
    left = seconds
    for test in sorted(_reaching(function, reach), key=lambda each: (len(reach[each].functions), reach[each].seconds)):
        if not taken or reach[test].seconds <= left:
            taken[test.partition("::")[0]].append(test)
            left -= reach[test].seconds
    return [test for tests_of_file in taken.values() for test in tests_of_file]


def _reaching(function: str, reach: Mapping[str, Reach]) -> Iterable[str]:
    return (test for test, reached in reach.items() if function in reached.functions)
