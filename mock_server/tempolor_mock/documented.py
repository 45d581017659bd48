"""The documented answers of an operation, by status and by the name of an example."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .samples import sample

Responses = Mapping[str, Mapping[str, Any]]
"""The responses of an operation as the document has them, every reference resolved."""


class NotDocumentedError(Exception):
    """There is no such answer; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class DocumentedAnswer:
    """One example of one status; content None stands for none at all. `headers` are those the document requires."""

    status: int
    example: str | None
    content: Any = None
    headers: tuple[tuple[str, str], ...] = ()


class DocumentedAnswers:
    """Every documented answer of one operation, in the document's order.

    A range of statuses, or `default`, which only an overlay brings, is no answer that could be had.
    """

    def __init__(self, operation_id: str, responses: Responses) -> None:
        self.operation_id = operation_id
        self._answers = [
            answer
            for status, response in responses.items()
            if str(status).isdigit()
            for answer in _answers(int(status), response)
        ]

    def __iter__(self) -> Iterator[DocumentedAnswer]:
        return iter(self._answers)

    def find(self, status: int | None, example: str | None) -> DocumentedAnswer:
        """Return the first answer of that status and that name, one of which may be left open."""
        for answer in self._answers:
            if status in {None, answer.status} and example in {None, answer.example}:
                return answer
        asked = ", ".join(f"{name}={value}" for name, value in (("code", status), ("example", example)) if value)
        raise NotDocumentedError(f"{self.operation_id} has no answer {asked}. There are: {self.listed()}")

    def listed(self) -> str:
        """Return every answer in words: `200 (ok), 400 (prompt_required, invalid_model), 204`."""
        names: dict[int, list[str]] = {}
        for answer in self._answers:
            names.setdefault(answer.status, []).extend([answer.example] if answer.example else [])
        return ", ".join(f"{status} ({', '.join(some)})" if some else str(status) for status, some in names.items())


def _answers(status: int, response: Mapping[str, Any]) -> list[DocumentedAnswer]:
    headers = tuple(
        (name, header_text(header)) for name, header in response.get("headers", {}).items() if header.get("required")
    )
    content = response.get("content", {}).get("application/json")
    if content is None:
        return [DocumentedAnswer(status, None, headers=headers)]
    found = [
        DocumentedAnswer(status, name, example["value"], headers)
        for name, example in content.get("examples", {}).items()
        if "value" in example
    ]
    return found or [DocumentedAnswer(status, None, _unnamed(status, response, content), headers)]


def _unnamed(status: int, response: Mapping[str, Any], content: Mapping[str, Any]) -> Any:
    """Return the only example of a content that has no named ones, or a value that its schema allows."""
    if "example" in content:
        return content["example"]
    made = sample(content.get("schema", {}))
    is_refusal = isinstance(made, dict) and made.keys() >= {"error", "code"}
    return {**made, "error": response.get("description", ""), "code": status} if is_refusal else made


def header_text(header: Mapping[str, Any]) -> str:
    """Return what a header says by its example, or by its schema."""
    return str(header["example"]) if "example" in header else str(sample(header.get("schema", {"type": "string"})))
