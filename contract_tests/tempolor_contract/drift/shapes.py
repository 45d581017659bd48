"""What new things look like: the smallest schema that admits all values that were seen of them."""

from typing import Any, Final

import jsonschema_rs

_FORMATS: Final = ("date-time", "date", "uuid", "uri")
_MOST_MEMBERS: Final = 40
_MOST_LEVELS: Final = 16
_LONGEST_EXAMPLE: Final = 200
_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})
_INT32: Final = 2**31
_VALIDATORS: Final = {
    name: jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True) for name in _FORMATS
}


class Budget:
    """How many schemas may be inferred altogether; `left_out` counts what came after that."""

    def __init__(self, most: int = 5000) -> None:
        self.left = most
        self.left_out = 0

    def spend(self) -> bool:
        """Whether there is room for one more."""
        if self.left:
            self.left -= 1
            return True
        self.left_out += 1
        return False


class Shape:
    """The values seen in one place. Objects with very many names are maps; what is nested too deep is anything.

    `example` is a value that was seen, None where none was short and without members.
    """

    def __init__(self, budget: Budget, level: int = 0) -> None:
        self._budget = budget
        self._level = level
        self.kinds: dict[str, None] = {}
        self.formats: tuple[str, ...] | None = None
        self.members: dict[str, Shape] = {}
        self.rest: Shape | None = None
        self.items: Shape | None = None
        self.wide = False
        self.example: Any = None

    def add(self, value: Any, shown: Any) -> None:
        """Take in a value; `shown` is the same without secrets."""
        kind = kind_of(value)
        self.kinds[kind] = None
        if self._level >= _MOST_LEVELS:
            return
        if kind == "string":
            self.formats = tuple(self._formats_of(value))
        elif kind == "integer":
            self.wide = self.wide or abs(value) >= _INT32
        elif kind == "array":
            self._add_items(value, shown)
        elif kind == "object":
            self._add_members(value, shown)
        if kind in _SCALARS and self.example is None and len(str(shown)) <= _LONGEST_EXAMPLE:
            self.example = shown if kind_of(shown) == kind else None

    def _formats_of(self, value: str) -> list[str]:
        possible = _FORMATS if self.formats is None else self.formats
        return [each for each in possible if _VALIDATORS[each].is_valid(value) and (each != "uri" or "://" in value)]

    def _add_items(self, value: list[Any], shown: Any) -> None:
        self.items = self.items or self._inner()
        if self.items is not None:
            for number, each in enumerate(value):
                self.items.add(each, shown[number] if isinstance(shown, list) else None)

    def _add_members(self, value: dict[str, Any], shown: Any) -> None:
        visible = list(shown.items()) if isinstance(shown, dict) and len(shown) == len(value) else None
        for number, (name, member) in enumerate(value.items()):
            told, seen = visible[number] if visible else (name, None)
            inner = self._member(name, secret=told != name)
            if inner is not None:
                inner.add(member, seen)

    def _member(self, name: str, *, secret: bool) -> "Shape | None":
        """Return the shape of a member. Where there are too many names, or secret ones, all members have one shape."""
        if self.rest is None and name not in self.members and (secret or len(self.members) >= _MOST_MEMBERS):
            self.rest = self._inner()
            self._unite()
        if self.rest is None and name not in self.members and (inner := self._inner()) is not None:
            self.members[name] = inner
        return self.rest or self.members.get(name)

    def _unite(self) -> None:
        if self.rest is not None:
            for each in self.members.values():
                self.rest.merge(each)
            self.members = {}

    def _inner(self) -> "Shape | None":
        return Shape(self._budget, self._level + 1) if self._budget.spend() else None

    def merge(self, other: "Shape") -> None:
        """Take in what another one has seen."""
        self.kinds |= other.kinds
        if other.formats is not None:
            mine = _FORMATS if self.formats is None else self.formats
            self.formats = tuple(each for each in mine if each in other.formats)
        self.wide = self.wide or other.wide
        self.example = other.example if self.example is None else self.example
        self.rest = _merged(self.rest, other.rest)
        self.items = _merged(self.items, other.items)
        for name, theirs in other.members.items():
            self.members[name] = _merged(self.members.get(name), theirs) or theirs
        self._unite()

    def read(self, schema: dict[str, Any]) -> None:
        """Take in what a schema that another one has made (`schema`) says."""
        for part in schema.get("anyOf", [schema]):
            self._read(part)
        if self.example is None:
            self.example = schema.get("example")

    def _read(self, part: dict[str, Any]) -> None:
        kind = part.get("type")
        self.kinds |= dict.fromkeys([kind] if kind else [])
        self.kinds |= dict.fromkeys(["null"] if part.get("nullable") else [])
        if kind == "string":
            told = tuple(each for each in _FORMATS if each == part.get("format"))
            self.formats = told if self.formats is None else tuple(each for each in self.formats if each in told)
        self.wide = self.wide or part.get("format") == "int64"
        for name, member in part.get("properties", {}).items():
            if (inner := self._member(name, secret=False)) is not None:
                inner.read(member)
        if part.get("items"):
            self.items = self.items or self._inner()
            if self.items is not None:
                self.items.read(part["items"])
        if "additionalProperties" in part:
            self.rest = self.rest or self._inner()
            self._unite()
            if self.rest is not None:
                self.rest.read(part["additionalProperties"])

    @property
    def seen(self) -> bool:
        """Whether there was any value."""
        return bool(self.kinds)

    def schema(self) -> dict[str, Any]:
        """Return the schema, as OpenAPI 3.0 writes it, with an example where something is neither list nor object."""
        kinds = [each for each in self.kinds if each != "null"]
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        if not kinds:
            return {"nullable": True} if self.kinds else {}
        parts = [self._typed(each) for each in kinds]
        if "null" in self.kinds:
            parts[0]["nullable"] = True
        schema = parts[0] if len(parts) == 1 else {"anyOf": parts}
        if self.example is not None and not {"array", "object"} & self.kinds.keys():
            schema["example"] = self.example
        return schema

    def _typed(self, kind: str) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": kind}
        if kind == "string" and self.formats:
            schema["format"] = self.formats[0]
        if kind == "integer" and self.wide:
            schema["format"] = "int64"
        if kind == "array":
            schema["items"] = self.items.schema() if self.items else {}
        if kind == "object" and self.members:
            schema["properties"] = {name: each.schema() for name, each in self.members.items()}
        if kind == "object" and self.rest is not None:
            schema["additionalProperties"] = self.rest.schema()
        return schema


def _merged(mine: Shape | None, theirs: Shape | None) -> Shape | None:
    if mine is not None and theirs is not None:
        mine.merge(theirs)
    return mine or theirs


def kind_of(value: Any) -> str:
    """Return the JSON type of a value; a number without a fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
