"""What rewrites of answers are made of: an answer is changed on its way out."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from .mutant import NOTHING, Answer, Asked, Kind, Mutant, Rewrite

Change = Callable[[Any], Any]
ORDERS: Final = ("create_song", "create_instrumental")
LISTS: Final = ("list_music", "list_midi", "list_cloned_voices")
ITEM: Final = ("get_music",)
SUCCESS: Final = range(200, 300)
"""The statuses of answers that are no errors."""


def edit(names: Iterable[str], change: Change, status: int | None = None) -> Rewrite:
    """Change the JSON of some operations' answers: those with a status, or all successes; no names means all."""
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        fits = answer.status == status if status else answer.status in SUCCESS
        if fits and asked.operation and (not wanted or asked.operation in wanted) and answer.data is not NOTHING:
            answer.put(change(answer.data))

    return rewrite


def at(path: str, change: Change) -> Change:
    """Change what stands at a path such as `records.*.name`; where nothing stands, nothing happens."""
    head, _, rest = path.partition(".")

    def changed(data: Any) -> Any:
        if head == "*":
            inner = at(rest, change) if rest else change
            if isinstance(data, dict):
                return {name: inner(value) for name, value in data.items()}
            return [inner(value) for value in data] if isinstance(data, list) else data
        if isinstance(data, dict) and head in data:
            return {**data, head: (at(rest, change) if rest else change)(data[head])}
        return data

    return changed


def put(value: Any) -> Change:
    """Replace by a value."""
    return lambda _old: value


def without(*names: str) -> Change:
    """Leave fields out of an object."""
    return lambda data: {name: value for name, value in data.items() if name not in names}


def with_fields(**fields: Any) -> Change:
    """Add or replace fields of an object."""
    return lambda data: {**data, **fields}


def when(condition: Callable[[Any], bool], change: Change) -> Change:
    """Change what satisfies a condition."""
    return lambda data: change(data) if condition(data) else data


_COMPLETED: Final = 30


def done(item: Any) -> bool:
    """Tell whether an item is COMPLETED."""
    return isinstance(item, dict) and item.get("status") == _COMPLETED


def answers(condition: Callable[[Asked, Answer], bool], status: int, data: Any = NOTHING) -> Rewrite:
    """Answer otherwise where a condition holds."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if condition(asked, answer):
            answer.become(status, data)

    return rewrite


def error(code: int, text: str = "Something is wrong") -> dict[str, Any]:
    """Return an error as the service words it."""
    return {"error": text, "code": code}


def on(name: str, status: int | None = None) -> Callable[[Asked, Answer], bool]:
    """Tell whether an answer is an operation's, with a status or any success."""
    return lambda asked, answer: (
        asked.operation == name and (answer.status == status if status else answer.status in SUCCESS)
    )


def header(condition: Callable[[Asked, Answer], bool], name: bytes, value: bytes | None) -> Rewrite:
    """Replace a header where a condition holds; None takes it away."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if condition(asked, answer):
            for each in [each for each in answer.headers if each.lower() == name]:
                del answer.headers[each]
            if value is not None:
                answer.headers[name] = value

    return rewrite


_MOVED: Final = b"from=link"


def moved(then: Rewrite = lambda _asked, _answer: None) -> Rewrite:
    """Redirect links to another address, which answers as `then` makes it."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if not asked.path.startswith("/files/"):
            return
        if _MOVED in asked.query:
            then(asked, answer)
        else:
            answer.become(302)
            answer.headers[b"location"] = b"%b?%b" % (asked.raw_path, b"&".join(filter(None, (asked.query, _MOVED))))

    return rewrite


def recode(wanted: int, status: int) -> Rewrite:
    """Answer one status as another, in body and head."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if answer.status == wanted and asked.operation:
            data = answer.data
            answer.become(status, {**data, "code": status} if isinstance(data, dict) else NOTHING)

    return rewrite


def counting(names: Iterable[str], change: Callable[[Any, int], Any], path: str = "") -> Rewrite:
    """Change answers by how often the same was asked before."""
    seen: dict[bytes, int] = {}
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in wanted and answer.status in SUCCESS:
            seen[asked.raw_path] = number = seen.get(asked.raw_path, -1) + 1
            one: Change = partial(_with_number, change, number)
            answer.put((at(path, one) if path else one)(answer.data))

    return rewrite


def _with_number(change: Callable[[Any, int], Any], number: int, data: Any) -> Any:
    return change(data, number)


def rewritten(  # noqa: PLR0913, PLR0917 - a row of a table
    kind: Kind, name: str, sentence: str, expects: str, make: Callable[[], Rewrite], equivalent: str = ""
) -> Mutant:
    """Return a mutant in the answers; `expects` are ids of rules between spaces."""
    return Mutant(
        id=name, kind=kind, sentence=sentence, expects=tuple(expects.split()), rewrite=make, equivalent=equivalent
    )
