"""What a world's records are made of.

A mock makes thousands of records a second and keeps hundreds of thousands. msgspec's structs are made, compared and
replaced several times as fast as frozen dataclasses; stores write them as they are. Records have no cycles, so the
garbage collector need not look at them.
"""

import msgspec
from msgspec.structs import replace

__all__ = ["Record", "replace"]


class Record(msgspec.Struct, frozen=True, gc=False):
    """An immutable record; `replace` returns a changed copy of one."""
