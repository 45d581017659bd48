"""What a mock's user may choose about the behaviour of its worlds."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

Range = tuple[float, float]
"""Inclusive bounds, lowest first."""

JOBS_PER_REQUEST = {"2025-05": 2, "2026-03": 2, "2026-08": 1}
"""How many jobs one song or instrumental request starts, by revision of the document."""

NEWEST_MODEL_ONLY = frozenset({"2026-08"})
"""The revisions that take the names of older models and make the music with the newest one."""


MOST_MUSIC_SECONDS = 300
"""As long as the longest piece any model makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a world behaves where the service leaves room.

    `job_seconds` and `download_lag_seconds` are ranges in virtual seconds; each job draws its own value, seeded.
    A callback to `replyUrl` that failed is tried again after each of `callback_backoff_seconds`, then given up.
    `total_generations` and `total_music_seconds` are the subscription's quota, which answers count down; with no
    generations left, requests for music are refused. Pieces last so many whole `music_seconds` (a range), at most as
    many as their model makes (None: as many as it makes). `fail_rate` is the share of jobs that fail, seeded. With
    `ready_after_polls` it is not time that moves a job but each reading of it alone, and that many readings end it.
    A world keeps at most `world_bytes` of uploads and accounts.
    """

    seed: int = 0
    revision: str = "2025-05"
    job_seconds: Range = (15.0, 25.0)
    download_lag_seconds: Range = (2.0, 4.0)
    jobs_per_request: int = field(default=0)
    clone_seconds: Range = (2.0, 4.0)
    split_seconds: Range = (1.0, 2.0)
    callback_backoff_seconds: tuple[float, ...] = (1.0, 5.0, 30.0)
    link_seconds: int = 3600
    page_size: int = 20
    total_generations: int = 3000
    total_music_seconds: int = 540_000
    fail_rate: float = 0.0
    ready_after_polls: int = 0
    music_seconds: tuple[int, int] | None = None
    world_bytes: int = 256 << 20

    def __post_init__(self) -> None:
        """Let the revision decide how many jobs a request starts, unless the user did; ValueError for no length."""
        if not self.jobs_per_request:
            object.__setattr__(self, "jobs_per_request", JOBS_PER_REQUEST[self.revision])
        if self.music_seconds is not None and not _is_length(self.music_seconds):
            raise ValueError(f"music_seconds are whole numbers from 1 to {MOST_MUSIC_SECONDS}, lowest first")

    def with_changes(self, **changes: Any) -> Self:
        """Return the same policy with some values replaced."""
        return replace(self, **changes)


def _is_length(given: Any) -> bool:
    match given:
        case (int(low), int(high)):
            return 1 <= low <= high <= MOST_MUSIC_SECONDS
    return False
