"""Whether overlays that were learned from traffic agree: none may take back what another one has admitted.

A learned overlay only widens a document, and so do two of them as long as they speak of different things, or widen the
same list. What sets one type, format or limit differently is not the sum of both, whichever comes last.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from .overlay import OverlayError, apply_overlay

Place = tuple[str, ...]

_ABSENT: Final = object()
_LOWER: Final = ("minimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "maxLength", "maxItems", "maxProperties")
_CONSTRAINTS: Final = frozenset({*_LOWER, *_UPPER, "type", "format", "pattern", "enum", "not", "multipleOf", "$ref"})
"""Keywords without which a schema admits more; `anyOf` is told by its items, `required` by its names."""
_OF_TYPES: Final = frozenset({"type", "format", "properties", "additionalProperties", "items"})
_OF_PEOPLE: Final = frozenset({"description", "summary", "title", "example", "examples", "operationId"})
_WIDENINGS: Final = frozenset({("type", "integer", "number"), ("format", "uri", "uri-reference")})


def is_learned(overlay: Mapping[str, Any]) -> bool:
    """Whether an overlay was made of traffic: such ones only widen."""
    return any(each.get("x-inferred") is True for each in overlay["actions"])


def taken_back(base: Any, admitted: Any, now: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the places where a document admits less than another one, among those where that one leaves its base."""
    if isinstance(now.get("anyOf"), list) and not {"type", "$ref"} & now.keys() and "anyOf" not in admitted:
        around = {name: value for name, value in now.items() if name != "anyOf"}
        if not _is_covered(admitted, [{**around, **each} for each in now["anyOf"]]):
            yield at
        return
    for key in _compared(admitted, now):
        before = base.get(key, _ABSENT) if isinstance(base, dict) else _ABSENT
        was, then = admitted.get(key, _ABSENT), now.get(key, _ABSENT)
        if was == then or (was == before and was is not _ABSENT):
            continue
        if isinstance(was, dict) and isinstance(then, dict):
            if key not in _OF_PEOPLE or at[-1:] == ("properties",):
                yield from taken_back(before, was, then, (*at, key))
        elif _is_less(key, was, then):
            yield (*at, key)


def _compared(admitted: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the keys to be compared: where only null was seen, any type will do that may be null."""
    keys = [*dict.fromkeys([*admitted, *now])]
    if "nullable" in admitted and not {"type", "anyOf", "$ref"} & admitted.keys() and now.get("nullable"):
        return [each for each in keys if each not in _OF_TYPES]
    return keys


def _is_less(key: str, was: Any, now: Any) -> bool:
    if isinstance(was, list) and isinstance(now, list):
        return _lists_less(key, was, now)
    if was is _ABSENT:
        return key in _CONSTRAINTS
    if now is _ABSENT:
        return isinstance(was, dict)
    if key in _LOWER or key in _UPPER:
        return bool(now > was if key in _LOWER else now < was)
    return key in _CONSTRAINTS and (key, was, now) not in _WIDENINGS


def _lists_less(key: str, was: list[Any], now: list[Any]) -> bool:
    if key == "required":
        return not set(now) <= set(was)
    if key == "parameters":
        names = [(each.get("in"), each.get("name")) for each in now if "$ref" not in each]
        return len(names) != len(set(names))
    if key == "anyOf":
        return not all(_is_covered(each, now) for each in was)
    return any(each not in now for each in was)


def _is_covered(schema: Any, union: list[Any]) -> bool:
    """Whether one of some schemas admits what another one does."""
    return any(each == schema or not any(taken_back(_ABSENT, schema, each)) for each in union)


class Agreement:
    """The learned overlays that a document has been given so far."""

    def __init__(self) -> None:
        self._base: dict[str, Any] = {}
        self._learned: dict[str, Mapping[str, Any]] = {}

    def check(self, document: dict[str, Any], name: str, overlay: Mapping[str, Any]) -> None:
        """Raise OverlayError if an overlay, before it is applied, takes back what those before it have admitted."""
        if not is_learned(overlay):
            return
        if self._learned:
            self._compare(document, name, overlay)
        else:
            self._base = deepcopy(document)
        self._learned[name] = overlay

    def _compare(self, admitted: dict[str, Any], name: str, overlay: Mapping[str, Any]) -> None:
        now = _applied(admitted, overlay)
        for place in (*taken_back(self._base, admitted, now), *_its_own(self._base, overlay, now)):
            mine = _changed_by(admitted, overlay, place)
            for other, each in self._learned.items():
                if theirs := _changed_by(self._base, each, place):
                    raise OverlayError(
                        f"action {mine} says of {'/'.join(place)} another thing than action {theirs} of {other} does;"
                        f" merge the two: tempolor drift --merge {other} {name} --write-overlay MERGED.yaml"
                    )


def _its_own(base: dict[str, Any], overlay: Mapping[str, Any], now: dict[str, Any]) -> Iterator[Place]:
    """Yield what an overlay admits by itself, and not on top of others; one that was made on top of them does not."""
    try:
        alone = _applied(base, overlay)
    except OverlayError:
        return
    yield from taken_back(base, alone, now)


def _applied(document: dict[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    changed = deepcopy(document)
    apply_overlay(changed, overlay)
    return changed


def _changed_by(document: dict[str, Any], overlay: Mapping[str, Any], place: Place) -> int:
    """Return the number of the last action that changes what is at a place, from 1; 0 if none does."""
    changed, found = deepcopy(document), 0
    for number, action in enumerate(overlay["actions"], 1):
        before = deepcopy(_at(changed, place[:-1]))
        try:
            apply_overlay(changed, {"actions": [action]})
        except OverlayError:
            continue
        found = number if _at(changed, place[:-1]) != before else found
    return found


def _at(node: Any, place: Place) -> Any:
    for part in place:
        node = node.get(part, _ABSENT) if isinstance(node, dict) else _ABSENT
    return node
