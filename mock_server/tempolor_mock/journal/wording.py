"""Wording entries: what the control plane shows of a request and its answer, with every secret hidden.

It takes time in proportion to the bodies: word entries off the event loop.
"""

from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path

import msgspec
from tempolor_spec import load_document

from ..domain.clock import iso
from ..domain.ids import Token
from ..settings import FILES_PATH, PUBLIC_BASE_PATH, Settings
from .base import JsonObject
from .records import Body, Entry, RequestHead
from .redaction import redacted_body, redacted_headers, redacted_path, redacted_query
from .request_ids import given_id, made_id

SHORT_BODY_BYTES = 4096
_shown_again = lru_cache(maxsize=256)(redacted_body)
"""Shows bodies up to that size once: whoever polls gets the same one again and again."""

LONGEST_PATH = 200
"""How much of an unknown path is compared with those that are documented."""


class _Head(msgspec.Struct):
    path: str
    query: str
    headers: dict[str, str]
    request_id: str | None


class Wording:
    """Words entries of a mock, whose `instance` stands in the ids of requests that bring none.

    The control token, if there is one, is hidden wherever it stands.
    """

    def __init__(self, settings: Settings, instance: str) -> None:
        self._instance = instance
        self._settings = settings
        self._control_token = settings.control_token or ""

    def path(self, token: Token, entry: Entry) -> str:
        """Return a request's path."""
        return self._worded(token, entry.head).path

    def facts(self, token: Token, entry: Entry) -> JsonObject:
        """Return what is known of a request but for number, jobs, headers and bodies."""
        head, notes = entry.head, entry.notes
        worded = self._worded(token, head)
        facts: JsonObject = {
            "requestId": worded.request_id or made_id(self._instance, notes.serial),
            "received": iso(entry.real_ms),
            "virtualTime": None if notes.now_ms is None else iso(notes.now_ms),
            "durationMs": round(entry.duration_ns / 1e6, 3),
            "operation_id": notes.operation_id,
            "method": head.method,
            "path": worded.path,
            "query": worded.query,
            "status": entry.status,
            "forced": notes.forced,
            "violations": list(notes.violations),
        }
        if _is_astray(entry):
            facts["closest"] = _closest_path(head.path, self._settings)
        return facts

    def content(self, token: Token, entry: Entry) -> JsonObject:
        """Return headers and bodies of the request and its answer."""
        known = self._known(token)
        return {
            "request": {
                "headers": self._worded(token, entry.head).headers,
                **_body_object(entry.request_body, known),
            },
            "answer": {
                "headers": redacted_headers(entry.answer_headers, known),
                **_body_object(entry.answer_body, known),
            },
        }

    def _worded(self, token: Token, head: RequestHead) -> "_Head":
        """Return what is shown of a head; it is worked out once for all requests that share one, and its token."""
        if head.worded is None:
            known = self._known(token)
            head.worded = _Head(
                redacted_path(head.path, known),
                redacted_query(head.query, known),
                redacted_headers(head.headers, known),
                given_id(head.headers),
            )
        worded: _Head = head.worded
        return worded

    def _known(self, token: Token) -> tuple[str, str]:
        return str(token), self._control_token


def _is_astray(entry: Entry) -> bool:
    """Whether it asked for a path that is not documented."""
    is_file = entry.head.path.startswith(f"{FILES_PATH}/")
    return entry.status == 404 and entry.notes.operation_id is None and not is_file


def _closest_path(path: str, settings: Settings) -> str:
    documented = _documented_paths(settings.policy.revision, settings.overlays)
    (closest,) = get_close_matches(path[:LONGEST_PATH], documented, n=1, cutoff=0)
    return closest


@cache
def _documented_paths(revision: str, overlays: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(PUBLIC_BASE_PATH + path for path in load_document(revision, overlays)["paths"])


def _body_object(body: Body, known: tuple[str, str]) -> JsonObject:
    show = _shown_again if body.kept <= SHORT_BODY_BYTES else redacted_body
    return {
        "mediaType": body.media_type.decode("latin-1"),
        "size": body.size,
        "truncated": body.is_truncated,
        "body": show(body.text, body.media_type, known) if body.text else None,
        "sha256": body.sha256 if body.size else None,
    }
