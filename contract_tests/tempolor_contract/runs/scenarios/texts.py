"""Texts that a careless service spoils, wherever one comes back, and every limit, counted in characters."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ...document.bodies import texts
from ...document.call import Call
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .combinations import schema_of
from .lab import Lab
from .scenario import Beside, Need, Scenario, ids

_EMPTY_FIELDS_ARE_LEFT_OUT: Final = rule("empty-fields-are-left-out")
_WHOLE_NUMBERS_MAY_HAVE_A_POINT: Final = rule("whole-numbers-may-have-a-point")

_PARAGRAPH: Final = f"{fixtures.HARD}\r\n{fixtures.HARD}\n{fixtures.HARD}"
_NOTE: Final = "\U0001f3b5"
"""One character, which is two units of UTF-16 and four bytes of UTF-8."""
_KINDS: Final = ("create_song", "create_instrumental")
_NO_TEXTS: Final = ("\0", "\ud800")
_BOUNDARY: Final = "5c9d0a46-0f1e-4c8b-9a55-3d1c7a3f6b21"


def _as_typed_form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Write a form as .NET's and Java's clients do: its boundary in quotes, each part with a type."""
    parts = "".join(_typed_part(*each, number) for number, each in enumerate(fields.items()))
    headers = {"Content-Type": f'multipart/form-data; boundary="{_BOUNDARY}"'}
    return {"content": f"{parts}--{_BOUNDARY}--\r\n".encode(), "headers": headers}


def _typed_part(name: str, value: object, number: int) -> str:
    kind = "Content-Type: text/plain; charset=utf-8"
    # .NET says first what the part is, and names it without quotes.
    heads = [f'Content-Disposition: form-data; name="{name}"', kind]
    heads = [kind, f"Content-Disposition: form-data; name={name}"] if number % 2 else heads
    return "\r\n".join([f"--{_BOUNDARY}", *heads, "", str(value), ""])


def _hard_texts(lab: Lab) -> None:
    """Order with hard texts in each field that comes back; what is listed, polled and refused as busy shows them."""
    song = {"lyrics": _PARAGRAPH, "model_song": "v3"}
    loop = {"chords": fixtures.HARD, "tonality": "F#:minor", "bpm": 73, "model_instrumental": "i3"}
    for encoded in fixtures.ENCODINGS:
        orders = (("create_song", song), ("create_instrumental", loop))
        lab.side_by_side(partial(_hard_order, lab, encoded, *each) for each in orders)


def _hard_order(lab: Lab, encoded: fixtures.Encoding, operation: str, own: dict[str, Any]) -> None:
    # Digits are a text, too.
    digits = f"00{lab.random.randrange(10**9)}"
    reference = fixtures.hard_name(lab) if operation == "create_song" else digits
    common = {"user_id": fixtures.account(lab), "prompt": _PARAGRAPH, "replyRef": reference}
    jobs = _taken(lab, lab.call(operation, **encoded({**common, **fixtures.reply_url(lab), **own})))
    lab.call("list_running_jobs")
    busy = lab.call(operation, **encoded({**common, "replyRef": lab.name("ref"), "maxJobs": 1}))
    fixtures.cancel_all(lab, (*jobs, *texts(busy.item.get("jobs"))))


def _limits(lab: Lab) -> None:
    """Order at the very limits of what the pages allow: they count characters, not bytes."""
    account = fixtures.account(lab)
    common = {"user_id": account, "prompt": _NOTE * 2000, "replyRef": _NOTE * 1024}
    # Fields of the other kind are unknown ones, which count as nothing.
    song = {**common, "lyrics": f"{_NOTE * 29}\n" * 100, "model_song": "v3.5", "bpm": 20, "tonality": "H"}
    slow = {**common, "chords": _NOTE * 200, "bpm": 50, "tonality": "Bb:major", "lyrics": "l" * 3001}
    older = ({**song, "model_song": "v3"}, {**slow, "model_instrumental": "i3"})
    fast = {"user_id": account, "prompt": "A loop", "bpm": 190, "model_instrumental": "i3.5 beta", "unheard_of": 1}
    # An older name, which counts as well.
    fast["chord"] = "Am F C G"
    orders = (("create_song", song), ("create_instrumental", slow), ("create_instrumental", fast))
    sent = [
        (operation, encoded({**fields, **_long_url(lab)}))
        for encoded in (*fixtures.ENCODINGS, _as_typed_form)
        for operation, fields in orders
    ]
    sent += [(operation, fixtures.as_json(fields)) for operation, fields in zip(_KINDS, older, strict=True)]
    # Which account it takes is open; that it needs none is printed.
    nameless = {"prompt": "A harbour ballad", "replyRef": lab.name("ref")}
    sent += [("create_song", encoded(nameless)) for encoded in fixtures.ENCODINGS]
    lab.side_by_side(partial(_order, lab, *each) for each in sent)
    lab.side_by_side(
        [
            *(partial(_empty, lab, encoded, operation) for encoded in fixtures.ENCODINGS for operation in _KINDS),
            partial(_pointed, lab),
            partial(_no_texts, lab),
        ]
    )


def _no_texts(lab: Lab) -> None:
    """Order with characters that not every service can keep: it may refuse them, but `no-lasting-crash` holds.

    What it can say afterwards of what it has taken is open, so that is kept from the lists that others read.
    """
    if lab.guard.level is Level.FULL:
        account = fixtures.new_account(lab, fixtures.ROOM)
        lab.side_by_side(partial(_no_text, lab, account, each, text) for each in _KINDS for text in _NO_TEXTS)
        lab.call("delete_account", arguments={"user_id": account})


def _no_text(lab: Lab, account: str, operation: str, text: str) -> None:
    body = json.dumps({"user_id": account, "prompt": f"A harbour {text} ballad"})
    call = lab.call(operation, content=body, headers={"Content-Type": "application/json"})
    jobs = texts(call.item.get("jobs"))
    fixtures.cancel_all(lab, jobs)
    lab.side_by_side(partial(lab.call, "delete_music", arguments={"job_id": job_id}) for job_id in jobs)


def _order(lab: Lab, operation: str, sent: dict[str, Any]) -> None:
    fixtures.cancel_all(lab, _taken(lab, lab.call(operation, **sent)))


def _empty(lab: Lab, encoded: fixtures.Encoding, operation: str) -> None:
    """Order with each optional field there, and empty."""
    wanted = {"prompt": "A harbour ballad"}
    empty = dict.fromkeys((name for name in schema_of(lab, operation)["properties"] if name not in wanted), "")
    call = fixtures.unless_busy(lab.call(operation, **encoded({**wanted, **empty})))
    told = f"{operation} with empty optional fields as {call.exchange.request.media_type} was answered {call.status}"
    fine = call.accepted
    lab.check(_EMPTY_FIELDS_ARE_LEFT_OUT, fine=fine, message=f"{told}: {call.error}", call=call)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _pointed(lab: Lab) -> None:
    """Order with whole numbers that have a point."""
    account = fixtures.account(lab)
    body = {"user_id": account, "prompt": "A harbour loop", "bpm": 80.0, "maxJobs": float(fixtures.ROOM)}
    call = fixtures.unless_busy(lab.call("create_instrumental", json=body))
    told = f"an instrumental with bpm 80.0 and maxJobs {body['maxJobs']} was answered {call.status}: {call.error}"
    lab.check(_WHOLE_NUMBERS_MAY_HAVE_A_POINT, fine=call.accepted, message=told, call=call)
    jobs = texts(call.item.get("jobs"))
    for job_id in jobs[:1]:
        fixtures.read(lab, job_id)
    fixtures.cancel_all(lab, jobs)


def _long_url(lab: Lab) -> dict[str, str]:
    """Return a `replyUrl` as long as may be, nothing where nobody receives."""
    given = fixtures.reply_url(lab)
    return {name: f"{url}&for={'h' * 1024}"[:1024] for name, url in given.items()}


def _taken(lab: Lab, call: Call) -> tuple[str, ...]:
    """Judge that an order was taken, and return its jobs, polled once."""
    jobs = fixtures.taken(lab, call, f"a valid order as {call.exchange.request.media_type}")
    for job_id in jobs:
        fixtures.read(lab, job_id)
    return jobs


_MAKES: Final = frozenset({Need.CREATE, Need.DESTROY})

TEXTS = Scenario(
    "hard-texts",
    _hard_texts,
    _MAKES,
    cost=8,
    beside=Beside.ORDERS,
    provokes=ids("busy-repeats-the-order order-comes-back scheduler-repeats-the-order valid-orders-are-taken"),
)
LIMITS = Scenario(
    "limits-and-forms",
    _limits,
    _MAKES,
    cost=22,
    beside=Beside.UNHURRIED,
    provokes=("empty-fields-are-left-out", "valid-orders-are-taken", "whole-numbers-may-have-a-point"),
)
