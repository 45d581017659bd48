"""Operations of the tag `clock`."""

from collections.abc import Callable

from ..domain import timing
from ..domain.clock import iso
from ..domain.settling import Transition
from ..domain.world import World
from ..exchange import Answer, Call
from .callbacks import shown

JsonObject = dict[str, object]


async def get_clock(call: Call) -> Answer:
    """Show the world's clock."""
    return Answer(200, await call.run(clock_object))


async def freeze_clock(call: Call) -> Answer:
    """Stop the world's clock."""
    return await _turned(call, timing.freeze)


async def resume_clock(call: Call) -> Answer:
    """Let the world's clock go on."""
    return await _turned(call, timing.resume)


async def set_clock_speed(call: Call) -> Answer:
    """Set the speed of the world's clock."""
    return await _turned(call, lambda world: timing.set_speed(world, call.body["factor"]))


async def advance_clock(call: Call) -> Answer:
    """Move the world's clock forward, and send every callback that is due by then."""

    def advance(world: World) -> JsonObject:
        transitions = timing.advance(world, call.body["seconds"])
        return {"clock": clock_object(world), "transitions": [_transition_object(each) for each in transitions]}

    caused = await call.run(advance)
    sent = await call.worlds.dispatcher.deliver(call.owner)
    caused["callbacks"] = await shown(call, sent, with_requests=call.body.get("with_requests", False))
    return Answer(200, caused)


async def _turned(call: Call, turn: Callable[[World], None]) -> Answer:
    def turn_and_show(world: World) -> JsonObject:
        turn(world)
        return clock_object(world)

    return Answer(200, await call.run(turn_and_show))


def clock_object(world: World) -> JsonObject:
    """Return the clock of a world as the control plane shows it."""
    return {
        "now": world.now_ms,
        "nowUTC": iso(world.now_ms),
        "speed": world.clock.speed,
        "frozen": world.clock.frozen,
    }


def _transition_object(transition: Transition) -> JsonObject:
    return {"job_id": str(transition.job_id), "at": iso(transition.at_ms), "status": transition.status.name}
