"""What can be said for a single call."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

if TYPE_CHECKING:
    from ._generated.models import InstrumentalModel, SongModel, Tonality
    from .settings import BusyNotice


class TimeoutParts(Protocol):
    """A timeout in its parts, such as an `httpx2.Timeout`: seconds each, None for no limit."""

    @property
    def connect(self) -> float | None:
        """For the connection."""
        ...

    @property
    def read(self) -> float | None:
        """For each time more bytes are waited for."""
        ...

    @property
    def write(self) -> float | None:
        """For each time bytes are sent."""
        ...

    @property
    def pool(self) -> float | None:
        """For a free connection."""
        ...


class CallOptions(TypedDict, total=False):
    """Options of one call, each in place of the client's own."""

    timeout: float | TimeoutParts
    """Seconds to wait for each step of the answer, the connection and each time for more bytes; or each apart."""
    headers: Mapping[str, str]
    """More headers to send, winning over the client's."""
    max_retries: int
    """How often to try again after a failure that allows it."""
    busy_timeout: float
    """How many seconds to go on waiting for room on a 429 in all; 0 raises at once."""


class ClientOptions(CallOptions, total=False):
    """What `with_options` changes."""

    token: str
    """The API token."""
    base_url: str
    """Address of the service or the mock."""
    on_busy: Callable[[BusyNotice], Any] | None
    """Called before each wait for a slot."""


class SongFields(CallOptions, total=False):
    """What `songs.create` takes besides the prompt."""

    lyrics: str | None
    model: SongModel | str | None
    artist_voice_id: str | None
    cloned_voice_id: str | None
    midi_id: str | None
    user_id: str | None
    max_jobs: int | None
    reply_url: str | None
    reply_ref: str | None
    extra: Mapping[str, Any] | None


class InstrumentalFields(CallOptions, total=False):
    """What `instrumentals.create` takes besides the prompt."""

    model: InstrumentalModel | str | None
    tonality: Tonality | str | None
    bpm: int | None
    chords: str | None
    user_id: str | None
    max_jobs: int | None
    reply_url: str | None
    reply_ref: str | None
    extra: Mapping[str, Any] | None


def refuse_unknown(options: Mapping[str, Any], called: str | Callable[..., Any], *, known: type = CallOptions) -> None:
    """Refuse options that no call has, before anything is sent: a misspelt field would order another song.

    Args:
        options: What was given.
        called: What was called, for its name and the names it knows.
        known: The options there are.

    Raises:
        TypeError: One of them is unknown.

    """
    unknown = sorted(options.keys() - known.__annotations__.keys())
    if not unknown:
        return
    name = unknown[0]
    names = {*known.__annotations__, *([] if isinstance(called, str) else inspect.signature(called).parameters)}
    close = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    extra = " Fields this package does not know go into extra={...}." if "extra" in names else ""
    where = called if isinstance(called, str) else called.__name__
    raise TypeError(f"{where}() got an unexpected keyword argument {name!r}{hint}{extra}")
