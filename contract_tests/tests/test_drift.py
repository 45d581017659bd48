"""`tempolor drift` names what the service does that the document does not say, each once, and nothing else."""

import json
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from unittest import mock

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planting import ARGUMENTS, Plant, asked, recording, sites
from stories import call, error, music, read
from tempolor_contract.drift.findings import Kind, Where
from tempolor_contract.drift.merging import merged
from tempolor_contract.drift.overlay import as_yaml, overlay_of
from tempolor_contract.drift.session import Drift
from tempolor_contract.judging.inspector import Inspector
from tempolor_contract.rules import conformance
from tempolor_contract.rules import document as document_rules
from tempolor_spec import REVISIONS, OverlayError, apply_overlay, load_document
from tempolor_spec.agreement import Agreement
from tempolor_spec.soundness import check_document

JOB = ARGUMENTS["job_id"]
POINTLESS = {"valid-is-accepted"}
"""The recording of all examples refuses requests that are valid: examples do not tell which request they answer."""


@cache
def printed():
    """Return the document; nobody changes it."""
    return load_document()


@cache
def examples():
    """Return the recording of all examples."""
    return recording()


def learned(exchanges, document=None):
    """Return the report of some exchanges."""
    session = Drift("here", document or printed(), revision="2025-05")
    for each in exchanges:
        session.see(each)
    return session.close()


def sights(report):
    """Return each difference wherever it was seen: kind, detail, operation, status, message, place."""
    return {
        (each.kind, each.detail, sight.spot.operation, sight.spot.status, sight.spot.where, sight.spot.place)
        for each in report.differences
        for sight in each.sights
    }


def violations(exchanges, document, effort=conformance.Effort.NONE):
    """Return which rules of the document are broken, by `check`'s own judge."""
    with mock.patch.object(conformance, "_document", return_value=document):
        judge = conformance.DocumentJudge(effort=effort)
    inspector = Inspector(document_rules.RULES, judge, live=False)
    for each in exchanges:
        inspector.see(each)
    found = [
        violation for tally in inspector.ledger.tallies.values() for violation in (*tally.violations, *tally.notes)
    ]
    return {each.message for each in found if each.rule.id not in POINTLESS}


def overlaid(report, *others):
    """Return the document after the overlays of some reports."""
    document = deepcopy(printed())
    for each in (report, *others):
        apply_overlay(document, overlay_of(each.differences, "1"))
    return document


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_the_document_prints_is_no_difference(revision):
    """A recording of all examples of a revision conforms to it."""
    report = learned(recording(revision), load_document(revision))

    assert report.differences == ()
    assert report.answers > 150
    assert report.exit_code == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.from_regex(r"planted_[a-z]{1,6}", fullmatch=True) | st.sampled_from(
    ["x-y", "ünïcode", "a b", "it's", "$ref2"]
)
WORDS = st.lists(st.sampled_from(["sorry", "please", "wait", "quota", "exceeded", "again", "later"]), min_size=2)
TYPED = {"string": "text", "integer": 7, "number": 1.5, "boolean": True, "object": {"a": 1}, "array": [1]}
KINDS = {str: {"string"}, bool: {"boolean"}, int: {"integer", "number"}, float: {"integer", "number"}}
# What has no body of its own, or any, is compared only where it is the service's error as a whole.
OPTIONAL = {("list_accounts", 404), ("get_account", 404), ("delete_account", 404)}
REQUIRED = {
    ("get_account", 200, ""): "user_id updated updatedUTC maxJobs requestParams",
    ("list_accounts", 200, "/*"): "user_id updated updatedUTC maxJobs requestParams",
    ("list_running_jobs", 200, "/*"): "job_id started elapsed",
    ("get_available_capacity", 200, ""): "executing available",
    ("get_available_capacity", 200, "/available/*"): "user_id maxJobs executing available",
    ("create_song", 429, "/runningJobs/*/*"): "user_id job_id started",
    ("create_song", 400, ""): "error code",
    ("get_music", 404, ""): "error code",
    ("get_account", 404, ""): "code",
}
LIMITS = [
    ("get_music", 200, "/progress", "maximum", 101),
    ("get_music", 200, "/progress", "minimum", -1),
    ("list_music", 200, "/records/*/job_id", "pattern", "job:8f3c"),
    ("create_song", 200, "/jobs/*", "pattern", "8f3c1d5ab27e940"),
    ("download_music", 200, "/url", "format", "/files/a.mp3"),
    ("get_account", 200, "/updatedUTC", "format", "yesterday"),
    ("list_running_jobs", 200, "/*/elapsed", "pattern", "83 s"),
    ("create_account", 200, "/maxJobs", "minimum", 0),
    ("report_progress", 0, "/replyRef", "maxLength", "r" * 1025),
]
LIST_OF_VALUES = [
    ("get_music", 200, "/status", 20),
    ("list_music", 200, "/records/*/status_name", "QUEUED"),
    ("report_progress", 0, "/status", 40),
]


@cache
def places():
    """Return all sites."""
    return sites()


def site(operation, status, place):
    """Return the site at a place."""
    return next(each for each in places() if (each.operation, each.status, each.place) == (operation, status, place))


def song(query=None, **sent):
    """Return an accepted request for a song."""
    answer = {"jobs": [JOB], "itemIds": ["8f3c1d5ab27e940"]}
    return call("POST", "/music/song", 200, answer, sent={"prompt": "A ballad", **sent}, query=query)


def instrumental(**sent):
    """Return an accepted request for an instrumental."""
    return call("POST", "/music/instrumental", 200, {"jobs": [JOB]}, sent={"prompt": "Rain", **sent})


REQUESTS = [
    asked(Kind.VALUE, '"v9"', "create_song", "/model_song", song(model_song="v9")),
    asked(Kind.TYPE, "string", "create_song", "/maxJobs", song(maxJobs="three")),
    asked(Kind.LIMIT, "maxLength", "create_song", "/lyrics", song(lyrics="l" * 3001)),
    asked(Kind.LIMIT, "not", "create_song", "", song(artistVoiceItemId="v", midiItemId=ARGUMENTS["midiItemId"])),
    asked(Kind.VALUE, '"H:major"', "create_instrumental", "/tonality", instrumental(tonality="H:major")),
    asked(Kind.LIMIT, "maximum", "create_instrumental", "/bpm", instrumental(bpm=240)),
    asked(
        Kind.MISSING, "prompt", "create_instrumental", "/prompt",
        call("POST", "/music/instrumental", 200, {"jobs": [JOB]}, sent={"bpm": 90}),
    ),
    asked(
        Kind.VALUE, '"video"', "list_music", "/query/type",
        call("GET", "/music", 200, {"records": [], "hasNext": False}, query={"type": "video"}),
    ),
    asked(
        Kind.MEDIA_TYPE, "application/x-www-form-urlencoded", "create_song", "",
        call(
            "POST", "/music/song", 200, {"jobs": [JOB]}, sent=b"prompt=Rain",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ),
]  # fmt: skip


def of_answer(kind, detail, operation, place, exchange):
    """Return a difference of an answer as a whole."""
    return Plant(kind, detail, operation, exchange.status, Where.ANSWER, place, exchange)


WHOLE = [
    of_answer(
        Kind.STATUS, "409", "create_song", "", call("POST", "/music/song", 409, error(409), sent={"prompt": "x"})
    ),
    of_answer(
        Kind.STATUS, "206", "list_music", "", call("GET", "/music", 206, {"records": [], "more": {"at": [1, None]}})
    ),
    of_answer(Kind.STATUS, "200", "cancel_job", "", call("DELETE", f"/scheduler/{JOB}", 200, {"result": True})),
    of_answer(Kind.STATUS, "202", "delete_midi", "", call("DELETE", f"/music/midi/{ARGUMENTS['midiItemId']}", 202)),
    of_answer(
        Kind.HEADER,
        "retry-after",
        "create_song",
        "/header/retry-after",
        call(
            "POST",
            "/music/song",
            429,
            error(429, "Account is busy executing 2 jobs"),
            sent={"prompt": "x"},
            answer_headers={"Retry-After": "30"},
        ),
    ),
    of_answer(
        Kind.MEDIA_TYPE,
        "application/problem+json",
        "get_music",
        "",
        call(
            "GET",
            f"/music/{JOB}",
            404,
            error(404, f"No record found for {JOB}"),
            answer_headers={"Content-Type": "application/problem+json"},
        ),
    ),
    of_answer(
        Kind.MEDIA_TYPE,
        "text/plain",
        "get_music",
        "",
        call("GET", f"/music/{JOB}", 200, body=b"all is well", answer_headers={"Content-Type": "text/plain"}),
    ),
    of_answer(
        Kind.OPERATION,
        "GET /music/{job_id}/lyrics",
        "GET /music/{job_id}/lyrics",
        "",
        call("GET", f"/music/{JOB}/lyrics", 200, {"lines": [{"at": 1.5, "text": "La"}]}, query={"lang": "en"}),
    ),
    of_answer(
        Kind.OPERATION, "GET /plans", "GET /plans", "", call("GET", "/plans", 200, [{"name": "a", "price": None}])
    ),
    of_answer(
        Kind.OPERATION,
        "PATCH /music/{job_id}",
        "PATCH /music/{job_id}",
        "",
        call("PATCH", f"/music/{JOB}", 200, {"titleEn": "New"}, sent={"titleEn": "New"}),
    ),
]


def of_limits(operation, status, place, keyword, value):
    """Return a value beyond a limit."""
    return site(operation, status, place).planted(Kind.LIMIT, keyword, value)


@cache
def fixed():
    """Return the differences that need no values."""
    plants = [*REQUESTS, *WHOLE]
    plants += [of_limits(*each) for each in LIMITS]
    plants += [
        site(operation, status, place).planted(Kind.VALUE, json.dumps(value), value)
        for operation, status, place, value in LIST_OF_VALUES
    ]
    for (operation, status, place), names in REQUIRED.items():
        plants += [site(operation, status, place).lacking(name) for name in names.split()]
    return plants


def is_text_of_error(place):
    """Whether a site is the text of an error that is printed (D-76)."""
    return place.place == "/error" and place.status >= 400 and (place.operation, place.status) != ("split_stems", 400)


@st.composite
def plants(draw):
    """Draw one difference."""
    which = draw(st.sampled_from(["field", "type", "null", "text", "fixed", "fixed"]))
    if which == "fixed":
        return draw(st.sampled_from(fixed()))
    if which == "field":
        place = draw(st.sampled_from([each for each in places() if each.is_declared_object]))
        name = draw(NAMES)
        return place.planted(Kind.FIELD, name, draw(VALUES), name)
    if which == "text":
        place = draw(st.sampled_from([each for each in places() if is_text_of_error(each)]))
        return place.planted(Kind.TEXT, text := " ".join(draw(WORDS)), text)
    place = draw(st.sampled_from([each for each in places() if type(each.value) in KINDS and each.path]))
    if which == "null":
        return place.planted(Kind.NULL, "", None)
    kind = draw(st.sampled_from([each for each in TYPED if each not in KINDS[type(place.value)]]))
    return place.planted(Kind.TYPE, kind, TYPED[kind])


def is_apart(plant):
    """Return what no two differences of a recording should share, so that each can be told."""
    return plant.operation, plant.status, plant.where, plant.place


MANY = st.lists(plants(), min_size=1, max_size=6, unique_by=is_apart)
BRIEF = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
THOROUGH = settings(BRIEF, max_examples=100)


def named(planted):
    """Each difference is named where it was planted, and nothing else is."""
    report = learned([*examples(), *(each.exchange for each in planted)])

    assert sights(report) == {each.sight for each in planted}
    assert report.exit_code == 1


def closing(planted):
    """With the overlay no difference is left, `check` finds nothing wrong, and it may be applied twice."""
    exchanges = [*examples(), *(each.exchange for each in planted)]
    report = learned(exchanges)
    document = overlaid(report)

    assert learned(exchanges, document).differences == ()
    assert violations(exchanges, document) == set()
    again = deepcopy(document)
    apply_overlay(again, overlay_of(report.differences, "1"))
    assert again == document


def together(*overlays):
    """Return the document after some overlays; OverlayError where they do not agree."""
    document, agreement = deepcopy(printed()), Agreement()
    for number, each in enumerate(overlays):
        agreement.check(document, f"{number}.yaml", each)
        apply_overlay(document, each)
    check_document(document)
    return document


def merging(first, second):
    """Overlays of two recordings admit both one after the other or are refused, and admit both when merged."""
    one, other = (overlay_of(learned(each).differences, "1") for each in (first, second))
    both = merged(printed(), {"one.yaml": one, "other.yaml": other})
    refused = 0
    for overlays in ((both,), (one, other), (other, one), (both, both)):
        try:
            document = together(*overlays)
        except OverlayError:
            assert all(each is not both for each in overlays)
            refused += 1
            continue
        assert [each.headline for each in learned([*first, *second], document).differences] == []
    return refused


@BRIEF
@given(MANY)
def test_what_is_planted_is_named_and_nothing_else(planted):
    """One difference or several, of any kind, at any depth."""
    named(planted)


@BRIEF
@given(MANY)
def test_the_overlay_closes(planted):
    """Whatever it admits."""
    closing(planted)


@BRIEF
@given(MANY, MANY)
def test_overlays_merge(planted, others):
    """Whatever they admit, and each is named in both together."""
    first, second = ([each.exchange for each in some] for some in (planted, others))
    merging(first, second)
    assert sights(learned([*first, *second])) == sights(learned(first)) | sights(learned(second))


@pytest.mark.slow
@THOROUGH
@given(MANY, MANY)
def test_all_of_it_for_many_more(planted, others):
    """The same for a hundred recordings of each."""
    named(planted)
    closing(others)
    merging(*([each.exchange for each in some] for some in (planted, others)))


def poll(**fields):
    """Return a poll whose answer has other fields."""
    return read({**music(30), **fields})


PLANS = [call("GET", "/plans", 200, value) for value in ([{"name": "a"}], {"plans": ["a"]})]
ACCEPTED = [call("POST", "/music/song", 202, value, sent={"prompt": "x"}) for value in ({"queued": True}, [1])]
HEADERS = [
    call("GET", f"/music/{JOB}", 200, music(30), answer_headers={"X-Music-Cost": value}) for value in ("1", "much")
]
PAGES = [call("GET", "/plans", 200, {}, query={"after": value}) for value in ("5", "2025-05-20")]
STATES = [read({**music(30), "status_name": f"STATE{number}"}) for number in range(60)]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ([poll(region="eu")], [poll(region=7)], 2),
        ([poll(region={"at": 1})], [poll(region={"at": "x", "zone": None})], 2),
        ([poll(region=["eu"])], [poll(region=[{"name": "eu"}])], 2),
        ([poll(region=None)], [poll(region=1.5)], 0),
        ([poll(region="2025-05-20")], [poll(region="eu")], 2),
        ([poll(progress=101)], [poll(progress=105)], 1),
        ([poll(progress=1.5)], [poll(progress="half")], 2),
        ([poll(titleEn=1)], [poll(titleEn=True)], 0),
        (STATES, STATES[:1], 1),
        (ACCEPTED[:1], ACCEPTED[1:], 2),
        (PLANS[:1], PLANS[1:], 2),
        (HEADERS[:1], HEADERS[1:], 0),
        (PAGES[:1], PAGES[1:], 2),
    ],
)
def test_overlays_that_speak_of_one_thing(first, second, refused):
    """Where the later one would take back what the first admits, it is refused; merged, they admit both."""
    assert merging(first, second) == refused


def test_what_a_request_has_in_vain_is_no_difference():
    """The service ignores what it does not know: such names are listed apart, and no overlay has them."""
    report = learned([song(seed=5), song(query={"dry_run": "1"})])

    assert report.exit_code == 0
    assert [(each.kind, each.detail, each.count, each.of) for each in report.sent] == [
        (Kind.FIELD, "seed", 1, 2),
        (Kind.PARAMETER, "dry_run", 1, 2),
    ]


def refused(text, **sent):
    """Return a refused request for a song."""
    return call("POST", "/music/song", 400, error(400, text), sent={"prompt": "A ballad", **sent})


NEW_TEXT = "Quota of words is used up"


@pytest.mark.parametrize(
    ("exchanges", "told"),
    [
        ([refused("Parameter lyrics is required"), song(lyrics="La")], "lyrics must be there"),
        ([*[refused(NEW_TEXT)] * 3, *[song(lyrics="La")] * 3], "lyrics must be there"),
        ([*[refused(NEW_TEXT)] * 2, *[song(lyrics="La")] * 3], "nothing alone tells"),
        ([*[refused(NEW_TEXT, lyrics="La", replyRef="a")] * 3, *[song()] * 3], "nothing alone tells"),
        (
            [
                *[refused(NEW_TEXT, lyrics="La" * 900), refused(NEW_TEXT, lyrics="La" * 800)] * 3,
                *[song(lyrics="La" * 400)] * 3,
            ],
            "at most 800",
        ),
        (
            [refused("Invalid model_song parameter. Must be 'v3.5'", model_song="v3"), song(model_song="v3.5")],
            'model_song may not be "v3"',
        ),
    ],
)
def test_a_valid_request_that_is_refused(exchanges, told):
    """The cause is told where counts tell it; no overlay admits a refusal."""
    found = [each for each in learned(exchanges).differences if each.kind is Kind.REFUSED]

    assert [told in each.change for each in found] == [True], found
    assert found[0].actions == ()


@pytest.mark.parametrize(
    "exchange",
    [
        refused("Parameter prompt is required", prompt=""),
        refused("Invalid maxJobs parameter. Must be 1 or more", maxJobs=0),
        refused("Parameter user_id is required"),
        call("POST", "/music/song", 429, error(429, "Account is busy executing 2 jobs"), sent={"prompt": "x"}),
    ],
)
def test_a_refusal_that_may_be_right_is_no_difference(exchange):
    """What the request has wrong, or what only the service knows."""
    assert [each.detail for each in learned([song(), exchange]).differences if each.kind is Kind.REFUSED] == []


def test_overlays_that_take_the_last_required_names():
    """No empty list is left."""
    items = REQUIRED["get_music", 404, ""].split()
    first, second = ([site("get_music", 404, "").lacking(name).exchange] for name in items)

    assert merging(first, second) == 0


def test_each_alone():
    """Alone, each is named, too."""
    assert [each.sight for each in fixed() if sights(learned([each.exchange])) != {each.sight}] == []


def test_all_at_once_close():
    """Many together close by both validators of `check`."""
    text = (Kind.MEDIA_TYPE, 200)  # what is no JSON any more, rules read as before
    exchanges = [*examples(), *(each.exchange for each in fixed() if (each.kind, each.status) != text)]
    report = learned(exchanges)
    document = overlaid(report)

    assert len(report.differences) > 45
    assert learned(exchanges, document).differences == ()
    assert violations(exchanges, document, conformance.Effort.ALL) == set()


LINTERS = Path(__file__).parents[2] / "spec" / "linters" / "node_modules" / ".bin"
TOOLS = {
    "openapi-format": ["{document}", "--overlayFile", "{overlay}", "--no-sort", "--output", "{result}"],
    "bump": ["overlay", "{document}", "{overlay}", "--out", "{result}"],
    "overlayjs": ["--openapi", "{document}", "--overlay", "{overlay}"],
}


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_an_overlay_means_the_same_to_another_tool(tmp_path, tool):
    """Tools that are not ours make of it what `load_document` does."""
    if not (LINTERS / tool).exists():
        pytest.skip("Node 20 or newer is needed for the tools in spec/linters")
    files = {name: tmp_path / name for name in ("document", "overlay", "result")}
    files["document"].write_text(json.dumps(printed()))
    files["overlay"].write_text(as_yaml(overlay_of(learned([each.exchange for each in fixed()]).differences, "1")))

    command = [str(LINTERS / tool), *(each.format(**files) for each in TOOLS[tool])]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    if tool == "overlayjs":  # it prints
        files["result"].write_text(ran.stdout)
    assert yaml.safe_load(files["result"].read_bytes()) == load_document(overlays=[files["overlay"]])
