"""Recordings are read, judged and written without losing or telling too much."""

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from stories import HOOK, JOB, JOB2, TOKEN, call, callback, error, music, order, page, read, stored, story
from tempolor_contract import CATALOGUE, Exchange, Request, Response
from tempolor_contract.cli.check import check_command
from tempolor_contract.exchanges.errors import BrokenRecordingError
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.exchanges.recording import read_recording
from tempolor_contract.judging.check import check
from tempolor_contract.judging.known_differences import KnownDifference, Register

GOOD = story(stored(), order(), read(music(0, 10)), read(music(30)), page("/music", music(30)))
BAD = story(*GOOD, read(music(0, 20)))


def har(file, exchanges):
    """Write a HAR file."""
    with HarWriter(file) as writer:
        for exchange in exchanges:
            writer.write(exchange)
    return file


def ndjson(file, exchanges):
    """Write exchanges, one a line."""
    file.write_text("".join(json.dumps(exchange.to_json()) + "\n" for exchange in exchanges))
    return file


def vcr(file, exchanges):
    """Write a cassette as Schemathesis does; JSON is YAML too."""
    interactions = [
        {
            "request": {
                "uri": each.request.url,
                "method": each.request.method,
                "headers": {name: [value] for name, value in each.request.headers},
                "body": {"encoding": "utf-8", "string": each.request.body.decode()},
            },
            "response": {
                "status": {"code": str(each.response.status), "message": ""},
                "elapsed": str(each.elapsed),
                "headers": {name: [value] for name, value in each.response.headers},
                "body": {"encoding": "utf-8", "string": each.response.body.decode()},
            },
            "recorded_at": f"2025-05-20T09:00:{number:02}.000001+00:00",
        }
        for number, each in enumerate(exchanges)
    ]
    text = "\n".join(f"- {json.dumps(each)}" for each in interactions)
    file.write_text(f"recorded_with: 'Schemathesis'\nhttp_interactions:\n{text}\n")
    return file


WRITERS = {"har": har, "ndjson": ndjson, "vcr": vcr}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_tells_the_same_story(tmp_path, kind):
    """A recording keeps requests, answers and their order, whatever its format."""
    exchanges = list(read_recording(WRITERS[kind](tmp_path / "a", GOOD)))

    assert [each.request.url for each in exchanges] == [each.request.url for each in GOOD]
    assert [each.response.body for each in exchanges] == [each.response.body for each in GOOD]
    assert [each.request.body for each in exchanges] == [each.request.body for each in GOOD]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_good_recording_passes_and_a_bad_one_fails(tmp_path, kind):
    """The rules find in a recording what they find elsewhere."""
    good = check([WRITERS[kind](tmp_path / "good", GOOD)], CATALOGUE)
    bad = check([WRITERS[kind](tmp_path / "bad", BAD)], CATALOGUE)

    assert not good.violations, good.violations[0].message
    assert good.exit_code == 0
    assert {"final-stays-final", "status-never-goes-back"} <= {each.rule.id for each in bad.violations}
    assert bad.exit_code == 1


FINE = call("GET", "/scheduler", 200, [])


@pytest.mark.parametrize(
    ("crashes", "others", "told"),
    [
        (5, [FINE], ["5 of 7 requests of get_music"]),
        (5, [FINE] * 30, ["5 of 7 requests of get_music"]),
        (5, [FINE, *[call("GET", f"/music/{JOB}", 200, music(0))] * 100], []),
        (4, [FINE], []),
        (20, [], []),
    ],
    ids=["one operation", "now and then", "seldom", "a few times", "for a while"],
)
def test_a_recorded_service_that_fails_now_and_then_is_broken(tmp_path, crashes, others, told):
    """Whatever it is asked, or where one operation is asked; one that is out for a while is not."""
    parts = [[call("GET", f"/music/{JOB}{number}", 500, error(500)), *others] for number in range(crashes)]
    file = har(tmp_path / "x", story(*GOOD, *(each for part in parts for each in part)))

    found = check([file], [each for each in CATALOGUE if each.id == "no-lasting-crash"]).violations

    assert [each.message for each in found] == [
        f"{what} were answered 5xx, between others that were not" for what in told
    ]


def test_crashes_of_two_operations_are_told_together(tmp_path):
    """Neither of them is the one that fails."""
    crashes = [
        call("GET", f"{path}/{JOB}", 500, error(500)) for path in ("/music", "/music/download") for _ in range(2)
    ]
    crashes.append(call("DELETE", f"/music/{JOB}", 500, error(500)))
    file = har(tmp_path / "x", story(*GOOD, *(each for crash in crashes for each in (crash, FINE))))

    found = check([file], [each for each in CATALOGUE if each.id == "no-lasting-crash"]).violations

    assert [each.message for each in found] == ["5 of 15 requests were answered 5xx, between others that were not"]


def test_answers_that_break_off_now_and_then_are_told(tmp_path):
    """They count with those of 5xx; who does not answer at all may be out of reach."""
    fault = "RemoteProtocolError: peer closed connection without sending complete message body (received 1 bytes)"
    whole = page("/music", music(30))
    told = []
    for each in (fault, "ReadTimeout"):
        broken = replace(whole, response=None, fault=each)
        file = ndjson(tmp_path / "x.ndjson", story(*GOOD, *[broken, whole] * 5))
        found = check([file], [each for each in CATALOGUE if each.id == "no-lasting-crash"], live=False).violations
        told.append([each.message for each in found])

    words = "5 of 11 requests of list_music were answered 5xx or broke off, between others that were not"
    assert told == [[words], []]


LOST = [f"{JOB}{number}" for number in range(2)]
HEARD = [f"{JOB2}{number}" for number in range(3)]
ENDED = [each for job in LOST for each in (order(job, replyUrl=HOOK), read(music(30, job=job)))]
REPORTED = [each for job in HEARD for each in (order(job, replyUrl=HOOK), callback(music(30, job=job), replyUrl=HOOK))]
ELSEWHERE = [order(job, replyUrl="http://127.0.0.2:9/hook") for job in LOST]
WRONG = "2 jobs have ended, {} first, but no final callback of them came, while those of 3 others came at once"


@pytest.mark.parametrize(
    ("exchanges", "broken"),
    [
        ([*ENDED, *REPORTED], True),
        ([*ENDED[:2], *REPORTED], False),
        ([*ENDED, *REPORTED[:4]], False),
        ([*REPORTED, *ENDED], False),
        ([*REPORTED, *ENDED, *[FINE] * 6], False),
        ([*ENDED, *REPORTED[:5], replace(REPORTED[5], response=Response(status=503))], False),
        ([*ENDED, call("DELETE", f"/scheduler/{LOST[0]}", 204), *REPORTED], False),
        ([*ENDED, call("DELETE", f"/scheduler/{LOST[0]}", 204, token="user:777-demo"), *REPORTED], False),
        ([*ELSEWHERE, ENDED[1], ENDED[3], *REPORTED], False),
        ([*REPORTED[:5], *ENDED, read(music(30, job=HEARD[2])), FINE, FINE, FINE, REPORTED[5]], False),
    ],
    ids=[
        "lost",
        "one",
        "two heard",
        "too soon",
        "nobody was told later",
        "refused",
        "cancelled",
        "cancelled by another",
        "elsewhere",
        "slow",
    ],
)
def test_callbacks_that_are_lost_when_a_recording_ends_are_told(tmp_path, exchanges, broken):
    """Where their receiver was told of others at once, and of one of them later."""
    file = ndjson(tmp_path / "x.ndjson", story(*exchanges))

    found = check([file], [each for each in CATALOGUE if each.id == "callbacks-end-with-one-final"]).violations

    assert [each.message for each in found] == ([WRONG.format(LOST[0])] if broken else [])


def test_what_is_no_operation_counts_once(tmp_path):
    """Four crashes at unknown addresses are no eight."""
    file = har(tmp_path / "x", story(*GOOD, *[call("GET", "/nowhere", 500, error(500)), FINE] * 4))

    assert not check([file], [each for each in CATALOGUE if each.id == "no-lasting-crash"]).violations


def test_a_har_in_the_order_of_ends_is_put_right(tmp_path):
    """Some tools write an entry when it ends; the exchanges come as they began."""
    file = har(tmp_path / "a.har", GOOD)
    document = json.loads(file.read_text())
    document["log"]["entries"].reverse()
    file.write_text(json.dumps(document))

    assert [each.started for each in read_recording(file)] == sorted(each.started for each in GOOD)


def test_a_har_without_times_stays_as_it_is(tmp_path):
    """Where an entry does not tell when it began, the order of the file is all there is."""
    file = har(tmp_path / "a.har", GOOD)
    document = json.loads(file.read_text())
    document["log"]["entries"].reverse()
    del document["log"]["entries"][0]["startedDateTime"]
    file.write_text(json.dumps(document))

    assert [each.request.url for each in read_recording(file)] == [each.request.url for each in reversed(GOOD)]


@pytest.mark.parametrize("kind", ["har", "ndjson"])
def test_a_mark_of_the_byte_order_is_passed_over(tmp_path, kind):
    """Some tools put one in front of the text."""
    file = WRITERS[kind](tmp_path / "a", GOOD)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert len(list(read_recording(file))) == len(GOOD)


def test_what_comes_before_a_broken_place_of_a_har_is_judged(tmp_path):
    """A HAR that was cut off in the middle is read until there."""
    file = har(tmp_path / "a.har", BAD)
    file.write_bytes(file.read_bytes()[:-200])

    result = check([file], CATALOGUE)

    assert "after entry 5: not JSON" in result.stopped
    assert result.exchanges == 5


def test_a_cassette_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    """One line says which formats have no limit."""
    monkeypatch.setattr("tempolor_contract.exchanges.cassette._MOST_BYTES", 1000)

    result = check([vcr(tmp_path / "a.yaml", GOOD)], CATALOGUE)

    assert "record HAR or ndjson instead" in result.stopped
    assert result.exit_code == 2


def test_events_of_schemathesis_are_read(tmp_path):
    """Of its events, the finished scenarios have exchanges."""
    interaction = {
        "request": {"method": "GET", "uri": f"http://x/v1/tempolor/music/{JOB}", "headers": {}, "body": None},
        "response": {
            "status_code": 200,
            "headers": {"content-type": ["application/json"]},
            "content": {"$base64": "e30="},
            "elapsed": 0.1,
        },
        "timestamp": 1.0,
    }
    file = tmp_path / "events.ndjson"
    events = [{"Initialize": {}}, {"ScenarioFinished": {"recorder": {"interactions": {"a": interaction}}}}]
    file.write_text("\n".join(json.dumps(each) for each in events))

    [exchange] = read_recording(file)

    assert exchange.response.body == b"{}"
    assert exchange.source == "schemathesis"


BROKEN = {
    "empty": (b"", "empty"),
    "half a HAR": (b'{"log":{"entries":[{"request":', "not JSON"),
    "another JSON": (b'{\n"a": 1}', "no log.entries"),
    "an entry without a response": (b'{"log":{"entries":[{"request":{"method":"GET","url":"x"}}]}}', "entry 1"),
    "wrong base64": (
        b'{"log":{"entries":[{"request":{"method":"GET","url":"x"},"response":{"status":200,"content":{"text":"%","encoding":"base64"}}}]}}',
        "entry 1",
    ),
    "a broken line": (b'{"request":{"method":"GET","url":"x"},"response":null}\n{oops\n', "line 2"),
    "a line that is something else": (b'{"request":5}\n', "line 1"),
    "broken YAML": (b"a: [1\nb: 2", "nor YAML"),
    "random bytes": (b"\xb1\x00\xff" * 1000, "neither JSON nor YAML"),
    "another YAML": (b"a: 1", "no http_interactions"),
    "plain text": (b"hello", "no http_interactions"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_recordings_are_told_with_their_place(tmp_path, case):
    """One line names the file, the place and the reason."""
    content, told = BROKEN[case]
    file = tmp_path / "broken"
    file.write_bytes(content)

    with pytest.raises(BrokenRecordingError, match=told) as caught:
        list(read_recording(file))

    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_was_verified_before_the_broken_line_counts(tmp_path):
    """A recording that breaks off is judged until there, and the check says so."""
    file = ndjson(tmp_path / "a.ndjson", BAD)
    file.write_text(file.read_text() + "{oops\n")

    result = check([file], CATALOGUE)

    assert "line 7" in result.stopped
    assert result.violations


def as_playwright_omits(entry):
    """Leave bodies out as Playwright does with `content: 'omit'`."""
    entry["response"]["content"] = {"size": -1, "mimeType": "application/json"}
    if "postData" in entry["request"]:
        entry["request"]["postData"] |= {"text": "", "params": []}


def without_sizes(entry):
    """Leave bodies and their sizes out."""
    entry["response"]["content"] = {"mimeType": "application/json"}
    entry["request"].pop("postData", None)
    entry["request"]["bodySize"] = -1


def as_a_browser_forgets(entry):
    """Leave bodies out as browsers do that have let go of them: their sizes stay."""
    del entry["response"]["content"]["text"]


@pytest.mark.parametrize("leave_out", [as_playwright_omits, without_sizes, as_a_browser_forgets])
def test_bodies_that_were_not_recorded_prove_nothing(tmp_path, leave_out):
    """What a recorder left out is not held against the service; statuses are judged still."""
    refused = call("POST", "/music/song", 400, error(400, "Parameter prompt is required"), sent={})
    document = json.loads(har(tmp_path / "a.har", story(*GOOD, refused, call("GET", "/accounts", 418, {}))).read_text())
    for entry in document["log"]["entries"]:
        leave_out(entry)
    (tmp_path / "a.har").write_text(json.dumps(document))

    result = check([tmp_path / "a.har"], CATALOGUE)

    assert {each.rule.id for each in result.violations} == {"status-documented"}
    assert result.unrecorded == result.exchanges == len(GOOD) + 2
    assert "a body was not recorded" in result.ledger.tallies["status-triple-agrees"].inconclusive


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda entry: entry["request"].update(url="https://[::1/v1/tempolor/scheduler"), "entry 2: not as HAR"),
        (lambda entry: entry.update(request=json.loads(DEEP[:900] + DEEP[-900:])), "entry 2: not as HAR"),
        (lambda entry: entry["response"]["content"].update(text=DEEP), ""),
        (lambda entry: entry.update(_more="DEEP"), ""),
    ],
    ids=["url", "request", "body", "elsewhere"],
)
def test_one_entry_that_nobody_can_read_costs_no_other(tmp_path, spoil, told):
    """It is told in one line, whatever is nested in it takes no memory, and the others are judged."""
    document = json.loads(har(tmp_path / "a.har", story(read(music()), read(music()), read(music()))).read_text())
    spoil(document["log"]["entries"][1])
    (tmp_path / "a.har").write_text(json.dumps(document).replace('"DEEP"', DEEP))

    result = check([tmp_path / "a.har"], CATALOGUE)

    assert (told in result.stopped) if told else not result.stopped
    assert "\n" not in result.stopped
    assert result.exchanges == (2 if told else 3)


@pytest.mark.parametrize(
    "text",
    [DEEP, f'{{"log": {{"entries": {DEEP}}}}}', f"http_interactions: {DEEP}", f'{{"request": {DEEP}}}'],
    ids=["bare", "entries", "yaml", "line"],
)
def test_a_file_that_is_nested_too_deep_is_told_in_one_line(tmp_path, text):
    """Nothing recurses into it."""
    (tmp_path / "a").write_text(text)

    result = check([tmp_path / "a"], CATALOGUE)

    assert result.exit_code == 2
    assert str(tmp_path / "a") in result.stopped
    assert "\n" not in result.stopped


@pytest.mark.parametrize(("method", "status"), [("DELETE", 204), ("HEAD", 200), ("GET", 304)])
def test_an_answer_that_has_no_body_lacks_none(tmp_path, method, status):
    """Where HTTP knows no body, there is nothing that could have been recorded."""
    document = json.loads(har(tmp_path / "a.har", story(call(method, f"/scheduler/{JOB}", status))).read_text())
    document["log"]["entries"][0]["response"]["content"] = {"size": -1, "mimeType": ""}
    (tmp_path / "a.har").write_text(json.dumps(document))

    (exchange,) = read_recording(tmp_path / "a.har")

    assert not exchange.request.truncated
    assert not exchange.response.truncated


SECRET = "user:12345-S3cr3tOfMine"
OPAQUE = "Zm9vYmFyOnNlY3JldA"
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nS3cr3tOfMine\r\n'
    b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nsung by user:12345-S3cr3tOfMine\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    "exchange",
    [
        call("GET", "/accounts", headers={"X-Api-Key": "S3cr3tOfMine"}),
        call("GET", "/accounts", headers={"Autorization": f"Bearer {SECRET}"}, token=None),
        call("GET", "/accounts", headers={"Authorisation": "S3cr3tOfMine"}, token=None),
        call("GET", "/accounts", headers={"X-Forwarded": SECRET}, token=None),
        call("GET", "/accounts", headers={"Cookie": "S3cr3tOfMine"}, answer_headers={"Set-Cookie": "S3cr3tOfMine"}),
        call("GET", "/accounts", query={"access_token": "S3cr3tOfMine"}),
        call("GET", "http://me:S3cr3tOfMine@mock.example/v1/tempolor/accounts"),
        call("GET", f"/music/{SECRET}", 404, error(404, f"No record found for {SECRET}")),
        call("GET", f"/music/{SECRET.replace(':', '%3A')}", 404, {}),
        call("POST", "/accounts", sent={"requestParams": {"password": "S3cr3tOfMine", "note": f"it is {SECRET}"}}),
        call("POST", "/accounts", sent={"requestParams": json.dumps({"refreshToken": "S3cr3tOfMine"})}),
        call("POST", "/accounts", sent=b'{"password": "S3cr3tOfMine", ', headers={"Content-Type": "application/json"}),
        call(
            "POST",
            "/accounts",
            sent=b"password=S3cr3tOfMine",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
        call("POST", "/music/song", sent=FORM, headers={"Content-Type": "multipart/form-data; boundary=b"}),
    ],
)
def test_no_secret_is_recorded_wherever_it_stands(tmp_path, exchange):
    """Keys, cookies, passwords and tokens, under right and wrong names, in addresses and in bodies."""
    assert "S3cr3tOfMine" not in har(tmp_path / "a.har", [exchange]).read_text()


def test_a_token_that_was_seen_is_hidden_wherever_it_stands(tmp_path):
    """A token of any look is known from its header; another exchange may have it under another name, or in a file."""
    first = call("GET", "/accounts", token=OPAQUE)
    others = [
        call("POST", f"/music/song/{OPAQUE}", sent={"prompt": f"a song of {OPAQUE}"}, headers={"X-Name": OPAQUE}),
        call("POST", "/music/midi", sent=b"MThd" + OPAQUE.encode(), headers={"Content-Type": "audio/midi"}),
    ]
    exchanges = list(read_recording(har(tmp_path / "a.har", [first, *others])))

    assert OPAQUE not in "".join(json.dumps(each.to_json()) for each in exchanges)
    assert OPAQUE.encode() not in exchanges[2].request.body


def test_secrets_stay_out_of_a_har_and_users_stay_apart(tmp_path):
    """No token, ticket or signature is written, and two users are still two."""
    exchanges = story(
        call(
            "POST",
            "/accounts",
            200,
            {"user_id": "1"},
            sent={"requestParams": {"service_ticket": "TICKET-1"}},
            headers={"Cookie": "COOKIE-1"},
        ),
        call("GET", "/music/download/x", 200, {"url": "http://x/a.mp3?auth_key=SIGNED-1&b=2"}, token="user:9-SECRET-2"),
    )
    file = har(tmp_path / "a.har", exchanges)

    text = file.read_text()
    tokens = [each.request.header("authorization") for each in read_recording(file)]

    for secret in ("demo", "TICKET-1", "COOKIE-1", "SIGNED-1", "SECRET-2"):
        assert secret not in text
    assert tokens[0] != tokens[1]
    assert tokens[1].startswith("Bearer user:9-redacted-")


def test_a_har_is_whole_after_each_exchange(tmp_path):
    """Whatever ends the program, what was written can be read."""
    file = tmp_path / "a.har"
    with HarWriter(file) as writer:
        for number, exchange in enumerate(GOOD, 1):
            writer.write(exchange)
            assert len(list(read_recording(file))) == number


def test_the_beginning_of_a_long_file_survives_a_har(tmp_path):
    """It is marked as such; of a text that breaks off nothing is kept, as it may do so within a secret."""
    sound = Response(headers=(("Content-Type", "audio/wav"),), body=b"RIFF\xff", truncated=True)
    text = Response(headers=(("Content-Type", "application/json"),), body=b'{"token": "user:1-sec', truncated=True)
    request = Request(url="http://x/a", body=b"R", truncated=True)

    wav, json_text = read_recording(har(tmp_path / "a.har", [Exchange(request, each) for each in (sound, text)]))

    assert (wav.response.body, wav.response.truncated) == (b"RIFF\xff", True)
    assert (json_text.response.body, json_text.response.truncated) == (b"", True)
    assert (wav.request.body, wav.request.truncated) == (b"", True)


def test_faults_and_callbacks_survive_a_har(tmp_path):
    """A request without an answer, and who sent what, can be told from a recording."""
    fault = replace(call("GET", "/scheduler", 0), fault="ReadTimeout")
    callback = replace(call("POST", "http://me/hook", 204, sent=music(), token=None), source="callback")

    first, second = read_recording(har(tmp_path / "a.har", story(fault, callback)))

    assert (first.response, first.fault) == (None, "ReadTimeout")
    assert second.source == "callback"


COMMANDS = {
    "good": (GOOD, [], 0),
    "bad": (BAD, [], 1),
    "bad, but of the live service's readings": (GOOD, ["--live"], 0),
    "only one rule": (BAD, ["--rule", "error-envelope"], 2),
    "without the broken rules": (
        BAD,
        [f"--without={each}" for each in ("final-stays-final", "status-never-goes-back", "finished-item-is-stable")]
        + ["--without=progress-never-goes-back"],
        0,
    ),
    "another base": (GOOD, ["--base", "http://elsewhere/v1/tempolor"], 2),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_the_command_ends_as_the_recording_deserves(tmp_path, case):
    """0 for good, 1 for violations, 2 where nothing was verified."""
    exchanges, options, code = COMMANDS[case]
    file = har(tmp_path / "a.har", exchanges)

    outcome = CliRunner().invoke(check_command, [str(file), *options])

    assert outcome.exit_code == code, outcome.output


def test_the_command_tells_rule_page_and_command(tmp_path):
    """A violation comes with all one needs to look into it."""
    file, folder = har(tmp_path / "a.har", BAD), tmp_path / "reports"

    outcome = CliRunner().invoke(check_command, [str(file), "--report-dir", str(folder)])

    assert "VIOLATED final-stays-final" in outcome.output
    assert "at entry 6); " in outcome.output
    assert "https://useapi.net/docs/api-tempolor-v1/get-tempolor-music-job_id" in outcome.output
    assert f"curl http://mock.example/v1/tempolor/music/{JOB}" in outcome.output
    report = (folder / "report.json").read_text()
    assert TOKEN not in report
    assert json.loads(report)["exit_code"] == 1
    assert json.loads(report)["command"] == f"tempolor check {file}"


def test_reports_that_cannot_be_written_cost_no_verdict(tmp_path):
    """What was found is told all the same, and the exit code does not call it a success."""
    (tmp_path / "taken").write_text("")

    outcome = CliRunner().invoke(
        check_command, [str(har(tmp_path / "a.har", GOOD)), "--report-dir", str(tmp_path / "taken" / "x")]
    )

    assert outcome.exit_code == 2
    assert "the contract is kept" in outcome.output
    assert "could not be written" in outcome.output


def test_register_is_asked_about_each_violation(tmp_path):
    """Known violations of a recording are told as such, many of one rule among them."""
    entries = tuple(
        KnownDifference(each.rule.id, "old", date(2026, 1, 1), date(2026, 12, 31))
        for each in check_bad(tmp_path).violations
    )

    result = check_bad(tmp_path, register=Register(entries, date(2026, 6, 1)))

    assert result.exit_code == 0
    assert {each["state"] for each in result.known_differences} == {"used"}


def check_bad(folder, **options):
    """Check a recording with violations."""
    return check([ndjson(folder / "bad.ndjson", BAD)], CATALOGUE, **options)


@pytest.mark.parametrize("arguments", [["nowhere.har"], ["--rule", "no-such-rule", "a.har"], []])
def test_what_cannot_be_read_is_a_2(tmp_path, arguments):
    """A missing file, an unknown rule, nothing at all."""
    outcome = CliRunner().invoke(check_command, arguments)

    assert outcome.exit_code == 2
    assert "Traceback" not in outcome.output


def test_an_api_elsewhere_is_recognised(tmp_path):
    """A service without /v1/tempolor in its paths is known by its first call with a token."""
    moved = [
        replace(each, request=replace(each.request, url=each.request.url.replace("/v1/tempolor", ""))) for each in BAD
    ]

    result = check([ndjson(tmp_path / "a", moved)], CATALOGUE)

    assert result.exchanges == len(BAD)
    assert result.violations
