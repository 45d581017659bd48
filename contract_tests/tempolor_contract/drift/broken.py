"""What teaches nothing: answers that are not the service's own, not whole, or a sign that it is broken."""

import re
from typing import Any, Final

from ..document.call import CALLBACK, Call
from ..exchanges.exchange import MISSING, Message

_HTML: Final = re.compile(
    rb"\s*(?:<!--.{0,200}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_OF_PROXIES: Final = frozenset({407, 408, 421, 425, 431, 451, 494, 495, 496, 497, 499})
_WITHOUT_BODY: Final = frozenset({204, 205})


def why_broken(call: Call) -> str:
    """Return why an exchange teaches nothing, in a few words; empty if it does teach something."""
    message = call.exchange.request if call.operation == CALLBACK else call.exchange.response
    if message is None:
        return "without an answer"
    if call.operation == CALLBACK:
        return _why_unread(message)
    if call.status >= 500:
        return "answered 5xx"
    if not 200 <= call.status < 500 or 300 <= call.status < 400:
        return "neither a success nor a refusal"
    if call.status in _OF_PROXIES:
        return "answered by a proxy"
    return "" if call.status in _WITHOUT_BODY else _why_unread(message)


def _why_unread(message: Message) -> str:
    if message.truncated:
        return "not recorded to the end"
    if message.json is not MISSING:
        return ""
    if _HTML.match(message.body[:1000]) or message.media_type in {"text/html", "application/xhtml+xml"}:
        return "HTML"
    if message.body and ("json" in message.media_type or message.body.lstrip()[:1] in {b"{", b"["}):
        return "JSON that cannot be read"
    return "shorter than it says" if _is_cut(message) else ""


def _is_cut(message: Message) -> bool:
    """Whether a body that is no JSON has fewer bytes than its Content-Length; recordings keep some decompressed."""
    told = message.header("content-length") or ""
    is_plain = message.header("content-encoding") is None
    return is_plain and told.isdecimal() and len(told) < 16 and len(message.body) < int(told)


def is_foreign_refusal(call: Call, fields: frozenset[str]) -> bool:
    """Whether a refusal has nothing of the service's errors, whose `fields` the document names.

    Gateways refuse in words of their own, as text or as another JSON.
    """
    answer: Any = call.answer
    return call.refused and not (isinstance(answer, dict) and fields & answer.keys())
