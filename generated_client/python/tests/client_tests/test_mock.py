"""The client and the mock, as they come."""

import zipfile

import pytest
from tempolor_client import errors

from .test_uploads import MIDI, WAV

NO_JOB = "user:12345-tempolor:2-job:none"
TRACK = b"\x00\x90\x3c\x40\x60\x80\x3c\x40\x00\xff\x2f\x00"
NOTE = MIDI + b"\x00\x00\x00\x01\x00\x60MTrk" + len(TRACK).to_bytes(4, "big") + TRACK
VOICE_ID = "user:12345-tempolor:2-voice:v"
VOICE = (
    b"RIFF" + (36 + 88_200).to_bytes(4, "little") + b"WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00"
    b"\x88\x58\x01\x00\x02\x00\x10\x00data" + (88_200).to_bytes(4, "little") + bytes(range(1, 247)) * 359
)[: 44 + 88_200]


def test_a_song_from_the_order_to_the_file(mock, tmp_path):
    """The whole way, the 404 after COMPLETED included."""
    order = mock(lambda client: client.songs.create("A lo-fi beat about rain", model="v3"))
    seen = []

    items = mock(lambda client: client.songs.order(*order.jobs).wait(progress=lambda item: seen.append(item.progress)))
    path = mock(lambda client: client.music.download(order.jobs[0], tmp_path / "song.wav", file_format="wav"))

    assert {item.status_name for item in items} == {"COMPLETED"}
    assert (seen[0], seen[-1]) == (0, 100)
    assert path.read_bytes()[:4] == b"RIFF"
    assert 2.0 in mock.time.pauses


def test_an_instrumental_is_what_was_ordered(mock):
    """Key and tempo come back."""
    items = mock(lambda client: client.instrumentals.create_and_wait("Calm piano", tonality="D:minor", bpm=72))

    assert {(item.music_material.key, item.music_material.bpm) for item in items} == {("D:minor", 72)}


def test_lists_hold_what_was_made(mock):
    """Songs and instrumentals apart, over as many pages as there are."""
    mock(lambda client: client.instrumentals.create("Calm piano"))
    orders = [mock(lambda client: client.songs.create("Rain")) for _ in range(3)]

    songs = mock(lambda client: client.songs.list())

    assert {item.job_id for item in songs} == {job for order in orders for job in order.jobs}
    assert mock(lambda client: client.instrumentals.list())[0].job_id not in {item.job_id for item in songs}


def test_a_busy_account_is_waited_for(mock):
    """Until one of its jobs has ended."""
    mock(lambda client: client.songs.create("Rain", max_jobs=1))
    notices = []

    mock(lambda client: client.songs.create("Snow", max_jobs=1), on_busy=notices.append)

    assert [notice.seconds for notice in notices] == [30.0]
    assert notices[0].error.running_jobs["204816357"][0].job_id


def test_the_scheduler_shows_and_cancels_what_runs(mock):
    """A slot is free at once."""
    order = mock(lambda client: client.songs.create("Rain"))
    running = mock(lambda client: client.scheduler.running())

    mock(lambda client: client.songs.order(*order.jobs).cancel())

    assert {job.job_id for job in running} == set(order.jobs)
    assert mock(lambda client: client.scheduler.capacity()).executing == []


def test_a_midi_file_is_uploaded_listed_sung_on_and_deleted(mock):
    """With a real one: a header, and a track of one note."""
    uploaded = mock(lambda client: client.midi.upload(NOTE, name="Theme"))
    midi_id = uploaded.midi_render_vo.midi_item_id

    order = mock(lambda client: client.songs.create("Rain", midi_id=midi_id))

    assert [file.name for file in mock(lambda client: client.midi.list())] == ["Theme"]
    assert mock(lambda client: client.music.get(order.jobs[0])).ltm_material_extend_dto.ltm_midi_model
    assert mock(lambda client: client.midi.delete(midi_id)).result
    assert mock(lambda client: client.midi.list()) == []


def test_a_voice_is_cloned_and_sings(mock):
    """From the bytes of a recording."""
    voice = mock(lambda client: client.voices.clone(VOICE, name="Alto"))
    ready = mock(lambda client: client.voices.wait(voice.cloned_voice_item_id))

    order = mock(lambda client: client.songs.create("Rain", cloned_voice_id=ready.cloned_voice_item_id))

    assert ready.name == "Alto"
    assert order.jobs
    assert mock(lambda client: client.voices.artists())[0].item_id


def test_a_recording_is_split_into_stems(mock, tmp_path):
    """And the ZIP file of them fetched."""
    stems = mock(lambda client: client.stems.split(VOICE))
    path = mock(lambda client: client.stems.download(stems, tmp_path / "stems.zip"))

    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) >= 2


@pytest.mark.parametrize(
    ("action", "kind", "advice"),
    [
        (lambda client: client.songs.create("x" * 2001), errors.BadRequestError, "2000 characters"),
        (
            lambda client: client.songs.create(
                "x", artist_voice_id="a", cloned_voice_id="user:12345-tempolor:2-voice:v"
            ),
            errors.BadRequestError,
            "Choose one singer",
        ),
        (lambda client: client.songs.create("x", cloned_voice_id="nonsense"), errors.BadRequestError, "all its colons"),
        (lambda client: client.music.get("nonsense"), errors.BadRequestError, "all its colons"),
        (lambda client: client.music.wait(NO_JOB), errors.NotFoundError, "job:none"),
        (lambda client: client.midi.upload(WAV, name="x"), errors.BadRequestError, "media_type"),
        (lambda client: client.accounts.get("999"), errors.NotFoundError, "configured first"),
        (
            lambda client: client.scheduler.cancel("user:12345-tempolor:2-job:none"),
            errors.NotFoundError,
            "nothing to do",
        ),
    ],
    ids=["long prompt", "two voices", "no voice's id", "no id", "no such job", "wav as MIDI", "account", "not running"],
)
def test_a_mistake_is_an_error_that_says_what_to_do(mock, action, kind, advice):
    """The service's own words are recognised."""
    with pytest.raises(kind, match=advice):
        mock(action)


def test_a_wrong_token_is_an_error_that_says_where_it_comes_from(mock):
    """A text that is no token of the service."""
    with pytest.raises(errors.AuthenticationError, match="USEAPI_TOKEN"):
        mock(lambda client: client.scheduler.running(), token="wrong")


def test_accounts_are_stored_listed_read_and_deleted(mock):
    """All there is to do with them."""
    stored = mock(lambda client: client.accounts.create({"user_id": "77", "service_ticket": "s"}, max_jobs=3))

    assert (stored.user_id, stored.max_jobs, stored.request_params.service_ticket) == ("77", 3, "***")
    assert sorted(mock(lambda client: client.accounts.list())) == ["204816357", "77"]
    assert mock(lambda client: client.accounts.get("77")).updated_utc == stored.updated_utc
    assert mock(lambda client: client.accounts.delete("77")) is None
    assert list(mock(lambda client: client.accounts.list())) == ["204816357"]


def test_a_deleted_job_is_gone(mock):
    """Deleting it again is a 404."""
    order = mock(lambda client: client.songs.create("Rain"))
    mock(lambda client: client.songs.order(*order.jobs).wait())

    assert mock(lambda client: client.music.delete(order.jobs[0])).result
    with pytest.raises(errors.NotFoundError):
        mock(lambda client: client.music.delete(order.jobs[0]))
