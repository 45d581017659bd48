"""Mutants in stamps and clocks."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from tempolor_mock.domain import errors, voices
from tempolor_mock.operations import scheduler as scheduler_operations

from ..mutant import Kind, Mutant
from ..rewriting import ITEM, at, counting, edit, put, rewritten
from ..switching import instead, swap, switched


def _shifted(text: str, **by: float) -> str:
    moment = datetime.fromisoformat(text) + timedelta(**by)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _still(data: Any) -> Any:
    return at("executing.*.elapsed", put("00:00"))(at("*.elapsed", put("00:00"))(data))


def _elapsed_from(rows: Any) -> Any:
    def shown(job: Any, now_ms: int) -> Any:
        return {**rows(job, now_ms), "elapsed": "99:59"}

    return shown


def _missing(_world: Any, _account: Any, _name: str) -> None:
    raise errors.no_source_material()


def _stamped_once(data: Any) -> Any:
    stamps = {"updated": 1747731600125, "updatedUTC": "2025-05-20T09:00:00.125Z"}
    return {**data, **stamps} if "updated" in data else {name: {**each, **stamps} for name, each in data.items()}


def _stamped_later(data: Any, number: int) -> Any:
    moved = {"updated": data["updated"] + 1000 * number, "updatedUTC": _shifted(data["updatedUTC"], seconds=number)}
    return {**data, **moved}


_rewrite = partial(rewritten, Kind.TIME)
_switch = partial(switched, Kind.TIME)

MUTANTS: Final = (
    _rewrite(
        "stamps-a-year-apart",
        "`updated` and `updatedUTC` are a year apart.",
        "account-stamps-agree",
        lambda: edit(["get_account", "create_account"], at("updatedUTC", lambda text: _shifted(text, days=365))),
    ),
    _rewrite(
        "creation-moves",
        "`createTime` is another one each time.",
        "item-keeps-its-identity",
        lambda: counting(ITEM, lambda item, number: {**item, "createTime": item["createTime"] - number}),
    ),
    _rewrite(
        "update-before-creation",
        "`updateTime` is before `createTime`.",
        "item-stamps-run-forward",
        lambda: edit(ITEM, lambda item: {**item, "updateTime": item["createTime"] - 1000}),
    ),
    _rewrite(
        "started-in-another-zone",
        "`started` is an hour off.",
        "start-is-creation elapsed-fits-started",
        lambda: edit(["list_running_jobs"], at("*.started", lambda text: _shifted(text, hours=1))),
    ),
    _rewrite(
        "elapsed-stands-still",
        "`elapsed` is always 00:00.",
        "running-row-goes-on elapsed-fits-started",
        lambda: edit(["list_running_jobs", "get_available_capacity"], _still),
    ),
    _rewrite(
        "started-moves",
        "`started` is later each time it is listed.",
        "running-row-goes-on start-is-creation elapsed-fits-started",
        lambda: counting(["list_running_jobs"], lambda text, number: _shifted(text, seconds=7 * number), "*.started"),
    ),
    _rewrite(
        "stamps-in-seconds",
        "`createTime` of an item is in seconds.",
        "start-is-creation item-stamps-run-forward answer-fits-reading item-keeps-its-identity",
        lambda: edit(ITEM, at("createTime", lambda stamp: stamp // 1000)),
    ),
    _switch(
        "elapsed-made-up",
        "`elapsed` is not the time since `started`.",
        "elapsed-fits-started running-row-goes-on",
        swap(scheduler_operations, "_running_object", _elapsed_from),
    ),
    _switch(
        "voice-never-ready",
        "A voice that was answered as ready is never ready.",
        "clone-status-fits-its-body ready-voice-stays-ready ready-material-can-be-used",
        swap(voices, "check_usable", instead(_missing)),
    ),
    Mutant(
        id="voice-sings-early",
        kind=Kind.TIME,
        sentence="A voice can be ordered with while it is being cloned.",
        expects=("clone-status-fits-its-body", "ready-material-can-be-used"),
        patches=swap(voices, "check_usable", instead(lambda *_given: None)),
        policy={"clone_seconds": (200.0, 200.0)},
    ),
    _rewrite(
        "updated-stands-still",
        "An account's stamps do not move when it is stored again.",
        "account-stamp-is-now",
        lambda: edit(["create_account", "get_account", "list_accounts"], _stamped_once),
    ),
    _rewrite(
        "updated-at-each-reading",
        "An account's stamps move each time it is read.",
        "account-stamp-is-now account-round-trips",
        lambda: counting(["get_account"], _stamped_later),
    ),
    _rewrite(
        "voice-stamps-in-seconds",
        "`createTime` of a cloned voice is in seconds.",
        "stamps-are-in-milliseconds",
        lambda: edit(["list_cloned_voices"], at("records.*.createTime", lambda stamp: stamp // 1000)),
    ),
    _rewrite(
        "system-time-stands-still",
        "`sysTime` is the moment at which the voices were put on offer.",
        "system-time-goes-on",
        lambda: edit(["list_artist_voices"], at("sysTime", put(1747731600125))),
    ),
)
