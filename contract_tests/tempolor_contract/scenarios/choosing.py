"""Orders that name no account: which one do they take?"""

from typing import Final

from ..bodies import texts
from ..call import Call
from ..ids import parse
from ..rule import Need, Scenario
from . import material
from .lab import Lab
from .strangers import uploads

_FEW: Final = 4


def _nameless(lab: Lab) -> None:
    small, large = material.new_account(lab, _FEW), material.account(lab)
    _judge(lab, _ordered(lab), large, f"{large} has most free slots, {small} has {_FEW}")
    for name, thing in uploads(lab, small).items():
        _judge(lab, _ordered(lab, **{name: thing}), small, f"{thing} is of account {small}")
    lab.call("delete_account", arguments={"user_id": small})


def _ordered(lab: Lab, **source: str) -> Call:
    return lab.call("create_song", json={"prompt": "A harbour ballad", "replyRef": lab.name("ref"), **source})


def _judge(lab: Lab, call: Call, wanted: str, because: str) -> None:
    """Judge where an order went, if it was taken: a service may also insist on a name."""
    jobs = texts(call.item.get("jobs"))
    found = {parts.account for job_id in jobs if (parts := parse(job_id))}
    if call.accepted and found:
        told = f"{because}, but an order without user_id went to {sorted(found)}"
        lab.check("order-finds-its-account", fine=found == {wanted}, message=told, call=call)
    material.cancel_all(lab, jobs)


NAMELESS = Scenario("nameless-orders", _nameless, frozenset({Need.CREATE, Need.UPLOAD, Need.ACCOUNT}), cost=6)
