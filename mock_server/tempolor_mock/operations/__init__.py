"""The documented operations: one function each, named by its operationId.

They are thin: read the call, run one domain function in the caller's world, shape the answer.
"""

from .accounts import create_account, delete_account, get_account, list_accounts
from .music import create_instrumental, create_song, delete_music, download_music, get_music, list_music
from .scheduler import cancel_job, get_available_capacity, list_running_jobs

__all__ = [
    "cancel_job",
    "create_account",
    "create_instrumental",
    "create_song",
    "delete_account",
    "delete_music",
    "download_music",
    "get_account",
    "get_available_capacity",
    "get_music",
    "list_accounts",
    "list_music",
    "list_running_jobs",
]
