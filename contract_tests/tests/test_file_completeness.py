"""Files that tell how they end are found to be whole or not, and nothing is said where it is not certain."""

import io
import struct
import zipfile

import numpy as np
import pytest
import simplejpeg
from tempolor_contract.document.file_completeness import whats_missing
from tempolor_contract.exchanges.exchange import Response
from tempolor_contract.runs.scenarios.samples import files_of, midi_file, wav_file


def zip_file(*names: str, content: bytes = b"sound" * 100, packed: int = zipfile.ZIP_STORED) -> bytes:
    """Return a ZIP with files of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


FILES = {
    "wav": wav_file(),
    "midi": midi_file(),
    "stems": zip_file("vocals.wav", "drums.wav"),
    "mp3": files_of("audio/mpeg")[0],
    "image": simplejpeg.encode_jpeg(np.zeros((40, 40, 3), np.uint8)),
    "waveform": b'{"peaks": [0.1, 0.5, 0.2]}',
}


def answered(body: bytes, *, status: int = 200, truncated: bool = False, **headers: str) -> Response:
    """Return an answer; the names of headers have underscores."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status=status, headers=named, body=body, truncated=truncated)


@pytest.mark.parametrize("kind", FILES)
def test_a_whole_file_lacks_nothing(kind):
    """All of it has come."""
    assert not whats_missing(kind, answered(FILES[kind]))


@pytest.mark.parametrize("kind", FILES)
def test_half_a_file_is_noticed(kind):
    """Its other half never comes, and the answer does not say so."""
    half = FILES[kind][: len(FILES[kind]) // 2]

    assert whats_missing(kind, answered(half, content_length=str(len(half))))


@pytest.mark.parametrize("tag", [b"TAG" + b"\0" * 125, b"\0" * 500], ids=["tag", "silence"])
def test_what_follows_the_last_frame_of_an_mp3_is_no_fault(tag):
    """Programs put their own data there."""
    assert whats_missing("mp3", answered(FILES["mp3"] + tag)) == ""


def test_a_hole_in_an_mp3_is_noticed():
    """Where a frame has to follow, there is none."""
    mp3 = FILES["mp3"]

    assert "no frame" in whats_missing("mp3", answered(mp3[:4000] + b"\0" * 2000 + mp3[6000:]))


def test_the_beginning_of_a_wav_is_enough():
    """Its length is told in front, and that of the answer in a header."""
    wav = FILES["wav"]

    assert whats_missing("wav", answered(wav[:64], truncated=True, content_length=str(len(wav)))) == ""
    assert whats_missing("wav", answered(wav[:64], truncated=True, content_length="9999"))


def test_a_wav_whose_sound_has_no_bytes_is_told():
    """Players believe what the chunk says, whatever follows it; a WAV that is all there is has no sound to lose."""
    wav = FILES["wav"]
    silent = wav[:40] + b"\0\0\0\0" + wav[44:]

    assert "sound of 0 bytes" in whats_missing("wav", answered(silent))
    assert whats_missing("wav", answered(wav_file(0.0))) == ""


def test_a_wav_of_unknown_length_is_left_alone():
    """Who writes to a pipe cannot go back to the beginning."""
    endless = b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE"

    assert whats_missing("wav", answered(endless)) is None


@pytest.mark.parametrize("names", [(), ("mix.wav",)])
def test_stems_are_several_files(names):
    """They are what a recording was taken apart into."""
    told = f"is a ZIP of {len(names)} file: the stems are not apart"
    body = zip_file(*names)

    assert whats_missing("stems", answered(body)) == told


def test_stems_can_be_unpacked():
    """Each file of a ZIP tells what its bytes add up to; how some are packed nobody here knows."""
    spoilt = FILES["stems"].replace(b"sound", b"noise", 1)
    directory = FILES["stems"].rindex(b"PK\x01\x02")
    unknown = FILES["stems"][: directory + 10] + b"\x63\0" + FILES["stems"][directory + 12 :]

    told = "is a ZIP that cannot be unpacked: Bad CRC-32 for file 'vocals.wav'"
    assert [whats_missing("stems", answered(each)) for each in (spoilt, unknown)] == [told, ""]


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_spoilt_is_found_however_it_is_packed(packed):
    """Each way has errors of its own."""
    body = zip_file("vocals.wav", "drums.wav", packed=packed)
    at = body.index(b"vocals.wav") + 20
    spoilt = body[:at] + bytes(each ^ 0x55 for each in body[at : at + 8]) + body[at + 8 :]

    assert whats_missing("stems", answered(body)) == ""
    assert str(whats_missing("stems", answered(spoilt))).startswith("is a ZIP that cannot be unpacked: ")


def test_no_more_is_unpacked_than_sound_has(monkeypatch):
    """A small file may pretend to be a huge one: the work grows with what came."""
    bomb = zip_file("vocals.wav", "drums.wav", content=bytes(64 << 20), packed=zipfile.ZIP_DEFLATED)
    read = []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, size: read.append(size) or whole(self, size))

    assert whats_missing("stems", answered(bomb)) == ""
    assert sum(read) <= 16 * len(bomb) + (1 << 20)


@pytest.mark.parametrize(("end", "missing"), [(b"", False), (b"\0" * 22, True)], ids=["whole", "cut"])
def test_the_end_of_a_zip_is_enough(end, missing):
    """Its directory stands there."""
    tail = FILES["stems"][-60:][: -len(end) or None] + end
    total = 5000
    told = f"bytes {total - len(tail)}-{total - 1}/{total}"

    assert bool(whats_missing("stems", answered(tail, status=206, content_range=told))) is missing


@pytest.mark.parametrize("kind", FILES)
def test_what_is_not_certain_proves_nothing(kind):
    """A recorder that takes bytes for text, and one that keeps only the beginning, say nothing about the file."""
    body = FILES[kind][:20]

    assert whats_missing(kind, answered(body, content_length="44")) is None
    assert whats_missing(kind, answered(body, truncated=True)) is None
