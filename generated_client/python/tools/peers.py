"""Tries the habits of this client and its peers on a server of its own, and prints them as rows of a Markdown table.

Run it with a Python that has all four packages: `pip install openai stripe replicate`, and this package. Each row is a
function, each column a `Peer`; nothing here knows the answers.
"""

# ruff: noqa: INP001, T201 - a program, no package

import json
import pickle
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from itertools import islice
from pathlib import Path
from typing import Any

import openai
import replicate
import stripe
from tempolor_client import TemPolor

JOB = "user:1-tempolor:2-job:x"
FILE = b"ID3" + bytes(500_000)
MOST_PAGES = 20


@dataclass
class Service:
    """What all four talk to: it answers as it was told, and keeps what it was sent."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int = 0
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def answers(self, status: int = 200, body: Any = None, *, promised: int = 0, **headers: str) -> None:
        """Answer so from now on, promising more bytes than come where that is asked for."""
        self.status, self.promised = status, promised
        self.headers = {"Content-Type": "application/json"} | headers
        self.body = body if isinstance(body, bytes) else json.dumps(body or {"id": "x"}).encode()
        self.seen.clear()


@contextmanager
def serving() -> Iterator[Service]:
    """Serve on a port of loopback."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(service.promised or len(service.body)))
            self.end_headers()
            self.wfile.write(service.body)

        do_POST = do_GET  # noqa: N815 - as the base class wants it

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Peer:
    """One package: how it orders, looks, lists, and fetches a file into a path; None where it has no such thing."""

    package: str
    client: Any
    order: Callable[..., Any]
    look: Callable[[], Any]
    pages: Callable[[], Iterator[Any]]
    page: Any
    download: Callable[[Path], Any] | None = None
    has_file_host: bool = True


def peers(url: str) -> list[Peer]:
    """Return a column for each package, at its defaults but for pauses that would take half a minute."""
    own = TemPolor("user:1-secret", base_url=url, sleep=lambda _: None, busy_timeout=61, random=lambda: 0)
    other = openai.OpenAI(api_key="secret", base_url=url)
    third = stripe.StripeClient("sk_secret", base_addresses={"api": url})
    fourth = replicate.Client(api_token="secret", base_url=url)  # noqa: S106 - none at all
    customer = {"id": "x", "object": "customer"}
    return [
        Peer(
            "tempolor-client",
            own,
            lambda **fields: own.songs.create("Rain", **fields),
            lambda: own.music.get(JOB),
            lambda: own.music.list(kind="song").pages(),
            {"records": [{"job_id": JOB}], "hasNext": True, "cursor": "same"},
            lambda path: own.file(f"{url}/file").save(path),
        ),
        Peer(
            "openai",
            other,
            lambda **fields: other.moderations.create(input="Rain", **fields),
            lambda: other.models.retrieve("x"),
            lambda: other.files.list().iter_pages(),
            {"object": "list", "data": [{"id": "x"}], "has_more": True},
            lambda path: _streamed(other, path),
            has_file_host=False,
        ),
        Peer(
            "stripe",
            third,
            lambda **fields: third.v1.customers.create({"name": "Rain", **fields}),
            lambda: third.v1.customers.retrieve("x"),
            lambda: third.v1.customers.list().auto_paging_iter(),
            {"object": "list", "url": "/v1/customers", "data": [customer], "has_more": True},
        ),
        Peer(
            "replicate",
            fourth,
            lambda **fields: fourth.predictions.create(version="a" * 64, input={"prompt": "Rain"}, **fields),
            lambda: fourth.predictions.get("x"),
            lambda: replicate.pagination.paginate(fourth.models.list),
            {"results": [], "next": f"{url}/models?cursor=same"},
            lambda path: path.write_bytes(
                replicate.helpers.FileOutput(f"{url.replace('127.0.0.1', 'localhost')}/file", fourth).read()
            ),
        ),
    ]


def _streamed(client: openai.OpenAI, path: Path) -> None:
    with client.files.with_streaming_response.content("x") as file:
        file.stream_to_file(path)


Row = Callable[[Service, Peer], str]


def raised_by(call: Callable[[], Any]) -> Exception | None:
    """Return what a call raises."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        return error
    return None


def typed(_service: Service, peer: Peer) -> str:
    """Typed, with `py.typed`."""
    files = distribution(peer.package).files or []
    return "yes" if any(file.name == "py.typed" for file in files) else "no"


def misspelt(service: Service, peer: Peer) -> str:
    """A misspelt field."""
    service.answers()
    error = raised_by(lambda: peer.order(promt="x"))
    if service.seen:
        return "sent as it is"
    return f"`{type(error).__name__}`, nothing sent"


def post_503(service: Service, peer: Peer) -> str:
    """A POST answered with 503."""
    service.answers(503)
    raised_by(peer.order)
    return _tries(service) + (", with a key" if "idempotency-key" in service.seen[0][1] else ", without a key")


def post_429(service: Service, peer: Peer) -> str:
    """A POST answered with 429 (ours: for a minute, half a minute apart)."""
    service.answers(429, **{"Retry-After": "0"})
    raised_by(peer.order)
    return _tries(service)


def get_503(service: Service, peer: Peer) -> str:
    """A GET answered with 503."""
    service.answers(503)
    raised_by(peer.look)
    return _tries(service)


def _tries(service: Service) -> str:
    return "sent once" if len(service.seen) == 1 else f"sent {len(service.seen)} times"


def repeated_cursor(service: Service, peer: Peer) -> str:
    """A list that repeats its cursor."""
    service.answers(200, peer.page)
    error = raised_by(lambda: list(islice(peer.pages(), MOST_PAGES)))
    return f"`{type(error).__name__}`" if error else "endless"


def cut_download(service: Service, peer: Peer) -> str:
    """A download cut in the middle."""
    if peer.download is None:
        return "no downloads"
    service.answers(200, FILE[: len(FILE) // 2], promised=len(FILE), ETag='"x"', **{"Content-Type": "audio/mpeg"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "song.mp3")
        error = raised_by(lambda: peer.download and peer.download(path))
        left = "half a file under its name" if path.exists() else "no file under its name"
    goes_on = any("range" in headers for _, headers, _ in service.seen)
    return f"{'goes on, then ' if goes_on else ''}{'an error' if error else 'no error'}, {left}"


def token(service: Service, peer: Peer) -> str:
    """The token on the way to a file's address."""
    if peer.download is None:
        return "no downloads"
    if not peer.has_file_host:
        return "one host for both"
    service.answers(200, FILE, **{"Content-Type": "audio/mpeg"})
    with tempfile.TemporaryDirectory() as folder, suppress(Exception):
        peer.download(Path(folder, "song.mp3"))
    return "sent" if any("authorization" in headers for _, headers, _ in service.seen) else "not sent"


def pickled(service: Service, peer: Peer) -> str:
    """Errors pickled."""
    service.answers(400, {"error": {"message": "no"}, "detail": "no"})
    error = raised_by(peer.order)
    failure = raised_by(lambda: pickle.loads(pickle.dumps(error)))  # noqa: S301 - its own
    return f"no (`{type(failure).__name__}`)" if failure else "yes"


def commands(_service: Service, peer: Peer) -> str:
    """Commands for the shell."""
    found = distribution(peer.package).entry_points.select(group="console_scripts")
    return "yes" if found else "no"


ROWS: list[Row] = [
    typed, misspelt, post_503, post_429, get_503, repeated_cursor, cut_download, token, pickled, commands,
]  # fmt: skip


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    with serving() as service:
        columns = peers(service.url)
        names = [f"{each.package} {distribution(each.package).version}" for each in columns]
        print("| " + " | ".join(["tried", *names]) + " |")
        print("| --- " * (len(columns) + 1) + "|")
        for row in ROWS:
            name = (row.__doc__ or "").rstrip(".")
            print("| " + " | ".join([name, *(row(service, each) for each in columns)]) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
