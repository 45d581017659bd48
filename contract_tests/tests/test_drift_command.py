"""`tempolor drift` as a user meets it: what it prints, writes and refuses, and what it leaves alone."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from planting import recording
from stories import JOB, call, error, music, read, story
from tempolor_contract.cli.check import check_command
from tempolor_contract.cli.drift import drift_command
from tempolor_contract.drift.session import Drift
from tempolor_contract.exchanges.har import HarWriter
from tempolor_spec import load_document, read_overlay

SECRET = "user:12345-S3cr3tOfMine"
NEWER = [
    read(music(30, region="eu")),
    read(music(30, region="us", jitter=None)),
    call("GET", "/music/download/x", 410, error(410, "Gone")),
]


def har(file, exchanges):
    """Write a HAR file."""
    with HarWriter(file) as writer:
        for exchange in exchanges:
            writer.write(exchange)
    return str(file)


def drift(*arguments):
    """Run the command."""
    return CliRunner().invoke(drift_command, [str(each) for each in arguments])


def learned(exchanges):
    """Return the report of some exchanges."""
    session = Drift("here", load_document())
    for each in exchanges:
        session.see(each)
    return session.close()


def test_it_prints_what_was_reached_and_each_difference(tmp_path):
    """The first lines say what was compared and how much differs; each difference has two to four lines."""
    ran = drift(har(tmp_path / "a.har", story(*NEWER)))

    first, second, blank, *lines = ran.output.splitlines()
    assert ran.exit_code == 1
    assert first == "compared 3 answers of 2 operations (21 documented) with 2025-05"
    assert (second, blank) == ("3 differences", "")
    assert lines[:3] == [
        "get_music 200 /region: new field region",
        '  in 2 of 2, 2025-05-20 09:00 UTC, for example "eu"',
        "  document: MusicItem gets the field region, string",
    ]


def test_the_overlay_it_writes_closes(tmp_path):
    """With it, neither `drift` nor `check` finds anything, and it is a plain overlay with evidence."""
    recorded, overlay = har(tmp_path / "a.har", story(*NEWER)), tmp_path / "newer.yaml"

    assert drift(recorded, "--write-overlay", overlay).exit_code == 1

    written = read_overlay(overlay)
    assert [each["x-evidence"]["count"] for each in written["actions"]] == [2, 1, 1]
    assert all(each["x-inferred"] and each["description"] for each in written["actions"])
    assert drift(recorded, "--overlay", overlay).exit_code == 0
    assert drift(recorded, "--overlay", overlay, "--overlay", overlay).exit_code == 0
    checked = CliRunner().invoke(check_command, [recorded, "--rule", "undeclared-properties,status-documented"])
    assert checked.exit_code == 1
    closed = CliRunner().invoke(
        check_command, [recorded, "--rule", "undeclared-properties,status-documented", "--overlay", str(overlay)]
    )
    assert closed.exit_code == 0, closed.output


def test_overlays_of_two_recordings_are_merged(tmp_path):
    """Where the second would take back what the first admits, the line says what to run, and that works."""
    first, second, both = (tmp_path / name for name in ("first.yaml", "second.yaml", "both.yaml"))
    one, other = (har(tmp_path / f"{value}.har", story(read(music(30, region=value)))) for value in ("eu", 7))
    drift(one, "--write-overlay", first)
    drift(other, "--write-overlay", second)

    refused = drift(one, other, "--overlay", first, "--overlay", second)
    assert refused.exit_code == 2
    place = "components/schemas/MusicItem/properties/region/type"
    assert f"action 1 says of {place} another thing than action 1 of {first} does" in refused.output
    assert drift("--merge", first, second, "--write-overlay", both).exit_code == 0

    assert drift(one, other, "--overlay", both).exit_code == 0
    assert [each["x-evidence"]["count"] for each in read_overlay(both)["actions"]] == [2]
    on_top = tmp_path / "on-top.yaml"
    assert drift(other, "--overlay", first, "--write-overlay", on_top).exit_code == 1
    assert drift(one, other, "--overlay", first, "--overlay", on_top).exit_code == 0


def test_what_cannot_be_merged_is_told(tmp_path):
    """An overlay that a person wrote may take back what it likes; nothing is written."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("{overlay: 1.0.0, info: {title: a, version: 1}, actions: [{target: $.info, update: {a: 1}}]}")

    assert "no overlay that tempolor drift wrote" in drift("--merge", mine, "--write-overlay", tmp_path / "b").output
    assert "needs overlays, and --write-overlay" in drift("--merge", mine).output


def test_without_a_difference_there_is_an_overlay_that_changes_nothing(tmp_path):
    """So what applies it next goes on."""
    overlay = tmp_path / "none.yaml"

    ran = drift(har(tmp_path / "a.har", recording()), "--write-overlay", overlay)

    assert ran.exit_code == 0
    assert "no differences" in ran.output
    assert load_document("2025-05", [overlay]) == load_document()


def test_reports_come_in_each_format(tmp_path):
    """JSON for machines, a page without anything from elsewhere, the text."""
    recorded = har(tmp_path / "a.har", story(*NEWER))

    ran = drift(recorded, "--format", "json", "--report-dir", tmp_path / "reports")

    told = json.loads(ran.output)
    assert told == json.loads((tmp_path / "reports" / "drift.json").read_text())
    assert [each["kind"] for each in told["differences"]] == ["new field", "new field", "new status"]
    assert told["differences"][0] | {"first": 0, "last": 0} == {
        "operation": "get_music",
        "status": 200,
        "where": "answer",
        "place": "/region",
        "kind": "new field",
        "detail": "region",
        "count": 2,
        "of": 2,
        "first": 0,
        "last": 0,
        "example": "eu",
        "change": "MusicItem gets the field region, string",
        "actions": told["differences"][0]["actions"],
        "also": [],
    }
    assert {each["id"]: each["verdict"] for each in told["readings"]}["D-20"] == "confirmed"
    assert told["reached"]["operations"] == {"get_music": {"200": 2}, "download_music": {"410": 1}}
    page = (tmp_path / "reports" / "drift.html").read_text()
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "new field region" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b'{"log": {"entries": [', "not JSON"),
        (b'{"log": {"entries": []}}', "no answer of the API"),
        (None, "No such file"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, content, told):
    """And ends with 2."""
    file = tmp_path / "a.har"
    if content is not None:
        file.write_bytes(content)

    ran = drift(file)

    assert ran.exit_code == 2
    assert told in ran.output.splitlines()[-1]


def test_a_foreign_recording_teaches_nothing(tmp_path):
    """Other hosts are counted, and the command says how to find the API."""
    ran = drift(har(tmp_path / "a.har", story(call("GET", "https://example.com/v2/other", 200, {"a": 1}))))

    assert ran.exit_code == 2
    assert "--base says where it is" in ran.output


def answered(status, body, **headers):
    """Return a poll that was answered otherwise."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return call("GET", f"/music/{JOB}", status, body=body, answer_headers=told)


@pytest.mark.parametrize(
    "exchange",
    [
        answered(500, b'{"error": "oops", "trace": []}', content_type="application/json"),
        answered(503, b"<html>busy</html>", content_type="text/html"),
        answered(200, b"<!DOCTYPE html><html></html>", content_type="text/html"),
        answered(404, b"<html><body>nginx</body></html>", content_type="text/html"),
        answered(200, b'{"job_id": "user:1', content_type="application/json"),
        answered(200, b"half of it", content_type="text/plain", content_length="400"),
        answered(403, b'{"message": "Forbidden"}', content_type="application/json"),
        answered(429, b"error code: 1015", content_type="text/plain"),
        answered(502, b"", server="cloudflare"),
        answered(408, b'{"error": "slow", "code": 408}', content_type="application/json"),
        answered(302, b"", location="/elsewhere"),
        replace(read(music(30)), response=replace(read(music(30, zone=1)).response, truncated=True)),
        call("GET", f"/music/{JOB}", 0),
        call("GET", "/no-such-thing", 404, error(404, "Not Found")),
        call("GET", "/no-such-thing", 200, body=b"<html></html>", answer_headers={"Content-Type": "text/html"}),
        call("PUT", "/accounts", 405, error(405, "Method Not Allowed"), answer_headers={"Allow": "GET, POST"}),
    ],
)
def test_a_broken_service_is_no_difference(exchange):
    """Nor is what a proxy answered, or what was not recorded."""
    assert learned([read(music(30)), exchange]).differences == ()


def test_an_object_of_very_many_names_is_a_map():
    """However many names come, the report stays small, and its overlay closes."""
    exchanges = [read(music(30, **{f"tag{number}": number})) for number in range(500)]

    report = learned(exchanges)

    assert [(each.detail, each.sights[0].spot.place) for each in report.differences] == [("*", "/*")]
    assert report.differences[0].actions[0]["update"]["additionalProperties"]["type"] == "integer"


def test_very_many_values_end_a_list_of_values():
    """A list that names everything says nothing."""
    report = learned([read({**music(30), "status_name": f"STATE{number}"}) for number in range(200)])

    assert [(each.kind, each.detail) for each in report.differences] == [("new value", "*")]
    assert report.differences[0].actions == ({"target": "$.components.schemas.JobStatusName.enum", "remove": True},)


def test_texts_and_statuses_have_a_bound():
    """Random texts are counted, not kept."""
    words = [
        f"{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}{'uvwxyz'[number // 100 % 6]}"
        for number in range(600)
    ]
    report = learned([call("GET", f"/music/{JOB}", 404, error(404, f"Sorry {word}")) for word in words])

    assert len(report.differences) == 20
    assert report.left_out == 580


def test_paths_that_differ_in_an_id_are_one_operation():
    """Numbers, long ids, and names of which there are too many."""
    made = [call("GET", f"/playlists/{number}", 200, {"n": number}) for number in range(1000, 1300)]
    named = [call("GET", f"/genres/{chr(97 + number % 26) * (1 + number // 26)}/top", 200, []) for number in range(60)]

    report = learned([*made, *named])

    assert [(each.detail, each.count) for each in report.differences] == [
        ("GET /playlists/{id}", 300),
        ("GET /genres/{id}/top", 60),
    ]


def test_no_secret_is_told():
    """Neither by name, nor by look, nor because it was a token: in no field, value, text, path or overlay."""
    exchanges = [
        read(music(30, refresh_token="S3cr3tOfMine", nested={"password": "S3cr3tOfMine", "note": f"it is {SECRET}"})),
        read(music(30, **{SECRET: 1})),
        read({**music(30), "status_name": SECRET}),
        call("GET", f"/music/{JOB}", 404, error(404, f"{SECRET} is not allowed here")),
        call("GET", f"/playlists/{SECRET}", 200, {"owner": SECRET}, query={"api_key": "S3cr3tOfMine"}),
        call("GET", "/music", 200, {"records": []}, query={"session": "S3cr3tOfMine"}, token=SECRET),
        call("GET", "/music", 200, {"records": []}, answer_headers={"X-Session-Token": "S3cr3tOfMine"}),
        call("POST", "/music/song", 200, {"jobs": [JOB]}, sent={"prompt": "x", "secret_sauce": "S3cr3tOfMine"}),
    ]

    report = learned(exchanges)

    assert (len(report.differences), len(report.sent)) == (5, 2)
    assert "S3cr3tOfMine" not in json.dumps(report.to_json())


def test_what_moves_a_cursor_is_shown_as_text(tmp_path):
    """A service's words do nothing to a terminal."""
    file = har(tmp_path / "a.har", story(read(music(30, **{"\x1b[2Jx\u202e": "\x1b[31m"}))))

    assert "\x1b" not in drift(file).output


def test_between_two_revisions(tmp_path):
    """The same list between documents, with what it does to clients; a file stands for a document, too."""
    newer = tmp_path / "newer.yaml"
    newer.write_text(yaml.safe_dump(load_document("2026-03")))

    by_name, by_file = drift("--between", "2025-05", "2026-03"), drift("--between", "2025-05", newer)

    assert by_name.exit_code == by_file.exit_code == 1
    assert by_name.output.splitlines()[2:] == by_file.output.splitlines()[2:]
    assert 'create_song request /model_song: new value "v4.5+"' in by_name.output
    assert drift("--between", "2025-05", "2025-05").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--between", "2025-05", "2099-01"],
            "2099-01 cannot be read: No such file or directory; revisions are 2025-05",
        ),
        (["--between", "2025-05", "2026-03", "a.har"], "reads no recordings"),
        ([], "name the recordings to read, or two documents with --between"),
    ],
)
def test_a_comparison_that_cannot_be_is_told(arguments, told):
    """In one line."""
    ran = drift(*arguments)

    assert ran.exit_code == 2
    assert told in ran.output


def changed(**edits):
    """Return the document with another schema of one of its fields."""
    document = load_document()
    schemas = document["components"]["schemas"]
    for name, change in edits.items():
        change(schemas[name])
    return document


def without_updated(node):
    """Take a field away that was always there."""
    del node["properties"]["updated"]
    node["required"].remove("updated")


@pytest.mark.parametrize(
    ("name", "change", "kind", "breaks"),
    [
        ("SongRequest", lambda node: node["required"].append("lyrics"), "required", "breaks clients"),
        ("SongModel", lambda node: node["enum"].remove("v3"), "removed value", "breaks clients"),
        ("Lyrics", lambda node: node.update(maxLength=100), "narrower limit", "breaks clients"),
        ("Lyrics", lambda node: node.update(maxLength=9000), "beyond limit", ""),
        ("MusicItem", lambda node: node["properties"].pop("cover"), "removed field", "may break clients"),
        ("Account", without_updated, "removed field", "breaks clients"),
        ("Account", lambda node: node["required"].remove("updated"), "never there", "breaks clients"),
        ("JobStatus", lambda node: node["enum"].append(40), "new value", "may break clients"),
        ("MusicItem", lambda node: node["properties"]["titleEn"].update(nullable=True), "null", "breaks clients"),
        ("MusicItem", lambda node: node["properties"].update(new={"type": "string"}), "new field", ""),
        ("SongRequest", lambda node: node["properties"].update(seed={"type": "integer"}), "new field", ""),
        ("SongRequest", lambda node: node.update(maxProperties=9), "narrower limit", "may break clients"),
    ],
)  # fmt: skip
def test_what_breaks_clients(tmp_path, name, change, kind, breaks):
    """By the levels of oasdiff's checks: stricter requests, weaker promises."""
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps(changed(**{name: change})))

    told = json.loads(drift("--between", "2025-05", newer, "--format", "json").output)

    assert [(each["kind"], each.get("breaks", "")) for each in told["differences"]] == [(kind, breaks)]


def test_the_page_of_the_revisions_is_in_step():
    """`make docs` wrote it from these revisions."""
    kit = Path(__file__).parents[2]
    made = runpy.run_path(str(kit / "contract_tests" / "tools" / "revisions.py"))["page"]()

    assert (kit / "docs" / "revisions.md").read_text(encoding="utf-8") == made
