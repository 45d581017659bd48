"""Coroutines that are begun without a task, because most of them never wait."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


@types.coroutine
def _step_aside() -> Generator[None]:
    yield


async def in_task() -> None:
    """Go on in a task: to be awaited before anything that waits, or that asks which task it is in."""
    if asyncio.current_task() is None:
        await _step_aside()


def begin(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> "asyncio.Task[T] | None":
    """Run a coroutine up to its end, with no task and no turn of the event loop; return the task where it must wait.

    What it returns is lost. RuntimeError where it waits for something without having awaited `in_task` before.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    if waits_for is not None:
        work.close()
        raise RuntimeError(f"waited for {waits_for!r} outside a task: await in_task() before")
    return loop.create_task(work)
