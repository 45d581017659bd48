"""What can go wrong, a class for each thing there is to do about it.

Everything derives from `TemPolorError`. An error that concerns a job has its id in `job_id` and in its message, so
that nothing that was paid for gets lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .advice import Reader, advice_on, advice_on_answer, spoken

if TYPE_CHECKING:
    from ._generated.defaults import Say
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

    Every one of them can be pickled and copied, with all its fields.

    Attributes:
        problem: What happened, without what to do about it.
        job_id: The job it concerns, if there is one.
    """

    def __init__(self, problem: str, *, advice: Say | None = None, job_id: str | None = None) -> None:
        self.problem = problem
        self.job_id = job_id
        self._advice = advice
        super().__init__(self.explain())

    @property
    def advice(self) -> str:
        """What to do about it, empty where the message says it already."""
        return self._advice_for("python", "")

    def explain(self, reader: Reader = "python", *, command: str = "tempolor") -> str:
        """Return what happened and what to do about it, to a program's author or to somebody at a shell."""
        told = f"{self.problem} {self._advice_for(reader, command)}".rstrip()
        return told if self.job_id is None or self.job_id in told else f"{told} [job {self.job_id}]"

    def _advice_for(self, reader: Reader, command: str) -> str:
        return spoken(self._advice, reader, job_id=self.job_id, command=command) if self._advice else ""

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are made anew from their message alone otherwise, which most of these cannot be.
        return _made_anew, (type(self), self.args, self.__dict__)


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

    def __init__(self, problem: str, *, request: SentRequest, advice: Say, job_id: str | None = None) -> None:
        super().__init__(problem, advice=advice, job_id=job_id)
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
    """

    def __init__(  # noqa: PLR0913 - an answer has that many sides
        self,
        *,
        status: int,
        error: str,
        text: str,
        body: Any,
        headers: Mapping[str, str],
        request: SentRequest,
        web_page: bool = False,
        job_id: str | None = None,
    ) -> None:
        self.status = status
        self.error = error
        self.text = text
        self.body = body
        self.headers = headers
        self.request = request
        words = error or ("a web page" if web_page else _shortened(text)) or "no explanation"
        super().__init__(
            f"{request.method} {request.url}: {status}: {words.rstrip('. ')}.",
            advice=advice_on_answer(
                status=status,
                method=request.method,
                operation_id=request.operation_id,
                words=error,
                web_page=web_page,
            ),
            job_id=job_id,
        )


class BadRequestError(APIError):
    """400: the request is not what the service takes."""


class NotCompletedError(BadRequestError):
    """400 on a download: the job still runs, or has failed."""


class AuthenticationError(APIError):
    """401: the API token is missing, wrong or no longer valid."""


class SubscriptionRequiredError(APIError):
    """402: the useapi.net subscription has run out."""


class NotFoundError(APIError):
    """404: no such account, job, voice or file, or not one of yours."""


class MethodNotAllowedError(APIError):
    """405: the address does not know this method."""


class PayloadTooLargeError(APIError):
    """413: the body is bigger than the service takes."""


class BusyError(APIError):
    """429: no room for another job, and the patience for it (`busy_timeout`) is used up.

    Attributes:
        running_jobs: The jobs in the way, by account; empty where TemPolor itself refused.
        retry_after: The seconds the service asked to wait, if it did.
    """

    running_jobs: Mapping[str, Sequence[BusyJob]] = {}
    retry_after: float | None = None


class AccountBusyError(BusyError):
    """429 from the API: every slot of the account is taken."""


class UpstreamBusyError(BusyError):
    """429 from TemPolor itself, which makes some ten tracks at a time."""


class ServerError(APIError):
    """5xx: the service or something before it is broken."""


class AccountSessionError(ServerError):
    """596: the service can no longer log in to the TemPolor account."""


class UnexpectedAnswerError(APIError):
    """An answer that the document does not foresee: a page of HTML, an unknown status, a missing field."""


# Jobs and files


class JobFailedError(TemPolorError):
    """A job ended without music.

    Attributes:
        item: The job as it was last read.
        completed: The jobs of the same order that did end with music.
    """

    def __init__(self, item: MusicItem, *, job_id: str, completed: Sequence[MusicItem] = ()) -> None:
        reason = f": {item.error}" if item.error else ""
        rest = f" {len(completed)} other of the order completed." if completed else ""
        super().__init__(
            f"job {job_id} ended as {item.status_name or item.status}{reason}.{rest}",
            advice=advice_on("job_failed"),
            job_id=job_id,
        )
        self.item = item
        self.completed = tuple(completed)


class WaitTimeoutError(TemPolorError, TimeoutError):
    """A job, or the cloning of a voice, is not done yet. It goes on: wait for it again with the same id.

    Attributes:
        item: The job as it was last read, None if it never could be.
        job_ids: All jobs still running.
        completed: The jobs of the same order that did end with music.
    """

    def __init__(
        self,
        problem: str,
        *,
        advice: Say,
        job_ids: Sequence[str] = (),
        item: MusicItem | None = None,
        completed: Sequence[MusicItem] = (),
    ) -> None:
        super().__init__(problem, advice=advice, job_id=job_ids[0] if job_ids else None)
        self.item = item
        self.job_ids = tuple(job_ids)
        self.completed = tuple(completed)


class VoiceFailedError(TemPolorError):
    """The cloning of a voice failed."""


class DownloadError(TemPolorError):
    """A file could not be fetched; there is no half of it under its name."""


class FileNotReadyError(DownloadError):
    """The job is completed, but its file is still not there."""


class FileWriteError(DownloadError):
    """A downloaded file cannot be written; the reason is the `OSError` this was raised from."""


class PageLoopError(TemPolorError):
    """The service keeps answering with a page that was there before, or with empty ones."""


class CallbackError(TemPolorError, ValueError):
    """What was posted to the `replyUrl` is not a report of a job."""


class MisfitError(TemPolorError, ValueError):
    """A part of an answer is not what the document says."""


def _made_anew(kind: type[TemPolorError], arguments: tuple[Any, ...], fields: dict[str, Any]) -> TemPolorError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(fields)
    return error


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."
