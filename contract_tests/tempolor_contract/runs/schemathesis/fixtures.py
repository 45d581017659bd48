"""What is prepared on the target, so that valid requests can succeed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from ...document.bodies import COMPLETED, status_of
from ...target.guard import Refused
from ..scenarios import fixtures
from ..scenarios.lab import Lab, Stopped, UnclearError
from ..scenarios.samples import midi_file, wav_file

_ROOM: Final = 100_000
_MOST_JOBS: Final = 4


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
    prepared = Prepared()
    with _as_far_as_possible():
        prepared.account = fixtures.new_account(lab, _ROOM)
        prepared.spares["delete_account"] = fixtures.new_account(lab, _ROOM)
        prepared.job = fixtures.order(lab, "create_instrumental", user_id=prepared.account).jobs[0]
        prepared.spares["cancel_job"] = fixtures.order(lab, user_id=prepared.account).jobs[0]
        prepared.spares["delete_music"] = fixtures.order(lab, user_id=prepared.account).jobs[0]
    with _as_far_as_possible():
        prepared.midi, prepared.spares["delete_midi"] = _midi(lab, prepared), _midi(lab, prepared)
    with _as_far_as_possible():
        prepared.voice, prepared.spares["delete_cloned_voice"] = _voice(lab, prepared), _voice(lab, prepared)
    with _as_far_as_possible():
        records = lab.call("list_artist_voices", query={"user_id": prepared.account}).item.get("records")
        prepared.artist = str(records[0]["itemId"]) if isinstance(records, list) else ""
    with _as_far_as_possible():
        _complete(lab, prepared)
    return prepared


def _complete(lab: Lab, prepared: Prepared) -> None:
    """Wait for the prepared job, and order again where it fails: jobs may."""
    for _ in range(_MOST_JOBS):
        if status_of(fixtures.finished(lab, prepared.job).item) == COMPLETED:
            prepared.complete = fixtures.downloaded(lab, prepared.job).accepted
            return
        prepared.job = fixtures.order(lab, "create_instrumental", user_id=prepared.account).jobs[0]


@contextmanager
def _as_far_as_possible() -> Iterator[None]:
    with suppress(UnclearError, Stopped, Refused, LookupError, TypeError):
        yield


def _midi(lab: Lab, prepared: Prepared) -> str:
    query = {"user_id": prepared.account, "name": lab.name("Generated")}
    call = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    return str(call.item["midiRenderVO"]["midiItemId"])


def _voice(lab: Lab, prepared: Prepared) -> str:
    query = {"user_id": prepared.account, "name": lab.name("Generated")}
    headers = {"Content-Type": "audio/wav"}
    call = lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=150.0)
    return str(call.item["clonedVoiceItemId"])
