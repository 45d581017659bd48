"""The service's refusals, one constructor for each text it prints.

Texts are facts of the published pages where these print one, and follow their manner where they do not
(`spec/DECISIONS.md` says which is which).
"""

from collections.abc import Iterable, Mapping
from typing import Any


class ServiceError(Exception):
    """A refusal in the service's envelope: `{"error": text, ...extra, "code": code}`.

    `bound` names the bound of the mock that was reached, if one was.
    """

    headers: tuple[tuple[str, str], ...] = ()

    def __init__(
        self, code: int, text: str, *, extra: Mapping[str, Any] | None = None, bound: str | None = None
    ) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.extra = extra or {}
        self.bound = bound

    def body(self) -> dict[str, Any]:
        """Return the JSON object the service answers with."""
        return {"error": self.text, **self.extra, "code": self.code}


def required(name: str) -> ServiceError:
    """A parameter that must be there is absent or empty."""
    return ServiceError(400, f"Parameter {name} is required")


def incorrect_format(name: str) -> ServiceError:
    """A value does not have the shape it must have (an id of another kind, a number that is none)."""
    return ServiceError(400, f"{name} has incorrect format")


def too_long(name: str) -> ServiceError:
    """A text is longer than the page allows."""
    return ServiceError(400, f"{name} is too long")


def out_of_range(name: str, low: float | None, high: float | None) -> ServiceError:
    """A number is outside its documented range; one of the bounds may be open."""
    if low is None:
        return ServiceError(400, f"Invalid {name} parameter. Must be an integer of at most {high}")
    if high is None:
        return ServiceError(400, f"Invalid {name} parameter. Must be an integer of at least {low}")
    return ServiceError(400, f"Invalid {name} parameter. Must be between {low} and {high}")


def not_one_of(name: str, values: Iterable[str]) -> ServiceError:
    """A value is none of the supported ones; the text lists them the way the page does for `type`."""
    quoted = _listed(f"'{value}'" for value in values)
    return ServiceError(400, f"Invalid {name} parameter. Must be {quoted}")


def exclude_each_other(first: str, second: str) -> ServiceError:
    """Two parameters were given of which only one may be."""
    return ServiceError(400, f"Parameters {first} and {second} cannot be used together")


def excluded_by(name: str, *others: str) -> ServiceError:
    """A parameter was given beside others that it rules out."""
    return ServiceError(400, f"Parameter {name} cannot be used with {_listed(others)}")


def wrong_media_type(accepted: Iterable[str]) -> ServiceError:
    """The body's `Content-Type` is none of the accepted ones (the MIDI page prints this text, as a 400)."""
    return ServiceError(400, f"Content-Type must be {_listed(accepted)}")


def _listed(values: Iterable[str]) -> str:
    *all_but_last, last = values
    return f"{', '.join(all_but_last)} or {last}" if all_but_last else last


def not_completed(status: int) -> ServiceError:
    """A file was asked for whose generation has not completed; `status` is the number in the brackets."""
    return ServiceError(400, f"Generation is not completed yet ({status})")


def unauthorized() -> ServiceError:
    """No token, or one the service does not know."""
    return ServiceError(401, "Unauthorized")


def own_world_only() -> ServiceError:
    """A control call reaches for other worlds than its token's, on a mock where tokens are secrets."""
    return ServiceError(
        401,
        "This mock was started with --token and without --control-token: "
        "control calls reach the world of the API token they carry, and no other",
    )


def subscription_required(*, bound: str | None = None) -> ServiceError:
    """The subscription has run out, or its quota is spent."""
    return ServiceError(402, "Subscription required", bound=bound)


def upstream_busy(text: str) -> ServiceError:
    """TemPolor itself refuses, as it does beyond ten tracks at a time; this 429 has no `runningJobs`."""
    return ServiceError(429, text)


def world_full(limit: int) -> ServiceError:
    """The world keeps as much of its uploads and accounts as the mock allows; the service has no words for that."""
    return ServiceError(
        413,
        f"This token's world is full: it keeps at most {limit >> 20} MB of uploads and accounts. "
        "Empty it with POST /_mock/reset, or start the mock with a larger --world-mb",
        bound="world_bytes",
    )


def stopping() -> ServiceError:
    """The mock is shut down while a request waits; the service has no words for that."""
    return ServiceError(503, "The mock is shutting down")


def store_unavailable(reason: str, *, may_be_done: bool = False) -> ServiceError:
    """Worlds cannot be kept just now; the service has no words for that."""
    advice = (
        "It may have been done all the same; look before you try again"
        if may_be_done
        else "Nothing was done; try again"
    )
    refusal = ServiceError(503, f"The mock cannot keep its worlds now: {reason}. {advice}")
    refusal.headers = (("Retry-After", "1"),)
    return refusal


def store_damaged(name: str, reason: str) -> ServiceError:
    """What was kept cannot be read any more, and trying again is of no use."""
    return ServiceError(
        500, f"The mock's file {name} is damaged: {reason}. Put back a copy of it, or start with another file (--store)"
    )


def no_record(record_id: str) -> ServiceError:
    """The id is well-formed, but nothing of this user has it: no account, music, voice or MIDI file."""
    return ServiceError(404, f"No record found for {record_id}")


def no_accounts() -> ServiceError:
    """No account is configured at all."""
    return ServiceError(404, "No accounts configured")


def no_source_material() -> ServiceError:
    """A voice or MIDI file named in a song request is gone, not ready, or somebody else's."""
    return ServiceError(404, "The source material does not exist.")


def not_running() -> ServiceError:
    """The scheduler does not track the job (any more)."""
    return ServiceError(404, "Unable to locate running job_id")


def account_busy(running: Mapping[str, list[dict[str, Any]]], text: str) -> ServiceError:
    """Every slot of the account is taken; `running` maps its user_id to the jobs that take them, `{count}` of them."""
    count = sum(len(jobs) for jobs in running.values())
    return ServiceError(429, text.replace("{count}", str(count)), extra={"runningJobs": dict(running)})
