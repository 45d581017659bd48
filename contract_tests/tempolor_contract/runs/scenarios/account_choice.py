"""Orders that name no account: which one do they take?"""

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
_SLACK: Final = 20
"""So many slots may have been freed or taken elsewhere since they were counted."""


def _nameless(lab: Lab) -> None:
    # Neither the first account nor the last one is the one with most room.
    accounts = [fixtures.account(lab), *(fixtures.new_account(lab, limit) for limit in (_MANY, _FEW))]
    for each in product(("create_song", "create_instrumental"), fixtures.ENCODINGS):
        _freest(lab, *each)
    small = accounts[-1]
    for (name, thing), encoded in product(uploads(lab, small).items(), fixtures.ENCODINGS):
        order = _ordered(lab, "create_song", encoded, **{name: thing})
        told = f"{thing} is of account {small}, but an order with it went to "
        _judge(lab, order, frozenset({small}), told)
    for user_id in accounts[1:]:
        lab.call("delete_account", arguments={"user_id": user_id})


def _freest(lab: Lab, operation: str, encoded: fixtures.Encoding) -> None:
    rows = lab.call("get_available_capacity").item.get("available")
    free = {str(row.get("user_id")): _free(row) for row in rows if isinstance(row, dict)} if rows else {}
    most = max(free.values(), default=0)
    freest = frozenset(user_id for user_id, slots in free.items() if slots + _SLACK >= most)
    _judge(
        lab,
        _ordered(lab, operation, encoded),
        freest,
        f"{', '.join(sorted(freest))} had most free slots, but an order went to ",
    )


def _free(row: dict[str, Any]) -> int:
    return whole(row.get("available")) or 0


def _ordered(lab: Lab, operation: str, encoded: fixtures.Encoding, **source: str) -> Call:
    return lab.call(operation, **encoded({"prompt": "A harbour ballad", "replyRef": lab.name("ref"), **source}))


def _judge(lab: Lab, call: Call, wanted: frozenset[str], told: str) -> None:
    if fixtures.busy(call) or not wanted:
        return
    jobs = texts(call.item.get("jobs"))
    found = {parts.account for job_id in jobs if (parts := parse(job_id))}
    told += ", ".join(sorted(found)) if call.accepted else f"none: {call.status} {call.error}"
    fine = call.accepted and found <= wanted
    lab.check(_ORDER_FINDS_ITS_ACCOUNT, fine=fine, message=told, call=call)
    fixtures.cancel_all(lab, jobs)


NAMELESS = Scenario(
    "nameless-orders",
    _nameless,
    frozenset({Need.CREATE, Need.UPLOAD, Need.ACCOUNT}),
    cost=12,
    provokes=("order-finds-its-account",),
)
