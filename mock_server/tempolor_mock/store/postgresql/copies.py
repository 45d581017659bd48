"""Copies of worlds, and the calls that keep them in step with the database: each is one round trip."""

from collections import OrderedDict
from typing import Any, NamedTuple

from ...domain.ids import Token
from ...domain.policy import Policy
from ..codec import UnreadableRecordError
from . import layout
from .changes import Row, storable, stored
from .connections import Connections
from .errors import Failures, damaged, unavailable
from .tracked_world import STATE, TrackedWorld

COPIED_CHARACTERS = 64 << 20
"""How much is copied of all worlds together, measured by what it takes in the database; uploads are not copied."""

NOTED_USE_MS = 60_000
"""How exactly the database says when a world was used last: polls should not have to write."""


class Checked(NamedTuple):
    """A world as the database has it, or None; and whether what was done with the copy before is good."""

    world: TrackedWorld | None
    is_good: bool


class Copies:
    """The worlds that were used last, as far as there is room."""

    def __init__(self, database: Connections, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        self._worlds: OrderedDict[Token, TrackedWorld] = OrderedDict()
        self._characters = 0

    def get(self, token: Token) -> TrackedWorld | None:
        """Return the copy of a world, however old it is, if there is one."""
        return self._worlds.get(token)

    def keep(self, world: TrackedWorld) -> None:
        """Keep a copy; those that were not used for longest go where there is too much."""
        self.forget(world.token)
        self._worlds[world.token] = world
        world.kept_bulk = world.bulk
        self._characters += world.bulk
        while self._characters > COPIED_CHARACTERS and len(self._worlds) > 1:
            self.forget(next(iter(self._worlds)))

    def forget(self, token: Token | None) -> None:
        """Forget the copy of a world, or all."""
        for each in list(self._worlds) if token is None else [token]:
            if (world := self._worlds.pop(each, None)) is not None:
                self._characters -= world.kept_bulk

    async def look(self, token: Token) -> TrackedWorld | None:
        """Return a world as the database has it, or None."""
        return await self._look(token, None)

    async def is_present(self, world: TrackedWorld) -> Checked:
        """Find out whether a copy is as the database has the world."""
        version = world.version
        present = await self._look(world.token, world)
        return Checked(present, is_good=present is world and world.version == version)

    async def _look(self, token: Token, known: TrackedWorld | None) -> TrackedWorld | None:
        world_id, version = (known.id, known.version) if known else (0, 0)
        try:
            rows = await self._database.fetch(layout.LOOK, str(token), world_id, version)
        except Failures as error:
            raise unavailable(error) from error
        return self._brought(token, rows, known)

    async def write(self, world: TrackedWorld, real_ms: int) -> Checked:
        """Write what was changed in a world, unless others were first: then it is undone."""
        delta = world.delta()
        values = (
            *(str(world.token), world.token.handle, world.id, world.version, delta.state, world.bytes),
            *(world.is_busy, world.due_ms(), real_ms, delta.cleared),
            *(delta.kinds, delta.keys, delta.records, delta.names, delta.sizes, delta.contents),
        )
        try:
            rows = await self._database.fetch(layout.WRITE, *values, size=len(delta.contents))
        except Failures as error:
            raise unavailable(error, written=True) from error
        if rows and rows[0]["kind"] == "written":
            if not world.id:  # Later uses are noted by `note_use` alone.
                world.used_ms = real_ms
            world.written(rows[0]["world"], rows[0]["version"], delta)
            return Checked(world, is_good=True)
        world.changes.undo()
        return Checked(self._brought(world.token, rows, world), is_good=False)

    def _brought(self, token: Token, rows: list[Any], known: TrackedWorld | None) -> TrackedWorld | None:
        """Return a world as rows tell of it: all, or what was changed since the known one."""
        if not rows:
            return None
        first, *others = rows
        try:
            world = known
            if world is None or first["kind"] == "all":
                world = TrackedWorld(token, self._policy, STATE.decode(first["record"]).clock)
            if (world.id, world.version) != (first["world"], first["version"]):
                world.take(first["record"], [Row(kind, stored(key), *rest) for kind, key, *rest, _, _ in others])
        except UnreadableRecordError as error:
            raise damaged(error) from error
        world.id, world.version, world.used_ms = first["world"], first["version"], first["used_ms"]
        world.weighed = world.bytes
        return world

    async def lend_blob(self, world: TrackedWorld, name: str) -> TrackedWorld | None:
        """Bring a world up to date and return it with the bytes of an upload at hand, if it still has that."""
        size = world.parts.blobs.size(name)
        try:
            rows = await self._database.fetch(layout.BLOB, world.id, storable(name), size=size)
        except Failures as error:
            raise unavailable(error) from error
        present = await self._look(world.token, world)
        if present is not None:
            for version, content in rows:
                present.parts.blobs.lend(name, version, content)
        return present

    async def note_use(self, world: TrackedWorld, real_ms: int) -> None:
        """Write down that a world was used, if that was long ago."""
        if real_ms - world.used_ms > NOTED_USE_MS:
            try:
                await self._database.fetch(layout.NOTE_USE, world.id, real_ms)
            except Failures:
                return  # For this no request fails, not even on a full disk.
            world.used_ms = real_ms
