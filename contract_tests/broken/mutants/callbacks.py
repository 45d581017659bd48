"""Mutants in the callbacks to `replyUrl`."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Final

import httpx
from tempolor_mock import recent, shapes
from tempolor_mock.callbacks import RequestToSend, SendResult, http_client, payload
from tempolor_mock.domain import accounts, callbacks, scheduler
from tempolor_mock.operations import music as music_operations

from ..mutant import Answer, Asked, Kind, Patch, Rewrite
from ..rewriting import ORDERS, rewritten
from ..service import TOKEN
from ..switching import Patches, swap, switched


def _settled(change: Callable[[Any, Any, int, Any], None]) -> Patches:
    """Announce steps in another way."""

    def make(announce: Any) -> Any:
        def announced(world: Any, job: Any, step: int) -> None:
            change(world, job, step, announce)

        return announced

    return swap(callbacks, "announce", make)


def _last(job: Any, step: int) -> bool:
    return step == len(job.plan.steps) - 1


def _twice(world: Any, job: Any, step: int, announce: Any) -> None:
    announce(world, job, step)
    if _last(job, step):
        announce(world, job, step)


def _not_the_last(world: Any, job: Any, step: int, announce: Any) -> None:
    if not _last(job, step):
        announce(world, job, step)


def _mixed_up(world: Any, job: Any, step: int, announce: Any) -> None:
    order = {2: 3, 3: 2}
    announce(world, job, order.get(step, step))


def _never(_world: Any, _job: Any, _step: int, _announce: Any) -> None:
    """Announce nothing."""


def _callbacks_after_cancel(cancel: Any) -> Any:
    def cancelled(world: Any, job_id: str) -> None:
        job = world.jobs.get(job_id.rpartition(":")[2])
        cancel(world, job_id)
        for step in range(job.settled_steps, len(job.plan.steps)):
            callbacks.announce(world, job, step)

    return cancelled


def _changed_callbacks(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Patches:
    """Send another content."""

    def make(content: Any) -> Any:
        return lambda world, job, at_ms: change(content(world, job, at_ms))

    return swap(payload, "_content", make)


def _less(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {name: value for name, value in data.items() if name not in names}


def _sent(change: Callable[[str, bytes], tuple[str, str, bytes, dict[str, str]]]) -> Patches:
    """Send callbacks in another way: `change` returns method, address, body and headers."""

    def make(_send: Any) -> Any:
        async def sent(_self: Any, request: RequestToSend) -> SendResult:
            method, address, content, headers = change(request.url, request.body)
            async with httpx.AsyncClient(trust_env=False) as client:
                kept = {name: value for name, value in request.headers if name not in _OF_THE_CONNECTION}
                headers = {**kept, **headers}
                answer = await client.request(method, address, content=content, headers=headers)
            return SendResult(answer.status_code)

        return sent

    return swap(http_client.CallbackClient, "send", make)


def _as_form(target: str, body: bytes) -> tuple[str, str, bytes, dict[str, str]]:
    return "POST", target, json.dumps({"payload": body.decode()}).encode(), {}


def _songs_only(world: Any, job: Any, step: int, announce: Any) -> None:
    if job.kind == "song":
        announce(world, job, step)


def _newest_only(world: Any, job: Any, step: int, announce: Any) -> None:
    if job.request.model != "v3" or not _last(job, step):
        announce(world, job, step)


def _post_callback(url: str, job_id: str) -> None:
    """Send a callback that nothing asked for."""
    item = {"job_id": job_id, "status": 30, "status_name": "COMPLETED", "status_final": True, "progress": 100}
    with suppress(httpx.HTTPError):
        httpx.post(url, json=item, timeout=5.0, trust_env=False)


def _refused_get_callbacks() -> Rewrite:
    number = count(1)

    def rewrite(asked: Asked, answer: Answer) -> None:
        sent = asked.data
        url = sent.get("replyUrl") if isinstance(sent, dict) else None
        if asked.operation in ORDERS and answer.status == 429 and isinstance(url, str):
            _post_callback(url, f"user:12345-tempolor:{sent.get('user_id')}-job:{next(number):015x}")

    return rewrite


def _deleted_get_callbacks() -> Rewrite:
    urls: dict[str, str] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        job_id = asked.path.rpartition("/")[2]
        if asked.operation in ORDERS and answer.status == 200 and isinstance(asked.data, dict):
            urls.update(dict.fromkeys(answer.data["jobs"], asked.data.get("replyUrl", "")))
        elif asked.operation == "delete_music" and answer.status == 200 and urls.get(job_id):
            _post_callback(urls[job_id], job_id)

    return rewrite


def _fatal_callbacks() -> tuple[Patch, ...]:
    """Show jobs as FAILED once one of their callbacks was not taken."""
    failed: set[str] = set()

    def record(original: Any) -> Any:
        def recorded(world: Any, held: Any, attempt: Any, **named: Any) -> Any:
            failed.update(() if attempt.succeeded else {str(held.job_id)})
            return original(world, held, attempt, **named)

        return recorded

    def show(original: Any) -> Any:
        def shown(*given: Any, **named: Any) -> Any:
            item = original(*given, **named)
            return item if item["job_id"] not in failed else {**_less("mp3OssId", "wavOssId")(item), **_FAILED}

        return shown

    shows = (Patch(owner, "music_item", show) for owner in (shapes, recent, music_operations))
    return (Patch(callbacks, "record", record), *shows)


def _silenced_by(owner: Any, name: str, whose: Callable[..., list[Any]]) -> Patches:
    """Send no more callbacks of some jobs once a function was called: `whose` returns their ids."""

    def patches() -> tuple[Patch, ...]:
        silenced: set[Any] = set()

        def act(original: Any) -> Any:
            def acted(world: Any, *given: Any, **named: Any) -> Any:
                result = original(world, *given, **named)
                silenced.update(whose(world, *given))
                return result

            return acted

        def announce(original: Any) -> Any:
            return lambda world, job, step: None if job.id in silenced else original(world, job, step)

        return Patch(owner, name, act), Patch(callbacks, "announce", announce)

    return patches


def _refused_one(_world: Any, held: Any, attempt: Any) -> list[Any]:
    return [] if attempt.succeeded else [held.job_id]


def _stored_one(world: Any, parameters: Any, _limit: Any) -> list[Any]:
    return [job.id for job in world.jobs if job.id.user_id == parameters.get("user_id")]


_FAILED: Final = {"status": 10, "status_name": "FAILED", "status_final": True}
_rewrite = partial(rewritten, Kind.CALLBACKS)
_OF_THE_CONNECTION: Final = frozenset({"Host", "Content-Length", "Connection"})
_switch = partial(switched, Kind.CALLBACKS)

MUTANTS: Final = (
    _rewrite(
        "refused-orders-get-callbacks",
        "A callback comes for an order that was refused.",
        "refused-order-starts-nothing callback-repeats-the-order",
        _refused_get_callbacks,
    ),
    _rewrite(
        "deleted-jobs-get-callbacks",
        "A callback comes for a job that was deleted.",
        "deleted-is-gone callbacks-end-with-one-final",
        _deleted_get_callbacks,
    ),
    _switch(
        "refusing-ends-callbacks",
        "After a callback that was answered 503 no others come of that job.",
        "callbacks-that-fail-harm-nothing callbacks-end-with-one-final",
        _silenced_by(callbacks, "record", _refused_one),
    ),
    _switch(
        "storing-ends-callbacks",
        "No more callbacks come of an account's jobs once it is stored again.",
        "callbacks-end-with-one-final",
        _silenced_by(accounts, "configure", _stored_one),
    ),
    _switch("final-twice", "The final callback comes twice.", "callbacks-end-with-one-final", _settled(_twice)),
    _switch(
        "no-final-callback",
        "The final callback does not come.",
        "callbacks-end-with-one-final",
        _settled(_not_the_last),
    ),
    _switch("no-callbacks", "No callbacks come.", "callbacks-end-with-one-final", _settled(_never)),
    _switch("callbacks-mixed-up", "Callbacks come out of order.", "callbacks-come-in-order", _settled(_mixed_up)),
    _switch(
        "callbacks-after-cancel",
        "Callbacks go on after a job was cancelled.",
        "no-callback-after-cancel",
        swap(scheduler, "cancel", _callbacks_after_cancel),
    ),
    _switch(
        "callbacks-by-put",
        "Callbacks are a PUT.",
        "callback-is-a-json-post",
        _sent(lambda target, body: ("PUT", target, body, {})),
    ),
    _switch(
        "callbacks-as-text",
        "Callbacks come as text/plain.",
        "callback-is-a-json-post",
        _sent(lambda target, body: ("POST", target, body, {"Content-Type": "text/plain"})),
    ),
    _switch(
        "callbacks-wrapped",
        "A callback is wrapped in an object.",
        "callback-is-a-json-post callbacks-end-with-one-final",
        _sent(_as_form),
    ),
    _switch(
        "callbacks-lose-the-query",
        "The query of `replyUrl` is lost.",
        "callback-goes-to-its-address",
        _sent(lambda target, body: ("POST", target.partition("?")[0], body, {})),
    ),
    _switch(
        "callbacks-without-reference",
        "A callback has no `replyRef`.",
        "callback-repeats-the-order",
        _changed_callbacks(_less("replyRef")),
    ),
    _switch(
        "callbacks-with-another-title",
        "A callback has another title than a poll.",
        "callback-is-what-a-poll-shows finished-item-is-stable",
        _changed_callbacks(lambda data: {**data, "titleEn": "Untitled"}),
    ),
    _switch(
        "callbacks-without-job-id",
        "A callback does not name its job.",
        "callback-is-a-json-post callbacks-end-with-one-final",
        _changed_callbacks(_less("job_id")),
    ),
    _switch(
        "silent-instrumentals",
        "No callbacks come of instrumentals.",
        "callbacks-end-with-one-final",
        _settled(_songs_only),
    ),
    _switch(
        "callbacks-tell-the-token",
        "A callback carries the token of its user.",
        "secrets-are-masked",
        _sent(lambda target, body: ("POST", target, body, {"Authorization": f"Bearer {TOKEN}"})),
    ),
    _switch(
        "older-models-report-no-end",
        "The final callback of jobs of the model v3 does not come.",
        "callbacks-end-with-one-final",
        _settled(_newest_only),
    ),
    _switch(
        "callbacks-cut-the-reference",
        "A callback has the first 256 characters of `replyRef`.",
        "callback-repeats-the-order",
        _changed_callbacks(lambda data: {**data, "replyRef": data["replyRef"][:256]} if "replyRef" in data else data),
    ),
    _switch(
        "status-as-text-in-callbacks",
        "`status` of a callback is a text.",
        "callback-fits-schema callback-is-what-a-poll-shows",
        _changed_callbacks(lambda data: {**data, "status": str(data.get("status"))}),
    ),
    _switch(
        "refused-callbacks-are-fatal",
        "A job fails when a callback of it is answered 503.",
        "callbacks-that-fail-harm-nothing finished-item-is-stable",
        _fatal_callbacks,
    ),
    _switch(
        "null-for-no-reference",
        "A callback of an order without `replyRef` has null there.",
        "callback-fits-schema",
        _changed_callbacks(lambda data: {"replyRef": None, **data}),
    ),
)
