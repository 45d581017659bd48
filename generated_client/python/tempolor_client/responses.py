"""Turns an answer into a result or an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from ._generated.models import BusyJob
from ._generated.types import Call, items, members
from .answer import Answer, Received, json_or_none
from .errors import (
    AccountBusyError,
    AccountSessionError,
    APIError,
    AuthenticationError,
    BadRequestError,
    BusyError,
    MethodNotAllowedError,
    MisfitError,
    NotCompletedError,
    NotFoundError,
    PayloadTooLargeError,
    ServerError,
    SubscriptionRequiredError,
    UnexpectedAnswerError,
    UpstreamBusyError,
)
from .policy import seconds_to_wait

T = TypeVar("T")

_CLASSES: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: SubscriptionRequiredError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: PayloadTooLargeError,
    596: AccountSessionError,
}


def judge(call: Call[T], received: Received) -> Answer[T]:
    """Return the result of an answer.

    Raises:
        APIError: It is not a success, or not one that can be read.

    """
    if not 200 <= received.status < 300:
        raise _error(call, received)
    try:
        # An operation has nothing to parse where its successful answers have no body; its result is None.
        parsed: Any = None if call.parse is None else call.parse(received.json())
    except ValueError as error:
        reason = str(error) if isinstance(error, MisfitError) else "the body is not JSON"
        raise _made(UnexpectedAnswerError, call, received, words=reason) from error
    return Answer(
        request=received.request,
        status=received.status,
        headers=received.headers,
        content=received.content,
        parsed=parsed,
    )


def _error(call: Call[Any], received: Received) -> APIError:
    if received.status == 429:
        return _busy(call, received)
    kind = _CLASSES.get(received.status)
    if kind is None:
        kind = ServerError if received.status >= 500 else UnexpectedAnswerError
    words = _words(received)
    if call.operation_id == "download_music" and "not completed" in words:
        kind = NotCompletedError
    return _made(kind, call, received, words=words)


def _busy(call: Call[Any], received: Received) -> BusyError:
    body = json_or_none(received)
    running = body.get("runningJobs") if isinstance(body, dict) else None
    kind = AccountBusyError if isinstance(running, dict) else UpstreamBusyError
    error = _made(kind, call, received, words=_words(received))
    error.running_jobs = _running_jobs(running)
    error.retry_after = seconds_to_wait(received.headers.get("retry-after"))
    return error


def _running_jobs(running: Any) -> dict[str, Sequence[BusyJob]]:
    try:
        return {account: items(BusyJob.from_dict)(jobs) for account, jobs in members(running).items()}
    except MisfitError:
        return {}


E_co = TypeVar("E_co", bound=APIError, covariant=True)


def _made(kind: type[E_co], call: Call[Any], received: Received, *, words: str) -> E_co:
    return kind(
        status=received.status,
        error=words,
        text=received.text,
        body=json_or_none(received),
        headers=received.headers,
        request=received.request,
        web_page=is_html(received),
        job_id=call.job_id,
    )


def is_html(received: Received) -> bool:
    """Tell whether a body is a web page."""
    return "html" in received.headers.get("content-type", "") or received.content.lstrip()[:1] == b"<"


def _words(received: Received) -> str:
    body = json_or_none(received)
    words = body.get("error") if isinstance(body, dict) else None
    return words if isinstance(words, str) else ""


def unexpected(answer: Answer[Any], reason: str) -> UnexpectedAnswerError:
    """Return the error for a success that lacks what it is for."""
    return UnexpectedAnswerError(
        status=answer.status,
        error=reason,
        text=answer.text,
        body=answer.json(),
        headers=answer.headers,
        request=answer.request,
    )
