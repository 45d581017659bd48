"""Makes the sync client out of the async one, by taking the waiting out of it."""

# ruff: noqa: INP001 - imported by a script, not a package

import re
from pathlib import Path

# Longest first, so that a name is not replaced inside another one.
_TOKENS = (
    (r"@contextlib.asynccontextmanager", "@contextlib.contextmanager"),
    (r"async def", "def"),
    (r"Awaitable\[(\w+(?:\[\w+\])?)\]", r"\1"),
    (r"async with", "with"),
    (r"async for", "for"),
    (r"await ", ""),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"__aiter__", "__iter__"),
    (r"__anext__", "__next__"),
    (r"aclose", "close"),
    (r"aclosing", "closing"),
    (r"aiter_raw", "iter_raw"),
    (r"aread", "read"),
    (r"StopAsyncIteration", "StopIteration"),
    (r"AsyncIterator", "Iterator"),
    (r"AsyncIterable", "Iterable"),
    (r"AsyncGenerator", "Generator"),
    (r"AsyncBaseTransport", "BaseTransport"),
    (r"AsyncClient", "Client"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"_async\b", "_sync"),
    (r"an async ", "a "),
    (r"the async ", "the sync "),
)

_HEADER = "# Made from _async/{name} by tools/generate.py: never edited.\n"


def unasync(source: str) -> str:
    """Return the sync twin of an async module's source."""
    for pattern, replacement in _TOKENS:
        source = re.sub(pattern, replacement, source)
    return source


def unasync_folder(source: Path, target: Path) -> None:
    """Write the sync twin of each module of a package."""
    for module in sorted(source.rglob("*.py")):
        name = module.relative_to(source)
        made = target / name
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_HEADER.format(name=name) + unasync(module.read_text(encoding="utf-8")), encoding="utf-8")
