"""One world in this process's memory, as the domain sees it: dictionaries, sorted lists and heaps."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator, Mapping, MutableMapping
from heapq import heappop, heappush
from itertools import islice
from operator import attrgetter
from typing import Generic

from ..domain.accounts import Account
from ..domain.callbacks import Callback, Outcome
from ..domain.clock import Clock
from ..domain.faults import Fault
from ..domain.ids import CompositeId, Token
from ..domain.jobs import Job, Status
from ..domain.midi import MidiFile
from ..domain.policy import Policy
from ..domain.room import COUNTER
from ..domain.voices import ClonedVoice
from ..domain.world import CallbackTable, I, JobTable, Table

_NUMBER = attrgetter("number")


class MemoryTable(Generic[I]):
    """`Table` on a dictionary, with one list for each listing, oldest items first."""

    def __init__(self) -> None:
        self._by_id: dict[str, I] = {}
        self._listings: dict[str, list[I]] = {}

    def put(self, item: I) -> None:
        """See `Table`."""
        item_id = item.id.item_id
        if item_id in self._by_id:
            items, place = self._place(item)
            items[place] = item
        else:
            items = self._listings.setdefault(item.listing, [])
            if not items or items[-1].number < item.number:  # As ever, but for snapshots that are loaded.
                items.append(item)
            else:
                insort(items, item, key=_NUMBER)
        self._by_id[item_id] = item

    def get(self, item_id: str) -> I | None:
        """See `Table`."""
        return self._by_id.get(item_id)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        items, place = self._place(self._by_id.pop(item_id))
        del items[place]

    def page(self, listing: str, *, before: int | None, limit: int) -> Iterator[I]:
        """See `Table`."""
        items = self._listings.get(listing, [])
        end = len(items) if before is None else bisect_left(items, before, key=_NUMBER)
        return reversed(items[max(0, end - limit) : end])

    def __iter__(self) -> Iterator[I]:
        """See `Table`."""
        return iter(sorted(self._by_id.values(), key=_NUMBER))

    def _place(self, item: I) -> tuple[list[I], int]:
        """Return the list an item stands in, and where."""
        items = self._listings[item.listing]
        return items, bisect_left(items, item.number, key=_NUMBER)


class MemoryJobs(MemoryTable[Job]):
    """`JobTable`: a table with the running jobs of each account and a heap of ends beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._active: dict[str, dict[int, Job]] = {}
        self._dues: list[tuple[int, int, str]] = []

    def put(self, item: Job) -> None:
        """See `Table`."""
        super().put(item)
        user_id = item.id.user_id
        if item.active:
            running = self._active.get(user_id)
            if running is None:
                running = self._active[user_id] = {}
            running[item.number] = item
            heappush(self._dues, (item.due_ms, item.number, item.id.item_id))
        else:
            self._active.get(user_id, {}).pop(item.number, None)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        job = self._by_id[item_id]
        super().delete(item_id)
        self._active.get(job.id.user_id, {}).pop(job.number, None)

    def active(self, user_id: str | None = None) -> list[Job]:
        """See `JobTable`."""
        if user_id is not None:
            return list(self._active.get(user_id, {}).values())
        return sorted((job for jobs in self._active.values() for job in jobs.values()), key=_NUMBER)

    def count_active(self, user_id: str) -> int:
        """See `JobTable`."""
        return len(self._active.get(user_id, ()))

    def next_due(self, now_ms: int) -> Job | None:
        """See `JobTable`."""
        if not self._dues or self._dues[0][0] > now_ms:  # Most often, and the first may even be outdated.
            return None
        due_ms = self.next_due_ms()
        return self._by_id[self._dues[0][2]] if due_ms is not None and due_ms <= now_ms else None

    def next_due_ms(self) -> int | None:
        """See `JobTable`. Entries of jobs that were released, deleted or settled meanwhile are dropped on the way."""
        while self._dues:
            due_ms, _, item_id = self._dues[0]
            job = self._by_id.get(item_id)
            if job is not None and job.active and job.due_ms == due_ms:
                return due_ms
            heappop(self._dues)
        return None


class MemoryCallbacks:
    """`CallbackTable`: all callbacks by number, a queue of pending ones for each job, and heaps of the queues' heads.

    Heads wait in one of two heaps, by `due_ms` or, while they are leased, by the end of the lease, so that thousands
    that are on their way cost those nothing that ask what is due. Entries outlive what they were made for: they are
    checked when they come up, and dropped or moved then.
    """

    def __init__(self) -> None:
        self._by_number: dict[int, Callback] = {}
        self._in_order: list[int] = []
        self._numbers: dict[str, list[int]] = {}
        self._queues: dict[CompositeId, deque[int]] = {}
        self._heads: list[tuple[int, int]] = []
        self._leased: list[tuple[int, int, int]] = []
        self._finished: list[int] = []

    def put(self, callback: Callback) -> None:
        """See `CallbackTable`."""
        queue = self._queues.setdefault(callback.job_id, deque())
        known = self._by_number.get(callback.number)
        if callback.outcome is Outcome.DUE:
            if known is None:
                insort(queue, callback.number)
        elif known is None or known.outcome is Outcome.DUE:
            if callback.number in queue:
                queue.remove(callback.number)
            heappush(self._finished, callback.number)
        self._by_number[callback.number] = callback
        if known is None:
            insort(self._in_order, callback.number)
            insort(self._numbers.setdefault(str(callback.job_id), []), callback.number)
        if queue:
            heappush(self._heads, (self._by_number[queue[0]].due_ms, queue[0]))
        else:
            del self._queues[callback.job_id]

    def get(self, number: int) -> Callback | None:
        """See `CallbackTable`."""
        return self._by_number.get(number)

    def due(self, now_ms: int, *, real_ms: int, limit: int) -> list[Callback]:
        """See `CallbackTable`."""
        found: dict[int, Callback] = {}
        while len(found) < limit:
            due_ms = self.next_due_ms(real_ms=real_ms)
            if due_ms is None or due_ms > now_ms:
                break
            _, number = heappop(self._heads)
            found[number] = self._by_number[number]
        for callback in found.values():
            heappush(self._heads, (callback.due_ms, callback.number))
        return list(found.values())

    def next_due_ms(self, *, real_ms: int = 2**62) -> int | None:
        """See `CallbackTable`."""
        while self._leased and self._leased[0][0] <= real_ms:
            heappush(self._heads, heappop(self._leased)[1:])
        while self._heads:
            due_ms, number = self._heads[0]
            callback = self._by_number.get(number)
            if callback is not None and callback.due_ms == due_ms and self._is_head(callback):
                if callback.leased_until_ms <= real_ms:
                    return due_ms
                heappush(self._leased, (callback.leased_until_ms, due_ms, number))
            heappop(self._heads)
        return None

    def _is_head(self, callback: Callback) -> bool:
        queue = self._queues.get(callback.job_id)
        return queue is not None and queue[0] == callback.number

    def pending(self, job_id: CompositeId) -> list[Callback]:
        """See `CallbackTable`."""
        return [self._by_number[number] for number in self._queues.get(job_id, ())]

    def latest(self, limit: int, *, job_id: str | None = None) -> list[Callback]:
        """See `CallbackTable`."""
        numbers = self._in_order if job_id is None else self._numbers.get(job_id, [])
        return [self._by_number[number] for number in islice(reversed(numbers), limit)]

    def forget_finished(self, before: int) -> None:
        """See `CallbackTable`."""
        while self._finished and self._finished[0] < before:
            number = heappop(self._finished)
            callback = self._by_number.get(number)
            if callback is not None and callback.outcome is not Outcome.DUE:
                self.remove(number)

    def remove(self, number: int) -> None:
        """Forget a callback, whatever became of it."""
        callback = self._by_number.pop(number)
        _take_out(self._in_order, number)
        job_id = str(callback.job_id)
        _take_out(self._numbers[job_id], number)
        if not self._numbers[job_id]:
            del self._numbers[job_id]
        queue = self._queues.get(callback.job_id)
        if queue is not None and number in queue:
            queue.remove(number)
            if queue:
                heappush(self._heads, (self._by_number[queue[0]].due_ms, queue[0]))
            else:
                del self._queues[callback.job_id]

    def lease_ends_ms(self) -> int | None:
        """Return the earliest real moment at which a lease ends of those that were met by `next_due_ms`."""
        while self._leased:
            leased_until_ms, _, number = self._leased[0]
            callback = self._by_number.get(number)
            if callback is not None and callback.leased_until_ms == leased_until_ms and self._is_head(callback):
                return leased_until_ms
            heappop(self._leased)
        return None

    def __iter__(self) -> Iterator[Callback]:
        """See `CallbackTable`."""
        return (self._by_number[number] for number in tuple(self._in_order))


def _take_out(numbers: list[int], number: int) -> None:
    del numbers[bisect_left(numbers, number)]


class MemoryWorld:
    """`World` on the objects above."""

    def __init__(self, token: Token, policy: Policy, clock: Clock) -> None:
        self.token = token
        self.policy = policy
        self.clock = clock
        self.now_ms = clock.virtual_ms
        self.real_ms = clock.real_ms
        self.weighed = 0
        self.ended: list[Status] = []
        self.clear()

    def clear(self) -> None:
        """See `World`."""
        self.accounts: MutableMapping[str, Account] = {}
        self.jobs: JobTable = MemoryJobs()
        self.callbacks: CallbackTable = MemoryCallbacks()
        self.midi: Table[MidiFile] = MemoryTable()
        self.voices: Table[ClonedVoice] = MemoryTable()
        self.blobs: MutableMapping[str, bytes] = {}
        self.faults: MutableMapping[str, Fault] = {}
        self._counters: dict[str, int] = {}

    def count(self, counter: str, by: int = 1) -> int:
        """See `World`."""
        self._counters[counter] = total = self._counters.get(counter, 0) + by
        return total

    @property
    def bytes(self) -> int:
        """How many bytes it keeps (`room`)."""
        return self._counters.get(COUNTER, 0)

    def counters(self) -> Mapping[str, int]:
        """See `World`."""
        return {name: total for name, total in self._counters.items() if total}
