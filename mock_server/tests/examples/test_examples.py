"""The examples and the tour do what they say: each one runs against the mock, with the client as it is."""

import asyncio
import contextlib
import heapq
import importlib.util
import io
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import httpx2
import pytest
import uvicorn
from tempolor_client import AsyncTemPolor, TemPolor
from tempolor_mock.domain import composing

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
TOUR = ROOT / "docs" / "tour.md"
SECONDS_TO_ARRIVE = 20
LONGER_THAN_ANY_JOB = 60
FAILED = 10


def loaded(name):
    """Import an example by its file."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def told(world, operation_id):
    """Return what the requests of one operation were answered, in order."""
    return [each.status for each in world.requests if each.operation_id == operation_id]


@pytest.fixture
def short_pieces(monkeypatch):
    """Let every piece be a second long, since an MP3 of minutes takes seconds to make."""
    monkeypatch.setattr(composing, "SHORTEST_SECONDS", 1)
    monkeypatch.setattr(composing, "LONGEST_SECONDS", dict.fromkeys(composing.LONGEST_SECONDS, 1))


def is_music(path):
    """Whether a file is an MP3."""
    return path.read_bytes().startswith((b"ID3", b"\xff"))


class TestSong:
    """`song.py`."""

    pytestmark = pytest.mark.usefixtures("short_pieces")

    @pytest.fixture
    def client(self, tempolor_mock):
        """A client on the mock, whose sleeping is what moves the mock's clock."""
        with TemPolor(tempolor_mock.token, base_url=tempolor_mock.url, sleep=tempolor_mock.advance) as client:
            yield client

    @pytest.mark.tempolor(frozen=False, job_seconds=0, download_lag_seconds=0)
    def test_the_program_saves_every_piece(self, tempolor_mock, tmp_path):
        """As a newcomer starts it, on a mock without an account."""
        environment = {"TEMPOLOR_BASE_URL": tempolor_mock.url, "USEAPI_TOKEN": tempolor_mock.token}

        run = subprocess.run(
            [sys.executable, "-W", "error", EXAMPLES / "song.py", "A lighthouse waltz"],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.splitlines()[-1] == "Saved: song-2.mp3"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["song-2.mp3", "song.mp3"]
        assert all(map(is_music, tmp_path.iterdir()))

    def test_progress_is_told_until_the_end(self, client, tmp_path, capsys):
        """For both pieces, from nothing to all."""
        loaded("song").need_account(client)

        loaded("song").make_song(client, "A lighthouse waltz", tmp_path / "song.mp3")

        progress = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Piece 1")]
        assert progress[0] == "Piece 1: GENERATING   0 %"
        assert progress[-1] == "Piece 1: COMPLETED 100 %"
        assert len(progress) > 3

    def test_a_refusal_ends_the_program_with_what_to_do(self, tempolor_mock, monkeypatch, capsys):
        """Not with a traceback."""
        monkeypatch.setenv("TEMPOLOR_BASE_URL", tempolor_mock.url)
        monkeypatch.setenv("USEAPI_TOKEN", tempolor_mock.token)

        code = loaded("song").main(["x" * 2001])

        assert code == 1
        assert "Shorten the prompt" in capsys.readouterr().err

    def test_one_of_two_pieces_that_fails_does_not_take_the_other_along(self, client, tempolor_mock):
        """The one that is complete is saved."""
        tempolor_mock.add_account()
        order = client.songs.create("A lighthouse waltz")
        snapshot = tempolor_mock.snapshot()
        snapshot["jobs"][0]["plan"]["steps"][-1].update(status=FAILED, progress=60)
        tempolor_mock.restore(snapshot)

        assert loaded("song").wait_for(order) == [order.jobs[1]]


class Pace(httpx2.AsyncHTTPTransport):
    """Time for many who sleep at once: it goes on to the first one's hour when nobody has anything else to do."""

    QUIET_TURNS = 4

    def __init__(self, world):
        super().__init__(verify=False)
        self.world = world
        self.now = 0.0
        self.ended = {}
        self._sleeping = []
        self._order = itertools.count()
        self._requests = 0

    async def sleep(self, seconds):
        """Sleep in the world's time."""
        awake = asyncio.Event()
        heapq.heappush(self._sleeping, (self.now + seconds, next(self._order), awake))
        await awake.wait()

    async def handle_async_request(self, request):
        """Carry a request, and know that it is on its way until the whole answer has come."""
        self._requests += 1
        try:
            response = await super().handle_async_request(request)
            body = b"".join([chunk async for chunk in response.stream])
            await response.aclose()
            return httpx2.Response(response.status_code, headers=response.headers, stream=httpx2.ByteStream(body))
        finally:
            self._requests -= 1

    async def run(self, work):
        """Run until the work is done."""
        task = asyncio.ensure_future(work)
        quiet = 0
        while not task.done():
            await asyncio.sleep(0.001)
            quiet = 0 if self._requests else quiet + 1
            if quiet > self.QUIET_TURNS and self._sleeping:
                at, _, awake = heapq.heappop(self._sleeping)
                for each in (await self.world.advance_async(max(0, at - self.now))).transitions:
                    self.ended[each.job_id] = each.at.timestamp()
                self.now = max(self.now, at)
                awake.set()
                quiet = 0
        return task.result()


class TestBatch:
    """`batch.py`."""

    pytestmark = pytest.mark.usefixtures("short_pieces")
    PROMPTS = tuple(f"A tune for mile {number}" for number in range(1, 7))

    def make(self, world, folder, prompts=PROMPTS, **settings):
        """Run a batch, and return its pieces and the time it took place in."""
        pace = Pace(world)

        async def run():
            client = AsyncTemPolor(
                world.token,
                base_url=world.url,
                transport=pace,
                sleep=pace.sleep,
                clock=lambda: pace.now,
                random=lambda: 0.0,
                **settings,
            )
            async with client:
                return await loaded("batch").Batch(client, folder, sleep=pace.sleep).make(prompts)

        async def main():
            return await pace.run(run())

        return asyncio.run(main()), pace

    def spans(self, world, pace):
        """Return when each job began and ended."""
        orders = [each for each in world.requests if each.operation_id == "create_instrumental"]
        return [(each.at.timestamp(), pace.ended[job_id]) for each in orders for job_id in each.job_ids]

    def running(self, spans, at):
        """Return how many jobs run at a moment."""
        return sum(begun <= at < ended for begun, ended in spans)

    @pytest.mark.parametrize(("slots", "jobs"), [(4, 2), (5, 2), (2, 1)], ids=["even", "odd", "one-job-orders"])
    def test_the_account_is_kept_full_and_nothing_is_refused(
        self, tempolor_mock_servers, request, tmp_path, slots, jobs
    ):
        """No 429, never more jobs than slots, and room for another order in less than a fifth of the time."""
        world = tempolor_mock_servers.world(request.node.nodeid, jobs_per_request=jobs)
        world.add_account(max_jobs=slots)

        pieces, pace = self.make(world, tmp_path)

        spans = self.spans(world, pace)
        first, last = min(begun for begun, _ in spans), max(begun for begun, _ in spans)
        moments = [first + tenth / 10 for tenth in range(1, int((last - first) * 10))]
        full = [self.running(spans, moment) > slots - jobs for moment in moments]
        assert 429 not in {each.status for each in world.requests}
        assert max(self.running(spans, begun) for begun, _ in spans) <= slots
        assert last - first > 30
        assert sum(full) / len(full) > 0.8
        assert [len(piece.files) for piece in pieces] == [jobs] * len(self.PROMPTS)

    def test_every_piece_is_saved_under_its_number(self, tempolor_mock, tmp_path):
        """Two takes of each."""
        tempolor_mock.add_account()

        pieces, _ = self.make(tempolor_mock, tmp_path, self.PROMPTS[:2])

        names = ["001-1.mp3", "001-2.mp3", "002-1.mp3", "002-2.mp3"]
        assert [path.name for piece in pieces for path in piece.files] == names
        assert sorted(path.name for path in tmp_path.iterdir()) == names
        assert all(map(is_music, tmp_path.iterdir()))

    def test_slots_that_others_take_are_left_to_them(self, tempolor_mock, tmp_path):
        """The account is full at the beginning, and still nothing is refused."""
        tempolor_mock.fill_account(max_jobs=4)

        pieces, _ = self.make(tempolor_mock, tmp_path, self.PROMPTS[:3])

        assert told(tempolor_mock, "create_instrumental") == [200] * 3
        assert not any(piece.problem for piece in pieces)

    def test_a_refusal_is_survived_all_the_same(self, tempolor_mock, tmp_path):
        """The service as a whole may be busy, whatever the account has free."""
        tempolor_mock.add_account(max_jobs=4)
        tempolor_mock.fail_next(effect="upstream_busy", times=2, operation="create_instrumental")
        notices = []

        pieces, _ = self.make(tempolor_mock, tmp_path, self.PROMPTS[:3], on_busy=notices.append)

        assert told(tempolor_mock, "create_instrumental") == [429, 429, 200, 200, 200]
        assert [notice.seconds for notice in notices] == [30.0, 30.0]
        assert not any(piece.problem for piece in pieces)

    def test_a_piece_that_fails_does_not_stop_the_others(self, tempolor_mock, tmp_path):
        """Neither a prompt that is refused nor a job that ends without music."""
        tempolor_mock.add_account(max_jobs=4)
        tempolor_mock.fail_next(effect="job_fails", prompt="mile 2")

        pieces, _ = self.make(tempolor_mock, tmp_path, ["x" * 2001, *self.PROMPTS[:3]])

        assert [len(piece.files) for piece in pieces] == [0, 2, 0, 2]
        assert "Shorten the prompt" in pieces[0].problem
        assert "FAILED" in pieces[2].problem

    def test_an_order_of_more_jobs_than_slots_is_made(self, tempolor_mock, tmp_path):
        """The service takes it while a slot is free."""
        tempolor_mock.add_account(max_jobs=1)

        pieces, _ = self.make(tempolor_mock, tmp_path, self.PROMPTS[:3])

        assert [len(piece.files) for piece in pieces] == [2, 2, 2]
        assert told(tempolor_mock, "create_instrumental") == [200] * 3

    def test_what_was_ordered_before_the_quota_ran_out_is_saved(self, tempolor_mock_servers, request, tmp_path):
        """And the rest says why it was not ordered."""
        world = tempolor_mock_servers.world(request.node.nodeid, total_generations=2)
        world.add_account()

        pieces, _ = self.make(world, tmp_path, self.PROMPTS[:3])

        assert [len(piece.files) for piece in pieces] == [2, 0, 0]
        assert pieces[2].problem.startswith("not ordered: ")

    @pytest.mark.tempolor(frozen=False, job_seconds=0, download_lag_seconds=0)
    def test_the_program_runs_from_a_file_of_prompts(self, tempolor_mock, tmp_path, monkeypatch, capsys):
        """On a mock without an account."""
        monkeypatch.setenv("TEMPOLOR_BASE_URL", tempolor_mock.url)
        monkeypatch.setenv("USEAPI_TOKEN", tempolor_mock.token)
        prompts = tmp_path / "prompts.txt"
        prompts.write_text("Calm piano\n\nA march\n", "utf-8")

        code = asyncio.run(loaded("batch").main(prompts, tmp_path / "music"))

        assert code == 0
        assert capsys.readouterr().out.startswith("1. Calm piano: done ")
        assert len(list((tmp_path / "music").iterdir())) == 4


class Running:
    """The web app, served on a port of its own by a thread."""

    def __init__(self, world, folder):
        self._bound = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}"
        client = AsyncTemPolor(world.token, base_url=world.url, sleep=world.advance_async)
        app = loaded("callbacks_app").create_app(client, folder, self.url)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._bound]})

    def __enter__(self):
        self._thread.start()
        self.until(lambda: self._server.started)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(SECONDS_TO_ARRIVE)
        self._bound.close()

    def until(self, ready):
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + SECONDS_TO_ARRIVE
        while not (result := ready()):
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.01)
        return result

    def order(self, prompt):
        """Order a song as a user would."""
        return httpx.post(f"{self.url}/songs", content=prompt)

    def pieces(self):
        """Return every piece that is shown."""
        return [piece for song in httpx.get(f"{self.url}/songs").json() for piece in song["pieces"].values()]

    def settled(self):
        """Return the pieces once each was saved or given up."""

        def settled():
            pieces = self.pieces()
            return pieces if all(each["file"] or each["problem"] for each in pieces) else None

        return self.until(settled)


class TestCallbacksApp:
    """`callbacks_app.py`, with the reports the mock really posts."""

    pytestmark = pytest.mark.usefixtures("short_pieces")

    @pytest.fixture
    def app(self, tempolor_mock, tmp_path):
        """The app, running, on a mock without an account."""
        with Running(tempolor_mock, tmp_path) as app:
            yield app

    def test_a_song_is_ordered_reported_saved_and_played(self, app, tempolor_mock):
        """Each state is shown as it is reported, and nobody asked for it."""
        ordered = app.order("A lighthouse waltz")
        tempolor_mock.advance(10)
        halfway = app.pieces()
        polled = told(tempolor_mock, "get_music")

        reports = tempolor_mock.advance(LONGER_THAN_ANY_JOB).callbacks

        pieces = app.settled()
        played = [httpx.get(f"{app.url}/files/{piece['file']}") for piece in pieces]
        assert ordered.status_code == 201
        assert {(piece["status"], piece["final"]) for piece in halfway} == {("GENERATING", False)}
        assert all(piece["progress"] > 0 for piece in halfway)
        assert polled == []
        assert {report.outcome for report in reports} == {"delivered"}
        assert {(piece["status"], piece["progress"], piece["problem"]) for piece in pieces} == {
            ("COMPLETED", 100, None)
        }
        assert [answer.headers["content-type"] for answer in played] == ["audio/mpeg"] * 2

    def test_a_song_that_fails_is_shown_so(self, app, tempolor_mock):
        """With the reason, and no file."""
        tempolor_mock.fail_next(effect="job_fails")
        app.order("A lighthouse waltz")

        tempolor_mock.advance(LONGER_THAN_ANY_JOB)

        assert {(piece["status"], piece["file"]) for piece in app.settled()} == {("FAILED", None)}

    def test_a_forged_report_saves_nothing(self, app, tempolor_mock):
        """Who does not know the address gets a 404; what a known one says is asked after."""
        app.order("A lighthouse waltz")
        (address,) = {report.url for report in tempolor_mock.advance(5).callbacks}
        forged = {"job_id": "user:12345-tempolor:1-job:../../x", "status": 30, "status_final": True}

        answers = [httpx.post(f"{app.url}/reports/guessed", json=forged), httpx.post(address, json=forged)]

        assert [answer.status_code for answer in answers] == [404, 204]
        (piece,) = (piece for piece in app.pieces() if piece["final"])
        app.until(lambda: any(piece["problem"] for piece in app.pieces()))
        assert piece["file"] is None
        assert httpx.post(address, content=b"nonsense").status_code == 400

    def test_a_refused_order_is_told_in_the_service_s_words(self, app):
        """And leaves nothing behind."""
        answer = app.order("x" * 2001)

        assert (answer.status_code, "too long" in answer.text) == (400, True)
        assert httpx.get(f"{app.url}/songs").json() == []


class TestNode:
    """`examples/node` points to the script, which the package's own tests run."""

    def test_the_script_is_where_the_page_says(self):
        """Both the page and the address in it are real."""
        page = EXAMPLES / "node" / "README.md"

        (target,) = re.findall(r"\]\(([^)]+\.mjs)\)", page.read_text("utf-8"))

        assert (page.parent / target).resolve().is_file()

    @pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
    @pytest.mark.tempolor(frozen=False, job_seconds=0, download_lag_seconds=0)
    @pytest.mark.usefixtures("short_pieces")
    def test_the_script_runs(self, tempolor_mock, tmp_path):
        """Where the package has been built."""
        client = ROOT / "generated_client" / "typescript"
        if not (client / "dist" / "node.js").is_file():
            pytest.skip("the TypeScript client is not built; run `npm run build`")
        environment = {"TEMPOLOR_BASE_URL": tempolor_mock.url, "USEAPI_TOKEN": tempolor_mock.token}

        run = subprocess.run(
            ["node", client / "examples" / "song.mjs", "A lighthouse waltz", tmp_path],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

        assert (run.returncode, run.stderr) == (0, "")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["song-1.mp3", "song-2.mp3"]


class TestTour:
    """`docs/tour.md`."""

    BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)

    def test_every_block_shows_what_it_prints(self, tmp_path, monkeypatch):
        """All blocks in their order, in one namespace, character for character."""
        monkeypatch.chdir(tmp_path)
        page = TOUR.read_text("utf-8")
        blocks = [
            (match[1], match[2] or "", page.count("\n", 0, match.start()) + 2) for match in self.BLOCK.finditer(page)
        ]
        namespace = {"__name__": "tour"}

        with contextlib.ExitStack() as stack:
            stack.callback(lambda: namespace["server"].stop() if "server" in namespace else None)
            ran = [self.ran(code, line, namespace) for code, _, line in blocks]

        assert len(blocks) == page.count("```python")
        assert ran == [shown for _, shown, _ in blocks]

    def ran(self, code, line, namespace):
        """Run a block and return what it printed; mistakes name their line of the page."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * (line - 1) + code, str(TOUR), "exec"), namespace)
        return printed.getvalue()


def test_the_table_lists_every_example():
    """No more and no less than there is."""
    page = (EXAMPLES / "README.md").read_text("utf-8")

    listed = re.findall(r"^\| \[`([^`]+)`\]", page, re.MULTILINE)

    there = {path.name for path in EXAMPLES.iterdir() if path.name not in {"README.md", "__pycache__"}}
    assert {name.rstrip("/") for name in listed} - {"tour.md"} == there
