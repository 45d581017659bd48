"""The guard holds, whatever stands above it and whatever the service answers."""

import asyncio
import json
from collections import Counter

import httpx
import pytest
from tempolor_contract import (
    CATALOGUE,
    AsyncGuardedTransport,
    Effort,
    Guard,
    GuardedTransport,
    Inventory,
    Level,
    LiveServiceError,
    Need,
    NotAllowedError,
    OverBudgetError,
    RealClock,
    Scenario,
    Target,
    pick,
    provoking,
    run,
)

BASE = "http://127.0.0.1:9/v1/tempolor"
LIVE = "https://api.useapi.net/v1/tempolor"
JOB = "user:1-tempolor:2-job:3"


class Counting:
    """A service that takes everything, and counts what it took."""

    def __init__(self, *, endless=False, dies_after=None) -> None:
        self.sent: Counter[str] = Counter()
        self.made = 0
        self.endless = endless
        self.dies_after = dies_after

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.sent[request.method] += 1
        if self.dies_after is not None and self.sent.total() > self.dies_after:
            raise KeyboardInterrupt
        if not request.headers.get("authorization"):
            return httpx.Response(401, json={"error": "Unauthorized", "code": 401})
        if request.method == "POST":
            self.made += 1
            job = f"user:1-tempolor:2-job:{self.made}"
            return httpx.Response(200, json={"result": True, "jobs": [job], "itemIds": [str(self.made)]})
        return httpx.Response(200, json=self.body(request.url.path))

    def body(self, path: str) -> object:
        """Return something that looks like the answer."""
        if path.endswith("/accounts"):
            return {"2": {"user_id": "2", "maxJobs": 99}}
        if path.endswith("/scheduler"):
            return []
        if path.endswith("/available"):
            return {"executing": [], "available": []}
        item = {"job_id": JOB, "itemId": "3", "status": 30, "progress": 100}
        return item | {"records": [item], "hasNext": self.endless, "cursor": "c" if self.endless else ""}


def target(service, level, **settings) -> Target:
    """Return a target without a network and without waiting."""
    clock = RealClock(sleep=lambda _: None)
    return Target(
        BASE,
        "user:1-x",
        other_token="user:2-y",
        level=level,
        transport=httpx.MockTransport(service),
        clock=clock,
        **settings,
    )


@pytest.mark.parametrize("budget", [0, 1, 2, 5, 20])
def test_no_more_is_made_than_the_budget_allows(budget):
    """A service that takes every order, the invalid ones too, makes no more than the budget."""
    service = Counting()

    result = run(target(service, Level.SAFE, max_creations=budget), CATALOGUE, effort=Effort.NONE)

    assert service.made <= budget
    assert result.spending["created"] == service.made


def test_without_a_budget_safe_makes_nothing():
    """Level safe with nothing said about creations makes none."""
    service = Counting()

    run(target(service, Level.SAFE), CATALOGUE, effort=Effort.NONE)

    assert service.made == 0


@pytest.mark.parametrize("endless", [False, True])
def test_level_read_only_looks_and_not_often(endless):
    """Nothing but GET, at most 60 times, even where pages never end."""
    service = Counting(endless=endless)

    result = run(target(service, Level.READ), CATALOGUE, effort=Effort.NONE)

    assert set(service.sent) == {"GET"}
    assert service.sent.total() <= 60
    assert result.spending["refused"] == {}


def test_the_same_seed_sends_the_same():
    """Names and made-up ids come from the seed, so a failure can be repeated."""
    seen: list[list[str]] = []
    for seed in (1, 1, 2):
        urls: list[str] = []
        service = Counting()

        def spying(request, urls=urls, service=service):
            urls.append(f"{request.method} {request.url}")
            return service(request)

        run(target(spying, Level.READ), CATALOGUE, seed=seed, effort=Effort.NONE)
        # What goes out together may arrive in any order.
        seen.append(sorted(urls))

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_an_interrupted_run_lists_what_it_made():
    """Ctrl-C in the middle: the jobs that were paid for are named, and none of them is deleted."""
    service = Counting(dies_after=75)

    result = run(target(service, Level.SAFE, max_creations=9), CATALOGUE, effort=Effort.NONE)

    assert result.stopped == "interrupted"
    assert len([each for each in result.left_behind if each["id"]]) >= service.made - service.sent["DELETE"]
    assert result.exit_code in {1, 2}


@pytest.mark.parametrize("url", [LIVE, "https://USEAPI.NET/x", "http://api.useapi.net./v1/tempolor"])
def test_the_live_service_is_refused_at_level_full(url):
    """Level full is for mocks."""
    with pytest.raises(LiveServiceError):
        Guard(url, Level.FULL)


def test_a_way_around_to_the_live_service_is_refused_too():
    """Another base URL, a redirect or a wrong setting of another tool ends at the guard."""
    guard = Guard(BASE, Level.FULL)

    with pytest.raises(LiveServiceError):
        guard.admit("POST", f"{LIVE}/music/song")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/music/song"), ("DELETE", f"/music/{JOB}"), ("PUT", "/accounts"), ("post", "/music/midi/?name=x")],
)
def test_level_read_refuses_every_change(method, path):
    """No request that could create, change or delete is let through."""
    with pytest.raises(NotAllowedError):
        Guard(BASE, Level.READ).admit(method, BASE + path)


def test_level_safe_deletes_only_its_own():
    """What the run made, or an id it made up, may be deleted; nothing else."""
    inventory = Inventory()
    guard = Guard(BASE, Level.SAFE, max_creations=1, inventory=inventory)
    ticket = guard.admit("POST", f"{BASE}/music/song")
    guard.settle(ticket, 200, json.dumps({"jobs": [JOB]}).encode())

    guard.admit("DELETE", f"{BASE}/music/{JOB.replace(':', '%3A')}")
    with pytest.raises(NotAllowedError):
        guard.admit("DELETE", f"{BASE}/music/{JOB}4")
    with pytest.raises(NotAllowedError):
        guard.admit("POST", f"{BASE}/accounts")


@pytest.mark.parametrize(("status", "left"), [(200, 0), (202, 0), (400, 1), (429, 1), (500, 0), (None, 0)])
def test_only_a_clear_refusal_gives_a_creation_back(status, left):
    """After a fault or a 5xx, something may have been made."""
    guard = Guard(BASE, Level.SAFE, max_creations=1)

    guard.settle(guard.admit("POST", f"{BASE}/music/song"), status)

    assert guard.remaining == left


def test_the_budget_holds_while_requests_are_under_way():
    """A creation counts from the moment it is let through."""
    guard = Guard(BASE, Level.SAFE, max_creations=1)
    guard.admit("POST", f"{BASE}/music/song")

    with pytest.raises(OverBudgetError):
        guard.admit("POST", f"{BASE}/music/instrumental")


def test_the_token_stays_with_its_service():
    """A link to somewhere else is fetched without the token, or not at all."""
    guard = Guard(BASE, Level.FULL)

    guard.admit("GET", "http://files.example/a.mp3")
    with pytest.raises(NotAllowedError):
        guard.admit("GET", "http://files.example/a.mp3", {"Authorization": "Bearer x"})


def test_both_transports_ask_the_guard():
    """Sync or async, what is refused was never sent."""
    service = Counting()
    guard = Guard(BASE, Level.READ)
    inner = httpx.MockTransport(service)
    with httpx.Client(transport=GuardedTransport(inner, guard)) as client, pytest.raises(NotAllowedError):
        client.post(f"{BASE}/music/song")

    async def post() -> None:
        async with httpx.AsyncClient(transport=AsyncGuardedTransport(inner, guard)) as client:
            await client.get(f"{BASE}/scheduler", headers={"Authorization": "Bearer x"})
            await client.post(f"{BASE}/music/song")

    with pytest.raises(NotAllowedError):
        asyncio.run(post())
    assert service.sent == {"GET": 1}


def test_what_was_made_outlives_a_crash(tmp_path):
    """With a file, each creation is written down before the run goes on."""
    file = tmp_path / "made.ndjson"
    inventory = Inventory(file)

    inventory.created("create_song", json.dumps({"jobs": [JOB]}).encode())
    inventory.deleted("delete_music", JOB)

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines == [{"created": JOB, "by": "create_song"}, {"deleted": JOB, "by": "delete_music"}]


def refuse(request):
    """Answer like a service one cannot reach."""
    raise httpx.ConnectError("Connection refused")


UNFIT = {
    "unreachable": (refuse, "cannot reach"),
    "HTML": (lambda _: httpx.Response(200, html="<h1>hi</h1>"), "does not look like the API"),
    "wrong path": (lambda _: httpx.Response(404, json={"detail": "Not Found"}), "does not look like the API"),
    "another path of it": (lambda _: httpx.Response(404, json={"error": "Not Found", "code": 404}), "up to /accounts"),
    "redirect": (lambda _: httpx.Response(301, headers={"Location": "https://x/"}), "gave 301 to https://x/"),
    "token refused": (lambda _: httpx.Response(401, json={"error": "Unauthorized", "code": 401}), "refuses the token"),
    "broken JSON": (lambda _: httpx.Response(200, content=b'{"a":'), "does not look like the API"),
    "hangs": (lambda _: (each for each in ()).throw(httpx.ReadTimeout("timed out")), "does not answer"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_cannot_be_judged_is_said_in_one_line(case):
    """A target that is no such service ends the run at once, with 2 and the reason."""
    service, told = UNFIT[case]

    result = run(target(service, Level.READ), CATALOGUE, effort=Effort.NONE)

    assert told in result.stopped
    assert "\n" not in result.stopped
    assert (result.exit_code, result.violations) == (2, [])


def test_a_service_without_accounts_is_judged_though_its_doors_are_closed():
    """A 404 that speaks of accounts is an answer only this API gives, unlike its 404 for a path that is not there."""

    def closed(request):
        known = request.url.path.rpartition("/")[2] in {"accounts", "scheduler", "available"}
        return httpx.Response(404, json={"error": "No accounts configured" if known else "Not Found", "code": 404})

    assert run(target(closed, Level.READ), CATALOGUE, effort=Effort.NONE).verified


def test_a_service_that_dies_in_the_middle_ends_the_run():
    """After many calls without an answer the run ends, and keeps what was verified until then."""
    service = Counting()

    def dying(request):
        if service.sent.total() > 20:
            raise httpx.RemoteProtocolError("closed")
        return service(request)

    result = run(target(dying, Level.READ), CATALOGUE, effort=Effort.NONE)

    assert "stopped answering" in result.stopped
    assert result.verified > 5


def test_a_play_that_trips_does_not_end_the_run():
    """An answer of a shape nobody thought of costs one scenario, not the report."""

    def trip(lab):
        raise KeyError(lab.target.base_url)

    rules = pick(only=["no-redirects"])
    scenarios = (Scenario("trip", trip, frozenset({Need.READ}), provokes=("no-redirects",)), *provoking(rules))

    result = run(target(Counting(), Level.READ), rules, scenarios=scenarios, effort=Effort.NONE)

    assert result.scenarios["trip"].startswith("inconclusive: tripped")
    assert result.scenarios["survey"] == "played"
    assert result.mishap.startswith("trip tripped over an answer: KeyError")
    assert result.exit_code == 2


def test_an_exception_that_nobody_expected_ends_a_run_with_its_report():
    """What failed is the kit and not the service, so that is no violation, and what was verified is kept."""

    def fail(number, *_):
        if number:
            raise ImportError("half a module")

    rules = pick(only=["no-redirects", "own-limit-replaces-the-accounts"])

    result = run(target(Counting(), Level.FULL), rules, effort=Effort.NONE, progress=fail)

    assert "themselves failed: ImportError: half a module" in result.stopped
    assert result.verified
    assert result.exit_code == 2
