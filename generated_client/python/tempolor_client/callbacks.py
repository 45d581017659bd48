"""Reports that the service posts to the `replyUrl` of an order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._generated.models import ProgressReport
from .errors import CallbackError, MisfitError

_LARGEST = 1024 * 1024


def parse_callback(body: bytes | bytearray | str | Mapping[str, Any]) -> ProgressReport:
    """Read a report from the body of a callback, or from its JSON where a framework has parsed it.

    Reports are not signed, so anybody who knows the address can post one. Take it as a hint that the job has moved,
    and read the job itself before something hangs on it.

    Raises:
        CallbackError: It is not a report about a job.

    """
    if isinstance(body, bytes | bytearray | str) and len(body) > _LARGEST:
        raise CallbackError("a report is not that long; answer 413")
    try:
        fields = body if isinstance(body, Mapping) else json.loads(body)
        report = ProgressReport.from_dict(fields)
    except (MisfitError, ValueError, RecursionError) as error:
        raise CallbackError(f"this is no report of a job: {error}; answer 400") from error
    if not report.job_id:
        raise CallbackError("this report names no job_id; answer 400")
    return report
