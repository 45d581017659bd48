"""How much a world keeps of what clients send: their uploads, and the parameters of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from . import errors
from .world import World

COUNTER = "bytes"
"""The world's counter of it. Deleted uploads count too: their bytes stay, for the music that was based on them."""

_RECORD_BYTES = 1000
"""What an account takes besides its parameters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many worlds are kept, and how many bytes of their uploads and accounts together.

    Beyond that the worlds go that were not used for longest, but not the one in use.
    """

    worlds: int = 10_000
    bytes: int = 1 << 30


def take(world: World, size: int) -> None:
    """Count bytes that are going to be kept (or, below 0, given back); a 413 where the world is full."""
    if size > 0:
        check(world, world.count(COUNTER, 0) + size)
    world.count(COUNTER, size)


def check(world: World, size: int) -> None:
    """Raise a 413 where so many bytes in all are more than a world may keep."""
    if size > world.policy.world_bytes:
        raise errors.world_full(world.policy.world_bytes)


def keep(world: World, name: str, content: bytes) -> None:
    """Keep the bytes of an upload under a name."""
    take(world, len(content))
    world.blobs[name] = content


def size_of_account(request_params: Mapping[str, Any]) -> int:
    """Return about how many bytes an account takes."""
    return _RECORD_BYTES + len(msgspec.json.encode(request_params))
