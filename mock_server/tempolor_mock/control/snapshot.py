"""Operations of the tag `snapshot`."""

from ..domain import room
from ..domain.errors import ServiceError
from ..domain.world import World
from ..exchange import Answer, Call
from .clock import JsonObject, clock_object


async def get_snapshot(call: Call) -> Answer:
    """Save the world."""
    from ..store import snapshots  # noqa: PLC0415 - loaded with the first snapshot, not with the server

    return Answer(200, await call.run(snapshots.save))


async def put_snapshot(call: Call) -> Answer:
    """Load a world."""
    from ..store import snapshots  # noqa: PLC0415 - loaded with the first snapshot, not with the server

    try:
        snapshot = snapshots.read(call.body)
    except snapshots.SnapshotError as error:
        raise ServiceError(400, f"Not a snapshot of a world: {error}") from None

    def load(world: World) -> JsonObject:
        room.check(world, snapshots.size_of(snapshot))
        snapshots.load(world, snapshot)
        return {"clock": clock_object(world), **snapshot.sizes()}

    return Answer(200, await call.run(load))
