"""A client of a mock in this process that records what it sends and gets, by the world's own clock."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from tempolor_contract.exchanges.exchange import Exchange, Request, Response
from tempolor_contract.exchanges.har import HarWriter

BASE: Final = "http://mock/v1/tempolor"
START_MS: Final = 1_747_731_600_125
_AS_MIDI: Final = {"Content-Type": "audio/midi"}


@dataclass
class Recorder:
    """A client of one world that keeps what it sends and gets; the recorder's clock goes with the world's, or not."""

    mock: httpx.BaseTransport
    token: str
    apart: bool = False
    now_ms: int = START_MS
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx.Client(transport=self.mock, headers={"Authorization": f"Bearer {self.token}"})
        self.control("POST", "reset", {})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make a control call, which is not recorded."""
        return self._client.request(method, f"http://mock/_mock/{path}", json=body).raise_for_status().json()

    def advance(self, seconds: float) -> None:
        """Turn the clock."""
        self.now_ms = self.control("POST", "clock/advance", {"seconds": seconds})["clock"]["now"]

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Make a call, record it, and return the answer's JSON."""
        query = {name: value for name, value in query.items() if value}
        url = BASE + path + (f"?{urlencode(query)}" if query else "")
        upload = isinstance(body, bytes)
        sent = {"content": body, "headers": _AS_MIDI} if upload else {"json": body} if body is not None else {}
        response = self._client.request(method, url, **sent)
        request = response.request
        self.exchanges.append(
            Exchange(
                Request(method=method, url=url, headers=tuple(request.headers.items()), body=request.read()),
                Response(status=response.status_code, headers=tuple(response.headers.items()), body=response.read()),
                self.now_ms / 1000 + (1e8 if self.apart else 0),
                0.0,
            )
        )
        return response.json() if response.content else None

    def record(self, file: Path) -> Path:
        """Write the recording as a HAR file."""
        with HarWriter(file) as har:
            for exchange in self.exchanges:
                har.write(exchange)
        return file
