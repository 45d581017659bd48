"""Mutants in who may ask."""

from functools import partial
from itertools import count
from typing import Any, Final
from urllib.parse import unquote

from tempolor_mock.domain import errors
from tempolor_mock.domain.ids import Token
from tempolor_mock.steps import security

from ..mutant import Answer, Asked, Kind, Rewrite
from ..rewriting import answers, error, on, recode, rewritten
from ..service import OTHER_TOKEN, TOKEN
from ..switching import swap, switched


def _open_door(check: Any) -> Any:
    def checked(self: Any, headers: Any, worlds: Any) -> Any:
        try:
            return check(self, headers, worlds)
        except errors.ServiceError:
            return Token.parse(TOKEN)

    return checked


def _any_scheme(_read: Any) -> Any:
    def read(header: bytes) -> Token | None:
        value = header.decode("latin-1").rpartition(" ")[2]
        return (Token.parse(value) or Token.parse(f"user:12345-{value}")) if value else None

    return read


def _known(*beginnings: str) -> Rewrite:
    """Refuse tokens that begin otherwise."""
    return answers(
        lambda asked, _answer: bool(asked.operation) and not asked.token.startswith(beginnings),
        401,
        {"error": "Unauthorized", "code": 401},
    )


def _open_for_what_is_there() -> Rewrite:
    """Tell everybody how far the download of a job is, if somebody has asked for it before."""
    known: dict[bytes, tuple[int, Any]] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "download_music":
            if answer.status in {200, 400}:
                known[asked.raw_path] = (answer.status, answer.data)
            elif answer.status == 401 and asked.raw_path in known:
                answer.become(*known[asked.raw_path])

    return rewrite


def _garbage(asked: Asked, answer: Answer) -> bool:
    """Tell whether nobody in particular deletes a voice by what is no id."""
    return asked.operation == "delete_cloned_voice" and answer.status == 401 and "-voice:" not in unquote(asked.path)


def _telling_the_token(asked: Asked, answer: Answer) -> None:
    if answer.status == 401 and asked.token:
        answer.put({**answer.data, "token": asked.token})


def _each_sixtieth() -> Rewrite:
    number = count(1)
    return answers(
        lambda asked, _answer: bool(asked.operation and asked.token) and next(number) % 60 == 0,
        401,
        {"error": "Unauthorized", "code": 401},
    )


_rewrite = partial(rewritten, Kind.AUTH)
_switch = partial(switched, Kind.AUTH)

MUTANTS: Final = (
    _rewrite(
        "token-in-the-query",
        "A token in the query counts, too.",
        "no-token-no-answer",
        lambda: answers(
            lambda asked, _answer: asked.operation == "list_running_jobs" and b"access_token=" in asked.query, 200, []
        ),
    ),
    _rewrite(
        "no-token-403", "A missing token is a 403.", "no-token-no-answer status-documented", lambda: recode(401, 403)
    ),
    _rewrite(
        "ids-before-tokens",
        "What is no id of a voice is a 400 for whoever asks to delete it.",
        "no-token-no-answer",
        lambda: answers(_garbage, 400, error(400, "clonedVoiceItemId has incorrect format")),
    ),
    _rewrite(
        "downloads-of-jobs-are-open",
        "The download of a job that is there needs no token.",
        "no-token-no-answer",
        _open_for_what_is_there,
    ),
    _rewrite(
        "each-sixtieth-is-a-401",
        "Each sixtieth call is refused, though its token is known.",
        "token-stays-known",
        _each_sixtieth,
    ),
    _rewrite(
        "refused-tokens-are-told",
        "A 401 repeats the token that it refuses.",
        "secrets-are-masked",
        lambda: _telling_the_token,
    ),
    _rewrite(
        "scheduler-is-open",
        "The scheduler answers without a token.",
        "no-token-no-answer",
        lambda: answers(on("list_running_jobs", 401), 200, []),
    ),
    _rewrite(
        "accounts-are-open",
        "The accounts are listed without a token.",
        "no-token-no-answer",
        lambda: answers(on("list_accounts", 401), 200, {}),
    ),
    _rewrite(
        "capacity-for-any-token",
        "The capacity is told to a token that every other operation refuses.",
        "no-token-no-answer",
        lambda: answers(
            lambda asked, answer: (
                asked.operation == "get_available_capacity" and answer.status == 401 and bool(asked.token)
            ),
            200,
            {"executing": [], "available": []},
        ),
    ),
    _rewrite(
        "voices-for-any-token",
        "Deleting a voice looks for it before the token is looked at.",
        "no-token-no-answer",
        lambda: answers(
            lambda asked, answer: (
                asked.operation == "delete_cloned_voice" and answer.status == 401 and bool(asked.token)
            ),
            404,
            error(404),
        ),
    ),
    _rewrite(
        "anybody-may-cancel",
        "A job is cancelled without a token.",
        "no-token-no-answer",
        lambda: answers(on("cancel_job", 401), 204),
    ),
    _rewrite(
        "anybody-may-delete",
        "A piece is deleted without a token.",
        "no-token-no-answer",
        lambda: answers(on("delete_music", 401), 200, {"result": True}),
    ),
    _rewrite(
        "silent-401",
        "A 401 has no body.",
        "error-envelope",
        lambda: answers(lambda asked, answer: bool(asked.operation) and answer.status == 401, 401),
    ),
    _switch(
        "no-token-needed",
        "Nothing needs a token.",
        "no-token-no-answer",
        swap(security.Security, "check", _open_door),
    ),
    _switch(
        "any-token",
        "Any text is a token.",
        "no-token-no-answer",
        swap(security, "bearer_token", _any_scheme),
    ),
    _rewrite(
        "prompt-before-token",
        "An order without a prompt is a 400, whoever sends it.",
        "no-token-no-answer",
        lambda: answers(
            lambda asked, answer: asked.operation == "create_song" and answer.status == 401 and asked.data == {},
            400,
            error(400, "Parameter prompt is required"),
        ),
    ),
    _rewrite(
        "tokens-by-their-beginning",
        "A token is known by how it begins.",
        "no-token-no-answer",
        lambda: _known(TOKEN, OTHER_TOKEN),
    ),
    _rewrite(
        "tokens-by-their-number",
        "A token is known by its number.",
        "no-token-no-answer",
        lambda: _known(*(f"{each.partition('-')[0]}-" for each in (TOKEN, OTHER_TOKEN))),
    ),
    _rewrite(
        "token-without-scheme",
        "A token is taken without the word Bearer.",
        "no-token-no-answer",
        lambda: answers(
            lambda asked, _answer: (
                asked.operation == "list_running_jobs" and asked.headers.get(b"authorization", b"").startswith(b"user:")
            ),
            200,
            [],
        ),
    ),
)
