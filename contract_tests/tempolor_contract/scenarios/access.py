"""Asking without a token, with another user's, and for things that nobody has."""

from typing import Any, Final

from ..budget import Level
from ..call import Call
from ..rule import Need, Scenario
from ..world import records_of, running_rows, texts
from . import material
from .lab import Lab, UnclearError
from .samples import midi_file, wav_file
from .survey import refused_without_token

_WRONG: Final = "no-id"


def _writes(lab: Lab) -> None:
    """Send each changing operation without a token, then for ids that are wrong or unknown."""
    ids = {"job_id": "job", "midiItemId": "midi", "clonedVoiceItemId": "voice"}
    deletes = (
        ("delete_music", "job_id"),
        ("cancel_job", "job_id"),
        ("delete_midi", "midiItemId"),
        ("delete_cloned_voice", "clonedVoiceItemId"),
    )
    for operation, name in deletes:
        unknown = material.made_up_id(lab, ids[name])
        refused_without_token(lab, lab.call(operation, arguments={name: unknown}, token=None))
        call = lab.call(operation, arguments={name: unknown})
        told = f"nobody has {unknown}, but {operation} was answered {call.status}"
        lab.check("unknown-id-is-404", fine=call.status == 404, message=told, call=call)
        other = material.made_up_id(lab, "midi" if ids[name] == "job" else "job")
        for wrong in (lab.guard.registry.decoy(_WRONG), other):
            lab.call(operation, arguments={name: wrong})
    _posts(lab)


def _posts(lab: Lab) -> None:
    song: dict[str, Any] = {"json": {"prompt": "A harbour ballad"}}
    midi: dict[str, Any] = {"content": midi_file(), "headers": {"Content-Type": "audio/midi"}, "query": {"name": "x"}}
    wav: dict[str, Any] = {"content": wav_file(), "headers": {"Content-Type": "audio/wav"}, "query": {"name": "x"}}
    posts = {
        "create_song": song,
        "create_instrumental": song,
        "upload_midi": midi,
        "clone_voice": wav,
        "split_stems": wav,
    }
    for operation, options in posts.items():
        refused_without_token(lab, lab.call(operation, token=None, **options))
    if lab.guard.level is Level.FULL:
        nobody = lab.guard.registry.decoy("1")
        refused_without_token(lab, lab.call("create_account", token=None, json={"requestParams": {}}))
        refused_without_token(lab, lab.call("delete_account", token=None, arguments={"user_id": nobody}))


def _methods(lab: Lab) -> None:
    """Send methods that paths do not know. Level full only: who knows what a PUT does."""
    for method, path in (("PUT", "/scheduler"), ("DELETE", "/accounts"), ("PATCH", "/music/midi"), ("POST", "/music")):
        call = lab.send(method, path)
        told = f"{method} {path} is not in the document, but was answered {call.status}"
        lab.check("wrong-method-is-405", fine=call.status == 405, message=told, call=call)


def _stranger(lab: Lab) -> None:
    """Look for my things as somebody else."""
    other = lab.target.other_token
    mine = lab.call("list_music", query={"user_id": material.account(lab)})
    jobs = texts([record.get("job_id") for record in records_of(mine)])
    if lab.guard.level is Level.FULL and not jobs:
        jobs = material.completed_song(lab).jobs
    if not jobs:
        raise UnclearError("there is no music that somebody else could reach for")
    for operation in ("get_music", "download_music"):
        _hidden(lab, lab.call(operation, arguments={"job_id": jobs[0]}, token=other))
    for operation in ("list_accounts", "list_running_jobs", "get_available_capacity"):
        _not_shown(lab, lab.call(operation, token=other), set(jobs))
    if lab.guard.level is Level.FULL:
        for operation in ("cancel_job", "delete_music"):
            _hidden(lab, lab.call(operation, arguments={"job_id": jobs[0]}, token=other))
        still = material.read(lab, jobs[0])
        told = f"somebody else deleted {jobs[0]}: it is answered {still.status}"
        lab.check("ids-belong-to-their-user", fine=still.status == 200, message=told, call=still)


def _hidden(lab: Lab, call: Call) -> None:
    told = f"{call.operation} of another user's id was answered {call.status}"
    lab.check("ids-belong-to-their-user", fine=call.status == 404, message=told, call=call)


def _not_shown(lab: Lab, call: Call, mine: set[str]) -> None:
    mine_too = mine & {str(row.get("job_id")) for row in running_rows(call)}
    accounts = set(call.item) if call.operation == "list_accounts" and call.accepted else set()
    shared = mine_too or accounts & {material.account(lab)}
    told = f"{call.operation} shows another user's {sorted(shared)[:1]}"
    lab.check("ids-belong-to-their-user", fine=not shared, message=told, call=call)


WRITES = Scenario("unknown-ids-and-no-token", _writes, frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY}))
METHODS = Scenario("wrong-methods", _methods, frozenset({Need.CREATE, Need.DESTROY, Need.ACCOUNT}))
STRANGER = Scenario("stranger", _stranger, frozenset({Need.READ, Need.STRANGER}), late=True)
