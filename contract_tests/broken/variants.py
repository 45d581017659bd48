"""Services that are unusual but within the contract: every alarm about one of them is a false one."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tempolor_mock import recent, shapes
from tempolor_mock.domain import music
from tempolor_mock.domain.jobs import Plan
from tempolor_mock.operations import music as music_operations

from .answers import LISTS, answers, at, edit, header, with_fields, without
from .kinds import Answer, Asked, Deviation, Kind, Patch


def _leap(make: Any) -> Any:
    def plan(policy: Any, draws: Any) -> Plan:
        steps = make(policy, draws).steps
        return Plan((steps[0], steps[-1]))

    return plan


def _other_words(asked: Asked, answer: Answer) -> None:
    data = answer.data
    printed = ("completed yet", "No record", "running jobs", "queue", "processing", "exist", "not running", "found")
    if asked.operation and answer.status == 400 and isinstance(data, dict) and "(" not in str(data.get("error")):
        text = str(data.get("error", ""))
        if text.startswith("Invalid ") and not any(each in text for each in printed):
            answer.put({**data, "error": f"{text} (please see the manual)"})


def _account_404(asked: Asked, answer: Answer) -> bool:
    return asked.operation in {"get_account", "delete_account", "list_accounts"} and answer.status == 404


def _numbers(make: Any) -> Any:
    return lambda *parts: make(*parts).upper()


def _items(change: Callable[[Any], Any]) -> tuple[Patch, ...]:
    """Show items otherwise, in polls, lists and reports alike."""

    def make(show: Any) -> Any:
        return lambda *given, **named: change(show(*given, **named))

    return tuple(Patch(owner, "music_item", make) for owner in (shapes, recent, music_operations))


_variant = partial(Deviation, kind=Kind.LEGAL)

VARIANTS: Final = (
    _variant(id="one-job", sentence="An order starts one job.", policy={"jobs_per_request": 1}),
    _variant(id="small-pages", sentence="A page holds 7 items.", policy={"page_size": 7}),
    _variant(id="large-pages", sentence="A page holds 100 items.", policy={"page_size": 100}),
    _variant(id="slow-files", sentence="Files come 20 s after the end.", policy={"download_lag_seconds": (20.0, 20.0)}),
    _variant(id="no-lag", sentence="Files are there at once.", policy={"download_lag_seconds": (0.0, 0.0)}),
    _variant(id="short-links", sentence="Links live for 10 minutes.", policy={"link_seconds": 600}),
    _variant(id="slow-jobs", sentence="Jobs take 90 s.", policy={"job_seconds": (90.0, 90.0)}),
    _variant(id="fast-jobs", sentence="Jobs take 3 s.", policy={"job_seconds": (3.0, 3.0)}),
    _variant(id="leap", sentence="Progress goes from 0 to 100.", patches=lambda: (Patch(music, "plan_for", _leap),)),
    _variant(
        id="no-files-named",
        sentence="Items leave out what is optional.",
        patches=lambda: _items(without("mp3OssId", "wavOssId", "cover", "likeTotal", "downloadTotal", "canExtend")),
    ),
    _variant(
        id="newer-fields",
        sentence="Items have fields that no page prints.",
        patches=lambda: _items(with_fields(region="eu")),
    ),
    _variant(
        id="no-artists",
        sentence="There are no artist voices on offer.",
        rewrite=lambda: edit(["list_artist_voices"], with_fields(records=[], hasNext=False, cursor="")),
    ),
    _variant(
        id="silent-404",
        sentence="The 404s of accounts have no body.",
        rewrite=lambda: answers(_account_404, 404),
    ),
    _variant(
        id="other-words", sentence="Errors that are not printed are in other words.", rewrite=lambda: _other_words
    ),
    _variant(
        id="type-with-charset",
        sentence="The media type names a character set.",
        rewrite=lambda: header(
            lambda asked, answer: bool(asked.operation) and bool(answer.body),
            b"content-type",
            b"application/json; charset=utf-8",
        ),
    ),
    _variant(
        id="upper-case-ids",
        sentence="Ids are in capitals.",
        patches=lambda: (Patch(music, "item_id", _numbers),),
    ),
    _variant(
        id="no-cursor-at-the-end",
        sentence="The last page leaves `cursor` out.",
        rewrite=lambda: edit(LISTS, lambda data: data if data["hasNext"] else without("cursor")(data)),
    ),
    _variant(
        id="unknown-quota",
        sentence="An order does not tell what is left of the plan.",
        rewrite=lambda: edit(
            ["create_song", "create_instrumental"], without("remainNum", "totalNum", "remainSeconds", "unlimited")
        ),
    ),
    _variant(
        id="lifetime-not-reported",
        sentence="`remainSeconds` of a link is 0.",
        rewrite=lambda: edit(["download_music"], with_fields(remainSeconds=0)),
    ),
    _variant(
        id="only-accounts-with-room",
        sentence="`available` leaves out full accounts.",
        rewrite=lambda: edit(
            ["get_available_capacity"],
            at("available", lambda rows: [row for row in rows if row["available"]]),
        ),
    ),
)
