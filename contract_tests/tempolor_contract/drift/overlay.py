"""All differences as an OpenAPI Overlay: an action for each, with what speaks for it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from .changes import Action
from .report import Difference

_TITLE: Final = "What traffic shows beyond the document"
_NOTHING: Final = {"target": "$.info", "description": "No difference was found.", "update": {}}
_HEAD: Final = """\
# Learned from traffic by `tempolor drift`: read it line by line before you use it.
# Each update admits one difference; `x-evidence` counts the exchanges that show it. Use it with `--overlay`.
"""


def overlay_of(differences: Iterable[Difference], version: str) -> dict[str, Any]:
    """Return the overlay; `version` is that of the document it is for."""
    actions = [action for each in differences for action in _actions(each)] or [_NOTHING]
    return {"overlay": "1.0.0", "info": {"title": _TITLE, "version": version}, "actions": actions}


def as_yaml(overlay: dict[str, Any]) -> str:
    """Return an overlay as text."""
    return _HEAD + yaml.dump(overlay, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _actions(difference: Difference) -> Iterator[Action]:
    if not difference.actions:
        return
    *before, last = difference.actions
    for action in before:
        yield {"target": action["target"], "description": "Makes room for the next action.", **action}
    evidence: dict[str, Any] = {"count": difference.count, "of": difference.of}
    evidence |= {name: day for name in ("first", "last") if (day := _day(getattr(difference, name)))}
    described = {"target": last["target"], "description": f"{difference.headline}. {difference.change}."}
    yield {**described, "x-inferred": True, "x-evidence": evidence, **last}


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat() if moment else ""


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: each action is read by itself."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's
        return True
