"""The first knock on a target: is it there, is it this API, does it know the token?"""

from typing import Any, Final
from urllib.parse import urlsplit

from ...document.call import Call
from ...document.service import BASE_PATH
from ...exchanges.exchange import MISSING
from .lab import Lab


class NotTheApiError(Exception):
    """The target cannot be judged; the message says why and what to do, in one line."""


_DOORS: Final = ("list_running_jobs", "get_available_capacity", "list_accounts")
_NO_DOOR: Final = "/no-such-operation"
_PATIENCE: Final = 10.0


def knock(lab: Lab) -> None:
    """Return if one of three reading calls is answered as only this API would; NotTheApiError if none is.

    One good answer is enough: a service with a broken call is still worth judging.
    """
    told = []
    for operation in _DOORS:
        call = lab.call(operation, accept_unclear=True, timeout=min(_PATIENCE, lab.target.timeout))
        if call.status == 0 and "Connect" in call.exchange.fault:
            address = lab.target.base_url
            raise NotTheApiError(f"cannot reach {address} ({call.exchange.fault}): is it running, and there?")
        if call.status == 200 and isinstance(_answer(call), (dict, list)):
            return
        told.append(call)
    if _lacks_accounts(lab, told[-1]):
        return
    raise NotTheApiError(_diagnosis(lab.target.base_url, told))


def _lacks_accounts(lab: Lab, accounts: Call) -> bool:
    """Return whether a 404 speaks of accounts that nobody has configured, and not of a path that is not there."""
    answer = _answer(accounts)
    if accounts.status != 404 or not isinstance(answer, dict) or "error" not in answer:
        return False
    nowhere = lab.send("GET", _NO_DOOR, accept_unclear=True)
    return (nowhere.status, _answer(nowhere)) != (accounts.status, answer)


def _answer(call: Call) -> Any:
    """Return what was answered; nothing where the body does not end."""
    response = call.exchange.response
    return call.answer if response is not None and not response.truncated else MISSING


def _diagnosis(address: str, told: list[Call]) -> str:
    last = told[-1]
    if all(call.status == 401 for call in told):
        return f"{address} refuses the token (401 {last.error}".rstrip() + "): give another one with --token"
    if all(call.status == 0 for call in told):
        return f"{address} does not answer ({last.exchange.fault}): is it an HTTP service, and not too busy?"
    path = f"{last.method} {last.path}"
    parts = urlsplit(address)
    other = f"{address}{BASE_PATH}" if not parts.path else f"{parts.scheme}://{parts.netloc}/"
    return f"{address} does not look like the API ({path} gave {_gist(last)}): give the URL up to /accounts, or {other}"


def _gist(call: Call) -> str:
    response = call.exchange.response
    if response is None:
        return call.exchange.fault
    if 300 <= call.status < 400:
        return f"{call.status} to {response.header('location')}"
    if response.truncated:
        return f"{call.status} with a body that does not end"
    broken = response.media_type == "application/json" and response.json is MISSING
    return f"{call.status} {'broken JSON' if broken else response.media_type or 'without Content-Type'}"
