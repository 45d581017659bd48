"""`tempolor check`: the command that judges recorded traffic."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cloup

from .options import (
    FILE,
    JUDGED_BY,
    REPORTS,
    WHOSE,
    chosen_rules,
    conclude,
    context,
    in_one_line,
    judged_by,
    register,
)


@cloup.command("check", context_settings=context("TEMPOLOR_CHECK"))
@cloup.argument("files", nargs=-1, required=True, type=FILE, help="Recordings, read as one history.")
@cloup.option_group(
    "What it is",
    cloup.option("--base", help="Base URL of the API in the recording.  [default: where /v1/tempolor stands]"),
    WHOSE,
)
@cloup.option_group("By what to judge", *JUDGED_BY)
@cloup.option_group("Results", REPORTS)
@in_one_line()
def check_command(files: tuple[Path, ...], **given: Any) -> None:
    """Judge recorded traffic: HAR files, ndjson of exchanges, and what Schemathesis records.

    Ends with 0 if all is well, 1 with violations, 2 if a file is broken or nothing could be verified. Every option can
    also be set as TEMPOLOR_CHECK_<OPTION>.
    """
    from ..judging.check import check  # noqa: PLC0415 - the same

    rules, known = chosen_rules(given), register(given)
    with _without_garbage_collection():
        result = check(files, rules, base=given["base"], live=given["live"], **judged_by(given), register=known)
    sys.exit(conclude(result, given))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    # Nothing in a recording forms circles, so looking for garbage only costs time, a quarter of all.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
