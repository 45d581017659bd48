"""Ordering songs and instrumentals: what is accepted, what is refused, and in which words."""

import pytest
from tempolor_mock.domain.policy import Policy

JOB = "user:12345-tempolor:111-job:abc"
VOICE = "user:12345-tempolor:111-voice:abc"
MIDI = "user:12345-tempolor:111-midi:abc"
TOO_LONG_URL = "http://127.0.0.1/" + "a" * 1_024


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def test_a_song_order_answers_with_its_jobs_and_what_is_left_of_the_plan(client):
    """Two takes are started, and the plan is counted down by two."""
    answer = client.post("/music/song", json={"prompt": "A harbour ballad"}).json()

    assert answer["result"] is True
    assert answer["jobs"] == [f"user:12345-tempolor:111-job:{item}" for item in answer["itemIds"]]
    assert len(answer["jobs"]) == 2
    assert (answer["remainNum"], answer["totalNum"], answer["unlimited"]) == (2_998, 3_000, False)
    assert client.post("/music/instrumental", json={"prompt": "x"}).json()["remainNum"] == 2_996


def test_the_plan_is_not_given_back_by_deleting(client):
    """What was generated was generated."""
    job_id, *_ = client.song()
    client.delete(f"/music/{job_id}")

    assert client.post("/music/song", json={"prompt": "x"}).json()["remainNum"] == 2_996


@pytest.mark.parametrize(("revision", "jobs"), [("2025-05", 2), ("2026-03", 2), ("2026-08", 1)])
def test_how_many_jobs_an_order_starts_depends_on_the_revision(new_client, revision, jobs):
    """The 2026 models return one."""
    client = new_client(policy=Policy(revision=revision))
    client.account("111")

    assert len(client.song()) == jobs


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"prompt": None}, "Parameter prompt is required"),
        ({"prompt": 5}, "prompt has incorrect format"),
        ({"prompt": ""}, "Parameter prompt is required"),
        ({"prompt": "x" * 2_001}, "prompt is too long"),
        ({"lyrics": "x" * 3_001}, "lyrics is too long"),
        ({"model_song": "v9"}, "Invalid model_song parameter. Must be 'v3' or 'v3.5'"),
        ({"replyUrl": "not a url"}, "replyUrl has incorrect format"),
        ({"replyUrl": TOO_LONG_URL}, "replyUrl is too long"),
        ({"replyRef": "x" * 1_025}, "replyRef is too long"),
        ({"replyRef": 7}, "replyRef has incorrect format"),
        ({"maxJobs": 0}, "Invalid maxJobs parameter. Must be an integer of at least 1"),
        ({"clonedVoiceItemId": "voice_1"}, "clonedVoiceItemId has incorrect format"),
        ({"clonedVoiceItemId": MIDI}, "clonedVoiceItemId has incorrect format"),
        ({"midiItemId": JOB}, "midiItemId has incorrect format"),
        (
            {"artistVoiceItemId": "voice_1", "clonedVoiceItemId": VOICE},
            "Parameters artistVoiceItemId and clonedVoiceItemId cannot be used together",
        ),
        (
            {"midiItemId": MIDI, "clonedVoiceItemId": VOICE},
            "Parameter midiItemId cannot be used with artistVoiceItemId or clonedVoiceItemId",
        ),
        (
            {"midiItemId": MIDI, "artistVoiceItemId": "voice_1"},
            "Parameter midiItemId cannot be used with artistVoiceItemId or clonedVoiceItemId",
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_a_song_order_that_breaks_a_rule_is_a_400(client, refused, fields, text):
    """The text names the field."""
    answer = client.post("/music/song", json={"prompt": "A harbour ballad"} | fields)

    refused(answer, 400, text)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"prompt": ""}, "Parameter prompt is required"),
        ({"prompt": "x" * 2_001}, "prompt is too long"),
        (
            {"model_instrumental": "v3"},
            "Invalid model_instrumental parameter. Must be 'i3' or 'i3.5 beta'",
        ),
        ({"bpm": 49}, "Invalid bpm parameter. Must be between 50 and 190"),
        ({"bpm": 191}, "Invalid bpm parameter. Must be between 50 and 190"),
        ({"bpm": "fast"}, "bpm has incorrect format"),
        ({"bpm": 84.5}, "bpm has incorrect format"),
        ({"chords": "x" * 201}, "chords is too long"),
        ({"chord": "x" * 201}, "chord is too long"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_an_instrumental_order_that_breaks_a_rule_is_a_400(client, refused, fields, text):
    """The text names the field."""
    answer = client.post("/music/instrumental", json={"prompt": "A mellow loop"} | fields)

    refused(answer, 400, text)


def test_the_refusal_of_a_key_lists_all_24(client):
    """As the pages list allowed values."""
    answer = client.post("/music/instrumental", json={"prompt": "x", "tonality": "H:major"}).json()

    assert answer["error"].startswith("Invalid tonality parameter. Must be 'A:major', 'A:minor', ")
    assert answer["error"].endswith("'G:major' or 'G:minor'")
    assert answer["error"].count("'") == 48


@pytest.mark.parametrize("path", ["/music/song", "/music/instrumental"])
@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "x" * 2_000},
        {"prompt": "ü" * 2_000},
        {"prompt": "🎵" * 2_000},
        {"replyUrl": "http://127.0.0.1/" + "a" * (1_024 - 17), "replyRef": "x" * 1_024},
        {"maxJobs": 1},
        {"maxJobs": 10_000},
        {"unknown": {"field": [1, 2]}, "Prompt": 7},
    ],
    ids=["longest", "longest-umlauts", "longest-notes", "longest-callback", "least-slots", "many-slots", "unknown"],
)
def test_what_is_just_allowed_is_accepted(client, path, fields):
    """Limits are inclusive and count characters; fields the service does not know are ignored."""
    answer = client.post(path, json={"prompt": "A harbour ballad"} | fields)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/music/song", {"bpm": "fast", "tonality": 5, "chords": []}),
        ("/music/song", {"bpm": 84, "tonality": "H:major", "chord": {}}),
        ("/music/instrumental", {"lyrics": 5, "artistVoiceItemId": "voice_0"}),
        ("/music/instrumental", {"clonedVoiceItemId": "x", "midiItemId": 7, "model_song": "v9"}),
    ],
    ids=["song-bad-types", "song-bad-values", "instrumental-artist", "instrumental-voice"],
)
def test_fields_of_the_other_kind_are_unknown_and_ignored(client, path, fields):
    """A song has no tempo to set and an instrumental nobody to sing: whatever is sent there does nothing."""
    answer = client.post(path, json={"prompt": "A mellow loop"} | fields)

    assert answer.status_code == 200
    assert client.get(f"/music/{answer.json()['jobs'][0]}").status_code == 200


@pytest.mark.parametrize("empty", ["user_id", "lyrics", "artistVoiceItemId", "replyRef"])
def test_empty_texts_count_as_absent(client, empty):
    """Forms and no-code tools send empty fields for what is not set."""
    answer = client.post("/music/song", json={"prompt": "x", empty: ""})

    assert answer.status_code == 200


def test_an_instrumental_keeps_what_its_order_sets(client):
    """Key, tempo and chords come back in `musicMaterial`."""
    job_id, *_ = client.instrumental(tonality="D:minor", bpm=84, chords="Dm Bb F C", model_instrumental="i3")

    item = client.get(f"/music/{job_id}").json()

    assert {name: item["musicMaterial"][name] for name in ("key", "bpm", "chord")} == {
        "key": "D:minor",
        "bpm": 84,
        "chord": "Dm Bb F C",
    }
    assert item["ltmMaterialExtendDto"]["modelShowName"] == "i3"


@pytest.mark.parametrize(
    ("fields", "chords"),
    [
        ({"chord": "Am G"}, "Am G"),
        ({"chord": "Am G", "chords": "C F"}, "C F"),
        ({"chord": "Am G", "chords": ""}, "Am G"),
    ],
    ids=["alias", "both", "empty-name"],
)
def test_chord_is_another_name_for_chords(client, fields, chords):
    """The vendor's collection uses the singular; the declared name wins."""
    job_id, *_ = client.instrumental(**fields)

    assert client.get(f"/music/{job_id}").json()["musicMaterial"]["chord"] == chords


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"artistVoiceItemId": "voice_0"}, "The source material does not exist."),
        ({"clonedVoiceItemId": VOICE}, "The source material does not exist."),
        ({"midiItemId": MIDI}, "The source material does not exist."),
        ({"user_id": "999"}, "No record found for 999"),
    ],
    ids=["artist-voice", "cloned-voice", "midi", "account"],
)
def test_a_song_order_that_names_what_is_not_there_is_a_404(client, refused, fields, text):
    """Voices and MIDI files are source material; an account is a record."""
    answer = client.post("/music/song", json={"prompt": "x"} | fields)

    refused(answer, 404, text)


@pytest.mark.parametrize("path", ["/music/song", "/music/instrumental"])
def test_an_order_without_an_account_is_a_404(new_client, refused, path):
    """Nothing works before an account is configured."""
    answer = new_client().post(path, json={"prompt": "x"})

    refused(answer, 404, "No accounts configured")


@pytest.mark.parametrize("path", ["/music/song", "/music/instrumental"])
def test_a_form_is_read_like_json(client, path):
    """Numbers in text fields are coerced, empty fields are absent, unknown ones ignored."""
    fields = {"prompt": "A mellow loop", "maxJobs": "7", "replyRef": "", "user_id": "", "extra": "1"}

    answer = client.post(path, files={name: (None, value) for name, value in fields.items()})

    assert answer.status_code == 200
    item = client.get(f"/music/{answer.json()['jobs'][0]}").json()
    assert item["musicMaterial"]["otherInfo"] == "A mellow loop"


def test_a_form_sets_key_tempo_and_chords(client):
    """A number in a text field is a number in the music."""
    fields = {"prompt": "A mellow loop", "bpm": "84", "tonality": "D:minor", "chord": "Dm C"}

    answer = client.post("/music/instrumental", files={name: (None, value) for name, value in fields.items()})

    material = client.get(f"/music/{answer.json()['jobs'][0]}").json()["musicMaterial"]
    assert (material["bpm"], material["key"], material["chord"]) == (84, "D:minor", "Dm C")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"bpm": "84"}, "Parameter prompt is required"),
        ({"prompt": "", "bpm": "84"}, "Parameter prompt is required"),
        ({"prompt": "x", "bpm": "fast"}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": "84.5"}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": "1_20"}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": " 120"}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": "\u0661\u0662\u0660"}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": "9" * 5000}, "bpm has incorrect format"),
        ({"prompt": "x", "bpm": "300"}, "Invalid bpm parameter. Must be between 50 and 190"),
        ({"prompt": "x", "maxJobs": "0"}, "Invalid maxJobs parameter. Must be an integer of at least 1"),
    ],
    ids=[
        "no-prompt",
        "empty-prompt",
        "word",
        "fraction",
        "underscore",
        "space",
        "arabic",
        "very-long",
        "too-fast",
        "no-slots",
    ],
)
def test_a_form_that_breaks_a_rule_is_a_400(client, refused, fields, text):
    """The same texts as for JSON."""
    answer = client.post("/music/instrumental", files={name: (None, value) for name, value in fields.items()})

    refused(answer, 400, text)


def test_a_file_in_a_form_is_refused(client, refused):
    """Orders have text fields only."""
    answer = client.post("/music/song", files={"prompt": ("prompt.txt", b"A ballad")})

    refused(answer, 400, "prompt has incorrect format")
