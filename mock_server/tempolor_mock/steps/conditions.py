"""Requests that depend on what their sender has already (RFC 9110, section 13): `If-Match` and `If-None-Match`."""

import re
from collections.abc import Mapping

from ..domain.errors import ServiceError
from ..exchange import Reply

_TAG = re.compile(rb'(W/)?("[^"]*")')


def not_modified(fields: Mapping[bytes, bytes], tag: bytes) -> Reply | None:
    """Return the 304 for a client that has the bytes with this strong `ETag`; None where it wants them.

    Raises a 412 where it wants other bytes than these or none.
    """
    wanted = fields.get(b"if-match")
    if wanted is not None and wanted.strip() != b"*" and tag not in _tags(wanted, weak=False):
        raise ServiceError(412, "Precondition Failed: the file has another ETag than If-Match names")
    had = fields.get(b"if-none-match")
    if had is not None and (had.strip() == b"*" or tag in _tags(had, weak=True)):
        return Reply(304, [(b"etag", tag)])
    return None


def _tags(listed: bytes, *, weak: bool) -> set[bytes]:
    return {tag for is_weak, tag in _TAG.findall(listed) if weak or not is_weak}
