"""What fault rules do to a request: waiting, another answer, an answer that goes wrong on its way."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from ..documented import DocumentedAnswers
from ..domain import errors, faults
from ..domain.faults import Effect, Fault
from ..domain.ids import CompositeId, IdKind, Token
from ..domain.world import World
from ..exchange import Answer, Call, Hit
from ..worlds import Worlds, real_seconds_until
from .prefer import of_document, of_platform
from .sending import refused
from .wire import ClientLeftError, Dribbled, Malformed, Truncated, cut, left

DRIBBLE_BYTES = 16
DRIBBLE_SECONDS = 0.1

_COMPOSITE_PARAMETERS: Mapping[str, IdKind] = {"job_id": "job", "midiItemId": "midi", "clonedVoiceItemId": "voice"}


class ForcedAnswerError(Exception):
    """A rule answers in the operation's place."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class RequestHazard:
    """What may happen to one request, and once a rule has hit it, what does."""

    __slots__ = ("_call", "_documented", "_fault", "_hit_ms", "_receive", "_scope")

    def __init__(self, scope: Scope, receive: Receive, call: Call, documented: DocumentedAnswers | None) -> None:
        self._scope = scope
        self._receive = receive
        self._call = call
        self._documented = documented
        self._fault: Fault | None = None
        self._hit_ms = 0

    def strike(self, world: World) -> Hit:
        """See `Hazard`."""
        fault = faults.take(world, self._request())
        if fault is not None:
            self._fault = fault
            self._hit_ms = world.now_ms
            self._call.notes.forced = f"fault {fault.id}: {fault.effect.kind}"
        return Hit(fault)

    def _request(self) -> faults.Request:
        scope, body = self._scope, self._call.body if isinstance(self._call.body, dict) else {}
        return faults.Request(
            operation_id=self._call.notes.operation_id or faults.FILE,
            method=scope["method"],
            path=scope["path"],
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            user_id=_account(self._call.parameters, body),
            prompt=body.get("prompt", ""),
        )

    async def suffer(self, fault: Fault) -> None:
        """See `Hazard`. Raises ForcedAnswerError, and ClientLeftError where nobody is there to be answered."""
        effect = fault.effect
        if effect.kind in {"delay", "status"} and effect.seconds:
            await self._until(effect.seconds)
        if (answer := self._answer(effect)) is not None:
            raise ForcedAnswerError(answer)
        if effect.kind in {"drop", "reset"} and not effect.carried_out:
            await self._cut()

    def _answer(self, effect: Effect) -> Answer | None:
        match effect.kind:
            case "upstream_busy":
                return _with_retry(refused(errors.upstream_busy()), effect.retry_after)
            case "quota_spent":
                return refused(errors.subscription_required())
            case "status" if effect.text is None and self._documented is not None and self._has(effect):
                return of_document(self._documented.find(effect.status, effect.example), effect.retry_after)
            case "status":
                return of_platform(effect.status or 500, effect.text, effect.retry_after)
        return None

    def _has(self, effect: Effect) -> bool:
        return any(effect.status in {None, each.status} for each in self._documented or ())

    async def spoilt(self, send: Send) -> Send:
        """See `Hazard`. Raises ClientLeftError where the answer is lost altogether."""
        effect = self._fault.effect if self._fault else None
        match effect:
            case Effect(kind="drop" | "reset", carried_out=True):
                await self._cut()
            case Effect(kind="truncate"):
                return Truncated(send, self._cut, effect.bytes)
            case Effect(kind="malformed_json"):
                return Malformed(send)
            case Effect(kind="dribble"):
                return Dribbled(send, self._next_piece, effect.bytes or DRIBBLE_BYTES)
        return send

    async def _cut(self) -> None:
        await cut(self._scope, self._receive, reset=self._fault is not None and self._fault.effect.kind == "reset")
        raise ClientLeftError

    async def _next_piece(self) -> None:
        seconds = self._fault.effect.seconds if self._fault else None
        await self._until(DRIBBLE_SECONDS if seconds is None else seconds)

    async def _until(self, seconds: float) -> None:
        """Wait until so many virtual seconds after the last moment waited for; not longer than there is the rule."""
        self._hit_ms += round(seconds * 1000)
        moment_ms, fault = self._hit_ms, self._fault

        def missing(world: World) -> float:
            return real_seconds_until(world, moment_ms) if fault and fault.id in world.faults else 0

        await wait_or_leave(self._call.worlds, self._call.owner, missing, self._receive)

    async def refund(self) -> None:
        """See `Hazard`. A rule about jobs gets its hit back: none was started."""
        if self._fault is not None and faults.KINDS[self._fault.effect.kind].bends_jobs:
            fault_id = self._fault.id
            await self._call.worlds.run(self._call.owner, lambda world: faults.give_back(world, fault_id))
            self._call.notes.forced = None


def _with_retry(answer: Answer, retry_after: int | None) -> Answer:
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return Answer(answer.status, answer.content, (*answer.headers, *headers))


async def wait_or_leave(worlds: Worlds, token: Token, missing: Any, receive: Receive) -> None:
    """Wait as `Worlds.wait` does; raise ClientLeftError as soon as the client closes the connection."""
    waiting = asyncio.ensure_future(worlds.wait(token, missing))
    leaving = asyncio.ensure_future(left(receive))
    try:
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            raise ClientLeftError
        await waiting
    finally:
        waiting.cancel()
        leaving.cancel()


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
