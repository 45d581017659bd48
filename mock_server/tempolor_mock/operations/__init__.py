"""The documented operations: one function each, named by its operationId.

They are thin: read the call, run one domain function in the caller's world, shape the answer. A plain function is one
transaction on that world; a coroutine waits for something, and runs its transactions itself.
"""

from .accounts import create_account, delete_account, get_account, list_accounts
from .midi import delete_midi, list_midi, upload_midi
from .music import create_instrumental, create_song, delete_music, download_music, get_music, list_music
from .scheduler import cancel_job, get_available_capacity, list_running_jobs
from .stems import split_stems
from .voices import clone_voice, delete_cloned_voice, list_artist_voices, list_cloned_voices

__all__ = [
    "cancel_job",
    "clone_voice",
    "create_account",
    "create_instrumental",
    "create_song",
    "delete_account",
    "delete_cloned_voice",
    "delete_midi",
    "delete_music",
    "download_music",
    "get_account",
    "get_available_capacity",
    "get_music",
    "list_accounts",
    "list_artist_voices",
    "list_cloned_voices",
    "list_midi",
    "list_music",
    "list_running_jobs",
    "split_stems",
    "upload_midi",
]
