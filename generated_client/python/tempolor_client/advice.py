"""What to do about a failure, in the words of whoever reads it: a program's author, or somebody at a shell."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from ._generated.defaults import ANSWERS, FAILURES, Say

Reader: TypeAlias = Literal["python", "shell"]

_NO_JOB: Final = {"python": "job_id", "shell": "ID"}


def advice_on(failure: str) -> Say:
    """Return the advice of that name."""
    return FAILURES[failure]


def advice_on_answer(*, status: int, method: str, operation_id: str, words: str, web_page: bool) -> Say:
    """Return the advice on an error answer."""
    return next(
        row.say
        for row in ANSWERS
        if row.lowest <= status <= row.highest
        and row.method in {None, method}
        and (row.operation is None or re.fullmatch(row.operation, operation_id))
        and (row.words is None or re.search(row.words, words, re.IGNORECASE))
        and (web_page or not row.web_page)
    )


def spoken(say: Say, reader: Reader, *, job_id: str | None, command: str) -> str:
    """Return advice as a sentence for its reader, with the job's id and the command's name in it."""
    job = _NO_JOB[reader] if job_id is None else repr(job_id) if reader == "python" else job_id
    return say[reader].replace("<job>", job).replace("{command}", command)
