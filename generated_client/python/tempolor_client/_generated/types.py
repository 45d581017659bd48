"""What the generated operations and models are made of."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

from ..errors import ConfigurationError, InvalidIdError, MisfitError
from ..options import CallOptions
from ..payload import Payload

# What RFC 3986 allows in a segment of a path: ids travel as they are, colons and all.
_SAFE = "!$&'()*+,;=:@"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Generic[T_co]):
    """One request to make, and how to read the answer to it.

    Attributes:
        operation_id: The operation's name in the document.
        method: Upper case.
        path: Below the base address, percent-encoded where needed.
        parse: Makes the result of a successful answer's JSON; None if such an answer has no body.
        subject: The id in the path, if there is one.
        params: The query.
        json: The body as JSON.
        form: The body as a form's text fields.
        content: The body as bytes.
        content_type: The media type that goes with `content`.
    """

    operation_id: str
    method: str
    path: str
    parse: Callable[[Any], T_co] | None
    subject: str | None = None
    params: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    content: Payload | None = None
    content_type: str | None = None

    @property
    def job_id(self) -> str | None:
        """The job it is about, if it is about one."""
        return self.subject if self.subject and "-job:" in self.subject else None


class Sender(Protocol):
    """Makes calls and returns their results."""

    def send(self, call: Call[T], options: CallOptions, /) -> T:
        """Make a call, raise a `TemPolorError` unless it succeeds."""
        ...


class AsyncSender(Protocol):
    """Makes calls and returns their results."""

    async def send(self, call: Call[T], options: CallOptions, /) -> T:
        """Make a call, raise a `TemPolorError` unless it succeeds."""
        ...


def path_of(template: str, **ids: str) -> str:
    """Fill a path's template with ids, raw wherever a URL allows it.

    Raises:
        InvalidIdError: An id is empty, or would lead to another path.

    """
    return template.format(**{name: _segment(name, value) for name, value in ids.items()})


def checked_path(path: str) -> str:
    """Return a path below the base address.

    Raises:
        ConfigurationError: It is no path, or would lead elsewhere.

    """
    segments = path.split("/")
    if segments[0] or len(segments) < 2 or {".", ".."} & {*segments} or any(mark in path for mark in "\\?# "):
        raise ConfigurationError(f"{path!r} is no path below base_url: pass one like /music, with params apart")
    return path


def _segment(name: str, value: str) -> str:
    if value in {"", ".", ".."} or any(mark in value for mark in "/\\?#%") or not value.isprintable():
        raise InvalidIdError(name, value)
    return quote(value, safe=_SAFE)


def filled(fields: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the fields that have a value, and whatever there is besides, ready for JSON."""
    there = {name: value for name, value in fields.items() if value is not None}
    return {name: _plain(value) for name, value in {**there, **(more or {})}.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value.to_dict() if hasattr(value, "to_dict") else value


def take(fields: dict[str, Any], name: str, read: Callable[[Any], T]) -> T | None:
    """Move a field out of `fields`; None if it is not there, is null, or is not what the document says.

    What cannot be read stays in `fields`, a null too, so that nothing the service says gets lost.
    """
    if fields.get(name) is None:
        return None
    try:
        value = read(fields[name])
    except MisfitError:
        return None
    del fields[name]
    return value


def need(fields: dict[str, Any], name: str, read: Callable[[Any], T]) -> T:
    """Move a field out of `fields` that has to be there.

    Raises:
        MisfitError: It is missing, or is not what the document says.

    """
    if name not in fields:
        raise MisfitError(f"{name} is missing")
    return read(fields.pop(name))


def anything(value: Any) -> Any:
    """Read a value as it is."""
    return value


def text(value: Any) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise MisfitError(f"{value!r:.80} is not a string")
    return value


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise MisfitError(f"{value!r:.80} is not true or false")
    return value


def number(value: Any) -> float:
    """Read a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MisfitError(f"{value!r:.80} is not a number")
    return value


def whole(value: Any) -> int:
    """Read a whole number, also one written as 42.0."""
    if number(value) != value // 1:
        raise MisfitError(f"{value!r:.80} is not a whole number")
    return int(value)


def moment(value: Any) -> datetime.datetime:
    """Read a date and time."""
    try:
        return datetime.datetime.fromisoformat(text(value))
    except ValueError as error:
        raise MisfitError(f"{value!r:.80} is not a date and time") from error


def items(read: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Read each item of a list with `read`."""

    def read_all(value: Any) -> list[T]:
        if not isinstance(value, list):
            raise MisfitError(f"{value!r:.80} is not a list")
        return [read(item) for item in value]

    return read_all


def members(value: Any) -> dict[str, Any]:
    """Read an object, as a copy."""
    if not isinstance(value, Mapping):
        raise MisfitError(f"{value!r:.80} is not an object")
    return dict(value)
