"""Voices: cloning, listing, deleting, artists, and songs sung by them."""

import asyncio

import httpx
import pytest
from tempolor_mock import Policy, Settings, create_app

VOICE = "user:12345-tempolor:111-voice:000000000000000"


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def clone(client, content, media_type="audio/wav", **query):
    """Clone a voice and return the answer."""
    return client.post(
        "/music/cloned-voices/", params={"name": "Alto"} | query, content=content, headers={"Content-Type": media_type}
    )


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/wave", "AUDIO/WAV;rate=1"])
def test_a_cloned_voice_can_sing_at_once(client, wav, media_type):
    """200 means ready; a song can name it."""
    answer = clone(client, wav, media_type)

    assert answer.status_code == 200
    voice = answer.json()
    assert voice["result"] is True
    assert voice["clonedVoiceItemId"] == f"user:12345-tempolor:111-voice:{voice['itemId']}"
    job_id, *_ = client.song(clonedVoiceItemId=voice["clonedVoiceItemId"])
    assert client.get(f"/music/{job_id}").json()["ltmMaterialExtendDto"]["ltmVocalModel"] is True


def test_a_voice_that_takes_longer_than_120_seconds_is_a_202(new_client, wav, refused):
    """Its id is good, but it cannot sing before it is ready."""
    client = new_client(policy=Policy(clone_seconds=(150, 150)))
    client.account("111")

    answer = clone(client, wav)

    assert answer.status_code == 202
    assert set(answer.json()) == {"itemId", "clonedVoiceItemId", "message"}
    assert answer.json()["message"].startswith("Voice cloning is still processing after 120 seconds.")
    voice_id = answer.json()["clonedVoiceItemId"]
    order = {"prompt": "x", "clonedVoiceItemId": voice_id}
    assert client.get("/music/cloned-voices").json()["records"][0]["status"] == 0
    refused(client.post("/music/song", json=order), 404, "The source material does not exist.")
    client.advance(30)
    assert client.get("/music/cloned-voices").json()["records"][0]["status"] == 30
    assert client.post("/music/song", json=order).status_code == 200


def test_cloned_voices_are_listed_newest_first(client, wav):
    """With name, state and a sample that can be fetched."""
    ids = [clone(client, wav, name=name).json()["clonedVoiceItemId"] for name in ("one", "two")]

    records = client.get("/music/cloned-voices?user_id=111").json()["records"]

    assert [(each["clonedVoiceItemId"], each["name"], each["status"]) for each in records] == [
        (ids[1], "two", 30),
        (ids[0], "one", 30),
    ]
    sample = client.anonymous().get(records[0]["vocalUrl"])
    assert (sample.content, sample.headers["content-type"]) == (wav, "audio/wav")


def test_a_deleted_voice_is_gone_and_its_songs_stay(client, wav, refused):
    """It cannot sing or be deleted again."""
    voice_id = clone(client, wav).json()["clonedVoiceItemId"]
    job_id, *_ = client.song(clonedVoiceItemId=voice_id)

    answer = client.delete(f"/music/cloned-voices/{voice_id}")

    assert (answer.status_code, answer.text) == (200, '{"result":true}')
    assert client.get("/music/cloned-voices").json()["records"] == []
    refused(client.delete(f"/music/cloned-voices/{voice_id}"), 404, f"No record found for {voice_id}")
    refused(client.post("/music/song", json={"prompt": "x", "clonedVoiceItemId": voice_id}), 404,
            "The source material does not exist.")  # fmt: skip
    assert client.get(f"/music/{job_id}").status_code == 200


def test_a_voice_sings_for_its_own_account_alone(client, wav, refused):
    """Named with another account, it is not there."""
    client.account("222")
    voice_id = clone(client, wav, user_id="111").json()["clonedVoiceItemId"]

    order = {"prompt": "x", "clonedVoiceItemId": voice_id}

    refused(client.post("/music/song", json=order | {"user_id": "222"}), 404, "The source material does not exist.")
    assert "-tempolor:111-" in client.post("/music/song", json=order).json()["jobs"][0]


@pytest.mark.parametrize(
    "content", [b"x", b"RIFF", b"MThd" + b"\0" * 50, b"\0" * 5_000, b"RIFF\xff\xff\xff\xffWAVE"],
    ids=["letter", "magic-alone", "midi", "zeros", "wav-header"],
)  # fmt: skip
def test_what_is_no_sound_is_a_400(client, content):
    """Nothing is kept of it."""
    answer = clone(client, content)

    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["error"]
    assert client.get("/music/cloned-voices").json()["records"] == []


def test_a_name_is_required(client, refused, wav):
    """Empty counts as absent."""
    refused(clone(client, wav, name=""), 400, "Parameter name is required")


@pytest.mark.parametrize("voice_id", ["voice_1", VOICE.replace("-voice", "-job")])
def test_an_id_of_another_shape_or_kind_is_a_400(client, refused, voice_id):
    """It names the parameter."""
    refused(client.delete(f"/music/cloned-voices/{voice_id}"), 400, "clonedVoiceItemId has incorrect format")


def test_an_unknown_voice_is_a_404(client, refused):
    """It names the id."""
    refused(client.delete(f"/music/cloned-voices/{VOICE}"), 404, f"No record found for {VOICE}")


def test_the_artists_are_the_same_for_everybody(client, new_client):
    """Heaviest first, each once, over all pages."""
    other = new_client("user:99-artists")
    other.account("222")

    seen = {}
    for each in (client, other):
        cursor, voices = "", []
        while page := each.get("/music/artist-voices/", params={"cursor": cursor}).json():
            voices += page["records"]
            cursor = page["cursor"]
            if not page["hasNext"]:
                break
        seen[each] = voices

    assert seen[client] == seen[other]
    weights = [voice["weight"] for voice in seen[client]]
    assert weights == sorted(weights, reverse=True)
    assert len({voice["itemId"] for voice in seen[client]}) == len(seen[client]) > 20


def test_an_artist_can_sing(client):
    """A plain id from the list is enough."""
    voice = client.get("/music/artist-voices").json()["records"][0]

    job_id, *_ = client.song(artistVoiceItemId=voice["itemId"])

    assert client.get(f"/music/{job_id}").json()["ltmMaterialExtendDto"]["ltmVocalModel"] is True


def test_an_artists_sample_and_cover_can_be_fetched(client):
    """Every address answers with what it says."""
    voice = client.get("/music/artist-voices").json()["records"][0]
    public = client.anonymous()

    sample, cover = public.get(voice["vocalUrl"]), public.get(voice["coverUrl"])

    assert sample.headers["content-type"] == "audio/mpeg"
    magic = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}[cover.headers["content-type"]]
    assert cover.content.startswith(magic)


def test_the_artists_page_shows_the_worlds_time(client):
    """`sysTime` follows the virtual clock."""
    client.advance(3_600)

    assert client.get("/music/artist-voices").json()["sysTime"] == client.now_ms()


@pytest.mark.parametrize("path", ["/music/artist-voices", "/music/cloned-voices", "/music/midi"])
@pytest.mark.parametrize(
    ("query", "refusal"),
    [("?cursor=nonsense", (400, "cursor has incorrect format")), ("?user_id=999", (404, "No record found for 999"))],
    ids=["cursor", "account"],
)
def test_a_list_query_that_breaks_a_rule_is_refused(client, refused, path, query, refusal):
    """The same words on each list."""
    refused(client.get(path + query), *refusal)


@pytest.mark.parametrize("path", ["/music/artist-voices", "/music/cloned-voices", "/music/midi"])
def test_a_list_needs_an_account(new_client, client, refused, path):
    """None configured is a 404, several without a name a 400."""
    refused(new_client("user:1-nobody").get(path), 404, "No accounts configured")
    client.account("222")
    refused(client.get(f"{path}?user_id="), 400, "Parameter user_id is required")


def test_a_voice_that_is_gone_before_it_is_ready_is_a_404(wav):
    """Whoever uploaded it learns so at once when its world is emptied."""
    app = create_app(Settings(policy=Policy(clone_seconds=(60, 60))))
    api = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://mock/v1/tempolor",
        headers={"Authorization": "Bearer user:12345-x"},
    )

    async def story():
        async with api:
            await api.post("/accounts", json={"requestParams": {}})
            upload = asyncio.create_task(
                api.post("/music/cloned-voices?name=a", content=wav, headers={"Content-Type": "audio/wav"})
            )
            while not (await api.get("/music/cloned-voices")).json()["records"]:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0)
            await api.post("http://mock/_mock/reset", json={})
            return await upload

    answer = asyncio.run(story())
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
