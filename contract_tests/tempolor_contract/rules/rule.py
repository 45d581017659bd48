"""What a rule is, and what judging it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..document.call import Call
from ..document.service import PAGES
from ..exchanges.curl import as_curl

if TYPE_CHECKING:
    from ..runs.scenarios.lab import Lab
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


class Need(StrEnum):
    """What a scenario does to a service, or takes for granted."""

    READ = "read"
    CREATE = "create"
    UPLOAD = "upload"
    DESTROY = "destroy"
    CLOCK = "clock"
    ACCOUNT = "account"
    OTHER_USER = "other-user"
    RECEIVER = "receiver"


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

HistoryJudge = Callable[[Call, "World"], Judged]
"""Judges a call by what was known before it. It reads the world and never changes it."""


@dataclass(frozen=True)
class Scenario:
    """A short play with a service, from which one or more rules can be judged.

    `play` drives the service through a lab; whatever passes is judged by the single and history rules, and it may
    judge rules itself with `lab.check`. `cost` is the number of creating calls it makes when all goes well. A `late`
    one is played after the others, on what they have left.
    """

    id: str
    play: Callable[["Lab"], None]
    needs: frozenset[Need]
    cost: int = 0
    late: bool = False


@dataclass(frozen=True)
class Rule:
    """A sentence about the service that can be judged.

    `on` names the operations that `single` and `history` look at; empty means all. `scenarios` provoke what the rule
    is about, cheapest first: at least one of them has to run for the rule to be judged on a live target.
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
    scenarios: tuple[Scenario, ...] = field(default=(), compare=False)

    @property
    def page_url(self) -> str:
        """The address of the page the rule comes from."""
        return PAGES + self.page

    @property
    def needs(self) -> frozenset[Need]:
        """What it takes to have the rule judged on a live target: the needs of its cheapest scenario."""
        return self.scenarios[0].needs if self.scenarios else frozenset({Need.READ})

    @property
    def cost(self) -> int:
        """Creating calls of its cheapest scenario."""
        return self.scenarios[0].cost if self.scenarios else 0


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
