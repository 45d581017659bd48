"""Taking secrets out of what is written to files, reports and terminals."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import orjson
from tempolor_spec.secrets import (
    TooDeepError,
    redact_form,
    redact_fragment,
    redact_header,
    redact_json,
    redact_text,
)

from .exchange import Exchange, Message

M = TypeVar("M", bound=Message)

_LONGEST_BODY: Final = 1 << 16
_MOST_KNOWN: Final = 64
_SHORTEST_KNOWN: Final = 8
"""A shorter token may be a part of anything."""
_BINARY: Final = ("audio/", "image/", "video/", "application/octet-stream", "application/zip")


@dataclass(frozen=True)
class Redactor:
    """Replaces secrets by marks that cannot be turned back; what is a secret, `tempolor_spec.secrets` says.

    Two tokens keep different marks, the same token always the same one, and the number in front stays: ids repeat it,
    and rules about ownership need to tell users apart. Marks of different redactors have nothing in common. A token
    that was seen in an Authorization header is hidden from then on wherever it stands, whatever it looks like.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    _known: dict[str, None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange without secrets in its URL, headers and bodies."""
        request, response = exchange.request, exchange.response
        self._learn(request.header("authorization") or "")
        return replace(
            exchange,
            request=replace(self._message(request), url=self.url(request.url)),
            response=response and self._message(response),
        )

    def shown(self, exchange: Exchange) -> Exchange:
        """Return an exchange as `exchange` does, without bodies that would make a report as long as a recording."""
        shown = self.exchange(exchange)
        return replace(shown, request=_short(shown.request), response=shown.response and _short(shown.response))

    def url(self, url: str) -> str:
        """Return a URL without secret parameters and tokens in its path."""
        return redact_text(url, self._known, mark=self._mark)

    def text(self, text: str) -> str:
        """Return a text without secrets; where it is JSON itself, the members in it are looked at too."""
        return self._text(text)

    def value(self, name: str, value: Any) -> Any:
        """Return a JSON value that stands under a name without secrets."""
        return redact_json([{name: value}], text=self._text, mark=self._mark)[0].popitem()[1]

    def learn(self, exchange: Exchange) -> None:
        """Take note of an exchange's token, to hide it from then on wherever it stands."""
        self._learn(exchange.request.header("authorization") or "")

    def _learn(self, authorization: str) -> None:
        token = authorization.rpartition(" ")[2]
        if len(token) >= _SHORTEST_KNOWN and token not in self._known:
            while len(self._known) >= _MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[token] = None

    def _message(self, message: M) -> M:
        headers = [(name, redact_header(name, value, self._known, mark=self._mark)) for name, value in message.headers]
        return replace(message, headers=tuple(headers), body=self._body(message))

    def _body(self, message: Message) -> bytes:
        if not message.body:
            return b""
        if message.media_type.startswith(_BINARY):
            return self._binary(message.body)
        if message.truncated:
            # A text that breaks off may do so within a secret.
            return b""
        try:
            value = orjson.loads(message.body)
            shown = redact_json(value, text=self._text, mark=self._mark)
            return message.body if shown == value else orjson.dumps(shown)
        except (orjson.JSONDecodeError, TooDeepError):
            pass
        text = message.body.decode(errors="surrogateescape")
        if message.media_type == "application/x-www-form-urlencoded":
            shown = redact_text(f"?{text}", self._known, mark=self._mark)[1:]
        else:
            redact = redact_form if message.media_type == "multipart/form-data" else redact_fragment
            shown = redact(text, self._known, mark=self._mark)
        return shown.encode(errors="surrogateescape")

    def _binary(self, body: bytes) -> bytes:
        for token in self._known:
            body = body.replace(token.encode(), self._mark(token).encode())
        return body

    def _text(self, text: str) -> str:
        """Return a text that stands in JSON; where it is JSON itself, the members in it are looked at too."""
        redact = redact_fragment if text.lstrip()[:1] in {"{", "["} else redact_text
        return redact(text, self._known, mark=self._mark)

    def _mark(self, secret: str) -> str:
        if secret.startswith("redacted-") or not secret.strip("*"):
            return secret
        return f"redacted-{hmac.new(self.key, secret.encode(errors='replace'), hashlib.sha256).hexdigest()[:8]}"


def _short(message: M) -> M:
    return replace(message, body=b"", truncated=True) if len(message.body) > _LONGEST_BODY else message
