"""Reading, listing and deleting music."""

import re

import pytest

UNKNOWN = "user:12345-tempolor:111-job:000000000000000"


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def test_a_new_job_is_generating_and_has_no_files(client):
    """No file ids, no cover and no waveform before it has completed."""
    job_id, *_ = client.song()

    item = client.get(f"/music/{job_id}").json()

    assert (item["status"], item["status_name"], item["status_final"], item["progress"]) == (0, "GENERATING", False, 0)
    assert not {"mp3OssId", "wavOssId", "cover"} & set(item)
    assert "waveformUrl" not in item["musicMaterial"]


def test_a_completed_job_has_its_files(client):
    """Status, progress and file ids belong together."""
    job_id = client.completed_song()

    item = client.get(f"/music/{job_id}").json()

    assert (item["status"], item["status_name"], item["status_final"], item["progress"]) == (30, "COMPLETED", True, 100)
    assert item["mp3OssId"].endswith(f"{item['itemId']}.mp3")
    assert item["wavOssId"].endswith(f"{item['itemId']}.wav")
    assert item["cover"]
    assert job_id.endswith(item["itemId"])


def test_progress_rises_while_the_clock_is_advanced(client):
    """Polling once a virtual second shows a job on its way, never going back, never past 100."""
    job_id, *_ = client.song()

    shown = []
    for _ in range(30):
        item = client.get(f"/music/{job_id}").json()
        shown.append(item["progress"])
        assert (item["progress"] == 100) == item["status_final"]
        client.advance(1)

    assert shown == sorted(shown)
    assert len(set(shown)) >= 4
    assert shown[-1] == 100


def test_reading_does_not_move_a_job(client):
    """However often it is polled, a job stays where its clock stands."""
    job_id, *_ = client.song()
    client.advance(7)

    answers = {client.get(f"/music/{job_id}").text for _ in range(20)}

    assert len(answers) == 1


def test_the_takes_of_one_order_differ(client):
    """Each has its own seed and ids."""
    first, second = (client.get(f"/music/{job_id}").json() for job_id in client.song())

    assert first["musicMaterial"]["seed"] != second["musicMaterial"]["seed"]
    assert first["itemId"] != second["itemId"]


def test_an_item_shows_its_order(client):
    """Prompt, lyrics and model come back."""
    job_id, *_ = client.song("Harbour lights", lyrics="Lanterns on the water", model_song="v3")

    item = client.get(f"/music/{job_id}").json()

    assert item["titleEn"] == "Harbour Lights"
    assert item["musicMaterial"]["otherInfo"] == "Harbour lights"
    assert item["ltmMaterialExtendDto"]["lyricsPrompt"] == "Lanterns on the water"
    assert item["ltmMaterialExtendDto"]["modelShowName"] == "v3"
    assert item["createTime"] <= item["updateTime"]


def test_the_list_is_newest_first_with_running_items(client):
    """Later orders come before earlier ones, finished or not."""
    earlier = client.song()
    client.advance(60)
    later = client.song()

    page = client.get("/music").json()

    assert [item["job_id"] for item in page["records"]] == [*later[::-1], *earlier[::-1]]
    assert [item["status_name"] for item in page["records"]] == ["GENERATING"] * 2 + ["COMPLETED"] * 2
    assert (page["hasNext"], page["cursor"]) == (False, "")


@pytest.mark.parametrize(
    ("query", "kind"),
    [("", "song"), ("?type=song", "song"), ("?type=instrumental", "instrumental"), ("?type=", "song")],
    ids=["default", "song", "instrumental", "empty"],
)
def test_the_list_shows_one_kind(client, query, kind):
    """Instrumentals appear only when asked for."""
    jobs = {"song": client.song(), "instrumental": client.instrumental()}

    listed = [item["job_id"] for item in client.get(f"/music{query}").json()["records"]]

    assert listed == jobs[kind][::-1]


def test_the_list_is_the_same_object_that_reading_one_shows(client):
    """One item schema for both."""
    job_id = client.completed_song()

    listed = client.get("/music").json()["records"]

    assert client.get(f"/music/{job_id}").json() in listed


def test_pages_follow_each_other_by_cursor(client):
    """Twenty items a page; the last page has no cursor."""
    added = [job_id for _ in range(11) for job_id in client.song(maxJobs=100)]

    first = client.get("/music").json()
    second = client.get("/music", params={"cursor": first["cursor"]}).json()

    assert [item["job_id"] for page in (first, second) for item in page["records"]] == added[::-1]
    assert (first["hasNext"], second["hasNext"], second["cursor"]) == (True, False, "")
    assert len(first["records"]) == 20


def test_an_account_lists_its_own_music(client):
    """With two accounts, each is asked for by name."""
    client.account("222")
    mine, theirs = client.song(user_id="111"), client.song(user_id="222")

    listed = [client.get(f"/music?user_id={user_id}").json()["records"] for user_id in ("111", "222")]

    assert [[item["job_id"] for item in page] for page in listed] == [mine[::-1], theirs[::-1]]


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("?type=songs", 400, "Invalid type parameter. Must be 'song' or 'instrumental'"),
        ("?cursor=next_page_cursor_token", 400, "cursor has incorrect format"),
        ("?cursor=YmVm!!b3JlOjEy", 400, "cursor has incorrect format"),
        ("?user_id=999", 404, "No record found for 999"),
    ],
    ids=["type", "cursor", "stray-characters", "account"],
)
def test_a_list_query_that_breaks_a_rule_is_refused(client, refused, query, status, text):
    """Each parameter in its own words."""
    answer = client.get(f"/music{query}")

    refused(answer, status, text)


def test_a_list_needs_the_account_where_there_are_several(client, refused):
    """An empty `user_id` names none."""
    client.account("222")

    for query in ("", "?user_id=", "/?user_id="):
        refused(client.get(f"/music{query}"), 400, "Parameter user_id is required")


def test_deleted_music_is_gone(client, refused):
    """From the list, from reading, from the download, and for a second deletion."""
    job_id, other = client.song()
    client.advance(60)

    answer = client.delete(f"/music/{job_id}")

    assert (answer.status_code, answer.text) == (200, '{"result":true}')
    assert [item["job_id"] for item in client.get("/music").json()["records"]] == [other]
    for gone in (
        client.get(f"/music/{job_id}"),
        client.get(f"/music/download/{job_id}"),
        client.delete(f"/music/{job_id}"),
    ):
        refused(gone, 404, f"No record found for {job_id}")


@pytest.mark.parametrize("call", ["GET /music/", "DELETE /music/", "GET /music/download/"])
@pytest.mark.parametrize(
    "job_id",
    [
        "abc",
        "job:abc",
        "user:12345-tempolor:111-voice:abc",
        "user:12345-tempolor:111-job:",
        "user:x-tempolor:111-job:a",
    ],
)
def test_an_id_of_another_shape_or_kind_is_a_400(client, refused, call, job_id):
    """It names the parameter."""
    method, path = call.split()

    answer = client.request(method, path + job_id)

    refused(answer, 400, "job_id has incorrect format")


@pytest.mark.parametrize("call", ["GET /music/", "DELETE /music/", "GET /music/download/"])
@pytest.mark.parametrize(
    "job_id",
    [UNKNOWN, UNKNOWN.replace("12345", "54321"), UNKNOWN.replace("111", "999")],
    ids=["unknown", "another-user", "another-account"],
)
def test_an_id_that_nobody_here_has_is_a_404(client, refused, call, job_id):
    """It names the id."""
    method, path = call.split()

    answer = client.request(method, path + job_id)

    refused(answer, 404, f"No record found for {job_id}")


@pytest.mark.parametrize("change", ["number", "account"])
def test_a_known_item_under_another_owner_is_a_404(client, refused, change):
    """Every part of the id has to be right."""
    client.account("222")
    job_id, *_ = client.song(user_id="111")
    altered = job_id.replace("12345", "54321") if change == "number" else job_id.replace(":111-", ":222-")

    answer = client.get(f"/music/{altered}")

    refused(answer, 404, f"No record found for {altered}")


@pytest.mark.parametrize("host", ['evil"<>/x', "a b", "", "h:123456"])
def test_a_host_that_is_none_is_in_no_link(client, host):
    """The address the request came to stands there instead."""
    item = client.get(f"/music/{client.completed_song()}", headers={"Host": host}).json()

    assert re.fullmatch(r"http://[a-z0-9.]+(:[0-9]+)?/.*", item["cover"])
    assert host not in item["cover"] or not host
