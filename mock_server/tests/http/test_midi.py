"""MIDI files: upload, list, delete, and songs built on them."""

import pytest

MIDI = "user:12345-tempolor:111-midi:000000000000000"


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


@pytest.fixture
def upload(client, mid):
    """Upload a MIDI file and return the answer."""

    def send(content=mid, media_type="audio/midi", path="/music/midi", **query):
        return client.post(
            path, params={"name": "Theme"} | query, content=content, headers={"Content-Type": media_type}
        )

    return send


@pytest.mark.parametrize("media_type", ["audio/midi", "audio/x-midi", "Audio/MIDI; x=y"])
def test_an_uploaded_file_can_be_used_at_once(client, upload, media_type):
    """The answer names the file, and a song can be built on it."""
    answer = upload(media_type=media_type).json()

    file = answer["midiRenderVO"]
    assert answer["isFirst"] is True
    assert (file["opType"], file["ucid"], file["name"]) == ("upload", "111", "Theme")
    job_id, *_ = client.song(midiItemId=file["midiItemId"])
    assert client.get(f"/music/{job_id}").json()["ltmMaterialExtendDto"]["ltmMidiModel"] is True


def test_only_the_first_file_of_an_account_is_its_first(client, upload):
    """`isFirst` is about the account, as the document says."""
    client.account("222")

    answers = [upload(user_id=user_id).json()["isFirst"] for user_id in ("111", "111", "222")]

    assert answers == [True, False, True]


def test_the_link_serves_the_bytes_that_were_uploaded(client, upload, mid):
    """Without an API token, like every file."""
    link = upload().json()["midiRenderVO"]["midiUrl"]

    answer = client.anonymous().get(link)

    assert (answer.content, answer.headers["content-type"]) == (mid, "audio/midi")


def test_files_are_listed_newest_first(client, upload):
    """Each as its upload showed it."""
    files = [upload(name=name).json()["midiRenderVO"] for name in ("one", "two", "three")]

    page = client.get("/music/midi/?user_id=111").json()

    assert page == {"records": files[::-1], "hasNext": False, "cursor": ""}


def test_files_are_listed_in_pages(client, upload):
    """Twenty a page."""
    for place in range(21):
        upload(name=str(place))

    first = client.get("/music/midi").json()
    second = client.get("/music/midi", params={"cursor": first["cursor"]}).json()

    assert [file["name"] for page in (first, second) for file in page["records"]] == [str(n) for n in range(20, -1, -1)]
    assert (first["hasNext"], second["hasNext"]) == (True, False)


def test_a_deleted_file_is_gone_and_songs_built_on_it_stay(client, upload, refused):
    """It cannot be used or deleted again; the music sounds on."""
    midi_id = upload().json()["midiRenderVO"]["midiItemId"]
    job_id, *_ = client.song(midiItemId=midi_id)

    answer = client.delete(f"/music/midi/{midi_id}")

    assert (answer.status_code, answer.text) == (200, '{"result":true}')
    assert client.get("/music/midi").json()["records"] == []
    refused(client.delete(f"/music/midi/{midi_id}"), 404, f"No record found for {midi_id}")
    refused(client.post("/music/song", json={"prompt": "x", "midiItemId": midi_id}), 404,
            "The source material does not exist.")  # fmt: skip
    client.advance(60)
    assert client.get(client.link(job_id), headers={"Range": "bytes=0-3"}).content == b"RIFF"


@pytest.mark.parametrize(
    "content",
    [b"x", b"MThd", b"RIFF" + b"\0" * 100, b"\0" * 1_000, b"MThd\xff\xff\xff\xff" + b"\xff" * 50],
    ids=["letter", "magic-alone", "wav", "zeros", "endless-header"],
)
def test_what_is_no_midi_file_is_a_400(client, upload, content):
    """Nothing is kept of it."""
    answer = upload(content)

    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["error"]
    assert client.get("/music/midi").json()["records"] == []


@pytest.mark.parametrize("cut", [10, 14, 20, 30, -1])
def test_a_truncated_midi_file_never_breaks_the_mock(upload, mid, cut):
    """Refused, or read as far as it goes."""
    assert upload(mid[:cut]).status_code in {200, 400}


@pytest.mark.parametrize("query", [{"name": ""}, {"name": None}], ids=["empty", "absent"])
def test_a_name_is_required(client, refused, mid, query):
    """Before the bytes are looked at."""
    answer = client.post("/music/midi", params={k: v for k, v in query.items() if v is not None}, content=b"x",
                         headers={"Content-Type": "audio/midi"})  # fmt: skip

    refused(answer, 400, "Parameter name is required")


def test_an_empty_user_id_is_the_only_account(upload):
    """As the vendor's sample sends it, slash included."""
    assert upload(path="/music/midi/", user_id="").json()["midiRenderVO"]["ucid"] == "111"


def test_an_upload_for_an_unknown_account_is_a_404(upload, refused):
    """It names the account."""
    refused(upload(user_id="999"), 404, "No record found for 999")


@pytest.mark.parametrize("midi_id", ["abc", MIDI.replace("-midi", "-job"), MIDI.replace("-midi", "-voice")])
def test_an_id_of_another_shape_or_kind_is_a_400(client, refused, midi_id):
    """It names the parameter."""
    refused(client.delete(f"/music/midi/{midi_id}"), 400, "midiItemId has incorrect format")


def test_an_unknown_file_is_a_404(client, refused):
    """It names the id."""
    refused(client.delete(f"/music/midi/{MIDI}"), 404, f"No record found for {MIDI}")
