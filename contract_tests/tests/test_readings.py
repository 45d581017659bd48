"""The register of readings is that of the decisions, and traffic confirms or contradicts what it says."""

import json
import re
from pathlib import Path

import pytest
from stories import BASE, TOKEN, call, callback, error, music, order, page, read, stored, story
from tempolor_contract import CATALOGUE
from tempolor_contract.document.reader import Reader
from tempolor_contract.document.router import default_router
from tempolor_contract.document.schemas import dereferenced
from tempolor_contract.exchanges.redaction import Redactor
from tempolor_contract.judging.check import check
from tempolor_contract.judging.reports import summary
from tempolor_contract.judging.reports.page import page as page_of
from tempolor_contract.readings.conditions import ConditionError, compiled, known_names
from tempolor_contract.readings.judge import Readings, Verdict
from tempolor_contract.readings.marks import fits, marks_of
from tempolor_contract.readings.register import CallCheck, RegisterError, RuleCheck, parse, readings
from tempolor_spec import load_document, operations

DOCUMENT = load_document()
KNOWN = known_names(DOCUMENT)
OPERATIONS = {each.operation_id: each.definition for each in operations(DOCUMENT)}
DECISIONS = Path(__file__).parents[2] / "spec" / "DECISIONS.md"
LIVE = "https://api.useapi.net/v1/tempolor"


def test_both_registers_have_the_same_rows():
    """Each decision has a row, with its question, in the same order."""
    cells = [line.strip("|").split("|") for line in DECISIONS.read_text("utf-8").splitlines() if line[:4] == "| D-"]

    assert [(each.id, each.question) for each in readings()] == [(row[0].strip(), row[1].strip()) for row in cells]


@pytest.mark.parametrize("reading", readings(), ids=lambda each: each.id)
def test_what_a_reading_names_is_there(reading):
    """Rules, operations, parameters, fields and marked places."""
    assert reading.checks or reading.why_not
    assert reading.can_be_confirmed or reading.why_not
    assert reading.rules <= {each.id for each in CATALOGUE}
    places = marks_of(DOCUMENT)
    for pattern in reading.places:
        assert any(fits(each, (pattern,)) for each in places), pattern
    for place in reading.settles:
        assert places[place] == (), f"{place} is not marked as a whole"
    for condition in _conditions(reading):
        compiled(condition, KNOWN)
        _check_names(condition)


def _conditions(reading):
    for each in reading.checks:
        if isinstance(each, RuleCheck):
            yield each.when
        if isinstance(each, CallCheck):
            sides = [side for side in (each.confirms, each.contradicts) if side is not None]
            yield each.when
            yield from ({"operation": each.when.get("operation", []), **side} for side in sides)


def _check_names(condition):
    given = condition.get("operation", [])
    named = [given] if isinstance(given, str) else given
    assert set(named) <= set(OPERATIONS)
    for name in (*condition.get("query", ()), *condition.get("sent", ()), *condition.get("argument", ())):
        assert any(name in KNOWN[each] for each in named or OPERATIONS), name
    if "field" in condition:
        assert named, "a field belongs to an operation"
        pointer = condition["field"]["at"].split("/")[1:]
        assert any(_has(each, pointer) for name in named for each in _schemas(OPERATIONS[name])), pointer


def _schemas(definition):
    for response in dereferenced(definition["responses"], DOCUMENT).values():
        yield from (each["schema"] for each in response.get("content", {}).values())


def _has(schema, pointer):
    if not pointer:
        return True
    name, *rest = pointer
    parts = [schema, *schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    inner = [part.get("properties", {}).get(name) for part in parts]
    inner += [
        part.get(each) for part in parts for each in ("items", "additionalProperties") if name in {"*", "0", "1", "2"}
    ]
    return any(_has(each, rest) for each in inner if isinstance(each, dict))


@pytest.mark.parametrize("row", [{"question": "?", "check": []}, {"question": "?", "checks": [{"when": {}}]}])
def test_a_row_that_is_none_is_refused(row):
    """With the id of the reading."""
    with pytest.raises(RegisterError, match="D-1"):
        parse("D-1", row)


def test_a_condition_that_is_none_is_refused():
    """The vocabulary is closed."""
    with pytest.raises(ConditionError, match="colour"):
        compiled({"colour": "red"}, KNOWN)
    with pytest.raises(ConditionError, match="length"):
        compiled({"field": {"at": "/a", "length": 1}}, KNOWN)


ITEM = call("GET", "/music/x", 200, {"status": 10, "flag": True, "list": [{"a": 1.5}, {"a": "x"}], "none": None})
NO_JSON = call(
    "POST", "/music/song", 200, {}, sent=b'{"prompt": "\\ud800"}', headers={"Content-Type": "application/json"}
)
ORDER = call("POST", "/music/song", 429, {"error": "Account is busy", "code": 429}, sent={"prompt": "x", "odd": 1})


@pytest.mark.parametrize(
    ("condition", "exchange", "holds"),
    [
        ({}, ITEM, True),
        ({"operation": "get_music"}, ITEM, True),
        ({"operation": ["list_music"]}, ITEM, False),
        ({"method": "GET", "status": [404, "2xx"]}, ITEM, True),
        ({"status": "4xx"}, ITEM, False),
        ({"path": "/x$"}, ITEM, True),
        ({"token": "^user:"}, ITEM, True),
        ({"token": None}, call("GET", "/scheduler", 401, token=None), True),
        ({"error": "busy"}, ORDER, True),
        ({"error": "."}, ITEM, False),
        ({"type": "json"}, ORDER, True),
        ({"sent": {"prompt": "^x$", "lyrics": None}}, ORDER, True),
        ({"sent": {"lyrics": "."}}, ORDER, False),
        ({"sent": {"lyrics": None}}, call("POST", "/music/song", 200, {}), True),
        ({"sent": {"prompt": None}}, NO_JSON, False),
        ({"unknown": True}, ORDER, True),
        ({"unknown": True}, call("GET", "/music", 200, {}, query={"cursor": "x"}), False),
        ({"query": {"cursor": "^$"}}, call("GET", "/music", 200, {}, query={"cursor": ""}), True),
        ({"argument": {"job_id": "^x$"}}, ITEM, True),
        ({"header": {"allow": "GET"}}, call("PUT", "/scheduler", 405, answer_headers={"Allow": "GET"}), True),
        ({"header": {"allow": None}}, ITEM, True),
        ({"null": True}, call("POST", "/music/song", 200, {}, sent={"lyrics": None}), True),
        ({"body": "json"}, ITEM, True),
        ({"body": "none"}, call("DELETE", "/scheduler/x", 204), True),
        ({"body": "other"}, call("GET", "/scheduler", 200, body=b"<html>"), True),
        ({"field": {"at": "/status", "type": "integer"}}, ITEM, True),
        ({"field": {"at": "/flag", "type": "integer"}}, ITEM, False),
        ({"field": {"at": "/flag", "is": True}}, ITEM, True),
        ({"field": {"at": "/flag", "is": 1}}, ITEM, False),
        ({"field": {"at": "/status", "matches": "^10$"}}, ITEM, True),
        ({"field": {"at": "/list/0/a", "type": "number"}}, ITEM, True),
        ({"field": {"at": "/list/*/a", "type": "number"}}, ITEM, False),
        ({"field": {"at": "/none", "type": "null"}}, ITEM, True),
        ({"field": {"at": "/gone", "absent": True}}, ITEM, True),
        ({"field": {"at": "/list/7/a", "type": "number"}}, ITEM, False),
    ],
)
def test_conditions_look_at_one_call(condition, exchange, holds):
    """At its request and its answer."""
    assert compiled(condition, KNOWN)(Reader(default_router()).read(exchange)) is holds


def tallies(*exchanges, live=None):
    """Return what a stream of calls says, without rules."""
    judge, reader = Readings(DOCUMENT, live=live), Reader(default_router())
    for each in story(*exchanges):
        judge.see(reader.read(each))
    return judge.tallies


@pytest.mark.parametrize(
    ("reading", "confirming", "contradicting"),
    [
        ("D-05", None, call("GET", "/scheduler", 596, {"error": "x", "code": 596})),
        ("D-10", call("POST", "/music/song", 401, error(401, "No"), token=None), None),
        ("D-13", call("HEAD", "/scheduler", 405), call("HEAD", "/scheduler", 200)),
        ("D-24", call("GET", "/music/song", 400, error(400, "x")), call("GET", "/music/song", 405, error(405, "x"))),
        (
            "D-30",
            call("POST", "/accounts", 200, {}, sent={"requestParams": {}}),
            call("POST", "/accounts", 201, {}, sent={"requestParams": {}}),
        ),
        (
            "D-48",
            call("POST", "/music/song", 400, error(400, "x"), sent={"prompt": ""}),
            call("POST", "/music/song", 200, {}, sent={"prompt": ""}),
        ),
        (
            "D-54",
            call("POST", "/music/song", 400, error(400, "x"), sent={"prompt": "a\0"}),
            call("POST", "/music/song", 200, {}, sent={"prompt": "a\0"}),
        ),
        (
            "D-56",
            call("POST", "/music/song", 200, {}, sent={"maxJobs": 8.0}),
            call("POST", "/music/song", 400, error(400, "Invalid maxJobs parameter"), sent={"maxJobs": 8.0}),
        ),
        (
            "D-57",
            call("POST", "/music/song", 200, {}, sent={"prompt": "x", "lyrics": None}),
            call("POST", "/music/song", 400, error(400, "lyrics has incorrect format"), sent={"lyrics": None}),
        ),
        ("D-60", order(), call("POST", "/music/song", 200, {"jobs": ["a", "b", "c"]}, sent={"prompt": "x"})),
        ("D-41", read(music(30)), read({**music(30), "createTime": "today"})),
        ("D-42", None, read({**music(30), "titleEn": None})),
        (
            "D-63",
            call("POST", "/music/song", 429, {"error": "Account is busy executing 2 jobs", "runningJobs": {"1": []}}),
            call("POST", "/music/song", 429, {"error": "Account is busy executing 2 jobs", "runningJobs": []}),
        ),
        (
            "D-70",
            call("GET", "/music/download/x", 400, error(400, "Generation is not completed yet (0)")),
            call("GET", "/music/download/x", 400, error(400, "Generation is not completed yet (7)")),
        ),
        ("D-76", None, call("POST", "/music/stems-splitter", 404, error(404, ""))),
        ("D-81", call("POST", "/music/song", 402, error(402, "x")), call("GET", "/music", 402, error(402, "x"))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_calls_settle_a_reading(reading, confirming, contradicting):
    """One way or the other; without them it is not reached."""
    assert tallies(call("GET", "/nowhere", 404))[reading].verdict is Verdict.NOT_REACHED
    if confirming is not None:
        assert tallies(confirming)[reading].verdict is Verdict.CONFIRMED
    if contradicting is not None:
        assert tallies(confirming or contradicting, contradicting)[reading].verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("reading", "exchange"),
    [
        ("D-49", call("POST", "/music/song", 400, error(400, "Invalid maxJobs"), sent={"maxJobs": 10**10})),
        ("D-51", call("POST", "/music/instrumental", 400, error(400, "chord is no text"), sent={"chord": "a\0"})),
        ("D-51", call("POST", "/music/instrumental", 400, error(400, "chord is no text"), sent={"chord": True})),
        (
            "D-52",
            call(
                "POST",
                "/music/song",
                400,
                error(400, "Content-Type has no boundary"),
                headers={"Content-Type": "multipart/form-data"},
            ),
        ),
    ],
)
def test_who_refuses_rightly_contradicts_nothing(reading, exchange):
    """Of what is wrong for another reason no reading says that it is taken."""
    assert tallies(exchange)[reading].verdict is Verdict.NOT_REACHED


def test_a_mark_is_counted_by_its_place():
    """A type that was never seen is confirmed by no other one."""
    found = tallies(read(music(30)), read({**music(30), "downloadTotal": "many"}))["D-41"].marks

    assert found["#/components/schemas/MusicItem/properties/progress type"].confirmed == {"elsewhere": 2}
    assert found["#/components/schemas/MusicItem/properties/downloadTotal type"].contradicted == {"elsewhere": 1}
    assert "#/components/schemas/SplitStems/properties/state type" not in found


def test_a_callback_is_looked_at_for_marks():
    """It is an item."""
    found = tallies(callback(music(30)))["D-41"].marks

    assert found["#/components/schemas/MusicItem/properties/progress type"].confirmed


def test_whose_service_it_was_is_told():
    """By the host of each request, unless somebody says so."""
    exchange = stored()
    there = json.loads(json.dumps(exchange.to_json()).replace(BASE, LIVE))

    assert tallies(exchange)["D-30"].count.confirmed == {"elsewhere": 1}
    assert tallies(exchange, live=True)["D-30"].count.confirmed == {"live": 1}
    assert tallies(type(exchange).from_json(there))["D-30"].count.confirmed == {"live": 1}


def test_a_recording_is_read_for_its_readings(tmp_path):
    """By rules, conditions and marks; the report tells no token."""
    file = tmp_path / "recording.ndjson"
    exchanges = story(stored(), order(), read(music(0, 10)), read(music(30)), page("/music", music(30)), read(music(0)))
    file.write_text("".join(json.dumps(each.to_json()) + "\n" for each in exchanges))

    result = check([file], CATALOGUE)

    rows = {row["id"]: row for row in result.to_json(Redactor())["readings"]}
    assert rows["D-67"]["verdict"] == "confirmed"
    assert rows["D-83"]["verdict"] == "no traffic can settle it"
    assert rows["D-41"]["days"] == {"elsewhere": [rows["D-41"]["days"]["elsewhere"][0]]}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", rows["D-41"]["days"]["elsewhere"][0])
    assert TOKEN not in json.dumps(rows)


def test_what_contradicts_is_kept_a_few_times_and_without_secrets():
    """However often it comes."""
    secret = {"Authorization": f"Bearer {TOKEN}"}
    judge, reader = Readings(DOCUMENT), Reader(default_router())
    for _ in range(10):
        judge.see(reader.read(call("HEAD", "/scheduler", 200, headers=secret)))

    [row] = [each for each in judge.to_json() if each["id"] == "D-13"]
    assert row["contradicted"] == {"elsewhere": 10}
    assert len(row["against"]) == 3
    assert TOKEN not in json.dumps(row)


def test_the_page_and_the_summary_show_what_is_contradicted(tmp_path):
    """First, escaped, and without the token."""
    file = tmp_path / "recording.ndjson"
    evil = call("GET", "/music/download/x", 400, error(400, f"<b>{TOKEN}</b> Generation is not completed yet (7)"))
    file.write_text("".join(json.dumps(each.to_json()) + "\n" for each in story(stored(), evil)))
    result = check([file], CATALOGUE)

    shown = page_of(result, Redactor())
    table = shown.partition('<h2 id="readings">')[2].partition("</table>")[0]

    assert table.index('<th scope="row">D-70</th>') < table.index('<th scope="row">D-01</th>')
    assert "&lt;b&gt;" in table
    assert "<b>" not in table
    assert TOKEN not in table
    assert "readings contradicted: D-31, D-70; report.json shows by what" in summary(result).splitlines()
