"""Rules about what an account was stored with: its parameters come back, its secrets do not."""

import json
from typing import Any, Final

from ..document.bodies import accounts_of, ticket_in
from ..document.call import CALLBACK, FILE, Call
from .history.records import Account
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_SHOWS: Final = frozenset({"create_account", "get_account", "list_accounts"})
_POST: Final = "post-tempolor-accounts"
_SHORTEST_SECRET: Final = 8
"""A shorter one may be a part of anything."""
_NAMES: Final = frozenset({"user_id", "ucid"})


def _secrets(call: Call, world: World) -> Judged:
    if call.operation == CALLBACK:
        return _told_to_receivers(call, world)
    judged: Judged = None
    for shown in accounts_of(call) if call.operation in _SHOWS else ():
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


def _replaced(call: Call, world: World) -> Judged:
    judged: Judged = None
    for shown in accounts_of(call):
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


RULES = (
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
        "account-keeps-its-parameters",
        "Parameters come back as they were stored, secrets masked; stored again, they replace those of before.",
        _POST,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-29",),
        on=frozenset({"get_account", "list_accounts"}),
        history=_replaced,
    ),
)
