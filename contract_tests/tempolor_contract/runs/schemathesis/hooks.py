"""Puts what was prepared into generated requests, so that valid ones can succeed."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from tempolor_spec import load_document, operations

from ...document.service import LISTS, ORDERS, UPLOADS
from .fixtures import Prepared

DELETES: Final = frozenset({"delete_account", "delete_music", "delete_midi", "delete_cloned_voice", "cancel_job"})
_OF_ACCOUNT: Final = UPLOADS | LISTS
_SOURCES: Final = ("clonedVoiceItemId", "midiItemId", "artistVoiceItemId")
_DOCUMENTED: Final = frozenset(each.operation_id for each in operations(load_document()))
_NOWHERE: Final = "127.0.0.1:9"


class RequestHooks:
    """Puts what was prepared into valid requests, and keeps callbacks off other people's machines in all of them."""

    def __init__(self, prepared: Prepared, reply_url: str | None) -> None:
        self.prepared = prepared
        self._reply_url = reply_url
        self.filled: set[str] = set()

    def before_call(self, context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        """Change a case before it is sent; Schemathesis calls this in all phases."""
        del context, kwargs
        self._lead_callbacks_home(case)
        if case.meta is None or case.meta.phase.name == "stateful" or not case.meta.generation.mode.is_positive:
            return
        if case.method.upper() != case.operation.method.upper():
            return
        operation = operation_of(case)
        self._path(operation, case)
        self._query(operation, case)
        if operation in ORDERS and isinstance(case.body, dict):
            self._order(operation, case)
        self.filled.add(case.id)

    def _path(self, operation: str, case: Any) -> None:
        prepared = self.prepared
        ids = {"get_account": prepared.account, "get_music": prepared.job}
        ids |= {"download_music": prepared.job} if prepared.complete else {}
        known = prepared.spares.pop(operation, "") if operation in DELETES else ids.get(operation, "")
        if known:
            name = next(iter(case.path_parameters))
            case.path_parameters = {name: quote(known, safe=":")}
        elif operation not in _DOCUMENTED:
            named = {"job_id": prepared.job, "user_id": prepared.account}
            ours = {name: quote(named[name], safe=":") for name in case.path_parameters or {} if named.get(name)}
            case.path_parameters = {**(case.path_parameters or {}), **ours}

    def _query(self, operation: str, case: Any) -> None:
        if operation not in _OF_ACCOUNT or not self.prepared.account:
            return
        # Several accounts are there, so a name is needed (D-26); a made-up cursor is a 400 (D-69).
        case.query = {name: value for name, value in (case.query or {}).items() if name != "cursor"}
        case.query["user_id"] = self.prepared.account

    def _order(self, operation: str, case: Any) -> None:
        prepared, body = self.prepared, dict(case.body)
        if prepared.account:
            body["user_id"] = prepared.account
        ours = dict(zip(_SOURCES, (prepared.voice, prepared.midi, prepared.artist), strict=True))
        named = [name for name in _SOURCES if name in body and operation == "create_song"]
        for name in named:
            # One at most (D-65), and one that exists.
            if name == named[0] and ours[name]:
                body[name] = ours[name]
            else:
                del body[name]
        # An order's own limit counts in place of the account's, so a low one would make a valid order a 429 (D-61).
        body.pop("maxJobs", None)
        case.body = body

    def _lead_callbacks_home(self, case: Any) -> None:
        url = case.body.get("replyUrl") if isinstance(case.body, dict) else None
        if not isinstance(url, str) or "://" not in url:
            return
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        home = urlsplit(self._reply_url).netloc if self._reply_url else _NOWHERE
        if parts.netloc and parts.netloc != home:
            case.body = {**case.body, "replyUrl": url.replace(parts.netloc, home, 1)}


def operation_of(case: Any) -> str:
    """Return the operationId of a case."""
    return str(case.operation.definition.raw["operationId"])
