"""Fetches files: whole to a path, to an open file, into memory, or as a stream."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, BinaryIO

import httpx2

from ..advice import advice_on
from ..errors import ConnectionFailedError, DownloadError
from ..log import logger
from ..options import CallOptions
from ..transfer import EXPIRED, GivenFile, PartFile, Sink, Transfer
from .engine import AsyncEngine


class _ExpiredError(Exception):
    """The link is no longer good."""


class AsyncDownload:
    """A file to be fetched. Nothing happens before one of its methods is called, and each call fetches it once more.

    A download that was cut goes on where it stopped, if the host can tell that the file is the same. A link that has
    expired is asked for again. Neither the token nor the client's headers go to the file host.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        link: Callable[[], Awaitable[str]],
        *,
        job_id: str | None,
        options: CallOptions,
    ) -> None:
        self._engine = engine
        self._runtime = engine.runtime
        self._link = link
        self._job_id = job_id
        self._options = options

    async def save(
        self, to: str | os.PathLike[str], *, progress: Callable[[int, int | None], Any] | None = None
    ) -> Path:
        """Write the file to a path and return it.

        The file has its name only when it is complete; until then it is a `.part` file beside it.

        Args:
            to: Where to write it; a file that is there is replaced.
            progress: Called with the bytes fetched so far and, where known, those there are.

        Raises:
            DownloadError: It could not be fetched or written; nothing is left of it.
            TemPolorError: No link was to be had.

        """
        part = PartFile(to, self._job_id)
        await self._into(part, progress)
        return part.path

    async def write_to(self, file: BinaryIO, *, progress: Callable[[int, int | None], Any] | None = None) -> int:
        """Write to an open binary file, from where it stands, and return how many bytes there were.

        Where the file can seek, a failure leaves it as it was. Where it cannot, a download that has to begin again
        is a failure.

        Raises:
            DownloadError: The file could not be fetched or written.
            TemPolorError: No link was to be had.

        """
        sink = GivenFile(file, self._job_id)
        await self._into(sink, progress)
        return sink.size

    async def read(self, *, progress: Callable[[int, int | None], Any] | None = None) -> bytes:
        """Return the whole file.

        Raises:
            DownloadError: It could not be fetched.
            TemPolorError: No link was to be had.

        """
        buffer = io.BytesIO()
        await self._into(GivenFile(buffer, self._job_id), progress)
        return buffer.getvalue()

    async def stream(self) -> AsyncGenerator[bytes]:
        """Yield the file's bytes as they come.

        Whoever stops early closes the connection by closing the stream (`contextlib.aclosing`).

        Raises:
            DownloadError: It could not be fetched, or it would have to begin again, which a stream cannot.
            TemPolorError: No link was to be had.

        """
        async with contextlib.aclosing(self._pieces(self._new_transfer())) as pieces:
            async for piece in pieces:
                if piece is None:
                    raise DownloadError(
                        "the file has to be fetched from its start again; open a new stream", job_id=self._job_id
                    )
                yield piece

    def _new_transfer(self) -> Transfer:
        retries = self._engine.settings.limits_for(self._options).max_retries
        return Transfer(max_retries=retries, random=self._runtime.chance, job_id=self._job_id)

    async def _into(self, sink: Sink, progress: Callable[[int, int | None], Any] | None) -> None:
        transfer = self._new_transfer()
        try:
            await self._runtime.run(sink.open)
            async with contextlib.aclosing(self._pieces(transfer)) as pieces:
                async for piece in pieces:
                    if piece is None:
                        await self._runtime.run(sink.restart)
                    else:
                        await self._runtime.run(sink.write, piece)
                        await self._runtime.tell(progress, transfer.received, transfer.total)
            await self._runtime.run(sink.commit)
        except BaseException:
            # Quick, and not to be interrupted by a second cancellation: so not in a thread.
            sink.discard()
            raise

    async def _pieces(self, transfer: Transfer) -> AsyncGenerator[bytes | None]:
        """Yield the file piece by piece; None says that what came before does not count."""
        url = await self._link()
        while True:
            try:
                async with contextlib.aclosing(self._fetch(url, transfer)) as pieces:
                    async for piece in pieces:
                        yield piece
            except _ExpiredError as error:
                if not transfer.may_ask_for_link():
                    raise DownloadError(f"the links given do not work: {error}", job_id=self._job_id) from None
                logger.info("the link has expired (%s), asking for another one", error)
                url = await self._link()
            except ConnectionFailedError as error:
                await self._pause_after(error, transfer)
            else:
                return

    async def _pause_after(self, error: ConnectionFailedError, transfer: Transfer) -> None:
        pause = transfer.pause_after_failure()
        if pause is None:
            raise DownloadError(
                f"the download broke off after {transfer.received} bytes, again and again ({error.problem})",
                advice=advice_on("download_again"),
                job_id=self._job_id,
            ) from error
        logger.info("the download broke off after %d bytes, next try in %.1f s", transfer.received, pause)
        await self._runtime.pause(pause)

    async def _fetch(self, url: str, transfer: Transfer) -> AsyncGenerator[bytes | None]:
        headers = transfer.request_headers()
        async with self._engine.open_file(url, headers, self._options, job_id=self._job_id) as response:
            if response.status_code in EXPIRED:
                raise _ExpiredError(f"HTTP {response.status_code}")
            if response.status_code == 416:
                # There is no such rest: the file has changed. From its start, then.
                transfer.restart()
                yield None
            if response.status_code not in {200, 206}:
                raise self._broken(url, f"answered with {response.status_code}")
            if not transfer.continues(response.status_code, dict(response.headers)) and transfer.received:
                transfer.received = 0
                yield None
            async for chunk in _body(response):
                transfer.received += len(chunk)
                yield chunk
            if not transfer.received:
                raise self._broken(url, "sent an empty file")

    def _broken(self, url: str, what: str) -> ConnectionFailedError:
        return ConnectionFailedError(
            f"the file host {what}.",
            request=self._engine.file_request(url),
            advice=advice_on("try_again"),
            job_id=self._job_id,
        )


async def _body(response: httpx2.Response) -> AsyncGenerator[bytes]:
    if response.is_stream_consumed:
        # The transports that tests put in place of the network hand over whole answers.
        yield response.content
        return
    # As they come: gathered to larger chunks, the last bytes before a cut would be lost.
    async for chunk in response.aiter_raw():
        yield chunk
