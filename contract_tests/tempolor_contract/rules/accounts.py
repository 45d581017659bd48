"""Rules about accounts."""

import json
from typing import Any, Final

from ..document.bodies import ticket_in, whole
from ..document.call import CALLBACK, FILE, Call
from ..document.service import LISTS, ORDERS, UPLOADS
from ..document.times import milliseconds
from .history.records import Account
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_SHOWS: Final = frozenset({"create_account", "get_account", "list_accounts"})
_NEEDS_USER: Final = UPLOADS | LISTS
_POST: Final = "post-tempolor-accounts"
_DEFAULT_JOBS: Final = 10
_SKEW_MS: Final = 100
_STALE_MS: Final = 10_000
_SHORTEST_SECRET: Final = 8
"""A shorter one may be a part of anything."""
_NAMES: Final = frozenset({"user_id", "ucid"})


def _shown(call: Call) -> list[dict[str, Any]]:
    if call.status != 200:
        return []
    found = call.item.values() if call.operation == "list_accounts" else [call.item]
    return [each for each in found if isinstance(each, dict)]


def _stamps(call: Call) -> Judged:
    judged: Judged = None
    for account in _shown(call):
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


def _secrets(call: Call, world: World) -> Judged:
    if call.operation == CALLBACK:
        return _told_to_receivers(call, world)
    judged: Judged = None
    for shown in _shown(call) if call.operation in _SHOWS else ():
        known = world.accounts.get(str(shown.get("user_id")))
        sent = {ticket_in(call.sent.get("requestParams")), known.ticket if known else ""} - {""}
        if not sent:
            continue
        judged = judged or FINE
        # Whatever else stands in its place is a mask.
        if ticket_in(shown.get("requestParams")) in sent:
            judged = [
                Problem("the answer shows the service_ticket that was stored, which is a secret", key=call.operation)
            ]
    return judged


def _told_to_receivers(call: Call, world: World) -> Judged:
    """Judge what a callback tells whoever receives it."""
    request = call.exchange.request
    if len(world.token) < _SHORTEST_SECRET:
        return None
    told = [request.url, *(value for _, value in request.headers), request.whole.decode(errors="replace")]
    leaks = any(world.token in each for each in told)
    return [Problem("a callback has the token in it, which is a secret of its user")] if leaks else FINE


def _echoed(call: Call) -> Judged:
    response, header = call.exchange.response, call.exchange.request.header("authorization") or ""
    if response is None or not call.operation or call.operation in {CALLBACK, FILE}:
        return None
    sent = {"token": header.rpartition(" ")[2], "service_ticket": ""}
    if call.refused and call.operation == "create_account":
        sent["service_ticket"] = ticket_in(call.fields.get("requestParams"))
    # Ids have the number of a token in them, and nothing more.
    known = {name: secret for name, secret in sent.items() if len(secret) >= _SHORTEST_SECRET}
    told = f"the answer of {call.operation}, a {call.status}, repeats the "
    found = [name for name, secret in known.items() if secret.encode() in response.whole]
    if found:
        return [Problem(f"{told}{found[0]} that was sent, which is a secret", key=call.operation)]
    return FINE if known else None


def _asked(call: Call) -> Judged:
    if call.status != 200:
        return None
    asked, told = call.arguments.get("user_id"), call.item.get("user_id")
    return FINE if told == asked else [Problem(f"asked for account {asked!r}, got {told!r}")]


def _round_trip(call: Call, world: World) -> Judged:
    if call.operation == "get_available_capacity":
        return _no_row(call, world)
    judged = _one_found(call, world) if call.operation == "get_account" else _all_found(call, world)
    for each in _shown(call):
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


def _replaced(call: Call, world: World) -> Judged:
    judged: Judged = None
    for shown in _shown(call):
        account = world.accounts.get(str(shown.get("user_id")))
        if account is None or not account.posts or not account.posts[-1].before(call):
            continue
        for compare in (_as_before, _spoilt, _lost):
            found = compare(shown, account)
            if found:
                return found
            judged = judged if found is None else FINE
    return judged


def _as_before(shown: dict[str, Any], account: Account) -> Judged:
    """Compare parameters with what they must not be any more: a mask may stand for any value."""
    if len(account.posts) < 2:
        return None
    old, new = (_parameters(post.sent) for post in account.posts)
    told = _parameters(shown)
    kept = [name for name in old if old[name] and told.get(name) == old[name] != new.get(name)]
    told_of = f"account {account.user_id} was stored with other requestParams, but"
    return [Problem(f"{told_of} {kept[0]} is shown as before", account.posts)] if kept else FINE


def _spoilt(shown: dict[str, Any], account: Account) -> Judged:
    """Compare what is no text with what was stored: nobody masks objects and lists, nor a number by its digits."""
    told, post = _parameters(shown), account.posts[-1]
    kept = {name: each for name, each in _parameters(post.sent).items() if isinstance(each, dict | list | float | int)}
    # Somebody else may have stored it again.
    if not kept or account.shown.get("updated") != shown.get("updated"):
        return None
    for name, each in kept.items():
        if _differs(each, told.get(name, each)):
            message = f"{name} of account {account.user_id} was stored as {each}, and is shown as {told[name]!r}"
            return [Problem(message, (post,), key=name)]
    return FINE


def _lost(shown: dict[str, Any], account: Account) -> Judged:
    """Look for numbers and booleans that are not shown, though the answer to their storing or others like them are."""
    told, post = _parameters(shown), account.posts[-1]
    kept = {name: each for name, each in _parameters(post.sent).items() if isinstance(each, float | int)}
    if not kept or not told or account.shown.get("updated") != shown.get("updated"):
        return None
    others = any(each and name in told for name, each in kept.items())
    answered = _parameters(post.item)
    for name, each in kept.items():
        if name not in told and (name in answered or (others and not each)):
            message = f"{name} of account {account.user_id} was stored as {each}, and is not shown, as others are"
            return [Problem(message, (post,), key=name)]
    return FINE


def _differs(given: Any, told: Any) -> bool:
    """Tell whether a value is shown as another one, and not as a mask, such as 0 or stars."""
    if json.dumps(told, sort_keys=True) == json.dumps(given, sort_keys=True):
        return False
    numbers = {type(given), type(told)} <= {int, float}
    spelt = {str(given).lower(), str(int(given))} if isinstance(given, bool) else {str(given)}
    return isinstance(given, dict | list) or (numbers and told not in {0, given}) or str(told).lower() in spelt


def _parameters(account: dict[str, Any]) -> dict[str, Any]:
    found = account.get("requestParams")
    # Whose account it is, a service may add by itself.
    return {name: each for name, each in found.items() if name not in _NAMES} if isinstance(found, dict) else {}


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
        "secrets-are-masked",
        "Answers do not repeat the token, nor the ticket of the browser session.",
        _POST,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-31",),
        single=_echoed,
        history=_secrets,
    ),
    Rule(
        "account-round-trips",
        "A stored account is there and as it was stored, a deleted one is gone.",
        "get-tempolor-accounts-user_id",
        on=frozenset({"get_account", "list_accounts", "get_available_capacity"}),
        history=_round_trip,
    ),
    Rule(
        "account-keeps-its-parameters",
        "Parameters come back as they were stored, secrets masked; stored again, they replace those of before.",
        _POST,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-29",),
        on=frozenset({"get_account", "list_accounts"}),
        history=_replaced,
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
