"""Mutants in lists: their order, their filter, their pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import Any, Final

from tempolor_mock.domain import accounts, midi, music, paging

from ..mutant import Answer, Asked, Kind, Rewrite
from ..rewriting import LISTS, ORDERS, SUCCESS, at, edit, error, rewritten, when, with_fields
from ..switching import instead, swap, switched

_CURSOR: Final = re.compile(rb"\bcursor=[^&]")
"""Asks for a later page; an empty cursor counts as left out."""


def _halved(data: Any) -> Any:
    return {**data, "records": data["records"][1:]} if len(data.get("records", ())) > 1 else data


def _always_first_page() -> Rewrite:
    first: dict[tuple[str, str], bytes] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in LISTS and answer.status == 200:
            if _CURSOR.search(asked.query):
                answer.body = first.get((asked.token, asked.operation), answer.body)
            elif answer.data.get("hasNext"):
                first[asked.token, asked.operation] = answer.body

    return rewrite


def _any_type(page: Any) -> Any:
    """List both kinds of music together."""

    def paged(world: Any, _kind: Any, *, user_id: str | None, cursor: str | None) -> Any:
        account = accounts.the_one(world, user_id)
        before = paging.read_cursor(cursor) if cursor else None
        both = chain.from_iterable(
            world.jobs.page(f"{account.user_id}/{kind}", before=before, limit=world.policy.page_size + 1)
            for kind in ("song", "instrumental")
        )
        return paging.cut(sorted(both, key=lambda job: -job.number), world.policy.page_size)

    del page
    return paged


def _any_account(page: Any) -> Any:
    """List the music of all accounts together."""

    def paged(world: Any, kind: Any, *, user_id: str | None, cursor: str | None) -> Any:
        accounts.the_one(world, user_id)
        before = paging.read_cursor(cursor) if cursor else 2**62
        found: Iterator[Any] = (job for job in world.jobs if job.kind == kind and job.number < before)
        return paging.cut(
            sorted(found, key=lambda job: -job.number)[: world.policy.page_size + 1], world.policy.page_size
        )

    del page
    return paged


def _by_offset(table: Any, listing: str, *, cursor: str | None, size: int) -> Any:
    """Count where a page begins: what is made meanwhile moves things to the next one, what is deleted away from it."""
    begin = paging.read_cursor(cursor) if cursor else 0
    found = tuple(table.page(listing, before=None, limit=begin + size + 1))[begin:]
    return paging.Page(found[:size], paging.write_cursor(begin + size) if len(found) > size else "")


def _skipping(cut: Any) -> Any:
    """Let the cursor skip an item."""

    def made(found: Any, size: int) -> Any:
        page = cut(found, size)
        return replace(page, cursor=paging.write_cursor(page.items[-1].number - 1)) if page.cursor else page

    return made


def _repeating(cut: Any) -> Any:
    """Let the cursor lead to a page that begins with the last item of the one before."""

    def made(found: Any, size: int) -> Any:
        page = cut(found, size)
        return replace(page, cursor=paging.write_cursor(page.items[-1].number + 1)) if page.cursor else page

    return made


def _loses_what_moves() -> Rewrite:
    made = [0, 0]

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "upload_midi" and answer.status in SUCCESS:
            made[0] += 1
        elif asked.operation == "list_midi" and answer.status in SUCCESS:
            if b"cursor=" not in asked.query:
                made[1] = made[0]
            elif made[0] > made[1]:
                answer.put({**answer.data, "records": answer.data["records"][2:]})

    return rewrite


def _midi_of(asked: Asked) -> str:
    return str(asked.data.get("midiItemId", "")) if isinstance(asked.data, dict) else ""


def _only_the_first_page_is_good() -> Rewrite:
    """Refuse an order with a MIDI file that was shown on a later page."""
    later: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "list_midi" and answer.status in SUCCESS and _CURSOR.search(asked.query):
            later.update(each["midiItemId"] for each in answer.data["records"])
        elif asked.operation in ORDERS and answer.status in SUCCESS and _midi_of(asked) in later:
            answer.become(404, error(404, "The source material does not exist."))

    return rewrite


def _cursors_work_once() -> Rewrite:
    used: set[tuple[str, str, bytes]] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        page = (asked.token, asked.operation, asked.query)
        if asked.operation in LISTS and answer.status == 200 and _CURSOR.search(asked.query):
            if page in used:
                answer.become(400, error(400, "cursor has incorrect format"))
            used.add(page)

    return rewrite


def _later_voices_are_jobs(asked: Asked, answer: Answer) -> None:
    if asked.operation == "list_cloned_voices" and b"cursor=" in asked.query and answer.status in SUCCESS:
        change = at("records.*.clonedVoiceItemId", lambda voice: voice.replace("-voice:", "-job:"))
        answer.put(change(answer.data))


def _without_end() -> Rewrite:
    """Say of each page that there is another, though the later ones are empty."""
    numbers = count()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in {"list_midi", "list_music"}:
            more = {"hasNext": True, "cursor": f"more{next(numbers)}"}
            if answer.status == 400 and b"cursor=more" in asked.query:
                answer.become(200, {"records": [], **more})
            elif answer.status == 200 and not answer.data["hasNext"]:
                answer.put({**answer.data, **more})

    return rewrite


_rewrite = partial(rewritten, Kind.PAGES)
_switch = partial(switched, Kind.PAGES)

MUTANTS: Final = (
    _rewrite(
        "later-voices-are-jobs",
        "From the second page on, ids of cloned voices are those of jobs.",
        "answer-fits-schema answer-fits-reading",
        lambda: _later_voices_are_jobs,
    ),
    _rewrite(
        "pages-without-end",
        "After the last page come empty ones, without an end.",
        "pages-neither-lose-nor-repeat",
        _without_end,
    ),
    _rewrite(
        "listed-links-lead-nowhere",
        "The list of MIDI files has links that do not work.",
        "link-lasts-and-expires",
        lambda: edit(["list_midi"], at("records.*.midiUrl", lambda url: f"{url}x")),
    ),
    _rewrite(
        "cursors-work-once",
        "A cursor that was used is refused.",
        "pages-neither-lose-nor-repeat valid-is-accepted",
        _cursors_work_once,
    ),
    _rewrite(
        "later-pages-are-for-show",
        "An order with a MIDI file of the second page is a 404.",
        "ready-material-can-be-used",
        _only_the_first_page_is_good,
    ),
    _rewrite(
        "turned-page-loses-some",
        "What moves to the next page, because something was added meanwhile, is on none.",
        "pages-neither-lose-nor-repeat",
        _loses_what_moves,
    ),
    _rewrite(
        "first-page-again",
        "A cursor leads to the first page again.",
        "pages-neither-lose-nor-repeat",
        _always_first_page,
    ),
    _rewrite(
        "page-loses-one",
        "Pages lose their first item.",
        "pages-neither-lose-nor-repeat",
        lambda: edit(["list_music", "list_midi"], _halved),
    ),
    _rewrite(
        "more-without-cursor",
        "`hasNext` is true where there is no `cursor`.",
        "more-pages-have-a-cursor",
        lambda: edit(LISTS, when(lambda data: not data["hasNext"], with_fields(hasNext=True))),
    ),
    _rewrite(
        "never-a-next-page",
        "`hasNext` is false on the first of several pages.",
        "pages-neither-lose-nor-repeat last-page-has-no-cursor",
        lambda: edit(LISTS, with_fields(hasNext=False, cursor="")),
    ),
    _rewrite(
        "item-twice",
        "A page holds an item twice.",
        "pages-neither-lose-nor-repeat",
        lambda: edit(LISTS, at("records", lambda rows: [*rows, *rows[:1]])),
    ),
    _rewrite(
        "oldest-first",
        "Music is listed oldest first.",
        "newest-comes-first",
        lambda: edit(["list_music"], at("records", lambda rows: rows[::-1])),
    ),
    _rewrite(
        "upload-not-listed",
        "The list of MIDI files is empty.",
        "upload-comes-back-in-its-list pages-neither-lose-nor-repeat",
        lambda: edit(["list_midi"], with_fields(records=[], hasNext=False, cursor="")),
    ),
    _switch(
        "type-ignored",
        "A list of music holds both kinds.",
        "type-filters",
        swap(music, "page", _any_type),
    ),
    _switch(
        "accounts-mixed",
        "A list of music holds that of all accounts.",
        "list-keeps-to-its-account",
        swap(music, "page", _any_account),
    ),
    *(
        _switch(
            f"{name}-by-offset",
            f"A cursor of the list of {what} counts how many were shown before.",
            "pages-hold-still",
            swap(module, "page_of", instead(_by_offset)),
        )
        for name, what, module in (("midi", "MIDI files", midi), ("music", "music", music))
    ),
    _switch("cursor-skips", "A page skips an item.", "pages-neither-lose-nor-repeat", swap(paging, "cut", _skipping)),
    _switch(
        "cursor-overlaps",
        "A page begins with the last item of the one before.",
        "pages-neither-lose-nor-repeat",
        swap(paging, "cut", _repeating),
    ),
    _rewrite(
        "running-ones-hidden",
        "The list of music leaves out what is at work.",
        "pages-neither-lose-nor-repeat",
        lambda: edit(["list_music"], at("records", lambda rows: [row for row in rows if row["status"]])),
    ),
)
