"""Asking as another user for what is ours: none of it is there for them."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, Final

from ...document.bodies import record_ids, records_of, running_rows, texts
from ...document.call import Call
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .lab import UPLOAD_SECONDS, Lab, UnclearError
from .samples import midi_file, wav_file
from .scenario import Beside, Need, Scenario

_IDS_BELONG_TO_THEIR_USER: Final = rule("ids-belong-to-their-user")

_LISTS: Final = ("list_music", "list_midi", "list_cloned_voices")
_BUSY: Final = 429


def _other_user(lab: Lab) -> None:
    """Look for my things as somebody else."""
    other = lab.target.other_token
    mine = lab.call("list_music", query={"user_id": fixtures.account(lab)})
    jobs = texts([record.get("job_id") for record in records_of(mine)])
    if lab.guard.level is Level.FULL and not jobs:
        jobs = fixtures.completed_song(lab).jobs
    if not jobs:
        raise UnclearError("there is no music that somebody else could reach for")
    _all_hidden(lab, ("get_music", "download_music"), arguments={"job_id": jobs[0]})
    for operation in ("list_accounts", "list_running_jobs", "get_available_capacity"):
        not_shown(lab, lab.call(operation, token=other), set(jobs))
    if lab.guard.level is Level.FULL:
        _reaching(lab, jobs[0])


def _reaching(lab: Lab, job_id: str) -> None:
    """Have somebody else reach for a job and an account that only we can have."""
    other, user_id = lab.target.other_token, fixtures.account(lab)
    _reaching_for_work(lab, user_id)
    _all_hidden(lab, ("cancel_job", "delete_music"), arguments={"job_id": job_id})
    _all_hidden(lab, ("get_account", "delete_account"), arguments={"user_id": user_id})
    _all_hidden(lab, _LISTS, query={"user_id": user_id})
    body = {"user_id": user_id, "prompt": "A ballad"}
    orders = [partial(lab.call, each, json=body, token=other) for each in ("create_song", "create_instrumental")]
    for call in lab.side_by_side([*orders, *_uploading(lab, user_id)]):
        _hidden(lab, call)
    for still in (fixtures.read(lab, job_id), lab.call("get_account", arguments={"user_id": user_id})):
        told = f"somebody else deleted what {still.path} was: it is answered {still.status}"
        lab.check(_IDS_BELONG_TO_THEIR_USER, fine=still.accepted, message=told, call=still)


def _uploading(lab: Lab, user_id: str) -> list[partial[Call]]:
    """Return uploads by somebody else to an account of ours."""
    send = partial(lab.call, query={"user_id": user_id, "name": "Theirs"}, token=lab.target.other_token)
    sound: dict[str, Any] = {"content": wav_file(), "headers": {"Content-Type": "audio/wav"}}
    return [
        partial(send, "upload_midi", content=midi_file(), headers={"Content-Type": "audio/midi"}),
        partial(send, "clone_voice", **sound, timeout=UPLOAD_SECONDS),
        partial(send, "split_stems", **sound, timeout=UPLOAD_SECONDS),
    ]


def _reaching_for_work(lab: Lab, user_id: str) -> None:
    """Have somebody else reach for a job at work, and for uploads."""
    other = lab.target.other_token
    working = fixtures.order(lab, user_id=user_id).jobs
    for operation in ("list_running_jobs", "get_available_capacity"):
        not_shown(lab, lab.call(operation, token=other), set(working))
    _hidden(lab, lab.call("cancel_job", arguments={"job_id": working[0]}, token=other))
    fixtures.cancel_all(lab, working)
    query = {"user_id": user_id, "name": lab.name("Mine")}
    midi = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"}).item
    _kept(lab, "delete_midi", "midiItemId", midi.get("midiRenderVO"))
    _kept(lab, "delete_cloned_voice", "clonedVoiceItemId", _cloned(lab, query).item)


def _kept(lab: Lab, operation: str, name: str, upload: object) -> None:
    thing = upload.get(name) if isinstance(upload, dict) else None
    if not isinstance(thing, str):
        return
    _hidden(lab, lab.call(operation, arguments={name: thing}, token=lab.target.other_token))
    mine = lab.call(operation, arguments={name: thing})
    told = f"somebody else deleted {thing}: deleting it was answered {mine.status}"
    lab.check(_IDS_BELONG_TO_THEIR_USER, fine=mine.accepted, message=told, call=mine)


def _all_hidden(lab: Lab, operations: Sequence[str], **options: Any) -> None:
    other = lab.target.other_token
    for call in lab.side_by_side(partial(lab.call, each, token=other, **options) for each in operations):
        _hidden(lab, call)


def _hidden(lab: Lab, call: Call) -> None:
    told = f"{call.operation} worked on what is another user's: it was answered {call.status}"
    lab.check(_IDS_BELONG_TO_THEIR_USER, fine=call.status == 404, message=told, call=call)


def not_shown(lab: Lab, call: Call, mine: set[str]) -> None:
    """Judge that another user's call shows neither these jobs nor our account."""
    mine_too = mine & {str(row.get("job_id")) for row in running_rows(call)}
    # Two users may have set up one and the same account of TemPolor, but not the one that was made up for this run.
    looks = call.operation == "list_accounts" and call.accepted and lab.guard.level is Level.FULL
    shared = mine_too or (set(call.item) & {fixtures.account(lab)} if looks else set())
    told = f"{call.operation} shows another user's {sorted(shared)[:1]}"
    lab.check(_IDS_BELONG_TO_THEIR_USER, fine=not shared, message=told, call=call)


def _namesake(lab: Lab) -> None:
    """Have somebody else set up an account of the same name as ours, from where ours may be in reach."""
    other, user_id = lab.target.other_token, fixtures.new_account(lab, fixtures.ROOM)
    mine = fixtures.order(lab, user_id=user_id).jobs
    things = uploads(lab, user_id)
    # What was read once may be remembered for the next who asks.
    lab.side_by_side(partial(lab.call, operation, query={"user_id": user_id}) for operation in _LISTS)
    theirs = {"requestParams": {"user_id": user_id}, "maxJobs": 1}
    stored = lab.call("create_account", json=theirs, token=other)
    if not stored.accepted:
        raise UnclearError(f"another user cannot set up the same account: {stored.status} {stored.error}")
    try:
        _their_lists(lab, user_id, {*mine, *things.values()})
        _their_orders(lab, user_id, things)
        _their_room(lab, user_id)
        _all_hidden(lab, ("get_music", "download_music", "cancel_job", "delete_music"), arguments={"job_id": mine[0]})
    finally:
        _deleted_by_others(lab, user_id)
    for still in (fixtures.read(lab, mine[0]), lab.call("get_account", arguments={"user_id": user_id})):
        told = f"somebody else deleted what {still.path} was: it is answered {still.status}"
        lab.check(_IDS_BELONG_TO_THEIR_USER, fine=still.accepted, message=told, call=still)
    fixtures.cancel_all(lab, mine)
    lab.call("delete_account", arguments={"user_id": user_id})


def _deleted_by_others(lab: Lab, user_id: str) -> None:
    """Have them delete their account, while a job of ours runs under the same name: it runs on."""
    job_id = fixtures.order(lab, user_id=user_id).jobs[0]
    before = lab.call("list_running_jobs")
    lab.call("delete_account", arguments={"user_id": user_id}, token=lab.target.other_token)
    after = lab.call("list_running_jobs")
    listed = [job_id in {row.get("job_id") for row in running_rows(each)} for each in (before, after)]
    lost = listed == [True, False] and fixtures.running(lab, (job_id,))
    told = f"{job_id} is at work, but not listed since another user has deleted an account of the same name"
    lab.check(_IDS_BELONG_TO_THEIR_USER, fine=not lost, message=told, call=after, earlier=(before,))
    fixtures.cancel_all(lab, (job_id,))


def uploads(lab: Lab, user_id: str) -> dict[str, str]:
    """Upload a MIDI file and a voice, and return their ids by the fields that name them in an order."""
    # Where all characters are Latin, others than UTF-8 may be tried.
    query = {"user_id": user_id, "name": f"Caf\u00e9 {lab.name('Mine')}"}
    midi = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    voice = _cloned(lab, query)
    inner = midi.item.get("midiRenderVO")
    found = {
        "midiItemId": inner.get("midiItemId") if isinstance(inner, dict) else None,
        # One that is still being cloned is not there for anybody.
        "clonedVoiceItemId": voice.item.get("clonedVoiceItemId") if voice.status == 200 else None,
    }
    return {name: thing for name, thing in found.items() if isinstance(thing, str)}


def _cloned(lab: Lab, query: dict[str, str]) -> Call:
    headers = {"Content-Type": "audio/wav"}
    return lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=UPLOAD_SECONDS)


def _their_lists(lab: Lab, user_id: str, mine: set[str]) -> None:
    for operation in _LISTS:
        call = lab.call(operation, query={"user_id": user_id}, token=lab.target.other_token)
        shared = sorted(mine & set(record_ids(call)))
        told = f"{operation} shows another user's {shared[:1]}"
        lab.check(_IDS_BELONG_TO_THEIR_USER, fine=not shared, message=told, call=call)
    for operation in ("list_running_jobs", "get_available_capacity"):
        not_shown(lab, lab.call(operation, token=lab.target.other_token), mine)


def _their_orders(lab: Lab, user_id: str, things: Mapping[str, str]) -> None:
    other = lab.target.other_token
    for (name, thing), encoded in product(things.items(), fixtures.ENCODINGS):
        fields = {"user_id": user_id, "prompt": "A ballad", name: thing}
        order = lab.call("create_song", **encoded(fields), token=other)
        told = f"{thing} is another user's, and an order with it was answered {order.status}"
        lab.check(_IDS_BELONG_TO_THEIR_USER, fine=not order.accepted, message=told, call=order)
        for job_id in texts(order.item.get("jobs")):
            lab.call("cancel_job", arguments={"job_id": job_id}, token=other)


def _their_room(lab: Lab, user_id: str) -> None:
    """Have them order where they have one slot, while more than that is at work for us under the same name."""
    other = lab.target.other_token
    order = lab.call("create_song", json={"user_id": user_id, "prompt": "A ballad"}, token=other)
    told = f"nothing of theirs is at work on {user_id}, but their first order was answered 429: it counts our jobs"
    lab.check(_IDS_BELONG_TO_THEIR_USER, fine=order.status != _BUSY, message=told, call=order)
    for job_id in texts(order.item.get("jobs")):
        lab.call("cancel_job", arguments={"job_id": job_id}, token=other)


_ALL: Final = frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT, Need.OTHER_USER})

OTHER_USER = Scenario(
    "other-user",
    _other_user,
    frozenset({Need.READ, Need.OTHER_USER}),
    late=True,
    beside=Beside.LEFTOVERS,
    provokes=("ids-belong-to-their-user",),
)
NAMESAKE = Scenario(
    "namesake", _namesake, _ALL, cost=7, beside=Beside.UNHURRIED, provokes=("ids-belong-to-their-user",)
)
