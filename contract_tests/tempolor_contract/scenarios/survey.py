"""Looking around: every reading operation, its refusals and its spellings, at no cost."""

from ..rule import Need, Scenario
from .lab import Lab


def look_around(lab: Lab) -> None:
    """Read what is there."""
    for operation in ("list_accounts", "list_running_jobs", "get_available_capacity", "list_music"):
        lab.call(operation)


SURVEY = Scenario("survey", look_around, frozenset({Need.READ}))
