"""How to get every documented answer, as data: `make docs` makes the page `docs/answers.md`.

A recipe is a sequence of requests to a mock whose clocks stand still; the last one gets the answer. The tests send each
of them.
"""

# ruff: noqa: INP001 - a script

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tempolor_mock.documented import DocumentedAnswer, DocumentedAnswers
from tempolor_spec import load_document
from tempolor_spec import operations as documented_operations

CONTROL = "/_mock"
ADVANCE = f"{CONTROL}/clock/advance"
ACCOUNT, OTHER_ACCOUNT = "111", "222"
NOBODY = "999"
TOO_LARGE_BYTES = 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request; `{name}` in path and body stands for what an earlier step kept.

    `body` is a JSON value, `sample` the name of a file (`wav`, `mid`), `raw` text as it is, `size` a number of any
    bytes. `keeps` maps names to where the answer has them.
    """

    method: str
    path: str
    body: Any = None
    sample: str | None = None
    raw: str | None = None
    size: int = 0
    content_type: str | None = None
    token: bool = True
    keeps: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    times: int = 1

    def shown(self) -> str:
        """Return the request in one line."""
        parts = [self.method, self.path]
        if not self.token:
            parts.append("without a token")
        if self.content_type:
            parts.append(f"Content-Type: {self.content_type}")
        if self.body is not None:
            parts.append(_short(json.dumps(self.body)))
        if self.raw is not None:
            parts.append(self.raw)
        if self.sample:
            parts.append(f"@sample.{self.sample}")
        if self.size:
            parts.append(f"{self.size >> 20} MiB")
        return " ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:60]}…{text[-20:]} ({len(text)} characters)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Command-line options, the names of steps to prepare (`SETUPS`), and the request that gets the answer."""

    options: tuple[str, ...] = ()
    setups: tuple[str, ...] = ()
    last: Step

    def after(self, *setups: str) -> "Recipe":
        """Return the recipe with other steps to prepare."""
        return replace(self, setups=setups)

    def started(self, *options: str) -> "Recipe":
        """Return the recipe for a mock started with options."""
        return replace(self, options=options)

    def sending(self, **changes: Any) -> "Recipe":
        """Return the recipe with another last request."""
        return replace(self, last=replace(self.last, **changes))

    def with_field(self, **fields: Any) -> "Recipe":
        """Return the recipe with some fields of the last request's body replaced; those of None are left out."""
        body = {name: value for name, value in ((self.last.body or {}) | fields).items() if value is not None}
        return self.sending(body=body)

    def steps(self) -> Iterator[Step]:
        """Yield all requests in order."""
        for name in self.setups:
            for _ in range(SETUPS[name].times):
                yield SETUPS[name]
        yield self.last


def _song(**fields: Any) -> Step:
    return Step(
        method="POST",
        path="/music/song",
        body={"prompt": "A harbour ballad", **fields},
        keeps={"job": ("jobs", 0)},
    )


SETUPS: Mapping[str, Step] = {
    "an account": Step(method="POST", path="/accounts", body={"requestParams": {"user_id": ACCOUNT}}),
    "another account": Step(method="POST", path="/accounts", body={"requestParams": {"user_id": OTHER_ACCOUNT}}),
    "a song": _song(),
    "11 songs": replace(_song(maxJobs=50), times=11),
    "an instrumental": replace(_song(), path="/music/instrumental"),
    "30 seconds": Step(method="POST", path=ADVANCE, body={"seconds": 30}),
    "60 seconds": Step(method="POST", path=ADVANCE, body={"seconds": 60}),
    "a MIDI file": Step(
        method="POST",
        path="/music/midi?name=theme",
        sample="mid",
        content_type="audio/midi",
        keeps={"midi": ("midiRenderVO", "midiItemId")},
    ),
    "a cloned voice": Step(
        method="POST",
        path="/music/cloned-voices?name=alto",
        sample="wav",
        content_type="audio/wav",
        keeps={"voice": ("clonedVoiceItemId",)},
    ),
    "the first page": Step(method="GET", path="/music", keeps={"cursor": ("cursor",)}),
}

_LIST_OF = {"list_music": "/music", "list_midi": "/music/midi", "list_cloned_voices": "/music/cloned-voices"}
_LISTS = _LIST_OF | {"list_artist_voices": "/music/artist-voices"}


def _plain() -> dict[str, Recipe]:
    """Return, for each operation, the shortest way to its success."""
    account = ("an account",)
    return {
        "create_account": Recipe(last=SETUPS["an account"]),
        "list_accounts": Recipe(setups=account, last=Step(method="GET", path="/accounts")),
        "get_account": Recipe(setups=account, last=Step(method="GET", path=f"/accounts/{ACCOUNT}")),
        "delete_account": Recipe(setups=account, last=Step(method="DELETE", path=f"/accounts/{ACCOUNT}")),
        "create_song": Recipe(setups=account, last=_song()),
        "create_instrumental": Recipe(setups=account, last=SETUPS["an instrumental"]),
        "get_music": _of_job("GET", "/music/{job}", "a song"),
        "delete_music": _of_job("DELETE", "/music/{job}", "a song"),
        "download_music": _of_job("GET", "/music/download/{job}", "a song", "60 seconds"),
        "cancel_job": _of_job("DELETE", "/scheduler/{job}", "a song"),
        **{name: Recipe(setups=account, last=Step(method="GET", path=path)) for name, path in _LISTS.items()},
        "upload_midi": Recipe(setups=account, last=SETUPS["a MIDI file"]),
        "clone_voice": Recipe(setups=account, last=SETUPS["a cloned voice"]),
        "split_stems": Recipe(
            setups=account,
            last=Step(method="POST", path="/music/stems-splitter", sample="wav", content_type="audio/wav"),
        ),
        "delete_midi": _of_job("DELETE", "/music/midi/{midi}", "a MIDI file"),
        "delete_cloned_voice": _of_job("DELETE", "/music/cloned-voices/{voice}", "a cloned voice"),
        "list_running_jobs": Recipe(setups=account, last=Step(method="GET", path="/scheduler")),
        "get_available_capacity": Recipe(setups=account, last=Step(method="GET", path="/scheduler/available")),
    }


def _of_job(method: str, path: str, *setups: str) -> Recipe:
    return Recipe(setups=("an account", *setups), last=Step(method=method, path=path))


PLAIN: Mapping[str, Recipe] = _plain()
Key = tuple[str, int, str | None]


def _unauthorized(operation_id: str) -> Recipe:
    return Recipe(last=replace(PLAIN[operation_id].last, path=_filled(operation_id), token=False))


def _wrong_method(operation_id: str) -> Recipe:
    return Recipe(last=Step(method="PUT", path=_filled(operation_id)))


def _filled(operation_id: str) -> str:
    """Return the operation's path with ids of the right shape that nothing has."""
    path = PLAIN[operation_id].last.path
    for name, kind in (("job", "job"), ("midi", "midi"), ("voice", "voice")):
        path = path.replace(f"{{{name}}}", f"user:12345-tempolor:{ACCOUNT}-{kind}:000000000000000")
    return path


def _too_large(operation_id: str) -> Recipe:
    content_type = PLAIN[operation_id].last.content_type or "application/json"
    last = replace(PLAIN[operation_id].last, body=None, sample=None, size=TOO_LARGE_BYTES, content_type=content_type)
    return Recipe(options=("--max-upload-mb", "1"), last=last)


def _malformed(operation_id: str) -> Recipe:
    return PLAIN[operation_id].sending(body=None, raw="{", content_type="application/json").after()


def _wrong_content_type(operation_id: str) -> Recipe:
    return PLAIN[operation_id].sending(body=None, sample=None, raw="hello", content_type="text/plain").after()


def _unknown_account(operation_id: str) -> Recipe:
    plain = PLAIN[operation_id]
    if isinstance(plain.last.body, dict):
        return plain.with_field(user_id=NOBODY)
    return plain.sending(path=_with_query(plain.last.path, f"user_id={NOBODY}"))


def _with_query(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


def _no_accounts(operation_id: str) -> Recipe:
    return PLAIN[operation_id].after()


def _no_account_named(operation_id: str) -> Recipe:
    return PLAIN[operation_id].after("an account", "another account")


def _no_name(operation_id: str) -> Recipe:
    return PLAIN[operation_id].sending(path=PLAIN[operation_id].last.path.partition("?")[0])


def _empty(operation_id: str) -> Recipe:
    return PLAIN[operation_id].sending(sample=None, raw="")


def _no_id(operation_id: str) -> Recipe:
    path = PLAIN[operation_id].last.path
    return PLAIN[operation_id].sending(path=path[: path.index("{")] + "nonsense").after()


def _unknown_id(operation_id: str) -> Recipe:
    return PLAIN[operation_id].sending(path=_filled(operation_id)).after("an account")


def _spent(operation_id: str) -> Recipe:
    return PLAIN[operation_id].started("--generations", "0")


def _busy(operation_id: str) -> Recipe:
    return PLAIN[operation_id].with_field(maxJobs=2).after("an account", "a song")


ALIKE: Mapping[tuple[int, str], Callable[[str], Recipe]] = {
    (400, "cursor_incorrect_format"): lambda name: PLAIN[name].sending(path=f"{_LISTS[name]}?cursor=nonsense"),
    (400, "empty_file"): _empty,
    (400, "incorrect_format"): _no_id,
    (400, "malformed_json"): _malformed,
    (400, "name_required"): _no_name,
    (400, "user_id_required"): _no_account_named,
    (400, "wrong_content_type"): _wrong_content_type,
    (401, "unauthorized"): _unauthorized,
    (402, "subscription_required"): _spent,
    (404, "no_accounts"): _no_accounts,
    (404, "no_record"): _unknown_id,
    (404, "unknown_account"): _unknown_account,
    (405, "method_not_allowed"): _wrong_method,
    (413, "payload_too_large"): _too_large,
    (429, "account_busy"): _busy,
}
"""What is had in the same way for every operation that documents it."""

_FIELDS_OF_ORDERS: Mapping[str, Mapping[str, Any]] = {
    "prompt_required": {"prompt": None},
    "prompt_too_long": {"prompt": "x" * 2001},
    "lyrics_too_long": {"lyrics": "x" * 3001},
    "incorrect_format": {"clonedVoiceItemId": "nonsense"},
    "voices_conflict": {"artistVoiceItemId": "voice_10482", "clonedVoiceItemId": "{voice}"},
    "midi_conflict": {"midiItemId": "{midi}", "artistVoiceItemId": "voice_10482"},
    "invalid_reply_url": {"replyUrl": "nonsense"},
    "invalid_tonality": {"tonality": "H:major"},
    "invalid_bpm": {"bpm": 400},
    "chords_too_long": {"chords": "C " * 101},
}
_MODELS = {"create_song": "model_song", "create_instrumental": "model_instrumental"}
_NEEDED = {"voices_conflict": ("an account", "a cloned voice"), "midi_conflict": ("an account", "a MIDI file")}


def _orders() -> Iterator[tuple[Key, Recipe]]:
    for operation_id, model in _MODELS.items():
        plain = PLAIN[operation_id]
        yield (operation_id, 400, "invalid_model"), plain.with_field(**{model: "v9"})
        for example, fields in _FIELDS_OF_ORDERS.items():
            yield (
                (operation_id, 400, example),
                plain.with_field(**fields).after(*_NEEDED.get(example, ("an account",))),
            )


OWN: Mapping[Key, Recipe] = {
    **dict(_orders()),
    ("create_account", 400, "request_params_required"): Recipe(last=Step(method="POST", path="/accounts", body={})),
    ("create_account", 400, "invalid_max_jobs"): PLAIN["create_account"].with_field(maxJobs=0),
    ("list_accounts", 404, "no_accounts"): PLAIN["list_accounts"].after(),
    **{
        (operation_id, 400, "incorrect_format"): PLAIN[operation_id].sending(path="/accounts/a:b").after()
        for operation_id in ("get_account", "delete_account")
    },
    ("get_account", 404, "no_record"): PLAIN["get_account"].after(),
    ("delete_account", 404, "no_record"): PLAIN["delete_account"].after(),
    ("create_song", 404, "source_missing"): PLAIN["create_song"].with_field(artistVoiceItemId="voice_0"),
    ("get_music", 200, "completed"): PLAIN["get_music"].after("an account", "a song", "30 seconds"),
    ("get_music", 200, "failed"): PLAIN["get_music"]
    .started("--fail-rate", "1")
    .after("an account", "a song", "30 seconds"),
    ("get_music", 200, "instrumental_completed"): PLAIN["get_music"].after(
        "an account", "an instrumental", "30 seconds"
    ),
    ("list_music", 200, "ok"): PLAIN["list_music"].after("an account", "a song", "30 seconds"),
    ("list_music", 200, "running"): PLAIN["list_music"].after("an account", "a song"),
    ("list_music", 200, "first_page"): PLAIN["list_music"].after("an account", "11 songs"),
    ("list_music", 200, "last_page"): PLAIN["list_music"]
    .sending(path="/music?cursor={cursor}")
    .after("an account", "11 songs", "the first page"),
    ("list_music", 200, "instrumental"): PLAIN["list_music"]
    .sending(path="/music?type=instrumental")
    .after("an account", "an instrumental"),
    ("list_music", 400, "invalid_type"): PLAIN["list_music"].sending(path="/music?type=podcast"),
    ("download_music", 200, "wav"): PLAIN["download_music"].sending(path="/music/download/{job}?file_format=wav"),
    ("download_music", 200, "stems"): PLAIN["download_music"].sending(path="/music/download/{job}?file_format=stems"),
    ("download_music", 400, "not_completed"): PLAIN["download_music"].after("an account", "a song"),
    ("download_music", 400, "generation_failed"): PLAIN["download_music"].started("--fail-rate", "1"),
    ("download_music", 400, "invalid_file_format"): PLAIN["download_music"].sending(
        path="/music/download/{job}?file_format=ogg"
    ),
    ("download_music", 404, "not_ready"): PLAIN["download_music"]
    .started("--download-lag", "20")
    .after("an account", "a song", "30 seconds"),
    ("list_midi", 200, "ok"): PLAIN["list_midi"].after("an account", "a MIDI file"),
    ("clone_voice", 202, "still_processing"): PLAIN["clone_voice"].started("--clone-seconds", "200"),
    ("list_cloned_voices", 200, "ok"): PLAIN["list_cloned_voices"].after("an account", "a cloned voice"),
    ("list_cloned_voices", 200, "still_processing"): PLAIN["list_cloned_voices"]
    .started("--clone-seconds", "200")
    .after("an account", "a cloned voice"),
    ("list_running_jobs", 200, "ok"): PLAIN["list_running_jobs"].after("an account", "a song"),
    ("get_available_capacity", 200, "ok"): PLAIN["get_available_capacity"].after("an account", "a song"),
    ("cancel_job", 404, "not_running"): PLAIN["cancel_job"].after("an account", "a song", "30 seconds"),
}
"""What only one operation documents, or has in another way than the others."""

UNREACHABLE: Mapping[Key, str] = {
    ("create_account", 402, "subscription_required"): (
        "The subscription of the API token itself; the mock has a quota of generations only."
    ),
    **{
        (operation_id, 429, "upstream_busy"): (
            "TemPolor's own refusal, which does not depend on anything a client sees."
            " A fault rule has it too: `upstream_busy`."
        )
        for operation_id in _MODELS
    },
    ("split_stems", 400, "processing_error"): "A failure without a reason; the mock's own refusals say theirs.",
}
"""What no state of the mock leads to, and why."""


def answers(revision: str = "2025-05") -> Iterator[tuple[str, DocumentedAnswer]]:
    """Yield every documented answer with the id of its operation."""
    document = load_document(revision)
    for operation in documented_operations(document):
        responses = {
            status: _resolved(response, document) for status, response in operation.definition["responses"].items()
        }
        for answer in DocumentedAnswers(operation.operation_id, responses):
            yield operation.operation_id, answer


def _resolved(response: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").removeprefix("#/components/responses/")
    found: dict[str, Any] = document["components"]["responses"][name] if name else response
    return found


def recipe(operation_id: str, answer: DocumentedAnswer) -> Recipe | None:
    """Return how the state of the mock leads to an answer; None for those that are `UNREACHABLE`."""
    key = (operation_id, answer.status, answer.example)
    if key in UNREACHABLE:
        return None
    if key in OWN:
        return OWN[key]
    alike = ALIKE.get((answer.status, answer.example or ""))
    return alike(operation_id) if alike else PLAIN[operation_id]


def prefer(answer: DocumentedAnswer) -> str:
    """Return the header that forces an answer."""
    return f"code={answer.status}" + (f", example={answer.example}" if answer.example else "")


_INTRODUCTION = """\
# How to get every documented answer

Each row is one (operation, status, example) of the document.
**By state** is the shortest way there: options of `tempolor mock`, what must be there before, and the request.
**By force** is the header that gets the example itself from any request of the operation, whatever the state.
Both need a valid token, but for the 401 by state.
A test walks every row both ways; `make docs` makes this page.

Paths are below `/v1/tempolor`, and the clock stands still (`--frozen`).
What must be there before:

| in words | request |
| --- | --- |
"""


def page() -> str:
    """Return the page in Markdown."""
    lines = [_INTRODUCTION.rstrip()]
    for name, step in SETUPS.items():
        times = f", {step.times} times" if step.times > 1 else ""
        kept = "".join(f"; its answer has `{{{each}}}`" for each in step.keeps)
        lines.append(f"| {name} | `{step.shown()}`{times}{kept} |")
    lines += ["", 'As a command, a row such as `POST /music/song {"prompt": "A harbour ballad"}` is', "", "```sh"]
    lines += [
        "curl http://127.0.0.1:4010/v1/tempolor/music/song -H 'Authorization: Bearer user:12345-demo' \\",
        "  -H 'Content-Type: application/json' -d '{\"prompt\": \"A harbour ballad\"}' \\",
        "  -H 'Prefer: code=429, example=upstream_busy'   # by force",
        "```",
    ]
    section = ""
    for operation_id, answer in answers():
        if operation_id != section:
            section = operation_id
            lines += [
                "",
                f"## {operation_id}",
                "",
                "| status | example | by state | by force |",
                "| --- | --- | --- | --- |",
            ]
        cells = (answer.status, answer.example or "", _by_state(operation_id, answer), f"`Prefer: {prefer(answer)}`")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def _by_state(operation_id: str, answer: DocumentedAnswer) -> str:
    found = recipe(operation_id, answer)
    if found is None:
        return f"Not by state. {UNREACHABLE[operation_id, answer.status, answer.example]}"
    started = [f"`{' '.join(found.options)}`"] if found.options else []
    return "; ".join([*started, *found.setups, f"`{found.last.shown()}`"])


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - that is what it is for
