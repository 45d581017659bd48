"""An exchange read against the document: which operation it is, with which arguments."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ..exchanges.exchange import MISSING, Exchange

CALLBACK: Final = "report_progress"
"""The operation of an exchange that a service sent to a `replyUrl`; its exchanges have `source` `callback`."""

FILE: Final = "fetch_file"
"""The operation of an exchange that fetches an address which the service handed out in an earlier answer."""

_SLOW: Final = frozenset({"punycode"})
"""Charsets that Python reads in quadratic time, and no form is written in."""

_BLANKED = re.compile(r"[\[<(*]*(filtered|redacted|removed|secret|\*+)?[\])>*]*", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """An exchange, and what the document makes of its request.

    `number` counts the exchanges of a run or recording. `operation` is an operationId, `CALLBACK` or `FILE`, or empty
    where the document knows no such operation. `path` is relative to the API's base, and None outside of it;
    `template` is the document's path, `arguments` its parameters, decoded, `allowed` the methods it knows. `live` tells
    whether it was with the vendor's own service: by the host, or for files and callbacks by what came before.
    """

    exchange: Exchange
    number: int = 0
    operation: str = ""
    path: str | None = None
    template: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    live: bool = False

    @property
    def status(self) -> int:
        """The answer's status, 0 if there was none."""
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def accepted(self) -> bool:
        """Whether the service said it did as it was asked: any 2xx."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the service clearly did nothing: a 4xx."""
        return 400 <= self.status < 500

    @property
    def unclear(self) -> bool:
        """Whether nothing can be concluded: no answer, a 5xx, or the vendor's 596 for a broken session."""
        return self.status == 0 or self.status >= 500

    @property
    def method(self) -> str:
        """The request's method."""
        return self.exchange.request.method

    @cached_property
    def answer(self) -> Any:
        """The response's body as JSON, or `MISSING`."""
        return self.exchange.response.json if self.exchange.response else MISSING

    @cached_property
    def item(self) -> dict[str, Any]:
        """The response's body if it is a JSON object, else an empty one."""
        return self.answer if isinstance(self.answer, dict) else {}

    @property
    def error(self) -> str:
        """The error's text, empty if there is none."""
        text = self.item.get("error", "")
        return text if isinstance(text, str) else ""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        return dict(self._parameters)

    @cached_property
    def repeats(self) -> bool:
        """Whether a parameter or a field of a form has two values: no page says which of them counts."""
        given = (self._parameters, () if self.exchange.request.truncated else self._parts)
        return self.path is not None and any(len(set(each)) > len(dict(each)) for each in given)

    @cached_property
    def _parameters(self) -> list[tuple[str, str]]:
        query = urlsplit(self.exchange.request.url).query
        return parse_qsl(query, keep_blank_values=True) if query else []

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The fields of a JSON body or form that were filled in: empty ones count as left out (D-25, D-57)."""
        return {name: value for name, value in self.fields.items() if value is not None and value != ""}

    @cached_property
    def fields(self) -> dict[str, Any]:
        """All fields of a JSON body or form; empty if the body is something else. A form's values are text."""
        request = self.exchange.request
        if request.media_type == "multipart/form-data":
            return dict(self._parts)
        return request.json if isinstance(request.json, dict) else {}

    @cached_property
    def _parts(self) -> list[tuple[str, str]]:
        request = self.exchange.request
        if request.media_type != "multipart/form-data":
            return []
        return _form(request.header("content-type") or "", request.whole, files=not self.refused)

    @cached_property
    def token(self) -> str | None:
        """What follows `Bearer` in the Authorization header; empty for another scheme, None without the header.

        A header that a recorder has blanked out, such as `[Filtered]`, stands for one token like any other.
        """
        value = self.exchange.request.header("authorization")
        if value is None:
            return None
        if _BLANKED.fullmatch(value.strip()):
            return value.strip()
        scheme, _, token = value.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def before(self, other: "Call") -> bool:
        """Whether this call was over when the other one began. Without clocks, the recording's order decides."""
        if not (self.exchange.started and other.exchange.started):
            return self.number < other.number
        return self.exchange.finished <= other.exchange.started


def _form(content_type: str, body: bytes, *, files: bool) -> list[tuple[str, str]]:
    """Return the parts of a form; `files` says whether a part that is a file was taken for its text."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and (files or part.get_filename() is None):
            fields.append((name, _text(content, part.get_content_charset("utf-8"))))
    return fields


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode("utf-8" if codecs.lookup(charset).name in _SLOW else charset, errors="replace")
    except (LookupError, ValueError):
        return content.decode(errors="replace")
