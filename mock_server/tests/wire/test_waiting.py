"""Coroutines that are begun without a task."""

import asyncio

import pytest
from tempolor_mock.waiting import begin, in_task


def test_what_never_waits_is_done_at_once():
    """Without a turn of the event loop."""
    done = []

    async def work():
        done.append(1)

    async def main():
        assert begin(work(), asyncio.get_running_loop()) is None
        assert done == [1]

    asyncio.run(main())


def test_what_must_wait_goes_on_in_a_task():
    """From where it said so; in a task already, it goes on at once."""
    steps = []

    async def work():
        steps.append(asyncio.current_task())
        await in_task()
        steps.append(asyncio.current_task())
        await asyncio.sleep(0)
        await in_task()
        return len(steps)

    async def main():
        main_task = asyncio.current_task()
        asyncio.get_running_loop().call_soon(lambda: tasks.append(begin(work(), asyncio.get_running_loop())))
        await asyncio.sleep(0)
        assert await tasks[0] == 2
        assert steps == [None, tasks[0]]
        assert tasks[0] is not main_task

    tasks = []
    asyncio.run(main())


def test_waiting_outside_a_task_is_an_error():
    """It would never be woken."""

    async def main():
        loop = asyncio.get_running_loop()
        errors = []

        def try_it():
            with pytest.raises(RuntimeError, match="in_task") as caught:
                begin(asyncio.sleep(10), loop)
            errors.append(caught.value)

        loop.call_soon(try_it)
        await asyncio.sleep(0)
        assert errors

    asyncio.run(main())
