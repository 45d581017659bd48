"""Services that are unusual but within the contract: every alarm about one of them is a false one."""

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, Final

from tempolor_mock import recent, shapes
from tempolor_mock.domain import accounts, callbacks, errors, music
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.jobs import Plan
from tempolor_mock.operations import music as music_operations
from tempolor_mock.steps import validation

from .mutant import NOTHING, Answer, Asked, Kind, Mutant, Patch, Rewrite
from .mutants.validation import forgiving
from .rewriting import LISTS, ORDERS, SUCCESS, answers, at, edit, error, header, moved, put, with_fields, without


def _leap(make: Any) -> Any:
    def plan(*given: Any) -> Plan:
        steps = make(*given).steps
        return Plan((steps[0], steps[-1]))

    return plan


def _other_words(asked: Asked, answer: Answer) -> None:
    data = answer.data
    printed = ("completed yet", "No record", "running jobs", "queue", "processing", "exist", "not running", "found")
    if asked.operation and answer.status == 400 and isinstance(data, dict) and "(" not in str(data.get("error")):
        text = str(data.get("error", ""))
        if (
            text.startswith("Invalid ")
            and not text.startswith("Invalid type")
            and not any(each in text for each in printed)
        ):
            answer.put({**data, "error": f"{text} (please see the manual)"})


def _account_404(asked: Asked, answer: Answer) -> bool:
    return asked.operation in {"get_account", "delete_account", "list_accounts"} and answer.status == 404


def _in_capitals(found: Any) -> Any:
    return lambda draws: found(draws).upper()


def _items(change: Callable[[Any], Any]) -> tuple[Patch, ...]:
    """Show items otherwise, in polls, lists and callbacks alike."""

    def make(show: Any) -> Any:
        return lambda *given, **named: change(show(*given, **named))

    return tuple(Patch(owner, "music_item", make) for owner in (shapes, recent, music_operations))


def _options_allowed(_asked: Asked, answer: Answer) -> None:
    if answer.status == 405:
        for name in [name for name in answer.headers if name.lower() == b"allow"]:
            answer.headers[name] += b", OPTIONS"


def _each_callback_twice() -> tuple[Patch, ...]:
    def make(announce: Any) -> Any:
        def announced(world: Any, job: Any, step: int) -> None:
            for _ in range(2):
                announce(world, job, step)

        return announced

    return (Patch(callbacks, "announce", make),)


def _out_for_a_while() -> Rewrite:
    number = count()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation and 300 <= next(number) < 330:
            answer.become(503, error(503, "Service unavailable"))

    return rewrite


def _pretty(asked: Asked, answer: Answer) -> None:
    if asked.operation and answer.data is not NOTHING:
        answer.body = json.dumps(answer.data, indent=2).encode()


def _deleted_go_on() -> tuple[Patch, ...]:
    """Hide deleted jobs, and let them run on."""
    gone: set[str] = set()

    def delete(_original: Any) -> Any:
        def deleted(world: Any, job_id: str) -> None:
            gone.add(str(music.get(world, job_id).id))

        return deleted

    def get(original: Any) -> Any:
        def found(world: Any, job_id: str) -> Any:
            job = original(world, job_id)
            if str(job.id) in gone:
                raise errors.no_record(job_id)
            return job

        return found

    def page(original: Any) -> Any:
        def cut(*given: Any, **named: Any) -> Any:
            found = original(*given, **named)
            return replace(found, items=tuple(each for each in found.items if str(each.id) not in gone))

        return cut

    return Patch(music, "delete", delete), Patch(music, "get", get), Patch(music, "page", page)


def _counted_before_listed() -> Rewrite:
    """Count a job more than is listed in each fifth answer: it ran when it was counted, and ended a moment later."""
    number = count(1)

    def older(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        # The first row has most free slots, so it has one to count as taken, unless all are full.
        first, *others = rows
        if first["available"] < 2:
            return rows
        return [{**first, "executing": first["executing"] + 1, "available": first["available"] - 1}, *others]

    def rewrite(asked: Asked, answer: Answer) -> None:
        data = answer.data
        if asked.operation == "get_available_capacity" and answer.status == 200 and data["available"]:
            answer.put(at("available", older)(data) if next(number) % 5 == 0 else data)

    return rewrite


def _zero_counts(identity: Any) -> Any:
    return lambda parameters: "0" if parameters.get("user_id") == 0 else identity(parameters)


_STAMPS: Final = ("createTime", "updateTime")


def _numbered() -> Rewrite:
    numbers = count()
    return edit(["get_music"], lambda item: {**item, "requestId": f"r{next(numbers)}"})


_variant = partial(Mutant, kind=Kind.LEGAL)


def _not_modified() -> Rewrite:
    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "get_music" and answer.status == 200:
            answer.headers[b"etag"] = etag = f'"{zlib.crc32(answer.body)}"'.encode()
            if asked.headers.get(b"if-none-match") == etag:
                answer.become(304)

    return rewrite


VARIANTS: Final = (
    _variant(id="one-job", sentence="An order starts one job.", policy={"jobs_per_request": 1}),
    _variant(id="small-pages", sentence="A page holds 7 items.", policy={"page_size": 7}),
    _variant(id="large-pages", sentence="A page holds 100 items.", policy={"page_size": 100}),
    _variant(
        id="room-not-below-zero",
        sentence="An account that runs more jobs than may has 0 free slots.",
        rewrite=lambda: edit(
            ["get_available_capacity"],
            at("available.*", lambda row: {**row, "available": max(0, row["available"])}),
        ),
    ),
    _variant(id="instant-jobs", sentence="Jobs end as they begin.", policy={"job_seconds": (0.0, 0.0)}),
    _variant(
        id="counted-before-listed",
        sentence="The capacity is counted an instant before the running jobs are listed, one of which then ends.",
        rewrite=_counted_before_listed,
    ),
    _variant(id="slow-files", sentence="Files come 20 s after the end.", policy={"download_lag_seconds": (20.0, 20.0)}),
    _variant(id="no-lag", sentence="Files are there at once.", policy={"download_lag_seconds": (0.0, 0.0)}),
    _variant(id="short-links", sentence="Links live for 10 minutes.", policy={"link_seconds": 600}),
    _variant(id="long-links", sentence="Links live for a week.", policy={"link_seconds": 604_800}),
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
        id="numbered-answers",
        sentence="Answers have a number of their own, which callbacks do not have.",
        rewrite=_numbered,
    ),
    _variant(
        id="any-text-for-an-address",
        sentence="A `replyUrl` may be any text, and is repeated.",
        patches=lambda: (Patch(validation.ObjectCheck, "__call__", forgiving('is not a "uri"')),),
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
        patches=lambda: (Patch(Draws, "item_id", _in_capitals),),
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
    _variant(id="some-jobs-fail", sentence="Four jobs of ten fail.", policy={"fail_rate": 0.4}),
    _variant(id="slow-cloning", sentence="Cloning a voice takes 200 s.", policy={"clone_seconds": (200.0, 200.0)}),
    _variant(
        id="hours-of-cloning", sentence="Cloning a voice takes two hours.", policy={"clone_seconds": (7200.0, 7200.0)}
    ),
    _variant(id="very-slow-jobs", sentence="Jobs take half an hour.", policy={"job_seconds": (1800.0, 1800.0)}),
    _variant(
        id="unlimited-plan",
        sentence="The plan is unlimited and counts nothing.",
        rewrite=lambda: edit(
            ["create_song", "create_instrumental"],
            with_fields(unlimited=True, remainNum=0, totalNum=0, remainSeconds=0),
        ),
    ),
    _variant(
        id="another-mask",
        sentence="Secrets are shown as `<hidden>`.",
        rewrite=lambda: edit(["create_account", "get_account"], at("requestParams.service_ticket", put("<hidden>"))),
    ),
    _variant(id="pretty-json", sentence="JSON is indented.", rewrite=lambda: _pretty),
    _variant(id="no-progress", sentence="Items leave out `progress`.", patches=lambda: _items(without("progress"))),
    _variant(
        id="numbers-only",
        sentence="Items tell their status by its number alone.",
        patches=lambda: _items(without("status_name", "status_final")),
    ),
    _variant(
        id="names-only",
        sentence="Items tell their status by its name alone.",
        patches=lambda: _items(without("status", "status_final")),
    ),
    _variant(id="no-stamps", sentence="Items have no stamps.", patches=lambda: _items(without(*_STAMPS))),
    _variant(
        id="bare-items",
        sentence="Items leave out what describes the music.",
        patches=lambda: _items(without("musicMaterial", "ltmMaterialExtendDto")),
    ),
    _variant(
        id="starts-with-offset",
        sentence="`started` has an offset in place of the Z.",
        rewrite=lambda: edit(["list_running_jobs"], at("*.started", lambda text: text.replace("Z", "+00:00"))),
    ),
    _variant(
        id="later-models-shown",
        sentence="Items show the later model that an older name leads to.",
        patches=lambda: _items(at("ltmMaterialExtendDto.modelShowName", put("v4.8"))),
    ),
    _variant(
        id="files-as-octets",
        sentence="All files come as application/octet-stream.",
        rewrite=lambda: header(
            lambda asked, answer: asked.path.startswith("/files/") and answer.status in SUCCESS,
            b"content-type",
            b"application/octet-stream",
        ),
    ),
    _variant(
        id="files-elsewhere",
        sentence="Links are redirected to where the files are.",
        rewrite=moved,
    ),
    _variant(
        id="zero-is-an-id",
        sentence="A `user_id` of 0 is an id like any other number.",
        patches=lambda: (Patch(accounts, "_identity", _zero_counts),),
    ),
    _variant(
        id="deletion-frees-nothing",
        sentence="A job that is deleted at work keeps its slot, and is listed, until it would have ended.",
        patches=_deleted_go_on,
    ),
    _variant(
        id="progress-with-a-fraction",
        sentence="`progress` is a number with a fraction until the job has ended.",
        patches=lambda: _items(
            lambda item: {**item, "progress": item["progress"] + (0.5 if item["progress"] < 100 else 0)}
        ),
    ),
    _variant(
        id="nothing-has-changed",
        sentence="A poll with the ETag of the present state is a 304.",
        rewrite=_not_modified,
    ),
    _variant(
        id="allow-names-options",
        sentence="A 405 says that OPTIONS is allowed, which is refused as well.",
        rewrite=lambda: _options_allowed,
    ),
    _variant(
        id="long-bodies-refused",
        sentence="An order of more than 64 KB is a 413.",
        rewrite=lambda: answers(
            lambda asked, _answer: asked.operation in ORDERS and len(asked.body) > 1 << 16,
            413,
            error(413, "The body is too large"),
        ),
    ),
    _variant(
        id="callbacks-come-twice",
        sentence="Each callback is delivered twice, word for word.",
        patches=_each_callback_twice,
    ),
    _variant(
        id="out-for-a-while",
        sentence="For once, thirty requests in a row are a 503.",
        rewrite=_out_for_a_while,
    ),
)
