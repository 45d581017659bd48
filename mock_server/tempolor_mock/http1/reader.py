"""From bytes to requests: httptools' parser, with bounds, and a name for what it refuses."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

import httptools

from ..domain.errors import ServiceError
from ..exchange import Request
from .heads import KnownHeads
from .incoming import Incoming, Line

MOST_TARGET_BYTES = 64 << 10
MOST_HEAD_BYTES = 256 << 10
"""How long path and query, and all of a request's head, may be: the journal keeps them."""

_METHODS = {method.encode(): method for method in ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT")}
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))
_RAW_TARGET = re.compile(
    rb"(?:^|(?<=\r\n))([A-Z]{3,20}) ([^\s]*[\x80-\xff][^\s]*) (HTTP/1\.[01]\r\n.*?\r\n\r\n)", re.DOTALL
)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.vV]+\])(?::[0-9]*)?")
"""What RFC 3986 lets a host and a port look like; RFC 9112 wants a 400 for anything else."""

_SHOWN = 200
"""Characters of a client's own text that a refusal repeats."""


class HttpReader:
    """Reads the requests of one connection; `begun` is called with each as soon as its head is complete.

    `in_head` says that a head has begun, and `head_is_new` that it has since somebody last asked. `is_deaf` is set when
    nothing is read any more. An offer to speak another protocol from here on is ignored (RFC 9110, 7.8).
    """

    def __init__(self, line: Line, begun: Callable[[tuple[Incoming, Request]], None]) -> None:
        self.scheme = "http"
        self.server: tuple[str, int | None] | None = None
        self.client: str | None = None
        self._line = line
        self._begun = begun
        self._parser = httptools.HttpRequestParser(self)
        self._heads = KnownHeads()
        self._reading: Incoming | None = None
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._hosts = 0
        self._wants_continue = False
        self._head = b""
        self._idle_bytes = 0
        self._is_upgrade = False
        self._is_told_framing = False
        self._refusal: ServiceError | None = None
        self.in_head = False
        self.head_is_new = False
        self.is_deaf = False

    @property
    def reading(self) -> Incoming | None:
        """The request whose body is coming."""
        return self._reading

    @property
    def is_lost(self) -> bool:
        """Whether the end of a request that was answered cannot be found."""
        return self.is_deaf and self._reading is not None and self._reading.is_answered

    @property
    def is_amid(self) -> bool:
        """Whether a request has begun to come in, and has not come to its end."""
        return self.in_head or self._reading is not None

    @property
    def untaken(self) -> int:
        """Bytes of the body that is coming that nobody has taken."""
        return 0 if self._reading is None else self._reading.size

    def feed(self, data: bytes) -> None:
        """Read some bytes; once a request was refused, nothing more is read."""
        if self.is_amid or self.is_deaf:
            self._heads.pass_over()
        elif (known := self._heads.find(data)) is not None:
            self._repeat(*known)
            return
        rest = data
        while not self.is_deaf:
            try:
                self._parser.feed_data(rest)
            except httptools.HttpParserUpgrade as offer:
                rest = rest[offer.args[0] :]
                self._ignore_upgrade()
            except httptools.HttpParserCallbackError:
                raise
            except httptools.HttpParserError as error:
                if not self.is_deaf:  # Nobody is interested in what comes after the last request.
                    self._refuse_for(error, rest)
            else:
                break
        if self.in_head or self._reading is not None:
            self._bound(rest)

    def _repeat(self, request: Request, body: bytes) -> None:
        """Begin a request whose head is known, and which is there in whole."""
        incoming = Incoming(self._line, keep_alive=True, wants_continue=False)
        if body:
            incoming.add(body)
        incoming.complete = True
        request.sender = incoming
        self._begun((incoming, request))

    def refuse(self, refusal: ServiceError) -> None:
        """Refuse the request that is coming in, and whatever follows it."""
        self.is_deaf = True
        if self._reading is not None:
            self._reading.fail(refusal)
        else:
            self._begin("", "", b"", b"", refusal, keep_alive=False)

    def end(self) -> None:
        """Take note that nothing more comes."""
        self.is_deaf = True
        if self._reading is not None:
            self._reading.fail(ServiceError(400, "The request ended before its body did"))

    def close(self) -> None:
        """Let go of the parser and the connection, which would keep each other in memory."""
        del self._parser, self._line, self._begun

    def _bound(self, data: bytes) -> None:
        """Refuse a head, or what stands between the parts of a body, that does not come to its end."""
        if self.in_head:
            self._head += data
        self._idle_bytes += len(data)
        if len(self._target) > MOST_TARGET_BYTES:
            self.refuse(_too_long_target())
        elif self._idle_bytes > MOST_HEAD_BYTES:
            self.refuse(ServiceError(431, f"Request headers are longer than {MOST_HEAD_BYTES} bytes", bound="head"))

    def on_message_begin(self) -> None:
        """Begin a request; called by the parser, as the next methods are."""
        if self._is_told_framing:
            return
        self.in_head = self.head_is_new = True
        self._target = self._head = b""
        self._headers = []
        self._hosts = self._idle_bytes = 0
        self._wants_continue = self._is_upgrade = False

    def on_url(self, part: bytes) -> None:
        """Take a part of path and query."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, if it is none behind the body."""
        if not self.in_head:
            return
        name = name.lower()
        self._headers.append((name, value))
        if name == b"host":
            self._hosts += 1
            if not _HOST.fullmatch(value):
                self._refusal = _no_host(value)
        elif name == b"expect":
            self._wants_continue = value.lower() == b"100-continue"
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            self._refusal = _unknown_coding(value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        if self._is_told_framing or self.is_deaf:
            return
        self._idle_bytes = 0
        parser = self._parser
        method = parser.get_method()
        version = parser.get_http_version()
        target = self._target
        refusal = self._refusal
        if target[:1] == b"/":
            path, _, query = target.partition(b"?")
        else:
            path, query, misplaced = _parts_of(target)
            refusal = refusal or misplaced
        if b"#" in target:
            path, query = path.partition(b"#")[0], query.partition(b"#")[0]
        if version == "1.1":
            if self._hosts != 1:
                refusal = refusal or _wrong_hosts(self._hosts)
        elif version != "1.0":
            refusal = ServiceError(400, f"HTTP/{version} is not spoken here: use HTTP/1.1")
        if len(target) > MOST_TARGET_BYTES:
            refusal = _too_long_target()
        text = path.decode("latin-1")
        self._is_upgrade = parser.should_upgrade()
        self._begin(
            _METHODS.get(method) or method.decode("latin-1"),
            unquote(text) if "%" in text else text,
            target,
            query,
            refusal,
            keep_alive=parser.should_keep_alive() and version == "1.1" and self._refusal is None and bool(text),
        )

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self._idle_bytes = 0
        if self._reading is not None:
            self._reading.add(part)

    def on_message_complete(self) -> None:
        """End a request, unless its body was taken for what comes after an upgrade."""
        if self._reading is None or (self._is_upgrade and not self._is_told_framing and self._framing()):
            return
        self._reading.complete_body()
        if not self._reading.keep_alive:
            self.is_deaf = True
        self._reading = None

    def _begin(  # noqa: PLR0913 - what a request is made of
        self, method: str, path: str, target: bytes, query: bytes, refusal: ServiceError | None, *, keep_alive: bool
    ) -> None:
        incoming = Incoming(self._line, keep_alive=keep_alive, wants_continue=self._wants_continue)
        request = Request(
            method, path, target, query, self._headers, self.scheme, self.server, self.client, incoming, None, refusal
        )
        if keep_alive and refusal is None and not self._is_upgrade and not self._wants_continue:
            self._heads.keep(request)
        else:
            self._heads.pass_over()
        self.in_head = False
        self._reading = None if self.is_deaf else incoming
        self._begun((incoming, request))

    def _framing(self) -> list[bytes]:
        return [b"%s: %s\r\n" % header for header in self._headers if header[0] in _FRAMING]

    def _ignore_upgrade(self) -> None:
        """Read the body, if there is one, with another parser: this one takes the offer for agreed upon."""
        self._parser = httptools.HttpRequestParser(self)
        framing = self._framing()
        if self._reading is not None and framing:
            self._is_told_framing = True
            self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % b"".join(framing))
            self._is_told_framing = False
            self._is_upgrade = False

    def _refuse_for(self, error: httptools.HttpParserError, data: bytes) -> None:
        raw = _RAW_TARGET.search(self._head + data) if self._reading is None else None
        if raw is None:
            self.refuse(_named(error, self._head + data))
            return
        # Its characters are written as they should be, so that the refusal finds the world's journal.
        target = quote(raw[2], safe=_PRINTABLE)
        self._refusal = ServiceError(
            400, f"Characters beyond ASCII in path or query must be percent-encoded: {target[:_SHOWN]}"
        )
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(b"%b %b %b" % (raw[1], target.encode(), raw[3]))
        self.is_deaf = True


def _parts_of(target: bytes) -> tuple[bytes, bytes, ServiceError | None]:
    """Return path and query of a target that is a whole address (RFC 9112, 3.2.2), and a refusal for anything else."""
    try:
        parts = urlsplit(target)
    except ValueError:
        parts = urlsplit(b"")
    if parts.scheme in {b"http", b"https"} and parts.netloc:
        return parts.path or b"/", parts.query, None
    shown = target[:_SHOWN].decode("latin-1")
    return b"", b"", ServiceError(400, f"The request's target is no path: {shown}")


def _wrong_hosts(count: int) -> ServiceError:
    return ServiceError(400, f"The header Host is there {count} times" if count else "The header Host is missing")


def _no_host(value: bytes) -> ServiceError:
    shown = value[:_SHOWN].decode("latin-1")
    return ServiceError(400, f"The header Host is no host with a port or without: {shown}")


def _unknown_coding(coding: bytes) -> ServiceError:
    shown = coding[:_SHOWN].decode("latin-1")
    return ServiceError(400, f"Transfer-Encoding {shown} is not known here: send chunks, and the body as it is")


def _too_long_target() -> ServiceError:
    return ServiceError(414, f"Path and query are longer than {MOST_TARGET_BYTES} bytes", bound="target")


def _named(error: httptools.HttpParserError, data: bytes) -> ServiceError:
    """Return the refusal of what is no HTTP/1.1, with the name of what it is where that is known."""
    if data.startswith(b"\x16\x03"):
        return ServiceError(400, "This is TLS, and plain HTTP is spoken here: start the mock with --certificate")
    if data.startswith(b"PRI * HTTP/2"):
        return ServiceError(400, "HTTP/2 is not spoken here: use HTTP/1.1")
    return ServiceError(400, f"Invalid HTTP request: {error}")
