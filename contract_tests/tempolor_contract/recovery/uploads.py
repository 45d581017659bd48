"""The bytes behind MIDI files and cloned voices: what was uploaded, or in its place something that can be played."""

import struct
from functools import cache
from typing import Final

from tempolor_mock import audio
from tempolor_mock.audio import Voice
from tempolor_mock.domain.ids import seeded_number
from tempolor_mock.files.uploads import EXTENSIONS
from tempolor_mock.store.snapshot_format import SavedId, SavedMidiFile, SavedRecorded, SavedVoice

from ..document.bodies import FINAL
from .seen_world import SeenWorld, in_order
from .sightings import SeenUpload, moment, state_of

_SCALE: Final = (60, 62, 64, 65, 67, 69, 71, 72)
_TICKS: Final = 480
_VOICES: Final = 4
_LEFT_OUT: Final = "the uploaded bytes were not recorded, or are too many: {} stands in their place"


class Uploads:
    """The saved uploads of a world, and their bytes by name."""

    def __init__(self, world: SeenWorld, now_ms: int) -> None:
        self._world = world
        self._now_ms = now_ms
        self.blobs: dict[str, bytes] = {}
        self.midi = tuple(self._midi(number, each) for number, each in enumerate(self._sorted(world.midi), 1))
        self.voices = tuple(self._voice(number, each) for number, each in enumerate(self._sorted(world.voices), 1))

    def _sorted(self, shelf: dict[str, SeenUpload]) -> list[SeenUpload]:
        return in_order((self._began(each), each) for each in shelf.values())

    def _began(self, upload: SeenUpload) -> int:
        told = moment((upload.item or {}).get("createTime"))
        return min(self._now_ms, told or self._world.clock.at(upload.first))

    def _recorded(self, upload: SeenUpload) -> SavedRecorded | None:
        if upload.item is None:
            return None
        return SavedRecorded(self._world.shown(upload.item), min(self._now_ms, self._world.clock.at(upload.item_seen)))

    def _midi(self, number: int, upload: SeenUpload) -> SavedMidiFile:
        content = upload.content
        try:
            facts = audio.read_midi(content or b"")
        except audio.UnreadableUpload:
            content = _scale()
            facts = audio.read_midi(content)
            self._world.guesses.add("midi", _LEFT_OUT.format("a scale"), upload.id.item)
        self.blobs[f"midi/{upload.id.item}"] = content or b""
        return SavedMidiFile(
            number,
            SavedId(upload.id.account, upload.id.item),
            self._name(upload),
            facts.key,
            round(facts.bpm),
            self._recorded(upload),
        )

    def _voice(self, number: int, upload: SeenUpload) -> SavedVoice:
        content, extension = upload.content, EXTENSIONS.get(upload.media_type, "mp3")
        if not content:
            content = _sample(seeded_number(upload.id.item) % _VOICES)
            self._world.guesses.add("voices", _LEFT_OUT.format("a voice of the mock's"), upload.id.item)
        self.blobs[f"voice/{upload.id.item}"] = content
        began = self._began(upload)
        return SavedVoice(
            number,
            SavedId(upload.id.account, upload.id.item),
            self._name(upload),
            extension,
            began,
            max(began, self._ready_ms(upload)),
            self._recorded(upload),
        )

    def _name(self, upload: SeenUpload) -> str:
        if upload.name is None:
            self._world.guesses.add("uploads", "its name was not recorded: its id stands in its place", upload.id.item)
        return upload.id.item if upload.name is None else upload.name

    def _ready_ms(self, upload: SeenUpload) -> int:
        if upload.ready is None:
            self._world.guesses.add("voices", "it was not ready at the end: it is soon after", upload.id.item)
            return self._now_ms + 3000
        item = upload.item or {}
        updated = moment(item.get("updateTime")) if state_of(item)[0] in FINAL else None
        return min(self._now_ms, updated or self._world.clock.at(upload.ready))


@cache
def _sample(voice: int) -> bytes:
    """Return six seconds of one of a few voices: making them takes a while."""
    return b"".join(audio.render_voice_sample(Voice.from_labels(voice)))


def _scale() -> bytes:
    """Return a MIDI file: C major, once up, at 120 beats a minute."""
    notes = b"".join(b"\0\x90%c\x64\x83\x60\x80%c\0" % (pitch, pitch) for pitch in _SCALE)
    track = b"\0\xff\x59\2\0\0" + notes + b"\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, _TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track
