"""Tests of `tempolor contract`: what it says, what it sends, how it ends."""

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from haralyzer import HarEntry, HarParser
from stories import stored, story
from tempolor_contract import CATALOGUE, Level, Target
from tempolor_contract.cli.contract import contract_command
from tempolor_contract.exchanges.har import HarWriter, Recorder
from tempolor_contract.judging.check import check
from tempolor_contract.target.control import find_control_plane, steady
from tempolor_mock.testing import MockServer


@pytest.fixture(scope="module")
def server():
    """A mock on a port of loopback."""
    with MockServer() as server:
        yield server


@pytest.fixture
def invoke():
    """Run the command, and return its result."""

    def run(*arguments, **environment):
        return CliRunner().invoke(contract_command, list(map(str, arguments)), env={"CI": "1", **environment})

    return run


@pytest.fixture
def answering():
    """Start a service that answers everything alike."""
    servers = []

    def start(status, media_type, body):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_level_read_looks_at_a_mock_and_writes_reports(server, invoke, tmp_path):
    """A kept contract ends with 0, within 60 requests, and with three reports."""
    result = invoke(server.url, "--token", "user:12345-read", "--report-dir", tmp_path)

    report = json.loads((tmp_path / "report.json").read_text())
    assert result.exit_code == 0, result.output
    assert {file.name for file in tmp_path.iterdir()} == {"report.html", "junit.xml", "report.json"}
    assert "user:12345-read" not in json.dumps(report)


def test_a_dry_run_sends_nothing(invoke):
    """The plan tells what each scenario would make, and nobody needs to listen."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--level", "safe", "--max-creations", 2, "--dry-run")

    assert result.exit_code == 0, result.output
    assert "nothing was sent" in result.output
    assert "would make" in result.output
    assert "level full only" in result.output


@pytest.mark.parametrize("url", ["https://api.useapi.net", "https://api.useapi.net./v1/tempolor"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["run", "dry-run"])
def test_level_full_is_refused_on_the_live_service(invoke, url, more):
    """It never comes as far as a request."""
    result = invoke(url, "--token", "user:1-x", "--level", "full", *more)

    assert result.exit_code == 2
    assert "mocks" in result.output


def test_whose_the_service_is_can_be_said(server, invoke):
    """A fake behind any name is judged as what it is said to be, and the first line tells it; full is for mocks."""
    told = invoke(server.url, "--token", "user:12345-whose", "--live")
    refused = invoke(server.url, "--token", "user:12345-whose", "--live", "--level", "full")

    assert told.output.startswith("judged as the live service; --mock says otherwise\n")
    assert refused.exit_code == 2
    assert "level full is for mocks" in refused.output


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://127.0.0.1:99999", ""])
def test_a_wrong_address_is_told(invoke, url):
    """No traceback, exit code 2."""
    result = invoke(url, "--token", "user:1-x")

    assert result.exit_code == 2
    assert "is no address" in result.output


@pytest.mark.parametrize("option", ["--rule", "--without"])
def test_an_unknown_rule_is_told(invoke, option):
    """A misspelt id is no empty run, and the one that may be meant is named."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", option, "status-documentd")

    assert result.exit_code == 2
    assert "do you mean status-documented?" in result.output


def test_a_rule_of_a_part_that_is_left_out_is_told(invoke):
    """The id is right, but nothing that is played would judge by it."""
    arguments = ("--rule", "generated-no-crash", "--no-generated")
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", *arguments)

    assert result.exit_code == 2
    assert "no rule is left to judge by" in result.output


def test_rules_are_named_one_by_one_or_in_a_list(invoke):
    """Repeated options and lists with commas come to the same."""
    plans = [
        invoke("http://127.0.0.1:9", "--token", "user:1-x", "--dry-run", *arguments).output
        for arguments in (
            ("--rule", "status-documented", "--rule", "error-envelope"),
            ("--rule", "status-documented, error-envelope,"),
        )
    ]

    assert plans[0] == plans[1]
    assert "(2 rules)" in plans[0]


def test_a_missing_package_is_told(invoke, monkeypatch):
    """Without the extra the command says how to install it."""
    monkeypatch.setitem(sys.modules, "tempolor_contract.rules.catalogue", None)
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x")

    assert result.exit_code == 2
    assert "pip install 'tempolor-kit[contract]'" in result.output


def test_level_read_has_no_use_for_a_control_plane(invoke):
    """It only looks; an option that would have no effect is refused."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--control-url", "http://127.0.0.1:9/_mock")

    assert result.exit_code == 2
    assert "level read only looks" in result.output


def test_what_cannot_be_written_is_told_before_anything_is_made(invoke, tmp_path):
    """Ids of what was paid for need a place before they are there."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--registry", tmp_path / "none" / "made.ndjson")

    assert result.exit_code == 2
    assert "cannot write" in result.output


def test_nobody_listening_is_told(invoke):
    """A target that cannot be reached ends with 2 and one line that says so."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--no-stateful", "--no-generated")

    assert result.exit_code == 2
    assert "cannot reach" in result.output


@pytest.mark.parametrize(
    ("status", "media_type", "body", "told"),
    [
        (200, "text/html", b"<h1>It works</h1>", "does not look like the API"),
        (401, "application/json", b'{"error": "Unauthorized", "code": 401}', "refuses the token"),
        (200, "application/json", b'{"cut', "does not look like the API"),
    ],
    ids=["html", "token", "broken"],
)
def test_what_is_not_the_api_is_told(  # noqa: PLR0917 - a table's columns
    invoke, answering, status, media_type, body, told
):
    """Another service, or a refused token, ends with 2."""
    result = invoke(answering(status, media_type, body), "--token", "user:1-x", "--no-stateful", "--no-generated")

    assert result.exit_code == 2
    assert told in result.output


def test_options_come_from_the_environment(server, invoke):
    """Each option has a variable, for containers."""
    environment = {"TEMPOLOR_CONTRACT_TOKEN": "user:12345-env", "TEMPOLOR_CONTRACT_RULE": "status-documented"}
    result = invoke(server.url, **environment)

    assert result.exit_code == 0, result.output
    assert "1 rule: 1 passed" in result.output


def test_a_register_of_deviations_is_read(invoke, tmp_path):
    """A broken register is told before anything is sent."""
    register = tmp_path / "deviations.toml"
    register.write_text('[[deviation]]\nrule = "no-such-rule"\n')
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--deviations", register)

    assert result.exit_code == 2
    assert "reason is missing" in result.output


@pytest.fixture
def interruptible():
    """Let Ctrl-C interrupt, as in a terminal: who starts the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_that_tells_what_was_made(server, invoke, monkeypatch, tmp_path, number):
    """What was verified and created until then is told, deleted is nothing."""

    def interrupted(lab, job_id, **_options):
        signal.raise_signal(number)

    monkeypatch.setattr("tempolor_contract.runs.scenarios.fixtures.finished", interrupted)
    arguments = ("--level", "full", "--rule", "jobs-match-item-ids", "--report-dir", tmp_path)
    result = invoke(server.url, "--token", f"user:12345-stop{number}", *arguments)

    assert result.exit_code == 2, result.output
    assert "interrupted" in result.output
    assert "-job:" in result.output
    assert (tmp_path / "report.json").exists()


def test_the_clock_of_a_mock_goes_on_after_a_run(server):
    """A run that stopped the clock lets it go on."""
    token = "user:12345-clock"
    target = Target(
        f"{server.url}/v1/tempolor", token, level=Level.FULL, control_url=find_control_plane(server.url, token)
    )
    clock = target.time()
    with steady(target):
        assert clock.client.get(f"{target.control_url}/clock").json()["frozen"]

    assert not clock.client.get(f"{target.control_url}/clock").json()["frozen"]
    clock.client.close()


def test_no_control_plane_is_found_where_there_is_none(answering):
    """A service that answers HTML everywhere has no clock to move."""
    assert find_control_plane(answering(200, "text/html", b"<p>"), "user:1-x") is None


def test_a_run_is_recorded_for_other_tools(server, invoke, tmp_path):
    """Each exchange once, in a HAR that we and a reader that we did not write take, without the token."""
    har = tmp_path / "run.har"
    token = "user:12345-recorded-and-secret"

    invoke(server.url, "--token", token, "--har", har, "--report-dir", tmp_path)

    told = json.loads((tmp_path / "report.json").read_text())
    entries = [HarEntry(each) for each in HarParser(json.loads(har.read_text())).har_data["entries"]]
    assert len(entries) == told["exchanges"] == check([har], CATALOGUE).exchanges
    assert {each.response.status for each in entries} <= {200, 400, 401, 404, 405}
    assert all(each.startTime.year >= 2025 for each in entries)
    assert token not in har.read_text()


def test_a_recording_that_cannot_be_written_is_told_before_anything_is_sent(invoke, tmp_path):
    """A live run costs: what it records must have a place."""
    result = invoke("http://127.0.0.1:9", "--token", "user:1-x", "--har", tmp_path / "none" / "x.har")

    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_recording_ends_at_its_limit(tmp_path):
    """And says so; what is being recorded goes on."""
    with HarWriter(tmp_path / "x.har") as writer:
        recorder = Recorder(writer, most_bytes=1000)
        for each in story(*[stored() for _ in range(5)]):
            recorder.write(each)

    kept = len(json.loads((tmp_path / "x.har").read_text())["log"]["entries"])
    assert 1 <= kept < 5
    assert recorder.fault.endswith("what came later is not in it")


def test_a_dry_run_says_which_readings_a_budget_can_settle(invoke):
    """More creating calls, more readings."""

    def settled(budget):
        arguments = ["--token", "user:1-x", "--level", "safe", "--max-creations", budget, "--dry-run"]
        lines = invoke("http://127.0.0.1:9", *arguments).output.splitlines()
        [line] = [each for each in lines if each.startswith("readings that this could settle: ")]
        return set(line.partition(": ")[2].split(", ")), [each.split()[:3] for each in lines if each.startswith("  D-")]

    (nothing, wanting), (some, _), (many, _) = settled(0), settled(6), settled(60)

    assert nothing < some < many
    assert ["D-62", "needs", "limit-of-an-order,"] in wanting
    assert "D-62" in many - some
