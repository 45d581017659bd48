"""Mocks in processes of their own on one database, a receiver of callbacks, and what must hold of them."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from ..conftest import TEMPOLOR

SECONDS_TO_START = 60
SECONDS_TO_END = 60
"""What a job and a lease may take, on a machine that is busy."""

JOB_SECONDS = "2..4"
ROOM, AT_ONCE = 20, 60


class Receiver:
    """Takes callbacks at a URL, and remembers in which order those of each job came."""

    def __init__(self) -> None:
        self.received: dict[str, list[Any]] = defaultdict(list)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(length := int(self.headers["Content-Length"]))
                if len(content) < length:  # Whoever sent it was killed meanwhile.
                    return
                body = json.loads(content)
                receiver.received[body["job_id"]].append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/callback"

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Replica:
    """`tempolor mock` on a database."""

    def __init__(self, place: str) -> None:
        options = ["--job-seconds", JOB_SECONDS, "--download-lag", "0", "--callback-timeout", "1", "--log", "off"]
        options += ["--journal-mb", "100"]  # Room for the requests of all rounds.
        self._process = subprocess.Popen(
            [sys.executable, str(TEMPOLOR), "mock", "--port", "0", "--store", place, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = ""

    def started(self) -> "Replica":
        """Wait until it serves."""
        watchdog = threading.Timer(SECONDS_TO_START, self._process.kill)
        watchdog.start()
        found = re.search(r"http://\S+:\d+", self._process.stdout.readline())
        watchdog.cancel()
        assert found, "a mock did not start"
        self.url = found[0]
        return self

    def end(self, by: signal.Signals = signal.SIGKILL) -> None:
        """End it."""
        self._process.send_signal(by)
        self._process.wait(10)
        self._process.stdout.close()


class Team:
    """Three replicas on one database."""

    def __init__(self, place: str) -> None:
        self._place = place
        self.receiver = Receiver()
        self.replicas = [each.started() for each in [Replica(place) for _ in range(3)]]

    def close(self) -> None:
        """End all."""
        for each in self.replicas:
            each.end()
        self.receiver.close()

    def play(self, token: str, restart: Callable[[Callable[[], None]], None]) -> None:
        """Play one round in a fresh world; `restart` restarts the database and calls what it is given in between."""
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
            jobs = self.order(client)
            self.check_journal(client)
            self.kill_one_meanwhile(jobs)
            self.check_callbacks(jobs)
            files = self.check_files(client, jobs)
            self.check_journal(client)
            restart(lambda: self.check_refusals(client))
            self.check_all_is_there(client, jobs, files)

    def address(self, number: int) -> str:
        """Return where the service is, one replica after the other."""
        return f"{self.replicas[number % 3].url}/v1/tempolor"

    def order(self, client: httpx.Client) -> list[str]:
        """Order more at once than there is room for, on all addresses; return the jobs that were begun."""
        account = {"requestParams": {"user_id": "111"}, "maxJobs": ROOM}
        client.post(f"{self.address(0)}/accounts", json=account).raise_for_status()
        body = {"prompt": "A ballad", "replyUrl": self.receiver.url, "model_song": "v3"}

        def order_one(number: int) -> httpx.Response:
            return client.post(f"{self.address(number)}/music/song", json=body)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(order_one, range(AT_ONCE)))
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(200), statuses.count(429)) == (ROOM // 2, AT_ONCE - ROOM // 2), sorted(statuses)
        return [job_id for answer in answers if answer.status_code == 200 for job_id in answer.json()["jobs"]]

    def kill_one_meanwhile(self, jobs: list[str]) -> None:
        """Kill a replica once callbacks are on their way, and start another one in its place."""
        wait_until(lambda: any(job_id in self.receiver.received for job_id in jobs), "a first callback")
        self.replicas.pop(0).end()
        self.replicas.append(Replica(self._place).started())

    def check_callbacks(self, jobs: list[str]) -> None:
        """Every final one comes; each job's come in order, and only those that were on their way come twice."""
        received = self.receiver.received
        wait_until(lambda: all(each in received and received[each][-1]["status_final"] for each in jobs), "the last")
        repeated = 0
        for job_id in jobs:
            progress = [each["progress"] for each in received[job_id]]
            assert progress == sorted(progress), progress
            repeated += len(progress) - len(set(progress))
        assert repeated <= len(jobs), f"{repeated} callbacks came twice"

    def check_files(self, client: httpx.Client, jobs: list[str]) -> bytes:
        """Each replica makes the same bytes."""
        contents = set()
        for number in range(3):
            link = client.get(f"{self.address(number)}/music/download/{jobs[0]}", params={"file_format": "mp3"})
            contents.add(client.get(link.raise_for_status().json()["url"]).raise_for_status().content)
        (content,) = contents
        return content

    def check_journal(self, client: httpx.Client) -> None:
        """Each replica shows the requests to all of them, also to one that was killed after they were shown."""

        def shown() -> list[Any]:
            given = {"params": {"limit": 1000}}
            return [client.get(f"{each.url}/_mock/requests", **given).json()["requests"] for each in self.replicas]

        wait_until(lambda: len(shown()[0]) >= AT_ONCE and shown()[0] == shown()[1] == shown()[2], "one journal")

    def check_refusals(self, client: httpx.Client) -> None:
        """Without a database all is refused with a 503 that says when to try again; the mocks live on."""
        for number in range(3):
            answer = client.get(f"{self.address(number)}/accounts")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            health = client.get(f"{self.replicas[number].url}/_mock/health")
            assert (health.status_code, health.json()["live"], health.json()["ready"]) == (503, True, False)

    def check_all_is_there(self, client: httpx.Client, jobs: list[str], content: bytes) -> None:
        """Nothing that was acknowledged is lost, and orders are taken again."""
        for number in range(3):
            ready = f"{self.replicas[number].url}/_mock/health"
            wait_until(lambda ready=ready: client.get(ready).status_code == 200, "the database")
            told = [client.get(f"{self.address(number)}/music/{job_id}").raise_for_status().json() for job_id in jobs]
            assert {each["status_name"] for each in told} == {"COMPLETED"}
        assert self.check_files(client, jobs) == content
        assert client.post(f"{self.address(0)}/music/song", json={"prompt": "Another"}).status_code == 200


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Look again and again; fail after a while."""
    deadline = time.monotonic() + SECONDS_TO_END
    while not is_so():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)
