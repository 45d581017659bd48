"""MIDI files of strangers are understood or refused; ours are understood by strangers."""

import io
import random
import struct

import mido
import pytest
from tempolor_mock.audio import TONALITIES, Score, UnreadableMidi, Voice, read_midi

from .midi_file import write_midi

SONG = Score(20, "Ab:minor", 100, seed=3, voice=Voice(2))


def track(events, size=None):
    """Return a track chunk, claiming `size` bytes if given."""
    return b"MTrk" + struct.pack(">I", len(events) if size is None else size) + events


def midi(*tracks, form=1, count=None, division=480):
    """Return a file, claiming `count` tracks if given."""
    return b"MThd" + struct.pack(">IHHh", 6, form, len(tracks) if count is None else count, division) + b"".join(tracks)


NOTE = b"\0\x90\x3c\x40\x83\x60\x80\x3c\x40"  # middle C for a beat
END = b"\0\xff\x2f\0"


@pytest.mark.parametrize("key", TONALITIES)
def test_what_we_write_another_reader_reads(key):
    """Title, length, tempo and key, in every key."""
    score = Score(12, key, 93, seed=3, voice=Voice(2))

    file = mido.MidiFile(file=io.BytesIO(write_midi(score, "Über uns")))
    messages = [message for one in file.tracks for message in one]

    assert file.tracks[0].name.encode("latin-1").decode() == "Über uns"
    assert file.length == pytest.approx(12, abs=2)
    assert next(message.tempo for message in messages if message.type == "set_tempo") == round(60e6 / 93)
    named = next(message.key for message in messages if message.type == "key_signature")
    tonic, minor = named.removesuffix("m"), named.endswith("m")
    same = {"Db": "C#", "Gb": "F#", "D#": "Eb", "G#": "Ab", "A#": "Bb"}
    assert f"{same.get(tonic, tonic)}:{'minor' if minor else 'major'}" == key


def test_what_we_write_we_read():
    """Every note that mido counts."""
    data = write_midi(SONG, "Nocturne")
    found = read_midi(data)
    strokes = sum(
        message.type == "note_on" and message.velocity > 0
        for one in mido.MidiFile(file=io.BytesIO(data)).tracks
        for message in one
    )

    assert (found.name, found.key, found.notes) == ("Nocturne", "Ab:minor", strokes)
    assert found.bpm == pytest.approx(100, abs=0.01)
    assert found.seconds == pytest.approx(20, abs=2)


def test_what_another_program_writes_we_read():
    """A file of mido, with note-ons of velocity 0 as note-offs."""
    file = mido.MidiFile(ticks_per_beat=96)
    one = mido.MidiTrack()
    file.tracks.append(one)
    one.append(mido.MetaMessage("track_name", name="Etude"))
    one.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(90)))
    one.append(mido.MetaMessage("key_signature", key="Em"))
    for pitch in (64, 67, 71, 76):
        one.append(mido.Message("note_on", note=pitch, velocity=80))
        one.append(mido.Message("note_on", note=pitch, velocity=0, time=96))
    file.save(file=(out := io.BytesIO()))

    found = read_midi(out.getvalue())

    assert (found.name, found.key, round(found.bpm), found.notes) == ("Etude", "E:minor", 90, 4)
    assert found.seconds == pytest.approx(4 * 60 / 90)
    assert [(note.beat, note.beats, note.pitch) for note in found.melody] == [
        (0, 1, 64),
        (1, 1, 67),
        (2, 1, 71),
        (3, 1, 76),
    ]


def test_the_melody_is_the_highest_voice_without_drums_and_leading_silence():
    """Of a chord, the top note; of four silent beats, none."""
    chord = b"\x8f\x00\x90\x3c\x40\0\x90\x43\x40\0\x99\x7f\x40\x83\x60\x80\x3c\0\0\x80\x43\0"  # after 4 beats

    melody = read_midi(midi(track(chord + END))).melody

    assert [(note.beat, note.pitch) for note in melody] == [(0, 67)]


def test_a_key_nobody_named_is_heard_from_the_notes():
    """C major without a reason is what many programs write."""
    notes = b"".join(
        b"\0\x90" + bytes([p]) + b"\x40\x83\x60\x80" + bytes([p]) + b"\0" for p in (65, 68, 72, 65, 61, 65)
    )

    assert read_midi(midi(track(b"\0\xff\x59\2\0\0" + notes + END))).key == "F:minor"


@pytest.mark.parametrize(("tempo", "bpm"), [(2_000_000, 60), (200_000, 150), (1, 120), (0xFFFFFF, 57)])
def test_tempos_beyond_our_range_are_doubled_or_halved(tempo, bpm):
    """Notes keep their length in seconds, down to the shortest we keep."""
    data = midi(track(b"\0\xff\x51\3" + tempo.to_bytes(3) + NOTE + END))

    found = read_midi(data)

    assert 50 <= found.bpm <= 190
    assert tempo == 1 or round(found.bpm) == bpm
    assert found.melody[0].beats * 60 / found.bpm == pytest.approx(max(tempo / 1e6, 60 / found.bpm / 16), rel=0.01)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "Not a MIDI file", id="empty"),
        pytest.param(b"hello world", "Not a MIDI file", id="text"),
        pytest.param(b"PK\3\4" + bytes(100), "Not a MIDI file", id="zip"),
        pytest.param(b"MThd\0\0\0\6", "ends too early", id="header only"),
        pytest.param(b"MThd\xff\xff\xff\xff\0\1\0\1\1\xe0" + bytes(9), "fewer tracks", id="huge header"),
        pytest.param(midi(track(NOTE + END), form=7), "invalid header", id="format 7"),
        pytest.param(midi(track(NOTE + END), division=0), "invalid header", id="no ticks"),
        pytest.param(midi(), "invalid header", id="no tracks"),
        pytest.param(midi(track(NOTE + END), count=65535), "fewer tracks", id="65535 tracks"),
        pytest.param(midi(track(NOTE + END, size=0xFFFFFFFF)), "ends too early", id="huge track"),
        pytest.param(midi(track(NOTE[:-1])), "ends too early", id="cut off"),
        pytest.param(midi(track(END)), "no notes", id="no notes"),
        pytest.param(midi(track(b"\0\x99\x3c\x40" + END)), "no notes besides drums", id="only drums"),
        pytest.param(midi(track(b"\0\x3c\x40")), "invalid event", id="no status"),
        pytest.param(midi(track(b"\0\xf4")), "invalid event", id="system event"),
        pytest.param(midi(track(b"\0\x90\xff\xff")), "invalid event", id="data above 127"),
        pytest.param(midi(track(b"\xff\xff\xff\xff\xff")), "invalid number", id="endless number"),
        pytest.param(midi(track(b"\0\xf0\xff\xff\xff\x7f")), "ends too early", id="huge sysex"),
        pytest.param(midi(track(NOTE + b"\xff\xff\xff\x7f" + NOTE[1:] + END)), "longer than 60 minutes", id="years"),
        pytest.param(midi(track(b"\0\x90\x3c\x40" + b"\0\x3c\x40" * 300_000)), "too many events", id="event bomb"),
        pytest.param(bytes(5_000_001), "larger than", id="too large"),
    ],
)
def test_rubbish_is_refused_with_a_reason(data, why):
    """One sentence, fit for an answer with status 400."""
    with pytest.raises(UnreadableMidi, match=why):
        read_midi(data)


def test_odd_but_honest_files_are_read():
    """Alien chunks, bytes after the end, film time, notes nobody ended."""
    alien = b"XFIH" + struct.pack(">I", 4) + b"abcd"
    film = -25 << 8 | 40

    assert read_midi(midi(alien, track(NOTE), count=1)).notes == 1
    assert read_midi(midi(track(NOTE + END + b"\0\0\0"), form=0)).notes == 1
    assert read_midi(midi(track(NOTE + END), division=film)).seconds == pytest.approx(0.48)
    assert read_midi(midi(track(b"\0\x90\x3c\x40\x83\x60\xff\x2f\0"))).melody[0].beats == 1


def test_damaged_files_are_read_or_refused_but_nothing_else():
    """Four hundred files with bytes changed or the end missing."""
    chance = random.Random(1)
    whole = write_midi(SONG)
    for number in range(400):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            data[chance.randrange(len(data) if number % 2 else 200)] = chance.randrange(256)
        try:
            read_midi(bytes(data[: chance.randrange(len(data))] if number % 3 == 0 else data))
        except UnreadableMidi as refused:
            assert "MIDI" in str(refused)  # noqa: PT017 - reading is as welcome as refusing
