"""Reading a request: its parameters and its body, in the types the document declares."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from ..domain import errors
from ..domain.errors import ServiceError
from ..exchange import Call
from ..settings import Settings
from .bodies import parse_json, too_large
from .forms import parse_form
from .validation import ObjectCheck, Schema

if TYPE_CHECKING:  # Importing Connexion takes long, and `slim_connexion` comes before.
    from connexion.operations.abstract import AbstractOperation

MULTIPART = "multipart/form-data"
JSON = "application/json"
_JSON = JSON.encode()


_LONGEST_REMEMBERED = 512
"""Bytes of a body beyond which what it says is not kept in memory."""


class ParameterReader:
    """Path and query parameters of one operation."""

    def __init__(self, parameters: list[dict[str, Any]], *, strict: bool = False) -> None:
        """Prepare; a `strict` reader of query parameters refuses those that are not declared."""
        self._declared = {each["name"]: each for each in parameters if each["in"] in {"path", "query"}}
        self._from_query = {name for name, each in self._declared.items() if each["in"] == "query"}
        self._strict = strict and bool(self._from_query)
        self._defaults = {
            name: each["schema"]["default"] for name, each in self._declared.items() if "default" in each["schema"]
        }
        self._check = ObjectCheck(_object_schema(self._declared), "parameters")

    def __call__(self, path_parameters: Mapping[str, str], query_string: bytes) -> Mapping[str, Any]:
        """Return all declared parameters that were given, checked, and the defaults of those that were not.

        An empty query parameter counts as absent; of one given several times, the last counts.
        """
        pairs = read_query(query_string)
        if self._strict and (unknown := [name for name, _ in pairs if name not in self._from_query]):
            known = ", ".join(sorted(self._from_query))
            raise ServiceError(400, f"{unknown[0][:100]}: not known. Known here: {known}")
        given = {name: text for name, text in pairs if name in self._from_query}
        given.update(path_parameters)
        values = {name: as_declared(value, self._declared[name]["schema"]) for name, value in given.items()}
        self._check(values)
        return self._defaults | values


def _object_schema(parameters: Mapping[str, Any]) -> Schema:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: each["schema"] for name, each in parameters.items()},
    }
    if required := [name for name, each in parameters.items() if each.get("required")]:
        schema["required"] = required
    return schema


def read_query(query_string: bytes) -> list[tuple[str, str]]:
    """Return the non-empty pairs of a query string, or raise a 400 where they are not percent-encoded UTF-8."""
    try:
        return parse_qsl(query_string.decode("ascii"), errors="strict") if query_string else []
    except ValueError:
        raise ServiceError(400, "Query string has incorrect format") from None


_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0{1,18})?")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?")
"""Numbers as JSON writes them; Python itself takes spaces, underscores and the digits of any script."""


def as_declared(text: str, schema: Schema) -> Any:
    """Return a text as the declared type; what cannot be converted stays a text, for the check to refuse."""
    try:
        match schema.get("type"):
            case "integer":
                return int(match[1]) if (match := _INTEGER.fullmatch(text)) else text
            case "number":
                return float(text) if _NUMBER.fullmatch(text) else text
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "object":
                return orjson.loads(text)
    except (KeyError, ValueError):
        pass
    return text


class BodyReader:
    """The body of one operation, in any of its media types."""

    def __init__(self, operation: "AbstractOperation", settings: Settings, *, strict: bool = False) -> None:
        """Prepare; a `strict` reader takes empty fields at their word."""
        content = operation.request_body["content"]
        self._required = operation.request_body.get("required", False)
        self._schemas = {media_type: each["schema"] for media_type, each in content.items()}
        self._checks = {media_type: ObjectCheck(schema) for media_type, schema in self._schemas.items()}
        self.defaults = {
            name: each["default"]
            for schema in self._schemas.values()
            for name, each in schema.get("properties", {}).items()
            if "default" in each
        }
        self._strict = strict
        properties = self._schemas.get(JSON, {}).get("properties", {})
        self._integers = [name for name, each in properties.items() if each.get("type") == "integer"]
        self._settings = settings
        self._json = lru_cache(maxsize=256)(self._json_afresh)
        self._max_json_bytes = settings.max_json_bytes
        if operation.request_body.get("x-size-limit") == "upload":  # JSON that carries files, such as a snapshot.
            self._max_json_bytes = settings.max_upload_bytes

    def media_type(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the body's media type without parameters, or raise the 400 for one that is not accepted.

        An optional body may be left out altogether; its media type is then empty.
        """
        given = headers.get(b"content-type", b"")
        if b"content-encoding" in headers:
            _check_encoding(headers[b"content-encoding"])
        if given == _JSON and JSON in self._schemas:
            return JSON
        text, _, options = given.partition(b";")
        media_type = text.strip().lower().decode("latin-1")
        if media_type == JSON and options:
            _check_charset(options)
        left_out = not self._required and not media_type and headers.get(b"content-length", b"0") == b"0"
        if media_type not in self._schemas and not left_out:
            raise errors.wrong_media_type(self._schemas)
        return media_type

    def limit(self, media_type: str) -> int:
        """Return how many bytes a body of a type may have."""
        if media_type == JSON:
            return self._max_json_bytes
        return self._settings.max_json_bytes if media_type == MULTIPART else self._settings.max_upload_bytes

    def read(self, call: Call, raw: bytes) -> Any:
        """Return what a call's body says: an object that was checked, or the bytes of an upload.

        Raises a 400 for what is no such thing, and a 413 for what is too long.
        """
        if len(raw) <= _LONGEST_REMEMBERED and call.media_type == JSON:
            return self._json(raw)
        if len(raw) > self.limit(call.media_type):
            raise too_large()
        match call.media_type:
            case "application/json":
                return self._json_afresh(raw)
            case "multipart/form-data":
                return self._checked(MULTIPART, self._form(call.fields[b"content-type"], raw))
            case "":
                return {}
        if not raw:
            raise ServiceError(400, "Empty file received")
        return raw

    def _json_afresh(self, raw: bytes) -> Any:
        """Return what a JSON body says; nobody may change it, since the same body is read once."""
        value = parse_json(raw)
        if isinstance(value, dict):
            value = self._with_whole_numbers(self._without_empty(value))
        return self._checked(JSON, value)

    def _without_empty(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return an object without what tools send for fields that nobody filled in (`spec/DECISIONS.md`)."""
        if self._strict or not ("" in value.values() or None in value.values()):
            return value
        return {name: each for name, each in value.items() if each is not None and each != ""}

    def _with_whole_numbers(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return an object with `80.0` written as `80` where an integer is declared: JSON has one kind of number."""
        wrong = [name for name in self._integers if type(number := value.get(name)) is float and number.is_integer()]
        return value | {name: int(value[name]) for name in wrong} if wrong else value

    def _checked(self, media_type: str, value: Any) -> Any:
        self._checks[media_type](value)
        return value

    def _form(self, content_type: bytes, raw: bytes) -> dict[str, Any]:
        properties = self._schemas[MULTIPART].get("properties", {})
        fields = parse_form(content_type, raw).items()
        return self._without_empty({name: as_declared(text, properties.get(name, {})) for name, text in fields})


def _check_encoding(encoding: bytes) -> None:
    if encoding.strip().lower() not in {b"", b"identity"}:
        shown = encoding.decode("latin-1")
        raise ServiceError(400, f"Request body has the Content-Encoding {shown}: send it as it is")


def _check_charset(options: bytes) -> None:
    name, _, charset = options.decode("latin-1").strip().lower().partition("=")
    if name == "charset" and charset.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
        raise ServiceError(400, f"Request body has the charset {charset}: JSON is UTF-8")
