"""Fields of a request as the service takes them: without what counts as left out, and with numbers as numbers."""

import re
from typing import Any, Final

from .schemas import Schema

POINTED: Final = re.compile(r"(-?[0-9]{1,18})(?:\.0+)?")
"""A whole number as an accepted form may write it (D-56)."""

WITHOUT_POINT: Final = re.compile(r"(-?[0-9]{1,18})")
"""A whole number as every service reads it."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_BOOLEANS: Final = {"true": True, "false": False}


def as_taken(schema: Schema, fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields without optional ones that are empty, and with `80.0` as the whole number it is (D-56)."""
    required = schema.plain.get("required", ())
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in fields.items()
        if name in required or (value is not None and value != "")
    }


def coerced(schema: Schema, fields: dict[str, Any], whole: re.Pattern[str]) -> dict[str, Any]:
    """Return a form's fields with those as numbers that should be such and look `whole`."""
    properties = schema.plain.get("properties", {})
    return {name: _typed(properties.get(name, {}), value, whole) for name, value in fields.items()}


def read_text(schema: Schema, text: str) -> Any:
    """Return a parameter's text as the type that its schema has, or as it is where it is none such."""
    return _typed(schema.plain, text, WITHOUT_POINT)


def _typed(schema: dict[str, Any], value: Any, whole: re.Pattern[str]) -> Any:
    kind = schema.get("type")
    if kind == "integer" and (match := whole.fullmatch(value)):
        return int(match[1])
    if kind == "number" and _NUMBER.fullmatch(value):
        return float(value)
    return _BOOLEANS.get(value, value) if kind == "boolean" else value
