"""The stems splitter: one call from a recording to a ZIP."""

import io
import sys
import wave
import zipfile

import httpx
import pytest
from tempolor_contract.runs.scenarios.samples import files_of


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def split(client, content, media_type="audio/wav", **query):
    """Split a recording and return the answer."""
    return client.post("/music/stems-splitter/", params=query, content=content, headers={"Content-Type": media_type})


def test_a_recording_comes_back_as_a_zip_of_its_stems(client, wav):
    """State 2, one file for each stem named in `detail`, and an address that answers without a token."""
    answer = split(client, wav, user_id="").json()

    assert (answer["state"], answer["audioType"]) == (2, "wav")
    assert answer["title"].endswith(".wav")
    link = httpx.Client(transport=client._transport).get(answer["stemsZipUrl"])
    assert link.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(link.content)) as archive:
        assert archive.testzip() is None
        stems = {name.rpartition("/")[2].partition(".")[0] for name in archive.namelist()}
    assert stems == set(answer["detail"])


def silence(seconds):
    """Return a recording without a sound."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 8_000, 0, "NONE", ""))
        writer.writeframes(bytes(16_000 * seconds))
    return file.getvalue()


def test_a_world_that_begins_again_splits_what_it_is_given(client):
    """The split has the same id again, and the stems of the new recording."""
    sizes = []
    for recording in (silence(1), silence(2)):
        client.post("http://mock/_mock/reset")
        client.account("111")
        link = split(client, recording).json()["stemsZipUrl"]
        with zipfile.ZipFile(io.BytesIO(httpx.Client(transport=client._transport).get(link).content)) as archive:
            sizes.append(max(each.file_size for each in archive.infolist()))
    assert sizes[1] > sizes[0]


def test_an_m4a_upload_that_nothing_decodes_works_and_says_so(client, monkeypatch, caplog):
    """A song of ours stands in, as long as the recording; header and log say what to install."""
    monkeypatch.setitem(sys.modules, "av", None)
    recording = files_of("audio/mp4")[0]

    answer = split(client, recording, "audio/mp4")

    assert (answer.status_code, answer.json()["state"]) == (200, 2)
    assert "pip install 'tempolor-kit[m4a]'" in answer.headers["X-Mock-Notice"]
    assert [record.getMessage() for record in caplog.records] == [answer.headers["X-Mock-Notice"]]
    link = httpx.Client(transport=client._transport).get(answer.json()["stemsZipUrl"])
    with zipfile.ZipFile(io.BytesIO(link.content)) as archive, wave.open(archive.open("vocals.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(2, abs=0.1)


def test_an_m4a_upload_that_is_decoded_is_answered_without_a_notice(client):
    """There is nothing to say."""
    answer = split(client, files_of("audio/mp4")[0], "audio/mp4")

    assert answer.status_code == 200
    assert "X-Mock-Notice" not in answer.headers


def test_a_split_takes_no_slot(client, wav):
    """There is no job to follow."""
    split(client, wav)

    assert client.get("/scheduler").json() == []
    assert client.get("/music").json()["records"] == []


@pytest.mark.parametrize("content", [b"x", b"MThd" + b"\0" * 50, b"\0" * 5_000], ids=["letter", "midi", "zeros"])
def test_what_is_no_sound_is_a_400(client, content):
    """In the envelope, with a text."""
    answer = split(client, content)

    assert answer.status_code == 400
    assert answer.json()["code"] == 400


def test_one_of_several_accounts_must_be_named(client, wav, refused):
    """As for every upload."""
    client.account("222")

    refused(split(client, wav), 400, "Parameter user_id is required")
    assert split(client, wav, user_id="222").status_code == 200


def test_an_unknown_account_is_a_404(client, wav, refused):
    """It names the account."""
    refused(split(client, wav, user_id="999"), 404, "No record found for 999")
