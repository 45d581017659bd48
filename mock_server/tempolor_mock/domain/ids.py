"""Bearer tokens and the composite ids that carry their owner.

Source: the ids and tokens in the samples of the published pages; shapes as read in `spec/DECISIONS.md`.
"""

import hashlib
import re
from typing import Literal, Self

from . import errors
from .records import Record

IdKind = Literal["job", "voice", "midi"]

_TOKEN = re.compile(r"user:([0-9]{1,18})-([\x21-\x7e]{1,200})")
_COMPOSITE = re.compile(r"user:([0-9]+)-tempolor:([^:/]+)-(job|voice|midi):([^:/]+)")


class Token(Record, frozen=True):
    """An API token `user:<number>-<text>`: it names a user of the service and, here, a world."""

    number: str
    text: str

    @classmethod
    def parse(cls, value: str) -> Self | None:
        """Return the token written in `value`, or None where it has another shape."""
        match = _TOKEN.fullmatch(value)
        return cls(match[1], match[2]) if match else None

    @property
    def handle(self) -> str:
        """A short public name of the token's world, for links to files: it does not give the token away."""
        return hashlib.blake2b(str(self).encode(), digest_size=9).hexdigest()

    def __str__(self) -> str:
        """Return the token as the client sends it."""
        return f"user:{self.number}-{self.text}"


class CompositeId(Record, frozen=True):
    """An id such as `user:12345-tempolor:678-job:abc`: owner, account, kind and item in one."""

    number: str
    user_id: str
    kind: IdKind
    item_id: str

    @classmethod
    def parse(cls, value: str, kind: IdKind, *, name: str) -> Self:
        """Return the id written in `value`.

        Raises a 400 naming the parameter `name` where the shape or the kind is another one.
        """
        match = _COMPOSITE.fullmatch(value)
        if match is None or match[3] != kind:
            raise errors.incorrect_format(name)
        return cls(match[1], match[2], kind, match[4])

    def __str__(self) -> str:
        """Return the id as the service prints it."""
        return f"user:{self.number}-tempolor:{self.user_id}-{self.kind}:{self.item_id}"


def blob_name(composite: CompositeId) -> str:
    """Return the name under which a world keeps the bytes that belong to an id."""
    return f"{composite.kind}/{composite.item_id}"


def seeded_number(*parts: object, bits: int = 64) -> int:
    """Return a number that depends on nothing but `parts`: the same seed and calls give the same ids."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=bits // 8).digest())


def item_id(*parts: object) -> str:
    """Return a 15-digit hexadecimal id, as long as those in the samples."""
    return f"{seeded_number(*parts):016x}"[:15]
