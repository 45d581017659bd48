"""The journal as the control plane shows it."""

import hashlib

import pytest

SONG = "/v1/tempolor/music/song"


def journal(client, **query):
    """Read the journal."""
    return client.get(client.base_url.join("/_mock/requests"), params=query).raise_for_status().json()


def paths(client, **query):
    """Return the paths of the requests in the journal."""
    return [entry["path"] for entry in journal(client, **query)["requests"]]


def test_a_request_is_shown_with_its_answer(client):
    """Both bodies as JSON, the virtual moment and the real one."""
    client.account("111", maxJobs=3)

    (entry,) = journal(client)["requests"]
    assert (entry["number"], entry["method"], entry["path"]) == (1, "POST", "/v1/tempolor/accounts")
    assert (entry["operation_id"], entry["status"], entry["forced"]) == ("create_account", 200, None)
    assert entry["request"]["body"] == {"requestParams": {"user_id": "111"}, "maxJobs": 3}
    assert entry["answer"]["body"]["maxJobs"] == 3
    assert entry["virtualTime"] == entry["answer"]["body"]["updatedUTC"]
    assert entry["received"] == "2025-05-20T09:00:00.125Z"


def test_newest_requests_come_first(client):
    """The song stands before the account it needed."""
    client.account()
    client.song()

    assert paths(client) == [SONG, "/v1/tempolor/accounts"]


def test_a_request_shows_what_became_of_its_jobs(client):
    """As they are now, not as they were then; a deleted job has no status."""
    client.account()
    first, second = client.song()
    client.advance(60)
    client.delete(f"/music/{second}").raise_for_status()

    (entry,) = journal(client, operation_id="create_song")["requests"]
    assert entry["jobs"] == [
        {"job_id": first, "status": "COMPLETED", "progress": 100, "callbacks": []},
        {"job_id": second, "status": None, "progress": None, "callbacks": []},
    ]


def test_a_request_shows_the_callbacks_of_its_jobs(client):
    """Each with the address it goes to, though nobody listens there."""
    client.account()
    client.song(replyUrl="http://127.0.0.1:9/hook")
    client.advance(60)

    (entry,) = journal(client, operation_id="create_song")["requests"]
    assert len(entry["jobs"]) == 2
    assert all({each["url"] for each in job["callbacks"]} == {"http://127.0.0.1:9/hook"} for job in entry["jobs"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"operation_id": "create_song"}, [4, 2], id="operation"),
        pytest.param({"method": "GET"}, [3], id="method"),
        pytest.param({"status": 400}, [4], id="status"),
        pytest.param({"path": "music/"}, [4, 3, 2], id="path"),
        pytest.param({"since": 2}, [4, 3], id="since"),
        pytest.param({"limit": 1}, [4], id="limit"),
        pytest.param({"operation_id": "create_song", "status": 200}, [2], id="two filters"),
    ],
)
def test_filters_choose_requests(client, query, expected):
    """Each alone, and two together as `and`."""
    client.account()
    job_id, _ = client.song()
    client.get(f"/music/{job_id}")
    client.post("/music/song", json={})

    assert [entry["number"] for entry in journal(client, **query)["requests"]] == expected


def test_requests_of_a_job_are_those_that_started_or_named_it(client):
    """The poll of the order's other job is not among them."""
    client.account()
    mine, other = client.song()
    client.get(f"/music/{mine}")
    client.get(f"/music/{other}")

    assert [entry["operation_id"] for entry in journal(client, job_id=mine)["requests"]] == ["get_music", "create_song"]


def test_counting_lists_nothing(client):
    """`matched` counts what the filter chooses, `kept` all there is."""
    client.account()
    client.song()

    assert journal(client, count=True, path="music") == {
        "requests": [],
        "matched": 1,
        "kept": 2,
        "dropped": 0,
        "last": 2,
    }


def test_brief_entries_have_no_headers_and_bodies(client):
    """For lists: the heavy half is left out."""
    client.account()

    (entry,) = journal(client, brief=True)["requests"]
    assert not {"request", "answer"} & entry.keys()


def test_one_request_is_read_by_its_number(client):
    """Numbers begin with 1."""
    client.account()
    client.song()

    assert client.get("http://mock/_mock/requests/2").json()["operation_id"] == "create_song"


def test_a_request_that_is_not_kept_is_a_404(client):
    """The error says that it is the journal which has none."""
    answer = client.get("http://mock/_mock/requests/7")

    assert (answer.status_code, answer.json()["error"]) == (404, "Request 7 is not in the journal")


def test_control_calls_are_not_journalled(client):
    """The journal is about the app under test, not about its test."""
    client.advance(1)

    assert journal(client)["last"] == 0


def test_worlds_have_journals_of_their_own(new_client):
    """And numbers of their own."""
    one, other = new_client("user:1-journal-one"), new_client("user:1-journal-other")
    one.account()

    assert journal(one)["last"] == 1
    assert journal(other)["last"] == 0


def test_deleting_empties_the_journal_and_numbers_go_on(client):
    """A test that remembers a number never meets another request under it."""
    client.account()

    assert client.delete("http://mock/_mock/requests").json() == {"deleted": 1}
    client.song()
    assert [entry["number"] for entry in journal(client)["requests"]] == [2]


def test_a_reset_begins_the_journal_anew(client):
    """Numbers, too: the world is as if nobody had used it."""
    client.account()
    client.control("reset")
    client.account()

    assert [entry["number"] for entry in journal(client)["requests"]] == [1]


def test_an_unknown_path_is_journalled_with_the_closest_one(client):
    """A typing mistake is the likeliest reason for a 404 without an operation."""
    client.get("/musik/song")

    (entry,) = journal(client)["requests"]
    assert (entry["status"], entry["operation_id"], entry["closest"]) == (404, None, SONG)
    assert entry["virtualTime"]


def test_a_download_is_journalled_in_the_world_of_its_link(client):
    """Without a token: the link tells whose file it is, and its key is hidden."""
    client.account()
    url = client.link(client.completed_song(), file_format="wav")
    client.get(url, headers={"Authorization": "", "Range": "bytes=0-99"}).raise_for_status()

    entry = journal(client)["requests"][0]
    assert (entry["status"], entry["query"], entry["answer"]["body"]) == (206, "auth_key=***", None)
    assert (entry["answer"]["size"], entry["answer"]["mediaType"]) == (100, "audio/wav")


def test_looking_at_files_through_the_control_plane_is_not_journalled(client):
    """The page for people plays songs, and nobody's download is counted for it."""
    client.account()
    url = client.link(client.completed_song(), file_format="wav").replace("/files/", "/_mock/files/")
    before = journal(client)["last"]

    assert client.get(url, headers={"Range": "bytes=0-99"}).status_code == 206
    assert journal(client)["last"] == before


def test_an_upload_is_journalled_by_size_and_digest(client):
    """A recording would fill the journal; the digest tells whether it was the right one."""
    wav = b"RIFF" + bytes(100_000)
    client.account()
    client.post("/music/cloned-voices", params={"name": "Ada"}, content=wav, headers={"Content-Type": "audio/wav"})

    request = journal(client)["requests"][0]["request"]
    assert (request["mediaType"], request["size"], request["body"]) == ("audio/wav", len(wav), None)
    assert request["sha256"] == hashlib.sha256(wav).hexdigest()


def test_a_long_body_is_cut(client):
    """At 65,536 characters; `size` tells the whole."""
    client.post("/music/song", json={"prompt": "la " * 50_000})

    request = journal(client)["requests"][0]["request"]
    assert (request["truncated"], len(request["body"]), request["size"] > 150_000) == (True, 65_536, True)


def test_every_violation_is_told_beside_the_envelope(client):
    """In the journal and in a header; the body stays the service's."""
    client.account()
    answer = client.post("/music/song", json={"maxJobs": "many", "prompt": 7})

    assert answer.json().keys() == {"error", "code"}
    (entry,) = journal(client, status=400)["requests"]
    assert entry["violations"] == [
        'body.prompt: value is not of type "string"',
        'body.maxJobs: value is not of type "integer"',
    ]
    assert answer.headers["X-Mock-Violations"] == f"2: {'; '.join(entry['violations'])}"


@pytest.mark.parametrize(
    ("content", "violation"),
    [
        pytest.param(b"{", "Request body is not valid JSON", id="broken JSON"),
        pytest.param(b"[]", 'body: value is not of type "object"', id="no object"),
    ],
)
def test_what_is_no_object_is_a_violation(client, content, violation):
    """One sentence each, though no field could be looked at."""
    answer = client.post("/music/song", content=content, headers={"Content-Type": "application/json"})

    assert answer.headers["X-Mock-Violations"] == f"1: {violation}"


def test_violations_fit_into_a_header(client):
    """Cut at 500 characters, and no line break of a client's begins another header."""
    answer = client.post("/accounts", json={"requestParams": 1, "maxJobs": "\u00e9\r\nX-Evil: 1" * 500})

    assert len(answer.headers["X-Mock-Violations"]) <= 500
    assert "X-Evil" not in answer.headers


def test_a_good_request_has_no_such_header(client):
    """Its absence can be asserted."""
    answer = client.post("/accounts", json={"requestParams": {}})

    assert "X-Mock-Violations" not in answer.headers


def test_secrets_are_not_shown(client):
    """Of body and headers alike; of the token the number stays."""
    client.post(
        "/accounts",
        json={"requestParams": {"service_ticket": "hidden-1", "user_id": "1"}},
        headers={"Cookie": "sid=hidden-2", "X-Mock-Control-Token": "hidden-3", "X-Api-Key": "hidden-4"},
    )

    text = client.get("http://mock/_mock/requests").text
    assert "hidden-" not in text
    assert client.api_token not in text
    assert "Bearer user:12345-***" in text


def test_the_list_of_worlds_names_no_token(client):
    """It is for everybody who may use the control plane, of whatever world."""
    client.account()

    worlds = client.get("http://mock/_mock/worlds")
    assert client.api_token not in worlds.text
    assert {"token": "user:12345-***", "requests": 1}.items() <= worlds.json()["worlds"][-1].items()


def test_a_misspelt_parameter_is_refused_with_those_there_are(client):
    """Ignoring it would answer another question than the one asked."""
    answer = client.get("http://mock/_mock/requests", params={"operationId": "get_music"})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("operationId: not known. Known here: ")
    assert "operation_id" in answer.json()["error"]


def test_a_body_that_is_refused_for_its_depth_can_be_shown(client):
    """It is kept as a text, and keeps nobody from reading the rest."""
    body = b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"
    assert client.post("/music/song", content=body, headers={"Content-Type": "application/json"}).status_code == 400

    entry = client.get("http://mock/_mock/requests").json()["requests"][0]
    assert entry["request"]["body"].startswith('{"a":[[[')


def test_the_journal_can_be_read_while_it_grows(client):
    """A request that comes while an entry is being worded belongs to the next reading."""
    client.account()
    client.get("/songs")

    listed, polled = client._transport.together(
        client.build_request("GET", client.base_url.join("/_mock/requests?limit=1")),
        client.build_request("GET", "/accounts"),
    )
    assert (polled.status_code, listed.status_code, listed.json()["matched"]) == (200, 200, 2)


def test_a_secret_in_a_path_is_hidden(client):
    """A client that mixes up token and id shows the token in every line of the journal."""
    client.get(f"/music/{client.api_token}")

    (entry,) = journal(client)["requests"]
    assert entry["path"] == "/v1/tempolor/music/user:12345-***"
    assert client.api_token not in str(entry)
