"""Pieces as Standard MIDI Files: what the reader is given, and a second opinion on the notes of a score."""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from tempolor_mock.audio import Score
from tempolor_mock.audio.composition import Note, Part, notes
from tempolor_mock.audio.theory import Key

_TICKS: Final = 480
_DRUMS: Final = {Part.KICK: 36, Part.SNARE: 38, Part.HAT: 42, Part.CRASH: 49}
_DRUM_CHANNEL: Final = 9
_PROGRAMS: Final = {
    Part.VOICE: 52,
    Part.LEAD: 80,
    Part.KEYS: 4,
    Part.PAD: 89,
    Part.PULSE: 45,
    Part.BASS: 33,
}
"""General MIDI's nearest sounds, counted from 0."""

_Event = tuple[int, bytes]


def write_midi(score: Score, title: str = "") -> bytes:
    """Return the piece as a format 1 file: a track with tempo and key, then one for each part that plays."""
    played: dict[Part, list[Note]] = {}
    for phrase in notes(score):
        for note in phrase:
            played.setdefault(note.part, []).append(note)
    tracks = [_conductor(score, title)]
    drums = [note for part in _DRUMS for note in played.get(part, [])]
    tracks.append(_track("drums", [], _sounds(drums, _DRUM_CHANNEL)))
    for channel, (part, program) in enumerate(_PROGRAMS.items()):
        if part in played:
            tracks.append(_track(part, [(0, bytes([0xC0 | channel, program]))], _sounds(played[part], channel)))
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), _TICKS) + b"".join(tracks)


def _conductor(score: Score, title: str) -> bytes:
    key = Key.parse(score.key)
    major = (key.tonic + 3) % 12 if key.minor else key.tonic
    sharps = (major * 7 + 5) % 12 - 5  # from -5 to 6
    return _track(
        title,
        [
            (0, b"\xff\x51\3" + round(60e6 / score.bpm).to_bytes(3)),
            (0, b"\xff\x58\4\4\2\x18\x08"),
            (0, b"\xff\x59\2" + struct.pack("b?", sharps, key.minor)),
        ],
        [],
    )


def _sounds(played: Iterable[Note], channel: int) -> Iterator[_Event]:
    for note in played:
        pitch = _DRUMS.get(note.part, min(127, max(0, note.pitch)))
        start, length = round(note.beat * _TICKS), max(1, round(note.beats * _TICKS))
        yield start, bytes([0x90 | channel, pitch, max(1, round(note.velocity * 110))])
        yield start + length, bytes([0x80 | channel, pitch, 0])


def _track(name: str, setting: list[_Event], sounds: Iterable[_Event]) -> bytes:
    label = name.encode(errors="replace")[:100]
    # Ends before starts: a note struck again on the same tick must not be ended by its forerunner.
    timed = sorted(sounds, key=lambda event: (event[0], event[1][0] & 0x10))
    body, now = bytearray(), 0
    for tick, event in [(0, b"\xff\3" + _number(len(label)) + label), *setting, *timed]:
        body += _number(tick - now) + event
        now = tick
    body += b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _number(value: int) -> bytes:
    """Return a number in as few groups of seven bits as it needs."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
