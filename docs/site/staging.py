"""Lays the repository's pages out for the site, each at its own path, so that links among them hold as they are.

A link to a file that is no page, or to a folder, leads to a page made for it, with its code; a picture is copied.
"""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

PAGES: Final = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "benchmarks/*.md",
    "contract_tests/ARCHITECTURE.md",
    "contract_tests/broken/SCORE.md",
    "deploy/README.md",
    "docs/*.md",
    "examples/**/*.md",
    "generated_client/*/README.md",
    "spec/*.md",
    "spec/evidence/*.md",
)

# Folders of the README's table that hold no page of their own.
_HOMES: Final = {
    "contract_tests": "docs/contract-testing.md",
    "generated_client": "generated_client/python/README.md",
    "mock_server": "docs/mock.md",
}
_LINK: Final = re.compile(r"(\]\()([^()\s#]+)((?:#[^()\s]*)?\))")
_FENCE: Final = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_LANGUAGES: Final = {".mjs": "js", ".rs": "rust", ".rb": "ruby", ".yml": "yaml"}
_PICTURES: Final = frozenset({".svg", ".png"})


class Staging:
    """A folder of pages that the site is built from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Lay out all pages, and whatever they link to."""
        for page in sorted({page for pattern in PAGES for page in ROOT.glob(pattern)}):
            if "node_modules" not in page.parts:
                self._write(page.relative_to(ROOT), self._relinked(page))

    def _relinked(self, page: Path) -> str:
        """Return a page's text whose links lead to pages of the site; code stays as it is."""
        text = page.read_text("utf-8")
        done, end = [], 0
        for fence in _FENCE.finditer(text):
            done += [_LINK.sub(lambda found: self._link(page, found), text[end : fence.start()]), fence[0]]
            end = fence.end()
        return "".join([*done, _LINK.sub(lambda found: self._link(page, found), text[end:])])

    def _link(self, page: Path, found: re.Match[str]) -> str:
        before, link, after = found.groups()
        target = (page.parent / link).resolve()
        if ":" in link or not target.is_relative_to(ROOT) or not target.exists():
            return found[0]  # another site's, or one that the strict build complains about
        home = self._home(target.relative_to(ROOT))
        return f"{before}{Path(os.path.relpath(ROOT / home, page.parent)).as_posix()}{after}"

    def _home(self, target: Path) -> Path:
        """Return where the site shows a file or folder, which is laid out if it is no page."""
        if str(target) in _HOMES:
            return Path(_HOMES[str(target)])
        if (ROOT / target).is_dir():
            readme = target / "README.md"
            return readme if (ROOT / readme).exists() else self._listing(target, target / "index.md", self._in(target))
        if target.suffix == ".md":
            return target
        if target.suffix in _PICTURES:
            (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / target, self.folder / target)
            return target
        return self._listing(target, target.with_name(f"{target.name}.md"), [target])

    def _in(self, folder: Path) -> list[Path]:
        found = sorted(each for each in (ROOT / folder).rglob("*") if each.is_file())
        return [each.relative_to(ROOT) for each in found if "__pycache__" not in each.parts]

    def _listing(self, title: Path, page: Path, files: Iterable[Path]) -> Path:
        parts = [f"# {title.as_posix()}"]
        for file in files:
            code = (ROOT / file).read_text("utf-8").rstrip("\n")
            language = _LANGUAGES.get(file.suffix, file.suffix.lstrip(".") or "text")
            parts += [f'````{language.lower()} title="{file.as_posix()}"\n{code}\n````']
        self._write(page, "\n\n".join(parts) + "\n")
        return page

    def _write(self, page: Path, text: str) -> None:
        (self.folder / page).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / page).write_text(text, "utf-8")
