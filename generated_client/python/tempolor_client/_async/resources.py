"""What can be done, by kind of thing, with plain arguments."""

from __future__ import annotations

import builtins
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Unpack

from .._generated.models import (
    Account,
    AccountRequest,
    ArtistVoice,
    Capacity,
    ClonedVoice,
    CreatedJobs,
    DeleteResult,
    DownloadLink,
    FileFormat,
    InstrumentalModel,
    InstrumentalRequest,
    MidiFile,
    MusicItem,
    MusicKind,
    RequestParams,
    RunningJob,
    SongModel,
    SongRequest,
    SplitStems,
    Tonality,
    UploadedMidi,
    VoiceClone,
)
from .._generated.operations import AsyncOperations, AsyncRawOperations
from ..answer import Answer
from ..errors import (
    DownloadError,
    FileNotReadyError,
    NotFoundError,
    VoiceFailedError,
    WaitTimeoutError,
)
from ..jobs import COMPLETED, FAILED, is_completed
from ..judging import unexpected
from ..options import CallOptions, InstrumentalFields, SongFields
from ..payload import FileInput, Payload
from .downloading import AsyncDownload
from .engine import AsyncEngine
from .paging import AsyncPages
from .waiting import AsyncWait

WAIT: Final = 900.0
"""Seconds to wait for jobs unless told otherwise; the longest songs take some minutes."""
POLL: Final = 5.0
"""Seconds between two looks at a job."""
READY: Final = 120.0
"""Seconds that the file of a completed job may take to appear."""
READY_POLL: Final = 2.0
"""Seconds between two questions for it."""
CLONING: Final = 180.0
"""Seconds a cloning call may take: the service answers within 120."""
SPLITTING: Final = 900.0
"""Seconds a splitting call may take: the service answers when it is done."""


class AsyncResource:
    """What the resources share."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._operations = AsyncOperations(engine)
        self._raw = AsyncRawOperations(engine)

    async def _opened(self, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
        run = self._engine.runtime.run
        payload = await run(Payload, file)
        return payload, media_type if media_type is not None else await run(payload.media_type)


class AsyncAccounts(AsyncResource):
    """TemPolor accounts that the API may use."""

    async def create(
        self,
        request_params: Mapping[str, Any] | RequestParams,
        *,
        max_jobs: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Store an account, new or again.

        Args:
            request_params: The parameters TemPolor's web page sends, as copied from a browser; the mock takes {}.
            max_jobs: How many jobs it may run at once.
            **options: See `CallOptions`.

        Raises:
            BadRequestError: Something is missing or wrong.

        """
        if not isinstance(request_params, RequestParams):
            request_params = RequestParams.from_dict(request_params)
        body = AccountRequest(request_params=request_params, max_jobs=max_jobs)
        return await self._operations.create_account(body=body, **options)

    async def list(self, **options: Unpack[CallOptions]) -> dict[str, Account]:
        """Return all accounts by their `user_id`; none is no error."""
        try:
            accounts = await self._operations.list_accounts(**options)
        except NotFoundError as error:
            # The service says so when nothing is configured; a gateway's 404 is another matter.
            if error.text and not error.error:
                raise
            return {}
        return accounts.additional_properties

    async def get(self, user_id: str, **options: Unpack[CallOptions]) -> Account:
        """Return one account.

        Raises:
            NotFoundError: It is not configured.

        """
        return await self._operations.get_account(user_id, **options)

    async def delete(self, user_id: str, **options: Unpack[CallOptions]) -> None:
        """Remove an account from the API; at TemPolor it stays.

        Raises:
            NotFoundError: It is not configured.

        """
        await self._operations.delete_account(user_id, **options)


class AsyncMusic(AsyncResource):
    """Jobs and what they made, songs and instrumentals alike."""

    async def get(self, job_id: str, **options: Unpack[CallOptions]) -> MusicItem:
        """Return a job as it stands.

        Raises:
            NotFoundError: There is no such job.

        """
        return await self._operations.get_music(job_id, **options)

    def list(
        self,
        *,
        kind: MusicKind | str | None = None,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncPages[MusicItem]:
        """Return an account's music to loop over, newest first; pages are fetched as the loop goes on.

        Args:
            kind: `song` or `instrumental`; songs unless given.
            user_id: The account; needed with several.
            cursor: Where to begin, from an earlier page.
            **options: See `CallOptions`.

        """
        return AsyncPages(
            lambda at: self._operations.list_music(user_id=user_id, type_=kind, cursor=at, **options), cursor
        )

    async def wait(
        self,
        job_id: str,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL,
        options: CallOptions | None = None,
    ) -> MusicItem:
        """Wait until a job is final, also one of another program or of yesterday.

        Args:
            job_id: The job.
            progress: Called with the job each time it has been looked at.
            timeout: Seconds to wait in all.
            poll_interval: Seconds between two looks.
            options: Options of each look.

        Returns:
            The completed job.

        Raises:
            JobFailedError: It ended without music.
            WaitTimeoutError: The time is up; the job goes on.

        """
        items = await self.wait_all(
            [job_id], progress=progress, timeout=timeout, poll_interval=poll_interval, options=options
        )
        return items[0]

    async def wait_all(
        self,
        job_ids: Sequence[str],
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL,
        options: CallOptions | None = None,
    ) -> builtins.list[MusicItem]:
        """Wait until all of some jobs are final; as `wait`, in the order given."""
        wait = AsyncWait(
            job_ids,
            operations=self._operations,
            runtime=self._engine.runtime,
            progress=progress,
            timeout=timeout,
            poll_interval=poll_interval,
            options=options or {},
        )
        return await wait.run()

    async def link(
        self, job_id: str, *, file_format: FileFormat | str | None = None, **options: Unpack[CallOptions]
    ) -> DownloadLink:
        """Ask once for the address of a job's file.

        Raises:
            NotCompletedError: The job still runs, or has failed.
            NotFoundError: There is no such job, or its file is not there yet.

        """
        return await self._operations.download_music(job_id, file_format=file_format, **options)

    async def download(  # noqa: PLR0913 - each has a default
        self,
        job_id: str,
        to: str | os.PathLike[str],
        *,
        file_format: FileFormat | str | None = None,
        progress: Callable[[int, int | None], Any] | None = None,
        ready_timeout: float = READY,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch a completed job's file.

        The file has its name only when it is complete; until then it is a `.part` file beside it.

        Args:
            job_id: The job.
            to: Where to write the file; one that is there is replaced.
            file_format: `mp3`, `wav` or `stems`; mp3 unless given.
            progress: Called with the bytes fetched so far and, where known, those there are.
            ready_timeout: Seconds the file may take to appear after the job has completed.
            options: Options of each call.

        Returns:
            The file's path.

        Raises:
            NotCompletedError: The job still runs, or has failed.
            NotFoundError: There is no such job.
            DownloadError: The file could not be fetched or written.

        """
        download = AsyncDownload(
            self._engine,
            lambda: self._link(job_id, file_format, ready_timeout, options or {}),
            to,
            job_id=job_id,
            progress=progress,
            options=options or {},
        )
        return await download.run()

    async def _link(
        self, job_id: str, file_format: FileFormat | str | None, ready_timeout: float, options: CallOptions
    ) -> str:
        """Return a link, waiting out the 404 that a job gets for some seconds after it has completed."""
        runtime = self._engine.runtime
        deadline = runtime.now() + ready_timeout
        while True:
            try:
                answer = await self._raw.download_music(job_id, file_format=file_format, **options)
                return _url_of(answer)
            except NotFoundError as error:
                # An unknown job's 404 looks the same. Only this call can tell, and it raises for an unknown one.
                item = await self._operations.get_music(job_id, **options)
                if not is_completed(item):
                    raise
                if runtime.now() >= deadline:
                    raise FileNotReadyError(
                        f"job {job_id} is completed, but has no file after {ready_timeout:g} s. Ask again later: "
                        f"client.music.download({job_id!r}, ...)",
                        job_id=job_id,
                    ) from error
            await runtime.pause(READY_POLL)

    async def delete(self, job_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete what a job made.

        Raises:
            NotFoundError: There is no such job, or it has been deleted before.

        """
        return await self._operations.delete_music(job_id, **options)


class AsyncOrder:
    """The jobs of one order.

    Attributes:
        jobs: Their ids; keep them to go on later.
        created: What the service answered to the order, None for jobs of old.
    """

    def __init__(self, engine: AsyncEngine, jobs: Sequence[str], created: CreatedJobs | None = None) -> None:
        self._engine = engine
        self._music = AsyncMusic(engine)
        self.jobs = tuple(jobs)
        self.created = created

    def __repr__(self) -> str:
        return f"{type(self).__name__}(jobs={self.jobs!r})"

    async def wait(
        self,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL,
        options: CallOptions | None = None,
    ) -> builtins.list[MusicItem]:
        """Wait until all jobs are final; see `music.wait`.

        Returns:
            The completed jobs, in the order of `jobs`.

        Raises:
            JobFailedError: One ended without music; the others are in its `completed`.
            WaitTimeoutError: The time is up; the jobs go on.

        """
        return await self._music.wait_all(
            self.jobs, progress=progress, timeout=timeout, poll_interval=poll_interval, options=options
        )

    async def download(
        self,
        to: str | os.PathLike[str],
        *,
        take: int = 0,
        file_format: FileFormat | str | None = None,
        progress: Callable[[int, int | None], Any] | None = None,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch the file of one of the jobs, the first unless told otherwise; see `music.download`."""
        return await self._music.download(
            self.jobs[take], to, file_format=file_format, progress=progress, options=options
        )

    async def cancel(self, **options: Unpack[CallOptions]) -> None:
        """Stop tracking the jobs that still run; their slots are free at once."""
        operations = AsyncOperations(self._engine)
        for job_id in self.jobs:
            try:
                await operations.cancel_job(job_id, **options)
            except NotFoundError as error:
                if "running" not in error.error:
                    raise


class AsyncSongs(AsyncResource):
    """Songs: music with vocals."""

    async def create(  # noqa: PLR0913 - the fields of an order
        self,
        prompt: str,
        *,
        lyrics: str | None = None,
        model: SongModel | str | None = None,
        artist_voice_id: str | None = None,
        cloned_voice_id: str | None = None,
        midi_id: str | None = None,
        user_id: str | None = None,
        max_jobs: int | None = None,
        reply_url: str | None = None,
        reply_ref: str | None = None,
        extra: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncOrder:
        """Order a song.

        Waits for a slot if there is none, up to `busy_timeout`. Is never sent twice unless it surely was not taken.

        Args:
            prompt: What the music should be like; up to 2000 characters.
            lyrics: Words to sing, up to 3000 characters; else the service writes its own.
            model: The newest unless given.
            artist_voice_id: The plain `item_id` of an artist voice. At most one of the two voices and the MIDI file.
            cloned_voice_id: A voice of your own.
            midi_id: A MIDI file to build on.
            user_id: The account; else that of the voice or MIDI file, or the one with most free slots.
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
        body = SongRequest(
            prompt=prompt,
            lyrics=lyrics,
            model_song=model,
            artist_voice_item_id=artist_voice_id,
            cloned_voice_item_id=cloned_voice_id,
            midi_item_id=midi_id,
            user_id=user_id,
            max_jobs=max_jobs,
            reply_url=reply_url,
            reply_ref=reply_ref,
            additional_properties=dict(extra or {}),
        )
        return _order(self._engine, await self._raw.create_song(body=body, **options))

    async def create_and_wait(
        self,
        prompt: str,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        wait_timeout: float = WAIT,
        **order: Unpack[SongFields],
    ) -> builtins.list[MusicItem]:
        """Order a song and wait for it: `create` and `AsyncOrder.wait` in one.

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
        """Return an account's songs to loop over, newest first."""
        return AsyncMusic(self._engine).list(kind="song", user_id=user_id, **options)


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
        return _order(self._engine, await self._raw.create_instrumental(body=body, **options))

    async def create_and_wait(
        self,
        prompt: str,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        wait_timeout: float = WAIT,
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


class AsyncVoices(AsyncResource):
    """Voices that can sing a song."""

    def artists(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[ArtistVoice]:
        """Return the voices TemPolor offers to everyone, to loop over."""
        return AsyncPages(lambda at: self._operations.list_artist_voices(user_id=user_id, cursor=at, **options))

    def list(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[ClonedVoice]:
        """Return the voices cloned on an account to loop over, ready or not."""
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
        payload, content_type = await self._opened(file, media_type)
        options.setdefault("timeout", CLONING)
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
        timeout: float = WAIT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL,
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
                    raise VoiceFailedError(f"voice {cloned_voice_id} could not be cloned; try a cleaner recording")
            left = deadline - runtime.now()
            if left <= 0:
                raise WaitTimeoutError(
                    f"voice {cloned_voice_id} is not ready after {timeout:g} s. The cloning goes on: "
                    f"client.voices.wait({cloned_voice_id!r})"
                )
            await runtime.pause(min(poll_interval, left))

    async def delete(self, cloned_voice_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete a cloned voice; songs it has sung stay.

        Raises:
            NotFoundError: There is no such voice.

        """
        return await self._operations.delete_cloned_voice(cloned_voice_id, **options)


class AsyncMidi(AsyncResource):
    """MIDI files that songs can be built on."""

    async def upload(
        self,
        file: FileInput,
        *,
        name: str | None = None,
        media_type: str | None = None,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> UploadedMidi:
        """Store a MIDI file.

        Args:
            file: A path, bytes, or a file opened with `rb`.
            name: What to call it; the file's name unless given.
            media_type: Its media type, `audio/midi` unless given.
            user_id: The account; needed with several.
            **options: See `CallOptions`.

        Raises:
            FileReadError: The file cannot be read.

        """
        payload, content_type = await self._opened(file, media_type)
        return await self._operations.upload_midi(
            body=payload,
            content_type=content_type,
            name=name or payload.stem or "midi",
            user_id=user_id,
            **options,
        )

    def list(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> AsyncPages[MidiFile]:
        """Return an account's MIDI files to loop over."""
        return AsyncPages(lambda at: self._operations.list_midi(user_id=user_id, cursor=at, **options))

    async def delete(self, midi_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete a MIDI file; songs built on it stay.

        Raises:
            NotFoundError: There is no such file.

        """
        return await self._operations.delete_midi(midi_id, **options)


class AsyncStems(AsyncResource):
    """Recordings of your own, taken apart."""

    async def split(
        self,
        file: FileInput,
        *,
        media_type: str | None = None,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> SplitStems:
        """Take a recording apart; waits until it is done.

        Args:
            file: A path, bytes, or a file opened with `rb`: mp3, wav, m4a or flac.
            media_type: Its media type, where it cannot be told from content or name.
            user_id: The account; needed with several.
            **options: See `CallOptions`.

        Raises:
            BadRequestError: The service could not do it.
            FileReadError: The file cannot be read.

        """
        payload, content_type = await self._opened(file, media_type)
        options.setdefault("timeout", SPLITTING)
        return await self._operations.split_stems(
            body=payload,
            content_type=content_type,
            user_id=user_id,
            **options,
        )

    async def download(
        self,
        stems: SplitStems,
        to: str | os.PathLike[str],
        *,
        progress: Callable[[int, int | None], Any] | None = None,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch the ZIP file of a split, as `music.download` does.

        Raises:
            DownloadError: There is none, or it could not be fetched or written.

        """
        download = AsyncDownload(
            self._engine, _stems_link(stems), to, job_id=None, progress=progress, options=options or {}
        )
        return await download.run()


class AsyncScheduler(AsyncResource):
    """What runs, and how much room is left."""

    async def running(self, **options: Unpack[CallOptions]) -> list[RunningJob]:
        """Return the jobs that run, over all accounts."""
        return await self._operations.list_running_jobs(**options)

    async def capacity(self, **options: Unpack[CallOptions]) -> Capacity:
        """Return the jobs that run and each account's free slots."""
        return await self._operations.get_available_capacity(**options)

    async def cancel(self, job_id: str, **options: Unpack[CallOptions]) -> None:
        """Stop tracking a running job; its slot is free at once, though TemPolor still finishes it.

        Raises:
            NotFoundError: It does not run.

        """
        await self._operations.cancel_job(job_id, **options)


def _order(engine: AsyncEngine, answer: Answer[CreatedJobs]) -> AsyncOrder:
    if not answer.parsed.jobs:
        raise unexpected(answer, "it names no jobs, though the order may have been taken")
    return AsyncOrder(engine, answer.parsed.jobs, answer.parsed)


def _url_of(answer: Answer[DownloadLink]) -> str:
    if not answer.parsed.url:
        raise unexpected(answer, "it holds no url")
    return answer.parsed.url


def _stems_link(stems: SplitStems) -> Callable[[], Awaitable[str]]:
    async def link() -> str:
        if not stems.stems_zip_url:
            raise DownloadError("the service has made no ZIP file of stems; split the recording again")
        return stems.stems_zip_url

    return link
