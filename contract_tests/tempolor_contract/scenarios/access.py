"""Asking without a token, with another user's, and for things that nobody has."""

from typing import Any, Final

from ..bodies import records_of, running_rows, texts
from ..budget import Level
from ..call import Call
from ..rule import Need, Scenario
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
        not_shown(lab, lab.call(operation, token=other), set(jobs))
    if lab.guard.level is Level.FULL:
        _reaching(lab, jobs[0])


def _reaching(lab: Lab, job_id: str) -> None:
    """Have somebody else reach for a job and an account that only we can have."""
    other, user_id = lab.target.other_token, material.account(lab)
    _reaching_for_work(lab, user_id)
    for operation in ("cancel_job", "delete_music"):
        _hidden(lab, lab.call(operation, arguments={"job_id": job_id}, token=other))
    for operation in ("get_account", "delete_account"):
        _hidden(lab, lab.call(operation, arguments={"user_id": user_id}, token=other))
    for operation in ("list_music", "list_midi", "list_cloned_voices"):
        _hidden(lab, lab.call(operation, query={"user_id": user_id}, token=other))
    _hidden(lab, lab.call("create_song", json={"user_id": user_id, "prompt": "A ballad"}, token=other))
    for still in (material.read(lab, job_id), lab.call("get_account", arguments={"user_id": user_id})):
        told = f"somebody else deleted what {still.path} was: it is answered {still.status}"
        lab.check("ids-belong-to-their-user", fine=still.status == 200, message=told, call=still)


def _reaching_for_work(lab: Lab, user_id: str) -> None:
    """Have somebody else reach for a job at work, and for uploads."""
    other = lab.target.other_token
    working = material.order(lab, user_id=user_id).jobs
    for operation in ("list_running_jobs", "get_available_capacity"):
        not_shown(lab, lab.call(operation, token=other), set(working))
    _hidden(lab, lab.call("cancel_job", arguments={"job_id": working[0]}, token=other))
    material.cancel_all(lab, working)
    query = {"user_id": user_id, "name": lab.name("Mine")}
    midi = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"}).item
    _kept(lab, "delete_midi", "midiItemId", midi.get("midiRenderVO"))
    voice = lab.call("clone_voice", query=query, content=wav_file(), headers={"Content-Type": "audio/wav"}).item
    _kept(lab, "delete_cloned_voice", "clonedVoiceItemId", voice)


def _kept(lab: Lab, operation: str, name: str, upload: object) -> None:
    thing = upload.get(name) if isinstance(upload, dict) else None
    if not isinstance(thing, str):
        return
    _hidden(lab, lab.call(operation, arguments={name: thing}, token=lab.target.other_token))
    mine = lab.call(operation, arguments={name: thing})
    told = f"somebody else deleted {thing}: deleting it was answered {mine.status}"
    lab.check("ids-belong-to-their-user", fine=mine.status == 200, message=told, call=mine)


def _hidden(lab: Lab, call: Call) -> None:
    told = f"{call.operation} of what is another user's was answered {call.status}"
    lab.check("ids-belong-to-their-user", fine=call.status == 404, message=told, call=call)


def not_shown(lab: Lab, call: Call, mine: set[str]) -> None:
    """Judge that another user's call shows neither these jobs nor our account."""
    mine_too = mine & {str(row.get("job_id")) for row in running_rows(call)}
    # Two users may have set up one and the same account of TemPolor, but not the one that was made up for this run.
    looks = call.operation == "list_accounts" and call.accepted and lab.guard.level is Level.FULL
    shared = mine_too or (set(call.item) & {material.account(lab)} if looks else set())
    told = f"{call.operation} shows another user's {sorted(shared)[:1]}"
    lab.check("ids-belong-to-their-user", fine=not shared, message=told, call=call)


WRITES = Scenario("unknown-ids-and-no-token", _writes, frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY}))
METHODS = Scenario("wrong-methods", _methods, frozenset({Need.CREATE, Need.DESTROY, Need.ACCOUNT}))
STRANGER = Scenario("stranger", _stranger, frozenset({Need.READ, Need.STRANGER}), late=True)
