"""A field that is empty was not filled in: in a form, in JSON and in a query alike."""

import pytest

REQUIRED = {"/accounts": {"requestParams": {}}, "/music/song": {"prompt": "x"}, "/music/instrumental": {"prompt": "x"}}
COMMON = ("user_id", "maxJobs", "replyUrl", "replyRef")
OPTIONAL = [
    ("/accounts", ("maxJobs",)),
    (
        "/music/song",
        (*COMMON, "model_song", "lyrics", "artistVoiceItemId", "clonedVoiceItemId", "midiItemId"),
    ),
    ("/music/instrumental", (*COMMON, "model_instrumental", "tonality", "bpm", "chords")),
]


def stated(answer):
    """Return what an answer says of the request, without what differs from call to call."""
    answer.raise_for_status()
    return answer.status_code, sorted(answer.json())


@pytest.mark.parametrize("empty", [pytest.param("", id="empty"), pytest.param(None, id="null")])
@pytest.mark.parametrize(("path", "names"), OPTIONAL, ids=[path for path, _ in OPTIONAL])
def test_empty_members_of_json_are_left_out(client, path, names, empty):
    """Each by itself, and all together, as tools send them that know every field."""
    client.account(maxJobs=50)
    plain = stated(client.post(path, json=REQUIRED[path]))

    for chosen in [*([name] for name in names), names]:
        assert stated(client.post(path, json=REQUIRED[path] | dict.fromkeys(chosen, empty))) == plain, chosen


@pytest.mark.parametrize(("path", "names"), OPTIONAL[1:], ids=[path for path, _ in OPTIONAL[1:]])
def test_empty_fields_of_a_form_are_left_out(client, path, names):
    """The same reading as in JSON."""
    client.account(maxJobs=50)
    plain = stated(client.post(path, json=REQUIRED[path]))

    for chosen in [*([name] for name in names), names]:
        form = {name: (None, value) for name, value in {"prompt": "x", **dict.fromkeys(chosen, "")}.items()}
        assert stated(client.post(path, files=form)) == plain, chosen


def test_empty_parameters_of_a_query_are_left_out(client):
    """The samples send `user_id=` themselves."""
    client.account()

    assert client.get("/music", params={"user_id": "", "type": "", "cursor": ""}).status_code == 200


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_required_field_is_missing(client, refused, empty):
    """It says so, in the service's words."""
    client.account()

    refused(client.post("/music/song", json={"prompt": empty}), 400, "Parameter prompt is required")
    refused(client.post("/accounts", json={"requestParams": empty}), 400, "Parameter requestParams is required")


def test_an_empty_field_keeps_what_follows_from_its_absence(client):
    """The default model, no callbacks, and the account's own limit."""
    client.account(maxJobs=2)
    answers = [
        client.post("/music/song", json={"prompt": "x", "model_song": "", "maxJobs": None, "replyUrl": ""})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert client.get(client.base_url.join("/_mock/callbacks")).json()["callbacks"] == []


def test_the_control_plane_is_told_exactly_what_to_do(client):
    """There an empty value is a mistake that is named."""
    answer = client.control("clock/advance", seconds=None)

    assert (answer.status_code, answer.json()["error"]) == (400, "seconds has incorrect format")
