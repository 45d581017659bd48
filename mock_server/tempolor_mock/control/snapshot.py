"""Operations of the tag `snapshot`."""

import asyncio

from ..domain import room
from ..domain.errors import ServiceError
from ..domain.world import World
from ..exchange import Answer, Call, Encoded
from .clock import JsonObject, clock_object

# Snapshots are loaded with the first of them, not with the server; all that takes long is done in threads.


async def get_snapshot(call: Call) -> Answer:
    """Save the world."""
    from ..store import snapshots  # noqa: PLC0415

    captured = await call.run(snapshots.capture)
    return Answer(200, Encoded(await asyncio.to_thread(snapshots.encode, captured)))


async def put_snapshot(call: Call) -> Answer:
    """Load a world."""
    from ..store import snapshots  # noqa: PLC0415

    try:
        snapshot = await asyncio.to_thread(snapshots.read, call.body)
    except snapshots.SnapshotError as error:
        raise ServiceError(400, f"Not a snapshot of a world: {error}") from None
    prepared = await asyncio.to_thread(snapshots.prepare, snapshot, call.owner)

    def load(world: World) -> JsonObject:
        room.check(world, snapshots.size_of(snapshot))
        snapshots.put(world, prepared)
        return {"clock": clock_object(world), **snapshot.sizes()}

    return Answer(200, await call.run(load))
