"""Splits of uploaded audio into stems. Source: the stems-splitter page."""

from statistics import median

from . import accounts, room
from .ids import item_id
from .world import World


def reserve(world: World, *, user_id: str | None) -> str:
    """Return the id of a new split, for an account that exists."""
    accounts.the_one(world, user_id)
    return item_id(world.policy.seed, world.token, "split", world.count("splits"))


def keep(world: World, split_id: str, upload: bytes) -> None:
    """Keep the audio to be split; its stems are made when somebody asks for them."""
    room.keep(world, blob(split_id), upload)


def blob(split_id: str) -> str:
    """Return the name of the bytes of a split's upload."""
    return f"stems/{split_id}"


def answer_ms(world: World) -> int:
    """Return the virtual moment at which a split begun now is answered; at once where the clock stands still."""
    return world.now_ms + (0 if world.clock.frozen else round(median(world.policy.split_seconds) * 1000))
