"""Reports show what was found, to people and to machines, whatever a service put into its answers."""

import base64
import hashlib
import json
import re
from dataclasses import fields, replace
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from stories import TOKEN, call, error
from tempolor_contract import (
    CATALOGUE,
    DocumentJudge,
    Effort,
    Exchange,
    Inspector,
    Request,
    Response,
    RunResult,
    pick,
    rule,
)
from tempolor_contract.judging.known_differences import KnownDifference, Register
from tempolor_contract.judging.ledger import Ledger
from tempolor_contract.judging.reports import ReportFiles, summary, write_reports
from tempolor_contract.rules.rule import Problem

EVIL = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">\x00\x1b[31m\u202e\ud800]]>'
BASE = "http://127.0.0.1:4010/v1/tempolor"
COMMAND = f'tempolor contract {BASE} --token "$TEMPOLOR_TOKEN" --level safe --seed 7'
VERDICTS = {"violated", "known-difference", "noted", "inconclusive", "never-reached", "skipped", "passed"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and its text."""

    def __init__(self, text) -> None:
        super().__init__()
        self.elements = []
        self.texts = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data)

    def all(self, tag):
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def judge():
    """Judge by the document, without a second opinion."""
    return DocumentJudge(effort=Effort.NONE)


@pytest.fixture
def result(judge):
    """Return the result of a run with something of every kind, hostile where a service can be."""
    entry = KnownDifference("status-documented", EVIL, date(2026, 1, 1), date(2027, 1, 1))
    register = Register((entry,), date(2026, 6, 1))
    inspector = Inspector(CATALOGUE, judge, seed=7, excuse=register.excuse)
    hostile = {"error": EVIL.replace("\ud800", ""), "code": "x"}
    seen = [
        call("GET", "/accounts", 418, hostile),
        call("GET", "/music/user:1-tempolor:1-job:1", 404, hostile, query={"sig": "secret-signature"}),
        call("POST", "/music/song", 200, {"jobs": [1]}, sent={"prompt": "</textarea><svg onload=alert(3)>"}),
        call("GET", "/accounts", 404, error(404, "No accounts configured"), headers={"Cookie": "a=hidden-cookie"}),
        call("GET", "/scheduler", 200, []),
        call("GET", "/scheduler", 0),
    ]
    for each in seen:
        inspector.see(each)
    ledger = inspector.ledger
    ledger.inconclusive("slot-is-freed-by-cancel", f"the account was busy {EVIL}")
    ledger.skipped("ids-belong-to-their-user", "needs another user's token (--other-token)")
    return RunResult(
        f"{BASE}?token=hidden-in-url",
        "safe",
        7,
        ledger,
        "2025-05",
        COMMAND,
        started=1_747_731_600.0,
        elapsed=12.34,
        exchanges=inspector.seen,
        faults=inspector.faults,
        spending={"requests": 6, "created": 1, "creations": {"create_song": 1}},
        left_behind=[{"id": EVIL, "operation": "create_song", "deleted": False}],
        coverage=inspector.coverage.to_json(),
        timings={"survey": 1.5},
        scenarios={"survey": "played", EVIL: f"inconclusive: {EVIL}"},
        known_differences=register.to_json(),
    )


@pytest.fixture
def reports(result, tmp_path):
    """Write the reports."""
    return write_reports(result, tmp_path / "new" / "folder")


def test_page_is_fit_for_any_body(reports):
    """Nothing a service answers becomes an element, and the policy would not run it if it did."""
    text = reports.page.read_text()
    page = Page(text)

    assert page.all("img") == page.all("svg") == page.all("iframe") == []
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert any("<script>alert(1)</script>" in each for each in page.texts)


def test_page_needs_nothing_else(reports):
    """No address is loaded from, and the policy allows only the page's own style and script."""
    text = reports.page.read_text()
    page = Page(text)

    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        content = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert not [attributes for _, attributes in page.elements if "src" in attributes or "style" in attributes]
    assert page.all("link") == []
    assert all(each["href"].startswith(("#", "https://useapi.net/docs/")) for each in page.all("a"))


def test_page_tells_every_rule_and_what_to_filter_by(reports, result):
    """Each rule is there once with its verdict, and every verdict can be chosen."""
    page = Page(reports.page.read_text())

    shown = [each["data-verdict"] for each in page.all("details") if "data-verdict" in each]
    assert sorted(shown) == sorted(tally.verdict for tally in result.tallies)
    assert {each["value"] for each in page.all("input") if each.get("type") == "checkbox"} == VERDICTS
    assert page.all("html") == [{"lang": "en"}]


def test_page_shows_how_to_repeat_a_failure(reports):
    """A failure has its sentence, its page, its exchange, a curl and the command with the seed."""
    text = " ".join(Page(reports.page.read_text()).texts)

    assert rule("error-envelope").sentence.partition("`")[0] in text
    assert "curl 'http://mock.example/v1/tempolor/music/user:1-tempolor:1-job:1?sig=redacted-" in text
    assert f"{COMMAND} --rule error-envelope" in text
    assert "No accounts configured" not in text
    assert "not reached" in text


@pytest.mark.parametrize("name", [field.name for field in fields(ReportFiles)])
def test_no_report_tells_a_secret(reports, name):
    """Tokens, signatures and cookies are taken out everywhere."""
    text = getattr(reports, name).read_text()

    for secret in (TOKEN.partition("-")[2] + '"', TOKEN, "secret-signature", "hidden-cookie", "hidden-in-url"):
        assert secret not in text


def test_junit_has_a_case_for_each_rule(reports, result):
    """The counts agree with the cases, failures stand for violated rules only, and properties name the run."""
    root = ET.parse(reports.junit).getroot()
    suite = root.find("testsuite")
    cases = suite.findall("testcase")

    assert root.tag == "testsuites"
    assert [case.get("name") for case in cases] == [tally.rule.id for tally in result.tallies]
    assert suite.get("tests") == str(len(CATALOGUE))
    assert suite.get("failures") == str(sum(case.find("failure") is not None for case in cases))
    assert suite.get("skipped") == str(sum(case.find("skipped") is not None for case in cases))
    failed = {case.get("name") for case in cases if case.find("failure") is not None}
    assert failed == {tally.rule.id for tally in result.tallies if tally.verdict == "violated"}
    properties = {each.get("name"): each.get("value") for each in suite.iterfind("properties/property")}
    assert (properties["seed"], properties["level"]) == ("7", "safe")
    assert properties["target"].startswith(f"{BASE}?token=redacted-")


def test_junit_keeps_to_the_common_schema(reports):
    """Elements and attributes are those that Jenkins' schema has, in its order."""
    known = {
        "testsuites": {"name", "time", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp"},
        "properties": set(),
        "property": {"name", "value"},
        "testcase": {"name", "time", "classname"},
        "skipped": {"message"},
        "error": {"type", "message"},
        "failure": {"type", "message"},
        "system-out": set(),
    }
    order = ["skipped", "error", "failure", "system-out"]

    root = ET.parse(reports.junit).getroot()

    for element in root.iter():
        assert set(element.attrib) <= known[element.tag]
    for case in root.iter("testcase"):
        tags = [child.tag for child in case]
        assert tags == sorted(tags, key=order.index)
    assert root.find("testsuite")[0].tag == "properties"


@pytest.mark.parametrize(
    ("stopped", "told"), [("the target hung up", "stopped: the target hung up"), ("", "no rule was judged")]
)
def test_unfinished_run_is_an_error_in_junit(tmp_path, stopped, told):
    """A run that verified nothing is no success for whoever reads only the XML."""
    nothing = RunResult(BASE, "read", 0, Ledger(CATALOGUE), stopped=stopped)

    suite = ET.parse(write_reports(nothing, tmp_path).junit).getroot().find("testsuite")

    assert suite.get("errors") == "1"
    assert suite.find("testcase/error").get("message") == told


def test_json_has_a_version_and_everything(reports, result):
    """The JSON is the result as plain data, with a version to hold on to."""
    document = json.loads(reports.json.read_text())

    assert document["version"] == 2
    assert document["exit_code"] == result.exit_code == 1
    assert len(document["rules"]) == len(CATALOGUE)
    assert document["summary"]["known-difference"] == 1
    assert document["known_differences"][0]["state"] == "used"


def test_large_bodies_stay_out_of_the_json(judge, tmp_path):
    """A service that sends megabytes makes no report of gigabytes."""
    inspector = Inspector([rule("status-documented")], judge)
    inspector.see(Exchange(Request(url=f"{BASE}/accounts"), Response(status=418, body=b"x" * 1_000_000)))
    found = RunResult(BASE, "read", 0, inspector.ledger)

    document = json.loads(write_reports(found, tmp_path).json.read_text())

    [call_] = document["rules"][0]["violations"][0]["calls"]
    assert call_["response"] == {"status": 418, "headers": [], "truncated": True}


def test_summary_says_what_is_wrong_first(result, reports):
    """The terminal gets violations, then figures, then the judgement, and nothing that moves its cursor."""
    text = summary(result, reports)

    assert text.splitlines()[1].startswith("VIOLATED ")
    assert text.endswith("the contract is broken")
    assert f"{len(CATALOGUE)} rules: " in text
    assert str(reports.page) in text
    assert "\x1b" not in text


def test_summary_tells_what_was_left_out_and_why(result):
    """Scenarios that were not played are named by their reason, and things left behind by their ids."""
    result.scenarios |= {"stateful": "skipped: level full only", "generated": "skipped: level full only"}
    result.left_behind = [{"operation": "create_song", "id": ""}, {"operation": "upload_midi", "id": "user:1-x"}]

    lines = summary(result).splitlines()

    assert "not played: stateful, generated (level full only)" in lines
    assert "left behind on the service: create_song without an id, upload_midi user:1-x" in lines


def test_summary_tells_what_happened_since_when_and_says_it_once(judge):
    """A violation's first line has all that somebody needs who has never read the rules."""
    inspector = Inspector([rule("account-round-trips")], judge, live=False)
    seen = [inspector.see(call("GET", "/accounts", 200, {})).call for _ in range(2)]
    for each in seen:
        inspector.judge(rule("account-round-trips"), Problem("account 7 was deleted, but is listed"), each)
    found = RunResult(BASE, "full", 1, inspector.ledger, exchanges=2, live=False)

    first, second = summary(found).splitlines()[:2]

    assert first == "judged as a mock; --live says otherwise"
    assert second.startswith(
        "VIOLATED account-round-trips: account 7 was deleted, but is listed "
        "(GET /accounts, since request 1, 2 times); the page says: "
    )


def test_the_rule_that_was_broken_first_is_told_first(judge, tmp_path):
    """What follows from it comes later in a run, wherever it stands in the catalogue."""
    later, sooner = rule("status-documented"), rule("order-comes-back")
    inspector = Inspector([later, sooner], judge, live=False)
    for each in (sooner, later):
        inspector.judge(each, Problem("something is wrong"), inspector.see(call("GET", "/accounts", 200, {})).call)
    found = RunResult(BASE, "full", 1, inspector.ledger)

    told = [line.split()[1] for line in summary(found).splitlines() if line.startswith("VIOLATED")]
    page = write_reports(found, tmp_path).page.read_text()

    assert told == [f"{sooner.id}:", f"{later.id}:"]
    assert page.index(sooner.id) < page.index(later.id)


def test_long_words_are_cut_in_their_middle(judge):
    """What stands behind them is what the violation is about."""
    inspector = Inspector([rule("order-comes-back")], judge, live=False)
    seen = inspector.see(call("GET", "/accounts", 200, {})).call
    inspector.judge(rule("order-comes-back"), Problem(f"{'a' * 1000} was sent, and {'b' * 140} came back"), seen)

    [line] = [each for each in summary(RunResult(BASE, "full", 1, inspector.ledger)).splitlines() if "VIOL" in each]

    assert f": {'a' * 60}…{'a' * 20} was sent, and {'b' * 60}…{'b' * 20} came back (" in line


def test_recording_is_shown_by_its_places(judge):
    """A violation in a recording is told with the place it was read from."""
    inspector = Inspector([rule("status-documented")], judge)
    inspector.see(replace(call("GET", "/accounts", 418, {}), label="line 12"))
    found = RunResult("a.ndjson", "recording", None, inspector.ledger, exchanges=1)

    assert "(GET /accounts, at line 12); the page says: " in summary(found)


def test_huge_and_binary_bodies_are_shown_by_their_size(tmp_path):
    """A page stays small whatever is in an answer."""
    ledger = Ledger([rule("status-documented")])
    inspector = Inspector([rule("status-documented")], DocumentJudge(effort=Effort.NONE))
    for body in (b"\xff\x00" * 5_000_000, b'{"x":"' + b"y" * 10_000_000 + b'"}'):
        exchange = Exchange(Request(url=f"{BASE}/accounts"), Response(status=418, body=body))
        seen = inspector.see(exchange).call
        inspector.judge(rule("status-documented"), Problem("m" * 5000), seen)
    ledger = inspector.ledger

    files = write_reports(RunResult(BASE, "full", 1, ledger), tmp_path)

    text = files.page.read_text()
    assert len(text) < 100_000
    assert "(10000000 bytes of unknown type)" in text
    assert "more characters" in text


@pytest.mark.parametrize(("crashes", "strict", "code"), [(4, True, 0), (5, False, 0), (5, True, 1)])
def test_many_5xx_are_told_in_the_last_line_and_fail_a_strict_run(crashes, strict, code):
    """They prove nothing, so a run that met them has verified less than it seems."""
    result = RunResult("http://x", "read", 0, Ledger(pick(only=["error-envelope"])), exchanges=100)
    result.ledger.judged("error-envelope")
    result.crashes, result.strict = crashes, strict

    lines = summary(result).splitlines()
    assert ("5 of 100 requests were answered 5xx" in lines[-1]) is (crashes == 5)
    assert f"100 exchanges judged in 0.0 s, {crashes} answered 5xx" in lines
    assert result.exit_code == code
