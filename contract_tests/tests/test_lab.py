"""The lab waits as long as a run can afford, and no longer; what is independent, it plays side by side."""

from collections.abc import Callable, Sequence
from threading import Barrier

import httpx
import pytest
from tempolor_contract import DocumentJudge, Effort, Inspector, Level, RealClock, Rule, Target, pick
from tempolor_contract.runs.scenarios import fetching, fixtures
from tempolor_contract.runs.scenarios.lab import GoneError, Lab, PatienceError, UnclearError

MIDI = "user:1-tempolor:1-midi:x"


def stored(limit: int) -> dict:
    """Return what stores the account."""
    return {"requestParams": {"user_id": "1"}, "maxJobs": limit}


def room(limit: int) -> dict:
    """Return the account's row."""
    return {"user_id": "1", "maxJobs": limit, "executing": 0, "available": limit}


def capacity(rows: list[dict]) -> dict:
    """Return the capacity where nothing runs."""
    return {"executing": [], "available": rows}


def welcome(_: httpx.Request) -> httpx.Response:
    """Answer that there is nothing."""
    return httpx.Response(200, json=[])


@pytest.fixture
def slept() -> list[float]:
    """The seconds that were slept."""
    return []


@pytest.fixture
def lab(slept: list[float]) -> Callable[..., Lab]:
    """Make laboratories of a patience of a minute, that sleep by writing it down."""

    def make(
        answer: Callable[[httpx.Request], httpx.Response] = welcome, rules: Sequence[Rule] = (), **settings
    ) -> Lab:
        transport = httpx.MockTransport(answer)
        target = Target(
            "http://127.0.0.1:9/v1/tempolor",
            "user:1-x",
            level=Level.FULL,
            transport=transport,
            patience=60.0,
            **{"clock": RealClock(slept.append), **settings},
        )
        inspector = Inspector(rules, DocumentJudge(effort=Effort.NONE))
        return Lab(target, target.guard(), inspector)

    return make


def never() -> None:
    """Find nothing."""


def test_all_waiting_in_vain_shares_one_patience(lab, slept):
    """What never comes uses it up once; the next wait is short, and says that it proves nothing."""
    mine = lab()

    with pytest.raises(PatienceError) as first:
        mine.until(never, "rain")
    with pytest.raises(PatienceError) as second:
        mine.until(never, "rain")

    assert (first.value.hurried, second.value.hurried) == (False, True)
    assert sum(slept) < 70


def test_waiting_that_is_rewarded_costs_no_patience(lab):
    """Ten waits that end well leave all of it."""
    mine = lab()
    for _ in range(10):
        found = iter([None] * 50 + [1])
        assert mine.until(lambda found=found: next(found), "rain") == 1

    with pytest.raises(PatienceError) as last:
        mine.until(never, "rain")

    assert not last.value.hurried


class StandingStill:
    """A clock that costs nothing to move, and writes down by how much it was."""

    virtual = True

    def __init__(self, moved: list[float]) -> None:
        self.wait = moved.append

    def now(self) -> float:
        """Return the time."""
        return 0.0


def test_what_comes_soon_is_polled_often_where_time_costs_nothing(lab, slept):
    """What goes back for a moment shows; what takes long is asked for less and less often."""
    mine = lab(clock=StandingStill(slept))
    found = iter([None] * 30 + [1])

    mine.until(lambda: next(found), "rain", patience=1000.0)

    assert slept[:10] == [2.0] * 10
    assert slept == sorted(slept)
    assert slept[-1] == mine.pause


def test_an_operation_that_an_overlay_took_away_proves_nothing(lab):
    """Whatever is played goes on with the next scenario."""
    with pytest.raises(UnclearError, match="has no operation split_stems_twice"):
        lab().call("split_stems_twice")


class Rounds:
    """Answers a request once so many of them are there; keeps their paths, round by round."""

    def __init__(self, width: int) -> None:
        self.paths: list[str] = []
        self._gate = Barrier(width, timeout=10)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Wait for the others of the round."""
        self.paths.append(request.url.path.rpartition("/")[2])
        self._gate.wait()
        return httpx.Response(200, json=[])


def steps(lab: Lab) -> list[str]:
    """Send two requests to made-up addresses, one after the other."""
    names = []
    for _ in range(2):
        names.append(lab.name("step"))
        lab.send("GET", f"/{names[-1]}")
    return names


@pytest.mark.parametrize(("elapsed", "judged"), [("00:02", []), ("00:04", ["00:04"]), ("later", [])])
def test_no_job_is_older_than_its_order(lab, elapsed, judged):
    """By the clock of this machine, with some tolerance."""
    job_id = "user:1-tempolor:1-job:x"

    def answer(request: httpx.Request) -> httpx.Response:
        row = {"job_id": job_id, "started": "2026-11-30T10:00:00Z", "elapsed": elapsed}
        return httpx.Response(200, json={"jobs": [job_id]} if request.method == "POST" else [row])

    mine = lab(answer, rules=pick(only=["elapsed-fits-started"]))
    fixtures.order(mine, user_id="1")

    fixtures.check_age(mine, mine.call("list_running_jobs"))

    [tally] = mine.inspector.ledger.tallies.values()
    told = [f"elapsed of {job_id} is {each}, but it was ordered 0 s ago" for each in judged]
    assert [each.message for each in tally.violations] == told


@pytest.mark.parametrize(("settings", "width"), [({}, 32), ({"concurrency": 5}, 5)])
def test_more_is_sent_at_once_where_answers_are_slow(lab, monkeypatch, settings, width):
    """Twice as much, unless somebody set a bound."""
    mine = lab(**settings)
    mine.send("GET", "/scheduler")
    assert mine.width == settings.get("concurrency", 16)

    monkeypatch.setattr("tempolor_contract.runs.scenarios.lab._SLOW_SECONDS", -1)

    assert mine.width == width


def test_what_is_played_side_by_side_is_sent_in_rounds(lab):
    """Three at a time, each step of theirs together; the names are those of a run that sends one after the other."""
    answer = Rounds(3)
    mine, alone = lab(answer, concurrency=3), lab(concurrency=1)

    names = mine.side_by_side([lambda: steps(mine)] * 6)

    firsts, seconds = zip(*names, strict=True)
    rounds = [set(answer.paths[at : at + 3]) for at in range(0, 12, 3)]
    assert rounds == [set(firsts[:3]), set(seconds[:3]), set(firsts[3:]), set(seconds[3:])]
    assert alone.side_by_side([lambda: steps(alone)] * 6) == names


@pytest.mark.parametrize(
    ("rule_id", "change", "shown"),
    [
        ("available-has-all-accounts", {"operation": "delete_account", "arguments": {"user_id": "1"}}, []),
        ("available-has-the-limits", {"operation": "create_account", "json": stored(7)}, [room(7)]),
        ("available-has-the-limits", {"operation": "create_account", "json": stored(7)}, [room(3)]),
    ],
)
def test_an_answer_may_be_of_before_or_after_what_was_sent_with_it(lab, rule_id, change, shown):
    """One that overlaps with the deleting or storing of an account may show it as it was, or as it is."""
    together, limits = Barrier(2, timeout=10), iter((3, 7))

    def answer(request: httpx.Request) -> httpx.Response:
        if not alone:
            together.wait()
        if request.method == "POST":
            account = {"user_id": "1", "updated": 1, "updatedUTC": "x", "maxJobs": next(limits), "requestParams": {}}
            return httpx.Response(200, json=account)
        rows = [room(7)] if len(alone) > 1 else shown
        return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json=capacity(rows))

    mine, alone = lab(answer, rules=pick(only=[rule_id]), concurrency=2), ["first"]
    mine.call("create_account", json=stored(3))
    alone.clear()

    mine.side_by_side([lambda: mine.call("get_available_capacity"), lambda: mine.call(**change)])
    alone += ["last", "one"]
    if change["operation"] == "create_account":
        mine.call("get_available_capacity")

    [tally] = mine.inspector.ledger.tallies.values()
    assert not tally.violations


@pytest.mark.parametrize(("statuses", "broken"), [((204, 204), True), ((204, 404), False), ((404, 404), False)])
def test_of_two_deletions_at_once_one_may_work(lab, statuses, broken):
    """Both are on their way before either is answered."""
    together, answers = Barrier(2, timeout=10), iter(statuses)

    def answer(_: httpx.Request) -> httpx.Response:
        together.wait()
        return httpx.Response(next(answers), json={"error": "Unable to locate running job_id", "code": 404})

    [judged] = pick(only=["cancel-works-once"])
    mine = lab(answer, rules=[judged])
    job_id = mine.guard.inventory.decoy("user:1-tempolor:1-job:x")
    fixtures.once(mine, judged, "cancel_job", {"job_id": job_id})

    [tally] = mine.inspector.ledger.tallies.values()
    assert bool(tally.violations) is broken


@pytest.mark.parametrize("statuses", [(200, 404), (404, 200)])
def test_of_two_deletions_at_once_the_refused_one_came_second(lab, statuses):
    """Whichever was sent first: the thing was there until the other one deleted it."""
    together, answers = Barrier(2, timeout=10), iter(statuses)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"midiRenderVO": {"midiItemId": MIDI, "name": "x"}})
        together.wait()
        return httpx.Response(next(answers), json={"result": True})

    mine = lab(answer, rules=pick(only=["what-was-made-can-be-found"]))
    mine.call("upload_midi", query={"name": "x"}, content=b"MThd", headers={"Content-Type": "audio/midi"})
    mine.at_once("delete_midi", [{"arguments": {"midiItemId": MIDI}}] * 2)

    [tally] = mine.inspector.ledger.tallies.values()
    assert not tally.violations


@pytest.mark.parametrize(
    ("host", "broken"),
    [
        ("127.0.0.1:8", True),
        ("localhost", True),
        ("files:9000", True),
        ("files.svc.internal", True),
        ("127.0.0.1:9", False),
        ("cdn.example", False),
        ("[2001:db8::1]", False),
    ],
)
def test_a_link_to_nobody_on_this_machine_is_found(lab, host, broken):
    """Another machine may be out of reach for reasons of its own, and the service itself may have ended."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    mine = lab(refuse, rules=pick(only=["link-lasts-and-expires"]))
    fetching.fetch(mine, f"http://{host}/a.mp3")

    [tally] = mine.inspector.ledger.tallies.values()
    assert bool(tally.violations) is broken


@pytest.mark.parametrize(("moves", "broken"), [(0, False), (5, False), (6, True)])
def test_a_link_is_followed_a_few_times(lab, moves, broken):
    """Files may be elsewhere; a circle has no file."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        number = int(request.url.path.removeprefix("/"))
        return httpx.Response(302, headers={"Location": f"{number + 1}"}) if number < moves else httpx.Response(200)

    mine = lab(answer, rules=pick(only=["link-lasts-and-expires"]))
    fetching.fetch(mine, "http://files.example/0")

    [tally] = mine.inspector.ledger.tallies.values()
    assert bool(tally.violations) is broken
    assert asked == [f"/{number}" for number in range(min(moves, 5) + 1)]


@pytest.mark.parametrize("broken", [False, True])
def test_the_end_of_a_short_file_is_fetched(lab, broken):
    """Other code may look for it than for what stands between two places."""
    whole = bytes(range(100))

    def answer(request: httpx.Request) -> httpx.Response:
        wanted = request.headers.get("Range", "")
        if not wanted:
            return httpx.Response(200, content=whole)
        first, last = (68, 99) if wanted == "bytes=-32" else (32, 63)
        told = {"Content-Range": f"bytes {first}-{last}/100"}
        piece = whole[:32] if broken and first == 68 else whole[first : last + 1]
        return httpx.Response(206, headers=told, content=piece)

    mine = lab(answer, rules=pick(only=["file-is-whole"]))
    fetching.fetch(mine, "http://files.example/a.mid")

    [tally] = mine.inspector.ledger.tallies.values()
    assert bool(tally.violations) is broken


def test_side_by_side_within_side_by_side_shares_the_rounds(lab):
    """Two of two are four at once."""
    answer = Rounds(4)
    mine = lab(answer, concurrency=4)

    mine.side_by_side([lambda: mine.side_by_side([lambda: steps(mine)] * 2)] * 2)

    assert len(answer.paths) == 8


def test_an_error_is_raised_once_all_others_are_through(lab):
    """What they have seen is not lost."""
    mine = lab(concurrency=2)
    ended = []

    def fail() -> None:
        raise UnclearError("busy")

    with pytest.raises(UnclearError, match="busy"):
        mine.side_by_side([fail, lambda: ended.append(steps(mine))])

    assert len(ended) == 1


def test_what_several_need_is_made_once(lab):
    """Whoever comes later waits until it is there."""
    mine = lab(concurrency=3)

    shared = mine.side_by_side([lambda: mine.shared("steps", lambda: steps(mine))] * 3)

    assert shared[0] == shared[1] == shared[2]
    assert mine.inspector.seen + mine.inspector.foreign == 2


def test_what_several_need_is_waited_for_within_side_by_side_too(lab):
    """Where all of some lanes wait for what another lane is making, they let it go on."""
    mine = lab(concurrency=3)

    def make():
        return mine.shared("steps", lambda: steps(mine))

    made, within = mine.side_by_side([make, lambda: mine.side_by_side([make, make])])

    assert within == [made, made]


def test_waiting_costs_the_others_nothing(lab, slept):
    """Three who wait a second each wait one second together, and a fourth does not wait for them."""
    mine = lab(concurrency=4)

    mine.side_by_side([*[lambda: mine.clock.wait(1)] * 3, lambda: steps(mine)])

    assert sum(slept) <= 1


def test_what_keeps_its_caller_waiting_goes_out_together_and_last(lab):
    """A lane that begins with an upload of minutes holds nobody up, and waits for the uploads of the others."""
    order = []

    def answer(request: httpx.Request) -> httpx.Response:
        order.append(request.method)
        return welcome(request)

    mine = lab(answer, concurrency=3)

    def clone() -> None:
        mine.call("clone_voice", content=b"RIFF", timeout=150.0)

    mine.side_by_side([clone, lambda: steps(mine), lambda: (steps(mine), clone())])

    assert order == ["GET"] * 4 + ["POST"] * 2


@pytest.mark.parametrize(
    ("method", "times", "listing", "broken"),
    [
        ("POST", 3, 200, ["the service hung up on POST /music/song 3 times (ReadError: reset), while GET /scheduler"]),
        ("GET", 4, 200, ["the service hung up on GET /music/song 4 times (ReadError: reset), while GET /scheduler"]),
        ("POST", 2, 200, []),
        ("POST", 3, 503, []),
        (
            "DELETE",
            3,
            200,
            ["the service hung up on DELETE /music/song 3 times (ReadError: reset), while GET /scheduler"],
        ),
    ],
    ids=["an order", "a poll", "a bad moment", "nothing works", "a deletion"],
)
def test_a_request_that_is_hung_up_on_again_and_again_is_broken(lab, method, times, listing, broken):
    """Others have to be answered meanwhile."""
    left = [*range(times)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/scheduler"):
            return httpx.Response(listing, json=[])
        if left and left.pop() is not None:
            raise httpx.ReadError("reset", request=request)
        return httpx.Response(200, json={})

    mine = lab(answer, rules=pick(only=["no-lasting-crash"]))
    with pytest.raises(UnclearError, match="reset"):
        mine.send(method, "/music/song")

    [tally] = mine.inspector.ledger.tallies.values()
    assert [each.message.partition(" was answered")[0] for each in tally.violations] == broken


def test_a_service_that_falls_silent_ends_all_of_them(lab):
    """A round without an answer counts once; none goes on after the last one."""

    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    mine = lab(silent, concurrency=4)
    ended = []

    def insist() -> None:
        try:
            while True:
                mine.call("list_accounts", accept_unclear=True)
        finally:
            ended.append(True)

    with pytest.raises(GoneError, match="stopped answering"):
        mine.side_by_side([insist] * 4)

    assert (len(ended), mine.inspector.faults) == (4, 24)
