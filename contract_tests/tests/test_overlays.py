"""Overlays say what else a service may do, to every command that judges."""

import json

import pytest
from click.testing import CliRunner
from stories import call, stored, story
from tempolor_contract import CATALOGUE
from tempolor_contract.cli.check import check_command
from tempolor_contract.cli.contract import contract_command
from tempolor_contract.cli.proxy import proxy_command
from tempolor_contract.document.router import Router
from tempolor_contract.judging.check import check
from tempolor_spec import OverlayError, load_document

REFUSAL = {
    "description": "Not here.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
}
LYRICS = {
    "parameters": [
        {"$ref": "#/components/parameters/JobId"},
        {"name": "from", "in": "query", "schema": {"type": "integer"}},
    ],
    "responses": {
        "200": {
            "description": "The words.",
            "content": {"application/json": {"schema": {"type": "object", "required": ["lines"]}}},
        }
    },
}


@pytest.fixture
def overlay(tmp_path):
    """Write an overlay of such updates by target, and return the file."""

    def write(**updates):
        file = tmp_path / "tomorrow.yaml"
        actions = [{"target": TARGETS[name], "update": update} for name, update in updates.items()]
        file.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": actions}))
        return file

    return write


TARGETS = {
    "responses": "$.paths['/music/song'].post.responses",
    "paths": "$.paths",
    "nowhere": "$.components.schemas.Nowhere",
}


def violated(folder, *exchanges, **options):
    """Return the rules that a recording breaks."""
    file = folder / "recording.ndjson"
    file.write_text("".join(json.dumps(each.to_json()) + "\n" for each in exchanges))
    return {each.rule.id for each in check([file], CATALOGUE, **options).violations}


REFUSED = story(stored(), call("POST", "/music/song", 403, {"error": "No", "code": 403}, sent={"prompt": "x"}))


@pytest.mark.parametrize("status", ["403", "4XX", "default"])
def test_a_status_of_an_overlay_is_documented(tmp_path, overlay, status):
    """By itself, in a range, or as the default."""
    assert violated(tmp_path, *REFUSED) == {"status-documented"}
    assert not violated(tmp_path, *REFUSED, overlays=[overlay(responses={status: REFUSAL})])


def test_an_answer_of_a_new_operation_is_judged(tmp_path, overlay):
    """Its refusals are those that all operations may have."""
    file = overlay(paths={"/music/{job_id}/lyrics": {"get": LYRICS}})
    path = "/music/user:12345-tempolor:111-job:a/lyrics"

    def judged(status, body, query=None):
        return violated(tmp_path, *story(call("GET", path, status, body, query=query)), overlays=[file])

    assert not judged(200, {"lines": []})
    assert judged(200, {"lines": []}, {"from": "x"}) == {"invalid-is-refused"}
    assert judged(200, {"words": []}) == {"answer-fits-schema"}
    assert not judged(404, {"error": "No record found", "code": 404})
    assert judged(418, {"error": "No", "code": 418}) == {"status-documented"}


def test_a_path_with_a_parameter_inside_is_found(overlay):
    """Its other segments are fixed."""
    router = Router(load_document(overlays=[overlay(paths={"/music/{job_id}/lyrics": {"get": LYRICS}})]))

    found = router.route("GET", "/music/a%3Ab/lyrics")

    assert (found.operation, found.arguments) == ("get_music_job_id_lyrics", {"job_id": "a:b"})
    assert router.route("GET", "/music/a/words") is None


def test_an_overlay_that_does_not_fit_judges_nothing(tmp_path, overlay):
    """The caller is told before anything is read."""
    with pytest.raises(OverlayError, match=r"action 1: target \$\.components\.schemas\.Nowhere selects nothing"):
        violated(tmp_path, *story(stored()), overlays=[overlay(nowhere={})])


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (check_command, ["recording.har"]),
        (contract_command, ["http://127.0.0.1:9", "--token", "user:1-x"]),
        (contract_command, ["http://127.0.0.1:9", "--token", "user:1-x", "--dry-run"]),
        (proxy_command, ["--upstream", "http://127.0.0.1:9", "--port", "0"]),
    ],
    ids=["check", "contract", "dry run", "proxy"],
)
def test_every_command_says_in_one_line_what_does_not_fit(overlay, command, arguments):
    """And ends with 2, having judged nothing."""
    result = CliRunner().invoke(command, [*arguments, "--overlay", str(overlay(nowhere={}))])

    assert result.exit_code == 2
    [line] = result.stderr.splitlines()[-1:]
    assert "does not fit revision 2025-05: action 1: target $.components.schemas.Nowhere selects nothing" in line
