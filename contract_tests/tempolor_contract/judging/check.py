"""Judging recordings."""

import shlex
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tempolor_spec import REVISIONS

from ..exchanges.errors import BrokenRecordingError
from ..exchanges.recording import read_recording
from ..rules.conformance import DocumentJudge, Effort
from ..rules.rule import Rule
from .inspector import Inspector
from .known_differences import Register
from .result import RunResult


def check(  # noqa: PLR0913 - a front door with many keys
    files: Iterable[Path],
    rules: Sequence[Rule],
    *,
    base: str | None = None,
    live: bool | None = None,
    revision: str = REVISIONS[0],
    effort: Effort = Effort.SAMPLE,
    register: Register | None = None,
) -> RunResult:
    """Judge recordings, one after the other, as one history.

    `base` tells where the API is, if it is not where `/v1/tempolor` stands. `live` says whose traffic it is, None goes
    by the host of each request. `register` has the known differences. A broken file ends the check, and so does
    Ctrl-C: the result has what was verified until then, and says why it stopped.
    """
    inspector = Inspector(rules, DocumentJudge(revision, effort), base=base, live=live)
    names = [str(file) for file in files]
    result = RunResult(", ".join(names), "recording", None, inspector.ledger, revision, started=time.time())
    result.command = _command(names, base, live=live, revision=revision)
    if register is not None:
        register.attach(inspector.ledger)
    clock = time.perf_counter()
    try:
        for name in names:
            for exchange in read_recording(Path(name)):
                inspector.see(exchange)
    except BrokenRecordingError as error:
        result.stopped = str(error)
    except KeyboardInterrupt:
        result.stopped = "interrupted"
    result.elapsed = time.perf_counter() - clock
    result.exchanges, result.foreign, result.faults = inspector.seen, inspector.foreign, inspector.faults
    result.coverage = inspector.coverage.to_json()
    if not result.stopped and not result.exchanges:
        result.stopped = f"no request to the API among {inspector.foreign}"
        result.stopped += "; --base says where it is" if inspector.foreign else ""
    return register.apply(result) if register else result


def _command(names: list[str], base: str | None, *, live: bool | None, revision: str) -> str:
    parts = ["tempolor check", *map(shlex.quote, names)]
    if base is not None:
        parts.append(f"--base {shlex.quote(base)}")
    if live is not None:
        parts.append("--live" if live else "--mock")
    if revision != REVISIONS[0]:
        parts.append(f"--revision {revision}")
    return " ".join(parts)
