"""The objects of the document."""

from .account import Account
from .account_capacity import AccountCapacity
from .account_map import AccountMap
from .account_request import AccountRequest
from .artist_voice import ArtistVoice
from .artist_voice_page import ArtistVoicePage
from .busy_error import BusyError
from .busy_error_running_jobs import BusyErrorRunningJobs
from .busy_job import BusyJob
from .capacity import Capacity
from .cloned_voice import ClonedVoice
from .cloned_voice_page import ClonedVoicePage
from .created_jobs import CreatedJobs
from .delete_result import DeleteResult
from .download_link import DownloadLink
from .error_response import ErrorResponse
from .file_format import FileFormat
from .generation_details import GenerationDetails
from .instrumental_form import InstrumentalForm
from .instrumental_model import InstrumentalModel
from .instrumental_request import InstrumentalRequest
from .midi_file import MidiFile
from .midi_page import MidiPage
from .music_item import MusicItem
from .music_kind import MusicKind
from .music_material import MusicMaterial
from .music_page import MusicPage
from .progress_report import ProgressReport
from .request_params import RequestParams
from .running_job import RunningJob
from .song_form import SongForm
from .song_model import SongModel
from .song_request import SongRequest
from .split_stems import SplitStems
from .tonality import Tonality
from .uploaded_midi import UploadedMidi
from .voice_clone import VoiceClone

__all__ = (
    "Account",
    "AccountCapacity",
    "AccountMap",
    "AccountRequest",
    "ArtistVoice",
    "ArtistVoicePage",
    "BusyError",
    "BusyErrorRunningJobs",
    "BusyJob",
    "Capacity",
    "ClonedVoice",
    "ClonedVoicePage",
    "CreatedJobs",
    "DeleteResult",
    "DownloadLink",
    "ErrorResponse",
    "FileFormat",
    "GenerationDetails",
    "InstrumentalForm",
    "InstrumentalModel",
    "InstrumentalRequest",
    "MidiFile",
    "MidiPage",
    "MusicItem",
    "MusicKind",
    "MusicMaterial",
    "MusicPage",
    "ProgressReport",
    "RequestParams",
    "RunningJob",
    "SongForm",
    "SongModel",
    "SongRequest",
    "SplitStems",
    "Tonality",
    "UploadedMidi",
    "VoiceClone",
)
