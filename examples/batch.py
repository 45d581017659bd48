"""Makes many instrumentals and keeps the account full meanwhile, without being refused for it.

    tempolor mock --speed 10 &
    export TEMPOLOR_BASE_URL=http://127.0.0.1:4010 USEAPI_TOKEN=user:12345-demo
    python batch.py prompts.txt music/

`prompts.txt` has a prompt on each line.

An account runs so many jobs at once (`maxJobs`), and an order is one job or two. Ordering everything at once would be
answered with 429s, each followed by half a minute of waiting; ordering one after another would leave the account idle.
So this program asks the scheduler how many slots are free, orders what fits into them, and looks again. The slots that
other programs take count as well. Should another program be faster for once, the client waits out the 429 itself.
"""

# ruff: noqa: T201 - a program for the shell prints

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tempolor_client import AsyncOrder, AsyncTemPolor, TemPolorError
from tempolor_client.errors import BadRequestError, JobFailedError
from tempolor_client.models import Capacity

SECONDS_BETWEEN_LOOKS = 2.0


@dataclass
class Piece:
    """What became of one prompt."""

    number: int
    prompt: str
    files: list[Path] = field(default_factory=list)
    problem: str = ""


class Batch:
    """Orders pieces as fast as there is room for them; `sleep` is what it waits with."""

    def __init__(
        self, client: AsyncTemPolor, folder: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client = client
        self._folder = folder
        self._sleep = sleep
        self._jobs_per_order = 0

    async def make(self, prompts: Sequence[str]) -> list[Piece]:
        """Order all, save all, and return what became of each; one that fails does not stop the others."""
        pieces = [Piece(number, prompt) for number, prompt in enumerate(prompts, start=1)]
        waiting = deque(pieces)
        async with asyncio.TaskGroup() as saving:
            try:
                await self._order_all(waiting, saving)
            except TemPolorError as error:
                # What has been ordered is still saved.
                for piece in waiting:
                    piece.problem = f"not ordered: {error}"
        return pieces

    async def _order_all(self, waiting: deque[Piece], saving: asyncio.TaskGroup) -> None:
        while waiting:
            known = self._jobs_per_order
            for user_id in self._room(await self._client.scheduler.capacity()):
                if waiting and (order := await self._order(waiting[0], user_id)):
                    self._jobs_per_order = len(order.jobs)
                    saving.create_task(self._save(waiting.popleft(), order))
                elif waiting:
                    waiting.popleft()
            # The first order has told how many jobs an order is, so there is more to order at once.
            if waiting and known == self._jobs_per_order:
                await self._sleep(SECONDS_BETWEEN_LOOKS)

    def _room(self, capacity: Capacity) -> Iterator[str]:
        """Yield an account's id for each order that fits into its free slots.

        How many jobs an order is, the first one tells; until then there is only that one.
        """
        for account in capacity.available:
            if not self._jobs_per_order:
                if account.available:
                    yield account.user_id
                    return
                continue
            orders = account.available // self._jobs_per_order
            # An account with fewer slots than an order has jobs takes one order when nothing runs.
            if account.available and not account.executing:
                orders = max(1, orders)
            yield from [account.user_id] * orders

    async def _order(self, piece: Piece, user_id: str) -> AsyncOrder | None:
        try:
            return await self._client.instrumentals.create(piece.prompt, user_id=user_id)
        except BadRequestError as error:
            # This prompt is not what the service takes; others may be.
            piece.problem = str(error)
            return None

    async def _save(self, piece: Piece, order: AsyncOrder) -> None:
        try:
            completed = await order.wait()
        except JobFailedError as error:
            piece.problem = str(error)
            completed = list(error.completed)
        except TemPolorError as error:
            piece.problem = str(error)
            return
        for take, item in enumerate(completed, start=1):
            target = self._folder / f"{piece.number:03}-{take}.mp3"
            try:
                piece.files.append(await self._client.music.download(str(item.job_id), target))
            except TemPolorError as error:
                piece.problem = str(error)


async def main(prompts: Path, folder: Path) -> int:
    """Run the program and return its exit code."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    lines = [line.strip() for line in prompts.read_text("utf-8").splitlines()]  # noqa: ASYNC240 - the same
    async with AsyncTemPolor(on_busy=lambda notice: print(f"No room; next try in {notice.seconds:.0f} s")) as client:
        # The mock starts without an account; the live service has yours.
        if client.base_url.startswith("http://127.0.0.1") and not await client.accounts.list():
            await client.accounts.create({})
        pieces = await Batch(client, folder).make([line for line in lines if line])
    for piece in pieces:
        print(f"{piece.number}. {piece.prompt}:", piece.problem or "done", *piece.files)
    return 1 if any(piece.problem for piece in pieces) else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python batch.py PROMPTS.txt FOLDER")
    sys.exit(asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]))))
