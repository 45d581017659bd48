"""The documented answers of an operation, by status and by the name of an example."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    """Every documented answer of one operation, in the document's order."""

    def __init__(self, operation_id: str, responses: Responses) -> None:
        self.operation_id = operation_id
        self._answers = [answer for status, response in responses.items() for answer in _answers(int(status), response)]

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
        (name, str(header["schema"]["example"]))
        for name, header in response.get("headers", {}).items()
        if header.get("required")
    )
    examples = response.get("content", {}).get("application/json", {}).get("examples", {})
    found = [DocumentedAnswer(status, name, example["value"], headers) for name, example in examples.items()]
    return found or [DocumentedAnswer(status, None, headers=headers)]
