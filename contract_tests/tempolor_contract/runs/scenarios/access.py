"""Asking without a token, and for things, methods and paths that nobody has."""

import json
from typing import Any, Final

from ...document.call import Call
from ...exchanges.exchange import MISSING
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .lab import Lab
from .samples import midi_file, wav_file
from .scenario import Need, Scenario
from .survey import refused_without_token

_NO_TOKEN_NO_ANSWER: Final = rule("no-token-no-answer")
_UNKNOWN_ID_IS_404: Final = rule("unknown-id-is-404")
_UNKNOWN_PATH_IS_404: Final = rule("unknown-path-is-404")
_WRONG_METHOD_IS_405: Final = rule("wrong-method-is-405")

_WRONG: Final = "no-id"
_NO_PATH: Final = "/no-such-operation"


def _writes(lab: Lab) -> None:
    """Send each changing operation without a token, then for ids that are wrong or unknown."""
    ids = {"job_id": "job", "midiItemId": "midi", "clonedVoiceItemId": "voice"}
    deletes = (
        ("delete_music", "job_id"),
        ("cancel_job", "job_id"),
        ("delete_midi", "midiItemId"),
        ("delete_cloned_voice", "clonedVoiceItemId"),
    )
    for operation, name in deletes:
        unknown = fixtures.made_up_id(lab, ids[name])
        refused_without_token(lab, lab.call(operation, arguments={name: unknown}, token=None))
        call = lab.call(operation, arguments={name: unknown})
        told = f"nobody has {unknown}, but {operation} was answered {call.status}"
        lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)
        other = fixtures.made_up_id(lab, "midi" if ids[name] == "job" else "job")
        for wrong in (lab.guard.inventory.decoy(_WRONG), other):
            lab.call(operation, arguments={name: wrong})
    _posts(lab)
    _nowhere(lab)


def _nowhere(lab: Lab) -> None:
    """Send a token without its scheme, and ask for a path that the API does not have."""
    raw = lab.call("list_running_jobs", token=None, headers={"Authorization": lab.target.token})
    told = f"list_running_jobs with a token that does not follow Bearer was answered {raw.status}"
    lab.check(_NO_TOKEN_NO_ANSWER, fine=raw.status == 401, message=told, call=raw)
    call = lab.send("GET", _NO_PATH)
    told = f"{_NO_PATH} is no path of the API, and was answered {call.status} with {_shown(call)}"
    fine = call.status == 404 and bool(call.error) and call.item.get("code") == call.status
    lab.check(_UNKNOWN_PATH_IS_404, fine=fine, message=told, call=call)


def _shown(call: Call) -> str:
    """Return an answer's JSON, or that there was none."""
    return "no JSON" if call.answer is MISSING else json.dumps(call.answer, ensure_ascii=False)[:100]


def _posts(lab: Lab) -> None:
    song: dict[str, Any] = {"json": {"prompt": "A harbour ballad"}}
    midi: dict[str, Any] = {"content": midi_file(), "headers": {"Content-Type": "audio/midi"}, "query": {"name": "x"}}
    wav: dict[str, Any] = {"content": wav_file(), "headers": {"Content-Type": "audio/wav"}, "query": {"name": "x"}}
    posts = {
        "create_song": song,
        "create_instrumental": song,
        "upload_midi": midi,
        "clone_voice": wav,
        "split_stems": wav,
    }
    for operation, options in posts.items():
        refused_without_token(lab, lab.call(operation, token=None, **options))
    if lab.guard.level is Level.FULL:
        nobody = lab.guard.inventory.decoy("1")
        refused_without_token(lab, lab.call("create_account", token=None, json={"requestParams": {}}))
        refused_without_token(lab, lab.call("delete_account", token=None, arguments={"user_id": nobody}))


def _methods(lab: Lab) -> None:
    """Send methods that paths do not know. Level full only: who knows what a PUT does."""
    for method, path in (("PUT", "/scheduler"), ("DELETE", "/accounts"), ("PATCH", "/music/midi"), ("POST", "/music")):
        call = lab.send(method, path)
        told = f"{method} {path} is not in the document, but was answered {call.status}"
        lab.check(_WRONG_METHOD_IS_405, fine=call.status == 405, message=told, call=call)


WRITES = Scenario(
    "unknown-ids-and-no-token",
    _writes,
    frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY}),
    provokes=(
        "code-is-the-status",
        "errors-say-something",
        "printed-error-texts",
        "no-token-no-answer",
        "unknown-path-is-404",
        "malformed-id-is-400",
        "unknown-id-is-404",
    ),
)
METHODS = Scenario(
    "wrong-methods",
    _methods,
    frozenset({Need.CREATE, Need.DESTROY, Need.ACCOUNT}),
    provokes=("documented-headers", "wrong-method-is-405"),
)
