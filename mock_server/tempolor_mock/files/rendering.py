"""Files that are made when somebody first asks for them, by a thread, and are read while they grow."""

import asyncio
import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

CHUNK_BYTES = 64 * 1024

_PREFIX = "tempolor-mock-"

Blocks = Callable[[], Iterable[bytes]]
"""Makes a file's bytes, block by block; called once, in a thread."""


class RenderingFailedError(Exception):
    """The bytes of a file could not be made."""


class Rendering:
    """One file, complete or growing.

    `size` is its length in bytes, None as long as nobody knows it. Readers wait for what is not written yet.
    """

    def __init__(self, path: Path, size: int | None) -> None:
        self.path = path
        self.size = size
        self.readers = 0
        self._written = 0
        self._complete = False
        self._failed = False
        self._grown = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def write(self, blocks: Blocks) -> None:
        """Write the file; runs in a thread."""
        try:
            with self.path.open("wb") as file:
                for block in blocks():
                    file.write(block)
                    file.flush()
                    self._tell(len(block))
            self._tell(0, complete=True)
        except BaseException:
            self._tell(0, failed=True)
            raise

    def _tell(self, more: int, *, complete: bool = False, failed: bool = False) -> None:
        self._loop.call_soon_threadsafe(self._grow, more, complete, failed)

    def _grow(self, more: int, complete: bool, failed: bool) -> None:  # noqa: FBT001 - call_soon takes no keywords
        self._written += more
        self._complete = complete
        self._failed = failed
        if complete:
            self.size = self._written
        self._grown.set()
        self._grown = asyncio.Event()

    async def completed(self) -> int:
        """Wait until the whole file is written and return its size in bytes."""
        await self._until(lambda: False)
        return self._written

    async def _until(self, enough: Callable[[], bool]) -> None:
        while not (self._complete or enough()):
            if self._failed:
                raise RenderingFailedError(self.path.name)
            await self._grown.wait()
        if self._failed:
            raise RenderingFailedError(self.path.name)

    async def read(self, start: int, end: int | None) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end` (None: to the end), waiting for those not written yet."""
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

    @property
    def failed(self) -> bool:
        """Whether its bytes could not be made."""
        return self._failed

    @property
    def complete(self) -> bool:
        """Whether nothing is going to be added."""
        return self._complete


class Renderings:
    """All files of a server, in one temporary folder; the longest unused ones are dropped beyond `max_bytes`.

    Nothing is dropped while somebody reads it.
    """

    def __init__(self, max_bytes: int = 1 << 30, threads: int = 1) -> None:
        self._max_bytes = max_bytes
        self._executor = ThreadPoolExecutor(threads, "render")
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: OrderedDict[str, Rendering] = OrderedDict()

    @contextmanager
    def lent(self, key: str, blocks: Blocks, *, size: int | None = None) -> Iterator[Rendering]:
        """Lend the file called `key`; where there is none, a thread starts to make it of `blocks`."""
        rendering = self._files.pop(key, None)
        if rendering is None or rendering.failed:
            rendering = self._start(key, blocks, size)
        self._files[key] = rendering
        rendering.readers += 1
        try:
            self._drop_surplus()
            yield rendering
        finally:
            rendering.readers -= 1

    def _start(self, key: str, blocks: Blocks, size: int | None) -> Rendering:
        if self._folder is None:
            _remove_leftovers()
            self._folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")
        path = Path(self._folder.name, key)
        path.touch()
        rendering = Rendering(path, size)
        self._executor.submit(rendering.write, blocks)
        return rendering

    def _drop_surplus(self) -> None:
        total = sum(each.size or 0 for each in self._files.values())
        for key in list(self._files)[:-1]:
            if total <= self._max_bytes:
                return
            if self._files[key].complete and not self._files[key].readers:
                dropped = self._files.pop(key)
                dropped.path.unlink(missing_ok=True)
                total -= dropped.size or 0

    def close(self) -> None:
        """Delete everything; of renderings that were asked for, only the one under way is still made, for nobody."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._folder is not None:
            self._folder.cleanup()


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
