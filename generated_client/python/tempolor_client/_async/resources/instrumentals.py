"""Instrumentals."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any, Unpack

from ..._generated.defaults import WAIT_TIMEOUT
from ..._generated.models import InstrumentalModel, InstrumentalRequest, MusicItem, Tonality
from ...options import CallOptions, InstrumentalFields, refuse_unknown
from ..paging import AsyncPages
from .base import AsyncResource
from .music import AsyncMusic
from .orders import AsyncOrder, order_from


class AsyncInstrumentals(AsyncResource):
    """Instrumentals: music without vocals."""

    async def create(  # noqa: PLR0913 - the fields of an order
        self,
        prompt: str,
        *,
        model: InstrumentalModel | str | None = None,
        tonality: Tonality | str | None = None,
        bpm: int | None = None,
        chords: str | None = None,
        user_id: str | None = None,
        max_jobs: int | None = None,
        reply_url: str | None = None,
        reply_ref: str | None = None,
        extra: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncOrder:
        """Order an instrumental; what is left out, the model chooses.

        Waits for a slot if there is none, up to `busy_timeout`. Is never sent twice unless it surely was not taken.

        Args:
            prompt: What the music should be like; up to 2000 characters.
            model: The newest unless given.
            tonality: Key, such as `D:minor`.
            bpm: Beats per minute, 50 to 190.
            chords: Chord progression, up to 200 characters.
            user_id: The account; else the one with most free slots.
            max_jobs: Slots to count with for this order, in place of the account's.
            reply_url: Where the service is to report progress; see `parse_callback`.
            reply_ref: Text that each report repeats.
            extra: Fields this package does not know yet.
            **options: See `CallOptions`.

        Returns:
            The order with its jobs, usually one or two.

        Raises:
            BadRequestError: The order is not what the service takes.
            BusyError: There was no slot in time.
            RequestTimeoutError: No answer; the order may have been taken.

        """
        refuse_unknown(options, self.create)
        body = InstrumentalRequest(
            prompt=prompt,
            model_instrumental=model,
            tonality=tonality,
            bpm=bpm,
            chords=chords,
            user_id=user_id,
            max_jobs=max_jobs,
            reply_url=reply_url,
            reply_ref=reply_ref,
            additional_properties=dict(extra or {}),
        )
        return order_from(self._engine, await self._raw.create_instrumental(body=body, **options))

    async def create_and_wait(
        self,
        prompt: str,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        wait_timeout: float = WAIT_TIMEOUT,
        **order: Unpack[InstrumentalFields],
    ) -> builtins.list[MusicItem]:
        """Order an instrumental and wait for it: `create` and `AsyncOrder.wait` in one.

        Args:
            prompt: What the music should be like.
            progress: Called with each job each time it has been looked at.
            wait_timeout: Seconds to wait in all.
            **order: As for `create`.

        """
        return await (await self.create(prompt, **order)).wait(progress=progress, timeout=wait_timeout)

    def order(self, *job_ids: str) -> AsyncOrder:
        """Return an order made before, by its jobs, to go on with it."""
        return AsyncOrder(self._engine, job_ids)

    def list(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[MusicItem]:
        """Return an account's instrumentals to loop over, newest first."""
        return AsyncMusic(self._engine).list(kind="instrumental", user_id=user_id, **options)
