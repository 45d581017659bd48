"""`tempolor mock`: options, environment, addresses, and what it says when it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from tempolor_mock.cli import mock_command
from tempolor_mock.server import addresses_of
from tempolor_spec.command import main

from ..conftest import serving

TEMPOLOR = Path(sysconfig.get_path("scripts"), "tempolor")


@pytest.fixture(scope="module")
def taken():
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def run(taken):
    """Run the command in this process; should it accept its options, it ends at the taken port, never serving."""

    def invoke(*arguments, **env):
        return CliRunner().invoke(main, ["mock", "--port", str(taken), *arguments], env=env)

    return invoke


def error_of(result):
    """Return the line a failed command ends with."""
    return result.output.strip().splitlines()[-1]


def test_a_port_in_use_is_one_clear_line(taken):
    """The real command: no traceback, no server, a way out, and exit code 1."""
    result = subprocess.run(
        [sys.executable, TEMPOLOR, "mock", "--port", str(taken)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert result.returncode != 0
    assert result.stdout == ""
    assert result.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {taken}: Address already in use. "
        "Choose another with --port, or 0 for any free one.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "x"], "--port"),
        (["--port", "-1"], "--port"),
        (["--port", "65536"], "--port"),
        (["--speed", "0"], "--speed"),
        (["--speed", "-1"], "--speed"),
        (["--speed", "fast"], "--speed"),
        (["--speed", "nan"], "--speed"),
        (["--speed", "inf"], "--speed"),
        (["--job-seconds", "20..10"], "--job-seconds"),
        (["--job-seconds", "a..b"], "--job-seconds"),
        (["--job-seconds", "1...2"], "--job-seconds"),
        (["--job-seconds", "-1..2"], "--job-seconds"),
        (["--job-seconds", ""], "--job-seconds"),
        (["--job-seconds", "1..1e400"], "--job-seconds"),
        (["--download-lag", "x"], "--download-lag"),
        (["--music-seconds", "0"], "--music-seconds"),
        (["--music-seconds", "1.5"], "--music-seconds"),
        (["--music-seconds", "2..301"], "--music-seconds"),
        (["--revision", "1999-01"], "--revision"),
        (["--jobs-per-request", "0"], "--jobs-per-request"),
        (["--jobs-per-request", "11"], "--jobs-per-request"),
        (["--max-upload-mb", "0"], "--max-upload-mb"),
        (["--seed", "x"], "--seed"),
        (["--token", "nonsense"], "--token"),
        (["--nothing"], "--nothing"),
        (["extra"], "extra"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_option_is_one_clear_line(run, arguments, named):
    """It names the option, and the exit code is click's 2."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert error_of(result).startswith("Error: ")
    assert named in error_of(result)
    assert "Traceback" not in result.output


def test_the_line_about_a_revision_lists_those_there_are(run):
    """So nobody has to look them up."""
    line = error_of(run("--revision", "1999-01"))

    assert all(revision in line for revision in ("2025-05", "2026-03", "2026-08"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--job-seconds", "15..25"],
        ["--job-seconds", "20"],
        ["--job-seconds", "0.5..1.5"],
        ["--download-lag", "0"],
        ["--music-seconds", "1..2"],
        ["--speed", "60"],
        ["--frozen"],
        ["--revision", "2026-08"],
        ["--jobs-per-request", "1"],
        ["--token", "user:1-a", "--token", "user:2-b"],
    ],
    ids=" ".join,
)
def test_a_good_option_gets_as_far_as_the_port(run, arguments):
    """What is accepted fails at the taken port, and there alone."""
    assert "cannot listen" in error_of(run(*arguments))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_listening_for_others_needs_a_control_token(run, host):
    """Anybody who reaches the mock could turn its clock."""
    result = run("--host", host)

    assert result.exit_code != 0
    assert "--control-token" in error_of(result)


@pytest.mark.parametrize("host", ["192.0.2.1", "host.invalid", "256.1.1.1", "not a host"])
def test_an_address_that_is_not_ours_is_one_clear_line(run, host):
    """With a control token the address itself is tried."""
    result = run("--host", host, "--control-token", "secret")

    assert result.exit_code != 0
    assert "cannot listen" in error_of(result)
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "x"), ("SPEED", "0"), ("JOB_SECONDS", "9..1"), ("REVISION", "1999-01")]
)
def test_a_bad_value_in_the_environment_is_one_clear_line(run, name, value):
    """It names the option or the variable."""
    arguments = {"TEMPOLOR_MOCK_" + name: value}
    result = CliRunner().invoke(main, ["mock"], env=arguments) if name == "PORT" else run(**arguments)

    assert result.exit_code == 2
    assert f"--{name.lower().replace('_', '-')}" in error_of(result)


def test_help_names_every_option_with_its_default(run):
    """And the variables they can be set by."""
    text = CliRunner().invoke(main, ["mock", "--help"]).output

    assert all(option in text for option in ("--port", "--host", "--frozen", "--speed", "--seed", "--revision"))
    assert "4010" in text
    assert "TEMPOLOR_MOCK_" in text


def test_the_first_line_is_an_address_that_answers(server):
    """`--port 0` prints the port it got, with the path clients need."""
    assert server.announced.split()[-1] == f"{server.url}/v1/tempolor"
    assert httpx.get(f"{server.url}/_mock/health").status_code == 200


@pytest.mark.parametrize("option", [each.opts[0] for each in mock_command.params if each.opts[0].startswith("--")])
def test_every_option_has_a_variable_of_its_own_name(monkeypatch, option):
    """`--job-seconds` is TEMPOLOR_MOCK_JOB_SECONDS, and so on."""
    context = mock_command.make_context("mock", ["--help"], resilient_parsing=True)
    parameter = next(each for each in mock_command.params if each.opts[0] == option)

    monkeypatch.setenv("TEMPOLOR_MOCK_" + option.lstrip("-").upper().replace("-", "_"), "1")

    assert option == "--help" or parameter.resolve_envvar_value(context) == "1"


def test_options_can_be_set_in_the_environment_and_ctrl_c_ends_the_server():
    """For containers: port, clock and revision; an interrupt ends it at once, with nothing more on the terminal."""
    settings = {"PORT": "0", "FROZEN": "1", "REVISION": "2026-08", "LOG": "off"}
    env = os.environ | {f"TEMPOLOR_MOCK_{name}": value for name, value in settings.items()}
    with subprocess.Popen(
        [sys.executable, TEMPOLOR, "mock"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        url = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer user:7-env"}, timeout=5) as client:
            client.post("/accounts", json={"requestParams": {}})
            jobs = client.post("/music/song", json={"prompt": "x"}).json()["jobs"]
            clock = client.get(client.base_url.join("/_mock/clock")).json()
            process.send_signal(signal.SIGINT)
            exit_code = process.wait(5)
        errors = process.stderr.read()

    assert len(jobs) == 1
    assert clock["frozen"] is True
    assert exit_code == 0
    assert errors == ""


def test_who_waits_for_virtual_time_is_told_when_the_mock_stops():
    """In the envelope, and without a word on the terminal."""
    with serving("--port", "0", "--frozen", "--log", "off") as server, ThreadPoolExecutor(1) as pool:
        headers = {"Authorization": "Bearer user:1-waits"}
        rule = {"effect": {"kind": "delay", "seconds": 60}}
        httpx.post(f"{server.url}/_mock/faults", json=rule, headers=headers).raise_for_status()
        waiting = pool.submit(httpx.get, f"{server.url}/v1/tempolor/scheduler", headers=headers, timeout=10)
        while not httpx.get(f"{server.url}/_mock/faults", headers=headers).json()["faults"][0]["applied"]:
            pass
        assert server.interrupt() == 0

    assert waiting.result().status_code == 503
    assert waiting.result().json() == {"error": "The mock is shutting down", "code": 503}


@pytest.mark.parametrize(
    ("host", "here", "elsewhere"),
    [
        ("127.0.0.1", "http://127.0.0.1", False),
        ("0.0.0.0", "http://127.0.0.1", True),
    ],
    ids=["loopback", "everywhere"],
)
def test_addresses_that_are_told_can_be_asked(host, here, elsewhere):
    """Nobody can ask 0.0.0.0; who is elsewhere needs another address than who is here."""
    with socket.socket() as bound:
        bound.bind((host, 0))
        port = bound.getsockname()[1]
        found = addresses_of(bound, "http")

    assert found.here == f"{here}:{port}"
    assert (found.elsewhere is not None) is elsewhere
    if elsewhere:
        assert "0.0.0.0" not in found.elsewhere
        assert found.elsewhere.endswith(f":{port}")
