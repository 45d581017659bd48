"""Worlds in this process's memory: the default store, gone with the process."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, MutableMapping
from heapq import heappop, heappush
from typing import Generic

from ..domain.accounts import Account
from ..domain.clock import Clock
from ..domain.ids import Token
from ..domain.jobs import Job
from ..domain.midi import MidiFile
from ..domain.policy import Policy
from ..domain.settling import settle
from ..domain.voices import ClonedVoice
from ..domain.world import I, JobTable, Table
from .base import Action, T

NewClock = Callable[[int], Clock]
"""Makes a world's first clock; it is given the real moment, in milliseconds since 1970."""


class MemoryTable(Generic[I]):
    """`Table` on dictionaries, with one sorted list of numbers for each listing."""

    def __init__(self) -> None:
        self._by_id: dict[str, I] = {}
        self._by_number: dict[int, I] = {}
        self._listings: dict[str, list[int]] = {}

    def put(self, item: I) -> None:
        """See `Table`."""
        if item.number not in self._by_number:
            insort(self._listings.setdefault(item.listing, []), item.number)
        self._by_id[item.id.item_id] = self._by_number[item.number] = item

    def get(self, item_id: str) -> I | None:
        """See `Table`."""
        return self._by_id.get(item_id)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        item = self._by_id.pop(item_id)
        del self._by_number[item.number]
        numbers = self._listings[item.listing]
        del numbers[bisect_left(numbers, item.number)]

    def page(self, listing: str, *, before: int | None, limit: int) -> Iterator[I]:
        """See `Table`."""
        numbers = self._listings.get(listing, [])
        end = len(numbers) if before is None else bisect_left(numbers, before)
        return (self._by_number[number] for number in reversed(numbers[max(0, end - limit) : end]))


class MemoryJobs(MemoryTable[Job]):
    """`JobTable`: a table with the running jobs of each account and a heap of ends beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._active: dict[str, dict[int, Job]] = {}
        self._ends: list[tuple[int, int]] = []

    def put(self, item: Job) -> None:
        """See `Table`."""
        super().put(item)
        if item.active:
            self._active.setdefault(item.id.user_id, {})[item.number] = item
            heappush(self._ends, (item.ends_ms, item.number))
        else:
            self._active.get(item.id.user_id, {}).pop(item.number, None)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        job = self._by_id[item_id]
        super().delete(item_id)
        self._active.get(job.id.user_id, {}).pop(job.number, None)

    def active(self, user_id: str | None = None) -> list[Job]:
        """See `JobTable`."""
        if user_id is not None:
            return list(self._active.get(user_id, {}).values())
        return sorted((job for jobs in self._active.values() for job in jobs.values()), key=lambda job: job.number)

    def count_active(self, user_id: str) -> int:
        """See `JobTable`."""
        return len(self._active.get(user_id, ()))

    def next_to_end(self, now_ms: int) -> Job | None:
        """See `JobTable`. Entries of jobs that were released or deleted meanwhile are dropped on the way."""
        while self._ends and self._ends[0][0] <= now_ms:
            ends_ms, number = self._ends[0]
            job = self._by_number.get(number)
            if job is not None and job.active and job.ends_ms == ends_ms:
                return job
            heappop(self._ends)
        return None


class MemoryWorld:
    """`World` on the objects above."""

    def __init__(self, token: Token, policy: Policy, clock: Clock) -> None:
        self.token = token
        self.policy = policy
        self.clock = clock
        self.now_ms = clock.virtual_ms
        self.real_ms = clock.real_ms
        self.accounts: MutableMapping[str, Account] = {}
        self.jobs: JobTable = MemoryJobs()
        self.midi: Table[MidiFile] = MemoryTable()
        self.voices: Table[ClonedVoice] = MemoryTable()
        self.blobs: MutableMapping[str, bytes] = {}
        self._counters: dict[str, int] = {}

    def count(self, counter: str, by: int = 1) -> int:
        """See `World`."""
        self._counters[counter] = total = self._counters.get(counter, 0) + by
        return total


class MemoryStore:
    """`Store` in memory. One event loop uses it, and no transaction awaits: each is exclusive by construction."""

    name = "memory"

    def __init__(self, policy: Policy, new_clock: NewClock) -> None:
        self._policy = policy
        self._new_clock = new_clock
        self._worlds: dict[Token, MemoryWorld] = {}
        self._tokens: dict[str, Token] = {}

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`."""
        world = self._worlds.get(token) or self._create(token, real_ms)
        world.real_ms = real_ms
        world.now_ms = world.clock.now(real_ms)
        settle(world)
        return action(world)

    def _create(self, token: Token, real_ms: int) -> MemoryWorld:
        world = self._worlds[token] = MemoryWorld(token, self._policy, self._new_clock(real_ms))
        self._tokens[token.handle] = token
        return world

    async def find_token(self, handle: str) -> Token | None:
        """See `Store`."""
        return self._tokens.get(handle)

    async def reset(self, token: Token | None) -> int:
        """See `Store`."""
        doomed = list(self._worlds) if token is None else [token] if token in self._worlds else []
        for each in doomed:
            del self._worlds[each], self._tokens[each.handle]
        return len(doomed)

    async def close(self) -> None:
        """See `Store`."""
