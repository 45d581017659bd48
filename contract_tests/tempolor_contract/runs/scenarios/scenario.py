"""What a scenario is, and what it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ...rules.catalogue import rule
from .lab import Lab


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


class Beside(StrEnum):
    """Scenarios that may be played side by side, because each works with things of its own.

    What has to be done before a job ends is apart from what may be kept waiting by an upload, and both from what is
    done with what the others have left.
    """

    ORDERS = "orders"
    UNHURRIED = "unhurried"
    LEFTOVERS = "leftovers"


def ids(text: str) -> tuple[str, ...]:
    """Return the ids of rules that stand in a text between spaces: lists of them are long."""
    return tuple(text.split())


@dataclass(frozen=True)
class Scenario:
    """A short play with a service, from which one or more rules can be judged.

    `play` drives the service through a lab; whatever passes is judged by the single and history rules, and it may
    judge rules itself with `lab.check`. `provokes` has the ids of the rules it is played for, none for one that is
    played for all of them. `cost` is the number of creating calls it makes when all goes well. A `late` one is played
    after the others, on what they have left. `beside` says beside which others it may be played, None for none.

    Raises:
        UnknownRuleError: It provokes a rule that does not exist.

    """

    id: str
    play: Callable[[Lab], None]
    needs: frozenset[Need]
    cost: int = 0
    late: bool = False
    beside: Beside | None = None
    provokes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """See that the rules exist: of one that does not, nobody would ever miss a verdict."""
        for rule_id in self.provokes:
            rule(rule_id)
