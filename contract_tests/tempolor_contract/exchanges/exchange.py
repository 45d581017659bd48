"""One request and what came of it: the common currency of everything that sends, records or judges."""

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import orjson

from .nesting import is_too_deep

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Headers = tuple[tuple[str, str], ...]
"""Names and values in the order they travelled; a name may occur more than once."""


class NotRecordedError(Exception):
    """A body that somebody wants to read was not recorded, or not to its end: nothing may be concluded from it."""


class _Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()
"""What stands for a body that is not JSON; unlike None it is not a JSON value."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What requests and responses share.

    `truncated` tells that a recording kept no body, or only its beginning, which `body` then is. Whoever concludes
    something reads `whole`, `json` or `beginning`: they raise NotRecordedError where there is nothing to conclude from.
    """

    headers: Headers = ()
    body: bytes = b""
    truncated: bool = False

    def header(self, name: str) -> str | None:
        """Return the first value of a header, its name in any case, or None."""
        return self._by_name.get(name.lower())

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.headers)}

    @cached_property
    def media_type(self) -> str:
        """The Content-Type without parameters, in lower case; empty if there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def whole(self) -> bytes:
        """The body, from its beginning to its end."""
        if self.truncated:
            raise NotRecordedError
        return self.body

    def beginning(self, size: int) -> bytes:
        """Return the first bytes of the body, all if there are fewer."""
        return self.body[:size] if len(self.body) >= size else self.whole

    @cached_property
    def json(self) -> Any:
        """The body read as JSON, or `MISSING` if it is none, or nested deeper than anybody reads."""
        if not self.whole or is_too_deep(self.whole):
            return MISSING
        try:
            return orjson.loads(self.whole)
        except orjson.JSONDecodeError:
            return MISSING


@dataclass(frozen=True, kw_only=True)
class Request(Message):
    """What was sent: the method in upper case, the absolute URL as it went over the wire, headers and body."""

    method: str = "GET"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Response(Message):
    """What was answered."""

    status: int = 200


@dataclass(frozen=True)
class Exchange:
    """A request and its response, or the fault that there was instead of one.

    `started` is in seconds since 1970, 0 if nobody knows, and `elapsed` in seconds. `source` names what recorded it
    (`lab`, `har`, `proxy`, `schemathesis`, `callback`, ...) and `label` the place in a recording.
    """

    request: Request
    response: Response | None
    started: float = 0.0
    elapsed: float = 0.0
    source: str = ""
    fault: str = ""
    label: str = ""

    @property
    def finished(self) -> float:
        """When the answer was complete, in seconds since 1970."""
        return self.started + self.elapsed

    @property
    def status(self) -> int:
        """The answer's status, 0 if there was no answer."""
        return self.response.status if self.response else 0

    @property
    def hung_up(self) -> bool:
        """Whether the connection was closed in place of an answer, or in the middle of one."""
        return self.fault.startswith(("RemoteProtocolError", "ReadError"))

    @property
    def broke_off(self) -> bool:
        """Whether the connection was closed in the middle of an answer, which no idle connection is closed by."""
        return "without sending complete" in self.fault or "incomplete chunked" in self.fault

    @property
    def redirected_to(self) -> str | None:
        """The address at which the answer says that the thing is, None if it does not."""
        where = self.response.header("location") if self.response and self.status in _REDIRECTS else None
        try:
            address = urljoin(self.request.url, where or "")
        except ValueError:
            return None
        return address if where and address.startswith(("http://", "https://")) else None

    def to_json(self) -> dict[str, Any]:
        """Return the exchange as one JSON object, the form of a line of an ndjson recording. Secrets are kept."""
        return {
            "request": {"method": self.request.method, "url": self.request.url, **_message_to_json(self.request)},
            "response": self.response and {"status": self.response.status, **_message_to_json(self.response)},
            "started": self.started,
            "elapsed": self.elapsed,
            "source": self.source,
            "fault": self.fault,
        }

    @classmethod
    def from_json(cls, value: Any, *, label: str = "") -> "Exchange":
        """Read what `to_json` made; LookupError, TypeError or ValueError if it is something else."""
        request, response = value["request"], value["response"]
        return cls(
            request=Request(
                method=str(request["method"]).upper(), url=readable_url(request["url"]), **_message_from_json(request)
            ),
            response=response and Response(status=int(response["status"]), **_message_from_json(response)),
            started=float(value.get("started") or 0),
            elapsed=float(value.get("elapsed") or 0),
            source=str(value.get("source", "")),
            fault=str(value.get("fault", "")),
            label=label,
        )


def readable_url(url: Any) -> str:
    """Return a URL as text; ValueError if it cannot be taken apart."""
    _ = urlsplit(str(url)).port
    return str(url)


def _message_to_json(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"headers": [list(header) for header in message.headers]}
    if message.truncated:
        return shown | {"truncated": True}
    try:
        return shown | {"body": message.body.decode()}
    except UnicodeDecodeError:
        return shown | {"body_base64": base64.b64encode(message.body).decode()}


def _message_from_json(value: Any) -> dict[str, Any]:
    encoded = value.get("body_base64")
    body = base64.b64decode(encoded) if encoded is not None else (value.get("body") or "").encode()
    headers = tuple((str(name), str(content)) for name, content in value.get("headers", ()))
    return {"headers": headers, "body": body, "truncated": bool(value.get("truncated", False))}
