"""Configuring accounts: level full only, because a real one takes its secrets."""

from ..rule import Need, Scenario
from . import material
from .lab import Lab
from .samples import midi_file


def _accounts(lab: Lab) -> None:
    first = material.new_account(lab)
    second = material.new_account(lab, 3)
    secret = {"user_id": second, "service_ticket": "browser-session-ticket"}
    for limit in (7, 3):
        lab.call("create_account", json={"requestParams": secret, "maxJobs": limit})
        lab.call("get_account", arguments={"user_id": second})
        lab.call("get_available_capacity")
    lab.call("list_accounts")
    for operation in ("list_music", "list_midi", "list_cloned_voices", "list_artist_voices"):
        lab.call(operation)
        lab.call(operation, query={"user_id": first})
    lab.call("upload_midi", query={"name": "x"}, content=midi_file(), headers={"Content-Type": "audio/midi"})
    _empty_and_invalid(lab)
    for user_id in (first, second):
        _gone(lab, user_id)
    lab.call("list_accounts")


def _empty_and_invalid(lab: Lab) -> None:
    empty = lab.call("create_account", json={"requestParams": {}})
    told = f"requestParams {{}} is what the page sends, but was answered {empty.status}: {empty.error}"
    lab.check("account-round-trips", fine=empty.status == 200, message=told, call=empty)
    if empty.accepted and isinstance(empty.item.get("user_id"), str):
        lab.call("get_account", arguments={"user_id": empty.item["user_id"]})
        lab.call("delete_account", arguments={"user_id": empty.item["user_id"]})
    missing = lab.call("create_account", json={"maxJobs": 3})
    told = f"an account without requestParams was answered {missing.status}"
    lab.check("invalid-values-are-400", fine=missing.status == 400, message=told, call=missing)


def _gone(lab: Lab, user_id: str) -> None:
    deleted = lab.call("delete_account", arguments={"user_id": user_id})
    told = f"account {user_id} was there, but deleting it was answered {deleted.status}"
    lab.check("account-round-trips", fine=deleted.status == 204, message=told, call=deleted)
    for operation in ("get_account", "delete_account"):
        call = lab.call(operation, arguments={"user_id": user_id})
        told = f"account {user_id} was deleted, but {operation} was answered {call.status}"
        lab.check("account-round-trips", fine=call.status == 404, message=told, call=call, earlier=(deleted,))


ACCOUNTS = Scenario("accounts", _accounts, frozenset({Need.CREATE, Need.ACCOUNT, Need.UPLOAD}), cost=6)
