"""Files on their way to the service."""

import io
import os

import pytest
from tempolor_client import errors
from tempolor_client.payload import CHUNK, Payload
from tempolor_spec import load_document

from .hostile import answer, error

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 2048
MIDI = b"MThd\x00\x00\x00\x06"
CLONED = answer(200, {"result": True, "clonedVoiceItemId": "user:1-tempolor:2-voice:v"})
BUSY = error(429, "TemPolor is busy")


@pytest.fixture(params=["path", "str", "bytes", "bytearray", "memoryview", "file", "file object", "pipe"])
def upload(request, tmp_path):
    """The same bytes in each form they can be handed over in."""
    path = tmp_path / "Evening Alto.wav"
    path.write_bytes(WAV)
    with path.open("rb") as file:
        yield {
            "path": path,
            "str": str(path),
            "bytes": WAV,
            "bytearray": bytearray(WAV),
            "memoryview": memoryview(WAV),
            "file": file,
            "file object": io.BytesIO(WAV),
            "pipe": Unseekable(WAV),
        }[request.param]


class Unseekable(io.RawIOBase):
    """A file that can be read once, as a pipe."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def readable(self):
        """Say so."""
        return True

    def readinto(self, buffer):
        """Read on."""
        return self._data.readinto(buffer)


def test_an_upload_that_is_tried_again_sends_all_its_bytes_again(run, hostile, upload):
    """A file that has been read stands at its end: sent once more as it is, it would be empty."""
    hostile.then(BUSY, CLONED)

    voice = run(lambda client: client.voices.clone(upload, name="Alto"))

    assert [request.body == WAV for request in hostile.requests] == [True, True]
    assert {request.headers["content-length"] for request in hostile.requests} == {str(len(WAV))}
    assert {request.headers["content-type"] for request in hostile.requests} == {"audio/wav"}
    assert voice.cloned_voice_item_id == "user:1-tempolor:2-voice:v"


def test_a_file_is_sent_from_where_it_stands(run, hostile):
    """Whoever has read a header of their own does not want it sent."""
    file = io.BytesIO(b"skip" + WAV)
    file.seek(4)
    hostile.then(BUSY, CLONED)

    run(lambda client: client.voices.clone(file))

    assert [request.body == WAV for request in hostile.requests] == [True, True]


def test_the_callers_file_stays_open(run, hostile):
    """It is theirs."""
    file = io.BytesIO(WAV)
    hostile.then(CLONED)

    run(lambda client: client.voices.clone(file))

    assert not file.closed


def test_a_name_is_taken_from_the_file(run, hostile, tmp_path):
    """Unless one is given."""
    path = tmp_path / "Evening Alto.wav"
    path.write_bytes(WAV)
    hostile.then(CLONED)

    run(lambda client: client.voices.clone(path, user_id="7"))

    assert hostile.lines == ["POST /v1/tempolor/music/cloned-voices?user_id=7&name=Evening%20Alto"]


def test_a_name_may_hold_anything(run, hostile):
    """A space is not a plus, as not every server reads that as a space."""
    hostile.then(CLONED)

    run(lambda client: client.voices.clone(WAV, name="1+1 & é=?#"))

    assert hostile.lines == ["POST /v1/tempolor/music/cloned-voices?name=1%2B1%20%26%20%C3%A9%3D%3F%23"]


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("a.mp3", b"", "audio/mpeg"),
        ("a.MP3", b"", "audio/mpeg"),
        ("a.wav", b"", "audio/wav"),
        ("a.m4a", b"", "audio/mp4"),
        ("a.flac", b"", "audio/flac"),
        ("a.mid", b"", "audio/midi"),
        ("a", b"ID3\x04", "audio/mpeg"),
        ("a", b"\xff\xfb\x90\x00", "audio/mpeg"),
        ("a", WAV[:16], "audio/wav"),
        ("a", b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        ("a", b"fLaC", "audio/flac"),
        ("a", MIDI, "audio/midi"),
        ("wrong.mp3", b"fLaC", "audio/flac"),
    ],
)
def test_the_media_type_is_told_by_content_then_by_name(tmp_path, name, head, media_type):
    """The service goes by the media type alone, and files are often named wrongly."""
    path = tmp_path / name
    path.write_bytes(head)

    assert Payload(path).media_type() == media_type


def test_each_media_type_told_is_one_the_document_takes():
    """Otherwise the service would refuse what this package chose."""
    paths = load_document()["paths"]
    taken = {*paths["/music/cloned-voices"]["post"]["requestBody"]["content"]}
    taken |= {*paths["/music/midi"]["post"]["requestBody"]["content"]}

    assert {"audio/mpeg", "audio/wav", "audio/mp4", "audio/flac", "audio/midi"} <= taken


def test_a_media_type_that_is_given_wins(run, hostile):
    """The caller knows best; several callers in the wild send the wrong one for want of a choice."""
    hostile.then(answer(200, {"isFirst": True}))

    run(lambda client: client.midi.upload(MIDI, name="Theme", media_type="audio/x-midi"))

    assert hostile.requests[0].headers["content-type"] == "audio/x-midi"


def test_a_file_of_unknown_kind_is_refused_before_anything_is_sent(run, hostile):
    """The message says how to go on."""
    with pytest.raises(errors.MediaTypeError, match="Pass media_type"):
        run(lambda client: client.stems.split(b"hello"))

    assert hostile.requests == []


@pytest.mark.parametrize("path", ["missing.wav", "."])
def test_an_unreadable_file_is_refused_before_anything_is_sent(run, hostile, tmp_path, path):
    """The message names the file and the reason."""
    with pytest.raises(errors.FileReadError, match=r"cannot read .*(No such file|Is a directory)"):
        run(lambda client: client.stems.split(tmp_path / path))

    assert hostile.requests == []


def test_a_file_that_shrinks_meanwhile_is_an_error(run, hostile, tmp_path):
    """The promised length can no longer be kept."""
    path = tmp_path / "a.wav"
    path.write_bytes(WAV)
    payload = Payload(path)
    os.truncate(path, 100)

    with pytest.raises(errors.FileReadError, match="shorter"):
        list(payload.chunks())


def test_a_text_file_is_a_mistake_of_the_program(run):
    """Not of the data."""
    with pytest.raises(TypeError, match="opened with 'rb'"):
        run(lambda client: client.stems.split(io.StringIO("x")))


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path):
    """Recordings are long."""
    path = tmp_path / "a.wav"
    path.write_bytes(bytes(3 * CHUNK + 1))

    assert [len(chunk) for chunk in Payload(path).chunks()] == [CHUNK, CHUNK, CHUNK, 1]


def test_a_voice_that_is_not_ready_yet_can_be_waited_for(run, hostile, time):
    """After a 202 the list of voices tells."""
    voice = "user:1-tempolor:2-voice:v"
    page = [{"clonedVoiceItemId": "user:1-tempolor:2-voice:u", "status": 10}, {"clonedVoiceItemId": voice, "status": 0}]
    done = [{"clonedVoiceItemId": voice, "status": 30}]
    hostile.then(answer(200, {"records": page}), answer(200, {"records": done}))

    assert run(lambda client: client.voices.wait(voice)).status == 30
    assert time.pauses == [5.0]


def test_an_outage_does_not_end_the_wait_for_a_voice(run, hostile, time):
    """The next look stands for the retries; a refusal ends it."""
    voice = "user:1-tempolor:2-voice:v"
    done = [{"clonedVoiceItemId": voice, "status": 30}]
    hostile.then(answer(503, {"error": "down"}), answer(500, {"error": "x"}), answer(200, {"records": done}))
    hostile.always(answer(401, {"error": "Unauthorized"}))

    assert run(lambda client: client.voices.wait(voice)).status == 30
    assert time.pauses == [5.0, 5.0]
    with pytest.raises(errors.AuthenticationError):
        run(lambda client: client.voices.wait(voice))


def test_a_voice_that_failed_or_takes_too_long_is_an_error(run, hostile):
    """With the voice's id in it."""
    voice = "user:1-tempolor:2-voice:v"
    hostile.then(answer(200, {"records": [{"clonedVoiceItemId": voice, "status": 10}]}))
    hostile.always(answer(200, {"records": []}))

    with pytest.raises(errors.VoiceFailedError, match=voice):
        run(lambda client: client.voices.wait(voice))
    with pytest.raises(errors.WaitTimeoutError, match=voice):
        run(lambda client: client.voices.wait(voice, timeout=20))
