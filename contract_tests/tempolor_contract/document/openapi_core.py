"""The same question put to another validator: openapi-core."""

import re
from typing import Any

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers

from .call import Call
from .service import BASE_PATH, LIVE_ORIGIN

_PLACEHOLDER = re.compile(r"\{\w+\}")


class _Request:
    """A call's request as openapi-core wants it.

    It searches the path anew and refuses `%3A` in an id, so it gets the template with a placeholder: which operation
    it is, is known already.
    """

    host_url = LIVE_ORIGIN
    content_type = ""
    body = None

    def __init__(self, call: Call) -> None:
        self.path = BASE_PATH + _PLACEHOLDER.sub("x", call.template)
        self.full_url_pattern = LIVE_ORIGIN + self.path
        self.method = call.method.lower()
        self.parameters = RequestParameters()


class _Response:
    """A call's response as openapi-core wants it."""

    def __init__(self, call: Call) -> None:
        response = call.exchange.response
        assert response is not None, "only answered calls are judged"  # noqa: S101 - tells mypy what the judge knows
        self.status_code = response.status
        self.content_type = response.media_type
        self.headers = Headers(list(response.headers))
        self.data = response.body


class OpenapiCore:
    """Validates answers with openapi-core: half a millisecond for an item."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._openapi = OpenAPI.from_dict(document)

    def objections(self, call: Call) -> list[str]:
        """Return what openapi-core has against an answer, nothing if it fits."""
        errors = self._openapi.iter_apicall_response_errors(_Request(call), _Response(call))
        return [message for error in errors for message in _messages(error)]


def _messages(error: Exception) -> list[str]:
    inner = getattr(error, "schema_errors", None) or getattr(error.__cause__, "schema_errors", None)
    if inner:
        return [str(getattr(each, "message", each)) for each in inner]
    cause = error.__cause__ if isinstance(error.__cause__, OpenAPIError) else error
    return [str(cause) or type(cause).__name__]
