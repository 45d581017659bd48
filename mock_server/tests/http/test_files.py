"""The file host: ranges, expiry, signatures, methods."""

import io

import httpx
import mido
import pytest
from tempolor_mock.domain.policy import Policy

LINK_SECONDS = 3_600


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


@pytest.fixture
def public(client):
    """The same application without an API token: links need none."""
    return httpx.Client(transport=client._transport)


@pytest.fixture
def cover(client):
    """The link to a file that is made quickly."""
    return client.get(f"/music/{client.completed_song()}").json()["cover"]


def test_a_part_of_another_version_is_not_sent(public, cover):
    """`If-Range` names the version; without it, or with this one, the part comes."""
    tag = public.get(cover).headers["etag"]
    wanted = {"Range": "bytes=0-9"}

    assert public.get(cover, headers=wanted | {"If-Range": tag}).status_code == 206
    assert public.get(cover, headers=wanted | {"If-Range": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("0-0", 0, 1), ("0-9", 0, 10), ("5-", 5, None), ("-7", -7, None), ("10-999999999", 10, None)],
)
def test_a_range_is_answered_with_that_part(public, cover, wanted, start, end):
    """206, the bytes asked for, and where they lie."""
    whole = public.get(cover).content

    answer = public.get(cover, headers={"Range": f"bytes={wanted}"})

    part = whole[start:end]
    first = start % len(whole)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert int(answer.headers["content-length"]) == len(part)


def test_a_range_outside_the_file_is_a_416(public, cover, refused):
    """The answer tells how long the file is."""
    size = len(public.get(cover).content)

    answer = public.get(cover, headers={"Range": f"bytes={size}-"})

    refused(answer, 416, "Range Not Satisfiable")
    assert answer.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize("header", ["bytes=", "bytes=-", "bytes=a-b", "bytes=9-3", "items=0-1", "0-1", "bytes=0-1,3-4"])
def test_a_range_that_makes_no_sense_is_ignored(public, cover, header):
    """The whole file is served, as RFC 9110 allows."""
    answer = public.get(cover, headers={"Range": header})

    assert answer.status_code == 200
    assert answer.content == public.get(cover).content


def test_head_answers_without_the_bytes(public, cover):
    """The same headers as GET, and nothing else."""
    whole = public.get(cover)

    answer = public.head(cover)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(whole.content))
    assert answer.headers["content-type"] == whole.headers["content-type"]
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_files_can_only_be_read(public, cover, refused, method):
    """405 with the two methods there are."""
    answer = public.request(method, cover)

    refused(answer, 405, "Method Not Allowed")
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_link_expires_in_virtual_time(client, public):
    """Good for an hour of the world's clock, and not a second longer."""
    link = client.link(client.completed_song())

    client.advance(LINK_SECONDS - 1)
    before = public.head(link)
    client.advance(1)
    after = public.get(link)

    assert before.status_code == 200
    assert after.status_code == 403
    assert after.json()["code"] == 403


def test_a_new_link_works_after_the_old_one_expired(client, public):
    """The file itself does not go away."""
    job_id = client.completed_song()
    client.link(job_id)
    client.advance(2 * LINK_SECONDS)

    assert public.head(client.link(job_id)).status_code == 200


@pytest.mark.parametrize("change", ["none", "empty", "signature", "expiry", "format", "junk", "very-long"])
def test_an_altered_link_is_a_403(client, public, change):
    """Neither expiry nor file can be changed without the signature noticing."""
    url = httpx.URL(client.link(client.completed_song()))
    key = url.params["auth_key"]
    altered = {
        "none": url.copy_with(query=None),
        "empty": url.copy_with(params={"auth_key": ""}),
        "signature": url.copy_with(params={"auth_key": key[:-1] + ("0" if key[-1] != "0" else "1")}),
        "expiry": url.copy_with(params={"auth_key": "9" + key}),
        "format": url.copy_with(path=url.path.replace(".wav", ".mp3"), params={"auth_key": key}),
        "junk": url.copy_with(params={"auth_key": "é-0-0-x"}),
        "very-long": url.copy_with(params={"auth_key": f"{'9' * 5000}-0-0-x"}),
    }[change]

    answer = public.get(altered)

    assert answer.status_code == 403
    assert answer.json()["code"] == 403


@pytest.mark.parametrize(
    "path",
    ["/files/", "/files/x", "/files/x/music/y.mp3", "/files/shared/artist-voices/nobody.mp3", "/files/x/y/z/a.mp3",
     "/files/../etc/passwd", "/files/x/music/%2e%2e%2fy.mp3", "/files/%00/music/%00.mp3", "/files/%ff/music/a.mp3"],
)  # fmt: skip
def test_a_path_no_link_leads_to_is_a_404(public, path):
    """In the envelope, whatever the path looks like."""
    answer = public.get(f"http://mock{path}")

    assert answer.status_code == 404
    assert answer.json()["code"] == 404


def test_a_file_of_deleted_music_is_gone(client, public):
    """A link that was given before the deletion leads nowhere."""
    job_id = client.completed_song()
    link = client.link(job_id)
    client.delete(f"/music/{job_id}")

    assert public.get(link).status_code == 404


def test_a_file_of_an_emptied_world_is_gone(client, public, cover):
    """A reset takes the files with it."""
    client.control("reset")

    assert public.get(cover).status_code == 404


def voices_of(client):
    """Return the ids of two artist voices."""
    return [each["itemId"] for each in client.get("/music/artist-voices").json()["records"][:2]]


def uploaded(client, content):
    """Upload a MIDI file and return its id."""
    client.post("/music/midi?name=a", content=content, headers={"Content-Type": "audio/midi"}).raise_for_status()
    return client.get("/music/midi").json()["records"][0]["midiItemId"]


def melody(*pitches):
    """Return a MIDI file of these notes, in the same key and tempo as any other."""
    track = mido.MidiTrack([mido.MetaMessage("key_signature", key="D"), mido.MetaMessage("set_tempo", tempo=500_000)])
    for pitch in pitches:
        track += [mido.Message("note_on", note=pitch), mido.Message("note_off", note=pitch, time=480)]
    file = io.BytesIO()
    mido.MidiFile(tracks=[track]).save(file=file)
    return file.getvalue()


CHANGES = {
    "voice": lambda client, turn: client.completed_song(artistVoiceItemId=voices_of(client)[turn]),
    "melody": lambda client, turn: client.completed_song(midiItemId=uploaded(client, melody(60, 64, 67 + turn * 5))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_world_that_begins_again_has_its_own_sounds(client, public, change):
    """Ids come again with the seed; what was asked for under them is another thing."""
    tags = []
    for turn in (0, 1):
        client.post("http://mock/_mock/reset")
        client.account("111")
        tags.append(public.head(client.link(CHANGES[change](client, turn))).headers["etag"])
    assert tags[0] != tags[1]


def test_a_cover_of_a_running_job_is_not_there_yet(new_client):
    """Guessing the address of what is not made does not help."""
    client = new_client(policy=Policy())
    client.account("111")
    done = client.get(f"/music/{client.completed_song()}").json()
    running, *_ = client.song()

    guessed = done["cover"].replace(done["itemId"], running.rpartition(":")[2])

    assert client.get(guessed).status_code == 404


def test_a_long_title_is_not_all_of_a_files_name(client, public):
    """Names stand in a header, and clients take only so much of one."""
    job_id = client.completed_song(prompt=" ".join(["supercalifragilisticexpialidocious" * 3] * 4))
    name = public.head(client.link(job_id)).headers["content-disposition"]
    assert len(name) < 200
    assert name.endswith(".wav")
