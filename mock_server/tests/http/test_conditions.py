"""HEAD, and requests that depend on what the client has already."""

import pytest

PAGES = ["/_mock/", "/_mock/docs", "/_mock/ui/page.js", "/_mock/ui/swagger-ui.css"]
CALLS = ["/_mock/health", "/_mock/clock", "/_mock/worlds", "/_mock/world", "/_mock/requests", "/_mock/openapi.json"]


@pytest.fixture
def link(client):
    """The path of a finished file."""
    client.account("111")
    return client.link(client.completed_song())


@pytest.mark.parametrize("path", [*PAGES, *CALLS])
def test_head_is_get_without_a_body(client, path):
    """As health checks of `wait-on` and `wget --spider` ask."""
    whole, head = client.get(f"http://mock{path}"), client.head(f"http://mock{path}")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_head_of_a_file_tells_its_size(client, link):
    """And makes nothing of it."""
    whole, head = client.anonymous().get(link), client.anonymous().head(link)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


@pytest.mark.parametrize("path", ["/accounts", "/music", "/music/song", "/scheduler"])
def test_head_on_the_services_paths_is_a_405(client, path):
    """D-13: no page prints it."""
    assert client.head(path).status_code == 405


@pytest.mark.parametrize("template", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_file_gets_a_304(client, link, template):
    """With the tag, and without a body."""
    tag = client.anonymous().get(link).headers["etag"]

    answer = client.anonymous().get(link, headers={"If-None-Match": template.format(tag)})

    assert (answer.status_code, answer.headers["etag"], answer.content) == (304, tag, b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": "W/{tag}"}, 412),
        ({"If-Match": "{tag}"}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": "{tag}", "If-None-Match": "{tag}"}, 304),
        ({"If-Match": '"other"', "If-None-Match": "{tag}"}, 412),
    ],
)
def test_conditions_are_looked_at_in_their_order(client, link, headers, status):
    """Strongly for `If-Match`, weakly for `If-None-Match`."""
    tag = client.anonymous().get(link).headers["etag"]
    headers = {name: value.format(tag=tag) for name, value in headers.items()}

    assert client.anonymous().get(link, headers=headers).status_code == status


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_is_there_already_is_a_304(client, path):
    """Browsers ask each time."""
    tag = client.get(f"http://mock{path}").headers["etag"]

    assert client.get(f"http://mock{path}", headers={"If-None-Match": tag}).status_code == 304
