"""Whether a difference between two documents breaks clients of the old one: the levels of oasdiff's checks.

A client breaks if what it sends is refused from now on, or if what it gets is not what it was promised. It may break
where it cannot know: on a value that it has never seen, on a field that it may do without, on another text or default,
and on a bound or pattern that may have been there before it was written down.
"""

from typing import Final

from .findings import Kind, Where

BREAKS: Final = "breaks clients"
MAY_BREAK: Final = "may break clients"
FINE: Final = ""
_RANK: Final = (FINE, MAY_BREAK, BREAKS)

_OF_REQUESTS: Final = {
    Kind.GONE_PARAMETER: MAY_BREAK,
    Kind.GONE_FIELD: MAY_BREAK,
    Kind.GONE_VALUE: BREAKS,
    Kind.GONE_MEDIA_TYPE: BREAKS,
    Kind.REQUIRED: BREAKS,
    Kind.NARROWED: BREAKS,
    Kind.NOT_NULL: BREAKS,
    Kind.DEFAULT: BREAKS,
}
_OF_ANSWERS: Final = {
    Kind.GONE_FIELD: MAY_BREAK,
    Kind.GONE_HEADER: MAY_BREAK,
    Kind.GONE_MEDIA_TYPE: BREAKS,
    Kind.GONE_TEXT: MAY_BREAK,
    Kind.VALUE: MAY_BREAK,
    Kind.TYPE: BREAKS,
    Kind.NULL: BREAKS,
    Kind.LIMIT: BREAKS,
    Kind.MISSING: BREAKS,
}


def breaks(kind: Kind, where: Where, *, was_promised: bool = False, is_mild: bool = False) -> str:
    """Return what a difference does to clients.

    `was_promised`: what is gone was required, or a success; `is_mild`: nobody knows whether the service had it before.
    """
    told = _told(kind, where, was_promised=was_promised)
    return MAY_BREAK if told == BREAKS and is_mild else told


def _told(kind: Kind, where: Where, *, was_promised: bool) -> str:
    if kind is Kind.GONE_OPERATION or (was_promised and kind in {Kind.GONE_FIELD, Kind.GONE_STATUS, Kind.GONE_HEADER}):
        return BREAKS
    return (_OF_REQUESTS if where is Where.REQUEST else _OF_ANSWERS).get(kind, FINE)


def worst(*told: str) -> str:
    """Return the worst of some."""
    return max(told, key=_RANK.index)
