"""Judging recordings."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from tempolor_spec import REVISIONS

from ..exchanges.recording import read_all
from ..rules.conformance import Effort
from ..rules.rule import Rule
from .known_differences import Register
from .result import RunResult
from .session import Session


def check(  # noqa: PLR0913 - a front door with many keys
    files: Iterable[Path],
    rules: Sequence[Rule],
    *,
    base: str | None = None,
    live: bool | None = None,
    revision: str = REVISIONS[0],
    overlays: Sequence[Path] = (),
    effort: Effort = Effort.SAMPLE,
    register: Register | None = None,
) -> RunResult:
    """Judge recordings, one after the other, as one history.

    `base` tells where the API is, if it is not where `/v1/tempolor` stands. `live` says whose traffic it is, None goes
    by the host of each request. `overlays` are files with OpenAPI overlays on the document. `register` has the known
    differences. An exchange that cannot be read is left out. A broken file ends the check, and so does Ctrl-C: the
    result has what was verified, and says what was not. OverlayError where an overlay does not fit.
    """
    names = [str(file) for file in files]
    session = Session(
        ", ".join(names),
        "recording",
        rules,
        _command(names, base, live=live, judged_by=judged_by(revision, overlays)),
        base=base,
        live=live,
        revision=revision,
        overlays=overlays,
        effort=effort,
        register=register,
    )
    result = session.result
    result.stopped = read_all(map(Path, names), session.see)
    foreign = session.inspector.foreign
    if not result.stopped and not session.inspector.seen:
        result.stopped = f"no request to the API among {foreign}{'; --base says where it is' if foreign else ''}"
    session.judge_crashes()
    session.judge_callbacks()
    return session.close()


def judged_by(revision: str, overlays: Iterable[Path]) -> list[str]:
    """Return the options of a command that say by which document was judged."""
    options = [] if revision == REVISIONS[0] else [f"--revision {revision}"]
    return options + [f"--overlay {shlex.quote(str(each))}" for each in overlays]


def _command(names: list[str], base: str | None, *, live: bool | None, judged_by: Iterable[str]) -> str:
    parts = ["tempolor check", *map(shlex.quote, names)]
    if base is not None:
        parts.append(f"--base {shlex.quote(base)}")
    if live is not None:
        parts.append("--live" if live else "--mock")
    return " ".join([*parts, *judged_by])
