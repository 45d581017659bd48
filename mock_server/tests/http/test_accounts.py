"""The accounts operations: create or update, list, read, delete."""

import json
from urllib.parse import quote

import pytest

START_MS = 1_747_731_600_125


def test_an_account_is_created_with_its_parameters(client):
    """The answer is the stored account, stamped with the virtual moment."""
    answer = client.post("/accounts", json={"requestParams": {"user_id": "111", "lang": "english"}, "maxJobs": 3})

    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": "111",
        "updated": START_MS,
        "updatedUTC": "2025-05-20T09:00:00.125Z",
        "maxJobs": 3,
        "requestParams": {"user_id": "111", "lang": "english"},
    }


def test_an_account_runs_ten_jobs_unless_told_otherwise(client):
    """The pages' default."""
    client.account("111")

    assert client.get("/accounts/111").json()["maxJobs"] == 10


def test_posting_an_account_again_replaces_it(client):
    """Nothing of the old parameters stays, and the stamp moves."""
    client.post("/accounts", json={"requestParams": {"user_id": "111", "lang": "english"}, "maxJobs": 3})
    client.advance(5)

    updated = client.post("/accounts", json={"requestParams": {"user_id": "111", "la": "en-GB"}}).json()

    assert updated["requestParams"] == {"user_id": "111", "la": "en-GB"}
    assert updated["maxJobs"] == 10
    assert updated["updated"] == START_MS + 5_000
    assert list(client.get("/accounts").json()) == ["111"]


def test_the_pages_own_sample_makes_an_account(client):
    """`requestParams: {}` is accepted and gets an id of digits."""
    account = client.post("/accounts", json={"requestParams": {}, "maxJobs": 10}).json()

    assert account["user_id"].isdigit()
    assert client.get(f"/accounts/{account['user_id']}").json() == account


def test_accounts_are_listed_by_user_id(client):
    """The list is an object, each account under its id."""
    client.account("222")
    client.account("111")

    listed = client.get("/accounts").json()

    assert listed == {user_id: client.get(f"/accounts/{user_id}").json() for user_id in ("111", "222")}


def test_no_answer_shows_the_session_ticket(client):
    """`service_ticket` is a secret: it is masked wherever the account is shown."""
    body = {"requestParams": {"user_id": "111", "service_ticket": "very-secret"}}

    answers = [client.post("/accounts", json=body), client.get("/accounts"), client.get("/accounts/111")]

    assert all("very-secret" not in answer.text for answer in answers)
    assert answers[0].json()["requestParams"]["service_ticket"] == "***"


def test_a_deleted_account_is_gone(client, refused):
    """The answer is empty, and afterwards nothing is configured."""
    client.account("111")

    answer = client.delete("/accounts/111")

    assert (answer.status_code, answer.content) == (204, b"")
    refused(client.get("/accounts/111"), 404, "No record found for 111")
    refused(client.get("/accounts"), 404, "No accounts configured")


def test_the_music_of_a_deleted_account_is_gone(client, refused):
    """Ids of an account that is not configured are no records."""
    client.account("111")
    job_id = client.completed_song()
    client.delete("/accounts/111")

    answer = client.get(f"/music/{job_id}")

    refused(answer, 404, f"No record found for {job_id}")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_account_is_no_record(client, refused, method):
    """Reading and deleting name the id in the text."""
    client.account("111")

    answer = client.request(method, "/accounts/999")

    refused(answer, 404, "No record found for 999")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Parameter requestParams is required"),
        ({"maxJobs": 3}, "Parameter requestParams is required"),
        ({"requestParams": "x"}, "requestParams has incorrect format"),
        ({"requestParams": None}, "Parameter requestParams is required"),
        ({"requestParams": {}, "maxJobs": "3"}, "maxJobs has incorrect format"),
        ({"requestParams": {}, "maxJobs": 1.5}, "maxJobs has incorrect format"),
        ({"requestParams": {}, "maxJobs": True}, "maxJobs has incorrect format"),
        ({"requestParams": {}, "maxJobs": 0}, "Invalid maxJobs parameter. Must be an integer of at least 1"),
        ({"requestParams": {}, "maxJobs": -1}, "Invalid maxJobs parameter. Must be an integer of at least 1"),
        ([], "Request body must be a JSON object"),
        ("text", "Request body must be a JSON object"),
        (None, "Request body must be a JSON object"),
    ],
    ids=[
        "empty", "no-params", "params-text", "params-null", "limit-text", "limit-fraction", "limit-bool", "limit-zero",
        "limit-negative", "array", "string", "null",
    ],
)  # fmt: skip
def test_a_body_that_is_no_account_is_refused(client, refused, body, text):
    """The text names the first thing that is wrong, and nothing is stored."""
    answer = client.post("/accounts", content=json.dumps(body), headers={"Content-Type": "application/json"})

    refused(answer, 400, text)
    assert client.get("/accounts").status_code == 404


@pytest.mark.parametrize("user_id", ["a:b", "a/b", ":", "user:1-tempolor:2-job:3"])
def test_an_account_cannot_be_called_what_no_id_could_hold(client, user_id):
    """Colons and slashes would break composite ids and paths, and answers would be outside the document."""
    answer = client.post("/accounts", json={"requestParams": {"user_id": user_id}})

    assert answer.status_code == 400
    assert answer.json()["code"] == 400


@pytest.mark.parametrize("user_id", ["a b", "Größe", "100%", "a?b#c", "%3A", "🎵", "..", "."])
def test_an_account_may_have_any_other_name(client, user_id):
    """Whatever the name, the account and its jobs can be read by it."""
    client.account(user_id)

    job_id, *_ = client.song()

    assert client.get(f"/accounts/{quote(user_id, safe='').replace('.', '%2E')}").json()["user_id"] == user_id
    assert client.get(f"/music/{quote(job_id, safe='')}").json()["job_id"] == job_id


@pytest.mark.parametrize("value", [20_000, "20000", None, {"a": []}], ids=["int", "text", "null", "object"])
def test_browser_parameters_may_be_anything_the_document_does_not_type(client, value):
    """Unknown parameters are kept as they came."""
    body = {"requestParams": {"user_id": "111", "future": value}}

    assert client.post("/accounts", json=body).json()["requestParams"]["future"] == value


def test_whatever_has_a_secret_name_is_masked(client):
    """Wherever it stands; the rest comes back as it was sent."""
    params = {
        "user_id": "111",
        "region": "eu",
        "cookie": "c",
        "web": {"access_token": "t", "tab": 1},
        "list": [{"jwt": "j"}],
    }
    shown = client.post("/accounts", json={"requestParams": params}).json()["requestParams"]

    masked = {"cookie": "***", "web": {"access_token": "***", "tab": 1}, "list": [{"jwt": "***"}]}
    assert shown == {"user_id": "111", "region": "eu"} | masked
    assert client.get("http://mock/_mock/snapshot").json()["accounts"][0]["request_params"] == shown
