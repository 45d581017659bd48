"""What tests of the operations say often."""

import io
import struct
import wave
from collections.abc import Callable

import httpx
import pytest


def _wav(seconds: float = 0.5) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(
            b"".join(struct.pack("<h", (place * 523) % 9_000 - 4_500) for place in range(int(16_000 * seconds)))
        )
    return buffer.getvalue()


def _midi() -> bytes:
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    events = b"".join(
        b"\x00\x90" + bytes([note, 90]) + b"\x60\x80" + bytes([note, 0]) for note in (60, 64, 67, 72, 67, 64, 60)
    )
    track = events + b"\x00\xff\x2f\x00"
    return header + b"MTrk" + struct.pack(">I", len(track)) + track


@pytest.fixture(scope="session")
def wav() -> bytes:
    """Half a second of sound in a WAV file."""
    return _wav()


@pytest.fixture(scope="session")
def mid() -> bytes:
    """A standard MIDI file of seven notes."""
    return _midi()


@pytest.fixture(scope="session")
def refused() -> Callable[..., None]:
    """Assert that an answer is a refusal in the service's envelope, with this status and text."""

    def check(response: httpx.Response, status: int, text: str) -> None:
        assert response.json() == {"error": text, "code": status}
        assert response.status_code == status
        assert response.headers["content-type"] == "application/json"

    return check
