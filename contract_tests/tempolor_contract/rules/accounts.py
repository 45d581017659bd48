"""Rules about accounts."""

from typing import Final

from ..document.bodies import accounts_of, whole
from ..document.call import Call
from ..document.service import LISTS, ORDERS, UPLOADS
from ..document.times import milliseconds
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_SHOWS: Final = frozenset({"create_account", "get_account", "list_accounts"})
_NEEDS_USER: Final = UPLOADS | LISTS
_POST: Final = "post-tempolor-accounts"
_DEFAULT_JOBS: Final = 10
_SKEW_MS: Final = 100
_STALE_MS: Final = 10_000


def _stamps(call: Call) -> Judged:
    judged: Judged = None
    for account in accounts_of(call):
        stamp, text = account.get("updated"), account.get("updatedUTC")
        told = milliseconds(text)
        if isinstance(stamp, int) and told is not None:
            # Two clocks may be asked one after the other; a text of whole seconds tells no more.
            if abs(told - stamp) > (_SKEW_MS if "." in str(text) else 1000):
                return [
                    Problem(
                        f"updated is {stamp} and updatedUTC is {text}: two "
                        f"moments {abs(told - stamp)} ms apart, in place of one"
                    )
                ]
            judged = FINE
    return judged


def _keys(call: Call) -> Judged:
    if call.status != 200 or not call.item:
        return None
    wrong = [key for key, each in call.item.items() if isinstance(each, dict) and each.get("user_id", key) != key]
    return [Problem(f"the key {wrong[0]!r} holds the account {call.item[wrong[0]]['user_id']!r}")] if wrong else FINE


def _stored(call: Call) -> Judged:
    if call.status != 200:
        return None
    sent = call.sent.get("maxJobs", _DEFAULT_JOBS)
    wanted = whole(sent) or sent
    told = call.item.get("maxJobs")
    how = "maxJobs" if "maxJobs" in call.sent else "no maxJobs, which means"
    return (
        FINE if told == wanted else [Problem(f"the account was stored with {how} {wanted}, and the answer says {told}")]
    )


def _stored_id(call: Call) -> Judged:
    parameters = call.sent.get("requestParams")
    if call.status != 200 or not isinstance(parameters, dict):
        return None
    named = [parameters.get(name) for name in ("user_id", "ucid")]
    ids = [each for each in named if each]
    if not ids or isinstance(ids[0], bool) or not isinstance(ids[0], str | int):
        return None  # of what is neither a text nor a number the pages say nothing
    told = call.item.get("user_id")
    # A 0 may be an id like any other number, or say that there is none.
    return (
        FINE
        if told == str(ids[0]) or (told == "0" and named[0] == 0)
        else [Problem(f"the account was stored as {ids[0]!r}, and the answer calls it {told!r}")]
    )


def _asked(call: Call) -> Judged:
    if call.status != 200:
        return None
    asked, told = call.arguments.get("user_id"), call.item.get("user_id")
    return FINE if told == asked else [Problem(f"asked for account {asked!r}, got {told!r}")]


def _round_trip(call: Call, world: World) -> Judged:
    if call.operation == "get_available_capacity":
        return _no_row(call, world)
    judged = _one_found(call, world) if call.operation == "get_account" else _all_found(call, world)
    for each in accounts_of(call):
        account = world.accounts.get(str(each.get("user_id")))
        if account is None or account.gone or not account.shown or not account.stored.before(call):
            continue
        changed = [name for name in ("maxJobs", "updated", "updatedUTC") if each.get(name) != account.shown.get(name)]
        # Somebody else may have stored it again: then its stamp has moved on, and anything may be different.
        if changed and whole(each.get("updated", 0)) == whole(account.shown.get("updated", 0)):
            name = changed[0]
            told = (
                f"{name} was {account.shown.get(name)!r} and is now "
                f"{each.get(name)!r}, though nobody stored the account again"
            )
            return [Problem(f"account {account.user_id}: {told}", (account.stored,), key=name)]
        judged = judged or FINE
    return judged


def _one_found(call: Call, world: World) -> Judged:
    account = world.accounts.get(call.arguments.get("user_id", ""))
    if account is None or call.unclear:
        return None
    if account.deleted and account.deleted.before(call) and call.accepted:
        return [
            Problem(f"account {account.user_id} was deleted, but can still be read", (account.deleted,), key="deleted")
        ]
    if call.status == 404 and not account.gone and account.shown and account.stored.before(call):
        return [
            Problem(
                f"account {account.user_id} was stored and not deleted, but reading it was answered 404",
                (account.stored,),
                key="lost",
            )
        ]
    return FINE if account.deleted else None


def _all_found(call: Call, world: World) -> Judged:
    if call.status not in {200, 404}:
        return None
    there = call.item if call.status == 200 else {}
    for account in world.accounts.values():
        if account.gone is None and account.shown and account.stored.before(call) and account.user_id not in there:
            return [Problem(f"account {account.user_id} was stored, but is not listed", (account.stored,), key="lost")]
        if account.deleted and account.deleted.before(call) and account.user_id in there:
            return [Problem(f"account {account.user_id} was deleted, but is listed", (account.deleted,), key="deleted")]
    return FINE if world.accounts else None


def _no_row(call: Call, world: World) -> Judged:
    gone = {
        each.user_id: each.deleted for each in world.accounts.values() if each.deleted and each.deleted.before(call)
    }
    rows = call.item.get("available")
    if call.status != 200 or not isinstance(rows, list) or not gone:
        return None
    shown = [str(row.get("user_id")) for row in rows if isinstance(row, dict)]
    still = [user_id for user_id in shown if user_id in gone]
    return [
        Problem(f"account {user_id} was deleted, but has a row of free slots", (gone[user_id],), key="row")
        for user_id in still[:1]
    ]


def _some_or_404(call: Call) -> Judged:
    if call.status not in {200, 404}:
        return None
    empty = call.status == 200 and call.answer == {}
    return [Problem("the list of accounts is empty, and was answered 200 in place of 404")] if empty else FINE


def _scheduler_answers(call: Call, world: World) -> Judged:
    known = world.known_accounts(call)
    if not known or call.status not in {200, 404}:
        return None
    told = f"account {known[0].user_id} is configured, but {call.operation} was answered 404: {call.error}"
    return FINE if call.status == 200 else [Problem(told, (known[0].stored,), key=call.operation)]


def _stamp_moves_on(call: Call, world: World) -> Judged:
    account = world.accounts.get(str(call.item.get("user_id")))
    stamp = whole(call.item.get("updated"))
    before = whole(account.shown.get("updated")) if account and account.shown else None
    if call.status != 200 or account is None or stamp is None or before is None or not account.stored.before(call):
        return None
    told = f"account {account.user_id} was stored again, and updated"
    if stamp < before:
        return [Problem(f"{told} went back from {before} to {stamp}", (account.stored,))]
    clock = world.shared.clocks.get(call.token or "")
    late = (clock.told_ms or 0) - stamp if clock is not None else 0
    told = f"{told} is {stamp}, {late} ms before what the service had told of its time"
    return [Problem(told, (account.stored,))] if late > _STALE_MS else FINE


def _name_not_needed(call: Call, world: World) -> Judged:
    alone = world.only_account
    named = call.query.get("user_id") or call.query.get("cursor") or call.sent.get("user_id")
    if named or alone is None or not alone.before(call):
        return None
    if call.status == 400 and "user_id" in call.error:
        told = (
            f"one account is configured, so {call.operation} needs no user_id, but was refused without it: {call.error}"
        )
        return [Problem(told, (alone,))]
    return FINE if call.accepted else None


def _user_needed(call: Call, world: World) -> Judged:
    known = world.known_accounts(call)
    if call.query.get("user_id") or len(known) < 2 or call.unclear or call.status in {401, 402, 429}:
        return None
    if call.accepted:
        told = (
            f"{len(known)} accounts are configured, so {call.operation} needs a user_id, but was accepted without one"
        )
        return [Problem(told, tuple(each.stored for each in known[:2]))]
    if call.status == 404:
        told = f"{call.operation} without a user_id is a 400 where {len(known)} accounts are configured, and no 404"
        return [Problem(told, tuple(each.stored for each in known[:2]), key="404")]
    return FINE


def _on_unlisted(call: Call, world: World) -> Judged:
    """Judge what worked on an account that was in no list, neither before nor after."""
    if call.status not in {200, 404} or not world.unlisted:
        return None
    there = call.item if call.status == 200 else {}
    for user_id, worked in world.unlisted.items():
        if user_id not in there and user_id not in world.accounts and worked.before(call) and world.listed is not None:
            told = f"{worked.operation} worked on account {user_id}, which no list has, neither before nor after"
            return [Problem(told, (world.listed, worked), key=worked.operation)]
    return FINE


RULES = (
    Rule(
        "account-stamps-agree",
        "`updated` and `updatedUTC` are one moment.",
        _POST,
        evidence=("D-32",),
        on=_SHOWS,
        single=_stamps,
    ),
    Rule(
        "accounts-stand-under-their-ids",
        "Each account in the list stands under its own `user_id`.",
        "get-tempolor-accounts",
        on=frozenset({"list_accounts"}),
        single=_keys,
    ),
    Rule(
        "account-that-was-asked-for",
        "The account that was asked for is the one that is answered.",
        "get-tempolor-accounts-user_id",
        on=frozenset({"get_account"}),
        single=_asked,
    ),
    Rule(
        "account-keeps-its-limit",
        "An account is stored with the `maxJobs` that was sent, 10 if none was.",
        _POST,
        on=frozenset({"create_account"}),
        single=_stored,
    ),
    Rule(
        "account-keeps-its-id",
        "An account is stored under the `user_id` of its parameters, else their `ucid`.",
        _POST,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-29",),
        on=frozenset({"create_account"}),
        single=_stored_id,
    ),
    Rule(
        "account-round-trips",
        "A stored account is there and as it was stored, a deleted one is gone.",
        "get-tempolor-accounts-user_id",
        on=frozenset({"get_account", "list_accounts", "get_available_capacity"}),
        history=_round_trip,
    ),
    Rule(
        "several-accounts-need-a-name",
        "With several accounts, lists and uploads need a `user_id`.",
        "get-tempolor-music",
        evidence=("D-26",),
        on=_NEEDS_USER,
        history=_user_needed,
    ),
    Rule(
        "one-account-needs-no-name",
        "With one account, lists, uploads and orders need no `user_id`.",
        "get-tempolor-music",
        evidence=("D-26", "D-27"),
        on=_NEEDS_USER | ORDERS,
        history=_name_not_needed,
    ),
    Rule(
        "no-accounts-is-404",
        "Where no account is configured, the list of accounts is a 404 and no empty object.",
        "get-tempolor-accounts",
        evidence=("D-28",),
        on=frozenset({"list_accounts"}),
        single=_some_or_404,
    ),
    Rule(
        "scheduler-answers-where-accounts-are",
        "Where an account is configured, the scheduler answers, with empty lists if nothing runs.",
        "get-tempolor-scheduler",
        evidence=("D-28",),
        on=frozenset({"list_running_jobs", "get_available_capacity"}),
        history=_scheduler_answers,
    ),
    Rule(
        "account-stamp-is-now",
        "`updated` is the time at which an account was stored last: it does not go back.",
        _POST,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-32",),
        on=frozenset({"create_account"}),
        history=_stamp_moves_on,
    ),
    Rule(
        "unknown-account-is-404",
        "An account that is not configured is a 404.",
        "get-tempolor-accounts-user_id",
        evidence=("D-28",),
        on=frozenset({"list_accounts"}),
        history=_on_unlisted,
    ),
)
