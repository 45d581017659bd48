"""Turns an answer into a result or an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from ._generated.models import BusyJob
from ._generated.types import Call, items, members
from .answer import Answer, Received
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

# The service's words and what to do about them; the first that fits.
_ADVICE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), advice)
    for pattern, advice in (
        (r"prompt is too long", "Shorten the prompt to 2000 characters."),
        (r"lyrics is too long", "Shorten the lyrics to 3000 characters."),
        (r"chords is too long", "Shorten the chords to 200 characters."),
        (r"cannot be used (together|with)", "Choose one singer: an artist voice, a cloned voice or a MIDI file."),
        (r"user_id is required", "Several accounts are configured: say which one with user_id."),
        (r"has incorrect format", "Pass the id as the service reported it, with all its colons."),
        (r"content-type", "Pass the file's media type as media_type."),
        (r"empty file", "The file has no content; check what was uploaded."),
        (r"source material does not exist", "The voice or MIDI file is gone, or belongs to another account."),
        (r"unable to locate running job", "The job has ended or was cancelled before; there is nothing to do."),
        (r"no accounts?\b", "Configure a TemPolor account first: client.accounts.create(request_params)."),
        # Faults of sibling services, which this one may come to share.
        (r"credit", "Buy credits or wait for the next period of the plan."),
        (r"moderat", "Change the prompt or the lyrics: they were refused for what they say."),
    )
)


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
    body = _body(received)
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
        body=_body(received),
        headers=received.headers,
        request=received.request,
        advice=_advice(kind, received, words),
        job_id=call.job_id,
    )


def _advice(kind: type[APIError], received: Received, words: str) -> str | None:
    if kind in {BadRequestError, NotFoundError, UnexpectedAnswerError}:
        for pattern, advice in _ADVICE:
            if pattern.search(words):
                return advice
    if is_html(received) and kind is not AccountSessionError:
        return "This is a web page, so a gateway answered for the service: check the base address, or try later."
    return None


def is_html(received: Received) -> bool:
    """Tell whether a body is a web page."""
    return "html" in received.headers.get("content-type", "") or received.content.lstrip()[:1] == b"<"


def _words(received: Received) -> str:
    body = _body(received)
    words = body.get("error") if isinstance(body, dict) else None
    return words if isinstance(words, str) else ""


def _body(received: Received) -> Any:
    try:
        return received.json()
    except ValueError:
        return None


def unexpected(answer: Answer[Any], reason: str) -> UnexpectedAnswerError:
    """Return the error for a success that lacks what it is for."""
    return UnexpectedAnswerError(
        status=answer.status,
        error=reason,
        text=answer.text,
        body=answer.json(),
        headers=answer.headers,
        request=answer.request,
        advice="Look at client.scheduler.running() and client.music.list() before you try again.",
    )
