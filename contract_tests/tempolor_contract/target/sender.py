"""Sends one request and keeps what came of it, whatever that is."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from ..exchanges.exchange import Exchange, Headers, Request, Response

MOST_BYTES: Final = 16 << 20
"""More than this of an answer is not read; the exchange is marked as truncated."""


@dataclass(frozen=True)
class Sender:
    """Sends with a client, measures, and turns faults into exchanges without a response."""

    client: httpx.Client
    source: str = "lab"
    most_bytes: int = MOST_BYTES

    def send(self, method: str, url: str, **options: Any) -> Exchange:
        """Return the exchange; budget.Refused if the guard does not let it through."""
        request = self.client.build_request(method, url, **options)
        body = request.read()
        sent = Request(method=method, url=str(request.url), headers=_headers(request.headers), body=body)
        started = time.time()
        clock = time.perf_counter()
        try:
            answer = self.client.send(request, stream=True)
            try:
                response = self._received(answer, clock)
            finally:
                answer.close()
        except httpx.HTTPError as error:
            fault = f"{type(error).__name__}: {error}".rstrip(": ")
            return Exchange(sent, None, started, time.perf_counter() - clock, self.source, fault)
        return Exchange(sent, response, started, time.perf_counter() - clock, self.source)

    def _received(self, answer: httpx.Response, clock: float) -> Response:
        chunks: list[bytes] = []
        size = 0
        truncated = False
        longest = 4 * (self.client.timeout.read or 60)
        for chunk in answer.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            # A read timeout counts anew for each chunk, so a service that dribbles would never reach it.
            if size >= self.most_bytes or time.perf_counter() - clock > longest:
                truncated = True
                break
        return Response(
            status=answer.status_code, headers=_headers(answer.headers), body=b"".join(chunks), truncated=truncated
        )


def _headers(headers: httpx.Headers) -> Headers:
    return tuple(headers.multi_items())


def query_of(parameters: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Return query parameters as text, None ones left out."""
    return {name: str(value) for name, value in parameters.items() if value is not None} if parameters else None
