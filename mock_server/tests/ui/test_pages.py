"""Pages for people, and what they are made of."""

import re
from importlib import resources

import pytest
import yaml
from tempolor_mock import Policy, ui
from tempolor_mock.control import control_document
from tempolor_mock.domain.faults import KINDS

PAGES = ["/_mock/", "/_mock", "/_mock/docs", "/_mock/docs/"]
FILES = resources.files(ui)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_nothing_from_elsewhere(client, path):
    """No foreign script, no frame, no guess about types: what is shown was sent by others."""
    page = client.get(client.base_url.join(path))

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_only_swagger_ui_may_set_styles_in_elements(client):
    """It cannot do without; our own page can."""
    assert "unsafe" not in client.get("http://mock/_mock/").headers["Content-Security-Policy"]
    assert "unsafe-inline" in client.get("http://mock/_mock/docs").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_links_to_is_there(client, path):
    """And is the mock's own: it works on a machine without a network."""
    text = client.get(client.base_url.join(path)).text
    links = re.findall(r'(?:src|href)="([^"#]+)', text)

    assert links
    assert all(link.startswith("/_mock") for link in links)
    assert {client.get(client.base_url.join(link)).status_code for link in links} == {200}


def test_pages_need_no_token_and_answer_head(client):
    """An empty answer that tells the page's length."""
    answer = client.head("http://mock/_mock/", headers={"Authorization": ""})

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_pages_take_no_other_method(client):
    """A 405 with what they do take."""
    answer = client.post("http://mock/_mock/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/_mock/ui/", "/_mock/ui/slot.py", "/_mock/ui/../slot.py", "/_mock/docs/x"])
def test_nothing_else_of_the_package_is_served(client, path):
    """No source beside the files, no way out of their folder."""
    assert client.get(client.base_url.copy_with(raw_path=path.encode())).status_code == 404


@pytest.mark.parametrize("name", ["index.html", "docs.html", "page.js", "docs.js", "page.css", "docs.css"])
def test_what_others_sent_is_never_markup(name):
    """No sink for text as HTML, no script in an element, nothing loaded from elsewhere."""
    text = (FILES / name).read_text("utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|javascript:", text)
    assert not re.search(r"(?:src|href|url\()\W*https?:", text)


def test_ids_the_script_looks_for_are_in_the_page():
    """A renamed one would be null at the first click."""
    script, page = ((FILES / name).read_text("utf-8") for name in ("page.js", "index.html"))

    assert set(re.findall(r'\$\("([\w-]+)"\)', script)) <= set(re.findall(r'id="([\w-]+)"', page))


def test_every_field_of_the_page_has_a_label():
    """Screen readers read it out."""
    page = (FILES / "index.html").read_text("utf-8")
    outside_labels = re.sub(r"<label.*?</label>", "", page, flags=re.DOTALL)

    assert not re.search(r"<(input|select)", outside_labels)


def test_the_world_is_shown_at_one_moment(client):
    """Accounts and jobs after an advance, newest job first, with links that work."""
    client.account("111", maxJobs=4)
    first, second = client.song("A harbour ballad")
    client.advance(60)

    world = client.get("http://mock/_mock/world").json()
    assert world["accounts"] == [{"user_id": "111", "maxJobs": 4, "executing": 0, "available": 4}]
    assert [job["job_id"] for job in world["jobs"]] == [second, first]
    assert (world["jobs"][0]["status"], world["jobs"][0]["progress"]) == ("COMPLETED", 100)
    assert client.get(world["jobs"][0]["files"]["wav"], headers={"Range": "bytes=0-9"}).status_code == 206


def test_the_control_document_is_served(client):
    """Without a token, and as the control plane itself reads it."""
    served = client.get("http://mock/_mock/openapi.json", headers={"Authorization": ""}).json()

    assert served == control_document()


def test_the_service_document_begins_with_the_address_the_client_used(client):
    """So that the page's "Try it out" calls this mock and not the live service."""
    served = client.get("http://mock.example:81/_mock/openapi/tempolor.json").json()

    assert served["servers"][0]["url"] == "http://mock.example:81/v1/tempolor"
    assert len(served["paths"]) > 10


def test_the_service_document_is_of_the_revision_played(new_client):
    """Not of the default one."""
    client = new_client(policy=Policy(revision="2026-08"))

    assert client.get("http://mock/_mock/openapi/tempolor.json").json()["info"]["x-revision"] == "2026-08"


def test_the_control_document_describes_every_answer_of_these_calls(client):
    """Answers are validated on their way out: one outside the document would be a 500."""
    client.account()
    client.song(replyUrl="http://127.0.0.1:9/")

    for path in ("requests", "requests/1", "worlds", "world", "openapi.json", "openapi/tempolor.json"):
        assert client.get(f"http://mock/_mock/{path}").status_code == 200


def test_yaml_of_the_control_document_has_no_duplicate_paths():
    """YAML takes the last of two without a word."""
    text = resources.files("tempolor_mock.control").joinpath("openapi.yaml").read_text("utf-8")
    paths = re.findall(r"^  (/\S*):$", text, flags=re.MULTILINE)

    assert len(paths) == len(set(paths)) == len(yaml.safe_load(text)["paths"])


def test_each_effect_of_a_fault_rule_can_be_chosen_on_the_page_and_in_a_call():
    """The page offers the effects there are, and so does the control plane's document."""
    offered = re.search(r"const EFFECTS = \{(.*?)\n\};", (FILES / "page.js").read_text(encoding="utf-8"), re.DOTALL)[1]
    (effect,) = [
        schema
        for schema in control_document()["components"]["schemas"].values()
        if "job_stalls" in schema.get("properties", {}).get("kind", {}).get("enum", ())
    ]

    assert set(re.findall(r"^  (\w+):", offered, re.MULTILINE)) == set(KINDS)
    assert set(effect["properties"]["kind"]["enum"]) == set(KINDS)
