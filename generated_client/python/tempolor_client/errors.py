"""What can go wrong, a class for each thing there is to do about it.

Everything derives from `TemPolorError`. An error that concerns a job has its id in `job_id` and in its message, so
that nothing that was paid for gets lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from ._generated.models import BusyJob, MusicItem

_SHOWN = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class SentRequest:
    """What was sent, without its secrets.

    Attributes:
        operation_id: The operation's name in the document.
        method: Upper case.
        url: Complete, with its query.
    """

    operation_id: str
    method: str
    url: str


class TemPolorError(Exception):
    """Anything this package raises.

    Attributes:
        job_id: The job it concerns, if there is one.
    """

    def __init__(self, message: str, *, job_id: str | None = None) -> None:
        if job_id is not None and job_id not in message:
            message = f"{message} [job {job_id}]"
        super().__init__(message)
        self.job_id = job_id


# Before anything is sent


class ConfigurationError(TemPolorError, ValueError):
    """The client cannot work with what it was given: no token, or an address that is none."""


class InvalidIdError(TemPolorError, ValueError):
    """An id that cannot stand in a path, because it is empty or leads elsewhere."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name} {value!r} is no id: pass the one the service reported, as it is, not percent-encoded")


class MediaTypeError(TemPolorError, ValueError):
    """It is not clear what kind of file is to be uploaded."""


class FileReadError(TemPolorError):
    """A file to upload cannot be read; the reason is the `OSError` this was raised from."""


# On the way


class ConnectionFailedError(TemPolorError):
    """There was no answer.

    Attributes:
        request: What was sent, or meant to be sent.
        sent: Whether the service may have received it.
    """

    sent: ClassVar[bool] = True

    def __init__(self, message: str, *, request: SentRequest, job_id: str | None = None) -> None:
        super().__init__(message, job_id=job_id)
        self.request = request


class ConnectionRefusedByHostError(ConnectionFailedError):
    """No connection came about, so nothing was sent."""

    sent = False


class RequestTimeoutError(ConnectionFailedError):
    """The answer took too long. The service may have acted on the request all the same."""


# Answers


class APIError(TemPolorError):
    """The service answered with an error.

    Attributes:
        status: HTTP status; any number, 596 too.
        error: The service's own words, empty if it had none.
        text: The body as text.
        body: The body as JSON, None if it is not JSON.
        headers: The answer's headers, names in lower case.
        request: What was sent.
        advice: What to do about it.
    """

    advice: str = "Read the service's words; if they do not help, ask its support."

    def __init__(  # noqa: PLR0913 - an answer has that many sides
        self,
        *,
        status: int,
        error: str,
        text: str,
        body: Any,
        headers: Mapping[str, str],
        request: SentRequest,
        advice: str | None = None,
        job_id: str | None = None,
    ) -> None:
        self.status = status
        self.error = error
        self.text = text
        self.body = body
        self.headers = headers
        self.request = request
        self.advice = advice or type(self).advice
        words = error or _shortened(text) or "no explanation"
        super().__init__(f"{request.method} {request.url}: {status}: {words}. {self.advice}", job_id=job_id)


class BadRequestError(APIError):
    """400: the request is not what the service takes."""

    advice = "Correct the request; sending it again as it is will not help."


class NotCompletedError(BadRequestError):
    """400 on a download: the job still runs, or has failed."""

    advice = "Wait for the job first: client.music.wait(job_id)."


class AuthenticationError(APIError):
    """401: the API token is missing, wrong or no longer valid."""

    advice = "Check the API token: the argument `token` or the variable USEAPI_TOKEN, user:<number>-<text>."


class SubscriptionRequiredError(APIError):
    """402: the useapi.net subscription has run out."""

    advice = "Renew the useapi.net subscription that the token belongs to."


class NotFoundError(APIError):
    """404: no such account, job, voice or file, or not one of yours."""

    advice = "Check the id, and that it belongs to the token in use; an account must be configured first."


class MethodNotAllowedError(APIError):
    """405: the address does not know this method."""

    advice = "Check the base address; it should end in /v1/tempolor."


class PayloadTooLargeError(APIError):
    """413: the body is bigger than the service takes."""

    advice = "Send a shorter or more compressed file."


class BusyError(APIError):
    """429: no room for another job, and the patience for it (`busy_timeout`) is used up.

    Attributes:
        running_jobs: The jobs in the way, by account; empty where TemPolor itself refused.
        retry_after: The seconds the service asked to wait, if it did.
    """

    advice = "Wait until a job has ended, raise maxJobs, or allow more time with busy_timeout."
    running_jobs: Mapping[str, Sequence[BusyJob]] = {}
    retry_after: float | None = None


class AccountBusyError(BusyError):
    """429 from the API: every slot of the account is taken."""


class UpstreamBusyError(BusyError):
    """429 from TemPolor itself, which makes some ten tracks at a time."""


class ServerError(APIError):
    """5xx: the service or something before it is broken."""

    advice = "Try again later. If this was an order, look at client.scheduler.running() first: it may have been taken."


class AccountSessionError(ServerError):
    """596: the service can no longer log in to the TemPolor account."""

    advice = "Log in to TemPolor again and store the account's parameters anew with client.accounts.create()."


class UnexpectedAnswerError(APIError):
    """An answer that the document does not foresee: a page of HTML, an unknown status, a missing field."""

    advice = "Check the base address, and whether a gateway stands between here and the service."


# Jobs and files


class JobFailedError(TemPolorError):
    """A job ended without music.

    Attributes:
        item: The job as it was last read.
        completed: The jobs of the same order that did end with music.
    """

    def __init__(self, item: MusicItem, *, job_id: str, completed: Sequence[MusicItem] = ()) -> None:
        reason = f": {item.error}" if item.error else ""
        rest = f" {len(completed)} other of the order completed, see `completed`." if completed else ""
        super().__init__(
            f"job {job_id} ended as {item.status_name or item.status}{reason}. Change the prompt and order anew.{rest}",
            job_id=job_id,
        )
        self.item = item
        self.completed = tuple(completed)


class WaitTimeoutError(TemPolorError, TimeoutError):
    """A job, or the cloning of a voice, is not done yet. It goes on: wait for it again with the same id.

    Attributes:
        item: The job as it was last read, None if it never could be.
        job_ids: All jobs still running.
    """

    def __init__(self, message: str, *, job_ids: Sequence[str] = (), item: MusicItem | None = None) -> None:
        super().__init__(message, job_id=job_ids[0] if job_ids else None)
        self.item = item
        self.job_ids = tuple(job_ids)


class VoiceFailedError(TemPolorError):
    """The cloning of a voice failed."""


class DownloadError(TemPolorError):
    """A file could not be fetched; there is no half of it under its name."""


class FileNotReadyError(DownloadError):
    """The job is completed, but its file is still not there."""


class FileWriteError(DownloadError):
    """A downloaded file cannot be written; the reason is the `OSError` this was raised from."""


class PageLoopError(TemPolorError):
    """The service keeps answering with a page that was there before."""


class CallbackError(TemPolorError, ValueError):
    """What was posted to the `replyUrl` is not a report of a job."""


class MisfitError(TemPolorError, ValueError):
    """A part of an answer is not what the document says."""


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."
