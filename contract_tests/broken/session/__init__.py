"""What somebody does who tries the API out: all that an app needs, and what its tests ask, step by step."""

from typing import Final

from .trouble import (
    full,
    gone,
    lost_callbacks,
    others,
    races,
    refused,
    unknown,
    wrong_orders,
    wrong_paths,
    wrong_tokens,
)
from .visitor import Step, Visitor
from .work import accounts, files, links, lists, orders, songs_of_sources, uploads, watched

_STEPS: Final[tuple[Step, ...]] = (
    accounts,
    uploads,
    orders,
    watched,
    files,
    lost_callbacks,
    songs_of_sources,
    lists,
    wrong_orders,
    wrong_paths,
    wrong_tokens,
    refused,
    unknown,
    full,
    races,
    others,
    links,
    gone,
)


def play(visitor: Visitor) -> None:
    """Take all steps; one that fails does not end it."""
    for step in _STEPS:
        visitor.attempt(step, visitor)
