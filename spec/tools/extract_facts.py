"""Reads the vendor's pages and writes down, one by one, the facts they print.

    python spec/tools/extract_facts.py PAGES_DIR [--output spec/facts.json]

The pages are Markdown files, one for each page of the vendor's site. Nothing here knows the document: a fact is what a
page prints, found by the page's own layout, so that the register can be held against the document afterwards. Facts in
sentences are found by what `prose.py` lists.
"""

# ruff: noqa: INP001 - a script, not a package

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from prose import PROSE

REGISTER = Path(__file__).parent.parent / "facts.json"

_BASE = "https://api.useapi.net/v1/tempolor"
_PATH_NAMES = ("user_id", "job_id", "clonedVoiceItemId", "midiItemId")

_SOURCE = re.compile(r"^Source page: (\S+)$", re.MULTILINE)
_OPERATION = re.compile(r"^`([A-Z]+) " + re.escape(_BASE) + r"(\S*)`$", re.MULTILINE)
_SECTION = re.compile(r"^#{2,5} (.+)$", re.MULTILINE)
_STATUS = re.compile(r"^\*\*(\d{3})\*\*", re.MULTILINE)
_JSON = re.compile(r"```json\n(.*?)```", re.DOTALL)
_MODEL = re.compile(r"```typescript\n(.*?)```", re.DOTALL)
_MODEL_FIELD = re.compile(r"^(\w+)\??: (.*?),?\s*(?://.*)?$")
_CODE = re.compile(r"`([^`]+)`")
_DECLARATION = re.compile(r"^- `(\w+)` is (\*\*required\*\*|optional)(.*(?:\n {2}\*.*)*)", re.MULTILINE)
_CHOICE = re.compile(r"^ {2}\* `([^`]+)`(.*)", re.MULTILINE)
_INLINE_CHOICES = re.compile(r"Supported values: ((?:`[^`]+`(?:, )?)+)")
_MAXIMUM_LENGTH = re.compile(r"Maximum length (\d+) characters")
_RANGE = re.compile(r"Valid range: (\d+)…(\d+)")
_DEFAULT_NUMBER = re.compile(r"Default is (\d+)")
_MEDIA_TYPE = re.compile(r"\b(?:application/json|multipart/form-data|audio/[a-z0-9-]+)\b")
_EXTENSION = re.compile(r"^\| (audio/[a-z0-9-]+) \| (\w+) \|", re.MULTILINE)
_STATUS_ROW = re.compile(r"^\| (\d+) \| ([A-Z]+) \| (True|False) \|", re.MULTILINE)
_EXCLUSION = re.compile(r"^- (?:You can only use one of|If you specify) .+", re.MULTILINE)
# How a model's field begins that holds other fields, or may.
_OPENINGS = {"{": "object", "{}": "object", "[ {": "array"}
# A map key that stands for an account: numbered in one sample, lost (see the pages' README) in two others.
_PLACEHOLDER_KEY = re.compile(r"^(?:user_id\d)?$")


class Fact(NamedTuple):
    """One printed fact: its kind, the page's address, the operation, where in the operation, and what it says."""

    kind: str
    page: str
    operation: str
    where: str
    value: str


def page_facts(text: str) -> Iterator[Fact]:
    """Yield the facts of one page, in the page's order by kind. A page without an operation may still have fields."""
    source = _SOURCE.search(text)
    if source is None:
        return
    operation = _operation(text)
    facts = _operation_facts(text, operation) if operation else _setup_facts(text)
    for kind, where, value in (*facts, *_prose_facts(text, source[1].rpartition("/")[2])):
        yield Fact(kind, source[1], operation, where, value)


def all_facts(folder: Path) -> list[Fact]:
    """Return the facts of every page in a folder, without repetitions, sorted by kind, page and place."""
    return sorted({fact for file in folder.glob("*.md") for fact in page_facts(file.read_text(encoding="utf-8"))})


def _operation(text: str) -> str:
    """Return the page's operation as `GET /music/{job_id}`, or nothing."""
    found = _OPERATION.search(text)
    if found is None:
        return ""
    segments = found[2].split("?")[0].strip("/").split("/")
    path = "".join(f"/{{{segment}}}" if segment in _PATH_NAMES else f"/{segment}" for segment in segments)
    return f"{found[1]} {path}"


def _sections(text: str) -> dict[str, str]:
    """Split a page at its headings. The part before the first heading is left out."""
    parts = _SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _setup_facts(text: str) -> Iterator[tuple[str, str, str]]:
    for block in _JSON.findall(text):
        for path, kind in _fields(json.loads(block)):
            yield "request example field", path, kind


def _operation_facts(text: str, operation: str) -> Iterator[tuple[str, str, str]]:
    sections = _sections(text)
    yield "operation", "", operation
    yield from _header_facts(sections["Request Headers"])
    yield from _declared("path", sections.get("Path Parameters", ""))
    yield from _declared("query", sections.get("Query Parameters", ""))
    yield from _declared("body", sections.get("Request Body", ""))
    yield from _exclusions(sections.get("Request Body", ""))
    for block in _JSON.findall(sections.get("Request Body", "")):
        for path, kind in _fields(json.loads(block)):
            yield "request example field", path, kind
    for status, name, final in _STATUS_ROW.findall(sections.get("Status Values", "")):
        yield "status value", "200 status", f"{status} {name} {final.lower()}"
    yield from _response_facts(sections["Responses"])
    for block in _MODEL.findall(sections.get("Model", "")):
        for path, kind in _model_fields(block):
            yield "model field", path, kind


def _header_facts(section: str) -> Iterator[tuple[str, str, str]]:
    if re.search(r"`API token` is \*\*required\*\*", section):
        yield "authorization", "header Authorization", "required"
    for media_type in _MEDIA_TYPE.findall(section):
        yield "media type", "body", media_type


def _declared(place: str, section: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a list of parameters or body fields says about each entry."""
    for name, need, rest in _DECLARATION.findall(section):
        where = f"{place} {name}"
        yield "parameter" if place != "body" else "request field", where, need.strip("*")
        if "becomes **required**" in rest:
            yield "condition", where, "required with several accounts"
        yield from _choices(where, rest)
        yield from _limits(where, rest)


def _choices(where: str, rest: str) -> Iterator[tuple[str, str, str]]:
    for value, remark in _CHOICE.findall(rest):
        yield "enum value", where, value
        if "(default)" in remark:
            yield "default", where, value
    for values in _INLINE_CHOICES.findall(rest):
        for value in _CODE.findall(values):
            yield "tonality", where, value


def _limits(where: str, rest: str) -> Iterator[tuple[str, str, str]]:
    for value in _MAXIMUM_LENGTH.findall(rest):
        yield "limit", where, f"maxLength {value}"
    for low, high in _RANGE.findall(rest):
        yield "limit", where, f"minimum {low}"
        yield "limit", where, f"maximum {high}"
    for value in _DEFAULT_NUMBER.findall(rest):
        yield "default", where, value


def _exclusions(section: str) -> Iterator[tuple[str, str, str]]:
    """Yield each pair of body fields that may not be sent together."""
    for note in _EXCLUSION.findall(section):
        first, *others = _CODE.findall(note)
        for other in others:
            yield "exclusion", "body", f"{first} {other}"


def _response_facts(section: str) -> Iterator[tuple[str, str, str]]:
    parts = _STATUS.split(section)
    for status, part in zip(parts[1::2], parts[2::2], strict=True):
        yield "status", status, status
        for number, block in enumerate(_JSON.findall(part), start=1):
            example = json.loads(block)
            # A status may come with several samples, whose fields are facts of their own.
            sample = status if number == 1 else f"{status}/{number}"
            for path, kind in _fields(example):
                yield "example field", f"{sample} {path}", kind
            if isinstance(example, dict):
                yield from _texts(status, example)


def _prose_facts(text: str, page: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a page says in sentences, in the document's words, and the file extensions of its uploads."""
    for where, statement, words in PROSE.get(page, ()):
        if re.search(statement, text):
            yield "prose", where, words
    for media_type, extension in _EXTENSION.findall(text):
        yield "prose", "body", f"| {media_type} | {extension} |"


def _texts(status: str, example: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in ("error", "message"):
        if key in example:
            yield "error text", f"{status} {key}", example[key]


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and JSON type of each named field. The items of an array share their paths; map keys have none."""
    if isinstance(value, list):
        for item in value:
            yield from _fields(item, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _PLACEHOLDER_KEY.match(key):
                yield from _fields(inner, path)
            else:
                inner_path = f"{path}.{key}".lstrip(".")
                yield inner_path, _json_type(inner)
                yield from _fields(inner, inner_path)


def _json_type(value: Any) -> str:
    # A bool is an int to Python, so it has to be asked for first.
    for kind, name in ((bool, "boolean"), (int, "number"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return name
    raise TypeError(f"no JSON type for {value!r}")


def _model_fields(block: str) -> Iterator[tuple[str, str]]:
    """Yield the path and TypeScript type of each field of a model, nested ones after the field that holds them."""
    kinds: dict[str, str] = {}
    holders: list[str] = []
    for raw in block.splitlines():
        line = raw.strip()
        found = _MODEL_FIELD.match(line)
        if found:
            path = ".".join([*holders[-1:], found[1]])
            kinds[path] = _OPENINGS.get(found[2], found[2])
            if found[2] in ("{", "[ {"):
                holders.append(path)
        elif line.startswith("}") and holders:
            holder = holders.pop()
            # Only the closing bracket tells a list of objects from a single one.
            kinds[holder] = "array" if line.startswith("}[]") else kinds[holder]
    yield from kinds.items()


def _main() -> None:
    parser = argparse.ArgumentParser(description="Write the register of the facts that the vendor's pages print.")
    parser.add_argument("pages", type=Path, help="folder with the pages as Markdown files")
    parser.add_argument("--output", type=Path, default=REGISTER)
    arguments = parser.parse_args()
    rows = (json.dumps(fact._asdict(), ensure_ascii=False) for fact in all_facts(arguments.pages))
    arguments.output.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
