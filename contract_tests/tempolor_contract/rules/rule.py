"""What a rule is, and what judging it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from ..document.call import Call
from ..document.service import PAGES
from ..exchanges.curl import as_curl
from .history.world import World


class Strength(StrEnum):
    """How sure a rule is: printed on a page, or a reading of it with an entry in DECISIONS.md."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Severity(StrEnum):
    """What a violation means: the service fails, or the report mentions it.

    With `MOCKS` a mock, a fake or a proxy fails, and of the live service it is only mentioned: there the pages are
    silent, so the service is free, but whatever imitates it has to keep to the reading that others build on.
    """

    ASSERT = "assert"
    MOCKS = "assert on mocks"
    TOLERATE = "tolerate"


@dataclass(frozen=True)
class Problem:
    """One place where a rule was broken: what happened, and the earlier calls that show it.

    `key` tells problems of one rule apart where they should be listed apart (an operation, a field).
    """

    message: str
    earlier: tuple[Call, ...] = ()
    key: str = ""


Judged = Sequence[Problem] | None
"""None: the rule has nothing to say here. Empty: judged and fine. Else what is wrong."""

FINE: Final[tuple[Problem, ...]] = ()
"""Judged, and nothing wrong."""

SingleJudge = Callable[[Call], Judged]
"""Judges one call by itself."""

HistoryJudge = Callable[[Call, World], Judged]
"""Judges a call by what was known before it. It reads the world and never changes it."""


@dataclass(frozen=True)
class Rule:
    """A sentence about the service that can be judged.

    `on` names the operations that `single` and `history` look at; empty means all.
    """

    id: str
    sentence: str
    page: str
    strength: Strength = Strength.DOCUMENTED
    severity: Severity = Severity.ASSERT
    evidence: tuple[str, ...] = ()
    on: frozenset[str] = frozenset()
    single: SingleJudge | None = None
    history: HistoryJudge | None = None

    @property
    def page_url(self) -> str:
        """The address of the page the rule comes from."""
        return PAGES + self.page


@dataclass(frozen=True)
class Violation:
    """A rule that was broken, with everything needed to see and repeat it.

    `calls` ends with the call that broke it. `seed` is the run's.
    """

    rule: Rule
    message: str
    calls: tuple[Call, ...]
    seed: int | None = None
    key: str = ""

    @cached_property
    def curl(self) -> str:
        """The command that repeats the last call, its token left to the environment."""
        return as_curl(self.calls[-1].exchange)
