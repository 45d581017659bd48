"""The header `Prefer` on one request."""

import pytest
from tempolor_mock.steps.prefer import parse_prefer


@pytest.mark.parametrize(
    ("header", "preferences"),
    [
        ("", {}),
        ("code=429", {"code": "429"}),
        ("code=429, example=upstream_busy", {"code": "429", "example": "upstream_busy"}),
        ("CODE = 429 ,Example=x", {"code": "429", "example": "x"}),
        ('example="upstream_busy"', {"example": "upstream_busy"}),
        (r'example="a\"b,c;d"', {"example": 'a"b,c;d'}),
        ("respond-async, wait=10, code=503", {"respond-async": "", "wait": "10", "code": "503"}),
        ('code=429; strict="yes"; more, example=x', {"code": "429", "example": "x"}),
        ("code=429, code=500", {"code": "429"}),
        ('code="", example=', {"code": "", "example": ""}),
        (",, ,code=1,,", {"code": "1"}),
        ('example="open, code=429', {"code": "429"}),
        ("code=4 2 9, example=x", {"example": "x"}),
        ("=, ;, /", {}),
    ],
)
def test_the_header_is_read_as_the_rfc_writes_it(header, preferences):
    """Names in any case, lists, quotes and parameters; the first of a name counts; the unreadable is ignored."""
    assert parse_prefer(header) == preferences


def ask(client, prefer, *, method="POST", path="/music/song", **options):
    """Send a request with the header."""
    return client.request(method, path, headers={"Prefer": prefer}, **options)


def test_a_code_alone_takes_the_first_example(client):
    """In the document's order."""
    assert "runningJobs" in ask(client, "code=429").json()


def test_an_example_alone_finds_its_status(client):
    """The other 429 has no running jobs."""
    response = ask(client, "example=upstream_busy")

    assert response.status_code == 429
    assert "runningJobs" not in response.json()


def test_several_headers_count_as_one(client):
    """RFC 7240: they are joined."""
    response = client.post("/music/song", headers=[("Prefer", "code=404"), ("Prefer", "example=no_accounts")])

    assert (response.status_code, response.json()["error"]) == (404, "No accounts configured")


def test_a_status_without_content_has_none(client):
    """Nothing is deleted."""
    client.account("111")

    response = ask(client, "code=204", method="DELETE", path="/accounts/111")

    assert (response.status_code, response.content) == (204, b"")
    assert client.get("/accounts/111").status_code == 200


def test_a_required_header_comes_along(client):
    """The 405 has its `Allow`."""
    path = "/scheduler/user:12345-tempolor:1-job:2"

    assert ask(client, "code=405", method="DELETE", path=path).headers["Allow"]


@pytest.mark.parametrize("status", [410, 412, 422, 500, 502, 503, 504, 596])
def test_faults_of_the_platform_can_be_had_though_no_page_prints_them(client, status):
    """They are not taken for a bug of the mock."""
    response = ask(client, f"code={status}, retry-after=7")

    assert response.status_code == response.json()["code"] == status
    assert response.json()["error"]
    assert response.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("prefer", "words"),
    [
        ("code=418", ["create_song has no answer code=418", "429 (account_busy, upstream_busy)", "596"]),
        ("code=404, example=upstream_busy", ["create_song has no answer code=404, example=upstream_busy"]),
        ("example=nothing", ["create_song has no answer example=nothing", "200 (ok)"]),
        ("code=busy", ["code must be a number"]),
        ("code=503, example=x", ["create_song has no answer code=503"]),
    ],
)
def test_what_cannot_be_had_is_a_400_that_lists_what_can(client, prefer, words):
    """In the envelope."""
    response = ask(client, prefer)

    assert response.status_code == response.json()["code"] == 400
    assert all(each in response.json()["error"] for each in words)
    assert "Preference-Applied" not in response.headers


def test_an_operation_that_documents_no_400_refuses_too(client):
    """The complaint is about the header, not one of the service's answers."""
    assert ask(client, "code=418", method="GET", path="/accounts").status_code == 400


def test_authorization_comes_first(client):
    """A request without a token gets the 401 that its client must be able to handle."""
    del client.headers["Authorization"]

    assert ask(client, "code=429").status_code == 401


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async", "dynamic=true", "retry-after=3", ""])
def test_other_preferences_change_nothing(client, prefer):
    """They are the business of others."""
    client.account("111")

    response = ask(client, prefer, json={"prompt": "x"})

    assert response.status_code == 200
    assert "Preference-Applied" not in response.headers


def test_the_state_stays_as_it_was(client):
    """Not even a valid order starts a job."""
    client.account("111")

    assert ask(client, "code=200", json={"prompt": "x"}).status_code == 200
    assert client.get("/scheduler").json() == []


def test_it_wins_over_rules_and_is_not_counted_by_them(client, add_fault):
    """A rule is for requests that say nothing themselves."""
    add_fault(client, "status", status=503)

    assert ask(client, "code=429").status_code == 429
    assert client.get("http://mock/_mock/faults").json()["faults"][0]["matched"] == 0


def test_the_control_plane_knows_no_preferences(client):
    """Nothing goes wrong there."""
    assert client.get("http://mock/_mock/clock", headers={"Prefer": "code=503"}).status_code == 200


def test_it_is_told_in_the_journal(client):
    """Who reads it sees why."""
    ask(client, "code=429, example=upstream_busy")

    entry = client.get("http://mock/_mock/requests").json()["requests"][0]
    assert entry["forced"] == "Prefer: code=429, example=upstream_busy"
