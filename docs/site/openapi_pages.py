"""Pages in Markdown from an OpenAPI document: its operations on one, its schemas on another.

What the document calls a reading is shown as one: the text behind "Inferred:" is marked, and an element with
`x-inferred` gets a badge.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tempolor_spec import operations

Json = dict[str, Any]

_READING: Final = re.compile(r"Inferred:\s.+?(?=\n\s*\n|\Z)", re.DOTALL)
_LIMITS: Final = {
    "format": "format {}",
    "default": "default `{}`",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches `{}`",
}


def text_of(text: str) -> str:
    """Return a description with its readings marked."""
    return _READING.sub(lambda found: f'<span class="reading">{found[0].strip()}</span>', text.strip())


def badge_of(element: Json) -> str:
    """Return the badge of an element that is a reading, whole or in part; empty for a fact.

    A description tells itself which of its sentences are readings.
    """
    inferred = element.get("x-inferred", ())
    if inferred is True:
        return ' <span class="badge">inferred</span>'
    parts = [part for part in inferred if part != "description"]
    return f' <span class="badge">inferred: {", ".join(parts)}</span>' if parts else ""


def cell(text: str) -> str:
    """Return a text as it may stand in a table's cell."""
    marked = text_of(text).replace("|", "\\|")
    return re.sub(r"\s+", " ", re.sub(r"\n\s*\n", "<br>", marked))


class Pages:
    """The pages of one document; `schemas_page` is where links to its schemas lead."""

    def __init__(self, document: Json, schemas_page: str) -> None:
        self.document = document
        self.schemas_page = schemas_page

    def operations(self) -> str:
        """Return the page of the operations, grouped by their tags."""
        info = self.document["info"]
        parts = [f"# {info['title']}", text_of(info["description"])]
        parts += [f"Base address: `{server['url']}`." for server in self.document["servers"]]
        for tag in self.document["tags"]:
            mine = [each for each in operations(self.document) if tag["name"] in each.definition["tags"]]
            if mine:
                parts += [f"## {tag['name'].capitalize()}", text_of(tag["description"])]
            for each in mine:
                parts += self._operation(each.operation_id, f"{each.method.upper()} {each.path}", each.definition)
        return "\n\n".join(parts) + "\n"

    def schemas(self) -> str:
        """Return the page of the schemas."""
        parts = [f"# Schemas of {self.document['info']['title']}"]
        for name, schema in self.document["components"]["schemas"].items():
            parts += [f"## {name} {{ #{name} }}", text_of(schema.get("description", "")) + badge_of(schema)]
            parts += self._fields(schema) or [f"{self._type(schema)}{_limits(schema)}"]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _operation(self, name: str, request: str, definition: Json) -> Iterator[str]:
        yield f"### {name} {{ #{name} }}"
        yield f"`{request}`{{ .request }}"
        yield f"**{definition['summary']}.** {text_of(definition.get('description', ''))}{badge_of(definition)}"
        if pages := definition.get("x-evidence"):
            yield "Read from " + ", ".join(f"[{page.rpartition('/')[2]}]({page})" for page in pages) + "."
        yield from self._parameters(definition.get("parameters", ()))
        if body := definition.get("requestBody"):
            body = self._resolved(body)
            yield f"**Request body.** {text_of(body.get('description', ''))}{badge_of(body)}"
            yield from self._content(body["content"])
        yield "**Answers**"
        for status, response in definition["responses"].items():
            answer = self._resolved(response)
            yield f"`{status}`{{ .status }} {text_of(answer['description'])}{badge_of(answer)}"
            yield from self._headers(answer.get("headers", {}))
            yield from self._content(answer.get("content", {}))
        for callback, paths in definition.get("callbacks", {}).items():
            for sent in (operation for path in paths.values() for operation in path.values()):
                yield f"**Callback `{callback}`.** {text_of(sent.get('description', ''))}{badge_of(sent)}"
                yield from self._content(self._resolved(sent["requestBody"])["content"])

    def _parameters(self, parameters: Iterable[Json]) -> Iterator[str]:
        found = [self._resolved(each) for each in parameters]
        if not found:
            return
        rows = ["| parameter | in | type | what it is |", "| --- | --- | --- | --- |"]
        for each in found:
            need = " (required)" if each.get("required") else ""
            schema = each["schema"]
            told = f"{cell(each.get('description', ''))}{_limits(schema)}{badge_of(each)}"
            rows.append(f"| `{each['name']}`{need} | {each['in']} | {self._type(schema)} | {told} |")
        yield "\n".join(rows)

    def _headers(self, headers: Json) -> Iterator[str]:
        if headers:
            yield "\n".join(
                f"- header `{name}`: {cell(self._resolved(header).get('description', ''))}"
                for name, header in headers.items()
            )

    def _content(self, content: Json) -> Iterator[str]:
        for media, body in content.items():
            schema = body.get("schema", {})
            yield f"`{media}`: {self._type(schema)}{badge_of(body)}"
            if "$ref" not in schema:
                yield from self._fields(schema)
            for example in body.get("examples", {}).values():
                shown = self._resolved(example)
                code = json.dumps(shown.get("value"), indent=2, ensure_ascii=False).replace("\n", "\n    ")
                yield f'??? example "{shown.get("summary", "Example")}"\n\n    ```json\n    {code}\n    ```'

    def _fields(self, schema: Json) -> list[str]:
        rows = list(self._rows(schema, ""))
        return ["\n".join(["| field | type | what it is |", "| --- | --- | --- |", *rows])] if rows else []

    def _rows(self, schema: Json, prefix: str) -> Iterator[str]:
        for part in schema.get("allOf", ()):
            if "$ref" not in part:
                yield from self._rows(part, prefix)
        for name, each in schema.get("properties", {}).items():
            need = "" if name in schema.get("required", ()) else " (optional)"
            told = f"{cell(each.get('description', ''))}{_limits(each)}{badge_of(each)}"
            yield f"| `{prefix}{name}`{need} | {self._type(each)} | {told} |"
            yield from self._rows(each, f"{prefix}{name}.")
            yield from self._rows(each.get("items", {}), f"{prefix}{name}[].")

    def _type(self, schema: Json) -> str:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return f"[{name}]({self.schemas_page}#{name})"
        for word, between in (("allOf", " and "), ("oneOf", " or "), ("anyOf", " or ")):
            if word in schema:
                return between.join(dict.fromkeys(self._type(part) for part in schema[word]))
        if "enum" in schema:
            return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
        kind = str(schema.get("type", "anything"))
        if kind == "array":
            kind = f"array of {self._type(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict):
            kind = f"object, each value {self._type(schema['additionalProperties'])}"
        return f"{kind} or null" if schema.get("nullable") else kind

    def _resolved(self, node: Json) -> Json:
        if "$ref" not in node:
            return node
        found: Any = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return found  # type: ignore[no-any-return]


def _limits(schema: Json) -> str:
    told = [how.format(str(schema[word]).replace("|", "\\|")) for word, how in _LIMITS.items() if word in schema]
    return f" *({', '.join(told)})*" if told else ""
