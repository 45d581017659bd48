"""Looks over a built site: links lead somewhere, nothing is fetched from elsewhere, no page tells of this machine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself; an `a` waits for a click.
_FETCHED: Final = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
_NOT_FETCHED: Final = frozenset({"canonical", "next", "prev", "alternate", "author", "license"})
_TEXTS: Final = frozenset({".html", ".css", ".js", ".json", ".xml", ".svg", ".txt", ".map"})


@dataclass
class _Page(HTMLParser):
    """What a page links to, what it fetches, and its anchors."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one tag says."""
        told = {name: value or "" for name, value in attrs}
        self.anchors |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if _FETCHED.get(tag) in told and told.get("rel", "") not in _NOT_FETCHED:
            self.fetched.append(told[_FETCHED[tag]])


def faults_of(site: Path, machine: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with a site, a line for each fault; `machine` are texts that must not occur in it."""
    pages = {file: _read(file) for file in sorted(site.rglob("*.html"))}
    faults = [f"{file.relative_to(site)}: {fault}" for file in pages for fault in _page_faults(file, site, pages)]
    for file in sorted(each for each in site.rglob("*") if each.suffix in _TEXTS):
        text = file.read_text("utf-8", errors="replace")
        faults += [f"{file.relative_to(site)}: names {told}" for told in machine if told in text]
        if file.suffix == ".css" and ("@import" in text or "url(http" in text or "url(//" in text):
            faults.append(f"{file.relative_to(site)}: a style fetches from elsewhere")
    return faults


def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text("utf-8"))
    return page


def _page_faults(file: Path, site: Path, pages: dict[Path, _Page]) -> Iterator[str]:
    page = pages[file]
    for address in page.fetched:
        if not address.startswith("data:") and urlsplit(address).netloc:
            yield f"fetches {address}"
    for address in {*page.links, *page.fetched}:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        # Only the page for whatever is not found has addresses from the root, since it may be shown anywhere.
        folder = site if parts.path.startswith("/") else file.parent
        target = (folder / unquote(parts.path).lstrip("/")).resolve() if parts.path else file
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or not target.is_relative_to(site):
            yield f"links to {address}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"links to {address}, whose anchor is not there"
