"""Fault rules as a test writes them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .world import MockWorld

DEFAULT_STATUS = 503
"""What goes wrong where a test does not care."""

_MATCHES = frozenset({"user_id", "method", "path", "header", "prompt"})
_RULES = frozenset({"times", "skip", "probability"})


def rule_body(kind: str, operation: str | Sequence[str] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as the control plane takes it: what is no part of the match or the rule belongs to the effect."""
    match: dict[str, Any] = {}
    effect: dict[str, Any] = {"kind": kind}
    body: dict[str, Any] = {"match": match, "effect": effect}
    if operation is not None:
        match["operation_ids"] = [operation] if isinstance(operation, str) else list(operation)
    for name, value in named.items():
        if value is not None:
            (match if name in _MATCHES else body if name in _RULES else effect)[name] = value
    if kind == "status" and not {"status", "example"} & effect.keys():
        effect["status"] = DEFAULT_STATUS
    return body


class FaultRule:
    """A rule of a world, as it was made; `applied` and `remaining` ask how it stands now."""

    def __init__(self, world: "MockWorld", rule_id: str) -> None:
        self._world = world
        self.id = rule_id

    @property
    def applied(self) -> int:
        """How many requests it has hit."""
        applied: int = self._now()["applied"]
        return applied

    @property
    def remaining(self) -> int | None:
        """How many it may still hit; None where there is no end."""
        return self._now().get("remaining")

    def _now(self) -> dict[str, Any]:
        rules = self._world.control("GET", "faults")["faults"]
        found = next((rule for rule in rules if rule["id"] == self.id), None)
        if found is None:
            raise LookupError(f"fault rule {self.id} was deleted")
        return dict(found)

    def delete(self) -> None:
        """End it; a job that it kept from ending goes on."""
        self._world.control("DELETE", f"faults/{self.id}")
