"""Asking without a token, and for things, methods and paths that nobody has."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from ...document.bodies import texts
from ...document.call import Call
from ...exchanges.exchange import MISSING
from ...rules.catalogue import rule
from . import fixtures
from .lab import Lab
from .other_user import uploads
from .samples import midi_file, wav_file
from .scenario import Beside, Need, Scenario, ids
from .survey import refused_without_token

_ENCODED_ID_IS_THE_SAME_ID: Final = rule("encoded-id-is-the-same-id")
_NO_TOKEN_NO_ANSWER: Final = rule("no-token-no-answer")
_SLASH_AT_THE_END_IS_NOTHING: Final = rule("slash-at-the-end-is-nothing")
_UNKNOWN_ID_IS_404: Final = rule("unknown-id-is-404")
_UNKNOWN_PATH_IS_404: Final = rule("unknown-path-is-404")
_WRONG_METHOD_IS_405: Final = rule("wrong-method-is-405")

_WRONG: Final = "no-id"
_QUERY_NAMES: Final = ("token", "access_token", "api_token", "api_key", "apikey", "key", "authorization")
"""Where other services take a token, too."""
_NO_PATH: Final = "/no-such-operation"
_SONG: Final[dict[str, Any]] = {"json": {"prompt": "A harbour ballad"}}
_WAV: Final[dict[str, Any]] = {
    "content": wav_file(),
    "headers": {"Content-Type": "audio/wav"},
    "query": {"name": "x"},
}
_DELETES: Final = {"midiItemId": "delete_midi", "clonedVoiceItemId": "delete_cloned_voice"}
_OF_JOBS: Final = ("get_music", "download_music", "cancel_job", "delete_music")
_READING: Final = frozenset({"get_music", "download_music"})
_OF_IDS: Final = (*_OF_JOBS, *_DELETES.values())
_MIDI: Final[dict[str, Any]] = {"content": midi_file(), "headers": {"Content-Type": "audio/midi"}}
_PROBES: Final = ("list_accounts", "list_running_jobs", "list_midi")
_BODIES: Final[dict[str, dict[str, Any]]] = {
    "create_song": _SONG,
    "create_instrumental": _SONG,
    "upload_midi": {**_WAV, **_MIDI},
    "clone_voice": _WAV,
    "split_stems": _WAV,
    "create_account": {"json": {"requestParams": {}}},
}


def _writes(lab: Lab) -> None:
    """Send each changing operation without a token, then for ids that are wrong or unknown."""
    kinds = {"job_id": "job", "midiItemId": "midi", "clonedVoiceItemId": "voice"}
    deletes = (
        ("delete_music", "job_id"),
        ("cancel_job", "job_id"),
        ("delete_midi", "midiItemId"),
        ("delete_cloned_voice", "clonedVoiceItemId"),
    )
    lab.side_by_side(partial(_delete, lab, operation, name, kinds[name]) for operation, name in deletes)
    _posts(lab)
    _nowhere(lab)


def _delete(lab: Lab, operation: str, name: str, kind: str) -> None:
    unknown = fixtures.made_up_id(lab, kind)
    refused_without_token(lab, lab.call(operation, arguments={name: unknown}, token=None))
    call = lab.call(operation, arguments={name: unknown})
    told = f"nobody has {unknown}, but {operation} was answered {call.status}"
    lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)
    other = fixtures.made_up_id(lab, "midi" if kind == "job" else "job")
    wrong = lab.guard.inventory.decoy(_WRONG)
    for each in (wrong, other):
        lab.call(operation, arguments={name: each})
    # Who may not ask is not told what is wrong with the question.
    refused_without_token(lab, lab.call(operation, arguments={name: wrong}, token=None))


def _nowhere(lab: Lab) -> None:
    """Send a token without its scheme or in a query, and ask for a path that the API does not have."""
    raw = lab.call("list_running_jobs", token=None, headers={"Authorization": lab.target.token})
    told = f"list_running_jobs with a token that does not follow Bearer was answered {raw.status}"
    lab.check(_NO_TOKEN_NO_ANSWER, fine=raw.status == 401, message=told, call=raw)
    named = lab.call("list_running_jobs", token=None, query=dict.fromkeys(_QUERY_NAMES, lab.target.token))
    told = f"list_running_jobs with a token in its query, and none in a header, was answered {named.status}"
    lab.check(_NO_TOKEN_NO_ANSWER, fine=named.status == 401, message=told, call=named)
    call = lab.send("GET", _NO_PATH)
    told = f"{_NO_PATH} is no path of the API, and was answered {call.status} with {_shown(call)}"
    fine = call.status == 404 and bool(call.error) and call.item.get("code") == call.status
    lab.check(_UNKNOWN_PATH_IS_404, fine=fine, message=told, call=call)


def _shown(call: Call) -> str:
    """Return an answer's JSON, or that there was none."""
    return "no JSON" if call.answer is MISSING else json.dumps(call.answer, ensure_ascii=False)[:100]


def _posts(lab: Lab) -> None:
    bodies = [(operation, body) for operation, body in _BODIES.items() if operation != "create_account"]
    bodies += [(operation, {"json": {}}) for operation in _BODIES]
    calls = lab.side_by_side(partial(lab.call, operation, token=None, **body) for operation, body in bodies)
    for call in calls:
        refused_without_token(lab, call)


def _tokens(lab: Lab) -> None:
    """Ask for each operation with tokens that are missing, without their scheme, malformed or unknown.

    Who takes any text for a token, or any of the right shape, opens a world for it, which is no mistake; who refuses it
    once must do so for all operations.
    """
    arguments = {
        "user_id": lab.guard.inventory.decoy("1"),
        "job_id": fixtures.made_up_id(lab, "job"),
        "midiItemId": fixtures.made_up_id(lab, "midi"),
        "clonedVoiceItemId": fixtures.made_up_id(lab, "voice"),
    }
    unknown = f"user:{lab.random.randrange(10**8, 10**9)}-{lab.name('nobody')}"
    kinds: dict[str, dict[str, Any]] = {
        "no token": {"token": None},
        "a token without Bearer": {"token": None, "headers": {"Authorization": lab.target.token}},
        "Bearer and nothing behind it": {"token": None, "headers": {"Authorization": "Bearer"}},
        "a malformed token": {"token": "nonsense"},
        "an unknown token": {"token": unknown},
    }
    for kind, sent in kinds.items():
        if sent["token"] and all(lab.call(each, **sent).status != 401 for each in _PROBES):
            continue
        lab.side_by_side(partial(_with_token, lab, each, kind, sent, arguments) for each in lab.operations)
        if kind == "an unknown token":
            wrong = dict.fromkeys(arguments, lab.guard.inventory.decoy(_WRONG))
            lab.side_by_side(partial(_with_token, lab, each, kind, sent, wrong) for each in _OF_IDS)
            _near_tokens(lab)


def _near_tokens(lab: Lab) -> None:
    """Ask a service that knows its tokens with some that are nearly ours."""
    mine = lab.target.token
    front, dash, _ = mine.partition("-")
    near: dict[str, dict[str, Any]] = {
        "a token that goes on after ours": {"token": f"{mine}x"},
        "a token that begins as ours": {"token": mine[:-1]},
        "our token in other letters": {"token": mine.swapcase()},
        "another token of our number": {"token": f"{front}{dash}{lab.name('other')}"},
        "our token after Basic": {"token": None, "headers": {"Authorization": f"Basic {mine}"}},
    }
    for kind, sent in near.items():
        _with_token(lab, "list_accounts", kind, sent, {})


def _with_token(lab: Lab, operation: str, kind: str, sent: dict[str, Any], arguments: dict[str, str]) -> None:
    call = lab.call(operation, arguments=arguments, **_merged(_BODIES.get(operation, {}), sent))
    told = f"{operation} with {kind} was answered {call.status}"
    lab.check(_NO_TOKEN_NO_ANSWER, fine=call.status == 401, message=told, call=call)


def _merged(body: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    return {**body, **sent, "headers": {**body.get("headers", {}), **sent.get("headers", {})}}


def _own_ids(lab: Lab) -> None:
    """Reach for things of ours without a token, by each operation that takes an id, and by other spellings of it."""
    account = fixtures.new_account(lab, fixtures.ROOM)
    things, others = uploads(lab, account), fixtures.order(lab, user_id=account)
    job_id, second = fixtures.order(lab, user_id=account).jobs[0], others.jobs[0]
    midi = lab.call("upload_midi", query={"user_id": account, "name": "x"}, **_MIDI).item.get("midiRenderVO")
    if len(things) > 1:
        # Both are ours and ready, so nothing else is wrong: `voice-and-midi-exclude-each-other` judges it.
        both = lab.call("create_song", json={"user_id": account, "prompt": "A ballad", **things})
        fixtures.cancel_all(lab, texts(both.item.get("jobs")))
    deletes = [(_DELETES[name], name, thing) for name, thing in things.items()]
    named = [*((operation, "job_id", job_id) for operation in _OF_JOBS), *deletes]
    accounts = [(operation, "user_id", account) for operation in ("get_account", "delete_account")]
    # What was told to us once may be remembered, and told to everybody.
    lab.side_by_side(partial(lab.call, each, arguments={"job_id": job_id}) for each in ("get_music", "download_music"))
    lab.side_by_side(
        partial(_without_token, lab, operation, name, thing) for operation, name, thing in [*named, *accounts]
    )
    _wrong_kinds(lab, account, {**things, "job_id": job_id})
    for operation, name, thing in named:
        # What works once is asked for in the spelling that fewer expect.
        for colon in ("%3A", "%3a") if operation in _READING else ("%3a",):
            _spelt(lab, operation, name, thing, colon)
    slashed = [(operation, "job_id", second) for operation in _OF_JOBS]
    slashed += [("delete_midi", "midiItemId", str(midi["midiItemId"]))] if isinstance(midi, dict) else []
    for operation, name, thing in [*slashed, *accounts]:
        _spelt(lab, operation, name, thing)
    _deleted_at_work(lab)
    lab.side_by_side(partial(lab.call, "get_music", arguments={"job_id": each}) for each in _without_a_part(job_id))
    lab.side_by_side(partial(_slashed_post, lab, operation) for operation in _BODIES)


def _without_a_part(job_id: str) -> list[str]:
    """Return what a job's id is without one of its parts, or with another word: `malformed-id-is-400` judges it."""
    user, _, rest = job_id.partition("-")
    changes = (("user:", ""), (user, "user:"), (user, "user:x"), ("tempolor:", ""), ("tempolor", "suno"), ("-job", ""))
    return [job_id.replace(old, new, 1) for old, new in changes] + [rest, job_id.rpartition(":")[0] + ":"]


def _without_token(lab: Lab, operation: str, name: str, thing: str) -> None:
    refused_without_token(lab, lab.call(operation, arguments={name: thing}, token=None))


def _wrong_kinds(lab: Lab, account: str, things: dict[str, str]) -> None:
    """Name things of ours where others are asked for: `malformed-id-is-400` and `invalid-is-refused` judge it."""
    wanted = [*((operation, "job_id") for operation in _OF_JOBS), *((_DELETES[name], name) for name in _DELETES)]
    asked: list[Callable[[], object]] = [
        partial(lab.call, operation, arguments={name: thing})
        for operation, name in wanted
        for kind, thing in things.items()
        if kind != name
    ]
    others = [(name, things[kind]) for name in _DELETES for kind in things if kind != name]
    asked += [partial(_order_with, lab, account, *each) for each in others]
    lab.side_by_side(asked)


def _order_with(lab: Lab, account: str, name: str, thing: str) -> None:
    call = lab.call("create_song", json={"user_id": account, "prompt": "A ballad", name: thing})
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _spelt(lab: Lab, operation: str, name: str, thing: str, colon: str = "") -> None:
    """Send an id with something else for its colons, or with a slash behind it: it is the same id."""
    method, path = lab.place(operation, {name: thing})
    call = lab.send(method, path.replace(":", colon) if colon else f"{path}/")
    spelling = f"its colons sent as {colon}" if colon else "a slash behind it"
    told = f"{operation} of {thing}, {spelling}, was answered {call.status}: {call.error}"
    # There is nothing to cancel then, and perhaps nothing to download yet.
    may_be_over = call.status == 404 and operation in {"cancel_job", "download_music"}
    ended = may_be_over and thing not in fixtures.running(lab, (thing,))
    # Of a job that is at work there is nothing to download, in whatever spelling.
    fine = ended or call.accepted or (call.status == 400 and operation == "download_music")
    judged = _ENCODED_ID_IS_THE_SAME_ID if colon else _SLASH_AT_THE_END_IS_NOTHING
    lab.check(judged, fine=fine, message=told, call=call)


def _slashed_post(lab: Lab, operation: str) -> None:
    """Post what is refused, with and without a slash."""
    method, path = lab.place(operation, {})
    plain, slashed = (lab.send(method, each, json={}) for each in (path, f"{path}/"))
    told = f"{operation} of {{}} was answered {plain.status}, but with a slash behind its path {slashed.status}"
    fine = plain.status == slashed.status
    lab.check(_SLASH_AT_THE_END_IS_NOTHING, fine=fine, message=told, call=slashed, earlier=(plain,))


def _deleted_at_work(lab: Lab) -> None:
    """Delete a job that is at work: if that is taken, `deleted-is-gone` judges what follows."""
    job_id = fixtures.order(lab).jobs[0]
    deleted = lab.call("delete_music", arguments={"job_id": job_id})
    lab.call("get_music", arguments={"job_id": job_id})
    if not deleted.accepted:
        fixtures.cancel_all(lab, (job_id,))


def _methods(lab: Lab) -> None:
    """Send methods that paths do not know. Level full only: who knows what a PUT does."""
    for method, path in (("PUT", "/scheduler"), ("DELETE", "/accounts"), ("PATCH", "/music/midi"), ("POST", "/music")):
        call = lab.send(method, path)
        told = f"{method} {path} is not in the document, but was answered {call.status}"
        lab.check(_WRONG_METHOD_IS_405, fine=call.status == 405, message=told, call=call)
    # What stands for an id may be looked for first; what a 405 says is allowed there, `documented-headers` judges.
    job_id, user_id = fixtures.made_up_id(lab, "job"), fixtures.account(lab)
    for path in (f"/music/{job_id}", f"/scheduler/{job_id}", f"/music/download/{job_id}", f"/accounts/{user_id}"):
        lab.send("PATCH", path)


WRITES = Scenario(
    "unknown-ids-and-no-token",
    _writes,
    frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY}),
    beside=Beside.ORDERS,
    provokes=ids(
        "code-is-the-status errors-say-something printed-error-texts no-token-no-answer unknown-path-is-404 "
        "malformed-id-is-400 unknown-id-is-404"
    ),
)
TOKENS = Scenario(
    "tokens",
    _tokens,
    frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT}),
    beside=Beside.UNHURRIED,
    provokes=("no-token-no-answer", "token-stays-known"),
)
OWN_IDS = Scenario(
    "own-ids",
    _own_ids,
    frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT}),
    cost=7,
    beside=Beside.UNHURRIED,
    provokes=ids(
        "no-token-no-answer encoded-id-is-the-same-id slash-at-the-end-is-nothing deleted-is-gone malformed-id-is-400"
    ),
)
METHODS = Scenario(
    "wrong-methods",
    _methods,
    frozenset({Need.CREATE, Need.DESTROY, Need.ACCOUNT}),
    beside=Beside.UNHURRIED,
    provokes=("documented-headers", "wrong-method-is-405"),
)
