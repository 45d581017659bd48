"""Checking values against the document's schemas, and wording what is wrong as the service does."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs

from ..domain import errors
from ..domain.errors import ServiceError

Schema = Mapping[str, Any]

_INTEGER_BITS = {"int32": 32, "int64": 64}

_KEYWORD_ORDER = ("required", "type", "minLength", "pattern", "format", "enum", "maxLength", "minimum", "maximum")
"""Order of checks: what must be there, then shape, then limits (`spec/DECISIONS.md`)."""

MOST_VIOLATIONS = 50
"""How many violations of one request are listed."""

LONGEST_VIOLATION = 200
LONGEST_HEADER = 500


class BrokenRequestError(ServiceError):
    """The refusal of a request that breaks the document: in the service's words, and a list of all that is wrong.

    The envelope has no place for the list; it goes into the journal, and its beginning into a header of the answer.
    """

    def __init__(self, refusal: ServiceError, violations: Sequence[str]) -> None:
        super().__init__(refusal.code, refusal.text, extra=refusal.extra, bound=refusal.bound)
        self.violations = violations
        self.headers = (*refusal.headers, ("X-Mock-Violations", _header_text(violations)))

    @classmethod
    def from_refusal(cls, refusal: ServiceError) -> "BrokenRequestError":
        """Return a refusal with its list; one that is not about a schema is the only thing that is wrong."""
        return refusal if isinstance(refusal, cls) else cls(refusal, [refusal.text])


def _header_text(violations: Sequence[str]) -> str:
    """Return how many there are and the first ones, in characters that any client takes in a header."""
    text = f"{len(violations)}: {'; '.join(violations)}"
    safe = "".join(letter if " " <= letter <= "~" else "?" for letter in text[: LONGEST_HEADER + 1])
    return safe if len(safe) <= LONGEST_HEADER else f"{safe[: LONGEST_HEADER - 3]}..."


def compile_schema(schema: Schema, *, mask: str | None = None) -> jsonschema_rs.Draft4Validator:
    """Return a validator for a dereferenced OpenAPI 3.0 schema; its messages say `mask` in place of values."""
    return jsonschema_rs.Draft4Validator(_as_json_schema(schema), validate_formats=True, mask=mask)


def _as_json_schema(node: Any) -> Any:
    """Return a schema with OpenAPI 3.0's `nullable` and integer formats spelt in JSON Schema's own words."""
    if isinstance(node, Mapping):
        plain = {name: _as_json_schema(value) for name, value in node.items() if name != "nullable"}
        if isinstance(kind := node.get("format"), str) and (bits := _INTEGER_BITS.get(kind)) is not None:
            plain = {"minimum": -(2 ** (bits - 1)), "maximum": 2 ** (bits - 1) - 1} | plain
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            plain["type"] = [node["type"], "null"]
        return plain
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    return node


class ObjectCheck:
    """Checks a request's object (a body, or all parameters together) against its schema."""

    def __init__(self, schema: Schema, place: str = "body") -> None:
        """Compile the schema; `place` is how violations call what is checked."""
        # Which fields exclude each other (`not`) is left to the domain: it alone can say it in the service's words.
        checked = {name: value for name, value in schema.items() if name != "not"}
        # Values are kept out of the messages, since some are secrets.
        self._validator = compile_schema(checked, mask="value")
        self._place = place
        self._properties: dict[str, Schema] = dict(schema.get("properties", {}))
        self._explains = bool(schema.get("x-explain"))  # In words of our own, where there are none of the service's.
        self._order = {name: place for place, name in enumerate(self._properties)}

    def __call__(self, value: Any) -> None:
        """Raise the 400 for the first thing that is wrong with `value`, if anything is."""
        if not self._validator.is_valid(value):
            wrong = sorted(self._validator.iter_errors(value), key=self._rank)
            if not isinstance(value, dict):
                refusal = _not_an_object()
            elif self._explains:
                refusal = ServiceError(400, "; ".join(map(self._explained, wrong[:MOST_VIOLATIONS])))
            else:
                refusal = self._refusal(wrong[0])
            raise BrokenRequestError(refusal, [self._violation(each) for each in wrong[:MOST_VIOLATIONS]])

    def _violation(self, error: jsonschema_rs.ValidationError) -> str:
        """Return where and what: `body.maxJobs: value is greater than the maximum of 50`."""
        where = f"{self._place}.{name}" if (name := _name(error)) else self._place
        return f"{where}: {error.message}"[:LONGEST_VIOLATION]

    def _explained(self, error: jsonschema_rs.ValidationError) -> str:
        """Return where and what, and the known fields where one is not: `effect.second: not known, use one of kind`."""
        place, kind = _name(error), error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            unknown = ", ".join(".".join(filter(None, (place, name))) for name in kind.unexpected)
            return f"{unknown}: not known. Known here: {', '.join(self._known(error.instance_path))}"
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum):
            return f"{place}: must be one of {', '.join(map(str, kind.options))}"
        return f"{place or 'body'}: {error.message}"

    def _known(self, path: Sequence[str | int]) -> list[str]:
        properties: Mapping[str, Schema] = self._properties
        for name in path:
            properties = properties[str(name)].get("properties", {})
        return list(properties)

    def _rank(self, error: jsonschema_rs.ValidationError) -> tuple[int, int, str]:
        keyword = str(error.schema_path[-1]) if error.schema_path else ""
        place = _KEYWORD_ORDER.index(keyword) if keyword in _KEYWORD_ORDER else len(_KEYWORD_ORDER)
        return place, self._order.get(_name(error), len(self._order)), error.message

    def _refusal(self, error: jsonschema_rs.ValidationError) -> ServiceError:
        name, kind = _name(error), error.kind
        kinds = jsonschema_rs.ValidationErrorKind
        match kind:
            case kinds.Required():
                return errors.required(f"{name}.{kind.property}" if name else kind.property)
            case kinds.MinLength():
                return errors.required(name)
            case kinds.MaxLength():
                return errors.too_long(name)
            case kinds.Enum():
                return errors.not_one_of(name, map(str, kind.options))
            case kinds.Minimum() | kinds.Maximum():
                bounds = self._properties.get(name, {})
                low = bounds.get("minimum", kind.limit if isinstance(kind, kinds.Minimum) else None)
                high = bounds.get("maximum", kind.limit if isinstance(kind, kinds.Maximum) else None)
                return errors.out_of_range(name, low, high)
            case _:
                return errors.incorrect_format(name or "Request body")


def _name(error: jsonschema_rs.ValidationError) -> str:
    return ".".join(map(str, error.instance_path))


def _not_an_object() -> ServiceError:
    return ServiceError(400, "Request body must be a JSON object")
