"""Every operation of the document as a method: sync and async, as its result or as the whole answer."""

from __future__ import annotations

from typing import Protocol, TypeVar, Unpack

from ..answer import Answer
from ..options import CallOptions
from ..payload import Payload
from .api.accounts import create_account, delete_account, get_account, list_accounts
from .api.midi import delete_midi, list_midi, upload_midi
from .api.music import create_instrumental, create_song, delete_music, download_music, get_music, list_music
from .api.scheduler import cancel_job, get_available_capacity, list_running_jobs
from .api.stems import split_stems
from .api.voices import clone_voice, delete_cloned_voice, list_artist_voices, list_cloned_voices
from .models.account import Account
from .models.account_map import AccountMap
from .models.account_request import AccountRequest
from .models.artist_voice_page import ArtistVoicePage
from .models.capacity import Capacity
from .models.cloned_voice_page import ClonedVoicePage
from .models.created_jobs import CreatedJobs
from .models.delete_result import DeleteResult
from .models.download_link import DownloadLink
from .models.file_format import FileFormat
from .models.instrumental_form import InstrumentalForm
from .models.instrumental_request import InstrumentalRequest
from .models.midi_page import MidiPage
from .models.music_item import MusicItem
from .models.music_kind import MusicKind
from .models.music_page import MusicPage
from .models.running_job import RunningJob
from .models.song_form import SongForm
from .models.song_request import SongRequest
from .models.split_stems import SplitStems
from .models.uploaded_midi import UploadedMidi
from .models.voice_clone import VoiceClone
from .types import AsyncSender, Call, Sender

T = TypeVar("T")


class RawSender(Protocol):
    """Makes calls and returns their whole answers."""

    def send_raw(self, call: Call[T], options: CallOptions, /) -> Answer[T]:
        """Make a call, raise a `TemPolorError` unless it succeeds."""
        ...


class AsyncRawSender(Protocol):
    """Makes calls and returns their whole answers."""

    async def send_raw(self, call: Call[T], options: CallOptions, /) -> Answer[T]:
        """Make a call, raise a `TemPolorError` unless it succeeds."""
        ...


class Operations:
    """The operations of the document."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_accounts(
        self,
        **options: Unpack[CallOptions],
    ) -> AccountMap:
        """List accounts.

        All configured accounts, keyed by their `user_id`.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(list_accounts.call(), options)

    def create_account(
        self,
        *,
        body: AccountRequest,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Create or update account.

        Stores the `requestParams` of a TemPolor account, and how many jobs it may run at once. No other operation
        can be used before. Inferred: posting the same account again replaces what was stored.

        To find `requestParams`:

        1. In a Chromium-based browser, log in to TemPolor and open https://www.tempolor.com/account/profile. 2.
        Open the developer tools (F12), choose Network, then All or Fetch/XHR, and filter by `/getWebSelfUserInfo`.
        3. Reload the page and select the one request that is listed. 4. Under Payload, Request Payload, copy the
        value of `requestParams`.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            PayloadTooLargeError: 413.

        """
        return self._sender.send(
            create_account.call(
                body=body,
            ),
            options,
        )

    def get_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Get account.

        One configured account.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            get_account.call(
                user_id,
            ),
            options,
        )

    def delete_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete account.

        Deletes the configuration of an account from this API. Inferred: the TemPolor account itself is not touched.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            Nothing.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        self._sender.send(
            delete_account.call(
                user_id,
            ),
            options,
        )

    def create_song(
        self,
        *,
        body: SongRequest | SongForm,
        **options: Unpack[CallOptions],
    ) -> CreatedJobs:
        """Create song.

        Starts the generation of a song with vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions of the song.

        Inferred: TemPolor chooses the singer unless the request names a voice or a MIDI file.

        At most one of `artistVoiceItemId`, `clonedVoiceItemId` and `midiItemId` may be given. After a 429, wait at
        least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return self._sender.send(
            create_song.call(
                body=body,
            ),
            options,
        )

    def create_instrumental(
        self,
        *,
        body: InstrumentalRequest | InstrumentalForm,
        **options: Unpack[CallOptions],
    ) -> CreatedJobs:
        """Create instrumental.

        Starts the generation of music without vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions.

        Key, tempo and chords can be set. Inferred: the model chooses what is left out.

        After a 429, wait at least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return self._sender.send(
            create_instrumental.call(
                body=body,
            ),
            options,
        )

    def get_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> MusicItem:
        """Get music.

        The status of a job and, once it has completed, the music.

        | status | status_name | status_final | meaning |
        | --- | --- | --- | --- |
        | 0 | GENERATING | false | still being generated |
        | 10 | FAILED | true | the generation has failed |
        | 30 | COMPLETED | true | the music can be downloaded |

        Inferred: read a job every 10 seconds; no page names an interval.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            get_music.call(
                job_id,
            ),
            options,
        )

    def delete_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete music.

        Deletes the music of a job. Inferred: afterwards the job is unknown to every operation, and the links to its
        files no longer work.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return self._sender.send(
            delete_music.call(
                job_id,
            ),
            options,
        )

    def list_music(
        self,
        *,
        user_id: str | None = None,
        type_: MusicKind | str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> MusicPage:
        """List music.

        The songs or the instrumentals of an account, page by page; songs unless `type` says otherwise. Inferred:
        the newest come first, and running jobs are included.

        Args:
            user_id: None
            type_: Which kind of music to list: `song` for music with vocals, `instrumental` for instrumentals
                only. Inferred: empty counts as left out.
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            list_music.call(
                user_id=user_id,
                type_=type_,
                cursor=cursor,
            ),
            options,
        )

    def download_music(
        self,
        job_id: str,
        *,
        file_format: FileFormat | str | None = None,
        **options: Unpack[CallOptions],
    ) -> DownloadLink:
        """Download music.

        A link to the file of a completed job. The link expires. Inferred: it is fetched without the API token.

        Inferred: for some seconds after a job is COMPLETED this may still be a 404. Treat it as "not ready yet" and
        ask again.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            file_format: The format to download: `mp3`, `wav` in higher quality, or `stems`, a ZIP archive with
                vocals and instruments as separate files. Inferred: empty counts as left out.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            download_music.call(
                job_id,
                file_format=file_format,
            ),
            options,
        )

    def list_midi(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> MidiPage:
        """List MIDI files.

        The MIDI files uploaded to an account, page by page.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            list_midi.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def upload_midi(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> UploadedMidi:
        """Upload MIDI.

        Uploads a MIDI file that songs can be based on. The body is the file itself, not a form. The file can be
        used at once.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send(
            upload_midi.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    def delete_midi(
        self,
        midi_item_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete MIDI file.

        Deletes an uploaded MIDI file. Inferred: songs based on it stay.

        Args:
            midi_item_id: Id of a MIDI file. Inferred: made of the number of the API token, the account's id and
                an item id.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            delete_midi.call(
                midi_item_id,
            ),
            options,
        )

    def list_cloned_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ClonedVoicePage:
        """List cloned voices.

        The voices cloned on an account, page by page. Inferred: those still being cloned included.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            list_cloned_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def clone_voice(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> VoiceClone:
        """Clone voice.

        Clones a voice from a recording, for songs to be sung with. The body is the audio file itself, not a form.
        Inferred: the call waits for the cloning to finish, for up to 120 seconds.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send(
            clone_voice.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    def delete_cloned_voice(
        self,
        cloned_voice_item_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete cloned voice.

        Deletes a cloned voice. Inferred: songs that it has sung stay.

        Args:
            cloned_voice_item_id: Id of a cloned voice. Inferred: made of the number of the API token, the
                account's id and the `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            delete_cloned_voice.call(
                cloned_voice_item_id,
            ),
            options,
        )

    def list_artist_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ArtistVoicePage:
        """List artist voices.

        Predefined voices that can sing a song without a recording of your own, page by page. Inferred: the same for
        every account.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send(
            list_artist_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def split_stems(
        self,
        *,
        body: Payload,
        content_type: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> SplitStems:
        """Split stems.

        Splits an audio file into stems: vocals, drums, bass and so on. The body is the file itself, not a form.
        Inferred: the call waits until it is done; there is no job to read afterwards.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send(
            split_stems.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
            ),
            options,
        )

    def list_running_jobs(
        self,
        **options: Unpack[CallOptions],
    ) -> list[RunningJob]:
        """List running jobs.

        The jobs that are running. Inferred: of all accounts.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.

        """
        return self._sender.send(list_running_jobs.call(), options)

    def get_available_capacity(
        self,
        **options: Unpack[CallOptions],
    ) -> Capacity:
        """Get available capacity.

        The running jobs of all accounts, and how many more jobs each account can take.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.

        """
        return self._sender.send(get_available_capacity.call(), options)

    def cancel_job(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Cancel job.

        Stops tracking a running job. TemPolor still executes it; this API no longer tracks its progress. Inferred:
        its slot is free at once, no more callbacks are sent, and the music can be read later.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            Nothing.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        self._sender.send(
            cancel_job.call(
                job_id,
            ),
            options,
        )


class AsyncOperations:
    """The operations of the document."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_accounts(
        self,
        **options: Unpack[CallOptions],
    ) -> AccountMap:
        """List accounts.

        All configured accounts, keyed by their `user_id`.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(list_accounts.call(), options)

    async def create_account(
        self,
        *,
        body: AccountRequest,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Create or update account.

        Stores the `requestParams` of a TemPolor account, and how many jobs it may run at once. No other operation
        can be used before. Inferred: posting the same account again replaces what was stored.

        To find `requestParams`:

        1. In a Chromium-based browser, log in to TemPolor and open https://www.tempolor.com/account/profile. 2.
        Open the developer tools (F12), choose Network, then All or Fetch/XHR, and filter by `/getWebSelfUserInfo`.
        3. Reload the page and select the one request that is listed. 4. Under Payload, Request Payload, copy the
        value of `requestParams`.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send(
            create_account.call(
                body=body,
            ),
            options,
        )

    async def get_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Get account.

        One configured account.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            get_account.call(
                user_id,
            ),
            options,
        )

    async def delete_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete account.

        Deletes the configuration of an account from this API. Inferred: the TemPolor account itself is not touched.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            Nothing.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        await self._sender.send(
            delete_account.call(
                user_id,
            ),
            options,
        )

    async def create_song(
        self,
        *,
        body: SongRequest | SongForm,
        **options: Unpack[CallOptions],
    ) -> CreatedJobs:
        """Create song.

        Starts the generation of a song with vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions of the song.

        Inferred: TemPolor chooses the singer unless the request names a voice or a MIDI file.

        At most one of `artistVoiceItemId`, `clonedVoiceItemId` and `midiItemId` may be given. After a 429, wait at
        least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return await self._sender.send(
            create_song.call(
                body=body,
            ),
            options,
        )

    async def create_instrumental(
        self,
        *,
        body: InstrumentalRequest | InstrumentalForm,
        **options: Unpack[CallOptions],
    ) -> CreatedJobs:
        """Create instrumental.

        Starts the generation of music without vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions.

        Key, tempo and chords can be set. Inferred: the model chooses what is left out.

        After a 429, wait at least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return await self._sender.send(
            create_instrumental.call(
                body=body,
            ),
            options,
        )

    async def get_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> MusicItem:
        """Get music.

        The status of a job and, once it has completed, the music.

        | status | status_name | status_final | meaning |
        | --- | --- | --- | --- |
        | 0 | GENERATING | false | still being generated |
        | 10 | FAILED | true | the generation has failed |
        | 30 | COMPLETED | true | the music can be downloaded |

        Inferred: read a job every 10 seconds; no page names an interval.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            get_music.call(
                job_id,
            ),
            options,
        )

    async def delete_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete music.

        Deletes the music of a job. Inferred: afterwards the job is unknown to every operation, and the links to its
        files no longer work.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return await self._sender.send(
            delete_music.call(
                job_id,
            ),
            options,
        )

    async def list_music(
        self,
        *,
        user_id: str | None = None,
        type_: MusicKind | str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> MusicPage:
        """List music.

        The songs or the instrumentals of an account, page by page; songs unless `type` says otherwise. Inferred:
        the newest come first, and running jobs are included.

        Args:
            user_id: None
            type_: Which kind of music to list: `song` for music with vocals, `instrumental` for instrumentals
                only. Inferred: empty counts as left out.
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            list_music.call(
                user_id=user_id,
                type_=type_,
                cursor=cursor,
            ),
            options,
        )

    async def download_music(
        self,
        job_id: str,
        *,
        file_format: FileFormat | str | None = None,
        **options: Unpack[CallOptions],
    ) -> DownloadLink:
        """Download music.

        A link to the file of a completed job. The link expires. Inferred: it is fetched without the API token.

        Inferred: for some seconds after a job is COMPLETED this may still be a 404. Treat it as "not ready yet" and
        ask again.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            file_format: The format to download: `mp3`, `wav` in higher quality, or `stems`, a ZIP archive with
                vocals and instruments as separate files. Inferred: empty counts as left out.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            download_music.call(
                job_id,
                file_format=file_format,
            ),
            options,
        )

    async def list_midi(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> MidiPage:
        """List MIDI files.

        The MIDI files uploaded to an account, page by page.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            list_midi.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def upload_midi(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> UploadedMidi:
        """Upload MIDI.

        Uploads a MIDI file that songs can be based on. The body is the file itself, not a form. The file can be
        used at once.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send(
            upload_midi.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    async def delete_midi(
        self,
        midi_item_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete MIDI file.

        Deletes an uploaded MIDI file. Inferred: songs based on it stay.

        Args:
            midi_item_id: Id of a MIDI file. Inferred: made of the number of the API token, the account's id and
                an item id.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            delete_midi.call(
                midi_item_id,
            ),
            options,
        )

    async def list_cloned_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ClonedVoicePage:
        """List cloned voices.

        The voices cloned on an account, page by page. Inferred: those still being cloned included.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            list_cloned_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def clone_voice(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> VoiceClone:
        """Clone voice.

        Clones a voice from a recording, for songs to be sung with. The body is the audio file itself, not a form.
        Inferred: the call waits for the cloning to finish, for up to 120 seconds.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send(
            clone_voice.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    async def delete_cloned_voice(
        self,
        cloned_voice_item_id: str,
        **options: Unpack[CallOptions],
    ) -> DeleteResult:
        """Delete cloned voice.

        Deletes a cloned voice. Inferred: songs that it has sung stay.

        Args:
            cloned_voice_item_id: Id of a cloned voice. Inferred: made of the number of the API token, the
                account's id and the `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            delete_cloned_voice.call(
                cloned_voice_item_id,
            ),
            options,
        )

    async def list_artist_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ArtistVoicePage:
        """List artist voices.

        Predefined voices that can sing a song without a recording of your own, page by page. Inferred: the same for
        every account.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send(
            list_artist_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def split_stems(
        self,
        *,
        body: Payload,
        content_type: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> SplitStems:
        """Split stems.

        Splits an audio file into stems: vocals, drums, bass and so on. The body is the file itself, not a form.
        Inferred: the call waits until it is done; there is no job to read afterwards.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send(
            split_stems.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
            ),
            options,
        )

    async def list_running_jobs(
        self,
        **options: Unpack[CallOptions],
    ) -> list[RunningJob]:
        """List running jobs.

        The jobs that are running. Inferred: of all accounts.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.

        """
        return await self._sender.send(list_running_jobs.call(), options)

    async def get_available_capacity(
        self,
        **options: Unpack[CallOptions],
    ) -> Capacity:
        """Get available capacity.

        The running jobs of all accounts, and how many more jobs each account can take.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            What the service answered.

        Raises:
            AuthenticationError: 401.

        """
        return await self._sender.send(get_available_capacity.call(), options)

    async def cancel_job(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Cancel job.

        Stops tracking a running job. TemPolor still executes it; this API no longer tracks its progress. Inferred:
        its slot is free at once, no more callbacks are sent, and the music can be read later.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            Nothing.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        await self._sender.send(
            cancel_job.call(
                job_id,
            ),
            options,
        )


class RawOperations:
    """The operations of the document, with their whole answers."""

    def __init__(self, sender: RawSender) -> None:
        self._sender = sender

    def list_accounts(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[AccountMap]:
        """List accounts.

        All configured accounts, keyed by their `user_id`.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(list_accounts.call(), options)

    def create_account(
        self,
        *,
        body: AccountRequest,
        **options: Unpack[CallOptions],
    ) -> Answer[Account]:
        """Create or update account.

        Stores the `requestParams` of a TemPolor account, and how many jobs it may run at once. No other operation
        can be used before. Inferred: posting the same account again replaces what was stored.

        To find `requestParams`:

        1. In a Chromium-based browser, log in to TemPolor and open https://www.tempolor.com/account/profile. 2.
        Open the developer tools (F12), choose Network, then All or Fetch/XHR, and filter by `/getWebSelfUserInfo`.
        3. Reload the page and select the one request that is listed. 4. Under Payload, Request Payload, copy the
        value of `requestParams`.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            PayloadTooLargeError: 413.

        """
        return self._sender.send_raw(
            create_account.call(
                body=body,
            ),
            options,
        )

    def get_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[Account]:
        """Get account.

        One configured account.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            get_account.call(
                user_id,
            ),
            options,
        )

    def delete_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[None]:
        """Delete account.

        Deletes the configuration of an account from this API. Inferred: the TemPolor account itself is not touched.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return self._sender.send_raw(
            delete_account.call(
                user_id,
            ),
            options,
        )

    def create_song(
        self,
        *,
        body: SongRequest | SongForm,
        **options: Unpack[CallOptions],
    ) -> Answer[CreatedJobs]:
        """Create song.

        Starts the generation of a song with vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions of the song.

        Inferred: TemPolor chooses the singer unless the request names a voice or a MIDI file.

        At most one of `artistVoiceItemId`, `clonedVoiceItemId` and `midiItemId` may be given. After a 429, wait at
        least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return self._sender.send_raw(
            create_song.call(
                body=body,
            ),
            options,
        )

    def create_instrumental(
        self,
        *,
        body: InstrumentalRequest | InstrumentalForm,
        **options: Unpack[CallOptions],
    ) -> Answer[CreatedJobs]:
        """Create instrumental.

        Starts the generation of music without vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions.

        Key, tempo and chords can be set. Inferred: the model chooses what is left out.

        After a 429, wait at least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return self._sender.send_raw(
            create_instrumental.call(
                body=body,
            ),
            options,
        )

    def get_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[MusicItem]:
        """Get music.

        The status of a job and, once it has completed, the music.

        | status | status_name | status_final | meaning |
        | --- | --- | --- | --- |
        | 0 | GENERATING | false | still being generated |
        | 10 | FAILED | true | the generation has failed |
        | 30 | COMPLETED | true | the music can be downloaded |

        Inferred: read a job every 10 seconds; no page names an interval.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            get_music.call(
                job_id,
            ),
            options,
        )

    def delete_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete music.

        Deletes the music of a job. Inferred: afterwards the job is unknown to every operation, and the links to its
        files no longer work.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return self._sender.send_raw(
            delete_music.call(
                job_id,
            ),
            options,
        )

    def list_music(
        self,
        *,
        user_id: str | None = None,
        type_: MusicKind | str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[MusicPage]:
        """List music.

        The songs or the instrumentals of an account, page by page; songs unless `type` says otherwise. Inferred:
        the newest come first, and running jobs are included.

        Args:
            user_id: None
            type_: Which kind of music to list: `song` for music with vocals, `instrumental` for instrumentals
                only. Inferred: empty counts as left out.
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            list_music.call(
                user_id=user_id,
                type_=type_,
                cursor=cursor,
            ),
            options,
        )

    def download_music(
        self,
        job_id: str,
        *,
        file_format: FileFormat | str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[DownloadLink]:
        """Download music.

        A link to the file of a completed job. The link expires. Inferred: it is fetched without the API token.

        Inferred: for some seconds after a job is COMPLETED this may still be a 404. Treat it as "not ready yet" and
        ask again.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            file_format: The format to download: `mp3`, `wav` in higher quality, or `stems`, a ZIP archive with
                vocals and instruments as separate files. Inferred: empty counts as left out.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            download_music.call(
                job_id,
                file_format=file_format,
            ),
            options,
        )

    def list_midi(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[MidiPage]:
        """List MIDI files.

        The MIDI files uploaded to an account, page by page.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            list_midi.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def upload_midi(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[UploadedMidi]:
        """Upload MIDI.

        Uploads a MIDI file that songs can be based on. The body is the file itself, not a form. The file can be
        used at once.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send_raw(
            upload_midi.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    def delete_midi(
        self,
        midi_item_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete MIDI file.

        Deletes an uploaded MIDI file. Inferred: songs based on it stay.

        Args:
            midi_item_id: Id of a MIDI file. Inferred: made of the number of the API token, the account's id and
                an item id.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            delete_midi.call(
                midi_item_id,
            ),
            options,
        )

    def list_cloned_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[ClonedVoicePage]:
        """List cloned voices.

        The voices cloned on an account, page by page. Inferred: those still being cloned included.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            list_cloned_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def clone_voice(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[VoiceClone]:
        """Clone voice.

        Clones a voice from a recording, for songs to be sung with. The body is the audio file itself, not a form.
        Inferred: the call waits for the cloning to finish, for up to 120 seconds.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send_raw(
            clone_voice.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    def delete_cloned_voice(
        self,
        cloned_voice_item_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete cloned voice.

        Deletes a cloned voice. Inferred: songs that it has sung stay.

        Args:
            cloned_voice_item_id: Id of a cloned voice. Inferred: made of the number of the API token, the
                account's id and the `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            delete_cloned_voice.call(
                cloned_voice_item_id,
            ),
            options,
        )

    def list_artist_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[ArtistVoicePage]:
        """List artist voices.

        Predefined voices that can sing a song without a recording of your own, page by page. Inferred: the same for
        every account.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return self._sender.send_raw(
            list_artist_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    def split_stems(
        self,
        *,
        body: Payload,
        content_type: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[SplitStems]:
        """Split stems.

        Splits an audio file into stems: vocals, drums, bass and so on. The body is the file itself, not a form.
        Inferred: the call waits until it is done; there is no job to read afterwards.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return self._sender.send_raw(
            split_stems.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
            ),
            options,
        )

    def list_running_jobs(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[list[RunningJob]]:
        """List running jobs.

        The jobs that are running. Inferred: of all accounts.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.

        """
        return self._sender.send_raw(list_running_jobs.call(), options)

    def get_available_capacity(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[Capacity]:
        """Get available capacity.

        The running jobs of all accounts, and how many more jobs each account can take.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.

        """
        return self._sender.send_raw(get_available_capacity.call(), options)

    def cancel_job(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[None]:
        """Cancel job.

        Stops tracking a running job. TemPolor still executes it; this API no longer tracks its progress. Inferred:
        its slot is free at once, no more callbacks are sent, and the music can be read later.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return self._sender.send_raw(
            cancel_job.call(
                job_id,
            ),
            options,
        )


class AsyncRawOperations:
    """The operations of the document, with their whole answers."""

    def __init__(self, sender: AsyncRawSender) -> None:
        self._sender = sender

    async def list_accounts(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[AccountMap]:
        """List accounts.

        All configured accounts, keyed by their `user_id`.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(list_accounts.call(), options)

    async def create_account(
        self,
        *,
        body: AccountRequest,
        **options: Unpack[CallOptions],
    ) -> Answer[Account]:
        """Create or update account.

        Stores the `requestParams` of a TemPolor account, and how many jobs it may run at once. No other operation
        can be used before. Inferred: posting the same account again replaces what was stored.

        To find `requestParams`:

        1. In a Chromium-based browser, log in to TemPolor and open https://www.tempolor.com/account/profile. 2.
        Open the developer tools (F12), choose Network, then All or Fetch/XHR, and filter by `/getWebSelfUserInfo`.
        3. Reload the page and select the one request that is listed. 4. Under Payload, Request Payload, copy the
        value of `requestParams`.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send_raw(
            create_account.call(
                body=body,
            ),
            options,
        )

    async def get_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[Account]:
        """Get account.

        One configured account.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            get_account.call(
                user_id,
            ),
            options,
        )

    async def delete_account(
        self,
        user_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[None]:
        """Delete account.

        Deletes the configuration of an account from this API. Inferred: the TemPolor account itself is not touched.

        Args:
            user_id: Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return await self._sender.send_raw(
            delete_account.call(
                user_id,
            ),
            options,
        )

    async def create_song(
        self,
        *,
        body: SongRequest | SongForm,
        **options: Unpack[CallOptions],
    ) -> Answer[CreatedJobs]:
        """Create song.

        Starts the generation of a song with vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions of the song.

        Inferred: TemPolor chooses the singer unless the request names a voice or a MIDI file.

        At most one of `artistVoiceItemId`, `clonedVoiceItemId` and `midiItemId` may be given. After a 429, wait at
        least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return await self._sender.send_raw(
            create_song.call(
                body=body,
            ),
            options,
        )

    async def create_instrumental(
        self,
        *,
        body: InstrumentalRequest | InstrumentalForm,
        **options: Unpack[CallOptions],
    ) -> Answer[CreatedJobs]:
        """Create instrumental.

        Starts the generation of music without vocals and answers with the ids of its jobs. Inferred: usually two
        jobs, which make two versions.

        Key, tempo and chords can be set. Inferred: the model chooses what is left out.

        After a 429, wait at least 30 seconds before each new try.

        Args:
            body: What to send.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            SubscriptionRequiredError: 402.
            NotFoundError: 404.
            PayloadTooLargeError: 413.
            BusyError: 429.

        """
        return await self._sender.send_raw(
            create_instrumental.call(
                body=body,
            ),
            options,
        )

    async def get_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[MusicItem]:
        """Get music.

        The status of a job and, once it has completed, the music.

        | status | status_name | status_final | meaning |
        | --- | --- | --- | --- |
        | 0 | GENERATING | false | still being generated |
        | 10 | FAILED | true | the generation has failed |
        | 30 | COMPLETED | true | the music can be downloaded |

        Inferred: read a job every 10 seconds; no page names an interval.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            get_music.call(
                job_id,
            ),
            options,
        )

    async def delete_music(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete music.

        Deletes the music of a job. Inferred: afterwards the job is unknown to every operation, and the links to its
        files no longer work.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return await self._sender.send_raw(
            delete_music.call(
                job_id,
            ),
            options,
        )

    async def list_music(
        self,
        *,
        user_id: str | None = None,
        type_: MusicKind | str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[MusicPage]:
        """List music.

        The songs or the instrumentals of an account, page by page; songs unless `type` says otherwise. Inferred:
        the newest come first, and running jobs are included.

        Args:
            user_id: None
            type_: Which kind of music to list: `song` for music with vocals, `instrumental` for instrumentals
                only. Inferred: empty counts as left out.
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            list_music.call(
                user_id=user_id,
                type_=type_,
                cursor=cursor,
            ),
            options,
        )

    async def download_music(
        self,
        job_id: str,
        *,
        file_format: FileFormat | str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[DownloadLink]:
        """Download music.

        A link to the file of a completed job. The link expires. Inferred: it is fetched without the API token.

        Inferred: for some seconds after a job is COMPLETED this may still be a 404. Treat it as "not ready yet" and
        ask again.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            file_format: The format to download: `mp3`, `wav` in higher quality, or `stems`, a ZIP archive with
                vocals and instruments as separate files. Inferred: empty counts as left out.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            download_music.call(
                job_id,
                file_format=file_format,
            ),
            options,
        )

    async def list_midi(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[MidiPage]:
        """List MIDI files.

        The MIDI files uploaded to an account, page by page.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            list_midi.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def upload_midi(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[UploadedMidi]:
        """Upload MIDI.

        Uploads a MIDI file that songs can be based on. The body is the file itself, not a form. The file can be
        used at once.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send_raw(
            upload_midi.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    async def delete_midi(
        self,
        midi_item_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete MIDI file.

        Deletes an uploaded MIDI file. Inferred: songs based on it stay.

        Args:
            midi_item_id: Id of a MIDI file. Inferred: made of the number of the API token, the account's id and
                an item id.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            delete_midi.call(
                midi_item_id,
            ),
            options,
        )

    async def list_cloned_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[ClonedVoicePage]:
        """List cloned voices.

        The voices cloned on an account, page by page. Inferred: those still being cloned included.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            list_cloned_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def clone_voice(
        self,
        *,
        body: Payload,
        content_type: str,
        name: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[VoiceClone]:
        """Clone voice.

        Clones a voice from a recording, for songs to be sung with. The body is the audio file itself, not a form.
        Inferred: the call waits for the cloning to finish, for up to 120 seconds.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            name: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send_raw(
            clone_voice.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
                name=name,
            ),
            options,
        )

    async def delete_cloned_voice(
        self,
        cloned_voice_item_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[DeleteResult]:
        """Delete cloned voice.

        Deletes a cloned voice. Inferred: songs that it has sung stay.

        Args:
            cloned_voice_item_id: Id of a cloned voice. Inferred: made of the number of the API token, the
                account's id and the `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            delete_cloned_voice.call(
                cloned_voice_item_id,
            ),
            options,
        )

    async def list_artist_voices(
        self,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[ArtistVoicePage]:
        """List artist voices.

        Predefined voices that can sing a song without a recording of your own, page by page. Inferred: the same for
        every account.

        Args:
            user_id: None
            cursor: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.

        """
        return await self._sender.send_raw(
            list_artist_voices.call(
                user_id=user_id,
                cursor=cursor,
            ),
            options,
        )

    async def split_stems(
        self,
        *,
        body: Payload,
        content_type: str,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[SplitStems]:
        """Split stems.

        Splits an audio file into stems: vocals, drums, bass and so on. The body is the file itself, not a form.
        Inferred: the call waits until it is done; there is no job to read afterwards.

        Args:
            body: The bytes to send, opened anew for each attempt.
            content_type: Their media type.
            user_id: None
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            PayloadTooLargeError: 413.

        """
        return await self._sender.send_raw(
            split_stems.call(
                body=body,
                content_type=content_type,
                user_id=user_id,
            ),
            options,
        )

    async def list_running_jobs(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[list[RunningJob]]:
        """List running jobs.

        The jobs that are running. Inferred: of all accounts.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.

        """
        return await self._sender.send_raw(list_running_jobs.call(), options)

    async def get_available_capacity(
        self,
        **options: Unpack[CallOptions],
    ) -> Answer[Capacity]:
        """Get available capacity.

        The running jobs of all accounts, and how many more jobs each account can take.

        Args:
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            AuthenticationError: 401.

        """
        return await self._sender.send_raw(get_available_capacity.call(), options)

    async def cancel_job(
        self,
        job_id: str,
        **options: Unpack[CallOptions],
    ) -> Answer[None]:
        """Cancel job.

        Stops tracking a running job. TemPolor still executes it; this API no longer tracks its progress. Inferred:
        its slot is free at once, no more callbacks are sent, and the music can be read later.

        Args:
            job_id: Id of a job. Inferred: made of the number of the API token, the account's id and the
                `itemId`.
            **options: A timeout, more headers and the like for this call; see `CallOptions`.

        Returns:
            The whole answer; its `parsed` is the result.

        Raises:
            BadRequestError: 400.
            AuthenticationError: 401.
            NotFoundError: 404.
            MethodNotAllowedError: 405.

        """
        return await self._sender.send_raw(
            cancel_job.call(
                job_id,
            ),
            options,
        )
