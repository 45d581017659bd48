"""Reading a request: its parameters and its body, in the types the document declares."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from connexion.operations.abstract import AbstractOperation
from starlette.types import Receive

from ..domain import errors
from ..domain.errors import ServiceError
from ..settings import Settings
from .bodies import parse_form, parse_json, read_body
from .validation import ObjectCheck, Schema

MULTIPART = "multipart/form-data"
JSON = "application/json"
_JSON = JSON.encode()


_LONGEST_REMEMBERED = 512
"""Characters of path and query, and bytes of a body, beyond which what they say is not kept in memory."""


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
        # The same few paths and queries come again and again, and what they say depends on nothing else.
        self._read = lru_cache(maxsize=1024)(self._read_afresh)

    def __call__(self, path_parameters: dict[str, str], query_string: bytes) -> Mapping[str, Any]:
        """Return all declared parameters that were given, checked, and the defaults of those that were not.

        An empty query parameter counts as absent; of one given several times, the last counts.
        """
        if not self._declared:
            return {}
        length = len(query_string) + sum(map(len, path_parameters.values()))
        read = self._read if length <= _LONGEST_REMEMBERED else self._read_afresh
        return read(tuple(path_parameters.items()), query_string)

    def _read_afresh(self, path_parameters: tuple[tuple[str, str], ...], query_string: bytes) -> Mapping[str, Any]:
        pairs = read_query(query_string)
        if self._strict and (unknown := [name for name, _ in pairs if name not in self._from_query]):
            known = ", ".join(sorted(self._from_query))
            raise ServiceError(400, f"{unknown[0][:100]}: not known. Known here: {known}")
        given = {name: text for name, text in pairs if name in self._from_query}
        given.update(path_parameters)
        values = {name: as_declared(value, self._declared[name]["schema"]) for name, value in given.items()}
        self._check(values)
        return MappingProxyType(self._defaults | values)


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


_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?")
"""Numbers as JSON writes them; Python itself takes spaces, underscores and the digits of any script."""


def as_declared(text: str, schema: Schema) -> Any:
    """Return a text as the declared type; what cannot be converted stays a text, for the check to refuse."""
    try:
        match schema.get("type"):
            case "integer":
                return int(text) if _INTEGER.fullmatch(text) else text
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

    def __init__(self, operation: AbstractOperation, settings: Settings) -> None:
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
        if given == _JSON and JSON in self._schemas:
            return JSON
        media_type = given.partition(b";")[0].strip().lower().decode("latin-1")
        left_out = not self._required and not media_type and headers.get(b"content-length", b"0") == b"0"
        if media_type not in self._schemas and not left_out:
            raise errors.wrong_media_type(self._schemas)
        return media_type

    def json(self, raw: bytes) -> Any:
        """Return what a JSON body says, checked; nobody may change it, since the same body is read once."""
        return (self._json if len(raw) <= _LONGEST_REMEMBERED else self._json_afresh)(raw)

    def _json_afresh(self, raw: bytes) -> Any:
        return self._checked(JSON, parse_json(raw))

    async def __call__(self, media_type: str, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
        """Return the body: an object that was checked, or the bytes of an upload."""
        if media_type == JSON:
            return self.json(await read_body(headers, receive, self._max_json_bytes))
        if media_type == MULTIPART:
            raw = await read_body(headers, receive, self._settings.max_json_bytes)
            return self._checked(media_type, await self._form(headers, raw))
        if not media_type:
            return {}
        raw = await read_body(headers, receive, self._settings.max_upload_bytes)
        if not raw:
            raise ServiceError(400, "Empty file received")
        return raw

    def _checked(self, media_type: str, value: Any) -> Any:
        self._checks[media_type](value)
        return value

    async def _form(self, headers: Mapping[bytes, bytes], raw: bytes) -> dict[str, Any]:
        properties = self._schemas[MULTIPART].get("properties", {})
        return {
            name: as_declared(text, properties.get(name, {}))
            for name, text in (await parse_form(headers[b"content-type"], raw)).items()
        }
