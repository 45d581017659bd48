"""Answers as they came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import SentRequest

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """An answer before anyone has judged it.

    Attributes:
        request: What was sent.
        status: HTTP status.
        headers: Names in lower case.
        content: The body.
    """

    request: SentRequest
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ValueError: It is not JSON.

        """
        try:
            return json.loads(self.content)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def json_or_none(received: Received) -> Any:
    """Return an answer's body as JSON, None if it is not JSON."""
    try:
        return received.json()
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(Received, Generic[T_co]):
    """A successful answer, whole.

    Attributes:
        parsed: The operation's result.
    """

    parsed: T_co
