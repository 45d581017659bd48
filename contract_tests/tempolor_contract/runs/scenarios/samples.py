"""Small files to upload: made on the spot, but for those that take an encoder."""

import io
import math
import struct
import wave
from functools import cache
from importlib.resources import files
from typing import Final

_NO_TEXT: Final = b"\r\n \n \r \x1a \x00 \xe9 \xc3\xa9 %25 "


@cache
def midi_file(name: str = "") -> bytes:
    """Return a standard MIDI file of four notes, its name, and bytes that who takes files for texts changes."""
    notes = b"".join(bytes((0, 0x90, pitch, 80)) + b"\x83\x60" + bytes((0x80, pitch, 0)) for pitch in (60, 64, 67, 72))
    said = name.encode() + _NO_TEXT
    text = b"\x00\xff\x01" + bytes((len(said),)) + said
    track = text + b"\x00\xff\x51\x03\x07\xa1\x20" + notes + b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(track)) + track


@cache
def wav_file(seconds: float = 2.0, rate: int = 8000) -> bytes:
    """Return a mono wav of a tone that sways like a voice."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        moments = (index / rate for index in range(round(seconds * rate)))
        out.writeframes(
            b"".join(
                struct.pack("<h", round(9000 * math.sin(2 * math.pi * (220 * t + 3 * math.sin(2 * math.pi * 5 * t)))))
                for t in moments
            )
        )
    return file.getvalue()


@cache
def long_wav_file() -> bytes:
    """Return a wav of more than a megabyte, as recordings are in life."""
    file = io.BytesIO()
    with wave.open(io.BytesIO(wav_file())) as short, wave.open(file, "wb") as out:
        out.setparams(short.getparams())
        out.writeframes(short.readframes(short.getnframes()) * 40)
    return file.getvalue()


def files_of(media_type: str) -> list[bytes]:
    """Return small real files of a media type, two of each."""
    kind = media_type.partition("/")[2].removeprefix("x-")
    if kind == "midi":
        return [midi_file(), midi_file().replace(struct.pack(">H", 480), struct.pack(">H", 960), 1)]
    if kind in _TONES:
        return [(_FOLDER / f"{seconds}-seconds.{_TONES[kind]}").read_bytes() for seconds in (2, 3)]
    return [wav_file(), wav_file(3.0)]


_FOLDER: Final = files(__package__) / "tones"
"""Tones as other programs encoded them, so that asking for uploads takes no encoder."""

_TONES: Final = {"mpeg": "mp3", "mp4": "m4a", "m4a": "m4a", "flac": "flac"}
