"""Configuring accounts: level full only, because a real one takes its secrets."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from ...document.bodies import texts
from ...document.call import Call
from ...document.ids import parse
from ...rules.catalogue import rule
from ...rules.rule import Rule
from . import fixtures
from .account_choice import room_counts
from .lab import UPLOAD_SECONDS, Lab, UnclearError
from .other_user import not_shown
from .samples import midi_file, wav_file
from .scenario import Beside, Need, Scenario, ids
from .survey import EACH_LIST

_ACCOUNT_ROUND_TRIPS: Final = rule("account-round-trips")
_ACCOUNT_STAMP_IS_NOW: Final = rule("account-stamp-is-now")
_EMPTY_FIELDS_ARE_LEFT_OUT: Final = rule("empty-fields-are-left-out")
_EMPTY_IS_LEFT_OUT: Final = rule("empty-is-left-out")
_INVALID_VALUES_ARE_400: Final = rule("invalid-values-are-400")
_ONE_ACCOUNT_NEEDS_NO_NAME: Final = rule("one-account-needs-no-name")
_UNKNOWN_ACCOUNT_IS_404: Final = rule("unknown-account-is-404")
_WHOLE_NUMBERS_MAY_HAVE_A_POINT: Final = rule("whole-numbers-may-have-a-point")

_MIDI: Final = {"Content-Type": "audio/midi"}
_NAMELESS: Final[tuple[dict[str, str], ...]] = ({}, {"user_id": ""})
_SKEW_MS: Final = 5000
_LAST_LIMIT: Final = 3
_MANY: Final = 21
"""More than lists are cut at by those who take them for pages."""
_REFUSED: Final[tuple[dict[str, Any], ...]] = (
    {"requestParams": []},
    {"requestParams": "x"},
    {"requestParams": ""},
    {"requestParams": 5},
    {"requestParams": True},
    {"maxJobs": "many"},
    {"maxJobs": [4]},
    {"maxJobs": 2.7},
    {"maxJobs": True},
    {"maxJobs": 3_000_000_000},
    {"maxJobs": 0},
    {"maxJobs": -1},
)


def _accounts(lab: Lab) -> None:
    first = fixtures.new_account(lab)
    second = fixtures.new_account(lab, 3)
    lab.side_by_side(
        [
            partial(_stored_again, lab, second),
            partial(_namesake, lab, first),
            partial(_nameless, lab, first),
            partial(_empty_and_invalid, lab),
        ]
    )
    lab.side_by_side(partial(_gone, lab, user_id) for user_id in (first, second))
    lab.side_by_side(partial(lab.call, operation) for operation in ("list_accounts", "get_available_capacity"))


def _stored_again(lab: Lab, user_id: str) -> None:
    """Store an account with other parameters and limits, and read what has become of it."""
    secret = {"user_id": user_id, "service_ticket": "browser-session-ticket"}
    before = None
    for limit in (7, _LAST_LIMIT):
        # A value that changes, and a name that goes.
        words = {"ve": f"2.{limit}", f"la_{limit}": "fr"}
        others = {
            "screen": {"size": [limit, 2]},
            "langs": ["de", "en"],
            "ver_code": 20000,
            "ts": 1_716_200_000_000 + limit,
            "beta": limit == _LAST_LIMIT,
            "retries": 0,
        }
        before = _stored(lab, {**secret, **words, **others}, limit, before)
        lab.clock.wait(1)
        seen = [lab.call("get_account", arguments={"user_id": user_id}) for _ in range(2)]
        told = f"account {user_id} was only read, but updated went from {seen[0].item.get('updated')}"
        fine = seen[0].item.get("updated") == seen[1].item.get("updated")
        lab.check(_ACCOUNT_ROUND_TRIPS, fine=fine, message=told, call=seen[1], earlier=(seen[0],))
        lab.call("get_available_capacity")
        if limit != _LAST_LIMIT:
            # What an account has outlives its being stored again.
            lab.call("upload_midi", query={"user_id": user_id, "name": "Kept"}, content=midi_file(), headers=_MIDI)
    lab.call("list_midi", query={"user_id": user_id})
    lab.call("list_accounts")


def _nameless(lab: Lab, user_id: str) -> None:
    """Leave out which of several accounts is meant: `several-accounts-need-a-name` judges the lists."""
    queries: tuple[dict[str, str], ...] = ({}, {"user_id": user_id})
    lab.side_by_side(partial(lab.call, operation, query=query) for operation in EACH_LIST for query in queries)
    _nameless_uploads(lab)


def _namesake(lab: Lab, user_id: str) -> None:
    """Use an account whose id goes on where another one ends: `list-keeps-to-its-account` judges the lists of that."""
    longer = f"{user_id}1"
    if lab.call("create_account", json={"requestParams": {"user_id": longer}}).accepted:
        lab.call("upload_midi", query={"user_id": longer, "name": "Longer"}, content=midi_file(), headers=_MIDI)
        jobs = fixtures.order(lab, user_id=longer).jobs
        lab.side_by_side(partial(lab.call, each, query={"user_id": user_id}) for each in ("list_midi", "list_music"))
        fixtures.cancel_all(lab, jobs)
        lab.call("delete_account", arguments={"user_id": longer})


def _stored(lab: Lab, parameters: dict[str, Any], limit: int, before: Call | None) -> Call:
    begin = lab.clock.now()
    call = lab.call("create_account", json={"requestParams": parameters, "maxJobs": limit})
    stamp = call.item.get("updated")
    if isinstance(stamp, int) and lab.clock.virtual:
        told = f"the account was stored at {begin * 1000:.0f} by the service's clock, but updated is {stamp}"
        fine = abs(stamp - begin * 1000) <= _SKEW_MS
        lab.check(_ACCOUNT_STAMP_IS_NOW, fine=fine, message=told, call=call)
    if before is not None and isinstance(stamp, int):
        told = f"the account was stored again after a second, but updated is still {stamp}"
        fine = stamp != before.item.get("updated")
        lab.check(_ACCOUNT_STAMP_IS_NOW, fine=fine, message=told, call=call, earlier=(before,))
    return call


def _nameless_uploads(lab: Lab) -> None:
    """Upload without an account's name, and with an empty one, as the samples of the pages do."""
    sound = {"content": wav_file(), "headers": {"Content-Type": "audio/wav"}, "timeout": UPLOAD_SECONDS}
    uploads: dict[str, dict[str, Any]] = {
        "upload_midi": {"content": midi_file(), "headers": {"Content-Type": "audio/midi"}},
        "clone_voice": sound,
        "split_stems": sound,
    }
    lab.side_by_side(partial(_nameless_upload, lab, *each) for each in uploads.items())


def _nameless_upload(lab: Lab, operation: str, options: dict[str, Any]) -> None:
    left_out, empty = lab.side_by_side(
        partial(lab.call, operation, query={"name": "x", **query}, **options) for query in _NAMELESS
    )
    told = f"{operation} without user_id was answered {left_out.status}, with an empty one {empty.status}"
    fine = left_out.status == empty.status
    lab.check(_EMPTY_IS_LEFT_OUT, fine=fine, message=told, call=empty, earlier=(left_out,))


def _one_account(lab: Lab) -> None:
    """Give another user, who has no account, one; then nothing needs to be told which."""
    other = lab.target.other_token
    listed = lab.call("list_accounts", token=other)
    if listed.status != 404:
        raise UnclearError("the other user has accounts already")
    for call in (listed, *lab.side_by_side(_nameless_calls(lab))):
        told = f"no account is configured, but {call.operation} was answered {call.status}"
        lab.check(_UNKNOWN_ACCOUNT_IS_404, fine=call.status == 404, message=told, call=call)
    made_up = str(lab.random.randrange(10**8, 10**9))
    stored = lab.call("create_account", json={"requestParams": {"user_id": made_up}}, token=other)
    if not stored.accepted:
        raise UnclearError(f"an account could not be configured: {stored.status} {stored.error}")
    user_id = str(stored.item.get("user_id", made_up))
    try:
        not_shown(lab, lab.call("list_accounts", token=other), set())
        not_shown(lab, lab.call("get_available_capacity", token=other), set())
        # Two and one again is one.
        second = str(lab.random.randrange(10**8, 10**9))
        if lab.call("create_account", json={"requestParams": {"user_id": second}}, token=other).accepted:
            lab.call("delete_account", arguments={"user_id": second}, token=other)
        _without_a_name(lab, user_id)
        room_counts(lab, str(lab.random.randrange(10**8, 10**9)), str(other))
    finally:
        deleted = lab.call("delete_account", arguments={"user_id": user_id}, token=other)
        told = f"{user_id} was the only account, and deleting it was answered {deleted.status}: {deleted.error}"
        lab.check(_ACCOUNT_ROUND_TRIPS, fine=deleted.accepted, message=told, call=deleted)


def _nameless_calls(lab: Lab) -> list[Callable[[], Call]]:
    """Return whatever another user may ask for without naming an account; orders come last."""
    call = partial(lab.call, token=lab.target.other_token)
    sound: dict[str, Any] = {"content": wav_file(), "headers": {"Content-Type": "audio/wav"}, "timeout": UPLOAD_SECONDS}
    # Elsewhere they keep their caller waiting for minutes.
    sounds = (("clone_voice", {"name": "x"}), ("split_stems", {})) if lab.clock.virtual else ()
    return [
        *(partial(call, operation) for operation in EACH_LIST),
        partial(call, "list_music", query={"user_id": ""}),
        partial(call, "upload_midi", query={"name": "x"}, content=midi_file(), headers=_MIDI),
        *(partial(call, operation, query=query, **sound) for operation, query in sounds),
        partial(call, "create_instrumental", json={"prompt": "A harbour loop"}),
        partial(call, "create_song", json={"prompt": "A harbour ballad"}),
    ]


def _without_a_name(lab: Lab, user_id: str) -> None:
    other = lab.target.other_token
    calls = lab.side_by_side(_nameless_calls(lab))
    for call in calls:
        if fixtures.busy(call):
            continue
        told = f"{user_id} is the only account, and {call.operation} without its name was answered {call.status}"
        lab.check(_ONE_ACCOUNT_NEEDS_NO_NAME, fine=call.accepted, message=f"{told}: {call.error}", call=call)
    jobs = [job_id for call in calls[-2:] for job_id in texts(call.item.get("jobs"))]
    elsewhere = [job_id for job_id in jobs if (parts := parse(job_id)) and parts.account != user_id]
    told = f"{user_id} is the only account, but an order without its name started {elsewhere}"
    lab.check(_ONE_ACCOUNT_NEEDS_NO_NAME, fine=not elsewhere, message=told, call=calls[-1])
    for job_id in jobs:
        lab.call("cancel_job", arguments={"job_id": job_id}, token=other)


def _empty_and_invalid(lab: Lab) -> None:
    made_up = (str(lab.random.randrange(10**8, 10**9)) for _ in range(8))
    first, second, third, fourth, fifth, sixth, seventh, eighth = made_up
    # A browser may send its numbers as numbers. `account-keeps-its-id` and `no-lasting-crash` judge what comes of it.
    named = ({"ucid": first}, {"user_id": int(second)})
    # An id is a text: zeros in front belong to it, and paths have it encoded.
    hard = (f"00{third}", f"J\u00f6 {fourth}")
    lab.side_by_side(
        [
            *(partial(_for_a_moment, lab, parameters) for parameters in named),
            *(partial(_hard_id, lab, user_id) for user_id in hard),
            *(partial(_used, lab, user_id) for user_id in (f"my-account_{sixth}", f"Zo\u00eb {sixth}")),
            partial(_empty, lab),
            partial(_limited, lab, seventh, "", _EMPTY_FIELDS_ARE_LEFT_OUT),
            partial(_limited, lab, eighth, 4.0, _WHOLE_NUMBERS_MAY_HAVE_A_POINT),
            partial(_without_parameters, lab),
            *(partial(_refused, lab, fifth, body) for body in _REFUSED),
        ]
    )


def _for_a_moment(lab: Lab, parameters: dict[str, Any]) -> None:
    [user_id] = parameters.values()
    if lab.call("create_account", json={"requestParams": parameters}).accepted:
        lab.call("delete_account", arguments={"user_id": str(user_id)})


def _hard_id(lab: Lab, user_id: str) -> None:
    """Store an account under an id beside an `ucid`, of which `user_id` counts."""
    two_names = {"user_id": user_id, "ucid": str(lab.random.randrange(10**8, 10**9))}
    named = lab.call("create_account", json={"requestParams": two_names})
    if named.accepted:
        stored_as = str(named.item.get("user_id", user_id))
        lab.call("get_account", arguments={"user_id": stored_as})
        lab.call("list_accounts")
        _gone(lab, stored_as)


def _used(lab: Lab, user_id: str) -> None:
    """Use an account whose id has a dash, which stands between other parts of ids, too, or what paths have encoded."""
    if lab.call("create_account", json={"requestParams": {"user_id": user_id}}).accepted:
        jobs = fixtures.order(lab, user_id=user_id).jobs
        midi = lab.call("upload_midi", query={"user_id": user_id, "name": "x"}, content=midi_file(), headers=_MIDI)
        made = midi.item.get("midiRenderVO")
        if isinstance(made, dict) and isinstance(made.get("midiItemId"), str):
            lab.call("delete_midi", arguments={"midiItemId": made["midiItemId"]})
        lab.call("list_music", query={"user_id": user_id})
        for job_id in jobs:
            fixtures.read(lab, job_id)
        fixtures.cancel_all(lab, jobs)
        _gone(lab, user_id)


def _empty(lab: Lab) -> None:
    empty = lab.call("create_account", json={"requestParams": {}})
    told = f"requestParams {{}} is what the page sends, but was answered {empty.status}: {empty.error}"
    lab.check(_ACCOUNT_ROUND_TRIPS, fine=empty.status == 200, message=told, call=empty)
    if empty.accepted and isinstance(empty.item.get("user_id"), str):
        lab.call("get_account", arguments={"user_id": empty.item["user_id"]})
        lab.call("delete_account", arguments={"user_id": empty.item["user_id"]})


def _limited(lab: Lab, user_id: str, limit: object, taken: Rule) -> None:
    """Store an account with a limit that is written in an unusual way."""
    call = lab.call("create_account", json={"requestParams": {"user_id": user_id}, "maxJobs": limit})
    told = f"create_account with maxJobs {limit!r} was answered {call.status}: {call.error}"
    lab.check(taken, fine=call.accepted, message=told, call=call)
    lab.call("delete_account", arguments={"user_id": user_id})


def _without_parameters(lab: Lab) -> None:
    missing = lab.call("create_account", json={"maxJobs": 3})
    told = f"an account without requestParams was answered {missing.status}"
    lab.check(_INVALID_VALUES_ARE_400, fine=missing.status == 400, message=told, call=missing)


def _refused(lab: Lab, made_up: str, body: dict[str, Any]) -> None:
    """Store what no account can be: `invalid-is-refused` judges it, and `secrets-are-masked` what the refusal says."""
    parameters = {"user_id": made_up, "service_ticket": "browser-session-ticket"}
    call = lab.call("create_account", json={"requestParams": parameters, **body})
    if call.accepted and isinstance(call.item.get("user_id"), str):
        lab.call("delete_account", arguments={"user_id": call.item["user_id"]})


def _account_again(lab: Lab) -> None:
    """Delete an account whose jobs are at work, and store it again: it begins anew."""
    user_id = fixtures.new_account(lab, 4)
    jobs = fixtures.order(lab, user_id=user_id).jobs
    _gone(lab, user_id)
    again = lab.call("create_account", json={"requestParams": {"user_id": user_id}, "maxJobs": 7})
    if not again.accepted:
        raise UnclearError(f"an account could not be stored again: {again.status} {again.error}")
    for operation in ("get_account", "get_available_capacity", "get_available_capacity", "list_running_jobs"):
        lab.call(operation, arguments={"user_id": user_id})
    lab.call("list_music", query={"user_id": user_id})
    new = fixtures.order(lab, user_id=user_id).jobs
    lab.call("get_available_capacity")
    fixtures.cancel_all(lab, (*new, *jobs))
    lab.call("delete_account", arguments={"user_id": user_id})


def _many_accounts(lab: Lab) -> None:
    """Configure many accounts: lists show all of them, as `account-round-trips` judges."""
    made = lab.side_by_side([partial(fixtures.new_account, lab, 2)] * _MANY)
    for operation in ("list_accounts", "get_available_capacity"):
        lab.call(operation)
    lab.side_by_side(partial(lab.call, "delete_account", arguments={"user_id": user_id}) for user_id in made)


def _gone(lab: Lab, user_id: str) -> None:
    deleted = lab.call("delete_account", arguments={"user_id": user_id})
    told = f"account {user_id} was there, but deleting it was answered {deleted.status}"
    lab.check(_ACCOUNT_ROUND_TRIPS, fine=deleted.accepted, message=told, call=deleted)
    query = {"user_id": user_id, "name": "x"}
    late: list[Callable[[], Call]] = [
        *(partial(lab.call, each, arguments={"user_id": user_id}) for each in ("get_account", "delete_account")),
        partial(lab.call, "list_music", query={"user_id": user_id}),
        partial(lab.call, "upload_midi", query=query, content=midi_file(), headers=_MIDI),
        partial(lab.call, "create_song", json={"user_id": user_id, "prompt": "A harbour ballad"}),
    ]
    for call in lab.side_by_side(late):
        told = f"account {user_id} was deleted, but {call.operation} was answered {call.status}"
        lab.check(_ACCOUNT_ROUND_TRIPS, fine=call.status == 404, message=told, call=call, earlier=(deleted,))
        fixtures.cancel_all(lab, texts(call.item.get("jobs")))


_MAKES: Final = frozenset({Need.CREATE, Need.ACCOUNT, Need.UPLOAD})

ACCOUNTS = Scenario(
    "accounts",
    _accounts,
    _MAKES,
    cost=8,
    beside=Beside.UNHURRIED,
    provokes=ids(
        "account-keeps-its-limit account-keeps-its-id secrets-are-masked account-round-trips "
        "several-accounts-need-a-name account-stamp-is-now account-keeps-its-parameters "
        "whole-numbers-may-have-a-point"
    ),
)
AGAIN = Scenario(
    "account-again",
    _account_again,
    _MAKES | {Need.DESTROY},
    cost=4,
    beside=Beside.ORDERS,
    provokes=("account-round-trips", "available-adds-up"),
)
MANY = Scenario(
    "many-accounts",
    _many_accounts,
    _MAKES,
    cost=_MANY,
    beside=Beside.UNHURRIED,
    provokes=("account-round-trips", "available-has-all-accounts"),
)
ONE_ACCOUNT = Scenario(
    "one-account",
    _one_account,
    _MAKES | {Need.OTHER_USER},
    cost=8,
    beside=Beside.ORDERS,
    provokes=ids("one-account-needs-no-name no-accounts-is-404 unknown-account-is-404 order-finds-its-account"),
)
