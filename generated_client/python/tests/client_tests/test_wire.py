"""What goes over the wire."""

import inspect
import json
from pathlib import Path

import pytest
from tempolor_client import AsyncTemPolor, TemPolor, errors, models, options
from tempolor_spec import load_document, operations

from .conftest import JOB, TOKEN
from .hostile import answer, error

OPERATION_IDS = sorted(operation.operation_id for operation in operations(load_document()))


def test_an_id_travels_raw_on_the_request_line(run, hostile):
    """Colons in a path need no escaping, and the service's own samples do not escape them."""
    hostile.then(answer(200, {"job_id": JOB}))

    run(lambda client: client.music.get("user:1-tempolor:2-job:abc"))

    assert hostile.lines == ["GET /v1/tempolor/music/user:1-tempolor:2-job:abc"]


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "../accounts", "a?b", "a#b", "user%3A1", "a\\b", "a\nb"])
def test_an_id_that_leads_elsewhere_is_refused_before_anything_is_sent(run, hostile, bad):
    """Neither a dot segment nor a slash may make another path of it."""
    with pytest.raises(errors.InvalidIdError):
        run(lambda client: client.music.delete(bad))

    assert hostile.requests == []


def test_an_order_is_compact_json_without_what_was_not_said(run, hostile):
    """Defaults are the service's to choose."""
    hostile.then(answer(200, {"jobs": [JOB]}))

    order = run(lambda client: client.songs.create("Rain", artist_voice_id="voice_1", max_jobs=3))

    assert hostile.lines == ["POST /v1/tempolor/music/song"]
    assert hostile.requests[0].json == {"prompt": "Rain", "artistVoiceItemId": "voice_1", "maxJobs": 3}
    assert hostile.requests[0].headers["content-type"] == "application/json"
    assert order.jobs == (JOB,)


def test_an_order_takes_fields_this_package_does_not_know_yet(run, hostile):
    """The service adds fields faster than packages are updated."""
    hostile.then(answer(200, {"jobs": [JOB]}))

    run(lambda client: client.instrumentals.create("Rain", bpm=90, extra={"mood": "calm"}))

    assert hostile.requests[0].json == {"prompt": "Rain", "bpm": 90, "mood": "calm"}


def test_an_order_can_be_a_form(run, hostile):
    """Both media types of the document work; a number goes as text."""
    hostile.then(answer(200, {"jobs": [JOB]}))

    run(lambda client: client.operations.create_song(body=models.SongForm(prompt="Rain", max_jobs=3)))

    request = hostile.requests[0]
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="prompt"\r\n\r\nRain\r\n' in request.body
    assert b'name="maxJobs"\r\n\r\n3\r\n' in request.body


def test_the_token_and_headers_of_client_and_call_are_sent(run, hostile):
    """A header of the call wins over one of the client."""
    hostile.then(answer(200, []))

    run(lambda client: client.scheduler.running(headers={"X-B": "call"}), headers={"X-A": "a", "X-B": "client"})

    headers = hostile.requests[0].headers
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert (headers["x-a"], headers["x-b"]) == ("a", "call")


def test_a_query_holds_only_what_was_given(run, hostile):
    """An empty parameter would mean something else to some services."""
    hostile.then(answer(200, {"records": []}))

    run(lambda client: client.music.list(kind="instrumental"))

    assert hostile.lines == ["GET /v1/tempolor/music?type=instrumental"]


def test_an_answer_without_a_body_is_a_success(run, hostile):
    """A 204 has nothing to parse."""
    hostile.then(answer(204))

    assert run(lambda client: client.scheduler.cancel(JOB)) is None
    assert hostile.lines == [f"DELETE /v1/tempolor/scheduler/{JOB}"]


def test_unknown_fields_are_kept_and_unknown_statuses_are_read(run, hostile):
    """The service adds fields and states; neither may break a program."""
    hostile.then(answer(200, {"job_id": JOB, "status": 99, "status_name": "RESTING", "sparkle": 7}))

    item = run(lambda client: client.music.get(JOB))

    assert (item.status, item.status_name, item.additional_properties) == (99, "RESTING", {"sparkle": 7})


def test_a_field_of_another_type_counts_as_absent_but_is_not_lost(run, hostile):
    """A placeholder such as an empty string in place of an object must not break a program."""
    hostile.then(answer(200, {"progress": "much", "musicMaterial": "", "cover": None}))

    item = run(lambda client: client.music.get(JOB))

    assert (item.progress, item.music_material, item.cover) == (None, None, None)
    assert item.additional_properties == {"progress": "much", "musicMaterial": "", "cover": None}


def test_a_result_goes_back_to_the_json_it_came_from(run, hostile):
    """What was left out stays out, what was null stays null, what nobody knows stays; dates and numbers too."""
    sent = {"job_id": JOB, "status": 30, "cover": None, "musicMaterial": {"bpm": 80, "new": [None]}, "sparkle": None}
    hostile.then(answer(200, sent))

    item = run(lambda client: client.music.get(JOB))

    assert item.to_dict() == sent
    assert json.loads(item.to_json()) == sent
    assert ("cover" in item.additional_properties, "titleEn" in item.additional_properties) == (True, False)


def test_a_field_can_be_sent_as_null(run, hostile):
    """By way of `extra`; an argument that is None is left out."""
    hostile.then(answer(200, {"jobs": [JOB]}))

    run(lambda client: client.songs.create("Rain", lyrics=None, extra={"midiItemId": None}))

    assert hostile.requests[0].json == {"prompt": "Rain", "midiItemId": None}


def test_a_raw_answer_has_status_headers_body_and_result(run, hostile):
    """Whoever needs more than the result gets all of it."""
    hostile.then(answer(202, {"clonedVoiceItemId": "v"}, X_Trace="42"))

    raw = run(lambda client: client.with_raw_response.get_music(JOB))

    assert (raw.status, raw.headers["x-trace"], raw.request.operation_id) == (202, "42", "get_music")
    assert raw.json() == {"clonedVoiceItemId": "v"}
    assert raw.parsed.additional_properties == {"clonedVoiceItemId": "v"}


@pytest.mark.parametrize("name", ["songs", "instrumentals"])
def test_ordering_and_waiting_in_one_takes_the_same_arguments(name):
    """The types of the one follow the other."""
    method = getattr(TemPolor(TOKEN), name).create
    fields = options.SongFields if name == "songs" else options.InstrumentalFields

    taken = {*inspect.signature(method).parameters} - {"prompt", "options"}

    assert taken == {*fields.__annotations__} - {*options.CallOptions.__annotations__}


def test_no_account_at_all_is_an_empty_answer(run, hostile):
    """The service says 404, with or without a body, where nothing is configured."""
    hostile.then(answer(404), error(404, "No accounts found"))

    assert run(lambda client: client.accounts.list()) == {}
    assert run(lambda client: client.accounts.list()) == {}


@pytest.mark.parametrize("operation_id", OPERATION_IDS)
@pytest.mark.parametrize("client", [TemPolor, AsyncTemPolor], ids=["sync", "async"])
@pytest.mark.parametrize("raw", [False, True], ids=["parsed", "raw"])
def test_each_operation_of_the_document_is_a_method(operation_id, client, raw):
    """One name: operationId, function in the mock, method of the client."""
    made = client(TOKEN)
    method = getattr(made.with_raw_response if raw else made.operations, operation_id)

    assert inspect.iscoroutinefunction(method) == (client is AsyncTemPolor)
    assert len(method.__doc__.splitlines()) > 3


def test_there_are_21_operations():
    """The table above has not become empty unnoticed."""
    assert len(OPERATION_IDS) == 21


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, "https://api.useapi.net/v1/tempolor"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010/v1/tempolor"),
        ("http://127.0.0.1:4010/", "http://127.0.0.1:4010/v1/tempolor"),
        ("http://127.0.0.1:4010/v1/tempolor/", "http://127.0.0.1:4010/v1/tempolor"),
        ("https://gateway.example/music", "https://gateway.example/music"),
    ],
)
def test_a_bare_host_gets_the_path_of_the_service(given, used):
    """The mock prints its address with the path, people type it without."""
    assert TemPolor(TOKEN, base_url=given).base_url == used


def test_token_and_address_come_from_the_environment(monkeypatch):
    """Programs need not hold secrets."""
    monkeypatch.setenv("USEAPI_TOKEN", TOKEN)
    monkeypatch.setenv("TEMPOLOR_BASE_URL", "http://mock:4010")

    assert TemPolor().base_url == "http://mock:4010/v1/tempolor"


@pytest.mark.parametrize("base_url", ["api.useapi.net", "ftp://x", "http://", "http://[x", "http://x?a=b"])
def test_an_address_that_is_none_is_refused_at_once(base_url):
    """Better here than at the first call."""
    with pytest.raises(errors.ConfigurationError, match="is no address"):
        TemPolor(TOKEN, base_url=base_url)


@pytest.mark.parametrize("token", ["", "  ", "user:1-a\nX: y", "user:1-é"])
def test_a_token_that_is_none_is_refused_at_once(token):
    """The message says where a token can come from."""
    with pytest.raises(errors.ConfigurationError, match="API token"):
        TemPolor(token)


def test_the_first_program_of_the_readme_runs(hostile, monkeypatch, tmp_path):
    """As it stands there, with the environment it speaks of."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    program = readme.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USEAPI_TOKEN", TOKEN)
    monkeypatch.setenv("TEMPOLOR_BASE_URL", hostile.origin)
    done = {"job_id": JOB, "status": 30, "status_final": True}
    hostile.then(
        answer(200, {"jobs": [JOB]}), answer(200, done), answer(200, {"url": "/song.mp3"}), answer(200, b"song")
    )

    exec(program, {})

    assert (tmp_path / "song.mp3").read_bytes() == b"song"


def test_nothing_shows_the_token(hostile):
    """Objects end up in logs."""
    client = TemPolor(TOKEN, base_url=hostile.url)

    assert TOKEN not in repr(client) + repr(client._engine.settings)
    client.close()
