"""What fault rules do to a request: waiting, another answer, a reply that goes wrong on its way."""

from collections.abc import Mapping
from typing import Any, Literal

from ..documented import DocumentedAnswers
from ..domain import errors, faults
from ..domain.faults import Effect, Fault
from ..domain.ids import CompositeId, IdKind
from ..domain.world import World
from ..exchange import Answer, Call, Reply
from ..store import Action
from ..waiting import in_task
from ..worlds import real_seconds_until
from .prefer import of_document, of_platform
from .replies import refused
from .wire import dribbled, malformed, truncated, unless_left

DRIBBLE_BYTES = 16
DRIBBLE_SECONDS = 0.1

_COMPOSITE_PARAMETERS: Mapping[str, IdKind] = {"job_id": "job", "midiItemId": "midi", "clonedVoiceItemId": "voice"}


class ForcedAnswerError(Exception):
    """A rule answers in the operation's place."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class LostAnswerError(Exception):
    """A rule ends the connection in place of an answer."""

    def __init__(self, how: Literal["close", "reset"]) -> None:
        super().__init__(how)
        self.how = how


class Rules:
    """The fault rules that requests of one operation meet; None stands for files, which no document has."""

    def __init__(self, documented: DocumentedAnswers | None) -> None:
        self._documented = documented

    def hit(self, call: Call, world: World) -> "AppliedRule | None":
        """See `FaultRules`."""
        fault = faults.take(world, _described(call))
        if fault is None:
            return None
        call.notes.forced = f"fault {fault.id}: {fault.effect.kind}"
        return AppliedRule(call, fault, self._documented, world.now_ms)


def _described(call: Call) -> faults.Request:
    request, body = call.request, call.body if isinstance(call.body, dict) else {}
    return faults.Request(
        operation_id=call.notes.operation_id or faults.FILE,
        method=request.method,
        path=request.path,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers},
        user_id=_account(call.parameters, body),
        prompt=body.get("prompt", ""),
    )


class AppliedRule:
    """See `AppliedFault`."""

    def __init__(self, call: Call, fault: Fault, documented: DocumentedAnswers | None, now_ms: int) -> None:
        self.fault = fault
        self._call = call
        self._documented = documented
        self._hit_ms = now_ms

    async def before(self) -> None:
        """See `AppliedFault`.

        Raises ForcedAnswerError, LostAnswerError, and ClientLeftError where nobody is there to be answered.
        """
        effect = self.fault.effect
        if effect.kind in {"delay", "status"} and effect.seconds:
            await self._until(effect.seconds)
        if (answer := self._answer(effect)) is not None:
            raise ForcedAnswerError(answer)
        if effect.kind in {"drop", "reset"} and not effect.carried_out:
            raise LostAnswerError(_ending(effect))

    def _answer(self, effect: Effect) -> Answer | None:
        match effect.kind:
            case "upstream_busy":
                return _with_retry(
                    refused(errors.upstream_busy(self._call.worlds.settings.policy.upstream_busy_text)),
                    effect.retry_after,
                )
            case "quota_spent":
                return refused(errors.subscription_required())
            case "status" if effect.text is None and self._documented is not None and self._has(effect):
                return of_document(self._documented.find(effect.status, effect.example), effect.retry_after)
            case "status":
                return of_platform(effect.status or 500, effect.text, effect.retry_after)
        return None

    def _has(self, effect: Effect) -> bool:
        return any(effect.status in {None, each.status} for each in self._documented or ())

    def after(self, reply: Reply) -> Reply:
        """See `AppliedFault`."""
        effect = self.fault.effect
        match effect:
            case Effect(kind="drop" | "reset", carried_out=True):
                return Reply(0, ends=_ending(effect))
            case Effect(kind="truncate"):
                return truncated(reply, effect.bytes)
            case Effect(kind="malformed_json"):
                return malformed(reply)
            case Effect(kind="dribble"):
                return dribbled(reply, self._next_piece, effect.bytes or DRIBBLE_BYTES)
        return reply

    async def _next_piece(self) -> None:
        seconds = self.fault.effect.seconds
        await self._until(DRIBBLE_SECONDS if seconds is None else seconds)

    async def _until(self, seconds: float) -> None:
        """Wait until so many virtual seconds after the last moment waited for; not longer than there is the rule."""
        self._hit_ms += round(seconds * 1000)
        moment_ms, fault_id = self._hit_ms, self.fault.id

        def missing(world: World) -> float:
            return real_seconds_until(world, moment_ms) if fault_id in world.faults else 0

        await _wait_or_leave(self._call, missing)

    async def refund(self) -> None:
        """See `AppliedFault`. A rule about jobs gets its hit back: none was started."""
        if faults.KINDS[self.fault.effect.kind].bends_jobs:
            fault_id = self.fault.id
            await self._call.worlds.run(self._call.owner, lambda world: faults.give_back(world, fault_id))
            self._call.notes.forced = None


def _ending(effect: Effect) -> Literal["close", "reset"]:
    return "reset" if effect.kind == "reset" else "close"


def _with_retry(answer: Answer, retry_after: int | None) -> Answer:
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return Answer(answer.status, answer.content, (*answer.headers, *headers))


async def _wait_or_leave(call: Call, missing: Action[float]) -> None:
    """Wait as `Worlds.wait` does; raise ClientLeftError as soon as the client closes the connection."""
    await in_task()
    await unless_left(call.request.sender, call.worlds.wait(call.owner, missing))


def _account(parameters: Mapping[str, Any], body: Mapping[str, Any]) -> str | None:
    """Return the account that a request names, by its id or by that of something it owns."""
    described = body.get("requestParams", {})
    for name in (parameters.get("user_id"), body.get("user_id"), described.get("user_id"), described.get("ucid")):
        if name:
            return str(name)
    for name, kind in _COMPOSITE_PARAMETERS.items():
        value = parameters.get(name) or body.get(name)
        if value:
            return CompositeId.parse(value, kind, name=name).user_id
    return None
