"""Voices."""

from __future__ import annotations

from typing import Unpack

from ..._generated.defaults import POLL_INTERVAL, UPLOAD_TIMEOUT, WAIT_TIMEOUT
from ..._generated.models import ArtistVoice, ClonedVoice, DeleteResult, VoiceClone
from ...advice import advice_on
from ...errors import VoiceFailedError, WaitTimeoutError
from ...jobs import COMPLETED, FAILED
from ...options import CallOptions, refuse_unknown
from ...payload import FileInput
from ..paging import AsyncPages
from .base import AsyncResource


class AsyncVoices(AsyncResource):
    """Voices that can sing a song."""

    def artists(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[ArtistVoice]:
        """Return the voices TemPolor offers to everyone, to loop over."""
        refuse_unknown(options, self.artists)
        return AsyncPages(lambda at: self._operations.list_artist_voices(user_id=user_id, cursor=at, **options))

    def list(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[ClonedVoice]:
        """Return the voices cloned on an account to loop over, ready or not."""
        refuse_unknown(options, self.list)
        return AsyncPages(lambda at: self._operations.list_cloned_voices(user_id=user_id, cursor=at, **options))

    async def clone(
        self,
        file: FileInput,
        *,
        name: str | None = None,
        media_type: str | None = None,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> VoiceClone:
        """Make a voice from a recording; waits for up to 120 seconds.

        Args:
            file: A path, bytes, or a file opened with `rb`: mp3, wav, m4a or flac.
            name: What to call the voice; the file's name unless given.
            media_type: Its media type, where it cannot be told from content or name.
            user_id: The account; needed with several.
            **options: See `CallOptions`.

        Returns:
            The voice's id. Without `result`, wait until it is ready with `wait`.

        Raises:
            FileReadError: The file cannot be read.
            MediaTypeError: It is not clear what kind of file it is.

        """
        refuse_unknown(options, self.clone)
        payload, content_type = await self._opened(file, media_type)
        options.setdefault("timeout", UPLOAD_TIMEOUT)
        return await self._operations.clone_voice(
            body=payload,
            content_type=content_type,
            name=name or payload.stem or "voice",
            user_id=user_id,
            **options,
        )

    async def wait(
        self,
        cloned_voice_id: str,
        *,
        timeout: float = WAIT_TIMEOUT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL_INTERVAL,
        user_id: str | None = None,
        options: CallOptions | None = None,
    ) -> ClonedVoice:
        """Wait until a cloned voice is ready to sing.

        Raises:
            VoiceFailedError: The cloning failed.
            WaitTimeoutError: The time is up; the cloning goes on.

        """
        runtime = self._engine.runtime
        deadline = runtime.now() + timeout
        while True:
            async for voice in self.list(user_id=user_id, **(options or {})):
                if voice.cloned_voice_item_id == cloned_voice_id and voice.status == COMPLETED:
                    return voice
                if voice.cloned_voice_item_id == cloned_voice_id and voice.status == FAILED:
                    raise VoiceFailedError(
                        f"voice {cloned_voice_id} could not be cloned.", advice=advice_on("voice_failed")
                    )
            left = deadline - runtime.now()
            if left <= 0:
                raise WaitTimeoutError(
                    f"voice {cloned_voice_id} is not ready after {timeout:g} s.", advice=advice_on("voice_goes_on")
                )
            await runtime.pause(min(poll_interval, left))

    async def delete(self, cloned_voice_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete a cloned voice; songs it has sung stay.

        Raises:
            NotFoundError: There is no such voice.

        """
        return await self._operations.delete_cloned_voice(cloned_voice_id, **options)
