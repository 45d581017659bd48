"""Mutants in status, headers and media type."""

from collections.abc import Iterable
from functools import partial
from itertools import count
from typing import Final

from ..mutant import NOTHING, Answer, Asked, Kind, Rewrite
from ..rewriting import LISTS, ORDERS, SUCCESS, answers, edit, error, header, on, put, recode, rewritten, with_fields
from ..service import BASE_PATH


def _redirected(asked: Asked, answer: Answer) -> None:
    if asked.raw_path.endswith(b"/") and asked.operation:
        answer.become(307)
        answer.headers[b"location"] = asked.raw_path.rstrip(b"/")


def answers_with(names: Iterable[str], status: int) -> Rewrite:
    """Answer the successes of some operations with another status."""
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in wanted and answer.status in SUCCESS:
            answer.status = status

    return rewrite


def wrong_method(status: int) -> Rewrite:
    """Answer methods that a path does not know with another status than 405."""

    def rewrite(_asked: Asked, answer: Answer) -> None:
        if answer.status == 405:
            answer.become(status, error(status))

    return rewrite


def _web_page(asked: Asked, answer: Answer) -> None:
    if not asked.operation and answer.status == 404 and asked.path.startswith(BASE_PATH):
        answer.body = b"<h1>Not Found</h1>"
        answer.headers[b"content-type"] = b"text/html"


def _each_seventh() -> Rewrite:
    number = count(1)

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation and next(number) % 7 == 0:
            answer.become(500, error(500, "Internal server error"))

    return rewrite


def _crashes_on_broken_json(asked: Asked, answer: Answer) -> None:
    if asked.operation in ORDERS and asked.data is NOTHING and b"json" in asked.headers.get(b"content-type", b""):
        answer.become(500, error(500, "Internal server error"))


def _crashes_then_drops() -> Rewrite:
    """Crash on an order with a key and no tempo, and end the connection when it comes again."""
    crashed: set[bytes] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        sent = asked.data
        if (
            asked.operation == "create_instrumental"
            and isinstance(sent, dict)
            and "tonality" in sent
            and "bpm" not in sent
        ):
            if asked.body in crashed:
                raise ConnectionResetError("Connection reset by peer")
            crashed.add(asked.body)
            answer.become(500, error(500, "Internal server error"))

    return rewrite


def _hangs_up_on_long_lyrics(asked: Asked, answer: Answer) -> None:
    sent = asked.data if asked.operation == "create_song" and answer.status == 400 else None
    if isinstance(sent, dict) and isinstance(sent.get("lyrics"), str):
        raise ConnectionResetError("Connection reset by peer")


def _by_number(asked: Asked, _answer: Answer) -> bool:
    sent = asked.data if asked.operation == "create_account" else None
    parameters = sent.get("requestParams") if isinstance(sent, dict) else None
    return isinstance(parameters, dict) and isinstance(parameters.get("user_id"), int)


def _deep_json_crashes(asked: Asked, answer: Answer) -> None:
    if asked.operation in ORDERS and asked.body.count(b"[") > _DEEP:
        answer.become(500, error(500, "Internal server error"))


def _long_bodies_in_html(asked: Asked, answer: Answer) -> None:
    if asked.operation in ORDERS and len(asked.body) > _LONG:
        answer.become(413)
        answer.body = b"<h1>413 Request Entity Too Large</h1>"
        answer.headers[b"content-type"] = b"text/html"


_DEEP: Final = 1_000
_LONG: Final = 1_000_000
_rewrite = partial(rewritten, Kind.STATUS)

MUTANTS: Final = (
    _rewrite(
        "made-up-cursors-crash",
        "A cursor that no page gave is a 500.",
        "no-lasting-crash generated-no-crash",
        lambda: answers(
            lambda asked, answer: asked.operation in LISTS and answer.status == 400 and b"cursor=" in asked.query,
            500,
            error(500, "Internal server error"),
        ),
    ),
    _rewrite("deep-json-crashes", "Deep JSON is a 500.", "no-lasting-crash", lambda: _deep_json_crashes),
    _rewrite(
        "long-bodies-in-html",
        "A body of a megabyte is a 413 in HTML.",
        "errors-say-something",
        lambda: _long_bodies_in_html,
    ),
    _rewrite(
        "bearer-alone-crashes",
        "A header that says Bearer, and no token, is a 500.",
        "no-lasting-crash",
        lambda: answers(lambda asked, _answer: asked.headers.get(b"authorization") == b"Bearer", 500),
    ),
    _rewrite("each-seventh-is-a-500", "Each seventh answer is a 500.", "no-lasting-crash", _each_seventh),
    _rewrite(
        "broken-json-is-a-500",
        "An order of broken JSON is a 500.",
        "no-lasting-crash invalid-is-refused generated-no-crash",
        lambda: _crashes_on_broken_json,
    ),
    _rewrite(
        "crashes-then-drops",
        "An instrumental with a key and no tempo is a 500, and the same request again ends the connection.",
        "no-lasting-crash valid-orders-are-taken generated-no-crash",
        _crashes_then_drops,
    ),
    _rewrite(
        "hangs-up-on-long-lyrics",
        "Where lyrics are too long, the connection is closed without an answer.",
        "no-lasting-crash",
        lambda: _hangs_up_on_long_lyrics,
    ),
    _rewrite("order-201", "An order is a 201.", "status-documented", lambda: answers_with(ORDERS, 201)),
    _rewrite(
        "account-deleted-200",
        "Deleting an account is a 200.",
        "status-documented",
        lambda: answers(on("delete_account"), 200, {}),
    ),
    _rewrite("cancel-200", "Cancelling is a 200.", "status-documented", lambda: answers(on("cancel_job"), 200, {})),
    _rewrite("wrong-method-404", "An unknown method is a 404.", "wrong-method-is-405", lambda: wrong_method(404)),
    _rewrite(
        "no-allow-header",
        "A 405 does not name the methods that are allowed.",
        "documented-headers",
        lambda: header(lambda _asked, answer: answer.status == 405, b"allow", None),
    ),
    _rewrite(
        "item-as-html",
        "An item comes as text/html.",
        "media-type-documented",
        lambda: header(on("get_music"), b"content-type", b"text/html"),
    ),
    _rewrite(
        "errors-as-text",
        "Errors come as text/plain.",
        "media-type-documented error-envelope",
        lambda: header(
            lambda asked, answer: bool(asked.operation) and answer.status in {400, 404}, b"content-type", b"text/plain"
        ),
    ),
    _rewrite(
        "slash-redirects",
        "A trailing slash is redirected.",
        "no-redirects slash-at-the-end-is-nothing",
        lambda: _redirected,
    ),
    _rewrite(
        "slash-unknown",
        "A trailing slash is a 404.",
        "slash-at-the-end-is-nothing",
        lambda: answers(lambda asked, _answer: asked.raw_path.endswith(b"/"), 404, error(404)),
    ),
    _rewrite(
        "colons-must-be-plain",
        "An id with encoded colons is a 404.",
        "encoded-id-is-the-same-id what-was-made-can-be-found",
        lambda: answers(lambda asked, _answer: b"%3a" in asked.raw_path.lower(), 404, error(404)),
    ),
    _rewrite(
        "invalid-422",
        "Invalid values are a 422.",
        "status-documented invalid-values-are-400",
        lambda: recode(400, 422),
    ),
    _rewrite(
        "code-is-not-the-status",
        "`code` of an error is 1.",
        "code-is-the-status error-envelope",
        lambda: edit([], with_fields(code=1), 404),
    ),
    _rewrite(
        "busy-409",
        "A busy account is a 409.",
        "status-documented busy-body-is-one-of-two full-is-busy account-limit-is-exact",
        lambda: recode(429, 409),
    ),
    _rewrite(
        "other-error-text",
        "The 400 of a download that is too early says something else.",
        "printed-error-texts download-only-when-complete",
        lambda: edit(["download_music"], with_fields(error="Please be patient"), 400),
    ),
    _rewrite(
        "instrumentals-crash",
        "The list of instrumentals is a 500.",
        "no-lasting-crash",
        lambda: answers(lambda asked, _answer: b"type=instrumental" in asked.query, 500),
    ),
    _rewrite(
        "stems-crash",
        "Splitting stems is a 502.",
        "no-lasting-crash",
        lambda: answers(on("split_stems"), 502),
    ),
    _rewrite(
        "empty-error-text",
        "The text of a 404 is empty.",
        "errors-say-something error-envelope",
        lambda: edit([], with_fields(error=""), 404),
    ),
    _rewrite(
        "other-words-for-unknown",
        "An unknown id is told in other words than the printed ones.",
        "printed-error-texts",
        lambda: edit(["get_music"], with_fields(error="Not found"), 404),
    ),
    _rewrite(
        "other-words-for-missing",
        "A missing prompt is told in other words than the printed ones.",
        "printed-error-texts",
        lambda: edit(["create_song"], with_fields(error="prompt missing"), 400),
    ),
    _rewrite(
        "slashed-posts-unknown",
        "A POST with a trailing slash is a 404.",
        "slash-at-the-end-is-nothing",
        lambda: answers(
            lambda asked, _answer: asked.method == "POST" and asked.raw_path.endswith(b"/"), 404, error(404)
        ),
    ),
    _rewrite(
        "deletions-need-no-slash",
        "A DELETE with a slash behind its path is a 404.",
        "slash-at-the-end-is-nothing what-was-made-can-be-found",
        lambda: answers(
            lambda asked, _answer: asked.method == "DELETE" and asked.raw_path.endswith(b"/"), 404, error(404)
        ),
    ),
    _rewrite(
        "cancels-need-plain-colons",
        "Cancelling a job by its encoded id is a 404.",
        "encoded-id-is-the-same-id scheduler-lists-what-runs",
        lambda: answers(
            lambda asked, _answer: asked.operation == "cancel_job" and b"%3a" in asked.raw_path.lower(),
            404,
            error(404, "Unable to locate running job_id"),
        ),
    ),
    _rewrite(
        "numbers-crash",
        "An account whose `user_id` comes as a number is a 500.",
        "no-lasting-crash generated-no-crash",
        lambda: answers(_by_number, 500),
    ),
    _rewrite(
        "deletions-need-plain-colons",
        "Deleting an id with encoded colons is a 404.",
        "encoded-id-is-the-same-id what-was-made-can-be-found",
        lambda: answers(
            lambda asked, _answer: asked.method == "DELETE" and b"%3a" in asked.raw_path.lower(), 404, error(404)
        ),
    ),
    _rewrite(
        "allow-names-everything",
        "A 405 says that all methods are allowed.",
        "documented-headers",
        lambda: header(
            lambda _asked, answer: answer.status == 405, b"allow", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
        ),
    ),
    _rewrite(
        "unknown-path-in-html",
        "A path that the API does not have is a web page.",
        "unknown-path-is-404",
        lambda: _web_page,
    ),
    _rewrite(
        "deletion-says-ok",
        "A deletion is answered with another field than `result`.",
        "answer-has-its-fields",
        lambda: edit(["delete_music"], put({"ok": True})),
    ),
)
