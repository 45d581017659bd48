"""Makes one overlay of several that were learned from different recordings of the same revision.

Most actions stand side by side. Two that speak of one thing, such as a new field that was a text here and a number
there, become one that admits both: types unite, the wider limit counts, and what one takes away nobody else bounds.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

from tempolor_spec import OverlayError, apply_overlay
from tempolor_spec.agreement import is_learned, taken_back

from .changes import Action
from .shapes import Budget, Shape

_SCHEMA_SIGNS: Final = frozenset({"type", "anyOf", "$ref", "nullable"})
_NAMED_SCHEMAS: Final = frozenset({"properties", "patternProperties"})
_WIDER_IF_LESS: Final = ("minimum", "minLength", "minItems", "minProperties")
_WIDER_IF_MORE: Final = ("maximum", "maxLength", "maxItems", "maxProperties")

Slot = tuple[str, ...]


def merged(document: dict[str, Any], overlays: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the overlay that admits what all of them admit; `overlays` has them by their names.

    Raises:
        OverlayError: One of them was not learned from traffic, does not fit the document, or cannot be merged.

    """
    for name, overlay in overlays.items():
        if not is_learned(overlay):
            raise OverlayError(f"{name} is no overlay that tempolor drift wrote: apply it after the merged one")
    first = next(iter(overlays.values()))
    found = {**first, "actions": _together([action for each in overlays.values() for action in each["actions"]])}
    result = _applied(document, "what was merged", found)
    for name, overlay in overlays.items():
        for place in taken_back(document, _applied(document, name, overlay), result):
            raise OverlayError(
                f"what {name} says of {'/'.join(place)} cannot be merged: run tempolor drift over all recordings"
            )
    return found


def _applied(document: dict[str, Any], name: str, overlay: dict[str, Any]) -> dict[str, Any]:
    changed = deepcopy(document)
    try:
        apply_overlay(changed, overlay)
    except OverlayError as error:
        raise OverlayError(f"{name}: {error}; name the revision that it is for with --revision") from None
    return changed


def _together(actions: list[Action]) -> list[Action]:
    """Return the actions of all, those of one thing as one, without what others take away."""
    removed = {each["target"] for each in actions if each.get("remove")}
    found: dict[tuple[str, Slot], Action] = {}
    for action in actions:
        update = _kept(action, removed) if "update" in action else None
        if update == {}:
            continue
        given = action if update is None else {**action, "update": update}
        key = action["target"], _slot(update)
        found[key] = _one(found[key], given) if key in found else given
    return list(found.values())


def _kept(action: Action, removed: Iterable[str]) -> dict[str, Any]:
    """Return an update without the keywords that another action takes away, but for a type: that joins the union."""
    target, update = action["target"], dict(action["update"])
    gone = [each for each in update if f"{target}.{each}" in removed]
    for keyword in gone:
        value = update.pop(keyword)
        if keyword == "type":
            update["anyOf"] = [*update.get("anyOf", ()), {"type": value}]
    return update


def _slot(update: Any) -> Slot:
    """Return what an update speaks of: the names down to where it has more than one, or no more names."""
    found: list[str] = []
    while isinstance(update, dict) and len(update) == 1:
        name, update = next(iter(update.items()))
        found.append(str(name))
    if isinstance(update, list):
        found.append(_name_of(update[0]) if len(update) == 1 else str(update))
    elif isinstance(update, dict) and not found:
        found.append(str(update))
    return tuple(found)


def _name_of(item: Any) -> str:
    return f"{item['in']} {item['name']}" if isinstance(item, dict) and "in" in item else str(item)


def _one(mine: Action, theirs: Action) -> Action:
    """Return one action in the place of two that speak of one thing."""
    found = {**mine}
    if "update" in mine:
        found["update"] = _united(mine["update"], theirs["update"], "")
    described = [each.get("description", "") for each in (mine, theirs)]
    found["description"] = " ".join(dict.fromkeys(filter(None, described)))
    if "x-evidence" in mine and "x-evidence" in theirs:
        found["x-evidence"] = _evidence(mine["x-evidence"], theirs["x-evidence"])
    return {name: value for name, value in found.items() if value != ""}


def _evidence(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    found = {name: mine.get(name, 0) + theirs.get(name, 0) for name in ("count", "of")}
    for name, choose in (("first", min), ("last", max)):
        if days := [str(each[name]) for each in (mine, theirs) if name in each]:
            found[name] = choose(days)
    return found


def _united(mine: Any, theirs: Any, key: str) -> Any:
    if mine == theirs:
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        if key not in _NAMED_SCHEMAS and key and (_SCHEMA_SIGNS & mine.keys() or _SCHEMA_SIGNS & theirs.keys()):
            return _schema(mine, theirs)
        shared = {name: _united(mine[name], theirs[name], name) for name in mine.keys() & theirs.keys()}
        return {**mine, **theirs, **shared}
    if isinstance(mine, list) and isinstance(theirs, list):
        return _listed(mine, theirs)
    if key in _WIDER_IF_LESS or key in _WIDER_IF_MORE:
        return min(mine, theirs) if key in _WIDER_IF_LESS else max(mine, theirs)
    return mine


def _listed(mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Return the items of both, those of one name as one."""
    found = {_name_of(each): each for each in mine}
    for each in theirs:
        name = _name_of(each)
        found[name] = _united(found[name], each, "") if name in found else each
    return list(found.values())


def _schema(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what either admits."""
    notes = {name: value for name, value in mine.items() if name in {"description", "x-inferred"}}
    if "$ref" in mine or "$ref" in theirs:
        return {"anyOf": [mine, theirs]}
    shape = Shape(Budget())
    shape.read(mine)
    shape.read(theirs)
    return {**shape.schema(), **notes}
