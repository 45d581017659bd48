"""What is asked of the journal's tables: the same statements for every database.

The tables stand beside the store's and know worlds by their tokens alone. `tempolor_journals` has a row for each world
with its counts, `tempolor_requests` one for each request; `jobs` has the ids of the jobs that it started, each between
two line breaks. Requests are numbered when they are written, in one order for all processes: the world's row is held
until they are committed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec
import orjson

from ..domain.ids import Token
from .base import Counts, Filters, JsonObject, Page, Shown
from .records import Entry
from .sharing import cuts

COLUMNS = ("token", "number", "size", "operation_id", "method", "status", "path", "jobs", "facts", "content")

ROW_BYTES = 200
"""What a row takes besides its texts, about."""

Values = tuple[Any, ...]


class Statements(Protocol):
    """Runs statements of one transaction; `?` stands for each value."""

    async def run(self, statement: str, *values: Any) -> None:
        """Run a statement."""

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """Add rows to a table."""

    async def rows(self, statement: str, *values: Any) -> list[Values]:
        """Return what a statement finds."""


class Database(Protocol):
    """Where the tables are; raises a 503 while that cannot be got at."""

    def reading(self) -> AbstractAsyncContextManager[Statements]:
        """Begin a transaction that changes nothing."""

    def writing(self) -> AbstractAsyncContextManager[Statements]:
        """Begin a transaction, which is undone where it raises."""

    async def close(self) -> None:
        """Release what the database holds."""


class Row(msgspec.Struct):
    """A request as it is written; `facts` and `content` are JSON, secrets hidden."""

    token: str
    operation_id: str | None
    method: str
    status: int
    path: str
    jobs: str
    facts: str
    content: str

    @classmethod
    def of(cls, token: Token, entry: Entry, facts: JsonObject, content: JsonObject) -> "Row":
        """Return the row of an entry that was worded."""
        jobs = "".join(f"\n{job_id}\n" for job_id in entry.notes.jobs)
        return cls(
            str(token),
            entry.notes.operation_id,
            entry.head.method,
            entry.status,
            facts["path"].replace("\0", "\N{REPLACEMENT CHARACTER}"),  # Which no database takes.
            jobs,
            orjson.dumps(facts).decode(),
            orjson.dumps(content).decode(),
        )

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return ROW_BYTES + len(self.facts) + len(self.content)


class Shelf:
    """The journals of all worlds in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, rows: Iterable[Row], lost: Counter[Token]) -> None:
        """Add requests after all others of their worlds, and those that are lost before them."""
        by_token = {str(token): (count, list[Row]()) for token, count in lost.items()}
        for row in rows:
            by_token.setdefault(row.token, (0, []))[1].append(row)
        async with self._database.writing() as statements:
            values: list[Values] = []
            for token in sorted(by_token):  # Always in this order, or two processes could wait for each other.
                values += await _numbered(statements, token, *by_token[token])
            await statements.add("tempolor_requests", COLUMNS, values)

    async def make_room(self, limit: int) -> int:
        """Drop the oldest requests of those worlds that take most, where all are beyond the limit; return how many."""
        async with self._database.reading() as statements:
            sizes: dict[str, int] = dict(
                await statements.rows("SELECT token, bytes FROM tempolor_journals WHERE bytes > 0")
            )
        dropped = 0
        for token, size in cuts(sizes, limit):
            dropped += await self._cut(token, size)
        return dropped

    async def _cut(self, token: str, size: int) -> int:
        async with self._database.writing() as statements:
            await statements.run("UPDATE tempolor_journals SET dropped = dropped WHERE token = ?", token)  # Holds it.
            found = await statements.rows("SELECT bytes - ? FROM tempolor_journals WHERE token = ?", size, token)
            if not found or found[0][0] <= 0:  # Another process was faster.
                return 0
            ((count, freed, last),) = await statements.rows(
                "SELECT count(*), sum(size), max(number) FROM (SELECT number, size,"
                " sum(size) OVER (ORDER BY number) - size AS before FROM tempolor_requests WHERE token = ?) AS oldest"
                " WHERE before < ?",
                token,
                found[0][0],
            )
            await statements.run("DELETE FROM tempolor_requests WHERE token = ? AND number <= ?", token, last)
            await statements.run(
                "UPDATE tempolor_journals SET kept = kept - ?, bytes = bytes - ?, dropped = dropped + ?"
                " WHERE token = ?",
                count,
                int(freed),
                count,
                token,
            )
        return int(count)

    async def find(self, token: Token, filters: Filters, *, limit: int, brief: bool) -> Page:
        """See `Journal`."""
        where, values = _where(token, filters)
        content = "'{}'" if brief else "content"
        async with self._database.reading() as statements:
            counts = await _counts(statements, token)
            ((matched,),) = await statements.rows(f"SELECT count(*) FROM tempolor_requests WHERE {where}", *values)  # noqa: S608 - our own texts
            rows = await statements.rows(
                f"SELECT number, jobs, facts, {content} FROM tempolor_requests WHERE {where}"  # noqa: S608 - the same
                " ORDER BY number DESC LIMIT ?",
                *values,
                limit,
            )
        return Page([_shown(*row) for row in rows], matched, counts)

    async def get(self, token: Token, number: int) -> Shown | None:
        """See `Journal`."""
        async with self._database.reading() as statements:
            rows = await statements.rows(
                "SELECT number, jobs, facts, content FROM tempolor_requests WHERE token = ? AND number = ?",
                str(token),
                number,
            )
        return _shown(*rows[0]) if rows else None

    async def counts(self, token: Token) -> Counts:
        """See `Journal`."""
        async with self._database.reading() as statements:
            return await _counts(statements, token)

    async def all_counts(self) -> Mapping[Token, Counts]:
        """See `Journal`."""
        async with self._database.reading() as statements:
            rows = await statements.rows("SELECT token, last, kept, dropped FROM tempolor_journals ORDER BY token")
        return {token: Counts(*counts) for text, *counts in rows if (token := Token.parse(text)) is not None}

    async def clear(self, token: Token) -> int:
        """See `Journal`."""
        async with self._database.writing() as statements:
            await statements.run(
                "UPDATE tempolor_journals SET kept = 0, bytes = 0, dropped = 0 WHERE token = ?", str(token)
            )
            ((count,),) = await statements.rows("SELECT count(*) FROM tempolor_requests WHERE token = ?", str(token))
            await statements.run("DELETE FROM tempolor_requests WHERE token = ?", str(token))
        return int(count)

    async def forget(self, token: Token | None) -> None:
        """Forget a world altogether, or every world."""
        where, values = ("", ()) if token is None else (" WHERE token = ?", (str(token),))
        async with self._database.writing() as statements:
            await statements.run(f"DELETE FROM tempolor_journals{where}", *values)  # noqa: S608 - our own texts
            await statements.run(f"DELETE FROM tempolor_requests{where}", *values)  # noqa: S608 - the same

    async def close(self) -> None:
        """Release the database."""
        await self._database.close()


async def _numbered(statements: Statements, token: str, lost: int, rows: Sequence[Row]) -> Iterable[Values]:
    """Count the requests of one world; return their values, numbered."""
    await statements.run(
        "INSERT INTO tempolor_journals AS known (token, last, kept, bytes, dropped) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (token) DO UPDATE SET last = known.last + excluded.last, kept = known.kept + excluded.kept,"
        " bytes = known.bytes + excluded.bytes, dropped = known.dropped + excluded.dropped",
        token,
        lost + len(rows),
        len(rows),
        sum(row.size for row in rows),
        lost,
    )
    ((last,),) = await statements.rows("SELECT last FROM tempolor_journals WHERE token = ?", token)
    return [
        (token, number, row.size, row.operation_id, row.method, row.status, row.path, row.jobs, row.facts, row.content)
        for number, row in enumerate(rows, last - len(rows) + 1)
    ]


async def _counts(statements: Statements, token: Token) -> Counts:
    rows = await statements.rows("SELECT last, kept, dropped FROM tempolor_journals WHERE token = ?", str(token))
    return Counts(*rows[0]) if rows else Counts()


def _where(token: Token, wanted: Filters) -> tuple[str, Values]:
    """Return the condition that the filters are, with its values: a text has a part that can be taken out of it."""
    conditions = ["token = ?", "number > ?"]
    values: list[Any] = [str(token), wanted.since]
    for column in ("operation_id", "method", "status"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.path is not None:
        conditions.append("replace(path, ?, '') <> path")
        values.append(wanted.path)
    if wanted.job_id is not None:
        conditions.append("(replace(jobs, ?, '') <> jobs OR replace(path, ?, '') <> path)")
        values += [f"\n{wanted.job_id}\n", wanted.job_id]
    return " AND ".join(conditions), tuple(values)


def _shown(number: int, jobs: str, facts: str, content: str) -> Shown:
    return Shown({"number": number, **orjson.loads(facts), **orjson.loads(content)}, jobs.split())
