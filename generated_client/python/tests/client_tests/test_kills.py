"""`tempolor song`, killed at random moments: the ids of every order that was taken are on the screen."""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import uuid

import httpx2
import pytest
from tempolor_client.tls import shared_context

pytestmark = pytest.mark.slow

TIMES = 20
PROGRAM = "from tempolor_mock.cli import mock_command; mock_command()"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(scope="module")
def slow_mock():
    """The mock in real time, in a process of its own."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tempolor_mock.cli import mock_command; mock_command()",
            "--port",
            "0",
            "--log",
            "off",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                break
        else:
            pytest.fail("the mock does not start")
        process.terminate()


def killed(url, token, number, seconds, *, begun):
    """Run the command, send it a signal some seconds after something has begun; return its exit code and its words."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tempolor_client", "song", "Rain"],
        env={**os.environ, "USEAPI_TOKEN": token, "TEMPOLOR_BASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        while not begun():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                break
        try:
            written, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            written, _ = process.communicate()
    return process.returncode, written


def test_the_ids_of_every_order_that_was_taken_are_on_the_screen(slow_mock):
    """Every other moment is counted from the start of the program, the others from when the mock has taken the order.

    The answer takes a second and more to arrive, so many of them are in the midst of it.
    """
    chance = random.Random(13)
    taken = 0
    for n in range(TIMES):
        number = SIGNALS[n % len(SIGNALS)]
        token = f"user:12345-{uuid.uuid4().hex}"
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=slow_mock, headers=headers, verify=shared_context(), timeout=60) as control:
            control.post("/v1/tempolor/accounts", json={"requestParams": {}}).raise_for_status()
            rule = {"match": {"operation_ids": ["create_song"]}, "effect": {"kind": "dribble", "bytes": 16}}
            control.post("/_mock/faults", json=rule).raise_for_status()

            def begun(control=control, at_once=n % 2 == 0):
                return at_once or control.get("/v1/tempolor/scheduler").json()

            code, written = killed(slow_mock, token, number, chance.uniform(0, 3), begun=begun)

            journal = control.get("/_mock/requests", params={"operation_id": "create_song"}).json()["requests"]
        ordered = [job["job_id"] for each in journal for job in each["jobs"]]
        taken += bool(ordered)
        assert all(f"ordered {job_id}" in written for job_id in ordered), written
        assert not ordered or code == 128 + number, written

    assert taken >= TIMES // 2
