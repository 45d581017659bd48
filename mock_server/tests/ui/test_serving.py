"""Serving to people: https, proxies, containers, and the text at the start."""

import json
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from click.testing import CliRunner
from tempolor_mock.cli import mock_command
from tempolor_mock.server import BadCertificateError, Tls

from ..conftest import serving

ROOT = Path(__file__).parents[3]
OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 and its key, made by OpenSSL's own program."""
    if OPENSSL is None:
        pytest.skip("there is no openssl program to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    command = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -out {files[0]} -keyout {files[1]}"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([OPENSSL, *command.split(), *subject], check=True, capture_output=True)
    return files


def test_https_is_served_with_a_certificate(certificate):
    """Links in answers begin with https, too."""
    chain, key = certificate
    with serving("--port", "0", "--certificate", str(chain), "--key", str(key), "--frozen") as server:
        trusting = ssl.create_default_context(cafile=str(chain))
        with httpx.Client(verify=trusting, headers={"Authorization": "Bearer user:1-tls"}) as client:
            document = client.get(f"{server.url}/_mock/openapi/tempolor.json").json()

    assert server.url.startswith("https://127.0.0.1:")
    assert document["servers"][0]["url"] == f"{server.url}/v1/tempolor"


def test_a_certificate_without_its_key_is_refused(certificate):
    """Where no key is named, the certificate's file is searched for one."""
    with pytest.raises(BadCertificateError, match="no PEM files with a certificate and its key"):
        Tls(certificate[0], None)


def test_a_key_of_another_certificate_is_refused(certificate, tmp_path):
    """Both files are fine by themselves."""
    other = tmp_path / "other.pem"
    subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519", "-out", other], check=True, capture_output=True)

    with pytest.raises(BadCertificateError):
        Tls(certificate[0], other)


def test_files_that_are_none_are_refused_in_one_line(tmp_path):
    """With the file's name and exit code 2, without a traceback."""
    (tmp_path / "a.pem").write_text("nonsense")
    outcome = CliRunner().invoke(mock_command, ["--port", "0", "--certificate", str(tmp_path / "a.pem")])

    assert outcome.exit_code == 2
    assert re.fullmatch(r"Error: cannot serve https with the certificate .*a\.pem: .*\n", outcome.output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--certificate", "/nowhere.pem"], "File '/nowhere.pem' does not exist", id="no such file"),
        pytest.param(["--key", __file__], "--key needs --certificate beside it", id="key alone"),
        pytest.param(["--forwarded-allow-ips", "10.0.0.0/99"], "is no address and no network", id="no network"),
        pytest.param(["--log", "xml"], "is not one of", id="no such format"),
        pytest.param(["--fail-rate", "nan"], "'nan' is not a number", id="no number"),
        pytest.param(["--callback-timeout", "nan"], "'nan' is not a number", id="no timeout"),
        pytest.param(["--job-seconds", "9" * 400], "is longer than ten years", id="endless job"),
        pytest.param(["--callback-backoff", f"1,{'9' * 400}"], "more than ten years", id="endless pause"),
        pytest.param(["--host", "0.0.0.0"], "--control-token is required", id="container without a token"),
    ],
)
def test_wrong_options_are_explained(arguments, message):
    """Exit code 2, and a message that names what is wrong."""
    outcome = CliRunner().invoke(mock_command, arguments)

    assert outcome.exit_code == 2
    assert message in outcome.output


def test_help_comes_in_groups():
    """All of them, in this order: an option that was put into none shows up under `Other options`."""
    text = CliRunner().invoke(mock_command, ["--help"]).output

    assert re.findall(r"^(\S.*):$", text, flags=re.MULTILINE) == [
        "Address",
        "Time",
        "Behaviour",
        "State",
        "Journal and log",
        "Callbacks",
        "Access",
        "Limits",
        "Other options",
    ]


def link(client, **headers):
    """Return the address in the service's document: links in answers are made from the same."""
    answer = client.get("http://mock:4010/_mock/openapi/tempolor.json", headers=headers)
    return answer.json()["servers"][0]["url"].removesuffix("/v1/tempolor")


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "music.example"}


@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/8", "*"])
def test_links_lead_through_a_trusted_proxy(new_client, trusted):
    """The first of several hosts counts; a scheme that is neither http nor https does not."""
    client = new_client(trusted_proxies=(trusted,))

    assert link(client, **FORWARDED) == "https://music.example"
    assert link(client, **{"X-Forwarded-Host": "music.example:8443, inner"}) == "http://music.example:8443"
    assert link(client, **{"X-Forwarded-Proto": "gopher"}) == "http://mock:4010"
    assert link(client) == "http://mock:4010"


def test_the_log_says_as_much_behind_a_trusted_proxy(new_client, capsys):
    """Which operation and whose world."""
    client = new_client(trusted_proxies=("127.0.0.1",), log="json")
    client.get("/accounts", headers=FORWARDED)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["operation_id"], line["status"]) == ("list_accounts", 404)
    assert line["world"].endswith("-***")


@pytest.mark.parametrize("trusted", [(), ("10.0.0.1",)])
def test_nobody_else_is_believed(new_client, trusted):
    """Whoever could forge the header could have links lead to a host of theirs."""
    client = new_client(trusted_proxies=trusted, frozen=True)

    assert link(client, **FORWARDED) == "http://mock:4010"


def test_pages_reached_through_a_trusted_proxy_can_use_the_control_plane(new_client):
    """Their origin is the proxy's address, and counts as our own."""
    client = new_client(trusted_proxies=("127.0.0.1",))
    page = {**FORWARDED, "Origin": "https://music.example", "Sec-Fetch-Site": "same-origin"}

    assert client.post("http://mock/_mock/clock/freeze", headers=page).status_code == 200


def test_a_forwarded_host_is_no_way_around_the_check_of_names(new_client):
    """Behind a trusted proxy both names are looked at: the client's and the one that the proxy called."""
    client = new_client(trusted_proxies=("127.0.0.1",), loopback_only=True)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}

    assert client.get("http://mock/_mock/health", headers=headers).status_code == 403


def test_the_health_check_of_the_image_asks_the_mock_itself(server):
    """Exit code 0 where it answers, 1 where nobody does."""
    check = [sys.executable, ROOT / "deploy/healthcheck.py"]
    healthy = subprocess.run(check, env={"TEMPOLOR_MOCK_PORT": str(server.port)}, check=False, timeout=20)
    nobody = subprocess.run(check, env={"TEMPOLOR_MOCK_PORT": "1"}, check=False, capture_output=True, timeout=20)

    assert (healthy.returncode, nobody.returncode) == (0, 1)


def test_the_compose_file_sets_options_there_are():
    """A misspelt variable would be ignored in silence; the Dockerfile's are checked alike."""
    services = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text("utf-8"))["services"]
    options = {variable for option in mock_command.params for variable in _variables(option)}
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    assert set(services["mock"]["environment"]) <= options
    assert set(re.findall(r"TEMPOLOR_MOCK_\w+(?==)", dockerfile)) <= options


def _variables(option):
    """Return the environment variables click reads an option from."""
    given = option.envvar
    return {f"TEMPOLOR_MOCK_{option.name.upper()}", *([given] if isinstance(given, str) else given or [])}
