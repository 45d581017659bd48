"""Jobs that go wrong, jobs that polls make ready, and quotas."""

import pytest
from tempolor_mock import Policy

FAULTS = "http://mock/_mock/faults"
WORLD = "http://mock/_mock/world"


def progress(client, job_id):
    """Return status and progress of a job."""
    item = client.get(f"/music/{job_id}").raise_for_status().json()
    return item["status_name"], item["progress"]


def life(client, job_id, seconds=60):
    """Return what a job goes through, second by second, each state once."""
    seen = [progress(client, job_id)]
    for _ in range(seconds):
        client.advance(1)
        if (now := progress(client, job_id)) != seen[-1]:
            seen.append(now)
    return seen


@pytest.fixture
def quick(new_client):
    """A client whose jobs take ten seconds, with an account."""
    client = new_client(policy=Policy(job_seconds=(10, 10), jobs_per_request=1, download_lag_seconds=(2, 2)))
    client.account("111")
    return client


def test_a_job_fails_at_a_progress(quick, add_fault):
    """Its slot is free then; the next one is as ever."""
    add_fault(quick, "job_fails", progress=35, rule={"times": 1})
    (failing,), (other,) = quick.song(), quick.song()

    seen = life(quick, failing, 12)

    assert seen == [("GENERATING", 0), ("GENERATING", 20), ("FAILED", 35)]
    assert progress(quick, other) == ("COMPLETED", 100)
    assert quick.get(f"/music/download/{failing}").json()["error"] == "Generation is not completed yet (10)"
    assert quick.get("/scheduler").json() == []


def test_progress_freezes_and_then_jumps_to_the_end(quick, add_fault):
    """At the same time as without the rule."""
    add_fault(quick, "progress_freezes", progress=50)
    (job,) = quick.song()

    assert life(quick, job, 12) == [("GENERATING", number) for number in (0, 20, 40, 50)] + [("COMPLETED", 100)]


def test_a_job_stalls_until_the_rule_is_gone(quick, add_fault):
    """For years, its slot taken; then it takes the time that was missing."""
    fault_id = add_fault(quick, "job_stalls", progress=60)
    (job,) = quick.song()
    quick.advance(300_000_000)

    assert progress(quick, job) == ("GENERATING", 60)
    assert len(quick.get("/scheduler").json()) == 1
    quick.delete(f"{FAULTS}/{fault_id}")
    assert life(quick, job, 12) == [("GENERATING", 60), ("COMPLETED", 100)]
    assert quick.get("/scheduler").json() == []


def test_a_rule_used_up_still_stalls_its_job(quick, add_fault):
    """Deleting all rules lets it go."""
    add_fault(quick, "job_stalls", rule={"times": 1})
    (stalled,), (other,) = quick.song(), quick.song()
    quick.advance(1000)

    assert [progress(quick, job)[0] for job in (stalled, other)] == ["GENERATING", "COMPLETED"]
    quick.delete(FAULTS)
    assert [each["job_id"] for each in quick.advance(20)] == [stalled]


def test_a_stalled_job_stalls_in_a_snapshot_too(quick, new_client, add_fault):
    """The rule comes along, and can be deleted there."""
    add_fault(quick, "job_stalls")
    (stalled,) = quick.song()
    other = new_client(f"{quick.api_token}-other")

    other.put("http://mock/_mock/snapshot", json=quick.get("http://mock/_mock/snapshot").json()).raise_for_status()

    assert other.advance(1000) == []
    assert other.delete(FAULTS).json() == {"faults": 1}
    assert [each["job_id"] for each in other.advance(20)] == [stalled]


def test_the_file_comes_late(quick, add_fault):
    """So many seconds after COMPLETED."""
    add_fault(quick, "download_lag", seconds=30)
    (job,) = quick.song()

    quick.advance(39)
    assert progress(quick, job)[0] == "COMPLETED"
    assert quick.get(f"/music/download/{job}").status_code == 404
    quick.advance(1)
    assert quick.get(f"/music/download/{job}").status_code == 200


def test_a_rule_about_jobs_waits_for_one_that_starts(quick, add_fault):
    """An order that is refused gives the hit back."""
    add_fault(quick, "job_fails", rule={"times": 1})

    assert quick.post("/music/song", json={"prompt": "x", "user_id": "999"}).status_code == 404
    (job,) = quick.song()
    quick.advance(60)
    assert progress(quick, job)[0] == "FAILED"


def test_a_rule_only_picks_the_prompts_it_names(quick, add_fault):
    """Two orders at once."""
    add_fault(quick, "job_fails", match={"prompt": "rain"})
    (wet,), (dry,) = quick.song("Rain"), quick.song("Sun")
    quick.advance(60)

    assert [progress(quick, job)[0] for job in (wet, dry)] == ["FAILED", "COMPLETED"]


def polled(new_client, polls, **policy):
    """Return a client of a mock whose jobs are made ready by polls."""
    client = new_client(policy=Policy(ready_after_polls=polls, jobs_per_request=1, **policy))
    client.account("111")
    return client


@pytest.mark.parametrize("polls", [1, 2, 4, 7])
def test_so_many_polls_make_a_job_ready_though_the_clock_stands_still(new_client, polls):
    """Progress rises on the way, the slot is free in the end, and the file is there."""
    client = polled(new_client, polls)
    (job,) = client.song()

    seen = [progress(client, job) for _ in range(polls + 2)]

    running, final = seen[: polls - 1], seen[polls - 1 :]
    assert all(status == "GENERATING" for status, _ in running)
    assert [number for _, number in running] == sorted({number for _, number in running})
    assert set(final) == {("COMPLETED", 100)}
    assert client.get("/scheduler").json() == []
    assert client.get(f"/music/download/{job}").status_code == 200


def test_time_alone_makes_nothing_ready_where_polls_do(new_client):
    """The number of polls is exact, however slow the client."""
    client = polled(new_client, 3)
    (job,) = client.song()
    client.advance(1_000_000)

    assert [progress(client, job)[0] for _ in range(3)] == ["GENERATING", "GENERATING", "COMPLETED"]


def test_polls_are_counted_for_each_job(new_client):
    """Listings do not count."""
    client = polled(new_client, 2)
    (one,), (two,) = client.song(), client.song()
    for _ in range(5):
        client.get("/music")

    assert progress(client, one)[0] == progress(client, two)[0] == "GENERATING"
    assert progress(client, one)[0] == "COMPLETED"
    assert [each["job_id"] for each in client.get("/scheduler").json()] == [two]


def test_rules_bend_jobs_that_polls_make_ready(new_client, add_fault):
    """A failure comes with the last poll; a stalled job does not mind polls until the rule is gone."""
    client = polled(new_client, 2)
    add_fault(client, "job_fails", progress=10, match={"prompt": "fail"})
    add_fault(client, "job_stalls", match={"prompt": "stall"})
    (failing,), (stalled,) = client.song("fail"), client.song("stall")

    assert [progress(client, failing) for _ in range(2)] == [("GENERATING", 10), ("FAILED", 10)]
    assert {progress(client, stalled)[0] for _ in range(5)} == {"GENERATING"}
    client.delete(FAULTS)
    assert [progress(client, stalled)[0] for _ in range(2)] == ["GENERATING", "COMPLETED"]


@pytest.mark.parametrize("polls", [1, 2])
def test_a_stalled_job_that_polls_make_ready_goes_on(new_client, add_fault, polls):
    """It needs as many polls as any other one, counted from the end of the rule."""
    client = polled(new_client, polls)
    fault_id = add_fault(client, "job_stalls")
    (stalled,) = client.song()
    assert progress(client, stalled)[0] == "GENERATING"
    client.delete(f"{FAULTS}/{fault_id}")
    assert [progress(client, stalled)[0] for _ in range(polls)] == ["GENERATING"] * (polls - 1) + ["COMPLETED"]


def test_the_end_of_a_job_that_waits_is_not_known(quick, new_client, add_fault):
    """Neither while a rule holds it up nor while only polls can end it; the page for people shows such jobs too."""
    add_fault(quick, "job_stalls", rule={"times": 1})
    quick.song("stalled")
    quick.song("running")
    waiting = polled(new_client, 3)
    waiting.song("polled")
    ends = {each["prompt"]: each["ends"] for client in (quick, waiting) for each in client.get(WORLD).json()["jobs"]}
    assert ends["stalled"] is None
    assert ends["polled"] is None
    assert ends["running"].endswith("Z")


def test_callbacks_follow_the_polls(new_client):
    """Each step is reported, the last one final."""
    client = polled(new_client, 3)
    (job,) = client.song(replyUrl="http://127.0.0.1:9/hook")
    for _ in range(3):
        progress(client, job)

    calls = client.get("http://mock/_mock/callbacks").json()["callbacks"]
    assert len(calls) == 3


def test_a_share_of_jobs_fails_by_policy(new_client):
    """The same ones with the same seed; about as many as asked for."""
    runs = []
    for _ in range(2):
        client = new_client(policy=Policy(fail_rate=0.4))
        client.account("111", maxJobs=100)
        jobs = [job for _ in range(25) for job in client.song()]
        client.advance(60)
        runs.append([progress(client, job)[0] for job in jobs])

    assert runs[0] == runs[1]
    assert 10 <= runs[0].count("FAILED") <= 30
    assert set(runs[0]) == {"FAILED", "COMPLETED"}


def test_a_rule_wins_over_the_policy(new_client, add_fault):
    """Here one that only makes progress freeze."""
    client = new_client(policy=Policy(fail_rate=1))
    client.account("111")
    add_fault(client, "progress_freezes", rule={"times": 1})
    (frozen, _), (failing, _) = client.song(), client.song()
    client.advance(60)

    assert [progress(client, job)[0] for job in (frozen, failing)] == ["COMPLETED", "FAILED"]


def test_a_quota_counts_down_and_is_spent(new_client):
    """The last order starts what is left; then there is the 402, and no job."""
    client = new_client(policy=Policy(total_generations=5))
    client.account("111")
    orders = [client.post("/music/song", json={"prompt": "x"}) for _ in range(3)]

    assert [order.json()["remainNum"] for order in orders] == [3, 1, 0]
    assert [order.json()["totalNum"] for order in orders] == [5] * 3
    seconds = [order.json()["remainSeconds"] for order in orders]
    assert seconds == sorted(seconds, reverse=True)
    assert len(set(seconds)) == 3
    assert [len(order.json()["jobs"]) for order in orders] == [2, 2, 1]
    spent = client.post("/music/instrumental", json={"prompt": "x"})
    assert (spent.status_code, spent.json()["error"]) == (402, "Subscription required")
    assert len(client.get("/scheduler").json()) == 5


def test_a_quota_is_of_one_world(new_client):
    """Another token has its own."""
    client = new_client(policy=Policy(total_generations=2))
    client.account("111")
    client.song()
    other = type(client)(f"{client.api_token}-other", transport=client._transport, base_url=client.base_url)
    other.account("111")

    assert len(other.song()) == 2


def test_deleting_jobs_gives_no_quota_back(new_client):
    """What was generated was generated."""
    client = new_client(policy=Policy(total_generations=2))
    client.account("111")
    for job in client.song():
        client.delete(f"/music/{job}")

    assert client.post("/music/song", json={"prompt": "x"}).status_code == 402
