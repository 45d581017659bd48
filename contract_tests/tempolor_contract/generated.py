"""Generated tests: Schemathesis over the document, with real files, a prepared account and the guard below it.

They are a scenario like any other: `generated_rules()` bring it along, `run` plans and plays it. Schemathesis makes the
requests (examples, coverage, fuzzing, and sequences along the document's links); all of them, those of its own checks
among them, leave through one door, `Door`, which asks the guard, sends, and shows the exchange to the inspector. No
hook of Schemathesis is trusted with that: few of them run in all phases.
"""

import asyncio
import io
import math
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import hypothesis.configuration
import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from tempolor_spec import load_document, operations

from .budget import Refused
from .call import Call
from .rule import Need, Problem, Rule, Scenario, Severity, Strength
from .scenarios import material
from .scenarios.lab import GoneError, Lab, Stopped, UnclearError
from .scenarios.samples import midi_file, wav_file
from .scenarios.sender import Sender
from .world import COMPLETED

_CASE_ID: Final = "x-schemathesis-testcaseid"
_NOT_SENT: Final = "x-tempolor-not-sent"
_NEEDS: Final = frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT})
_ROOM: Final = 100_000
_PAGE: Final = "post-tempolor-music-song"
_ORDERS: Final = frozenset({"create_song", "create_instrumental"})
_DELETES: Final = frozenset({"delete_account", "delete_music", "delete_midi", "delete_cloned_voice", "cancel_job"})
_OF_ACCOUNT: Final = frozenset(
    {"list_music", "list_midi", "list_cloned_voices", "list_artist_voices", "upload_midi", "clone_voice", "split_stems"}
)
_SOURCES: Final = ("clonedVoiceItemId", "midiItemId", "artistVoiceItemId")
_FIXED: Final = frozenset(
    {"song", "instrumental", "midi", "cloned-voices", "artist-voices", "stems-splitter", "available"}
)
_SLOW: Final = ("/cloned-voices", "/stems-splitter")
_NOWHERE: Final = "127.0.0.1:9"
_BEHIND_THE_DOOR: Final = "http://testserver"
_FAULTS_IN_A_ROW: Final = 6
_MOST_CRASH_TRIES: Final = 2

CHECKS: Final[Mapping[str, tuple[str, str, Severity]]] = {
    "not_a_server_error": (
        "generated-no-crash",
        "No request makes the service answer 500, each time it is sent.",
        Severity.MOCKS,
    ),
    "status_code_conformance": (
        "generated-status-documented",
        "Generated requests are answered with documented statuses.",
        Severity.ASSERT,
    ),
    "content_type_conformance": (
        "generated-media-type-documented",
        "Generated requests are answered in documented media types.",
        Severity.ASSERT,
    ),
    "response_schema_conformance": (
        "generated-answer-fits",
        "Answers to generated requests fit their schemas.",
        Severity.ASSERT,
    ),
    "response_headers_conformance": (
        "generated-headers-fit",
        "Answers to generated requests have the documented headers.",
        Severity.ASSERT,
    ),
    "negative_data_rejection": (
        "generated-invalid-is-refused",
        "Generated requests that break the document are refused.",
        Severity.MOCKS,
    ),
    "use_after_free": ("generated-deleted-is-gone", "What a generated request deleted is gone.", Severity.ASSERT),
    "ensure_resource_availability": (
        "generated-made-is-there",
        "What a generated request made is there.",
        Severity.ASSERT,
    ),
    "ignored_auth": (
        "generated-token-is-needed",
        "Generated requests without a token, or with a wrong one, are refused.",
        Severity.ASSERT,
    ),
    "unsupported_method": ("generated-wrong-method", "Undocumented methods are a 405.", Severity.MOCKS),
    "allow_header_conformance": ("generated-allow-header", "A 405 names the allowed methods.", Severity.MOCKS),
}
"""Schemathesis' checks, each with the rule it is reported as: id, sentence, severity.

Not used: `positive_data_acceptance` (passes 404 and 429; `generated-valid-is-taken` does not),
`missing_required_header` (the document requires none) and `max_response_time` (no page promises any).
"""

_TAKEN: Final = "generated-valid-is-taken"
_REACHED: Final = "generated-operations-succeed"
_CLEAN: Final = "generated-no-warnings"


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is generated: examples for each operation, sequences and their steps, seconds and creations in all.

    Schemathesis' own limits do not bind all its phases, so `seconds`, `requests` and `creations` are kept by us, and
    `slow`: voices cloned and stems split, each of which keeps its caller waiting where time is real.
    """

    examples: int = 6
    sequences: int = 15
    steps: int = 8
    seconds: float = 40.0
    requests: int = 4000
    creations: int = 600
    slow: int = 600
    now: Callable[[], float] = time.monotonic


@dataclass
class Stock:
    """What was prepared on the target, so that valid requests can succeed. Spares are for requests that delete."""

    account: str = ""
    job: str = ""
    midi: str = ""
    voice: str = ""
    artist: str = ""
    spares: dict[str, str] = field(default_factory=dict)


class Door:
    """The one way out for everything Schemathesis sends, as an ASGI application.

    What the guard does not let through, or the extent has no room for, is answered by the door itself with a marked
    404; `Judge` ignores those answers.
    """

    def __init__(self, lab: Lab, extent: Extent) -> None:
        self.calls: dict[str, Call] = {}
        self.last: Call | None = None
        self.sent = 0
        self.refused: Counter[str] = Counter()
        self.crashes: set[str] = set()
        self._lab = lab
        self._extent = extent
        self._slow = 0
        self._faults = 0
        self._thread = ThreadPoolExecutor(1, "tempolor-door")
        self._created_before = lab.guard.spending.created
        self._sender = Sender(lab.target.client(lab.guard), source="schemathesis")
        parts = urlsplit(lab.target.base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """Carry one request."""
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        # In a thread of its own, because a transport may want to run an event loop.
        status, headers, content = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._carry, scope, body
        )
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _carry(self, scope: Mapping[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        url = f"{self._origin}{path}" + (f"?{query}" if query else "")
        headers = [(name, value) for name, value in scope["headers"] if name not in {b"host", b"connection"}]
        try:
            call = self._send(scope["method"], url, headers, body)
        except Refused as refusal:
            self.refused[type(refusal).__name__] += 1
            return 404, [(_NOT_SENT.encode(), b"1"), (b"content-type", b"application/json")], b"{}"
        case = dict(headers).get(_CASE_ID.encode(), b"").decode()
        self.calls[case] = self.last = call
        if call.exchange.response is None:
            return 503, [(_NOT_SENT.encode(), b"1")], call.exchange.fault.encode()
        response = call.exchange.response
        kept = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers
            if name.lower() not in {"content-encoding", "transfer-encoding", "content-length"}
        ]
        return call.status, kept, response.body

    def _send(self, method: str, url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Call:
        if self.gone:
            raise Refused("the service has stopped answering")
        if self.sent >= self._extent.requests:
            raise Refused("the extent of the generated tests is spent")
        spending = self._lab.guard.spending
        # Nothing but the guard counts creations; this only keeps something of its budget for others.
        if method not in {"GET", "DELETE"} and spending.created >= self._created_before + self._extent.creations:
            raise Refused("the creations of the generated tests are spent")
        if method == "POST" and url.partition("?")[0].rstrip("/").endswith(_SLOW):
            self._slow += 1
            if self._slow > self._extent.slow:
                raise Refused("the slow uploads of the generated tests are spent")
        call = self._once(method, url, headers, body)
        for _ in range(_MOST_CRASH_TRIES if call.status == 500 else 0):
            # One 500 proves nothing; one that comes back each time is a crash.
            if self._once(method, url, headers, body).status != 500:
                return call
        if call.status == 500:
            self.crashes.add(dict(headers).get(_CASE_ID.encode(), b"").decode())
        return call

    def _once(self, method: str, url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Call:
        exchange = self._sender.send(method, url, headers=headers, content=body)
        self.sent += 1
        self._faults = 0 if exchange.response else self._faults + 1
        self._lab.collect()
        return self._lab.inspector.see(exchange).call

    @property
    def gone(self) -> bool:
        """Whether many requests in a row had no answer at all."""
        return self._faults >= _FAULTS_IN_A_ROW

    def close(self) -> None:
        """Close the client."""
        self._thread.shutdown()
        self._sender.client.close()


def prepare(lab: Lab) -> Stock:
    """Make an account with room, a finished job, a MIDI file, a voice, and spares of them to delete.

    What cannot be made is left out: then what depends on it is generated as it comes.
    """
    stock = Stock()
    with _as_far_as_possible():
        stock.account = material.new_account(lab, _ROOM)
        stock.spares["delete_account"] = material.new_account(lab, _ROOM)
        ordered = material.order(lab, "create_instrumental", user_id=stock.account)
        stock.job = ordered.jobs[0]
        stock.spares["cancel_job"] = material.order(lab, user_id=stock.account).jobs[0]
        stock.spares["delete_music"] = material.order(lab, user_id=stock.account).jobs[0]
    with _as_far_as_possible():
        stock.midi, stock.spares["delete_midi"] = _midi(lab, stock), _midi(lab, stock)
    with _as_far_as_possible():
        stock.voice, stock.spares["delete_cloned_voice"] = _voice(lab, stock), _voice(lab, stock)
    with _as_far_as_possible():
        records = lab.call("list_artist_voices", query={"user_id": stock.account}).item.get("records")
        stock.artist = str(records[0]["itemId"]) if isinstance(records, list) else ""
    with _as_far_as_possible():
        if material.finished(lab, stock.job).item.get("status") == COMPLETED:
            material.downloaded(lab, stock.job)
    return stock


@contextmanager
def _as_far_as_possible() -> Iterator[None]:
    with suppress(UnclearError, Stopped, Refused, LookupError, TypeError):
        yield


def _midi(lab: Lab, stock: Stock) -> str:
    query = {"user_id": stock.account, "name": lab.name("Generated")}
    call = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    return str(call.item["midiRenderVO"]["midiItemId"])


def _voice(lab: Lab, stock: Stock) -> str:
    query = {"user_id": stock.account, "name": lab.name("Generated")}
    headers = {"Content-Type": "audio/wav"}
    call = lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=150.0)
    return str(call.item["clonedVoiceItemId"])


class Furnisher:
    """Puts what was prepared into valid requests, and keeps reports off other people's machines in all of them."""

    def __init__(self, stock: Stock, reply_url: str | None) -> None:
        self._stock = stock
        self._reply_url = reply_url
        self.furnished: set[str] = set()
        self._operations: dict[str, str] = {}

    def before_call(self, context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        """Change a case before it is sent; Schemathesis calls this in all phases."""
        del context, kwargs
        self._lead_reports_home(case)
        if case.meta is None or case.meta.phase.name == "stateful" or not case.meta.generation.mode.is_positive:
            return
        if case.method.upper() != case.operation.method.upper():
            return
        operation = operation_of(case)
        self._path(operation, case)
        self._query(operation, case)
        if operation in _ORDERS and isinstance(case.body, dict):
            self._order(operation, case)
        self.furnished.add(case.id)

    def _path(self, operation: str, case: Any) -> None:
        stock = self._stock
        prepared = {"get_account": stock.account, "get_music": stock.job, "download_music": stock.job}
        thing = stock.spares.pop(operation, "") if operation in _DELETES else prepared.get(operation, "")
        if thing:
            name = next(iter(case.path_parameters))
            case.path_parameters = {name: quote(thing, safe=":")}

    def _query(self, operation: str, case: Any) -> None:
        if operation not in _OF_ACCOUNT or not self._stock.account:
            return
        # Several accounts are there, so a name is needed (D-26); a made-up cursor is a 400 (D-69).
        case.query = {name: value for name, value in (case.query or {}).items() if name != "cursor"}
        case.query["user_id"] = self._stock.account

    def _order(self, operation: str, case: Any) -> None:
        stock, body = self._stock, dict(case.body)
        if stock.account:
            body["user_id"] = stock.account
        ours = dict(zip(_SOURCES, (stock.voice, stock.midi, stock.artist), strict=True))
        named = [name for name in _SOURCES if name in body and operation == "create_song"]
        for name in named:
            # One at most (D-65), and one that exists.
            if name == named[0] and ours[name]:
                body[name] = ours[name]
            else:
                del body[name]
        # An order's own limit counts in place of the account's, so a low one would make a valid order a 429 (D-61).
        body.pop("maxJobs", None)
        case.body = body

    def _lead_reports_home(self, case: Any) -> None:
        url = case.body.get("replyUrl") if isinstance(case.body, dict) else None
        if not isinstance(url, str) or "://" not in url:
            return
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        home = urlsplit(self._reply_url).netloc if self._reply_url else _NOWHERE
        if parts.netloc and parts.netloc != home:
            case.body = {**case.body, "replyUrl": url.replace(parts.netloc, home, 1)}


class Judge:
    """Takes what Schemathesis' checks found, leaves out what the decisions allow, and gives the rest to the ledger."""

    def __init__(self, lab: Lab, door: Door, furnisher: Furnisher) -> None:
        self._lab = lab
        self._door = door
        self._furnisher = furnisher
        self.succeeded: Counter[str] = Counter()
        self.asked: dict[str, Call] = {}
        self.accepted: Counter[str] = Counter()

    def after_call(self, context: Any, case: Any, response: Any) -> None:
        """Judge an answer by what was prepared; Schemathesis calls this in all phases."""
        del context
        call = self._door.calls.get(case.id)
        if call is None or _NOT_SENT in response.headers or call.method != case.operation.method.upper():
            return
        operation = operation_of(case)
        self.asked[operation] = call
        self.succeeded[operation] += call.accepted
        if case.id not in self._furnisher.furnished or call.unclear:
            return
        allowed = {402, 429} if operation in _ORDERS or operation == "create_account" else set()
        allowed |= {404} if operation in _DELETES | {"download_music", "create_song"} else set()
        if call.accepted or call.status not in allowed:
            told = f"a valid request was answered {call.status}: {call.error}"
            self._judge(_TAKEN, None if call.accepted else Problem(told, key=f"{operation} {call.error[:40]}"), call)

    def scenario(self, event: events.ScenarioFinished) -> None:
        """Take in the checks of an operation in a phase."""
        for case_id, nodes in event.recorder.checks.items():
            call = self._door.calls.get(case_id)
            if call is None or case_id not in event.recorder.cases:
                continue
            case = event.recorder.cases[case_id].value
            for node in nodes:
                if node.name in CHECKS:
                    self._check(node, case, call)

    def warning(self, text: str) -> None:
        """Report that something could not be generated or run: a pass without it would mean nothing."""
        if self._door.last is not None:
            self._judge(_CLEAN, Problem(text, key=text[:60]), self._door.last)

    def finish(self) -> None:
        """Judge what only shows at the end: whether each operation has ever succeeded."""
        for operation, call in self.asked.items():
            told = f"{operation} was never answered 2xx by generated requests"
            self._judge(_REACHED, None if self.succeeded[operation] else Problem(told, key=operation), call)
        if self._door.last is not None:
            self._judge(_CLEAN, None, self._door.last)

    def _check(self, node: Any, case: Any, call: Call) -> None:
        rule_id = CHECKS[node.name][0]
        if call.unclear and call.exchange.request.header(_CASE_ID) not in self._door.crashes:
            if rule_id in self._tallies:
                self._lab.inspector.ledger.inconclusive(rule_id, f"{call.method} {call.path}: {call.status}")
            return
        if node.failure_info is None:
            self._judge(rule_id, None, call)
            return
        reason = excuse(node.name, case, call)
        if reason:
            self.accepted[reason] += 1
            return
        failure = node.failure_info.failure
        told = " ".join(f"{failure.title}: {failure.message}".split())[:400]
        self._judge(rule_id, Problem(told, key=f"{operation_of(case)} {call.method} {call.status}"), call)

    def _judge(self, rule_id: str, problem: Problem | None, call: Call) -> None:
        if rule_id in self._tallies:
            self._lab.inspector.judge(rule_id, problem, call)

    @property
    def _tallies(self) -> Mapping[str, Any]:
        return self._lab.inspector.ledger.tallies


def excuse(check: str, case: Any, call: Call) -> str:
    """Return why a failed check is none by the decisions, empty if it is one."""
    if check == "unsupported_method" and (call.path or "").rstrip("/").rpartition("/")[2] in _FIXED:
        return "D-24: a fixed name is taken as an id for the methods it does not have, so it is a 400"
    if check == "negative_data_rejection" and _emptied(case):
        return "D-25: an empty value counts as left out"
    if check == "status_code_conformance" and call.status == 405:
        return "D-03: 405 belongs to the path"
    return ""


def _emptied(case: Any) -> bool:
    values: list[Any] = list((case.query or {}).values())
    values += case.body.values() if isinstance(case.body, dict) else []
    return any(value in ("", "null", None) for value in values)


def operation_of(case: Any) -> str:
    """Return the operationId of a case."""
    return str(case.operation.definition.raw["operationId"])


PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")


def generate(lab: Lab, extent: Extent, *, seed: int = 0, phases: tuple[str, ...] = PHASES) -> Judge:
    """Prepare, generate in these phases, judge.

    Raises:
        GoneError: The service has stopped answering.

    """
    stock = prepare(lab)
    door = Door(lab, extent)
    reply_url = lab.receiver.url if lab.receiver else None
    furnisher = Furnisher(stock, reply_url)
    judge = Judge(lab, door, furnisher)
    until = extent.now() + extent.seconds
    with _quiet_place(), _hooked(furnisher.before_call, judge.after_call):
        schema = schemathesis.openapi.from_dict(
            lab.inspector.document.document, config=_config(lab, extent, seed, phases)
        )
        schema.app = door
        # Schemathesis first probes the base URL by itself, past every hook and application; a path alone it leaves.
        schema.get_base_url = lambda: urlsplit(lab.target.base_url).path.rstrip("/")  # type: ignore[method-assign]
        stream = engine.from_schema(schema).execute()
        over = False
        for event in stream:
            if isinstance(event, events.Interrupted) and not over:
                # Schemathesis takes Ctrl-C for itself; it is meant for the whole run.
                raise KeyboardInterrupt
            _take(event, judge)
            if not over and (extent.now() > until or door.sent >= extent.requests):
                over = True
                stream.stop()
    door.close()
    judge.finish()
    if door.gone and door.last is not None:
        raise GoneError(f"the service has stopped answering: {door.last.exchange.fault}")
    return judge


def _take(event: Any, judge: Judge) -> None:
    if isinstance(event, events.ScenarioFinished):
        judge.scenario(event)
    elif isinstance(event, events.SchemaAnalysisWarnings):
        for warning in event.warnings:
            judge.warning(str(warning))
    elif isinstance(event, events.NonFatalError):
        judge.warning(f"{event.label}: {event.value}")
    elif isinstance(event, events.FatalError):
        raise event.exception


def _config(lab: Lab, extent: Extent, seed: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    checks = {name: {"enabled": name in CHECKS} for name in (*CHECKS, *_UNUSED_CHECKS)}
    settings: dict[str, Any] = {
        "seed": seed,
        "base-url": _BEHIND_THE_DOOR + urlsplit(lab.target.base_url).path.rstrip("/"),
        "headers": {"Authorization": f"Bearer {lab.target.token}"},
        "workers": 1,
        "continue-on-failure": True,
        "max-redirects": 0,
        "request-timeout": lab.target.timeout,
        "checks": checks,
        "cache": {"enabled": False},
        # Unknown parameters are ignored by contract (D-11), so none are generated to be refused.
        "generation": {
            "max-examples": extent.examples,
            "database": "none",
            "no-shrink": True,
            "allow-extra-parameters": False,
            "with-security-parameters": False,
        },
        "phases": {name: {"enabled": name in phases} for name in PHASES},
    }
    settings["phases"]["stateful"] |= {"max-steps": extent.steps, "generation": {"max-examples": extent.sequences}}
    return SchemathesisConfig.from_dict(settings)


_UNUSED_CHECKS: Final = ("positive_data_acceptance", "missing_required_header")


@contextmanager
def _hooked(before_call: Callable[..., None], after_call: Callable[..., None]) -> Iterator[None]:
    """Register the hooks, which Schemathesis knows only globally, and the files; take the hooks back at the end."""

    def before(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        before_call(context, case, kwargs)

    def after(context: Any, case: Any, response: Any) -> None:
        after_call(context, case, response)

    for media_type in sorted(_uploads()):
        schemathesis.openapi.media_type(media_type, st.sampled_from(files_of(media_type)))
    schemathesis.hook("before_call")(before)
    schemathesis.hook("after_call")(after)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before)
        schemathesis.hooks.unregister(after)


def _uploads() -> set[str]:
    bodies = (each.definition.get("requestBody", {}).get("content", {}) for each in operations(load_document()))
    return {media_type for content in bodies for media_type in content if media_type.startswith("audio/")}


@contextmanager
def _quiet_place() -> Iterator[None]:
    """Have Hypothesis write what it writes to a folder that goes away."""
    before = hypothesis.configuration.storage_directory().home_directory
    with tempfile.TemporaryDirectory(prefix="tempolor-") as folder:
        hypothesis.configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            hypothesis.configuration.set_hypothesis_home_dir(before)


def files_of(media_type: str) -> list[bytes]:
    """Return small real files of a media type, two of each."""
    kind = media_type.partition("/")[2].removeprefix("x-")
    if kind == "midi":
        return [midi_file(), midi_file().replace(struct.pack(">H", 480), struct.pack(">H", 960), 1)]
    if kind in _CODECS:
        return [_encoded(kind, 2.0), _encoded(kind, 3.0)]
    return [wav_file(), wav_file(3.0)]


_CODECS: Final = {"mpeg": ("mp3", "mp3"), "mp4": ("mp4", "aac"), "m4a": ("mp4", "aac"), "flac": ("flac", "flac")}


@cache
def _encoded(kind: str, seconds: float, rate: int = 22_050) -> bytes:
    """Return a tone as a file of this kind."""
    import av  # noqa: PLC0415 - takes its time, and only here
    import numpy as np  # noqa: PLC0415 - the same

    container, codec = _CODECS[kind]
    file = io.BytesIO()
    tone = 9000 * np.sin(2 * math.pi * 220 * np.arange(round(rate * seconds)) / rate)
    frame = av.AudioFrame.from_ndarray(tone.astype(np.int16).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        for each in av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate).resample(frame):
            out.mux(stream.encode(each))
        out.mux(stream.encode(None))
    return file.getvalue()


def generated_rules(extent: Extent | None = None, *, seed: int = 0) -> tuple[Rule, ...]:
    """Return the rules of the generated tests; where one is among the rules of a run, they are played."""
    chosen = extent or Extent()

    def play(lab: Lab) -> None:
        generate(lab, chosen, seed=seed)

    # Its cost counts creations of the plan, and a plan must not be refused for what generating could spend at most.
    scenario = Scenario("generated", play, _NEEDS, cost=0, late=True)

    def made(rule_id: str, sentence: str, severity: Severity) -> Rule:
        inferred = severity is not Severity.ASSERT
        strength = Strength.INFERRED if inferred else Strength.DOCUMENTED
        return Rule(rule_id, sentence, _PAGE, strength=strength, severity=severity, scenarios=(scenario,))

    return (
        *(made(*each) for each in CHECKS.values()),
        made(_TAKEN, "Valid generated requests on prepared accounts, jobs and files are taken.", Severity.ASSERT),
        made(_REACHED, "Each operation succeeds for some generated request.", Severity.ASSERT),
        made(_CLEAN, "Requests could be generated for each operation.", Severity.MOCKS),
    )


GENERATED_RULE_IDS: Final = (*(each[0] for each in CHECKS.values()), _TAKEN, _REACHED, _CLEAN)
