"""Facts of the service: its names and addresses, and those of whatever imitates it."""

from typing import Final
from urllib.parse import urlsplit

LIVE_HOST: Final = "useapi.net"
"""The vendor's domain. Requests to it may cost money."""

LIVE_ORIGIN: Final = f"https://api.{LIVE_HOST}"
"""Where the vendor's own service is."""

BASE_PATH: Final = "/v1/tempolor"
"""Where the live service, and whatever imitates it, has its paths."""

CONTROL_PATH: Final = "/_mock"
"""Where a mock has its control plane, which is no part of the API."""

PAGES: Final = f"https://{LIVE_HOST}/docs/api-tempolor-v1/"
"""Where the vendor's pages are; a rule's `page` is the rest of the address."""


ORDERS: Final = frozenset({"create_song", "create_instrumental"})
"""The operations that start jobs."""

UPLOADS: Final = frozenset({"upload_midi", "clone_voice", "split_stems"})
"""The operations that take a file."""

SOUND_TYPES: Final = tuple(f"audio/{each}" for each in ("mp4", "x-m4a", "mpeg", "wav", "wave", "flac", "x-flac"))
"""The media types of sound that the pages list for voices and stems."""

LISTS: Final = frozenset({"list_music", "list_midi", "list_cloned_voices", "list_artist_voices"})
"""The operations whose answers have pages."""


LISTINGS: Final = frozenset({"list_running_jobs", "get_available_capacity"})
"""The operations that tell which jobs run."""

FIXED_NAMES: Final = frozenset(
    {"song", "instrumental", "midi", "cloned-voices", "artist-voices", "stems-splitter", "available"}
)
"""The names that stand in paths where an id could (D-24)."""

SOURCES: Final = ("artistVoiceItemId", "clonedVoiceItemId", "midiItemId")
"""The fields of an order that name what is sung or built on: at most one of them."""


def is_live(url: str) -> bool:
    """Whether a URL leads to the vendor's own service."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    return host == LIVE_HOST or host.endswith(f".{LIVE_HOST}")


def is_control(path: str) -> bool:
    """Whether a path leads to a mock's control plane."""
    return f"{path}/".startswith(f"{CONTROL_PATH}/")
