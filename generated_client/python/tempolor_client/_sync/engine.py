# Made from _async/engine.py by tools/generate.py: never edited.
"""Makes calls: sends, judges, tries again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urljoin

import httpx2

from .._generated.types import Call
from ..advice import advice_on
from ..answer import Answer, Received
from ..errors import (
    BusyError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectionRefusedByHostError,
    DownloadError,
    RequestTimeoutError,
    SentRequest,
    TemPolorError,
)
from ..log import logger, place
from ..options import CallOptions, TimeoutParts, refuse_unknown
from ..policy import REPEATABLE, Retries
from ..quiet import hush
from ..responses import judge
from ..runtime import Runtime
from ..settings import BusyNotice, Settings, checked_number
from .connections import Connections

T = TypeVar("T")

_MOST_REDIRECTS: Final = 20


class Engine:
    """Makes calls in the name of one token, over shared connections."""

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime,
        connections: Connections,
    ) -> None:
        self.settings = settings
        self.runtime = runtime
        self.connections = connections

    def send(self, call: Call[T], options: CallOptions) -> T:
        """Make a call and return its result.

        Raises:
            TemPolorError: It failed, and trying again is no use.

        """
        return (self.send_raw(call, options)).parsed

    def send_raw(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Make a call and return its whole answer.

        Raises:
            TemPolorError: It failed, and trying again is no use.

        """
        refuse_unknown(options, call.operation_id)
        retries = Retries(call.method, self.settings.limits_for(options), self.runtime.chance)
        while True:
            try:
                return judge(call, self._exchange(call, options))
            except TemPolorError as error:
                pause = retries.pause_after(error)
                if pause is None:
                    raise
                logger.info("%s failed (%s), next try in %.1f s", call.operation_id, type(error).__name__, pause)
                if isinstance(error, BusyError):
                    self.runtime.tell(self.settings.on_busy, BusyNotice(error=error, seconds=pause))
            self.runtime.pause(pause)

    def _exchange(self, call: Call[Any], options: CallOptions) -> Received:
        # Chunks of its own for each attempt: what was sent once has been read to its end.
        chunks = self.runtime.chunks(call.content) if call.content is not None else None
        try:
            return self._exchange_with(call, options, chunks)
        finally:
            if chunks is not None:
                chunks.close()

    def _exchange_with(self, call: Call[Any], options: CallOptions, chunks: Generator[bytes] | None) -> Received:
        request = self._request(call, options, chunks)
        sent = SentRequest(operation_id=call.operation_id, method=call.method, url=place(str(request.url), query=True))
        begin = time.perf_counter()
        with _translated(sent, call):
            response = self.connections.api.send(request, follow_redirects=False)
        milliseconds = (time.perf_counter() - begin) * 1000
        logger.debug("%s %s: %d in %.0f ms", call.method, place(sent.url), response.status_code, milliseconds)
        return Received(
            request=sent,
            status=response.status_code,
            headers=_lowered(response),
            content=response.content,
        )

    def _url(self, call: Call[Any]) -> str:
        # The HTTP library would write a space as a plus, which not every server reads as one.
        query = f"?{urlencode(call.params, quote_via=quote)}" if call.params else ""
        return f"{self.settings.base_url}{call.path}{query}"

    def _request(self, call: Call[Any], options: CallOptions, chunks: Generator[bytes] | None) -> httpx2.Request:
        headers = self.settings.headers_for(options)
        body: dict[str, Any] = {}
        if call.content is not None:
            body["content"] = chunks
            headers |= {"Content-Type": call.content_type or "", "Content-Length": str(call.content.size)}
        elif call.form is not None:
            body["files"] = [(name, (None, str(value))) for name, value in call.form.items()]
        elif call.json is not None:
            body["json"] = call.json
        try:
            return self.connections.api.build_request(
                call.method,
                self._url(call),
                headers=headers,
                timeout=_timeout(options.get("timeout", self.settings.timeout)),
                **body,
            )
        except (httpx2.InvalidURL, UnicodeError, TypeError) as error:
            raise ConfigurationError(f"this request cannot be built: {error}") from error

    @staticmethod
    def file_request(url: str) -> SentRequest:
        """Return a request for a file as errors show it: the query may hold a signature."""
        return SentRequest(operation_id="file", method="GET", url=place(url))

    @contextlib.contextmanager
    def open_file(
        self, url: str, headers: dict[str, str], options: CallOptions, *, job_id: str | None
    ) -> Generator[httpx2.Response]:
        """Ask a file host for a file, without any secret of the API; the body is still to be read.

        Raises:
            ConnectionFailedError: There was no answer.

        """
        try:
            # Some addresses of the service are references, which may be relative to the API.
            url = urljoin(self.settings.base_url, url)
            sent = self.file_request(url)
        except ValueError as error:
            raise DownloadError(f"the link {url!r} is no address: {error}", job_id=job_id) from error
        timeout = _timeout(options.get("timeout", self.settings.timeout))
        with _translated(sent, None, job_id):
            request = self.connections.files.build_request("GET", url, headers=headers, timeout=timeout)
            response = self._follow(request)
            try:
                logger.debug("GET %s: %d", place(url), response.status_code)
                yield response
            finally:
                response.close()

    def _follow(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request for a file, and those it is redirected to, with addresses that show no signature."""
        for _ in range(_MOST_REDIRECTS):
            hush(request)
            response = self.connections.files.send(request, stream=True, follow_redirects=False)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
        raise httpx2.TooManyRedirects(f"more than {_MOST_REDIRECTS} redirects", request=request)


@contextlib.contextmanager
def _translated(sent: SentRequest, call: Call[Any] | None, job_id: str | None = None) -> Generator[None]:
    """Turn the HTTP library's errors into ours."""
    job_id = call.job_id if call is not None else job_id
    where = f"{sent.method} {sent.url}"
    advice = advice_on("try_again" if sent.method in REPEATABLE else "check_first")
    try:
        yield
    except (httpx2.InvalidURL, httpx2.LocalProtocolError, UnicodeError) as error:
        raise ConfigurationError(f"{where}: this cannot be sent: {error}", job_id=job_id) from error
    except httpx2.ConnectError as error:
        raise ConnectionRefusedByHostError(
            f"{where}: no connection ({error}).", request=sent, advice=advice_on("not_connected"), job_id=job_id
        ) from error
    except httpx2.TimeoutException as error:
        raise RequestTimeoutError(f"{where}: no answer in time.", request=sent, advice=advice, job_id=job_id) from error
    except httpx2.RequestError as error:
        raise ConnectionFailedError(
            f"{where}: the connection broke ({error}).", request=sent, advice=advice, job_id=job_id
        ) from error


def _timeout(timeout: float | TimeoutParts) -> httpx2.Timeout:
    if isinstance(timeout, int | float):
        # Waiting for a free connection of our own is no failure, however long it takes.
        return httpx2.Timeout(checked_number("timeout", timeout), pool=None)
    return httpx2.Timeout(connect=timeout.connect, read=timeout.read, write=timeout.write, pool=timeout.pool)


def _lowered(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
