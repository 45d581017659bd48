"""Reading Standard MIDI Files that strangers send.

The format is small enough to read here, and reading it here bounds time and memory: events are counted as they come and
only notes are kept. (mido makes an object of some 300 bytes for every event before anyone can count them.)
"""

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from .errors import UnreadableMidi
from .score import MAX_BPM, MAX_SECONDS, MIN_BPM, MelodyNote
from .theory import TONALITIES, Key

MAX_BYTES: Final = 5_000_000
MAX_EVENTS: Final = 200_000
MAX_MELODY: Final = 4_000
"""Notes kept of a melody: thirteen a second for five minutes."""

_LONGEST_SECONDS: Final = 3600.0
_SHORTEST_BEATS: Final = 1 / 16
_NEWEST_FORMAT: Final = 2
_DRUM_CHANNEL: Final = 9
_DEFAULT_TEMPO: Final = 500_000
"""Microseconds a beat where a file names no tempo."""

_NAME_LIMIT: Final = 100
_KEY_NAMES: Final = {Key.parse(name): name for name in TONALITIES}


@dataclass(frozen=True, slots=True)
class Midi:
    """What a MIDI file says, as far as music can be based on it.

    `bpm` holds for most of the file, doubled or halved until it lies within 50 and 190; the melody's beats are those.
    `melody` is the highest voice without drums, one note at a time, without whole silent bars before it.
    `key` is the one the file names or, as many programs write C major unasked, the one its notes suggest.
    `notes` counts all notes, drums too; `seconds` is the whole file's length.
    """

    name: str
    seconds: float
    bpm: float
    key: str
    notes: int
    melody: tuple[MelodyNote, ...]


def read_midi(data: bytes, *, max_bytes: int = MAX_BYTES, max_events: int = MAX_EVENTS) -> Midi:
    """Return what a Standard MIDI File says; UnreadableMidi when it is none, is cut off, or goes beyond the limits."""
    if len(data) > max_bytes:
        raise UnreadableMidi(f"MIDI file is larger than {max_bytes} bytes")
    try:
        return _understand(_read(data, max_events))
    except (IndexError, struct.error):
        raise UnreadableMidi("MIDI file ends too early") from None


# Reading


@dataclass(slots=True)
class _Found:
    """What has been read so far; times in ticks."""

    events_left: int
    ticks_per_beat: float
    tempo_is_fixed: bool
    notes: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, pitch
    drums: int = 0
    tempos: list[tuple[int, int]] = field(default_factory=list)  # tick, microseconds a beat
    keys: list[Key] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    end: int = 0


def _read(data: bytes, max_events: int) -> _Found:
    if data[:4] != b"MThd":
        raise UnreadableMidi("Not a MIDI file")
    length, form, tracks, division = struct.unpack_from(">IHHh", data, 4)
    if length < 6 or form > _NEWEST_FORMAT or not tracks or not division:  # the header's size
        raise UnreadableMidi("MIDI file has an invalid header")
    found = _Found(max_events, *_division(division))
    place = 8 + length
    for _ in range(tracks):
        place = _next_track(data, place, tracks)
        (size,) = struct.unpack_from(">I", data, place + 4)
        place += 8
        if size > len(data) - place:
            raise UnreadableMidi("MIDI file ends too early")
        _Track(data[place : place + size], found).read()
        place += size
    return found


def _division(division: int) -> tuple[float, bool]:
    """Return (ticks a beat, whether the tempo is fixed); films count ticks a frame, which fixes it at 120."""
    if division > 0:
        return float(division), False
    frames, ticks = -(division >> 8), division & 0xFF
    return max(1.0, frames * ticks / 2), True


def _next_track(data: bytes, place: int, tracks: int) -> int:
    """Return where the next track begins; chunks of other kinds are allowed between."""
    while (kind := data[place : place + 4]) != b"MTrk":
        if len(kind) < 4:  # no room for a chunk's name
            raise UnreadableMidi(f"MIDI file holds fewer tracks than the {tracks} it promises")
        (size,) = struct.unpack_from(">I", data, place + 4)
        place += 8 + size
    return place


@dataclass(slots=True)
class _Track:
    """A cursor over one track. Running off its end raises IndexError."""

    data: bytes
    found: _Found
    place: int = 0
    tick: int = 0
    sounding: dict[tuple[int, int], int] = field(default_factory=dict)  # (channel, pitch): start

    def read(self) -> None:
        """Read the track from front to end."""
        status = 0
        while self.place < len(self.data):
            self.found.events_left -= 1
            if self.found.events_left < 0:
                raise UnreadableMidi("MIDI file holds too many events")
            self.tick += self._number()
            if self.data[self.place] & 0x80:
                status = self.data[self.place]
                self.place += 1
            if status == 0xFF:  # bytes as the format's tables print them, here and below
                if self._meta():
                    break
            elif status in (0xF0, 0xF7):
                self._take(self._number())
            else:
                self._channel_event(status)
        self.found.end = max(self.found.end, self.tick)
        for (_, pitch), start in self.sounding.items():
            self.found.notes.append((start, self.tick, pitch))

    def _take(self, size: int) -> bytes:
        if size > len(self.data) - self.place:
            raise IndexError
        self.place += size
        return self.data[self.place - size : self.place]

    def _number(self) -> int:
        """Read a number of one to four bytes, seven bits in each."""
        value = 0
        for _ in range(4):
            byte = self.data[self.place]
            self.place += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise UnreadableMidi("MIDI file holds an invalid number")

    def _channel_event(self, status: int) -> None:
        if not 0x80 <= status < 0xF0:
            raise UnreadableMidi("MIDI file holds an invalid event")
        kind, channel = status & 0xF0, status & 0x0F
        data = self._take(1 if kind in (0xC0, 0xD0) else 2)
        if max(data) & 0x80:
            raise UnreadableMidi("MIDI file holds an invalid event")
        if kind in (0x80, 0x90):
            self._end_note(channel, data[0])
            if kind == 0x90 and data[1]:
                self._start_note(channel, data[0])

    def _start_note(self, channel: int, pitch: int) -> None:
        if channel == _DRUM_CHANNEL:
            self.found.drums += 1
        else:
            self.sounding[channel, pitch] = self.tick

    def _end_note(self, channel: int, pitch: int) -> None:
        start = self.sounding.pop((channel, pitch), None)
        if start is not None:
            self.found.notes.append((start, self.tick, pitch))

    def _meta(self) -> bool:
        """Read a meta event; return whether it ends the track."""
        kind = self._take(1)[0]
        data = self._take(self._number())
        match kind:
            case 0x03:
                self.found.names.append(_clean(data))
            case 0x51 if len(data) == 3 and any(data):
                self.found.tempos.append((self.tick, int.from_bytes(data)))
            case 0x59 if len(data) == 2 and data != b"\0\0":
                self.found.keys.append(_signed_key(data))
        return kind == 0x2F


def _clean(data: bytes) -> str:
    text = data[: 4 * _NAME_LIMIT].decode("utf-8", "replace")
    return "".join(char for char in text if char.isprintable()).strip()[:_NAME_LIMIT]


def _signed_key(data: bytes) -> Key:
    """Return the key of a signature: sharps (flats below zero) and whether it is minor."""
    sharps, minor = struct.unpack("b?", data)
    return Key((sharps * 7 + 9 * minor) % 12, minor)


# Understanding


def _understand(found: _Found) -> Midi:
    if not found.notes:
        raise UnreadableMidi("MIDI file holds no notes besides drums" if found.drums else "MIDI file holds no notes")
    stretches = _tempo_stretches(found)
    seconds = sum(beats * tempo for tempo, beats in stretches) / 1e6
    if seconds > _LONGEST_SECONDS:
        raise UnreadableMidi(f"MIDI file lasts longer than {_LONGEST_SECONDS / 60:.0f} minutes")
    bpm, scale = _fold(60e6 / _main_tempo(stretches))
    key = found.keys[0] if found.keys else _suggested_key(found)
    return Midi(
        name=next((name for name in found.names if name), ""),
        seconds=seconds,
        bpm=bpm,
        key=_KEY_NAMES[key],
        notes=len(found.notes) + found.drums,
        melody=_melody(found, scale / found.ticks_per_beat, MAX_SECONDS * bpm / 60),
    )


def _tempo_stretches(found: _Found) -> list[tuple[int, float]]:
    """Return (microseconds a beat, beats) for each stretch of the file between two changes of tempo."""
    tempos = [] if found.tempo_is_fixed else sorted(found.tempos, key=lambda change: change[0])
    changes = [(0, _DEFAULT_TEMPO), *tempos, (found.end, 0)]
    return [(tempo, (after - tick) / found.ticks_per_beat) for (tick, tempo), (after, _) in pairwise(changes)]


def _main_tempo(stretches: list[tuple[int, float]]) -> int:
    """Return the tempo that holds for most beats."""
    totals: dict[int, float] = {}
    for tempo, beats in stretches:
        totals[tempo] = totals.get(tempo, 0.0) + beats
    return max(totals, key=lambda tempo: totals[tempo])


def _fold(bpm: float) -> tuple[float, float]:
    """Return a tempo within our range and how many of its beats make one of the given tempo's."""
    scale = 1.0
    while bpm * scale < MIN_BPM:
        scale *= 2
    while bpm * scale > MAX_BPM:
        scale /= 2
    return bpm * scale, scale


def _melody(found: _Found, beats_per_tick: float, end: float) -> tuple[MelodyNote, ...]:
    """Return the highest voice: a lower note is heard only once the higher one before it is over."""
    melody: list[MelodyNote] = []
    for start, stop, pitch in sorted(found.notes, key=lambda note: (note[0], -note[2])):
        beat, beats = start * beats_per_tick, max(_SHORTEST_BEATS, (stop - start) * beats_per_tick)
        if beat >= end:
            break
        if melody and beat < (before := melody[-1]).beat + before.beats:
            if pitch <= before.pitch or beat - before.beat < _SHORTEST_BEATS:
                continue
            melody[-1] = MelodyNote(before.beat, beat - before.beat, before.pitch)
        melody.append(MelodyNote(beat, beats, pitch))
        if len(melody) > MAX_MELODY:
            break
    silence = melody[0].beat // 4 * 4 if melody else 0
    return tuple(MelodyNote(note.beat - silence, note.beats, note.pitch) for note in melody[:MAX_MELODY])


_MAJOR_PROFILE: Final = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE: Final = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each note fits a key, as listeners judged (Krumhansl and Kessler 1982)."""


def _suggested_key(found: _Found) -> Key:
    """Return the key whose profile is most like the time each pitch class sounds."""
    heard = np.zeros(12)
    for start, stop, pitch in found.notes:
        heard[pitch % 12] += max(1, stop - start)
    heard -= heard.mean()

    def likeness(key: Key) -> float:
        profile = np.array(_MINOR_PROFILE if key.minor else _MAJOR_PROFILE)
        profile = (profile - profile.mean()) / profile.std()
        return float(np.roll(profile, key.tonic) @ heard)

    return max(_KEY_NAMES, key=likeness)
