# Made from _async/downloading.py by tools/generate.py: never edited.
"""Fetches files, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..advice import advice_on
from ..errors import ConnectionFailedError, DownloadError
from ..log import logger
from ..options import CallOptions
from ..transfer import EXPIRED, PartFile, Transfer
from .engine import Engine


class _ExpiredError(Exception):
    """The link is no longer good."""


class Download:
    """One download: asks for a link, fetches the file, goes on after a cut, asks anew for an expired link."""

    def __init__(  # noqa: PLR0913 - what a download depends on
        self,
        engine: Engine,
        link: Callable[[], str],
        to: str | os.PathLike[str],
        *,
        job_id: str | None,
        progress: Callable[[int, int | None], Any] | None,
        options: CallOptions,
    ) -> None:
        self._engine = engine
        self._runtime = engine.runtime
        self._link = link
        self._part = PartFile(to, job_id)
        self._progress = progress
        self._job_id = job_id
        self._options = options
        retries = engine.settings.limits_for(options).max_retries
        self._transfer = Transfer(max_retries=retries, random=engine.runtime.chance, job_id=job_id)

    def run(self) -> Path:
        """Return the path of the complete file.

        Raises:
            DownloadError: It could not be fetched or written; nothing is left of it.
            TemPolorError: No link was to be had.

        """
        try:
            self._runtime.run(self._part.open)
            self._fill()
            self._runtime.run(self._part.commit)
        except BaseException:
            # Quick, and not to be interrupted by a second cancellation: so not in a thread.
            self._part.discard()
            raise
        return self._part.path

    def _fill(self) -> None:
        url = self._link()
        while True:
            try:
                self._fetch(url)
            except _ExpiredError as error:
                if not self._transfer.may_ask_for_link():
                    raise DownloadError(f"the links given do not work: {error}", job_id=self._job_id) from None
                logger.info("the link has expired (%s), asking for another one", error)
                url = self._link()
            except ConnectionFailedError as error:
                self._pause_after(error)
            else:
                return

    def _pause_after(self, error: ConnectionFailedError) -> None:
        pause = self._transfer.pause_after_failure(self._part.size)
        if pause is None:
            raise DownloadError(
                f"the download broke off after {self._part.size} bytes, again and again ({error.problem})",
                advice=advice_on("download_again"),
                job_id=self._job_id,
            ) from error
        logger.info("the download broke off after %d bytes, next try in %.1f s", self._part.size, pause)
        self._runtime.pause(pause)

    def _fetch(self, url: str) -> None:
        headers = self._transfer.request_headers(self._part.size)
        with self._engine.open_file(url, headers, self._options, job_id=self._job_id) as response:
            if response.status_code in EXPIRED:
                raise _ExpiredError(f"HTTP {response.status_code}")
            if response.status_code == 416:
                # There is no such rest: the file has changed. From its start, then.
                self._runtime.run(self._part.restart)
                self._transfer.forget()
            if response.status_code not in {200, 206}:
                raise self._broken(url, f"answered with {response.status_code}")
            if not self._transfer.continues(response.status_code, dict(response.headers), self._part.size):
                self._runtime.run(self._part.restart)
            # As they come: gathered to larger chunks, the last bytes before a cut would be lost.
            for chunk in response.iter_raw():
                self._runtime.run(self._part.write, chunk)
                self._runtime.tell(self._progress, self._part.size, self._transfer.total)
            if not self._part.size:
                raise self._broken(url, "sent an empty file")

    def _broken(self, url: str, what: str) -> ConnectionFailedError:
        return ConnectionFailedError(
            f"the file host {what}.",
            request=self._engine.file_request(url),
            advice=advice_on("try_again"),
            job_id=self._job_id,
        )
