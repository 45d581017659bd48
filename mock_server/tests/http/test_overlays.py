"""A mock with an overlay plays the service that the overlay describes."""

import json

import pytest
from click.testing import CliRunner
from tempolor_mock.cli import mock_command

ERROR = {"$ref": "#/components/schemas/ErrorResponse"}
VIDEO = {
    "type": "object",
    "properties": {"url": {"type": "string", "format": "uri"}, "frames": {"type": "integer", "minimum": 3}},
}
ACTIONS = [
    {"target": "$.components.schemas.SongModel", "update": {"enum": ["v5"], "default": "v5"}},
    {
        "target": "$.components.schemas.MusicItem.properties",
        "update": {"lufs": {"type": "number", "example": -14.2}, "video": VIDEO},
    },
    {"target": "$.components.schemas.MusicMaterial.properties", "update": {"isrc": {"type": "string"}}},
    {"target": "$.components.schemas.Account.properties", "update": {"plan": {"type": "string", "enum": ["pro"]}}},
    {"target": "$.components.schemas.Account", "update": {"required": ["plan"]}},
    {"target": "$.components.schemas.Prompt", "update": {"maxLength": 20}},
    {
        "target": "$.components.schemas.SongRequest.properties",
        "update": {"mood": {"type": "string", "enum": ["calm", "wild"]}},
    },
    {
        "target": "$.paths['/music/song'].post.responses",
        "update": {
            "451": {
                "description": "Not here.",
                "content": {
                    "application/json": {
                        "schema": ERROR,
                        "examples": {"region": {"value": {"error": "Not in your region", "code": 451}}},
                    }
                },
            },
            "409": {"description": "Twice.", "content": {"application/json": {"schema": ERROR}}},
            "5XX": {"description": "Broken."},
        },
    },
    {
        "target": "$.paths['/music/{job_id}'].get.responses['200']",
        "update": {"headers": {"X-Cost": {"schema": {"type": "integer", "example": 7}}}},
    },
    {
        "target": "$.paths",
        "update": {
            "/music/{job_id}/lyrics": {
                "get": {
                    "parameters": [{"$ref": "#/components/parameters/JobId"}],
                    "responses": {
                        "200": {
                            "description": "The words.",
                            "content": {"application/json": {"example": {"lines": ["la"]}}},
                        }
                    },
                }
            }
        },
    },
]


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    """The file with the overlay."""
    file = tmp_path_factory.mktemp("overlay") / "tomorrow.yaml"
    file.write_text(json.dumps({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": ACTIONS}))
    return file


@pytest.fixture(scope="module")
def tomorrow(separate_mock, overlay):
    """A client of a mock that plays tomorrow's service, with an account."""
    with separate_mock(overlays=(overlay,)) as client:
        client.account(maxJobs=100)
        yield client


def test_new_fields_show_their_example(tomorrow):
    """Or a value of their list, or one of their type, at any depth."""
    item = tomorrow.get(f"/music/{tomorrow.song('A song')[0]}").json()

    assert item["lufs"] == -14.2
    assert item["video"] == {"url": "https://example.com/", "frames": 3}
    assert item["musicMaterial"]["isrc"] == "text"


def test_new_fields_show_in_lists_too(tomorrow):
    """In each item of a page, and in each value of a map."""
    tomorrow.song("A song")

    assert {each["lufs"] for each in tomorrow.get("/music/").json()["records"]} == {-14.2}
    assert tomorrow.get("/accounts").json()["111"]["plan"] == "pro"


def test_new_headers_show(tomorrow):
    """Of the status they belong to, and of no other."""
    job_id = tomorrow.song("A song")[0]

    assert tomorrow.get(f"/music/{job_id}").headers["x-cost"] == "7"
    assert "x-cost" not in tomorrow.get("/music/nothing").headers


def test_a_new_model_is_taken_and_named(tomorrow):
    """It is the default as well."""
    for fields in ({"model_song": "v5"}, {}):
        item = tomorrow.get(f"/music/{tomorrow.song('A song', **fields)[0]}").json()
        assert item["ltmMaterialExtendDto"]["modelShowName"] == "v5"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"mood": "calm"}, 200), ({"mood": "mad"}, 400), ({"prompt": "x" * 21}, 400), ({"model_song": "v9"}, 400)],
)
def test_requests_are_read_by_the_overlay(tomorrow, fields, status):
    """New fields are checked, and new limits hold."""
    assert tomorrow.post("/music/song", json={"prompt": "A song", **fields}).status_code == status


@pytest.mark.parametrize(
    ("status", "body"),
    [(451, {"error": "Not in your region", "code": 451}), (409, {"error": "Twice.", "code": 409})],
)
def test_new_statuses_can_be_asked_for(tomorrow, status, body):
    """By `Prefer`; without an example the body is made of the schema."""
    answer = tomorrow.post("/music/song", json={"prompt": "A song"}, headers={"Prefer": f"code={status}"})

    assert (answer.status_code, answer.json()) == (status, body)


def test_new_statuses_can_be_had_by_a_fault(tomorrow):
    """As all others."""
    rule = {
        "match": {"operation_ids": ["create_song"]},
        "times": 1,
        "effect": {"kind": "status", "status": 451, "example": "region"},
    }
    tomorrow.control("faults", **rule).raise_for_status()

    assert tomorrow.post("/music/song", json={"prompt": "A song"}).json()["error"] == "Not in your region"


def test_a_new_operation_answers_as_documented(tomorrow):
    """The journal says that nothing stands behind it."""
    answer = tomorrow.get(f"/music/{tomorrow.song('A song')[0]}/lyrics")

    assert answer.json() == {"lines": ["la"]}
    [entry] = tomorrow.get(tomorrow.base_url.join("/_mock/requests?limit=1")).json()["requests"]
    assert entry["operation_id"] == "get_music_job_id_lyrics"
    assert entry["forced"].startswith("overlay: ")
    assert tomorrow.anonymous().get(f"/music/{tomorrow.song('A song')[0]}/lyrics").status_code == 401


def test_the_document_that_is_served_has_the_overlay(tomorrow):
    """What generators and people read is what is played."""
    served = tomorrow.get(tomorrow.base_url.join("/_mock/openapi/tempolor.json")).json()

    assert "v5" in served["components"]["schemas"]["SongModel"]["enum"]


def test_what_an_overlay_takes_away_is_gone(new_client, tmp_path):
    """An operation is a 404 then, a value is refused."""
    overlay = tmp_path / "less.yaml"
    actions = [
        {"target": "$.paths['/music/stems-splitter']", "remove": True},
        {"target": "$.components.schemas.SongModel.enum[0]", "remove": True},
    ]
    overlay.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": actions}))
    client = new_client(overlays=(overlay,))
    client.account()

    assert client.post("/music/stems-splitter", content=b"x").status_code in {404, 405}
    assert client.post("/music/song", json={"prompt": "x", "model_song": "v3"}).status_code == 400
    assert client.post("/music/song", json={"prompt": "x", "model_song": "v3.5"}).status_code == 200


def test_a_request_starts_no_more_jobs_than_an_overlay_allows(new_client, tmp_path):
    """Its answer would be outside of the document."""
    overlay = tmp_path / "one.yaml"
    actions = [{"target": "$.components.schemas.CreatedJobs.properties.jobs", "update": {"maxItems": 1}}]
    overlay.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": actions}))
    client = new_client(overlays=(overlay,))
    client.account()

    assert len(client.song()) == 1


def test_an_overlay_that_does_not_fit_ends_the_start_with_one_line(tmp_path):
    """Before anything is opened."""
    overlay = tmp_path / "none.yaml"
    store = tmp_path / "worlds.db"

    result = CliRunner().invoke(mock_command, ["--port", "0", "--overlay", str(overlay), "--store", f"sqlite:{store}"])

    assert result.exit_code == 2
    assert result.stderr == f"Error: overlay {overlay}: cannot be read: No such file or directory\n"
    assert not store.exists()
