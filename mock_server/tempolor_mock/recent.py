"""Encoded items that were shown lately.

A client polls a job many times between two steps of its plan and gets the same bytes each time; making and encoding
them is a third of what a poll costs.
"""

import threading
from collections import OrderedDict

import orjson

from .domain.jobs import Job
from .domain.world import World
from .exchange import Encoded
from .shapes import music_item

_MOST = 2048

_Key = tuple[int, int, str]


class _Recent(threading.local):
    """What was shown: a mock on another thread, such as another one of a test run, has its own."""

    def __init__(self) -> None:
        self.shown: OrderedDict[_Key, tuple[Job, Encoded]] = OrderedDict()


_recent = _Recent()


def encoded_item(job: Job, world: World, base_url: str) -> Encoded:
    """Return `music_item(job, world, base_url)` as JSON.

    A job is an immutable record, replaced whenever anything about it changes: the same object at the same step shows
    the same item. The object is kept beside its item, so that its id cannot become another one's.
    """
    shown = _recent.shown
    key = (id(job), job.step(world.now_ms).age_ms, base_url)
    found = shown.get(key)
    if found is not None and found[0] is job:
        shown.move_to_end(key)
        return found[1]
    encoded = Encoded(orjson.dumps(music_item(job, world, base_url)))
    shown[key] = (job, encoded)
    if len(shown) > _MOST:
        shown.popitem(last=False)
    return encoded
