"""Orders that name no account: which one do they take?"""

from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from ...document.bodies import texts, whole
from ...document.call import Call
from ...document.ids import parse
from ...rules.catalogue import rule
from . import fixtures
from .lab import Lab
from .other_user import uploads
from .scenario import Need, Scenario

_ORDER_FINDS_ITS_ACCOUNT: Final = rule("order-finds-its-account")

_FEW: Final = 4
_MANY: Final = 2 * fixtures.ROOM
_USUAL: Final = 10
_SOME: Final = 3
_SLACK: Final = 20
"""So many slots may have been freed or taken elsewhere since they were counted."""


def _nameless(lab: Lab) -> None:
    # Neither the first account nor the last one is the one with most room.
    accounts = [fixtures.account(lab), *(fixtures.new_account(lab, limit) for limit in (_MANY, _FEW))]
    for each in product(("create_song", "create_instrumental"), fixtures.ENCODINGS):
        _freest(lab, *each)
    small = accounts[-1]
    for (name, thing), encoded in product(uploads(lab, small).items(), fixtures.ENCODINGS):
        order = _ordered(lab, "create_song", encoded, {}, **{name: thing})
        told = f"{thing} is of account {small}, but an order with it went to "
        _judge(lab, order, frozenset({small}), told, {})
    for user_id in accounts[1:]:
        lab.call("delete_account", arguments={"user_id": user_id})


def room_counts(lab: Lab, other: str, token: str) -> None:
    """Order where another account has a larger limit, and less room than the one that is there."""
    jobs: list[str] = []
    body = {"requestParams": {"user_id": other}, "maxJobs": _USUAL + _SOME - 1}
    if not lab.call("create_account", json=body, token=token).accepted:
        return
    while len(jobs) < _SOME:
        order = lab.call("create_song", json={"user_id": other, "prompt": "A harbour ballad"}, token=token)
        if not texts(order.item.get("jobs")):
            break
        jobs += texts(order.item.get("jobs"))
    _freest(lab, "create_instrumental", fixtures.as_json, token=token, slack=0)
    fixtures.cancel_all(lab, jobs, token=token)
    lab.call("delete_account", arguments={"user_id": other}, token=token)


def _freest(
    lab: Lab, operation: str, encoded: fixtures.Encoding, *, token: str | None = None, slack: int = _SLACK
) -> None:
    as_whom: dict[str, Any] = {"token": token} if token else {}
    before = _most_free(lab.call("get_available_capacity", **as_whom), slack)
    order = _ordered(lab, operation, encoded, as_whom)
    # What has ended meanwhile has made room.
    freest = before if slack else before | _most_free(lab.call("get_available_capacity", **as_whom), slack)
    _judge(lab, order, freest, f"{', '.join(sorted(freest))} had most free slots, but an order went to ", as_whom)


def _most_free(call: Call, slack: int) -> frozenset[str]:
    rows = call.item.get("available")
    free = {str(row.get("user_id")): _free(row) for row in rows if isinstance(row, dict)} if rows else {}
    most = max(free.values(), default=0)
    return frozenset(user_id for user_id, slots in free.items() if slots + slack >= most)


def _free(row: dict[str, Any]) -> int:
    return whole(row.get("available")) or 0


def _ordered(lab: Lab, operation: str, encoded: fixtures.Encoding, as_whom: Mapping[str, Any], **source: str) -> Call:
    body = {"prompt": "A harbour ballad", "replyRef": lab.name("ref"), **source}
    return lab.call(operation, **encoded(body), **as_whom)


def _judge(lab: Lab, call: Call, wanted: frozenset[str], told: str, as_whom: Mapping[str, Any]) -> None:
    if fixtures.busy(call) or not wanted:
        return
    jobs = texts(call.item.get("jobs"))
    found = {parts.account for job_id in jobs if (parts := parse(job_id))}
    told += ", ".join(sorted(found)) if call.accepted else f"none: {call.status} {call.error}"
    fine = call.accepted and found <= wanted
    lab.check(_ORDER_FINDS_ITS_ACCOUNT, fine=fine, message=told, call=call)
    fixtures.cancel_all(lab, jobs, **as_whom)


NAMELESS = Scenario(
    "nameless-orders",
    _nameless,
    frozenset({Need.CREATE, Need.UPLOAD, Need.ACCOUNT}),
    cost=12,
    provokes=("order-finds-its-account",),
)
