"""What answers at one path by one method."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from ..documented import DocumentedAnswers
from ..domain.world import World
from ..exchange import Answer, Call, FaultRules, Reply
from ..settings import Settings
from .checking import AnswerCheck
from .faults import Rules
from .reading import BodyReader, ParameterReader
from .security import PUBLIC, Security

if TYPE_CHECKING:  # Importing Connexion takes long, and `slim_connexion` comes before.
    from connexion.operations.abstract import AbstractOperation

Transaction = Callable[[Call, World], Answer]
"""An operation that is one transaction on the caller's world: most of them are."""

Procedure = Callable[[Call], Awaitable[Answer | Reply]]
"""An operation that waits for something, or needs several transactions, or none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation with everything that can be prepared before its first request.

    `operation_id` and `documented`, its documented answers, are None for what is in no document of the service; without
    `parameters` the function reads path and query itself.
    """

    function: Any
    parameters: ParameterReader | None = None
    operation_id: str | None = None
    security: Security = PUBLIC
    body: BodyReader | None = None
    documented: DocumentedAnswers | None = None
    rules: FaultRules | None = None
    check: AnswerCheck | None = None
    is_transaction: bool = False

    @classmethod
    def of_operation(cls, operation: "AbstractOperation", settings: Settings, *, public: bool) -> "Endpoint":
        """Prepare a documented operation; nothing goes wrong on purpose with one that is not `public`."""
        is_of_overlay = getattr(operation.function, "is_of_overlay", False)
        documented = DocumentedAnswers(operation.operation_id, operation.responses) if public else None
        return cls(
            operation.function,
            ParameterReader(operation.parameters, strict=not public),
            operation.operation_id,
            Security.from_operation(operation.security or [], operation.security_schemes),
            BodyReader(operation, settings, strict=not public) if operation.request_body else None,
            documented,
            Rules(documented) if public else None,
            # What only an overlay knows is answered as documented; its refusals are the mock's own.
            AnswerCheck(operation) if settings.validate_responses and not is_of_overlay else None,
            not iscoroutinefunction(operation.function),
        )

    @classmethod
    def of_procedure(cls, function: Procedure, *, rules: FaultRules | None = None) -> "Endpoint":
        """Prepare a function that no document names."""
        return cls(function, rules=rules)
