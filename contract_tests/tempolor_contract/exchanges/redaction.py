"""Taking secrets out of what is written to files, reports and terminals."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field, replace

from .exchange import Exchange, Headers, Message

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-mock-control-token"})
_TOKEN = re.compile(r"(?P<scheme>Bearer\s+)(?P<number>user:\d+-)?(?P<secret>.*)", re.IGNORECASE | re.DOTALL)
# The ticket of a browser session, and the signature of a download link.
_TICKET = re.compile(rb'("service_ticket"\s*:\s*")(?!\*\*\*")(?:[^"\\]|\\.)*(")')
_SIGNATURE = re.compile(r"([?&](?:auth_key|signature|sig|token)=)[^&#\"\s\\]+", re.IGNORECASE)
_SIGNATURE_BYTES = re.compile(_SIGNATURE.pattern.encode(), re.IGNORECASE)


@dataclass(frozen=True)
class Redactor:
    """Replaces secrets by marks that cannot be turned back.

    Two tokens keep different marks, the same token always the same one, and the number in front stays: ids repeat it,
    and rules about ownership need to tell users apart. Marks of different redactors have nothing in common.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange without secrets in its URL, headers and bodies."""
        request, response = exchange.request, exchange.response
        return replace(
            exchange,
            request=replace(request, url=self.url(request.url), headers=self._headers(request), body=_body(request)),
            response=response and replace(response, headers=self._headers(response), body=_body(response)),
        )

    def authorization(self, value: str) -> str:
        """Return an Authorization header that still tells users apart."""
        match = _TOKEN.fullmatch(value)
        if match is None or not match["secret"]:
            return self._mark(value)
        return f"{match['scheme']}{match['number'] or ''}{self._mark(match['secret'])}"

    def url(self, url: str) -> str:
        """Return a URL without the signature of its query."""
        return _SIGNATURE.sub(r"\1***", url)

    def _headers(self, message: Message) -> Headers:
        return tuple((name, self._header(name.lower(), value)) for name, value in message.headers)

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            return self.authorization(value)
        if name in _SECRET_HEADERS:
            return "***"
        return self.url(value) if name == "location" else value

    def _mark(self, secret: str) -> str:
        if secret.startswith("redacted-"):
            return secret
        return f"redacted-{hmac.new(self.key, secret.encode(), hashlib.sha256).hexdigest()[:8]}"


def _body(message: Message) -> bytes:
    body = message.body
    if b"service_ticket" in body:
        body = _TICKET.sub(rb"\1***\2", body)
    if b"http" in body and message.media_type != "multipart/form-data":
        body = _SIGNATURE_BYTES.sub(rb"\1***", body)
    return body
