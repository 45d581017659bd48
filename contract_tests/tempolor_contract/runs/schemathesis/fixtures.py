"""What is prepared on the target, so that valid requests can succeed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ...document.bodies import COMPLETED, status_of
from ...target.guard import Refused
from ..scenarios import fixtures
from ..scenarios.lab import UPLOAD_SECONDS, Lab, Stopped, UnclearError
from ..scenarios.samples import midi_file, wav_file

_ROOM: Final = 100_000
_MOST_JOBS: Final = 4
_MAY_FAIL: Final = (UnclearError, Stopped, Refused, LookupError, TypeError)


@dataclass
class Prepared:
    """What was prepared on the target, so that valid requests can succeed. Spares are for requests that delete.

    `complete` tells whether the job can be downloaded: it may have failed.
    """

    account: str = ""
    job: str = ""
    complete: bool = False
    midi: str = ""
    voice: str = ""
    artist: str = ""
    spares: dict[str, str] = field(default_factory=dict)


def prepare(lab: Lab) -> Prepared:
    """Make an account with room, a finished job, a MIDI file, a voice, and spares of them to delete.

    What cannot be made is left out: then what depends on it is generated as it comes.
    """
    account, spares = "", dict[str, str]()
    with suppress(*_MAY_FAIL):
        account = fixtures.new_account(lab, _ROOM)
        spares["delete_account"] = fixtures.new_account(lab, _ROOM)
    prepared = Prepared(account, spares=spares)
    makers = [partial(_made, make, lab, account) for make in _MAKING.values()]
    prepared.job, *made = lab.side_by_side([partial(_complete, lab, prepared), *makers])
    found = dict(zip(_MAKING, made, strict=True))
    prepared.midi, prepared.voice, prepared.artist = (found.pop(name) for name in ("midi", "voice", "artist"))
    spares |= {operation: thing for operation, thing in found.items() if thing}
    return prepared


def _complete(lab: Lab, prepared: Prepared) -> str:
    """Order a job and wait for it, and order again where it fails: jobs may."""
    job = ""
    with suppress(*_MAY_FAIL):
        for _ in range(_MOST_JOBS):
            job = _job(lab, prepared.account, "create_instrumental")
            if status_of(fixtures.finished(lab, job).item) == COMPLETED:
                prepared.complete = fixtures.downloaded(lab, job).accepted
                break
    return job


def _made(make: Callable[[Lab, str], str], lab: Lab, account: str) -> str:
    with suppress(*_MAY_FAIL):
        return make(lab, account)
    return ""


def _job(lab: Lab, account: str, operation: str = "create_song") -> str:
    return fixtures.order(lab, operation, user_id=account).jobs[0]


def _midi(lab: Lab, account: str) -> str:
    query = {"user_id": account, "name": lab.name("Generated")}
    call = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    return str(call.item["midiRenderVO"]["midiItemId"])


def _voice(lab: Lab, account: str) -> str:
    query = {"user_id": account, "name": lab.name("Generated")}
    headers = {"Content-Type": "audio/wav"}
    call = lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=UPLOAD_SECONDS)
    return str(call.item["clonedVoiceItemId"])


def _artist(lab: Lab, account: str) -> str:
    records = lab.call("list_artist_voices", query={"user_id": account}).item["records"]
    return str(records[0]["itemId"])


_MAKING: Final[dict[str, Callable[[Lab, str], str]]] = {
    "cancel_job": _job,
    "delete_music": _job,
    "midi": _midi,
    "delete_midi": _midi,
    "voice": _voice,
    "delete_cloned_voice": _voice,
    "artist": _artist,
}
"""What to make: things by their fields in `Prepared`, spares by the operation that deletes them."""
