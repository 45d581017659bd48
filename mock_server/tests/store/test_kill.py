"""A real server that is killed while clients write: what it acknowledged is there when it is started again."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

TEMPOLOR = Path(sysconfig.get_path("scripts"), "tempolor")
SECONDS_TO_START = 20
WRITERS = 4
ACKNOWLEDGED_BEFORE_THE_KILL = 40
AUTHORIZATION = {"Authorization": "Bearer user:12345-crash"}


@contextmanager
def serving(*arguments):
    """Run `tempolor mock` on a free port; yield its process and a client."""
    command = [sys.executable, TEMPOLOR, "mock", "--port", "0", "--frozen", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        watchdog = threading.Timer(SECONDS_TO_START, process.kill)
        watchdog.start()
        try:
            url = re.search(r"http://\S+:\d+", process.stdout.readline())[0]
            watchdog.cancel()
            with httpx.Client(base_url=f"{url}/v1/tempolor", headers=AUTHORIZATION, timeout=10) as client:
                yield process, client
        finally:
            watchdog.cancel()
            process.kill()


class Writers:
    """Clients that write until the server is gone, and remember what it acknowledged."""

    def __init__(self, client, midi):
        self._client = client
        self._midi = midi
        self.jobs, self.files = [], []
        self.enough = threading.Event()

    def write(self, number):
        """Order songs and upload files by turns."""
        try:
            while True:
                body = {"prompt": f"Song of writer {number}", "replyUrl": "http://127.0.0.1:9/cb"}
                self.jobs += self._client.post("/music/song", json=body).raise_for_status().json()["jobs"]
                self.files.append(self._upload(f"Theme of {number}"))
                if len(self.jobs) + len(self.files) >= ACKNOWLEDGED_BEFORE_THE_KILL:
                    self.enough.set()
        except httpx.TransportError:
            self.enough.set()

    def _upload(self, name):
        headers = {"Content-Type": "audio/midi"}
        answer = self._client.post("/music/midi", params={"name": name}, content=self._midi, headers=headers)
        return answer.raise_for_status().json()["midiRenderVO"]["midiUrl"]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path, mid):
    """Every job and every file that was answered for is there, and so are the callbacks that are due."""
    store = ("--store", f"sqlite:{tmp_path / 'worlds.db'}")
    with serving(*store) as (process, client), ThreadPoolExecutor(WRITERS) as pool:
        body = {"requestParams": {"user_id": "111"}, "maxJobs": 100_000}
        client.post("/accounts", json=body).raise_for_status()
        writers = Writers(client, mid)
        for number in range(WRITERS):
            pool.submit(writers.write, number)
        assert writers.enough.wait(10)
        process.send_signal(signal.SIGKILL)
        process.wait(5)

    assert len(writers.jobs) + len(writers.files) >= ACKNOWLEDGED_BEFORE_THE_KILL
    with serving(*store) as (_, client):
        assert set(writers.jobs) <= {job["job_id"] for job in client.get("/scheduler").raise_for_status().json()}
        assert all(get(client, httpx.URL(url).path).content == mid for url in writers.files)
        client.post(client.base_url.join("/_mock/clock/advance"), json={"seconds": 60}).raise_for_status()
        callbacks = get(client, "/_mock/snapshot").json()["callbacks"]
        told = {each["job_id"]["item_id"] for each in callbacks}
        assert {job_id.rpartition(":")[2] for job_id in writers.jobs} <= told


def get(client, path):
    """Get a path of the server itself, wherever it listens now."""
    return client.get(client.base_url.join(path)).raise_for_status()
