"""The curl samples of the vendor's pages, as printed: only host, token, ids and files are replaced."""

import pytest

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
ACCEPT = {"Accept": "application/json"}

SAMPLES = [
    # page, method, path, headers, body, status
    ("post-accounts", "POST", "/accounts", JSON, '{ "requestParams": {}, "maxJobs": 10 }', 200),
    ("get-accounts", "GET", "/accounts", ACCEPT, None, 200),
    ("get-accounts-user_id", "GET", "/accounts/{user_id}", ACCEPT, None, 200),
    (
        "post-music-song",
        "POST",
        "/music/song",
        JSON,
        '{"prompt": "A cinematic orchestral piece with dramatic string sections"}',
        200,
    ),
    (
        "post-music-instrumental",
        "POST",
        "/music/instrumental",
        JSON,
        '{"prompt": "A relaxing lo-fi beat with piano and soft drums"}',
        200,
    ),
    ("get-scheduler", "GET", "/scheduler/", {}, None, 200),
    ("get-scheduler-available", "GET", "/scheduler/available", {}, None, 200),
    ("get-music", "GET", "/music/?user_id={user_id}", {}, None, 200),
    ("get-music-instrumental", "GET", "/music/?user_id={user_id}&type=instrumental", {}, None, 200),
    ("get-music-cursor", "GET", "/music/?user_id={user_id}&cursor={cursor}", {}, None, 200),
    ("get-music-job_id", "GET", "/music/{done}", {}, None, 200),
    ("get-music-download-mp3", "GET", "/music/download/{done}", {}, None, 200),
    ("get-music-download-wav", "GET", "/music/download/{done}?file_format=wav", {}, None, 200),
    ("get-music-download-stems", "GET", "/music/download/{done}?file_format=stems", {}, None, 200),
    ("get-artist-voices", "GET", "/music/artist-voices/?user_id={user_id}", {}, None, 200),
    ("get-artist-voices-cursor", "GET", "/music/artist-voices/?user_id={user_id}&cursor={artists}", {}, None, 200),
    ("get-cloned-voices", "GET", "/music/cloned-voices?user_id={user_id}", {}, None, 200),
    ("get-midi", "GET", "/music/midi/?user_id={user_id}", {}, None, 200),
    ("del-scheduler-job_id", "DELETE", "/scheduler/{running}", {}, None, 204),
    ("delete-music-job_id", "DELETE", "/music/{done}", {}, None, 200),
    ("del-accounts-user_id", "DELETE", "/accounts/{user_id}", ACCEPT, None, 204),
]


@pytest.fixture
def ids(wire_client):
    """A world with what the samples name: an account, a completed and a running song, and cursors."""
    user_id = wire_client.post("/accounts", json={"requestParams": {}, "maxJobs": 100}).json()["user_id"]
    done, *_ = [wire_client.song() for _ in range(12)][-1]
    wire_client.advance(60)
    running, *_ = wire_client.song()
    return {
        "user_id": user_id,
        "done": done,
        "running": running,
        "cursor": wire_client.get("/music").json()["cursor"],
        "artists": wire_client.get("/music/artist-voices").json()["cursor"],
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=[each[0] for each in SAMPLES])
def test_a_sample_of_the_pages_runs_as_printed(wire_client, ids, sample):
    """No redirect is followed, as curl follows none unless told to."""
    _, method, path, headers, body, status = sample

    answer = wire_client.request(method, path.format_map(ids), headers=headers, content=body)

    assert answer.status_code == status
    assert b" " not in answer.content[:12]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/accounts/"), ("DELETE", "/scheduler/")])
def test_a_deletion_without_an_id_deletes_nothing(wire_client, ids, method, path):
    """Two pages lost the id of their sample: such a call is a 405, not a deletion of everything."""
    answer = wire_client.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (405, 405)
    assert wire_client.get(f"/accounts/{ids['user_id']}").status_code == 200
    assert wire_client.get("/scheduler").json()


def test_the_first_song_of_a_newcomer(wire_client):
    """Account, song, polls, the 404 right after COMPLETED, the link, the bytes, over a real connection."""
    wire_client.post("/accounts", json={"requestParams": {}})
    job_id = wire_client.post("/music/song", json={"prompt": "A calm night", "model_song": "v3"}).json()["jobs"][0]
    seen = []
    while not (item := wire_client.get(f"/music/{job_id}").json())["status_final"]:
        seen.append(item["progress"])
        wire_client.advance(2)
    while (answer := wire_client.get(f"/music/download/{job_id}?file_format=wav")).status_code == 404:
        wire_client.advance(1)

    url = answer.json()["url"]

    assert seen == sorted(seen)
    assert url.startswith(str(wire_client.base_url.join("/files/")))
    assert wire_client.get(url, headers={"Range": "bytes=0-11"}).content[:4] == b"RIFF"
