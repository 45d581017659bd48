"""Files that are made when somebody first asks for them, by a thread, and are read while they grow.

They are made slice by slice, and worlds take turns: each has one file in the making, and what one of them asks for
does not hold up the others. All files together stay within bytes on the disk. Whoever asks for one more waits until
there is room; a file that nobody waits for any more is given up as soon as another one is asked for.
"""

import asyncio
import logging
import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from ..domain.errors import ServiceError
from ..turns import Turns

logger = logging.getLogger("tempolor.mock")

T = TypeVar("T")

CHUNK_BYTES = 64 * 1024

SLICE_SECONDS = 0.05
"""For how long a file is worked on before the next world's turn."""

PATIENCE_SECONDS = 60
"""How long a request waits for its file to be begun."""

UNKNOWN_BYTES = 1 << 20
"""How much room is kept for a file whose size shows only when it is made, unless it needs more."""

_PREFIX = "tempolor-mock-"

Blocks = Callable[[], Iterable[bytes]]
"""Makes a file's bytes, block by block; called once, in a thread. An empty block says that work goes on."""


class RenderingFailedError(Exception):
    """The bytes of a file could not be made, or nobody waited for them any more."""


def too_many_files() -> ServiceError:
    """Files of other requests take all the room there is; the service has no words for that."""
    text = "The mock has no room for this file while others are made and read; ask again later"
    return ServiceError(503, text, bound="files")


class Rendering:
    """One file, complete or growing.

    `size` is its length in bytes, None as long as nobody knows it. Readers wait for what is not written yet. `charged`
    is how much of the common room it takes.
    """

    def __init__(self, path: Path, blocks: Blocks, size: int | None, room: int) -> None:
        self.path = path
        self.size = size
        self.charged = room if size is None else size
        self.readers = 0
        self.begun = asyncio.Event()
        self.complete = False
        self.failed = False
        self._blocks = blocks
        self._written = 0
        self._grown = asyncio.Event()
        self._lock = threading.Lock()
        self._given_up = False
        self._work: tuple[BinaryIO, Iterator[bytes]] | None = None

    def write_slice(self) -> tuple[int, bool]:
        """Work on the file for a while, in a thread; return its bytes so far and whether that is all."""
        with self._lock:
            result = (0, False) if self._given_up else self._write_slice()
        if self._given_up:
            self.give_up()
        return result

    def _write_slice(self) -> tuple[int, bool]:
        seconds = SLICE_SECONDS
        if self._work is None:
            self._work = self.path.open("wb"), iter(self._blocks())
            seconds = 0  # Its first bytes are waited for, and more than these may take a while.
        file, blocks = self._work
        until = time.monotonic() + seconds
        complete = True
        for block in blocks:
            file.write(block)
            if time.monotonic() >= until:
                complete = False
                break
        file.flush()
        written = file.tell()
        if complete:
            file.close()
        return written, complete

    def give_up(self) -> None:
        """Delete the file; where a slice is being worked on, as soon as it is done."""
        self._given_up = True
        if self._lock.acquire(blocking=False):
            if self._work is not None:
                self._work[0].close()
                self._work = None
            self.path.unlink(missing_ok=True)
            self._lock.release()

    def grow(self, written: int, *, complete: bool) -> None:
        """Let readers have what was written."""
        self._written = written
        self.complete = complete
        if complete:
            self.size = written
        self._wake()

    def fail(self) -> None:
        """Let readers know that there will be no more."""
        self.failed = True
        self.begun.set()
        self._wake()

    async def ready(self) -> None:
        """Wait until the file is begun; a 503 where that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.begun.wait()
        except TimeoutError:
            raise too_many_files() from None

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def completed(self) -> int:
        """Wait until the whole file is written and return its size in bytes."""
        await self._until(lambda: False)
        return self._written

    async def _until(self, enough: Callable[[], bool]) -> None:
        while not (self.complete or self.failed or enough()):
            await self._grown.wait()
        if self.failed:
            raise RenderingFailedError(self.path.name)

    async def read(self, start: int, end: int | None) -> AsyncGenerator[bytes]:
        """Yield the bytes from `start` up to `end` (None: to the end), waiting for those not written yet."""
        await self._until(lambda: self._written > start)
        with self.path.open("rb") as file:
            file.seek(start)
            position = start
            while end is None or position < end:
                await self._until(lambda: self._written > position)  # noqa: B023 - used before position moves
                limit = self._written if end is None else min(end, self._written)
                chunk = file.read(min(CHUNK_BYTES, limit - position))
                if not chunk:
                    return
                position += len(chunk)
                yield chunk


class Renderings:
    """All files of a server, in one temporary folder of at most `max_bytes`; `at_once` are made at a time.

    The longest unused ones are dropped to make room, but none that somebody reads. Files are known by their keys, and
    belong to the world (`owner`) that first asked for them.
    """

    def __init__(self, max_bytes: int = 1 << 30, at_once: int = 4) -> None:
        self._max_bytes = max_bytes
        self._at_once = at_once
        self._turns = Turns("render")
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: OrderedDict[str, Rendering] = OrderedDict()
        self._charged = 0
        self._waiting: OrderedDict[str, deque[tuple[str, Rendering]]] = OrderedDict()
        self._making: dict[str, tuple[Rendering, asyncio.Task[None]]] = {}
        self.made = 0
        self.failed = 0

    @property
    def making(self) -> int:
        """How many files are being made."""
        return len(self._making)

    @property
    def waiting(self) -> int:
        """How many files wait for being made."""
        return sum(map(len, self._waiting.values()))

    @property
    def bytes(self) -> int:
        """How much of the disk all files take, or will."""
        return self._charged

    async def prepared(self, owner: str, function: Callable[[], T]) -> T:
        """Run what finds out about a file, in a thread, when it is its owner's turn."""
        return await asyncio.wrap_future(self._turns.submit(owner, function))

    @contextmanager
    def lent(
        self, key: str, owner: str, blocks: Blocks, *, size: int | None = None, room: int = UNKNOWN_BYTES
    ) -> Iterator[Rendering]:
        """Lend the file called `key`; where there is none, it is made of `blocks`, when it is its owner's turn.

        Without a `size`, `room` is how many bytes making it takes at most.
        """
        rendering = self._files.pop(key, None)
        if rendering is None or rendering.failed:
            rendering = self._queue(key, owner, blocks, size, room)
        self._files[key] = rendering
        rendering.readers += 1
        try:
            self._begin_more()
            yield rendering
        finally:
            rendering.readers -= 1
            if not rendering.readers:
                self._begin_more()

    def _queue(self, key: str, owner: str, blocks: Blocks, size: int | None, room: int) -> Rendering:
        if self._folder is None:
            _remove_leftovers()
            self._folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")
        rendering = Rendering(Path(self._folder.name, key), blocks, size, room)
        self._waiting.setdefault(owner, deque()).append((key, rendering))
        return rendering

    def _begin_more(self) -> None:
        """Begin what waits, as far as there are places and room; forget what nobody waits for any more."""
        for owner in list(self._waiting):
            queue = deque(each for each in self._waiting.pop(owner) if self._is_awaited(*each))
            if not queue:
                continue
            self._waiting[owner] = queue
            key, rendering = queue[0]
            if self._has_place(owner) and self._has_room(rendering.charged):
                queue.popleft()
                if not queue:
                    del self._waiting[owner]
                self._charged += rendering.charged
                task = asyncio.get_running_loop().create_task(self._make(owner, rendering))
                task.add_done_callback(partial(self._ended, owner, key, rendering))
                self._making[owner] = rendering, task
                rendering.begun.set()
        if self._waiting:
            for rendering, task in self._making.values():
                if not rendering.readers:
                    task.cancel()

    def _is_awaited(self, key: str, rendering: Rendering) -> bool:
        if not rendering.readers and self._files.get(key) is rendering:
            del self._files[key]
        return rendering.readers > 0

    def _has_place(self, owner: str) -> bool:
        return owner not in self._making and len(self._making) < self._at_once

    def _has_room(self, room: int) -> bool:
        """Whether there is room for so many bytes; one file may be larger than all the room."""
        for key in list(self._files):
            if self._charged + room <= self._max_bytes:
                break
            if self._files[key].complete and not self._files[key].readers:
                dropped = self._files.pop(key)
                dropped.path.unlink(missing_ok=True)
                self._charged -= dropped.charged
        return not self._charged or self._charged + room <= self._max_bytes

    async def _make(self, owner: str, rendering: Rendering) -> None:
        complete = False
        while not complete:
            written, complete = await self.prepared(owner, rendering.write_slice)
            rendering.grow(written, complete=complete)
        self._charge(rendering, written)

    def _ended(self, owner: str, key: str, rendering: Rendering, task: asyncio.Task[None]) -> None:
        del self._making[owner]
        self.made += rendering.complete
        if not rendering.complete:
            if not task.cancelled():
                self.failed += 1
                logger.error("a file could not be made", exc_info=task.exception())
            self._charge(rendering, 0)
            if self._files.get(key) is rendering:
                del self._files[key]
            rendering.fail()
            rendering.give_up()
        self._begin_more()

    def _charge(self, rendering: Rendering, size: int) -> None:
        self._charged += size - rendering.charged
        rendering.charged = size

    def close(self) -> None:
        """Delete everything; what is being made is given up. An application that starts again begins anew."""
        self._turns.close()
        for rendering, task in self._making.values():
            task.cancel()
            rendering.give_up()
        self._waiting.clear()
        self._files.clear()
        self._charged = sum(rendering.charged for rendering, _ in self._making.values())
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _remove_leftovers() -> None:
    """Delete the folders of processes that were killed before they could do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not _is_running(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    """Whether there may be a process of that number; elsewhere than on POSIX systems nobody can ask without harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
