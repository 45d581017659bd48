"""Fault rules: matching, counting, precedence, other answers, bad input."""

import httpx
import pytest

FAULTS = "http://mock/_mock/faults"
ORDER = {"prompt": "A song about RAIN"}


def rules(client):
    """Return the rules as the control plane shows them."""
    return client.get(FAULTS).raise_for_status().json()["faults"]


def statuses(client, count, path="/accounts"):
    """Return the statuses of some reads."""
    return [client.get(path).status_code for _ in range(count)]


def test_a_rule_answers_in_the_operations_place(client, add_fault):
    """Here with a fault of the platform."""
    client.account("111")
    add_fault(client, "status", status=503, retry_after=9)

    response = client.get("/accounts")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "9")
    assert response.json() == {"error": "Service Unavailable", "code": 503}


def test_a_rule_answers_a_documented_example(client, add_fault):
    """As `Prefer` does; operations without that answer are left alone."""
    client.account("111")
    add_fault(client, "status", example="upstream_busy")

    assert client.post("/music/song", json=ORDER).status_code == 429
    assert client.get("/accounts").status_code == 200


def test_a_rule_answers_with_a_text_of_ones_own(client, add_fault):
    """Any status from 400 on."""
    add_fault(client, "status", status=418, text="short and stout")

    assert client.get("/accounts").json() == {"error": "short and stout", "code": 418}


def test_upstream_busy_is_the_429_without_running_jobs(client, add_fault):
    """Only orders are refused, and no job is started."""
    client.account("111")
    add_fault(client, "upstream_busy", rule={"times": 1})

    refused = client.post("/music/instrumental", json=ORDER)

    assert refused.json() == {
        "error": "please wait for current Generations to finish or upgrade your plan",
        "code": 429,
    }
    assert client.get("/scheduler").json() == []
    assert len(client.song()) == 2


def test_quota_spent_is_the_402(client, add_fault):
    """Orders and the configuration of accounts have it."""
    client.account("111")
    add_fault(client, "quota_spent")

    assert client.post("/music/song", json=ORDER).json() == {"error": "Subscription required", "code": 402}
    assert client.post("/accounts", json={"requestParams": {}}).status_code == 402
    assert client.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, True),
        ({"operation_ids": ["create_song"]}, True),
        ({"operation_ids": ["create_instrumental", "create_song"]}, True),
        ({"operation_ids": ["get_music"]}, False),
        ({"user_id": "111"}, True),
        ({"user_id": "222"}, False),
        ({"method": "POST"}, True),
        ({"method": "GET"}, False),
        ({"path": "/v1/tempolor/music/"}, True),
        ({"path": "/v1/tempolor/accounts"}, False),
        ({"header": {"name": "x-WORKER"}}, True),
        ({"header": {"name": "X-Worker", "value": "w3"}}, True),
        ({"header": {"name": "X-Worker", "value": "w4"}}, False),
        ({"header": {"name": "X-Other"}}, False),
        ({"prompt": "rain"}, True),
        ({"prompt": "snow"}, False),
        ({"prompt": "rain", "method": "POST", "user_id": "111"}, True),
        ({"prompt": "rain", "method": "POST", "user_id": "222"}, False),
    ],
)
def test_a_rule_is_about_requests_that_agree_with_all_of_it(client, add_fault, match, hit):
    """Operation, account, method, path, header, prompt."""
    client.account("111")
    add_fault(client, "status", status=503, match=match)

    response = client.post("/music/song", json=ORDER, headers={"X-Worker": "w3"})

    assert response.status_code == (503 if hit else 200)
    assert rules(client)[0]["matched"] == rules(client)[0]["applied"] == int(hit)


@pytest.mark.parametrize("account", ["111", "222"])
def test_the_account_is_the_one_that_the_request_names(client, add_fault, account):
    """In the query, in the path, in the body, or inside an id."""
    client.account("111")
    client.account("222")
    (job, *_) = client.song(user_id=account)
    add_fault(client, "status", status=503, match={"user_id": "111"})

    seen = {
        client.get("/music", params={"user_id": account}).status_code,
        client.get(f"/accounts/{account}").status_code,
        client.get(f"/music/{job}").status_code,
        client.post("/music/song", json={**ORDER, "user_id": account}).status_code,
        client.post("/accounts", json={"requestParams": {"user_id": account}}).status_code,
    }

    assert seen == ({503} if account == "111" else {200})


def test_the_first_requests_pass_and_then_some_are_hit(client, add_fault):
    """`skip`, then `times`, then no more; every match is counted."""
    client.account("111")
    add_fault(client, "status", status=503, rule={"skip": 2, "times": 3})

    assert statuses(client, 7) == [200, 200, 503, 503, 503, 200, 200]
    (rule,) = rules(client)
    assert (rule["matched"], rule["applied"], rule["remaining"]) == (7, 3, 0)


def test_a_probability_is_drawn_from_the_seed(new_client, add_fault):
    """The same world and rule, the same hits; another seed, others; about as many as asked for."""
    runs = []
    for seed in (0, 0, 1):
        client = new_client(policy=policy(seed=seed))
        client.account("111")
        add_fault(client, "status", status=503, rule={"probability": 0.3})
        runs.append(statuses(client, 100))

    assert runs[0] == runs[1] != runs[2]
    assert all(15 <= run.count(503) <= 45 for run in runs)


def policy(**changes):
    """Return a policy."""
    from tempolor_mock import Policy  # noqa: PLC0415 - one place

    return Policy(**changes)


def test_never_and_always_are_probabilities_too(client, add_fault):
    """0 and 1."""
    client.account("111")
    add_fault(client, "status", status=502, rule={"probability": 0})
    add_fault(client, "status", status=503, rule={"probability": 1})

    assert statuses(client, 20) == [503] * 20


def test_the_first_rule_that_is_due_wins(client, add_fault):
    """In the order of their creation, also beyond nine of them; one that is used up passes requests on."""
    client.account("111")
    for number in range(12):
        add_fault(client, "status", status=400 + number, text="x", rule={"times": 1})

    assert statuses(client, 13) == [*range(400, 412), 200]


def test_a_rule_that_is_not_about_a_request_counts_nothing(client, add_fault):
    """Nor does a later one that was not reached."""
    client.account("111")
    for ids in (["get_music"], ["list_accounts"], ["list_accounts"]):
        add_fault(client, "status", status=503, match={"operation_ids": ids})

    statuses(client, 2)

    assert [rule["matched"] for rule in rules(client)] == [0, 2, 0]


def test_a_request_that_is_refused_as_malformed_is_not_counted(client, add_fault):
    """Authorization and the document's checks come first."""
    add_fault(client, "status", status=503)

    assert client.post("/music/song", json={}).status_code == 400
    assert rules(client)[0]["matched"] == 0


def test_what_a_rule_counted_is_kept_whatever_becomes_of_the_request(client, add_fault):
    """Here the account is not there."""
    add_fault(client, "status", status=503, rule={"skip": 1})

    assert statuses(client, 2) == [404, 503]


def test_rules_are_shown_as_they_were_given(client):
    """With an id, and with what they did."""
    given = {
        "match": {"operation_ids": ["get_music"], "header": {"name": "x-a", "value": "b"}},
        "effect": {"kind": "truncate", "bytes": 5},
        "times": 2,
        "skip": 1,
        "probability": 0.5,
    }

    created = client.control("faults", **given).json()

    assert created == {"id": "1", **given, "matched": 0, "applied": 0, "remaining": 2}
    assert rules(client) == [created]


def test_rules_are_deleted_by_id_or_all_together(client, add_fault):
    """An id is never given twice."""
    client.account("111")
    first = add_fault(client, "status", status=502)
    add_fault(client, "status", status=503)

    assert client.delete(f"{FAULTS}/{first}").status_code == 204
    assert client.delete(f"{FAULTS}/{first}").status_code == 404
    assert statuses(client, 1) == [503]
    assert client.delete(FAULTS).json() == {"faults": 1}
    assert statuses(client, 1) == [200]
    assert add_fault(client, "status", status=502) == "3"


def test_a_reset_forgets_rules(client, add_fault):
    """The world begins anew, its numbers too."""
    add_fault(client, "status", status=503)

    client.control("reset")

    assert rules(client) == []
    assert add_fault(client, "status", status=503) == "1"


def test_rules_are_of_one_world(client, new_client, add_fault):
    """Another token does not see them."""
    add_fault(client, "status", status=503)
    other = new_client(f"{client.api_token}-other")
    other.account("111")

    assert other.get("/accounts").status_code == 200
    assert rules(other) == []


def test_the_control_plane_is_never_hit(client, add_fault):
    """Or nobody could get rid of a rule."""
    add_fault(client, "status", status=503)

    assert client.get("http://mock/_mock/clock").status_code == 200
    assert rules(client)[0]["matched"] == 0


def test_files_are_hit_as_the_operation_get_file(client, add_fault):
    """A link that leads nowhere, and a file that is cut short."""
    client.account("111")
    url = client.link(client.completed_song())
    add_fault(
        client, "status", status=404, text="File not found", match={"operation_ids": ["get_file"]}, rule={"times": 1}
    )
    add_fault(client, "truncate", bytes=10, match={"path": "/files/"}, rule={"times": 1})

    assert client.get(url).status_code == 404
    with pytest.raises(ConnectionResetError):
        client.get(url)
    assert client.get(url, headers={"Range": "bytes=0-99"}).status_code == 206


def test_a_hit_is_told_in_the_journal(client, add_fault):
    """By the rule's id and its effect."""
    fault_id = add_fault(client, "status", status=503)
    client.get("/accounts")

    entry = client.get("http://mock/_mock/requests").json()["requests"][0]
    assert entry["forced"] == f"fault {fault_id}: status"


@pytest.mark.parametrize("kind", ["drop", "reset"])
@pytest.mark.parametrize("carried_out", [False, True])
def test_without_a_socket_a_lost_connection_is_an_exception(client, add_fault, kind, carried_out):
    """A client in the same process sees it come out of its transport; the order has its effect, or has not."""
    client.account("111")
    add_fault(client, kind, carried_out=carried_out, match={"operation_ids": ["create_song"]})

    with pytest.raises(ConnectionResetError, match="by a fault rule"):
        client.post("/music/song", json=ORDER)

    assert len(client.get("/scheduler").json()) == (2 if carried_out else 0)


def test_malformed_json_is_no_json(client, add_fault):
    """Its length is right, and its type; also where the answer is a refusal or nearly empty."""
    add_fault(client, "malformed_json")

    for path in ("/accounts", "/scheduler"):
        response = client.get(path)
        assert response.headers["content-type"] == "application/json"
        assert int(response.headers["content-length"]) == len(response.content) > 0
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            response.json()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["effect"]),
        ({"effect": {}}, ["effect", "kind"]),
        ({"effect": "drop"}, ["effect", "object"]),
        ({"effect": {"kind": "explode"}}, ["effect.kind", "delay"]),
        ({"effect": {"kind": "drop"}, "time": 1}, ["time: not known", "times"]),
        ({"effect": {"kind": "drop", "second": 1}}, ["effect.second: not known", "seconds"]),
        ({"effect": {"kind": "drop"}, "match": {"operation": "x"}}, ["match.operation: not known", "operation_ids"]),
        ({"effect": {"kind": "drop"}, "times": "two"}, ["times", "integer"]),
        ({"effect": {"kind": "drop"}, "times": 0}, ["times", "minimum"]),
        ({"effect": {"kind": "drop"}, "probability": 2}, ["probability", "maximum"]),
        ({"effect": {"kind": "drop"}, "skip": -1}, ["skip", "minimum"]),
        ({"effect": {"kind": "drop"}, "match": {"operation_ids": "get_music"}}, ["match.operation_ids", "array"]),
        ({"effect": {"kind": "drop"}, "match": {"operation_ids": ["nope"]}}, ["no operation nope", "get_music"]),
        ({"effect": {"kind": "drop"}, "match": {"header": {"value": "x"}}}, ["match.header", "name"]),
        ({"effect": {"kind": "delay"}}, ["effect.seconds is required"]),
        ({"effect": {"kind": "delay", "seconds": -1}}, ["effect.seconds", "minimum"]),
        ({"effect": {"kind": "delay", "seconds": 1, "bytes": 3}}, ["effect.bytes means nothing", "seconds"]),
        ({"effect": {"kind": "job_fails", "progress": 100}}, ["effect.progress", "maximum"]),
        (
            {"effect": {"kind": "job_fails"}, "match": {"operation_ids": ["get_music"]}},
            ["for create_song, create_instrumental", "not for get_music"],
        ),
        ({"effect": {"kind": "status"}}, ["effect.status is required"]),
        ({"effect": {"kind": "status", "status": 418}}, ["No operation has an answer 418", "needs a text"]),
        ({"effect": {"kind": "status", "status": 200, "text": "x"}}, ["from 400 to 599"]),
        (
            {"effect": {"kind": "status", "status": 429}, "match": {"operation_ids": ["get_music"]}},
            ["get_music has no answer 429", "404 (no_record)"],
        ),
        ({"effect": {"kind": "status", "example": "nope"}}, ["No operation has an answer nope"]),
    ],
)
def test_a_rule_that_makes_no_sense_is_a_400_that_says_what_to_do(client, body, words):
    """And there is no rule afterwards."""
    response = client.post(FAULTS, json=body)

    assert response.status_code == 400
    assert all(word in response.json()["error"] for word in words), response.json()["error"]
    assert rules(client) == []


def test_the_examples_of_the_control_document_are_accepted(client):
    """All of them in one world."""
    document = client.get("http://mock/_mock/openapi.json").json()
    content = document["paths"]["/faults"]["post"]["requestBody"]["content"]["application/json"]

    for example in content["examples"].values():
        assert client.post(FAULTS, json=example["value"]).status_code == 200


def test_there_is_an_end_to_the_number_of_rules(client, add_fault, monkeypatch):
    """Each request looks at all of them."""
    monkeypatch.setattr("tempolor_mock.domain.faults.MOST_RULES", 2)
    add_fault(client, "status", status=503)
    add_fault(client, "status", status=503)

    with pytest.raises(httpx.HTTPStatusError):
        add_fault(client, "status", status=503)
