"""Mutants of the schema: a field that is missing, or of another type."""

from functools import partial
from typing import Final

from ..mutant import Kind
from ..rewriting import ITEM, at, edit, put, rewritten, when, without

_rewrite = partial(rewritten, Kind.SCHEMA)
_FITS: Final = "answer-fits-schema"

MUTANTS: Final = (
    _rewrite(
        "account-without-limit",
        "An account has no `maxJobs`.",
        f"{_FITS} account-keeps-its-limit",
        lambda: edit(["get_account"], without("maxJobs")),
    ),
    _rewrite(
        "accounts-as-a-list",
        "The accounts come as a list.",
        _FITS,
        lambda: edit(["list_accounts"], lambda data: list(data.values())),
    ),
    _rewrite(
        "progress-as-text",
        "`progress` is a text.",
        _FITS,
        lambda: edit(ITEM, at("progress", str)),
    ),
    _rewrite(
        "unknown-status",
        "A job at work has status 20.",
        f"{_FITS} status-triple-agrees",
        lambda: edit(ITEM, at("status", when(lambda status: status == 0, put(20)))),
    ),
    _rewrite("title-null", "A title is null.", _FITS, lambda: edit(ITEM, at("titleEn", put(None)))),
    _rewrite(
        "midi-name-as-number",
        "The name of a MIDI file is a number.",
        _FITS,
        lambda: edit(["list_midi"], at("records.*.name", put(7))),
    ),
    _rewrite(
        "error-without-code",
        "A 404 has no `code`.",
        "error-envelope",
        lambda: edit([], without("code"), 404),
    ),
    _rewrite(
        "error-code-as-text",
        "The `code` of a 400 is a text.",
        "error-envelope",
        lambda: edit([], at("code", str), 400),
    ),
    _rewrite(
        "jobs-as-text",
        "`jobs` of an order is one text.",
        f"{_FITS} jobs-match-item-ids",
        lambda: edit(["create_song"], at("jobs", ",".join)),
    ),
    _rewrite(
        "elapsed-in-seconds",
        "`elapsed` is a number of seconds.",
        _FITS,
        lambda: edit(["list_running_jobs"], at("*.elapsed", put("12"))),
    ),
    _rewrite(
        "available-as-text",
        "`available` of an account is a text.",
        _FITS,
        lambda: edit(["get_available_capacity"], at("available.*.available", str)),
    ),
    _rewrite(
        "busy-without-started",
        "A running job in a 429 has no `started`.",
        "busy-body-is-one-of-two error-envelope",
        lambda: edit([], at("runningJobs.*.*", without("started")), 429),
    ),
    _rewrite(
        "has-next-as-text",
        "`hasNext` is a text.",
        _FITS,
        lambda: edit(["list_music"], at("hasNext", str)),
    ),
    _rewrite(
        "scheduler-wrapped",
        "The running jobs come inside an object.",
        _FITS,
        lambda: edit(["list_running_jobs"], lambda data: {"executing": data}),
    ),
    _rewrite(
        "tempo-with-fraction",
        "`bpm` of an item is no whole number.",
        f"{_FITS} order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.bpm", lambda bpm: bpm + 0.5)),
    ),
)
