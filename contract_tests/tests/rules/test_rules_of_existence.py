"""What the rules of what is there say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    MIDI,
    OLD_MIDI,
    OTHER,
    PASSED,
    REMOVAL_CRASHED,
    SILENT,
    TOKEN,
    UNCLEAR,
    VOICE,
    at_once,
    call,
    cloned,
    deleted,
    judged,
    midi,
    midi_files,
    music,
    order,
    page,
    read,
    said,
    stored,
    voices,
)
from tempolor_contract import Exchange


def unrecorded(exchange: Exchange) -> Exchange:
    """Return a call whose bodies somebody left out."""
    assert exchange.response is not None
    bare = replace(exchange.request, body=b"", truncated=True)
    return replace(exchange, request=bare, response=replace(exchange.response, body=b"", truncated=True))


def got(job: str, status: int = 200, **options: Any) -> Exchange:
    """Return a poll by a path of any shape."""
    return call("GET", f"/music/{job}", status, {}, **options)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "malformed-id-is-400": [
        *((SILENT, [got("nope", status)]) for status in (*UNCLEAR, 405)),
        (SILENT, [got("nope", 404, token=None)]),
        (SILENT, [got("song", 404)]),
        (SILENT, [got(JOB, 404)]),
        (PASSED, [got(VOICE, 400)]),
        ("[1] 'nope' has not the form of a midiItemId, and was answered 404, not 400", [deleted("midi/nope", 404)]),
        (
            f"[1] '{JOB}' has not the form of a clonedVoiceItemId, and was answered 200, not 400",
            [deleted(f"cloned-voices/{JOB}")],
        ),
    ],
    "what-was-made-can-be-found": [
        (SILENT, [got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB, 500), got(JOB, 404)]),
        *((SILENT, [order(), got(JOB, status)]) for status in UNCLEAR),
        (SILENT, [order(), call("DELETE", f"/scheduler/{JOB}", 404)]),
        (SILENT, [order(), call("GET", f"/music/download/{JOB}", 404)]),
        (SILENT, [stored(), order(), REMOVAL_CRASHED, got(JOB, 404)]),
        (SILENT, [order(), stored(), got(JOB, 404)]),
        (SILENT, at_once(order(), got(JOB, 404))),
        (PASSED, [order(), deleted(JOB, 400)]),
        (
            f"[2, 3] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(), order(), got(JOB, 404)],
        ),
        (
            f"[1, 2] {MIDI} was there and nobody has deleted it, but now it is answered 404",
            [midi(), deleted(f"midi/{MIDI}", 404)],
        ),
        (
            f"[1, 2] {VOICE} was there and nobody has deleted it, but now it is answered 404",
            [cloned(), deleted(f"cloned-voices/{VOICE}", 404)],
        ),
        (f"[1, 2] {JOB} was there and nobody has deleted it, but now it is answered 404", [order(), deleted(JOB, 404)]),
        # What an account had may go with it, and does not come back with another of its name.
        (SILENT, [stored(), midi(), REMOVAL_CRASHED, stored(), deleted(f"midi/{MIDI}", 404)]),
        (SILENT, [stored(), cloned(), REMOVAL_CRASHED, stored(), deleted(f"cloned-voices/{VOICE}", 404)]),
        (SILENT, [stored(), order(), REMOVAL_CRASHED, stored(), got(JOB, 404)]),
        (
            f"[2, 4] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(), order(), call("DELETE", f"/accounts/{ACCOUNT}", 404), got(JOB, 404)],
        ),
        (
            f"[2, 4] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(OTHER), order(), call("DELETE", f"/accounts/{OTHER}", 204), got(JOB, 404)],
        ),
        # What was changed cannot be known where it was not recorded.
        (
            f"[1, 3] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [order(), unrecorded(call("GET", "/accounts", 200, {})), got(JOB, 404)],
        ),
        (SILENT, [order(), unrecorded(stored()), got(JOB, 404)]),
        (
            f"[1, 3] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [order(), unrecorded(call("POST", "/music/song", 400, sent={})), got(JOB, 404)],
        ),
    ],
    "deleted-is-gone": [
        (SILENT, [order(), got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB, 500), got(JOB)]),
        (SILENT, [order(), deleted(JOB, 404), got(JOB)]),
        *((SILENT, [order(), deleted(JOB), got(JOB, status)]) for status in UNCLEAR),
        (SILENT, [order(), *at_once(deleted(JOB), got(JOB))]),
        (SILENT, [order(), *at_once(deleted(JOB), deleted(JOB, 404))]),
        (
            f"[2, 3] {JOB} was deleted by two calls at once, and both were answered 200",
            [order(), *at_once(deleted(JOB), deleted(JOB))],
        ),
        (PASSED, [order(), deleted(JOB), call("DELETE", f"/scheduler/{JOB}", 204)]),
        (PASSED, [order(), deleted(JOB), got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB), call("GET", f"/music/download/{JOB}", 400, query={"file_format": "ogg"})]),
        (
            f"[2, 3] {JOB} was deleted, but delete_music was answered 200, not 404",
            [order(), deleted(JOB), deleted(JOB)],
        ),
        (f"[2, 3] {JOB} was deleted, but get_music was answered 400, not 404", [order(), deleted(JOB), got(JOB, 400)]),
        (
            f"[2, 3] {MIDI} was deleted, but delete_midi was answered 200, not 404",
            [midi(), deleted(f"midi/{MIDI}"), deleted(f"midi/{MIDI}")],
        ),
        (SILENT, [midi(), midi_files(MIDI)]),
        (SILENT, [midi(), deleted(f"midi/{MIDI}"), midi_files(MIDI, status=404)]),
        (SILENT, [midi(), deleted(f"midi/{MIDI}"), page("/music")]),
        (PASSED, [midi(), deleted(f"midi/{MIDI}"), midi_files()]),
        (PASSED, [midi(), *at_once(deleted(f"midi/{MIDI}"), midi_files(MIDI))]),
        (
            f"[2, 3] {MIDI} was deleted, but is still listed",
            [midi(), deleted(f"midi/{MIDI}"), midi_files(OLD_MIDI, MIDI)],
        ),
        (
            f"[2, 3] {JOB} was deleted, but is still listed",
            [order(JOB, JOB2), deleted(JOB), page("/music", music(job=JOB2), music())],
        ),
        (f"[2, 3] {VOICE} was deleted, but is still listed", [cloned(), deleted(f"cloned-voices/{VOICE}"), voices({})]),
        (
            (
                f"[2, 3] {JOB} was deleted, but delete_music was answered 200, not 404 [2, 4] {JOB} was deleted, "
                "but get_music was answered 200, not 404"
            ),
            [order(), deleted(JOB), deleted(JOB), got(JOB)],
        ),
    ],
    "ids-belong-to-their-user": [
        (SILENT, [got(JOB, token="opaque")]),
        (SILENT, [got("nope", token="user:777-x")]),
        (SILENT, [got(JOB, 500, token="user:777-x")]),
        (SILENT, [got(JOB, token=TOKEN)]),
        (PASSED, [got(JOB, 404, token="user:777-x")]),
        (
            f"[1] with a token of user 777, delete_midi worked on {MIDI}, which is another user's",
            [call("DELETE", f"/music/midi/{MIDI}", 200, {}, token="user:777-x")],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_existence_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


def test_two_users_with_one_number_are_not_told_apart():
    """The same number may be the same user with a new token."""
    tally = judged(
        "ids-belong-to-their-user", read(music()), call("GET", f"/music/{JOB}", 200, music(), token=TOKEN + "2")
    )

    assert tally.verdict == "never-reached"
