"""Making more than fits on a page, and walking through the pages."""

from contextlib import suppress
from functools import partial
from typing import Final

from ...document.bodies import record_ids, texts
from ...document.call import Call
from ...rules.catalogue import rule
from . import fixtures
from .lab import UPLOAD_SECONDS, Lab, UnclearError
from .samples import midi_file, wav_file
from .scenario import Beside, Need, Scenario, ids
from .survey import EACH_LIST, pages
from .uploads import becomes_ready

_EMPTY_FIELDS_ARE_LEFT_OUT: Final = rule("empty-fields-are-left-out")
_PAGES_NEITHER_LOSE_NOR_REPEAT: Final = rule("pages-neither-lose-nor-repeat")

_STEPS: Final = (6, 6, 13, 30)
_MOST_PAGES: Final = 80
_AT_ONCE: Final = 2.0
_READY: Final = 200


def _walk(lab: Lab) -> None:
    account = fixtures.new_account(lab, fixtures.ROOM)
    lists = (_many_files, _many_voices, _much_music)
    lab.side_by_side(partial(fill, lab, account) for fill in lists)
    plays = (_cursors_of_others, _made_up_cursors, _empty_type)
    lab.side_by_side(partial(play, lab, account) for play in plays)


def _many_files(lab: Lab, account: str) -> None:
    for count in _STEPS:
        lab.side_by_side([partial(_upload, lab, account)] * count)
        if lab.call("list_midi", query={"user_id": account}).item.get("hasNext"):
            break
    else:
        raise UnclearError("all that was made fits on one page")
    # What stands on the last page is as good as the rest: the rules about what is there judge that.
    for midi_id in record_ids(_last(lab, "list_midi", account))[-1:]:
        fixtures.cancel_all(lab, fixtures.order(lab, user_id=account, midiItemId=midi_id).jobs)
    # What comes and goes while pages are turned moves nothing to another page: `pages-hold-still` judges it.
    for change in (partial(_upload, lab, account), partial(_delete_first, lab)):
        pages(lab, "list_midi", {"user_id": account}, _MOST_PAGES, meanwhile=change)


def _many_voices(lab: Lab, account: str) -> None:
    """Clone as many voices where that costs nothing and is done at once."""
    if lab.target.live:
        return
    slow: list[Call] = []
    for count in _STEPS[:3]:
        calls = lab.side_by_side([partial(_clone, lab, account, slow)] * count)
        more = lab.call("list_cloned_voices", query={"user_id": account}).item.get("hasNext")
        if more or not all(call.accepted and call.exchange.elapsed < _AT_ONCE for call in calls):
            break
    for voice_id in record_ids(_last(lab, "list_cloned_voices", account))[-1:]:
        order = {"user_id": account, "prompt": "A harbour ballad", "clonedVoiceItemId": voice_id}
        # Whether it is to be taken depends on the voice: `ready-material-can-be-used` judges that.
        fixtures.cancel_all(lab, texts(lab.call("create_song", json=order).item.get("jobs")))


def _clone(lab: Lab, account: str, slow: list[Call]) -> Call:
    """Clone a voice, and look closely at the first of many that is not ready at once."""
    query = {"user_id": account, "name": lab.name("page")}
    headers = {"Content-Type": "audio/wav"}
    call = lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=UPLOAD_SECONDS)
    if call.accepted and call.status != _READY and not slow:
        slow.append(call)
        with suppress(UnclearError):
            becomes_ready(lab, account, call)
    return call


def _much_music(lab: Lab, account: str) -> None:
    orders = range(_STEPS[0] + _STEPS[1])
    lab.side_by_side(partial(_order, lab, account, cancelled=number % 4 == 0) for number in orders)
    for job_id in record_ids(_last(lab, "list_music", account))[-1:]:
        fixtures.read(lab, job_id)
    pages(lab, "list_music", {"user_id": account}, _MOST_PAGES, meanwhile=partial(_order_more, lab, account))


def _last(lab: Lab, operation: str, account: str) -> Call:
    """Return the last page of a list, and judge that there is one: there are more turns than things to be listed."""
    found = pages(lab, operation, {"user_id": account}, _MOST_PAGES)
    told = f"{operation} says after {len(found)} pages that there are more, but there are fewer things to be listed"
    fine = found[-1].item.get("hasNext") is not True
    lab.check(_PAGES_NEITHER_LOSE_NOR_REPEAT, fine=fine, message=told, call=found[-1], earlier=(found[0],))
    return found[-1]


def _empty_type(lab: Lab, account: str) -> None:
    empty = lab.call("list_music", query={"user_id": account, "type": ""})
    told = f"list_music with an empty type was answered {empty.status}: {empty.error}"
    lab.check(_EMPTY_FIELDS_ARE_LEFT_OUT, fine=empty.accepted, message=told, call=empty)


def _cursors_of_others(lab: Lab, account: str) -> None:
    """Ask with a cursor of one account for another one's page, and as another user with an account of that name.

    Refused or not, none of ours is on it: `list-keeps-to-its-account` and `ids-carry-the-token-number` judge that.
    """
    lists = ("list_midi", "list_music")
    cursors = lab.side_by_side(partial(_cursor, lab, account, operation) for operation in lists)
    other = lab.target.other_token
    if other and lab.call("create_account", json={"requestParams": {"user_id": account}}, token=other).accepted:
        for operation, cursor in zip(lists, cursors, strict=True):
            if cursor:
                lab.call(operation, query={"user_id": account, "cursor": cursor}, token=other)
        lab.call("delete_account", arguments={"user_id": account}, token=other)


def _cursor(lab: Lab, account: str, operation: str) -> str:
    """Return the cursor of a list's second page, and ask for it twice, and of another account."""
    cursor = lab.call(operation, query={"user_id": account}).item.get("cursor")
    if not isinstance(cursor, str) or not cursor:
        return ""
    _twice(lab, operation, {"user_id": account, "cursor": cursor})
    lab.call(operation, query={"user_id": fixtures.account(lab), "cursor": cursor})
    return cursor


def _twice(lab: Lab, operation: str, query: dict[str, str]) -> None:
    """Ask for a page again, as who lost the answer does."""
    first, again = (lab.call(operation, query=query) for _ in range(2))
    told = f"a page of {operation} was there, and asked for again with the same cursor, it was answered {again.status}"
    fine = again.accepted or not first.accepted
    lab.check(_PAGES_NEITHER_LOSE_NOR_REPEAT, fine=fine, message=told, call=again, earlier=(first,))


def _made_up_cursors(lab: Lab, account: str) -> None:
    """Ask for pages that no list has. Refused or not, that is no reason to crash: `no-lasting-crash` judges it."""
    cursors = ("no-cursor", "MTI=", "-1")
    queries = ({"user_id": account, "cursor": each} for each in cursors)
    lab.side_by_side(partial(lab.call, each, query=query) for query in queries for each in EACH_LIST)


def _order(lab: Lab, account: str, *, cancelled: bool) -> None:
    """Make music to be listed: running, ended or cancelled, all of it is."""
    jobs = fixtures.order(lab, user_id=account).jobs
    lab.clock.wait(1 if lab.clock.virtual else 0)
    fixtures.cancel_all(lab, jobs if cancelled else ())


def _order_more(lab: Lab, account: str, _first: Call) -> None:
    fixtures.cancel_all(lab, fixtures.order(lab, user_id=account).jobs)


def _delete_first(lab: Lab, first: Call) -> None:
    for midi_id in record_ids(first)[:1]:
        lab.call("delete_midi", arguments={"midiItemId": midi_id})


def _upload(lab: Lab, account: str, _first: Call | None = None) -> None:
    query = {"user_id": account, "name": lab.name("page")}
    call = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    if not call.accepted:
        raise UnclearError(f"a MIDI file could not be uploaded: {call.status} {call.error}")


WALK = Scenario(
    "pages",
    _walk,
    frozenset({Need.ACCOUNT, Need.CREATE, Need.UPLOAD}),
    cost=71,
    beside=Beside.UNHURRIED,
    provokes=ids(
        "pages-neither-lose-nor-repeat pages-hold-still ready-material-can-be-used what-was-made-can-be-found "
        "clone-status-fits-its-body no-lasting-crash empty-fields-are-left-out"
    ),
)
