"""The differences between two documents, in the words of those that traffic shows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .breaking import breaks, worst
from .comparing import as_json
from .findings import Key, Kind, Spot, Where, pointer
from .outline import Answer, At, Described, Outline, Parameter
from .report import Difference, DriftReport, Sight
from .telling import home

_AT_MOST: Final = ("maximum", "maxLength", "maxItems", "maxProperties")
_AT_LEAST: Final = ("minimum", "minLength", "minItems", "minProperties")
_OTHERS: Final = ("pattern", "format", "multipleOf", "uniqueItems")
_REQUEST_STATUS: Final = 0


def between(old: dict[str, Any], new: dict[str, Any], *, names: Sequence[str]) -> DriftReport:
    """Compare two documents; each difference comes once, with all places where clients meet it."""
    pair = _Pair(Outline(old), Outline(new))
    pair.compare()
    report = DriftReport(" with ".join(names), names[1], of_documents=True)
    report.operations = len(pair.new.operations)
    report.differences = tuple(each.difference() for each in pair.found.values())
    return report


@dataclass
class _Change:
    """One difference, and what it does to clients in each place."""

    key: Key
    change: str
    spots: dict[Spot, str] = field(default_factory=dict)

    def difference(self) -> Difference:
        sights = tuple(Sight(spot, 0, 0, 0.0, 0.0) for spot in self.spots)
        told = worst(*self.spots.values())
        return Difference(self.key.kind, self.key.detail, sights, None, self.change, breaks=told)


class _Pair:
    """Two documents, and what was found between them."""

    def __init__(self, old: Outline, new: Outline) -> None:
        self.old = old
        self.new = new
        self.found: dict[Key, _Change] = {}

    def compare(self) -> None:
        """Find all differences."""
        before = {each.at[1:]: each for each in self.old.operations.values()}
        after = {each.at[1:]: each for each in self.new.operations.values()}
        for where, operation in (before | after).items():
            told = f"{str(where[1]).upper()} {where[0]}"
            if where not in after:
                self._note(Key(operation.at, Kind.GONE_OPERATION, told), Spot(operation.name, 0, Where.ANSWER), "goes")
            elif where not in before:
                self._note(Key(operation.at, Kind.OPERATION, told), Spot(operation.name, 0, Where.ANSWER), "comes")
            else:
                self._operation(before[where], after[where])

    def _note(self, key: Key, spot: Spot, change: str, **weights: bool) -> None:
        found = self.found.setdefault(key, _Change(key, f"{home(key.at)}: {change}"))
        told = breaks(key.kind, spot.where, **weights)
        found.spots[spot] = worst(told, found.spots.get(spot, ""))

    def _operation(self, old: Described, new: Described) -> None:
        self._parameters(old, new)
        asked = Spot(new.name, _REQUEST_STATUS, Where.REQUEST)
        self._contents(old.bodies, new.bodies, new.body, asked)
        for status, answer in {**old.answers, **new.answers}.items():
            spot = Spot(new.name, int(status) if status.isdecimal() else 0, Where.ANSWER)
            if status not in new.answers:
                key = Key((*new.at, "responses"), Kind.GONE_STATUS, status)
                self._note(key, spot, f"answers {status} no more", was_promised=status.startswith("2"))
            elif status not in old.answers:
                self._note(Key((*new.at, "responses"), Kind.STATUS, status), spot, f"may answer {status}")
            else:
                self._answer(old.answers[status], answer, spot)

    def _parameters(self, old: Described, new: Described) -> None:
        before = {(each.place, each.name): each for each in old.parameters}
        after = {(each.place, each.name): each for each in new.parameters}
        for (place, name), parameter in (before | after).items():
            spot = Spot(new.name, _REQUEST_STATUS, Where.REQUEST, f"/{place}/{name}")
            at = (*new.at, "parameters")
            if (place, name) not in after:
                self._note(Key(at, Kind.GONE_PARAMETER, name), spot, f"the parameter {name} goes")
            elif (place, name) not in before:
                self._new_parameter(parameter, at, spot)
            else:
                self._parameter(before[place, name], parameter, spot)

    def _new_parameter(self, parameter: Parameter, at: At, spot: Spot) -> None:
        if parameter.required:
            self._note(Key(at, Kind.REQUIRED, parameter.name), spot, f"the parameter {parameter.name} must be sent")
        else:
            self._note(Key(at, Kind.PARAMETER, parameter.name), spot, f"the parameter {parameter.name} comes")

    def _parameter(self, old: Parameter, new: Parameter, spot: Spot) -> None:
        if new.required != old.required:
            self._required(new.schema[:-1], new.name, spot, now=new.required)
        self._schemas(old.schema, new.schema, spot, frozenset())

    def _answer(self, old: Answer, new: Answer, spot: Spot) -> None:
        for name in {**old.headers, **new.headers}:
            there = Spot(spot.operation, spot.status, spot.where, f"/header/{name}")
            if name not in new.headers:
                promised = self.old.resolve(old.headers[name])[1].get("required", False)
                key = Key((*new.at, "headers"), Kind.GONE_HEADER, name)
                self._note(key, there, f"the header {name} goes", was_promised=promised)
            elif name not in old.headers:
                self._note(Key((*new.at, "headers"), Kind.HEADER, name), there, f"the header {name} comes")
        self._contents(old.content, new.content, new.at, spot)
        at = (*new.at, "content", "examples")
        there = Spot(spot.operation, spot.status, spot.where, "/error")
        for text in (each for each in old.texts if each not in new.texts):
            self._note(Key(at, Kind.GONE_TEXT, text), there, "this text goes")
        for text in (each for each in new.texts if each not in old.texts):
            self._note(Key(at, Kind.TEXT, text), there, "this text comes")

    def _contents(self, old: Mapping[str, At], new: Mapping[str, At], at: At, spot: Spot) -> None:
        for media_type in {**old, **new}:
            if media_type not in new:
                self._note(Key((*at, "content"), Kind.GONE_MEDIA_TYPE, media_type), spot, f"no {media_type} any more")
            elif media_type not in old:
                self._note(Key((*at, "content"), Kind.MEDIA_TYPE, media_type), spot, f"{media_type} comes")
            else:
                self._schemas(old[media_type], new[media_type], spot, frozenset())

    def _schemas(self, old_at: At, new_at: At, spot: Spot, above: frozenset[tuple[At, At]]) -> None:
        old_at, old = self.old.resolve(old_at)
        new_at, new = self.new.resolve(new_at)
        if (old_at, new_at) in above:
            return
        above |= {(old_at, new_at)}
        self._types(old, new, new_at, spot)
        self._values(old, new, new_at, spot)
        self._limits(old, new, new_at, spot)
        if old.get("default") != new.get("default") and spot.where is Where.REQUEST:
            told = f"the default is {_told(new, 'default')} in place of {_told(old, 'default')}"
            is_mild = not spot.place.startswith(("/query/", "/path/"))
            self._note(Key(new_at, Kind.DEFAULT, _told(new, "default")), spot, told, is_mild=is_mild)
        for old_inner, new_inner, place in self._inner(old_at, new_at, spot):
            self._schemas(old_inner, new_inner, Spot(spot.operation, spot.status, spot.where, place), above)
        self._fields(new_at, old, new, spot)

    def _types(self, old: Any, new: Any, at: At, spot: Spot) -> None:
        before, after = _types_of(old), _types_of(new)
        for kind in sorted(after - before if before else ()):
            self._note(Key(at, Kind.TYPE, kind), spot, f"may be of type {kind}")
        if before - after and after:
            gone = ", ".join(sorted(before - after))
            self._note(Key(at, Kind.NARROWED, f"no {gone}"), spot, f"is no {gone} any more")
        if new.get("nullable", False) != old.get("nullable", False):
            kind = Kind.NULL if new.get("nullable") else Kind.NOT_NULL
            self._note(Key(at, kind), spot, "may be null" if kind is Kind.NULL else "may not be null any more")

    def _values(self, old: Any, new: Any, at: At, spot: Spot) -> None:
        before, after = ({as_json(each) for each in node.get("enum", ())} for node in (old, new))
        if before and not after:
            self._note(Key(at, Kind.VALUE, "*"), spot, "is no closed list any more")
        elif after and not before:
            self._note(Key(at, Kind.NARROWED, "enum"), spot, "is a closed list from now on")
        for value in sorted(after - before if before and after else ()):
            self._note(Key(at, Kind.VALUE, value), spot, f"gets the value {value}")
        for value in sorted(before - after if before and after else ()):
            self._note(Key(at, Kind.GONE_VALUE, value), spot, f"loses the value {value}")

    def _limits(self, old: Any, new: Any, at: At, spot: Spot) -> None:
        for keyword in (*_AT_MOST, *_AT_LEAST, *_OTHERS):
            before, after = old.get(keyword), new.get(keyword)
            if before == after:
                continue
            kind = Kind.NARROWED if _is_narrower(keyword, before, after) else Kind.LIMIT
            told = f"{keyword} is {_told(new, keyword)} in place of {_told(old, keyword)}"
            self._note(Key(at, kind, keyword), spot, told, is_mild=_is_mild(keyword, before))

    def _inner(self, old_at: At, new_at: At, spot: Spot) -> Iterator[tuple[At, At, str]]:
        old, new = self.old.resolve(old_at)[1], self.new.resolve(new_at)[1]
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                yield (*old_at, name), (*new_at, name), pointer(spot.place, "*")
        for keyword in ("allOf", "anyOf", "oneOf"):
            for number in range(min(len(old.get(keyword, ())), len(new.get(keyword, ())))):
                yield (*old_at, keyword, number), (*new_at, keyword, number), spot.place
        for name in (each for each in old.get("properties", {}) if each in new.get("properties", {})):
            yield (*old_at, "properties", name), (*new_at, "properties", name), pointer(spot.place, name)

    def _fields(self, new_at: At, old: Any, new: Any, spot: Spot) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        must, must_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in [*before, *(each for each in after if each not in before)]:
            there = Spot(spot.operation, spot.status, spot.where, pointer(spot.place, name))
            if name not in after:
                key = Key(new_at, Kind.GONE_FIELD, name)
                promised = name in must and spot.where is not Where.REQUEST
                self._note(key, there, f"the field {name} goes", was_promised=promised)
            elif name not in before:
                self._note(Key(new_at, Kind.FIELD, name), there, f"the field {name} comes")
            if name in after and (name in must) != (name in must_now):
                self._required(new_at, name, there, now=name in must_now)

    def _required(self, at: At, name: str, spot: Spot, *, now: bool) -> None:
        if now:
            self._note(Key(at, Kind.REQUIRED, name), spot, f"{name} must be there")
        else:
            self._note(Key(at, Kind.MISSING, name), spot, f"{name} may be missing")


def _types_of(node: Any) -> set[str]:
    if "type" in node:
        return {node["type"]}
    return {kind for keyword in ("anyOf", "oneOf") for each in node.get(keyword, ()) for kind in _types_of(each)}


def _is_narrower(keyword: str, before: Any, after: Any) -> bool:
    if before is None or after is None:
        return before is None
    if keyword in _AT_MOST:
        return bool(after < before)
    return bool(after > before) if keyword in _AT_LEAST else True


def _is_mild(keyword: str, before: Any) -> bool:
    """Whether another pattern, or a bound where none was, may be only a better description."""
    return before is not None if keyword == "pattern" else before is None and keyword in (*_AT_MOST, *_AT_LEAST)


def _told(node: Any, keyword: str) -> str:
    return json.dumps(node[keyword], ensure_ascii=False) if keyword in node else "none"
