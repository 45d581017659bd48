"""Exchanges are read the same however they are spelled, and shown without secrets."""

import json
import shutil
import subprocess
from dataclasses import replace
from urllib.parse import quote

import pytest
from stories import JOB, TOKEN, call, error, music, order, read
from tempolor_contract import MISSING, DocumentJudge, Effort, Exchange, Inspector, Reader, Request, Response, Router
from tempolor_contract.document.coverage import Coverage
from tempolor_contract.document.router import default_router
from tempolor_contract.document.schemas import Schema
from tempolor_contract.exchanges.curl import as_curl
from tempolor_contract.exchanges.redaction import Redactor
from tempolor_contract.exchanges.visible import plain
from tempolor_spec import load_document, operations

BASES = ["https://api.useapi.net/v1/tempolor", "http://127.0.0.1:4010/v1/tempolor", "http://x/proxy/v1/tempolor"]
SPELLINGS = {
    "raw": (f"/music/{JOB}", "get_music"),
    "encoded": (f"/music/{quote(JOB, safe='')}", "get_music"),
    "small letters": (f"/music/{JOB.replace(':', '%3a')}", "get_music"),
    "slash": (f"/music/{JOB}/", "get_music"),
    "list with slash": ("/music/?user_id=1", "list_music"),
    "fixed name": ("/music/midi", "list_midi"),
    "fixed name for another method": ("/music/song", "get_music"),
    "below": (f"/music/download/{JOB}", "download_music"),
    "scheduler": ("/scheduler/", "list_running_jobs"),
    "available": ("/scheduler/available", "get_available_capacity"),
}


def get(url: str, **fields) -> Exchange:
    """Return a GET."""
    return Exchange(Request(url=url, **fields), Response(body=b"{}"))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("case", SPELLINGS)
def test_an_operation_is_found_however_it_is_spelled(base, case):
    """Any base URL, raw or encoded ids, with or without a slash at the end."""
    path, operation = SPELLINGS[case]

    found = Reader(default_router()).read(get(base + path))

    assert found.operation == operation
    assert found.arguments.get("job_id", JOB) in {JOB, "song"}


@pytest.mark.parametrize("operation", [each.operation_id for each in operations(load_document())])
def test_every_operation_is_found(operation):
    """The router knows all operations of the document."""
    [wanted] = [each for each in operations(load_document()) if each.operation_id == operation]

    route = Router(load_document()).route(wanted.method.upper(), wanted.path.replace("{", "").replace("}", ""))

    assert route.operation == operation


@pytest.mark.parametrize(
    "url", ["https://files.example.com/music/a.mp3", "http://x/_mock/accounts", "http://x/v1/tempolorish/music"]
)
def test_other_traffic_is_left_alone(url):
    """Files, the control plane and other APIs are not the service's doing."""
    assert Reader(default_router()).read(get(url)).path is None


def test_a_base_url_keeps_everything_else_out():
    """With a base, only what is below it counts."""
    reader = Reader(default_router(), "http://x/api")

    assert reader.read(get("http://x/api/scheduler")).operation == "list_running_jobs"
    assert reader.read(get("http://x/apis/scheduler")).path is None


HOOK = "http://me.example/hook?a=1"


@pytest.mark.parametrize(
    ("reply_url", "method", "url", "operation"),
    [
        (HOOK, "POST", HOOK, "report_progress"),
        (HOOK, "PUT", "http://me.example/hook", "report_progress"),
        (HOOK, "POST", "http://10.0.0.7:3000/hook?b=2", "report_progress"),
        (HOOK, "GET", HOOK, ""),
        (HOOK, "POST", "http://me.example/", ""),
        (HOOK, "POST", "http://[broken/hook", ""),
        ("http://Me.example", "POST", "http://me.example/?a", "report_progress"),
        ("http://me.example", "POST", "http://elsewhere.example/", ""),
        ("http://[broken", "POST", HOOK, ""),
        (7, "POST", HOOK, ""),
        (None, "POST", HOOK, ""),
    ],
)
def test_what_goes_to_a_reply_url_is_a_callback(reply_url, method, url, operation):
    """The path tells, under whatever name a proxy or a tunnel knows the receiver; without a path its host does."""
    reader = Reader(default_router())
    reader.read(order(replyUrl=reply_url))

    assert reader.read(call(method, url, sent=music(), token=None)).operation == operation


def test_files_and_callbacks_are_those_of_the_service_that_was_asked():
    """What binds mocks only is not held against the live service, whoever serves its files."""
    reader = Reader(default_router())
    file = call("GET", "http://files.example/a.mp3", token=None)
    before = reader.read(file).live
    reader.read(get("https://api.useapi.net/v1/tempolor/scheduler"))

    assert (before, reader.read(file).live, reader.read(get(f"{BASES[1]}/scheduler")).live) == (False, True, False)


def test_a_method_a_path_does_not_know_is_no_operation():
    """But the methods it knows are told."""
    found = Reader(default_router()).read(call("PUT", "/scheduler", 405))

    assert (found.operation, found.allowed) == ("", {"GET"})


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer a b", "a b"),
        ("bearer x", "x"),
        ("Basic x", ""),
        ("Bearer", ""),
        ("[Filtered]", "[Filtered]"),
        (None, None),
    ],
)
def test_tokens_are_read(header, token):
    """Another scheme is no token; a blanked-out header is one."""
    headers = (("AUTHORIZATION", header),) if header is not None else ()

    assert Reader(default_router()).read(get(f"{BASES[0]}/scheduler", headers=headers)).token == token


def test_forms_and_json_are_read_alike():
    """The fields of an order are found in both."""
    body = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nA b\xc3\xa4llad\r\n--b--\r\n'
    headers = (("Content-Type", "multipart/form-data; boundary=b"),)
    form = Exchange(Request(method="POST", url=f"{BASES[0]}/music/song", headers=headers, body=body), None)
    reader = Reader(default_router())

    assert reader.read(form).sent == {"prompt": "A bällad"}
    assert reader.read(order(prompt="x")).sent == {"prompt": "x"}


@pytest.mark.parametrize(
    ("charset", "text"),
    [("ISO-8859-1", "Größe"), ("utf-16", "Größe"), ("klingon", "x"), ("zlib", "x"), ("idna", "x-"), ("punycode", "x-")],
)
def test_a_part_is_read_in_its_charset(charset, text):
    """One that nobody knows is read as UTF-8."""
    content = text.encode(charset if "ö" in text else "ascii")
    head = (
        f'--b\r\nContent-Disposition: form-data; name="prompt"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    )
    headers = (("Content-Type", "multipart/form-data; boundary=b"),)
    request = Request(
        method="POST",
        url=f"{BASES[0]}/music/song",
        headers=headers,
        body=head.encode() + content + b"\r\n--b--\r\n",
    )

    assert Reader(default_router()).read(Exchange(request, None)).sent == {"prompt": text}


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"\xff"])
def test_what_is_no_json_is_missing(body):
    """None is JSON's null, so something else stands for no JSON."""
    assert Response(body=body).json is MISSING


@pytest.mark.parametrize("exchange", [read(music()), call("GET", "/x", 0), call("GET", "/x", 200, body=b"\xff\x00")])
def test_exchanges_survive_json(exchange):
    """Bytes, faults and headers come back."""
    exchange = replace(exchange, started=1.5, elapsed=0.25, source="lab")

    assert Exchange.from_json(json.loads(json.dumps(exchange.to_json()))) == exchange


@pytest.mark.parametrize(
    ("request_", "command"),
    [
        (Request(method="HEAD", url="http://x/a"), "curl --head http://x/a"),
        (Request(method="DELETE", url="http://x/a"), "curl -X DELETE http://x/a"),
        (Request(url="http://x/{a}"), "curl --globoff 'http://x/{a}'"),
        (Request(url="http://x/../a"), "curl --path-as-is http://x/../a"),
        (Request(url="http://x", headers=(("authorization", "Bearer"),)), 'curl http://x -H "Authorization: Bearer"'),
        (
            Request(url="http://x", headers=(("authorization", "Basic c2VjcmV0"),)),
            'curl http://x -H "Authorization: Basic $TEMPOLOR_TOKEN"',
        ),
    ],
    ids=["head", "method", "brackets", "dots", "no-token", "scheme"],
)
def test_curl_sends_what_was_sent(request_, command):
    """Where curl would read something else into a request, an option keeps it from that."""
    assert as_curl(Exchange(request_, None)) == command


def test_curl_is_short_and_keeps_secrets():
    """The command repeats the request; the token is named, not shown."""
    shown = as_curl(order(prompt="it's"))

    assert shown == (
        'curl http://mock.example/v1/tempolor/music/song -H "Authorization: Bearer $TEMPOLOR_TOKEN" '
        "-H 'Content-Type: application/json' --data-raw '{\"prompt\": \"it'\"'\"'s\"}'"
    )
    assert TOKEN not in shown


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not there to read the command")
@pytest.mark.parametrize("text", ["--b\r\nit's\r\n\\\\ \\n", "a\u202eb", "plain 'text'\n"])
def test_a_shell_reads_what_was_sent(text):
    """Carriage returns of a form among it, which are shown as what they are."""
    command = as_curl(Exchange(Request(method="POST", url="http://x", body=text.encode()), None))
    shown = ["bash", "-c", f"{command.replace('curl', 'printf %s', 1).replace('http://x --data-raw', '')}"]

    assert plain(command) == command
    assert subprocess.run(shown, capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}).stdout.decode() == text


def test_redaction_can_be_repeated():
    """What was redacted once is not changed again."""
    redactor = Redactor()
    once = redactor.exchange(read(music()))

    assert redactor.exchange(once) == once
    assert TOKEN not in json.dumps(once.to_json())
    assert once.request.header("authorization") != Redactor().exchange(read(music())).request.header("authorization")


def judged(judge, call):
    """Return what the document says of a call, by the ids of rules."""
    return {rule.id: found for rule, found in judge.judge(call)}


def test_both_validators_look_at_every_answer_or_at_a_sample():
    """With a sample, the slow one still sees what the fast one objects to."""
    for effort in (Effort.ALL, Effort.SAMPLE):
        judge = DocumentJudge(effort=effort)
        reader = Reader(judge.router)
        seen = [judged(judge, reader.read(read(music()))) for _ in range(50)]
        asked = sum("validators-agree" in each for each in seen)
        assert asked == (50 if effort is Effort.ALL else 26)
        assert "validators-agree" in judged(judge, reader.read(call("GET", "/scheduler", 200, [])))
        assert "validators-agree" in judged(judge, reader.read(read(music(0, 101))))


def test_newer_models_and_alternative_names_are_no_fault():
    """A service that takes what a later revision knows is newer, not wrong."""
    judge = DocumentJudge()
    reader = Reader(judge.router)

    newer = judged(judge, reader.read(order(model_song="v4.5+")))
    unknown = judged(judge, reader.read(order(model_song="v0")))

    assert not newer["invalid-is-refused"]
    assert unknown["invalid-is-refused"]


def test_coverage_counts_what_was_reached():
    """Operations, statuses, parameters, values of closed lists, examples."""
    coverage = Coverage(load_document())
    reader = Reader(default_router())
    for exchange in (
        order(kind="instrumental", tonality="D:minor"),
        call("GET", f"/music/{JOB}", 404, error(404, f"No record found for {JOB}")),
        call("GET", f"/music/download/{JOB}", 200, {"url": "x"}, query={"file_format": "wav"}),
    ):
        coverage.add(reader.read(exchange))

    told = coverage.to_json()
    assert told["operation"]["create_instrumental"] == 1
    assert told["operation"]["create_song"] == 0
    assert told["value"]["create_instrumental tonality D:minor"] == 1
    assert told["value"]["download_music file_format wav"] == 1
    assert told["example"]["get_music 404 no_record"] == 1


def test_an_inspector_may_be_shared_by_threads():
    """Each exchange is counted once."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    inspector = Inspector([], DocumentJudge(effort=Effort.NONE))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(inspector.see, [read(music())] * 200))

    assert inspector.seen == 200


@pytest.mark.parametrize(("progress", "inferred"), [(42.5, True), ("42", False), (True, False), (None, False)])
def test_that_a_number_is_whole_is_a_reading(progress, inferred):
    """The pages print `number`: a fraction breaks a reading, a value of another type what is printed."""
    document = load_document()
    marked = Schema(document["components"]["schemas"]["MusicItem"], document)

    [breach] = marked.breaches({"progress": progress})

    assert breach.inferred is inferred
