"""Reading a request: its parameters and its body, in the types the document declares."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from connexion.operations.abstract import AbstractOperation
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from ..domain import errors
from ..domain.errors import ServiceError
from ..settings import Settings
from .errors import Refusal
from .validation import ObjectCheck, Schema

MULTIPART = "multipart/form-data"
JSON = "application/json"


class ParameterReader:
    """Path and query parameters of one operation."""

    def __init__(self, parameters: list[dict[str, Any]]) -> None:
        self._declared = {each["name"]: each for each in parameters if each["in"] in {"path", "query"}}
        self._from_query = {name for name, each in self._declared.items() if each["in"] == "query"}
        self._defaults = {
            name: each["schema"]["default"] for name, each in self._declared.items() if "default" in each["schema"]
        }
        self._check = ObjectCheck(_object_schema(self._declared))

    def __call__(self, path_parameters: dict[str, str], query_string: bytes) -> Mapping[str, Any]:
        """Return all declared parameters that were given, checked, and the defaults of those that were not.

        An empty query parameter counts as absent; of one given several times, the last counts.
        """
        if not self._declared:
            return {}
        given = {name: text for name, text in read_query(query_string) if name in self._from_query} | path_parameters
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


def as_declared(text: str, schema: Schema) -> Any:
    """Return a text as the declared type; what cannot be converted stays a text, for the check to refuse."""
    try:
        match schema.get("type"):
            case "integer":
                return int(text)
            case "number":
                return float(text)
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
        self._max_json_bytes = settings.max_json_bytes
        if operation.request_body.get("x-size-limit") == "upload":  # JSON that carries files, such as a snapshot.
            self._max_json_bytes = settings.max_upload_bytes

    def media_type(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the body's media type without parameters, or raise the 400 for one that is not accepted.

        An optional body may be left out altogether; its media type is then empty.
        """
        media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
        left_out = not self._required and not media_type and headers.get(b"content-length", b"0") == b"0"
        if media_type not in self._schemas and not left_out:
            raise errors.wrong_media_type(self._schemas)
        return media_type

    async def __call__(self, media_type: str, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
        """Return the body: an object that was checked, or the bytes of an upload."""
        if media_type == JSON:
            raw = await read_body(headers, receive, self._max_json_bytes)
            return self._checked(media_type, parse_json(raw))
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


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Return the whole body, or raise a 413 as soon as it is known to be longer than `limit` bytes."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        raise too_large()
    chunks = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ServiceError(400, "The request ended before its body did")
        chunks += message.get("body", b"")
        if len(chunks) > limit:
            raise too_large()
        more = message.get("more_body", False)
    return bytes(chunks)


def too_large() -> Refusal:
    """Return the 413; the connection ends with it, so that the rest of the body need not be read."""
    return Refusal(413, "Request body is too large", ("Connection", "close"))


def parse_json(raw: bytes) -> Any:
    """Return the JSON value, or raise a 400 for anything but strict UTF-8 JSON; an empty body is an empty object."""
    if not raw.strip():
        return {}
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ServiceError(400, "Request body is not valid JSON") from None


async def parse_form(content_type: bytes, raw: bytes) -> dict[str, str]:
    """Return the text fields of a multipart form; empty ones count as absent, files are refused."""

    async def stream() -> AsyncGenerator[bytes]:
        yield raw

    try:
        raw.decode()  # The parser would read what is not UTF-8 as Latin-1, without a word.
        headers = Headers(raw=[(b"content-type", content_type)])
        form = await MultiPartParser(headers, stream(), max_part_size=len(raw) + 1).parse()
    except (MultiPartException, UnicodeDecodeError):
        raise ServiceError(400, "Request body is not a valid multipart form") from None
    await form.close()
    for name, value in form.multi_items():
        if not isinstance(value, str):
            raise errors.incorrect_format(name)
    return {name: str(value) for name, value in form.multi_items() if value}
