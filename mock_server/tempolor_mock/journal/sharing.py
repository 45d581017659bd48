"""Room for everybody: a journal is bounded in bytes over all worlds.

When it is full, the worlds that take most are cut down to an equal share, oldest entries first, so that a busy world
costs a quiet one nothing.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

KEPT_SHARE = 7 / 8
"""Down to which part of the limit a full journal is cut: cutting has a cost that many requests should share."""

World = TypeVar("World")


def cuts(sizes: Mapping[World, int], limit: int) -> Iterator[tuple[World, int]]:
    """Yield the worlds that have to give something up, and down to how many bytes at least, largest first.

    `sizes` are what each takes. Nothing is yielded while all of them fit.
    """
    surplus = sum(sizes.values()) - int(limit * KEPT_SHARE)
    if sum(sizes.values()) <= limit:
        return
    share = int(limit * KEPT_SHARE) // sum(size > 0 for size in sizes.values())
    for world in sorted(sizes, key=sizes.__getitem__, reverse=True):
        given_up = min(surplus, sizes[world] - share)
        if given_up <= 0:
            return
        surplus -= given_up
        yield world, sizes[world] - given_up
