"""Small files to upload, made on the spot."""

import io
import math
import struct
import wave
from functools import cache
from typing import Any, Final


@cache
def midi_file() -> bytes:
    """Return a standard MIDI file of four notes."""
    notes = b"".join(bytes((0, 0x90, pitch, 80)) + b"\x83\x60" + bytes((0x80, pitch, 0)) for pitch in (60, 64, 67, 72))
    track = b"\x00\xff\x51\x03\x07\xa1\x20" + notes + b"\x00\xff\x2f\x00"
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


def files_of(media_type: str) -> list[bytes]:
    """Return small real files of a media type, two of each."""
    kind = media_type.partition("/")[2].removeprefix("x-")
    if kind == "midi":
        return [midi_file(), midi_file().replace(struct.pack(">H", 480), struct.pack(">H", 960), 1)]
    if kind in _CODECS:
        return [_encoded(kind, 2.0), _encoded(kind, 3.0)]
    return [wav_file(), wav_file(3.0)]


_CODECS: Final = {"mpeg": ("mp3", "mp3"), "mp4": ("mp4", "aac"), "m4a": ("mp4", "aac"), "flac": ("flac", "flac")}


@cache
def _encoded(kind: str, seconds: float, rate: int = 22_050) -> bytes:
    """Return a tone as a file of this kind."""
    import av  # noqa: PLC0415 - takes its time, and only here
    import numpy as np  # noqa: PLC0415 - the same

    container, codec = _CODECS[kind]
    file = io.BytesIO()
    tone = 9000 * np.sin(2 * math.pi * 220 * np.arange(round(rate * seconds)) / rate)
    frame = av.AudioFrame.from_ndarray(tone.astype(np.int16).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        for each in av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate).resample(frame):
            out.mux(stream.encode(each))
        out.mux(stream.encode(None))
    return file.getvalue()
