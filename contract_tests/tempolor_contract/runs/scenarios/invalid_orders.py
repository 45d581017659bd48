"""Orders that have to be refused."""

import json
from functools import partial
from itertools import product
from typing import Any, Final
from urllib.parse import urlencode

from ...document.bodies import texts
from ...document.call import Call
from ...rules.catalogue import rule
from . import fixtures
from .lab import Lab
from .scenario import Need, Scenario, ids

_ERRORS_SAY_SOMETHING: Final = rule("errors-say-something")
_INVALID_VALUES_ARE_400: Final = rule("invalid-values-are-400")
_ORDERS_ARE_JSON_OR_FORMS: Final = rule("orders-are-json-or-forms")
_SLASH_AT_THE_END_IS_NOTHING: Final = rule("slash-at-the-end-is-nothing")
_UNKNOWN_ACCOUNT_IS_404: Final = rule("unknown-account-is-404")
_UNKNOWN_ID_IS_404: Final = rule("unknown-id-is-404")

_UNPAID: Final = 402
_TOO_LONG: Final = 413
_ENORMOUS: Final = 2_000_000
"""Characters of a text that a service may refuse to read at all."""
_VOICE: Final = "user:1-tempolor:1-voice:a"
_MIDI: Final = "user:1-tempolor:1-midi:a"
_DECOMPOSED: Final = "e\u0301" * 1501
"""Two characters for each letter, which is one of them only after Unicode's composition."""
_OTHER_NAMES: Final = ("Db:major", "D#:minor", "Gb:major", "G#:minor", "A#:major", "E#:minor")
"""Keys that sound like ones which the page lists under another name."""
_LONG_URL: Final = "https://app.example.com/" + "h" * 1001

SONGS: Final[dict[str, dict[str, Any]]] = {
    "no prompt": {"prompt": None},
    "lyrics and no prompt": {"prompt": None, "lyrics": "Come home"},
    "empty prompt": {"prompt": ""},
    "prompt of 2001 characters": {"prompt": _DECOMPOSED[:2001]},
    "prompt that is no text": {"prompt": 5},
    "lyrics that are a list": {"lyrics": ["Come home"]},
    "lyrics of 3001 characters": {"lyrics": _DECOMPOSED[:3001]},
    "unknown model": {"model_song": "v0.1"},
    "model of instrumentals": {"model_song": "i3"},
    "model in capitals": {"model_song": "V3"},
    "model with a space behind it": {"model_song": "v3 "},
    "two voices": {"artistVoiceItemId": "voice_1", "clonedVoiceItemId": _VOICE},
    "MIDI file and cloned voice": {"midiItemId": _MIDI, "clonedVoiceItemId": _VOICE},
    "MIDI file and artist voice": {"midiItemId": _MIDI, "artistVoiceItemId": "voice_1"},
    "voice id of the wrong kind": {"clonedVoiceItemId": _MIDI},
    "MIDI id of the wrong shape": {"midiItemId": "midi"},
    "replyUrl of 1025 characters": {"replyUrl": _LONG_URL},
    "replyRef of 1025 characters": {"replyRef": _DECOMPOSED[:1025]},
    "maxJobs that is no number": {"maxJobs": "many"},
    "maxJobs of 1.5": {"maxJobs": 1.5},
}
INSTRUMENTALS: Final[dict[str, dict[str, Any]]] = {
    "no prompt": {"prompt": None},
    "chords and no prompt": {"prompt": None, "chords": "Dm Bb", "bpm": 90, "tonality": "D:minor"},
    "empty prompt": {"prompt": ""},
    "prompt of 2001 characters": {"prompt": _DECOMPOSED[:2001]},
    "prompt that is no text": {"prompt": 5},
    "chords that are a list": {"chords": ["Am", "F"]},
    "bpm 49": {"bpm": 49},
    "bpm 191": {"bpm": 191},
    "bpm that is no number": {"bpm": "fast"},
    "key that does not exist": {"tonality": "H:major"},
    "key in lower case": {"tonality": "c:major"},
    **{f"key {each}, which has another name": {"tonality": each} for each in _OTHER_NAMES},
    "chords of 201 characters": {"chords": _DECOMPOSED[:201]},
    "unknown model": {"model_instrumental": "i0"},
    "replyUrl of 1025 characters": {"replyUrl": _LONG_URL},
    "replyRef of 1025 characters": {"replyRef": _DECOMPOSED[:1025]},
}

_TABLES: Final = {"create_song": SONGS, "create_instrumental": INSTRUMENTALS}
_CASES: Final = [(operation, case, fields) for operation, table in _TABLES.items() for case, fields in table.items()]
_MANY: Final = 20_000
_NO_ORDERS: Final = (
    "",
    '{"prompt": "A ball',
    "[]",
    '"A ballad"',
    b'{"prompt": "Caf\xe9"}',
    '{"prompt": NaN}',
    '{"prompt": "A ballad", "maxJobs": 1e400}',
    f'{{"prompt": {"9" * _MANY}}}',
    f'{{"prompt": {"[" * _MANY}{"]" * _MANY}}}',
)
"""What is no order, whether it is JSON or not; the last ones are, and deeper or longer than some readers can go."""
_OTHER_TYPES: Final = ("text/plain", "application/x-www-form-urlencoded")
_SOURCES: Final = {"clonedVoiceItemId": "voice", "midiItemId": "midi", "artistVoiceItemId": ""}
"""The fields that name material, and the kind of their ids, where they have a form."""
_ALONE: Final = frozenset({"no prompt"})
"""Sent without anything else, so that there is no doubt what is wrong."""
_FORMS: Final = frozenset({"empty prompt", "unknown model", "bpm 49", "bpm 191", "two voices"}) | {
    case for case in (*SONGS, *INSTRUMENTALS) if case.endswith(("characters", "no number", "no prompt"))
}


def _orders(lab: Lab) -> None:
    account = fixtures.account(lab)
    lab.call("list_running_jobs")
    lab.side_by_side(
        [
            *(partial(_refused, lab, account, *each) for each in _CASES),
            *(partial(_broken, lab, operation, body) for operation in _TABLES for body in _NO_ORDERS),
            *(partial(_form, lab, account, *each) for each in _CASES if each[1] in _FORMS),
            *(partial(_as_other, lab, account, *each) for each in product(_TABLES, _OTHER_TYPES)),
            partial(_enormous, lab, account),
            partial(_slash, lab, account),
            *(partial(_unknown_account, lab, account, *each) for each in product(_TABLES, fixtures.ENCODINGS)),
            *(partial(_broken, lab, "create_account", body) for body in _NO_ORDERS),
            *(partial(_unknown, lab, account, *each) for each in product(_SOURCES.items(), (False, True))),
        ]
    )
    lab.call("list_running_jobs")


def _excused(lab: Lab, account: str, call: Call) -> bool:
    """Whether an order may have been refused for another reason: there is no room, or what it costs cannot be paid."""
    if call.status != _UNPAID:
        return fixtures.busy(call)
    valid = lab.call(call.operation, json={"user_id": account, "prompt": "A ballad"})
    fixtures.cancel_all(lab, texts(valid.item.get("jobs")))
    return not valid.accepted


def _refused(lab: Lab, account: str, operation: str, case: str, fields: dict[str, Any]) -> None:
    reference = {} if case in _ALONE else {"replyRef": lab.name("ref"), **fixtures.reply_url(lab)}
    body = _filled({"user_id": account, "prompt": "A ballad", **reference} | fields)
    call = lab.call(operation, json=body)
    if _excused(lab, account, call):
        return
    told = f"{operation} with {case} is a 400, but was answered {call.status}"
    lab.check(_INVALID_VALUES_ARE_400, fine=call.status == 400, message=told, call=call)


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _broken(lab: Lab, operation: str, body: str | bytes) -> None:
    """Send what is called JSON and is none, or no order."""
    call = lab.call(operation, content=body, headers={"Content-Type": "application/json"})
    told = f"{operation} with the body {body[:40]!r} was answered {call.status}"
    lab.check(_INVALID_VALUES_ARE_400, fine=call.refused, message=told, call=call)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _form(lab: Lab, account: str, operation: str, case: str, fields: dict[str, Any]) -> None:
    """Send the same as a form, which is read by other code."""
    reference = {} if case in _ALONE else {"replyRef": lab.name("ref")}
    sent = _filled({"user_id": account, "prompt": "A ballad", **reference} | fields)
    call = lab.call(operation, **fixtures.as_form(sent))
    told = f"{operation} as a form with {case} is a 400, but was answered {call.status}"
    fine = call.status == 400 or _excused(lab, account, call)
    lab.check(_INVALID_VALUES_ARE_400, fine=fine, message=told, call=call)


def _as_other(lab: Lab, account: str, operation: str, media_type: str) -> None:
    """Send an order as a text or as web pages send forms: it is neither JSON nor multipart."""
    fields = {"user_id": account, "prompt": "A ballad", "replyRef": lab.name("ref")}
    body = urlencode(fields) if media_type.endswith("urlencoded") else json.dumps(fields)
    call = lab.call(operation, content=body, headers={"Content-Type": media_type})
    if not fixtures.busy(call):
        told = f"{operation} sent as {media_type} is a 400, but was answered {call.status}"
        lab.check(_ORDERS_ARE_JSON_OR_FORMS, fine=call.status == 400, message=told, call=call)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _enormous(lab: Lab, account: str) -> None:
    """Order with a text so long that it need not be read."""
    body = {"user_id": account, "prompt": "p" * _ENORMOUS}
    # Who does not read it may hang up before it is sent.
    call = lab.call("create_song", json=body, accept_unclear=True)
    if not call.unclear and not _excused(lab, account, call):
        told = f"a prompt of {_ENORMOUS:,} characters is a 400, or a 413, but was answered {call.status}"
        lab.check(_INVALID_VALUES_ARE_400, fine=call.status in {400, _TOO_LONG}, message=told, call=call)
        told = f"the {call.status} for a prompt of {_ENORMOUS:,} characters has no error text"
        lab.check(_ERRORS_SAY_SOMETHING, fine=bool(call.error), message=told, call=call)


def _slash(lab: Lab, account: str) -> None:
    plain, slashed = (lab.send("POST", path, json={"user_id": account}) for path in ("/music/song", "/music/song/"))
    told = f"POST /music/song without a prompt was answered {plain.status}, but POST /music/song/ {slashed.status}"
    fine = plain.status == slashed.status
    lab.check(_SLASH_AT_THE_END_IS_NOTHING, fine=fine, message=told, call=slashed, earlier=(plain,))


def _unknown_account(lab: Lab, account: str, operation: str, encoded: fixtures.Encoding) -> None:
    nobody = str(lab.random.randrange(10**11, 10**12))
    call = lab.call(operation, **encoded({"user_id": nobody, "prompt": "A ballad"}))
    if not _excused(lab, account, call):
        told = f"an order on account {nobody}, which is not configured, is a 404, but was answered {call.status}"
        lab.check(_UNKNOWN_ACCOUNT_IS_404, fine=call.status == 404, message=told, call=call)


def _unknown(lab: Lab, account: str, source: tuple[str, str], as_form: bool) -> None:  # noqa: FBT001 - one of a product
    name, kind = source
    unknown = fixtures.made_up_id(lab, kind, user_id=account) if kind else lab.name("voice")
    body = {"user_id": account, "prompt": "A ballad", name: unknown}
    sent = fixtures.as_form(body) if as_form else {"json": body}
    call = lab.call("create_song", **sent)
    if not fixtures.busy(call):
        told = f"an order with a {name} that nobody has is a 404, but was answered {call.status}"
        lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


ORDERS = Scenario(
    "refused-orders",
    _orders,
    frozenset({Need.CREATE}),
    provokes=ids(
        "printed-error-texts invalid-values-are-400 orders-are-json-or-forms voice-and-midi-exclude-each-other "
        "refused-order-starts-nothing refusal-names-what-is-wrong refused-order-is-wrong errors-say-something"
    ),
)
