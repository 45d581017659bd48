"""What a world tells about itself, as small typed objects; all moments are virtual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Transition:
    """A job reached its final status, `COMPLETED` or `FAILED`."""

    job_id: str
    at: datetime
    status: str

    @classmethod
    def of(cls, shown: JsonObject) -> Self:
        """Read what the control plane shows."""
        return cls(shown["job_id"], datetime.fromisoformat(shown["at"]), shown["status"])


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a callback: the status of the answer, if there was one, and what else went wrong."""

    at: datetime
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback to the `replyUrl` of a job.

    It tells of the moment `at`; `headers` and `body` are those of the request that is sent, to the byte. They,
    `status` and `progress` are None when the job was deleted. `outcome` is `due`, `delivered`, `failed` or `cancelled`.
    """

    number: int
    job_id: str
    url: str
    at: datetime
    status: str | None
    progress: int | None
    headers: Mapping[str, str] | None
    body: bytes | None
    attempts: tuple[Attempt, ...]
    outcome: str

    @classmethod
    def of(cls, shown: JsonObject) -> Self:
        """Read what the control plane shows."""
        request = shown.get("request")
        return cls(
            number=shown["number"],
            job_id=shown["job_id"],
            url=shown["url"],
            at=datetime.fromisoformat(shown["at"]),
            status=shown.get("status"),
            progress=shown.get("progress"),
            headers=request["headers"] if request else None,
            body=request["body"].encode() if request else None,
            attempts=tuple(
                Attempt(datetime.fromisoformat(each["at"]), each.get("status"), each.get("error"))
                for each in shown["attempts"]
            ),
            outcome=shown["outcome"],
        )


@dataclass(frozen=True, slots=True)
class Advance:
    """What moving the clock caused, in order: jobs that ended, and callbacks that were sent or tried."""

    transitions: tuple[Transition, ...]
    callbacks: tuple[Callback, ...]

    @classmethod
    def of(cls, shown: JsonObject) -> Self:
        """Read what the control plane shows."""
        return cls(
            tuple(Transition.of(each) for each in shown["transitions"]),
            tuple(Callback.of(each) for each in shown["callbacks"]),
        )


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request a world was sent, and its answer; secrets in headers and bodies are hidden.

    `body` and `answer` are JSON values or texts, None where there was none or it is binary (`body_size` has its bytes).
    `status` is 0 where no answer was begun. `operation_id` is None where nothing is documented for the request.
    `forced` says which rule or header made the answer another one than the state's, `job_ids` are of the jobs it
    started, and `violations` lists what broke the contract.
    """

    number: int
    at: datetime | None
    operation_id: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    body_size: int
    status: int
    answer_headers: Mapping[str, str]
    answer: Any
    forced: str | None
    job_ids: tuple[str, ...]
    violations: tuple[str, ...]

    @classmethod
    def of(cls, shown: JsonObject) -> Self:
        """Read what the control plane shows."""
        at = shown["virtualTime"]
        return cls(
            number=shown["number"],
            at=datetime.fromisoformat(at) if at else None,
            operation_id=shown["operation_id"],
            method=shown["method"],
            path=shown["path"],
            query=shown["query"],
            headers=shown["request"]["headers"],
            body=shown["request"]["body"],
            body_size=shown["request"]["size"],
            status=shown["status"],
            answer_headers=shown["answer"]["headers"],
            answer=shown["answer"]["body"],
            forced=shown["forced"],
            job_ids=tuple(job["job_id"] for job in shown["jobs"]),
            violations=tuple(shown["violations"]),
        )
