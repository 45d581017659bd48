"""Checking values against the document's schemas, and wording what is wrong as the service does."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..domain import errors
from ..domain.errors import ServiceError

Schema = Mapping[str, Any]

_KEYWORD_ORDER = ("required", "type", "minLength", "pattern", "format", "enum", "maxLength", "minimum", "maximum")
"""Order of checks: what must be there, then shape, then limits (`spec/DECISIONS.md`)."""


def compile_schema(schema: Schema) -> jsonschema_rs.Draft4Validator:
    """Return a validator for a dereferenced OpenAPI 3.0 schema."""
    return jsonschema_rs.Draft4Validator(_as_json_schema(schema), validate_formats=True)


def _as_json_schema(node: Any) -> Any:
    """Return a schema with OpenAPI 3.0's `nullable` and integer formats spelt in JSON Schema's own words."""
    if isinstance(node, Mapping):
        plain = {name: _as_json_schema(value) for name, value in node.items() if name != "nullable"}
        if node.get("format") == "int64":
            plain = {"minimum": -(2**63), "maximum": 2**63 - 1} | plain
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            plain["type"] = [node["type"], "null"]
        return plain
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    return node


class ObjectCheck:
    """Checks a request's object (a body, or all parameters together) against its schema."""

    def __init__(self, schema: Schema) -> None:
        # Which fields exclude each other (`not`) is left to the domain: it alone can say it in the service's words.
        self._validator = compile_schema({name: value for name, value in schema.items() if name != "not"})
        self._properties: dict[str, Schema] = dict(schema.get("properties", {}))
        self._order = {name: place for place, name in enumerate(self._properties)}

    def __call__(self, value: Any) -> None:
        """Raise the 400 for the first thing that is wrong with `value`, if anything is."""
        if not self._validator.is_valid(value):
            first = min(self._validator.iter_errors(value), key=self._rank)
            raise self._refusal(first) if isinstance(value, dict) else _not_an_object()

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
                return errors.out_of_range(name, bounds.get("minimum"), bounds.get("maximum"))
            case _:
                return errors.incorrect_format(name or "Request body")


def _name(error: jsonschema_rs.ValidationError) -> str:
    return ".".join(map(str, error.instance_path))


def _not_an_object() -> ServiceError:
    return ServiceError(400, "Request body must be a JSON object")
