"""What a difference is called, and one sight of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .outline import At


class Kind(StrEnum):
    """What is different."""

    OPERATION = "new operation"
    PARAMETER = "new parameter"
    HEADER = "new header"
    STATUS = "new status"
    MEDIA_TYPE = "new media type"
    FIELD = "new field"
    VALUE = "new value"
    TYPE = "type"
    NULL = "null"
    TEXT = "error text"
    LIMIT = "beyond limit"
    MISSING = "never there"
    REFUSED = "valid request refused"
    # Between two documents, something can be gone, too, or be stricter.
    GONE_OPERATION = "removed operation"
    GONE_PARAMETER = "removed parameter"
    GONE_HEADER = "removed header"
    GONE_STATUS = "removed status"
    GONE_MEDIA_TYPE = "removed media type"
    GONE_FIELD = "removed field"
    GONE_VALUE = "removed value"
    GONE_TEXT = "removed error text"
    REQUIRED = "required"
    NARROWED = "narrower limit"
    NOT_NULL = "no null"
    DEFAULT = "default"


class Where(StrEnum):
    """In which message a difference was seen."""

    ANSWER = "answer"
    REQUEST = "request"
    CALLBACK = "callback"


@dataclass(frozen=True)
class Key:
    """What makes a difference one: the place in the document that it belongs to, its kind, and which one of that kind.

    `detail` is the name of a field, header, parameter or keyword, the JSON of a value, a JSON type, a status, a media
    type, the text of an error, or a method and a path. It is `*` for any.
    """

    at: At
    kind: Kind
    detail: str = ""


@dataclass(frozen=True)
class Spot:
    """Where in traffic a difference was seen: `place` is a JSON Pointer with `*` for items and for keys of maps.

    `status` is that of the answer, also where the request is different, and 0 for a callback.
    """

    operation: str
    status: int
    where: Where
    place: str = ""


@dataclass(frozen=True)
class Found:
    """One sight of a difference, and the value that shows it."""

    key: Key
    place: str = ""
    value: Any = None


ANY = "*"
"""The detail of a difference that stands for too many to be told apart."""


def pointer(place: str, name: str) -> str:
    """Return a JSON Pointer to a member of what another one points to."""
    return f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
