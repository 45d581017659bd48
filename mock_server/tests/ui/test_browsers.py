"""What browsers may do: everything on the service's paths, and nothing on the control plane from elsewhere."""

import pytest

ORIGIN = {"Origin": "https://app.example"}
SONG = "/v1/tempolor/music/song"


def preflight(client, path, method="POST", **headers):
    """Ask what a page of another origin may do."""
    asked = {"Access-Control-Request-Method": method, **ORIGIN, **headers}
    return client.options(client.base_url.join(path), headers=asked)


def test_a_preflight_is_answered_with_the_methods_of_the_path(client):
    """And with whatever headers the page asks for; browsers may remember it for two hours."""
    asked = "authorization,content-type,prefer"
    answer = preflight(client, SONG, **{"Access-Control-Request-Headers": asked})

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == asked
    assert answer.headers["Access-Control-Max-Age"] == "7200"


def test_a_preflight_of_a_public_page_may_reach_a_private_address(client):
    """Chromium asks this before a page from the internet may call 127.0.0.1."""
    answer = preflight(client, SONG, **{"Access-Control-Request-Private-Network": "true"})

    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


def test_a_preflight_of_a_file_is_answered(client):
    """Files are read only."""
    assert preflight(client, "/files/a/music/b.mp3", "GET").headers["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_a_preflight_of_an_unknown_path_is_a_404_that_the_page_may_read(client):
    """Otherwise the page's console would blame CORS for a typing mistake."""
    answer = preflight(client, "/v1/tempolor/musik")

    assert answer.status_code == 404
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("path", "status"), [("/accounts", 404), ("/nowhere", 404), ("/music/x", 400)])
def test_any_page_may_read_answers_and_refusals(client, path, status):
    """With all their headers, `X-Mock-Violations` among them."""
    answer = client.get(path, headers=ORIGIN)

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "*"


def test_answers_to_other_clients_are_as_ever(client):
    """No header of CORS where no `Origin` was sent: the service sends none either."""
    assert not [name for name in client.get("/accounts").headers if name.startswith("access-control")]


def test_options_without_an_origin_is_a_405(client):
    """It is no preflight, and the service has no such method."""
    answer = client.options("/music/song")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_preflights_are_not_journalled(client):
    """The browser sends them, not the app under test."""
    preflight(client, SONG)

    assert client.get("http://mock/_mock/requests").json()["last"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(ORIGIN, id="other origin"),
        pytest.param({"Origin": "null"}, id="sandboxed page"),
        pytest.param({"Origin": "https://mock"}, id="other scheme"),
        pytest.param({"Origin": "http://mock:81"}, id="other port"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="other port of the same host"),
    ],
)
def test_pages_of_other_origins_cannot_use_the_control_plane(client, headers):
    """A website somebody happens to visit empties no world, and may not read the refusal."""
    client.account()
    answer = client.post("http://mock/_mock/reset", headers=headers)

    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.get("/accounts").status_code == 200


def test_preflights_of_the_control_plane_are_refused(client):
    """So the browser never sends the call itself."""
    answer = preflight(client, "/_mock/reset")

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "http://mock", "Sec-Fetch-Site": "same-origin"}, id="our own pages"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed address"),
        pytest.param({}, id="no browser"),
    ],
)
def test_others_can(client, headers):
    """Our pages, a typed address, and every client that is no browser."""
    assert client.post("http://mock/_mock/clock/freeze", headers=headers).status_code == 200


def test_a_link_to_our_page_may_be_followed(client):
    """As a page of its own, but not in somebody else's frame."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    assert client.get("http://mock/_mock/", headers=link).status_code == 200
    assert client.get("http://mock/_mock/", headers={**link, "Sec-Fetch-Dest": "iframe"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:4010", 200),
        ("localhost:4010", 200),
        ("app.localhost", 200),
        ("[::1]:4010", 200),
        ("evil.example:4010", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.0.7", 403),
    ],
)
def test_a_mock_on_loopback_answers_control_calls_to_loopback_names_only(new_client, host, status):
    """A name that was rebound to 127.0.0.1 gets a 403; the service's own paths take any."""
    client = new_client(loopback_only=True)

    assert client.get("http://mock/_mock/health", headers={"Host": host}).status_code == status
    assert client.get("/accounts", headers={"Host": host}).status_code == 404


def test_a_control_token_stands_for_the_check_of_names(new_client):
    """A page under a rebound name does not know the token."""
    client = new_client(loopback_only=True, control_token="s3cret")

    assert client.get("http://mock/_mock/health", headers={"Host": "mock.example"}).status_code == 200


def test_a_world_can_be_named_by_its_handle(client):
    """Without its token, which the list of worlds does not tell."""
    client.account("77")
    handle = client.get("http://mock/_mock/world").json()["handle"]

    with client.anonymous() as stranger:
        world = stranger.get("http://mock/_mock/world", headers={"X-Mock-World": handle})
    assert world.json()["accounts"][0]["user_id"] == "77"


def test_an_unknown_handle_is_a_404(client):
    """The error names the handle."""
    answer = client.get("http://mock/_mock/clock", headers={"X-Mock-World": "x"})

    assert (answer.status_code, answer.json()["error"]) == (404, "No world has the handle 'x'")


def test_a_handle_does_not_stand_for_the_control_token(new_client):
    """It names a world; whether it may be looked at is another question."""
    client = new_client(control_token="s3cret")
    client.account()
    listed = client.get("http://mock/_mock/worlds", headers={"X-Mock-Control-Token": "s3cret"}).json()["worlds"]

    assert client.get("http://mock/_mock/worlds").status_code == 401
    assert client.get("http://mock/_mock/world", headers={"X-Mock-World": listed[0]["handle"]}).status_code == 401
