"""Exchanges made by hand, for tests of rules: a line for a call, times filled in."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from tempolor_contract.exchanges.exchange import Exchange, Request, Response
from tempolor_contract.judging.inspector import Inspector
from tempolor_contract.judging.ledger import Tally
from tempolor_contract.rules.catalogue import rule
from tempolor_contract.rules.conformance import DocumentJudge, Effort

BASE: Final = "http://mock.example/v1/tempolor"
TOKEN: Final = "user:12345-demo"  # noqa: S105 - nobody's
ACCOUNT: Final = "111"
JOB: Final = f"user:12345-tempolor:{ACCOUNT}-job:a1"
JOB2: Final = f"user:12345-tempolor:{ACCOUNT}-job:b2"
JOB3: Final = JOB.replace("a1", "c3")
VOICE: Final = f"user:12345-tempolor:{ACCOUNT}-voice:v1"
MIDI: Final = f"user:12345-tempolor:{ACCOUNT}-midi:m1"
OLD_MIDI: Final = MIDI.replace("m1", "m0")
OTHER: Final = "222"
OTHERS: Final = JOB.replace(f":{ACCOUNT}-", f":{OTHER}-")
HOOK: Final = "http://me.example/hook"
PASSED: Final = "passed"
SILENT: Final = "never-reached"
UNCLEAR: Final = (401, 402, 429, 500)
"""What says nothing of a request: it was perhaps carried out, or not looked at."""
VOICES: Final = "/music/cloned-voices"
_START: Final = 1_747_731_600.0
_NAMES: Final = {0: "GENERATING", 10: "FAILED", 30: "COMPLETED"}


def call(  # noqa: PLR0913 - the parts of a call
    method: str,
    path: str,
    status: int = 200,
    answer: Any = None,
    *,
    sent: Any = None,
    query: dict[str, str] | None = None,
    token: str | None = TOKEN,
    headers: dict[str, str] | None = None,
    answer_headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Exchange:
    """Return an exchange; `answer` and `sent` become JSON, `body` stands for an answer that is none."""
    url = (path if "://" in path else BASE + path) + (f"?{urlencode(query)}" if query else "")
    told = {"Content-Type": "application/json"} if answer is not None else {}
    asked = {"Content-Type": "application/json"} if sent is not None else {}
    asked |= {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(
        method=method,
        url=url,
        headers=tuple({**asked, **(headers or {})}.items()),
        body=b"" if sent is None else sent if isinstance(sent, bytes) else json.dumps(sent).encode(),
    )
    content = body if body is not None else b"" if answer is None else json.dumps(answer).encode()
    response = Response(status=status, headers=tuple({**told, **(answer_headers or {})}.items()), body=content)
    return Exchange(request, response if status else None, fault="" if status else "ReadTimeout")


CANCELLED: Final = call("DELETE", f"/scheduler/{JOB}", 204)
DELETED: Final = call("DELETE", f"/music/{JOB}", 200, {"result": True})
BARE: Final = {"job_id": JOB}
UPLOAD: Final = {"query": {"name": "x", "user_id": ACCOUNT}, "sent": b"MThd", "headers": {"Content-Type": "audio/midi"}}
UPLOADED: Final = call("POST", "/music/midi", 200, {"midiRenderVO": {"midiItemId": MIDI, "name": "x"}}, **UPLOAD)
CRASH: Final = call("GET", f"/music/{JOB}", 500)
UNLIMITED: Final = call("POST", "/accounts", 200, {"user_id": ACCOUNT}, sent={"requestParams": {}})
REMOVAL_CRASHED: Final = call("DELETE", f"/accounts/{ACCOUNT}", 500)


def music(status: int = 0, progress: int | None = None, *, job: str = JOB, **fields: Any) -> dict[str, Any]:
    """Return an item of music whose fields fit together."""
    account, _, item = job.partition("-tempolor:")[2].partition("-job:")
    return {
        "job_id": job,
        "itemId": item,
        "userId": account,
        "status": status,
        "status_name": _NAMES[status],
        "status_final": status != 0,
        "progress": progress if progress is not None else {0: 40, 10: 40, 30: 100}[status],
        **fields,
    }


def read(item: dict[str, Any], status: int = 200) -> Exchange:
    """Return a poll of an item's job."""
    return call("GET", f"/music/{item['job_id']}", status, item if status == 200 else error(status, "No record found"))


def error(code: int, text: str = "Something") -> dict[str, Any]:
    """Return an error's body."""
    return {"error": text, "code": code}


def order(*jobs: str, kind: str = "song", **sent: Any) -> Exchange:
    """Return an accepted order that started these jobs."""
    started = list(jobs or (JOB,))
    answer = {"result": True, "jobs": started, "itemIds": [job.rpartition(":")[2] for job in started]}
    return call("POST", f"/music/{kind}", 200, answer, sent={"prompt": "A ballad", **sent})


def busy(*jobs: str, count: int | None = None, account: str = ACCOUNT, **sent: Any) -> Exchange:
    """Return an order that was refused because these jobs run."""
    rows = [{"user_id": account, "job_id": job, "started": 1747731600000} for job in jobs]
    text = f"Account is busy executing {len(jobs) if count is None else count} jobs"
    answer = {"error": text, "runningJobs": {account: rows}, "code": 429}
    return call("POST", "/music/song", 429, answer, sent={"prompt": "A ballad", **sent})


def row(
    job: str = JOB, elapsed: str = "00:05", started: str = "2025-05-20T09:00:00.000Z", **more: str
) -> dict[str, Any]:
    """Return a row of a running job."""
    return {"job_id": job, "started": started, "elapsed": elapsed, **more}


def scheduler(*rows: dict[str, Any]) -> Exchange:
    """Return a listing of running jobs."""
    return call("GET", "/scheduler", 200, list(rows))


def available(*accounts: tuple[str, int, int, int], executing: Iterable[dict[str, Any]] = ()) -> Exchange:
    """Return the free slots of accounts: id, maxJobs, executing, available."""
    names = ("user_id", "maxJobs", "executing", "available")
    answer = {"executing": list(executing), "available": [dict(zip(names, each, strict=True)) for each in accounts]}
    return call("GET", "/scheduler/available", 200, answer)


def account(user_id: str = ACCOUNT, limit: int = 10, updated: int = 1747731600125, **more: Any) -> dict[str, Any]:
    """Return an account."""
    stamps = {"updated": updated, "updatedUTC": "2025-05-20T09:00:00.125Z"}
    return {"user_id": user_id, **stamps, "maxJobs": limit, "requestParams": {}, **more}


def stored(user_id: str = ACCOUNT, limit: int = 10) -> Exchange:
    """Return the storing of an account."""
    sent = {"requestParams": {"user_id": user_id}, "maxJobs": limit}
    return call("POST", "/accounts", 200, account(user_id, limit), sent=sent)


def viewed(user_id: str = ACCOUNT, status: int = 200, **fields: Any) -> Exchange:
    """Return the reading of an account."""
    answer = account(user_id, **fields) if status == 200 else error(status)
    return call("GET", f"/accounts/{user_id}", status, answer)


def storing(parameters: Any, answer: Any, status: int = 200, **sent: Any) -> Exchange:
    """Return the storing of an account with these parameters."""
    return call("POST", "/accounts", status, answer, sent={"requestParams": parameters, **sent})


def listing(**accounts: Any) -> Exchange:
    """Return a list of accounts, as `a111`."""
    return call("GET", "/accounts", 200, {name.removeprefix("a"): each for name, each in accounts.items()})


def page(path: str, *records: dict[str, Any], cursor: str = "", **query: str) -> Exchange:
    """Return a page of a list; with `cursor` another one follows."""
    answer = {"records": list(records), "hasNext": bool(cursor), "cursor": cursor}
    return call("GET", path, 200, answer, query={"user_id": ACCOUNT, **query})


def callback(item: dict[str, Any], *, url: str = HOOK, method: str = "POST", status: int = 204, **own: Any) -> Exchange:
    """Return a callback, and with what `status` it was answered."""
    sent = call(method, url, status, sent={**item, **own}, token=None)
    return replace(sent, source="callback")


def music_of(status: int, answer: Any = None, **query: str) -> Exchange:
    """Return a list of music, as a rule one that names no account."""
    return call("GET", "/music", status, error(status) if answer is None else answer, query=query)


def running(*rows: dict[str, Any], status: int = 200) -> Exchange:
    """Return a listing of running jobs with any status."""
    return call("GET", "/scheduler", status, list(rows))


def full(running_jobs: Any, count: int = 1, status: int = 429, **sent: Any) -> Exchange:
    """Return an order that was refused with these running jobs, whatever shape they have."""
    text = f"Account is busy executing {count} jobs"
    return call("POST", "/music/song", status, {"error": text, "runningJobs": running_jobs}, sent=sent)


def not_taken(status: int = 400, **sent: Any) -> Exchange:
    """Return an order that was not taken."""
    return call("POST", "/music/song", status, error(status), sent=sent)


def second_row(**fields: Any) -> dict[str, Any]:
    """Return the row of the second job."""
    return row(JOB2, **fields)


def refused(path: str, status: int, text: Any, method: str = "GET", **options: Any) -> Exchange:
    """Return a refusal with a text."""
    return call(method, path, status, error(status, text), **options)


def answered(path: str, status: int, body: Any = None, method: str = "GET", **options: Any) -> Exchange:
    """Return an answer of any shape."""
    return call(method, path, status, body, **options)


def midi(answer: Any = None, status: int = 200, **query: str) -> Exchange:
    """Return the upload of a MIDI file with any answer."""
    given = {"midiItemId": MIDI, "name": "x"} if answer is None else answer
    query = {"name": "x"} | query
    return call("POST", "/music/midi", status, {"isFirst": True, "midiRenderVO": given}, query=query, sent=b"MThd")


def cloned(answer: Any = None, status: int = 200, **query: str) -> Exchange:
    """Return the cloning of a voice with any answer."""
    return call(
        "POST", VOICES, status, answer or {"clonedVoiceItemId": VOICE}, query={"name": "x"} | query, sent=b"RIFF"
    )


def voices(*records: Any, status: int = 200) -> Exchange:
    """Return a list of voices by what is in its records beside an id."""
    answer = {"records": [{"clonedVoiceItemId": VOICE, **each} for each in records], "hasNext": False}
    return call("GET", VOICES, status, answer, query={"user_id": ACCOUNT})


def midi_files(*ids: str, status: int = 200, **fields: Any) -> Exchange:
    """Return a list of MIDI files."""
    return call("GET", "/music/midi", status, {"records": [{"midiItemId": each, **fields} for each in ids]})


def deleted(path: str, status: int = 200) -> Exchange:
    """Return a deletion."""
    return call("DELETE", f"/music/{path}", status, {"result": True} if status == 200 else None)


def second_item(*arguments: Any, **fields: Any) -> dict[str, Any]:
    """Return an item of the second job."""
    return music(*arguments, job=JOB2, **fields)


def ordered(answer: Any, status: int = 200, **sent: Any) -> Exchange:
    """Return an order of a song with any answer."""
    return call("POST", "/music/song", status, answer, sent=sent)


def sung(status: int = 404, **sent: Any) -> Exchange:
    """Return an order on a voice or MIDI file that was answered so."""
    return ordered({"error": "No such source"}, status, **sent)


def story(*exchanges: Exchange) -> list[Exchange]:
    """Return the exchanges one after the other, a second each, half of it waiting for the answer."""
    return [
        replace(each, started=each.started or _START + number, elapsed=each.elapsed or 0.5)
        for number, each in enumerate(exchanges)
    ]


def judged(rule_id: str, *exchanges: Exchange, live: bool = False) -> Tally:
    """Return what one rule makes of a story."""
    inspector = Inspector([rule(rule_id)], _judge(), live=live)
    for each in story(*exchanges):
        inspector.see(each)
    return inspector.ledger.tallies[rule_id]


def said(rule_id: str, *exchanges: Exchange) -> str:
    """Return what one rule says of a story: each violation with the numbers of its calls, else the verdict.

    A rule that stumbled over an answer says `inconclusive`, whatever else it found.
    """
    tally = judged(rule_id, *exchanges)
    if tally.inconclusive:
        return "inconclusive"
    found = [f"{[each.number for each in one.calls]} {one.message}" for one in (*tally.violations, *tally.notes)]
    return " ".join(found) or str(tally.verdict)


def at_once(*exchanges: Exchange) -> list[Exchange]:
    """Return exchanges that all began at one moment, a minute into a story: nobody knows which of them was first."""
    return [replace(each, started=_START + 60, elapsed=0.5) for each in exchanges]


@cache
def _judge() -> DocumentJudge:
    # The second validator takes most of the time, and says nothing of any other rule than its own.
    return DocumentJudge(effort=Effort.NONE)
