"""From a completed job to a link, and from the link to the bytes."""

import io
import wave
import zipfile

import pytest
from tempolor_mock.domain.policy import Policy

LINK_SECONDS = 3_600


@pytest.fixture
def client(new_client):
    """A world with one account, where a job takes 20 virtual seconds and its files 3 more."""
    client = new_client(policy=Policy(job_seconds=(20, 20), download_lag_seconds=(3, 3), link_seconds=LINK_SECONDS))
    client.account("111")
    return client


@pytest.fixture
def public(client):
    """The same application without an API token: links need none."""
    return client.anonymous()


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, 400), (19.999, 400), (20, 404), (22.999, 404), (23, 200), (10_000, 200)],
    ids=["new", "almost", "completed", "lagging", "there", "much-later"],
)
def test_a_file_is_there_some_seconds_after_completion(client, refused, seconds, status):
    """Generating is a 400, COMPLETED at first a 404, then the link is given."""
    job_id, *_ = client.song()
    client.advance(seconds)

    answer = client.get(f"/music/download/{job_id}")

    assert answer.status_code == status
    if status == 400:
        refused(answer, 400, "Generation is not completed yet (0)")
    if status == 404:
        refused(answer, 404, f"No record found for {job_id}")


def test_an_unknown_format_is_a_400(client, refused):
    """The text lists the three."""
    job_id = client.completed_song()

    answer = client.get(f"/music/download/{job_id}?file_format=ogg")

    refused(answer, 400, "Invalid file_format parameter. Must be 'mp3', 'wav' or 'stems'")


def test_an_unknown_format_is_callbacked_before_the_unfinished_job(client, refused):
    """Format comes before references."""
    job_id, *_ = client.song()

    answer = client.get(f"/music/download/{job_id}?file_format=ogg")

    refused(answer, 400, "Invalid file_format parameter. Must be 'mp3', 'wav' or 'stems'")


@pytest.mark.parametrize("query", ["", "?file_format=", "?file_format=mp3"], ids=["default", "empty", "mp3"])
def test_mp3_is_the_default(client, query):
    """A link to the compressed mix, and how long it is good."""
    job_id = client.completed_song()

    answer = client.get(f"/music/download/{job_id}{query}").json()

    assert answer["url"].startswith("http://mock/files/")
    assert ".mp3?auth_key=" in answer["url"]
    assert answer["remainSeconds"] == LINK_SECONDS


def test_a_wav_link_serves_a_wav_as_long_as_the_job_says(client, public):
    """The bytes agree with `musicMaterial.dur`."""
    job_id = client.completed_song()
    seconds = client.get(f"/music/{job_id}").json()["musicMaterial"]["dur"]

    answer = public.get(client.link(job_id))

    assert answer.headers["content-type"] in {"audio/wav", "audio/x-wav"}
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(seconds, abs=1)


def test_an_mp3_link_serves_an_mp3_in_parts_and_whole(client, public):
    """An ID3 tag or an MPEG frame comes first; the very first request may be for the middle of the file."""
    link = client.link(client.completed_song(), "mp3")

    part = public.get(link, headers={"Range": "bytes=1000-1999"})
    whole = public.get(link)

    assert whole.headers["content-type"] == "audio/mpeg"
    assert whole.content[:3] == b"ID3" or (whole.content[0] == 0xFF and whole.content[1] & 0xE0 == 0xE0)
    assert (part.status_code, part.content) == (206, whole.content[1_000:2_000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole.content)}"


def test_a_stems_link_serves_a_zip_of_stems(client, public):
    """Several sound files in one archive that is whole."""
    answer = public.get(client.link(client.completed_song(), "stems"))

    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) >= 2


def test_cover_and_waveform_can_be_fetched(client, public):
    """Every address the mock hands out answers."""
    item = client.get(f"/music/{client.completed_song()}").json()

    cover = public.get(item["cover"])
    peaks = public.get(item["musicMaterial"]["waveformUrl"])

    magic = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}[cover.headers["content-type"]]
    assert cover.content.startswith(magic)
    assert peaks.headers["content-type"] == "application/json"
    assert peaks.json()


def test_the_same_job_gives_the_same_bytes(new_client):
    """Two applications with one seed make one sound."""
    contents = []
    for _ in range(2):
        client = new_client("user:12345-same-bytes", policy=Policy(seed=3))
        client.account("111")
        link = client.link(client.completed_song())
        contents.append(client.anonymous().get(link).content)

    assert contents[0] == contents[1]


def test_no_link_shows_the_api_token(client):
    """Links are passed on; a token must not be."""
    link = client.link(client.completed_song())

    assert client.api_token not in link
    assert client.api_token.partition("-")[2] not in link
