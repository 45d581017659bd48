"""Two mocks on PostgreSQL behind a real nginx, with the configuration that is shipped, scraped by a real Prometheus."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ..conftest import Client, Server, serving

DEPLOY = Path(__file__).parents[3] / "deploy"
CONTROL = {"X-Mock-Control-Token": "opensesame"}
PROGRAMS = ("nginx", "prometheus")
SECONDS = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin") is None for program in PROGRAMS),
        reason="nginx and prometheus (Debian's packages of these names) are not both installed",
    ),
]


@dataclass
class Team:
    """The address they share, the mocks behind it, and Prometheus."""

    url: str
    mocks: list[Server]
    prometheus: str

    def client(self, token: str, url: str = "") -> Client:
        """Return a client of a world, by the common address or another one."""
        client = Client(token, base_url=f"{url or self.url}/v1/tempolor")
        client.headers.update(CONTROL)
        return client


@pytest.fixture(scope="module")
def team(tmp_path_factory, schemas) -> Iterator[Team]:
    """The team, as `deploy/` has it."""
    if schemas is None:
        pytest.skip("no PostgreSQL found: install Debian's postgresql")
    folder = tmp_path_factory.mktemp("team")
    store = schemas.take()
    options = ("--port", "0", "--store", store, "--control-token", "opensesame", "--frozen", "--log", "off")
    with ExitStack() as stack:
        mocks = [stack.enter_context(serving(*options)) for _ in range(2)]
        url = stack.enter_context(behind_nginx(mocks, folder))
        prometheus = stack.enter_context(watched(mocks, folder))
        yield Team(url, mocks, prometheus)
    schemas.give_back([store])


@contextmanager
def running(*command: str) -> Iterator[None]:
    """Run a program for as long as the context lasts."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


@contextmanager
def behind_nginx(mocks: list[Server], folder: Path) -> Iterator[str]:
    """Run nginx with the shipped configuration, its variables filled in as its image does."""
    port = free_port()
    configuration = (DEPLOY / "nginx" / "tempolor.conf.template").read_text("utf-8")
    servers = " ".join(f"server 127.0.0.1:{mock.port};" for mock in mocks)
    for name, value in {"TEMPOLOR_LISTEN": f"127.0.0.1:{port}", "TEMPOLOR_SERVERS": servers}.items():
        configuration = configuration.replace(f"${{{name}}}", value)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "tempolor.conf").write_text(configuration)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; daemon off;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/tempolor.conf; }}\n"
    )
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    command = (nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    with running(*command):
        url = f"http://127.0.0.1:{port}"
        until(lambda: httpx.get(f"{url}/_mock/health").status_code == 200)
        yield url


@contextmanager
def watched(mocks: list[Server], folder: Path) -> Iterator[str]:
    """Run Prometheus with the shipped configuration, on the mocks' own addresses."""
    shipped = (DEPLOY / "prometheus" / "prometheus.yaml").read_text("utf-8")
    targets = ", ".join(f"127.0.0.1:{mock.port}" for mock in mocks)
    (folder / "prometheus.yaml").write_text(
        shipped.replace("mock-1:4010, mock-2:4010", targets).replace("scrape_interval: 15s", "scrape_interval: 1s")
    )
    shutil.copy(DEPLOY / "prometheus" / "alerts.yaml", folder)
    (folder / "control-token").write_text("opensesame")
    port = free_port()
    with running(
        "prometheus",
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/figures",
        f"--web.listen-address=127.0.0.1:{port}",
    ):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], Any]) -> Any:
    """Ask again until something is so; an address where nobody answers yet is not."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if found := is_so():
                return found
        except httpx.HTTPError:
            pass
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def test_capacity_is_counted_once_and_the_journal_is_one(team):
    """Sixty orders at once with room for twenty jobs: ten are answered, whoever is asked, and all say so."""
    token = "user:1-capacity"
    with team.client(token) as client:
        client.account(maxJobs=20)

        def order(_number: int) -> int:
            return client.post("/music/song", json={"prompt": "A harbour ballad"}).status_code

        with ThreadPoolExecutor(30) as pool:
            statuses = list(pool.map(order, range(60)))
    assert (statuses.count(200), statuses.count(429)) == (10, 50)

    journals = []
    for mock in team.mocks:
        with team.client(token, mock.url) as client:
            journals.append(client.get(f"{mock.url}/_mock/requests?limit=1000").raise_for_status().json())
    assert journals[0] == journals[1]
    assert (journals[0]["matched"], journals[0]["dropped"]) == (61, 0)
    assert len({entry["requestId"] for entry in journals[0]["requests"]}) == 61


def test_files_and_links_are_on_the_common_address(team):
    """The same bytes from each, ranges included."""
    with team.client("user:1-files") as client:
        client.account()
        job_id = client.song(model_song="v3")[0]
        client.post(f"{team.url}/_mock/clock/advance", json={"seconds": 60}).raise_for_status()
        link = client.link(job_id)

    assert link.startswith(f"{team.url}/files/")
    whole = [
        httpx.get(link.replace(team.url, url), timeout=60).content
        for url in (team.url, *(each.url for each in team.mocks))
    ]
    assert whole[0][:4] == b"RIFF"
    assert whole[0] == whole[1] == whole[2]
    assert httpx.get(link, headers={"Range": "bytes=100-199"}).content == whole[0][100:200]


def test_a_body_that_is_too_large_is_refused_by_the_mock(team):
    """In the service's envelope, not as a page of nginx'."""
    with team.client("user:1-large") as client:
        answer = client.post(
            "/music/song", content=b"{" + b" " * (2 << 20), headers={"Content-Type": "application/json"}
        )

    assert (answer.status_code, answer.json()["code"]) == (413, 413)


def test_prometheus_sees_both(team):
    """It is let in by the token as it sends it, and what it reads adds up."""
    with team.client("user:1-watched") as client:
        client.account()
        for _ in range(20):
            client.get("/accounts").raise_for_status()

    def query(text: str) -> list[float]:
        answer = httpx.get(f"{team.prometheus}/api/v1/query", params={"query": text}).raise_for_status().json()
        return [float(each["value"][1]) for each in answer["data"]["result"]]

    until(lambda: query("up") == [1.0, 1.0])
    until(lambda: sum(query('tempolor_mock_requests_total{operation="list_accounts"}')) >= 20)
    assert query("max(tempolor_mock_store_up)") == [1.0]
    rules = httpx.get(f"{team.prometheus}/api/v1/rules").raise_for_status().json()["data"]["groups"][0]["rules"]
    assert {each["health"] for each in rules} <= {"ok", "unknown"}
    assert len(rules) == 7


def test_one_that_is_killed_is_not_missed(team):
    """Whoever asks gets an answer from the other one; what was answered is there. Last, since one is gone then."""
    with team.client("user:1-killed") as client:
        client.account()
        jobs = client.song()
        # Whoever reads waits until all have written; a mock that is killed takes the last 10 ms of its journal along.
        client.get(f"{team.url}/_mock/requests").raise_for_status()
        team.mocks[0].process.kill()
        team.mocks[0].process.wait()

        statuses = [client.get(f"/music/{job_id}").status_code for job_id in jobs * 10]
        more = client.song()
        journal = client.get(f"{team.url}/_mock/requests?operation_id=create_song").json()
    assert statuses == [200] * 20
    assert [[job["job_id"] for job in entry["jobs"]] for entry in journal["requests"]] == [more, jobs]
