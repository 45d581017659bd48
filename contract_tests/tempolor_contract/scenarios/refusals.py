"""Orders that have to be refused."""

from typing import Any, Final

from ..rule import Need, Scenario
from . import material
from .lab import Lab

_VOICE: Final = "user:1-tempolor:1-voice:a"
_MIDI: Final = "user:1-tempolor:1-midi:a"
_LONG_URL: Final = "https://app.example.com/" + "h" * 1001

SONGS: Final[dict[str, dict[str, Any]]] = {
    "no prompt": {"prompt": None},
    "prompt of 2001 characters": {"prompt": "p" * 2001},
    "prompt that is no text": {"prompt": 5},
    "lyrics of 3001 characters": {"lyrics": "l" * 3001},
    "unknown model": {"model_song": "v0.1"},
    "model of instrumentals": {"model_song": "i3"},
    "two voices": {"artistVoiceItemId": "voice_1", "clonedVoiceItemId": _VOICE},
    "MIDI file and cloned voice": {"midiItemId": _MIDI, "clonedVoiceItemId": _VOICE},
    "MIDI file and artist voice": {"midiItemId": _MIDI, "artistVoiceItemId": "voice_1"},
    "voice id of the wrong kind": {"clonedVoiceItemId": _MIDI},
    "MIDI id of the wrong shape": {"midiItemId": "midi"},
    "replyUrl of 1025 characters": {"replyUrl": _LONG_URL},
    "replyRef of 1025 characters": {"replyRef": "r" * 1025},
}
INSTRUMENTALS: Final[dict[str, dict[str, Any]]] = {
    "no prompt": {"prompt": None},
    "prompt of 2001 characters": {"prompt": "p" * 2001},
    "bpm 49": {"bpm": 49},
    "bpm 191": {"bpm": 191},
    "bpm that is no number": {"bpm": "fast"},
    "key that does not exist": {"tonality": "H:major"},
    "key in lower case": {"tonality": "c:major"},
    "chords of 201 characters": {"chords": "C" * 201},
    "unknown model": {"model_instrumental": "i0"},
    "replyUrl of 1025 characters": {"replyUrl": _LONG_URL},
    "replyRef of 1025 characters": {"replyRef": "r" * 1025},
}


def _orders(lab: Lab) -> None:
    account = material.account(lab)
    for operation, table in (("create_song", SONGS), ("create_instrumental", INSTRUMENTALS)):
        for case, fields in table.items():
            _refused(lab, operation, case, {"user_id": account, "prompt": "A ballad"} | fields)
    _unknown(lab, account)


def _refused(lab: Lab, operation: str, case: str, fields: dict[str, Any]) -> None:
    body = {name: value for name, value in fields.items() if value is not None}
    call = lab.call(operation, json=body)
    if material.busy(call):
        return
    told = f"{operation} with {case} was answered {call.status}"
    lab.check("invalid-values-are-400", fine=call.status == 400, message=told, call=call)


def _unknown(lab: Lab, account: str) -> None:
    nobody = str(lab.random.randrange(10**11, 10**12))
    call = lab.call("create_song", json={"user_id": nobody, "prompt": "A ballad"})
    if not material.busy(call):
        told = f"an order on account {nobody}, which is not configured, was answered {call.status}"
        lab.check("unknown-account-is-404", fine=call.status == 404, message=told, call=call)
    for name, kind in (("clonedVoiceItemId", "voice"), ("midiItemId", "midi")):
        unknown = material.made_up_id(lab, kind, user_id=account)
        call = lab.call("create_song", json={"user_id": account, "prompt": "A ballad", name: unknown})
        if not material.busy(call):
            told = f"an order with a {name} that nobody has was answered {call.status}"
            lab.check("unknown-id-is-404", fine=call.status == 404, message=told, call=call)


ORDERS = Scenario("refused-orders", _orders, frozenset({Need.CREATE}))
