"""Rules about lists and their pages."""

from collections import Counter
from typing import Any, Final

from ..document.bodies import details, record_ids, records_of
from ..document.call import Call
from ..document.ids import parse
from ..document.service import LISTS
from .history.records import Walk
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_OWN: Final = LISTS - {"list_artist_voices"}
_PAGE: Final = "get-tempolor-music"
_SOON_SECONDS: Final = 600.0
_MANY_EMPTY: Final = 5
_CHILD: Final = {"lyric_to_material": "song"}


def _cursor(call: Call) -> Judged:
    if call.status != 200 or "hasNext" not in call.item:
        return None
    more, cursor = call.item["hasNext"], call.item.get("cursor")
    if more is True and not cursor:
        return [Problem("hasNext is true, but the page has no cursor to ask for the next one with")]
    if more is True and cursor == call.query.get("cursor"):
        return [
            Problem(f"hasNext is true, but the cursor of the next page is that of this one, {cursor!r}", key="same")
        ]
    return FINE


def _last_cursor(call: Call) -> Judged:
    if call.status != 200 or call.item.get("hasNext") is not False:
        return None
    cursor = call.item.get("cursor")
    return (
        [Problem(f"hasNext is false, so there is no next page, but the cursor is {cursor!r}, not empty")]
        if cursor
        else FINE
    )


def _newest_first(call: Call) -> Judged:
    stamps = [record["createTime"] for record in records_of(call) if isinstance(record.get("createTime"), int)]
    if call.status != 200 or len(stamps) < 2:
        return None
    return (
        FINE
        if stamps == sorted(stamps, reverse=True)
        else [Problem(f"the newest item is not first: their createTime are, from the top, {stamps[:10]}")]
    )


def _kind(call: Call, world: World) -> Judged:
    if call.status != 200:
        return None
    wanted = call.query.get("type") or "song"
    judged: Judged = None
    for record in records_of(call):
        found = _kind_of(record, world)
        if found and found != wanted:
            return [
                Problem(f"{record.get('job_id')} is of the type {found}, but the list was asked for the type {wanted}")
            ]
        judged = FINE if found else judged
    return judged


def _kind_of(record: dict[str, Any], world: World) -> str:
    job = world.jobs.get(record.get("job_id", ""))
    if job is not None and job.kind:
        return job.kind
    return _CHILD.get(str(record.get("childType")), "") or _kind_of_model(str(details(record).get("modelShowName", "")))


def _kind_of_model(name: str) -> str:
    return {"v": "song", "i": "instrumental"}.get(name[:1], "") if name[1:2].isdigit() else ""


def _account(call: Call) -> Judged:
    asked = call.query.get("user_id")
    if call.status != 200 or not asked:
        return None
    others = {parts.account for each in record_ids(call) if (parts := parse(each))} - {asked}
    return (
        [Problem(f"the list was asked for account {asked}, and shows things of {sorted(others)}")] if others else FINE
    )


def _pages(call: Call, world: World) -> Judged:
    return _asked_again(call, world) if call.status == 400 else _turned(call, world)


def _turned(call: Call, world: World) -> Judged:
    """Judge a page by itself, and beside the pages before it if it continues a walk."""
    if call.status != 200:
        return None
    ids = record_ids(call)
    twice = [each for each, count in Counter(ids).items() if count > 1]
    if twice:
        return [Problem(f"{twice[0]} is twice on one page", key="twice")]
    cursor = call.query.get("cursor", "")
    walk = world.walks.get(Walk.key(call)) if cursor else None
    if cursor and (walk is None or walk.cursor != cursor):
        return None
    begin = walk.calls[0] if walk else call
    again = _shown_again(call, walk)
    # What moves while pages are turned is another rule's; nothing that a user makes moves the artists' voices.
    if again and (call.operation == "list_artist_voices" or not _made_since(world, begin)):
        return again
    if call.item.get("hasNext"):
        return _goes_on(call, walk)
    return FINE if _deleted_since(world, begin) else _hidden(call, world, walk) or FINE


def _shown_again(call: Call, walk: Walk | None, why: str = "") -> list[Problem]:
    """Return what was on an earlier page of a walk, too."""
    again = [each for each in record_ids(call) if walk is not None and each in walk.ids][:1]
    pages = tuple(walk.calls) if walk else ()
    return [Problem(f"{each} is on two pages of one list{why}", pages, key="two pages") for each in again]


def _hidden(call: Call, world: World, walk: Walk | None, why: str = "") -> list[Problem]:
    """Return what is there, and was on no page of a walk that has come to its end."""
    pages = tuple(walk.calls) if walk else ()
    shown = {*record_ids(call), *(walk.ids if walk else ())}
    lost = [each for each in _expected(call, world, pages[0] if pages else call) if each not in shown][:1]
    return [
        Problem(f"{each} exists, but is on none of the {len(pages) + 1} pages of the list{why}", pages, key="lost")
        for each in lost
    ]


def _while_things_move(call: Call, world: World) -> Judged:
    """Judge a page that is turned after something was made or deleted."""
    walk = world.walks.get(Walk.key(call)) if call.status == 200 else None
    if walk is None or not walk.cursor or walk.cursor != call.query.get("cursor"):
        return None
    begin, ends = walk.calls[0], not call.item.get("hasNext")
    made, deleted = _made_since(world, begin), ends and _deleted_since(world, begin)
    again = _shown_again(call, walk, ", since something was made while they were turned") if made else []
    hidden = _hidden(call, world, walk, ", since something was deleted while they were turned") if deleted else []
    return [*again, *hidden] if made or deleted else None


def _goes_on(call: Call, walk: Walk | None) -> Judged:
    """Judge a page behind which there are more: of a list that ends, not many are empty."""
    latest = [*(walk.calls[1 - _MANY_EMPTY :] if walk else ()), call]
    if len(latest) < _MANY_EMPTY or any(record_ids(each) for each in latest):
        return FINE
    told = f"{len(latest)} pages in a row are empty, and the last of them says that there are more"
    return [Problem(told, tuple(latest[:2]), key="empty")]


def _asked_again(call: Call, world: World) -> Judged:
    before = world.turned.get((*Walk.key(call), call.query.get("cursor", "")))
    if before is None or not before.before(call):
        return None
    # No page says how long a cursor lasts.
    if call.exchange.started - before.exchange.finished > _SOON_SECONDS:
        return None
    told = f"a page was there, and asked for again with the same cursor, it was answered 400: {call.error}"
    return [Problem(told, (before,), key="again")]


def _made_since(world: World, begin: Call) -> bool:
    """Whether something was made since a walk began."""
    made = [job.first for job in world.jobs.values() if job.order is not None]
    made += [each.first for shelf in (world.midi, world.voices) for each in shelf.values() if each.uploaded]
    return any(not each.before(begin) for each in made) or world.unclear_order


def _deleted_since(world: World, begin: Call) -> bool:
    """Whether something was deleted since a walk began, perhaps."""
    gone = [each.gone for shelf in (world.jobs, world.midi, world.voices) for each in shelf.values()]
    return any(each is not None and not each.before(begin) for each in gone)


def _expected(call: Call, world: World, begin: Call) -> list[str]:
    account = call.query.get("user_id")
    if not account:
        accounts = {each.user_id for each in world.live_accounts()}
        if len(accounts) != 1:
            return []
        account = accounts.pop()
    known = world.accounts.get(account)
    if known is not None and (known.gone is not None):
        return []
    if call.operation == "list_music":
        kind = call.query.get("type") or "song"
        jobs = (job for job in world.jobs.values() if job.kind == kind and job.order)
        return [job.id for job in jobs if job.account == account and not job.gone and job.first.before(begin)]
    shelf = {"list_midi": world.midi, "list_cloned_voices": world.voices}.get(call.operation, {})
    mine = (each for each in shelf.values() if each.account == account and not each.gone)
    return [each.id for each in mine if each.uploaded and each.uploaded.before(begin)]


RULES = (
    Rule(
        "more-pages-have-a-cursor",
        "Where `hasNext` is true, there is a `cursor`.",
        _PAGE,
        evidence=("D-69",),
        on=LISTS,
        single=_cursor,
    ),
    Rule(
        "last-page-has-no-cursor",
        "Where `hasNext` is false, `cursor` is empty.",
        "get-tempolor-music-cloned-voices",
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
        evidence=("D-69",),
        on=LISTS,
        single=_last_cursor,
    ),
    Rule(
        "newest-comes-first",
        "Music is listed newest first.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-68",),
        on=frozenset({"list_music"}),
        single=_newest_first,
    ),
    Rule(
        "type-filters",
        "A list of music holds the kind that was asked for, songs by default.",
        _PAGE,
        evidence=("D-68",),
        on=frozenset({"list_music"}),
        history=_kind,
    ),
    Rule(
        "list-keeps-to-its-account",
        "A list holds what belongs to the account that was asked for.",
        _PAGE,
        on=_OWN,
        single=_account,
    ),
    Rule(
        "pages-neither-lose-nor-repeat",
        "The pages of a list hold everything once.",
        _PAGE,
        on=LISTS,
        history=_pages,
    ),
    Rule(
        "pages-hold-still",
        "What is made or deleted while pages are turned neither repeats nor hides what was there: a cursor is a place.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-69",),
        on=_OWN,
        history=_while_things_move,
    ),
)
