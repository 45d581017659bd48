"""Turning a world's clock: freeze, resume, speed, advance."""

from .errors import ServiceError
from .records import replace
from .settling import Transition, settle
from .world import World

END_OF_TIME_MS = 221_845_392_000_000
"""The first of January 9000: dates as texts end with the year 9999."""


def freeze(world: World) -> None:
    """Stop the clock where it is."""
    world.clock = replace(world.clock.anchored(world.real_ms), frozen=True)


def resume(world: World) -> None:
    """Let the clock go on from where it stands, at the speed it had."""
    world.clock = replace(world.clock.anchored(world.real_ms), frozen=False)


def set_speed(world: World, factor: float) -> None:
    """Let `factor` virtual seconds pass for each real one; a frozen clock stays frozen."""
    world.clock = replace(world.clock.anchored(world.real_ms), speed=factor)


def advance(world: World, seconds: float) -> list[Transition]:
    """Move the clock forward by `seconds` and return what that caused, in order; a 400 beyond the year 9000."""
    if world.now_ms + seconds * 1000 > END_OF_TIME_MS:
        raise ServiceError(400, "The clock cannot be moved beyond the year 9000; reset the world to begin again")
    world.now_ms += round(seconds * 1000)
    world.clock = world.clock.moved_to(world.now_ms, world.real_ms)
    return settle(world)
