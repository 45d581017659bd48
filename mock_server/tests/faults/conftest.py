"""What tests of faults share: files to upload, a client that adds rules, and one that reads raw bytes."""

import asyncio
import io
import struct
import sys
import wave
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import mido
import pytest

# The tools are scripts, not a package.
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))


def _wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16_000, 8_000, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", (place * 523) % 9_000 - 4_500) for place in range(8_000)))
    return buffer.getvalue()


def _mid() -> bytes:
    notes = [mido.Message(kind, note=note, time=96) for note in (60, 64, 67) for kind in ("note_on", "note_off")]
    buffer = io.BytesIO()
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(file=buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    """Files to upload, by their extensions: half a second of sound, and three notes."""
    return {"wav": _wav(), "mid": _mid()}


@pytest.fixture
def add_fault() -> Callable[..., str]:
    """Add a rule to a client's world and return its id."""

    def add(client, kind: str, *, match: dict | None = None, rule: dict | None = None, **effect) -> str:
        body = {"effect": {"kind": kind, **effect}, "match": match or {}, **(rule or {})}
        return client.control("faults", **body).raise_for_status().json()["id"]

    return add


class Wire:
    """One HTTP request on a socket, whose answer is read byte by byte."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.reader = reader

    @classmethod
    @asynccontextmanager
    async def request(cls, server, token: str, target: str, *, method: str = "GET", body: bytes = b""):
        """Send a request on a connection that is closed in the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        kind = "Content-Type: application/json\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{kind}"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        try:
            yield cls(reader)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def head(self) -> tuple[int, int]:
        """Return the status and the declared length of the body."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        length = next(line for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), int(length.split(":")[1])


@pytest.fixture(scope="session")
def wire() -> type[Wire]:
    """The raw client."""
    return Wire
