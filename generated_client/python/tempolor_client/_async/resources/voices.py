"""Voices."""

from __future__ import annotations

from typing import Unpack

from ..._generated.defaults import POLL_INTERVAL, UPLOAD_TIMEOUT, WAIT_TIMEOUT
from ..._generated.models import ArtistVoice, ClonedVoice, DeleteResult, VoiceClone
from ...advice import advice_on
from ...errors import AccountSessionError, PageLoopError, TemPolorError, VoiceFailedError, WaitTimeoutError
from ...jobs import COMPLETED, FAILED, account_in
from ...log import logger
from ...options import CallOptions, refuse_unknown
from ...payload import FileInput
from ..paging import AsyncPages
from ..waiting import SURVIVED, look_options
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

        Failures of the network and the service are survived until the time is up; a refusal, such as a 401, ends it.

        Raises:
            VoiceFailedError: The cloning failed.
            WaitTimeoutError: The time is up; the cloning goes on.

        """
        runtime = self._engine.runtime
        deadline = runtime.now() + timeout
        while True:
            failure: TemPolorError | None = None
            options_now = look_options(self._engine.settings, deadline - runtime.now(), options or {})
            try:
                voice = await self._find(cloned_voice_id, user_id or account_in(cloned_voice_id), options_now)
            except AccountSessionError:
                raise
            except (*SURVIVED, PageLoopError) as error:
                logger.warning("waiting for %s goes on in spite of: %s", cloned_voice_id, type(error).__name__)
                voice, failure = None, error
            if voice is not None and voice.status == COMPLETED:
                return voice
            if voice is not None and voice.status == FAILED:
                raise VoiceFailedError(
                    f"voice {cloned_voice_id} could not be cloned.", advice=advice_on("voice_failed")
                )
            left = deadline - runtime.now()
            if left <= 0:
                raise WaitTimeoutError(
                    f"voice {cloned_voice_id} is not ready after {timeout:g} s.", advice=advice_on("voice_goes_on")
                ) from failure
            await runtime.pause(min(poll_interval, left))

    async def _find(self, cloned_voice_id: str, user_id: str | None, options: CallOptions) -> ClonedVoice | None:
        async for voice in self.list(user_id=user_id, **options):
            if voice.cloned_voice_item_id == cloned_voice_id:
                return voice
        return None

    async def delete(self, cloned_voice_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete a cloned voice; songs it has sung stay.

        Raises:
            NotFoundError: There is no such voice.

        """
        return await self._operations.delete_cloned_voice(cloned_voice_id, **options)
