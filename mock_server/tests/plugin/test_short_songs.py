"""A song that is short by option: everything agrees on how long it is, and it costs little."""

import io
import json
import zipfile

import httpx
import mido
import pytest
import soundfile
from tempolor_mock.testing import MockServer, OptionsError

PAST_EVERY_JOB = 60


@pytest.fixture
def tempolor_mock_options():
    """Songs of one or two seconds."""
    return {"music_seconds": (1, 2), "download_lag_seconds": 0}


@pytest.fixture
def client(tempolor_mock):
    """A client of the world."""
    tempolor_mock.add_account()
    with httpx.Client(
        base_url=tempolor_mock.api_url, headers=tempolor_mock.headers, transport=tempolor_mock.transport
    ) as client:
        yield client


def finished(tempolor_mock, client, kind="song", **order):
    """Return a job that is complete."""
    answer = client.post(f"/music/{kind}", json={"prompt": "A lighthouse waltz", **order}).raise_for_status().json()
    tempolor_mock.advance(PAST_EVERY_JOB)
    return client.get(f"/music/{answer['jobs'][0]}").json()


def file(client, song, file_format):
    """Return a file of a song."""
    link = client.get(f"/music/download/{song['job_id']}", params={"file_format": file_format}).json()["url"]
    return client.get(link).raise_for_status().content


@pytest.mark.parametrize("model", ["v3", "v3.5"])
def test_every_file_is_as_long_as_the_job_says(tempolor_mock, client, model):
    """mp3, wav, each of the stems and the waveform."""
    song = finished(tempolor_mock, client, model_song=model)
    seconds = song["musicMaterial"]["dur"]

    mp3 = soundfile.info(io.BytesIO(file(client, song, "mp3")))
    wav = soundfile.info(io.BytesIO(file(client, song, "wav")))
    stems = zipfile.ZipFile(io.BytesIO(file(client, song, "stems")))
    peaks = json.loads(client.get(song["musicMaterial"]["waveformUrl"]).content)

    assert seconds in {1, 2}
    assert mp3.duration == pytest.approx(seconds, abs=0.1)
    assert wav.duration == seconds
    for name in stems.namelist():
        assert soundfile.info(io.BytesIO(stems.read(name))).duration == seconds
    assert peaks["length"] / peaks["sample_rate"] * peaks["samples_per_pixel"] == pytest.approx(seconds, abs=0.1)


def test_a_song_built_on_a_midi_file_is_short_too(tempolor_mock, client):
    """However long the file plays."""
    notes = [mido.Message(kind, note=60, time=480) for _ in range(60) for kind in ("note_on", "note_off")]
    theme = io.BytesIO()
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(file=theme)
    sent = {"params": {"name": "Theme"}, "content": theme.getvalue(), "headers": {"Content-Type": "audio/midi"}}
    uploaded = client.post("/music/midi", **sent).raise_for_status().json()["midiRenderVO"]

    song = finished(tempolor_mock, client, midiItemId=uploaded["midiItemId"])

    assert song["musicMaterial"]["dur"] in {1, 2}
    assert soundfile.info(io.BytesIO(file(client, song, "wav"))).duration == song["musicMaterial"]["dur"]


def test_the_quota_counts_what_was_made(tempolor_mock, client):
    """Two pieces of one or two seconds each."""
    order = client.post("/music/song", json={"prompt": "x"}).json()

    assert 2 <= 540_000 - order["remainSeconds"] <= 4


@pytest.mark.tempolor(music_seconds=1)
def test_a_number_is_both_ends_of_the_range(tempolor_mock, client):
    """As with the other ranges."""
    assert finished(tempolor_mock, client, "instrumental")["musicMaterial"]["dur"] == 1


@pytest.mark.tempolor(music_seconds=(200, 300))
def test_no_piece_is_longer_than_its_model_makes(tempolor_mock, client):
    """Whatever the option says."""
    assert finished(tempolor_mock, client, model_song="v3")["musicMaterial"]["dur"] == 120


@pytest.mark.parametrize("wrong", [0, 301, 1.5, (2, 1), "1..2", (1, 2, 3)], ids=str)
def test_a_length_that_cannot_be_is_refused_at_once(wrong):
    """In words that say what there is."""
    with pytest.raises(OptionsError, match="music_seconds are whole numbers from 1 to 300, lowest first"):
        MockServer(music_seconds=wrong)
