"""Checking the mock's own answers against the document: one outside it is a bug that must show."""

from typing import TYPE_CHECKING

import orjson

from ..exchange import Answer, Call
from .replies import reply_of
from .validation import compile_schema

if TYPE_CHECKING:  # Importing Connexion takes long, and `slim_connexion` comes before.
    from connexion.operations.abstract import AbstractOperation


class AnswerOutsideDocumentError(Exception):
    """The mock was about to send an answer that its own document does not allow."""


class AnswerCheck:
    """The documented answers of one operation."""

    def __init__(self, operation: "AbstractOperation") -> None:
        self._operation_id = operation.operation_id
        self._schemas = {
            int(status): compile_schema(response["content"]["application/json"]["schema"])
            if "schema" in response.get("content", {}).get("application/json", {})
            else None
            for status, response in operation.responses.items()
            if str(status).isdigit()
        }

    def __call__(self, call: Call, answer: Answer) -> None:
        """Raise, and note, where status or content are not documented; the message names the field.

        From 500 on an answer says what is wrong with the mock itself, for which the document has no words.
        """
        try:
            if answer.status < 500 and not answer.deliberate:
                self._check(answer)
        except AnswerOutsideDocumentError as error:
            call.notes.violations = [*call.notes.violations, f"answer: {error}"]
            raise

    def _check(self, answer: Answer) -> None:
        if answer.status not in self._schemas:
            raise AnswerOutsideDocumentError(f"{self._operation_id}: status {answer.status} is not documented")
        schema = self._schemas[answer.status]
        if (schema is None) != (answer.content is None):
            raise AnswerOutsideDocumentError(f"{self._operation_id}: {answer.status} has the wrong kind of content")
        body = reply_of(answer).body
        assert isinstance(body, bytes)  # noqa: S101 - as of every answer
        sent = orjson.loads(bytes(body)) if body else None
        for error in schema.iter_errors(sent) if schema else ():
            raise AnswerOutsideDocumentError(f"{self._operation_id}: {answer.status}: {error.verbose_message}")
