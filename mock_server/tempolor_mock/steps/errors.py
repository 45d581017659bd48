"""One envelope for every refusal, whoever raises it."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.errors import ServiceError
from ..exchange import Answer, Notes
from .sending import refused, send_answer
from .wire import ConnectionCutError

logger = logging.getLogger("tempolor.mock")


class Refusal(ServiceError):  # noqa: N818 - named for what it is: a refusal by the server, not by the domain
    """A refusal that needs headers of its own, such as `Allow` or `Connection`."""

    def __init__(self, code: int, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(code, text)
        self.headers = headers


class ErrorSlot:
    """Outermost slot: answers `{"error": ..., "code": ...}` for everything that was raised further in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer in the envelope where that fails before an answer has begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["tempolor.notes"] = Notes()
        begun = False

        async def watched_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except ServiceError as refusal:
            await send_answer(send, refused(refusal))
        except ConnectionCutError:
            raise
        except Exception as bug:
            failure = failed(scope["method"], scope["path"], bug)
            if begun:
                raise
            await send_answer(send, failure)


def failed(method: str, path: str, bug: Exception) -> Answer:
    """Log what should not have been raised, and return the 500 that says so."""
    logger.error("%s %s failed", method, path, exc_info=bug)
    return Answer(500, ServiceError(500, "Internal server error of the mock").body())
