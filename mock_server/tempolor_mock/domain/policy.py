"""What a mock's user may choose about the behaviour of its worlds."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

Quantiles = tuple[float, ...]
"""A distribution: its values at evenly spaced quantiles, lowest first. Two are the ends of a range, one is certain."""

ACCOUNT_BUSY = "Account is busy executing {count} jobs"
UPSTREAM_BUSY = "please wait for current Generations to finish or upgrade your plan"
"""What the pages print beside a 429: of the service's own, and of TemPolor's."""

JOBS_PER_REQUEST = {"2025-05": 2, "2026-03": 2, "2026-08": 1}
"""How many jobs one song or instrumental request starts, by revision of the document."""

NEWEST_MODEL_ONLY = frozenset({"2026-08"})
"""The revisions that take the names of older models and make the music with the newest one."""


MOST_MUSIC_SECONDS = 300
"""As long as the longest piece any model makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a world behaves where the service leaves room.

    `job_seconds` and `download_lag_seconds` are distributions in virtual seconds; each job draws its own value, seeded.
    `job_seconds_of` has those of one operation's kind, or of one model of it: kind, model or "", distribution.
    `progress` has the steps that jobs show on the way: per cent, and at which share of its seconds a job gets there;
    without them, the usual ones.
    `callback_spacing_seconds` is the time between two callbacks of a job; without it, each step is told.
    A callback to `replyUrl` that failed is tried again after each of `callback_backoff_seconds`, then given up.
    `total_generations` and `total_music_seconds` are the subscription's quota, which answers count down; with no
    generations left, requests for music are refused. Pieces last so many whole `music_seconds` (a range), at most as
    many as their model makes (None: as many as it makes). `fail_rate` is the share of jobs that fail, seeded. With
    `ready_after_polls` it is not time that moves a job but each reading of it alone, and that many readings end it.
    A world keeps at most `world_bytes` of uploads and accounts.
    """

    seed: int = 0
    revision: str = "2025-05"
    job_seconds: Quantiles = (15.0, 25.0)
    job_seconds_of: tuple[tuple[str, str, Quantiles], ...] = ()
    progress: tuple[tuple[int, Quantiles], ...] = ()
    download_lag_seconds: Quantiles = (2.0, 4.0)
    jobs_per_request: int = field(default=0)
    clone_seconds: Quantiles = (2.0, 4.0)
    split_seconds: Quantiles = (1.0, 2.0)
    callback_spacing_seconds: Quantiles = ()
    callback_backoff_seconds: tuple[float, ...] = (1.0, 5.0, 30.0)
    link_seconds: int = 3600
    page_size: int = 20
    total_generations: int = 3000
    total_music_seconds: int = 540_000
    fail_rate: float = 0.0
    account_busy_text: str = ACCOUNT_BUSY
    upstream_busy_text: str = UPSTREAM_BUSY
    ready_after_polls: int = 0
    music_seconds: tuple[int, int] | None = None
    world_bytes: int = 256 << 20

    def __post_init__(self) -> None:
        """Let the revision decide how many jobs a request starts, unless the user did; ValueError for no length."""
        if not self.jobs_per_request:
            object.__setattr__(self, "jobs_per_request", JOBS_PER_REQUEST[self.revision])
        if self.music_seconds is not None and not _is_length(self.music_seconds):
            raise ValueError(f"music_seconds are whole numbers from 1 to {MOST_MUSIC_SECONDS}, lowest first")

    def seconds_of(self, kind: str, model: str) -> Quantiles:
        """Return how long jobs of a kind and model generate."""
        known = {(each[0], each[1]): each[2] for each in self.job_seconds_of}
        return known.get((kind, model)) or known.get((kind, "")) or self.job_seconds

    def with_changes(self, **changes: Any) -> Self:
        """Return the same policy with some values replaced."""
        return replace(self, **changes)


def _is_length(given: Any) -> bool:
    match given:
        case (int(low), int(high)):
            return 1 <= low <= high <= MOST_MUSIC_SECONDS
    return False
