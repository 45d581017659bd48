"""Paths, slashes, escapes and methods: how a request finds its operation."""

from urllib.parse import quote

import pytest
from tempolor_spec import load_document, operations

JOB = "user:12345-tempolor:111-job:000000000000000"
FIXED_PATHS = sorted({path for _, _, path, _ in operations(load_document()) if "{" not in path})
METHODS_OF = {
    "/accounts": "GET, POST",
    "/accounts/111": "DELETE, GET",
    "/music": "GET",
    "/scheduler": "GET",
    f"/scheduler/{JOB}": "DELETE",
    f"/music/{JOB}": "DELETE, GET",
    f"/music/download/{JOB}": "GET",
}


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


@pytest.mark.parametrize("path", FIXED_PATHS)
def test_a_trailing_slash_makes_no_difference(client, path):
    """The same answer, and never a redirect."""
    plain, slashed = client.get(path), client.get(f"{path}/")

    assert slashed.status_code == plain.status_code
    assert slashed.content == plain.content
    assert slashed.status_code not in range(300, 400)


@pytest.mark.parametrize("path", ["/music/song/", "/music/instrumental/"])
def test_orders_may_be_posted_with_a_slash(client, path):
    """As a no-code node calls some of them."""
    assert client.post(path, json={"prompt": "x"}).status_code == 200


@pytest.mark.parametrize("path", ["/accounts/111/", "/accounts/111"])
def test_accounts_may_be_read_with_a_slash(client, path):
    """Paths that end in a parameter are no exception."""
    assert client.get(path).json()["user_id"] == "111"


@pytest.mark.parametrize(
    "spelt",
    [
        lambda job_id: job_id,
        lambda job_id: quote(job_id, safe=""),
        lambda job_id: quote(job_id, safe="").lower(),
        lambda job_id: job_id.replace(":", "%3A", 1),
        lambda job_id: quote(job_id, safe="") + "/",
        lambda job_id: "".join(f"%{ord(each):02X}" for each in job_id),
    ],
    ids=["raw", "encoded", "lower-case", "mixed", "encoded-with-slash", "everything-encoded"],
)
def test_an_id_may_be_written_raw_or_encoded(client, spelt):
    """Both spellings are the same id, in every operation on it."""
    job_id = client.completed_song()

    answers = [client.get(f"/music/{spelt(job_id)}"), client.get(f"/music/download/{spelt(job_id)}")]

    assert answers[0].json()["job_id"] == job_id
    assert "url" in answers[1].json()
    assert client.delete(f"/music/{spelt(job_id)}").json() == {"result": True}


@pytest.mark.parametrize(("path", "allowed"), METHODS_OF.items())
def test_another_method_is_a_405_that_lists_those_there_are(client, refused, path, allowed):
    """`Allow` holds what the path answers to."""
    answer = client.patch(path)

    refused(answer, 405, "Method Not Allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", FIXED_PATHS)
def test_methods_nobody_documents_are_a_405_everywhere(client, method, path):
    """No path answers them by accident."""
    answer = client.request(method, path)

    assert answer.status_code == 405
    assert answer.json() == {"error": "Method Not Allowed", "code": 405}


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        ("GET", "/music/song", "job_id"),
        ("GET", "/music/instrumental", "job_id"),
        ("GET", "/music/stems-splitter", "job_id"),
        ("GET", "/music/download", "job_id"),
        ("DELETE", "/music/midi", "job_id"),
        ("DELETE", "/music/cloned-voices", "job_id"),
        ("DELETE", "/music/artist-voices", "job_id"),
        ("DELETE", "/music/song", "job_id"),
        ("DELETE", "/scheduler/available", "job_id"),
    ],
)
def test_a_fixed_name_is_no_job(client, refused, method, path, parameter):
    """Where the fixed path lacks the method, its name is read as an id, which it is not."""
    answer = client.request(method, path)

    refused(answer, 400, f"{parameter} has incorrect format")


@pytest.mark.parametrize(
    "path",
    [
        "http://mock/",
        "http://mock/v1",
        "http://mock/v1/tempolor",
        "http://mock/v1/tempolor/",
        "http://mock/v2/tempolor/accounts",
        "http://mock/v1/tempolorx/accounts",
        "/nothing",
        "/accounts/111/more",
        "/accounts//",
        "//accounts",
        "/music//song",
        "/Accounts",
        "/music/download/a/b",
        "http://mock/_mock/nothing",
        "http://mock/_mockx/health",
    ],
)
def test_a_path_nobody_documents_is_a_404(client, refused, path):
    """In the service's own envelope, with or without a token."""
    refused(client.get(path), 404, "Not Found")
    del client.headers["Authorization"]
    refused(client.get(path), 404, "Not Found")


def test_an_encoded_slash_does_not_end_a_segment(client):
    """What is encoded belongs to the value: an account called `a%2Fb` is one unknown account, not a path."""
    answer = client.get("/accounts/a%2Fb")

    assert answer.status_code in {400, 404}
    assert answer.json()["code"] == answer.status_code


def test_json_is_compact_and_says_what_it_is(client):
    """Some callers test the body for the text `"result":true`."""
    job_id, *_ = client.song()

    answer = client.delete(f"/music/{job_id}")

    assert answer.text == '{"result":true}'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == "15"
