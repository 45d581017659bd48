"""Authorization, media types, and the order in which a request's faults are reported."""

import threading

import pytest
from tempolor_mock import pipeline
from tempolor_mock.steps.reading import BodyReader
from tempolor_spec import load_document, operations

ALL = {each.operation_id: each for each in operations(load_document())}
JOB = "user:12345-tempolor:111-job:000000000000000"
IDS = {
    "user_id": "111",
    "job_id": JOB,
    "midiItemId": JOB.replace("-job", "-midi"),
    "clonedVoiceItemId": JOB.replace("-job", "-voice"),
}
WITH_BODY = sorted(name for name, each in ALL.items() if "requestBody" in each.definition)
AUDIO = "audio/wav, audio/wave, audio/mpeg, audio/mp4, audio/x-m4a, audio/flac or audio/x-flac"
ACCEPTED = {
    "create_account": "application/json",
    "create_song": "application/json or multipart/form-data",
    "create_instrumental": "application/json or multipart/form-data",
    "upload_midi": "audio/midi or audio/x-midi",
    "clone_voice": AUDIO,
    "split_stems": AUDIO,
}


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def send(client, operation_id, **options):
    """Send a request of an operation, its path filled in."""
    operation = ALL[operation_id]
    return client.request(operation.method.upper(), operation.path.format_map(IDS), **options)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer 12345",
        "Bearer user:12345",
        "Bearer user:12345-",
        "Bearer user:x-y",
        "Bearer user:12345-a b",
        "Basic dXNlcjpwYXNz",
        "user:12345-x",
        "Token user:12345-x",
        "Bearer user:12345-" + "x" * 1_000,
        "Bearer user:" + "1" * 1_000 + "-x",
    ],
    ids=lambda header: (header or str(header))[:24],
)
def test_a_missing_or_malformed_token_is_a_401(client, refused, header):
    """Nothing else is looked at."""
    del client.headers["Authorization"]
    if header is not None:
        client.headers["Authorization"] = header

    refused(client.get("/accounts"), 401, "Unauthorized")


@pytest.mark.parametrize("operation_id", ALL)
def test_every_operation_asks_for_a_token_first(client, refused, operation_id):
    """Also where body, media type and parameters are wrong as well."""
    del client.headers["Authorization"]

    answer = send(client, operation_id, content=b"{", headers={"Content-Type": "text/plain"})

    refused(answer, 401, "Unauthorized")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_the_scheme_is_read_in_any_case(client, scheme):
    """As RFC 9110 asks; more spaces than one do no harm."""
    client.headers["Authorization"] = f"{scheme} {client.api_token}"

    assert client.get("/accounts").status_code == 200


@pytest.mark.parametrize("token", ["user:12345-known", "user:12345-second"])
def test_a_mock_with_a_list_of_tokens_knows_these(new_client, token):
    """`--token` given several times."""
    client = new_client(token, tokens=("user:12345-known", "user:12345-second"))

    assert client.get("/scheduler").status_code == 200


def test_a_mock_with_a_list_of_tokens_knows_no_other(new_client, refused):
    """Any other token is a 401."""
    client = new_client("user:12345-other", tokens=("user:12345-known",))

    refused(client.get("/scheduler"), 401, "Unauthorized")


@pytest.mark.parametrize("operation_id", WITH_BODY)
@pytest.mark.parametrize("media_type", [None, "", "text/plain", "application/xml", "audio", ";"])
def test_another_media_type_is_a_400_that_lists_the_accepted_ones(client, refused, operation_id, media_type):
    """Before parameters and body are looked at: `name` is missing here, too."""
    headers = {} if media_type is None else {"Content-Type": media_type}

    answer = send(client, operation_id, content=b"x", headers=headers)

    refused(answer, 400, f"Content-Type must be {ACCEPTED[operation_id]}")


@pytest.mark.parametrize(
    "media_type",
    ["application/json; charset=utf-8", "Application/JSON", "application/json;", " application/json ;x=y"],
)
def test_a_media_type_is_compared_without_parameters_and_case(client, media_type):
    """`charset` and capitals are common."""
    answer = client.post("/music/song", content=b'{"prompt":"x"}', headers={"Content-Type": media_type})

    assert answer.status_code == 200


@pytest.mark.parametrize("operation_id", ["upload_midi", "clone_voice", "split_stems"])
def test_an_upload_without_bytes_is_a_400(client, refused, operation_id):
    """Whatever the media type promises."""
    media_type = next(iter(ALL[operation_id].definition["requestBody"]["content"]))

    answer = send(client, operation_id, content=b"", headers={"Content-Type": media_type}, params={"name": "x"})

    refused(answer, 400, "Empty file received")


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/music/song", {"bpm": 1, "model_song": "v9", "user_id": "999"}, "Parameter prompt is required"),
        ("/music/song", {"prompt": "x" * 2_001, "lyrics": 5, "user_id": "999"}, "lyrics has incorrect format"),
        ("/music/song", {"prompt": "x" * 2_001, "midiItemId": "x"}, "midiItemId has incorrect format"),
        ("/music/song", {"prompt": "x" * 2_001, "user_id": "999"}, "prompt is too long"),
        ("/music/instrumental", {"prompt": "x" * 2_001, "bpm": 999}, "prompt is too long"),
        ("/music/instrumental", {"prompt": "x" * 2_001, "bpm": "x"}, "bpm has incorrect format"),
    ],
    ids=["required-first", "type-before-limit", "pattern-before-limit", "limit-before-reference", "length-before-range",
         "type-before-length"],
)  # fmt: skip
def test_faults_are_reported_one_at_a_time_in_order(client, refused, path, body, text):
    """Required, format, limits; references only after all of these."""
    refused(client.post(path, json=body), 400, text)


def test_an_unknown_reference_is_reported_before_the_full_account(client, refused):
    """Capacity comes last."""
    client.account("111", maxJobs=1)
    client.song()

    refused(client.post("/music/song", json={"prompt": "x", "artistVoiceItemId": "voice_0"}), 404,
            "The source material does not exist.")  # fmt: skip


@pytest.mark.parametrize("query", ["?user_id=", "?user_id=&cursor=&type=", "?user_id=111", "?unknown=1&x"])
def test_empty_parameters_are_absent_and_unknown_ones_ignored(client, query):
    """As the vendor's samples send them."""
    assert client.get(f"/music{query}").json()["records"] == []


def test_of_a_parameter_given_twice_the_last_counts(client):
    """Duplicates are no error."""
    jobs = client.instrumental()

    answer = client.get("/music?type=song&type=instrumental").json()

    assert len(answer["records"]) == len(jobs)


def test_a_long_body_is_read_beside_the_event_loop(client, monkeypatch):
    """Others get their turn meanwhile; what is wrong with it is told all the same."""
    threads = []
    read = BodyReader.read

    def watched(reader, call, raw):
        threads.append(threading.current_thread() is threading.main_thread())
        return read(reader, call, raw)

    monkeypatch.setattr(BodyReader, "read", watched)
    client.account()
    monkeypatch.setattr(pipeline, "LONG_BODY", 10)

    assert client.song()
    assert (
        client.post(
            "/music/song", content=b'{"prompt": "cut off', headers={"Content-Type": "application/json"}
        ).status_code
        == 400
    )
    assert threads == [True, False, False]
