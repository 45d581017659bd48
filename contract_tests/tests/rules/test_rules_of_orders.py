"""What the rules of orders say, word for word, and where they say nothing."""

from typing import Any

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    MIDI,
    OTHER,
    OTHERS,
    PASSED,
    SILENT,
    UNCLEAR,
    VOICE,
    at_once,
    judged,
    music,
    order,
    ordered,
    page,
    read,
    said,
    sung,
)
from tempolor_contract import Exchange

NO_JOB = "user:12345-tempolor:111-job:z9"


def shown(material: Any = None, status: int = 30, job: str = JOB, **details: Any) -> dict[str, Any]:
    """Return an item with these musical facts and details."""
    return music(status, job=job, musicMaterial=material, ltmMaterialExtendDto=details)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "jobs-match-item-ids": [
        (SILENT, [ordered({}, 400)]),
        (PASSED, [ordered({"jobs": [JOB, VOICE]})]),
        ("[1] the order was taken, but its jobs are None: no id to poll", [ordered({})]),
        ("[1] the order was taken, but its jobs are []: no id to poll", [ordered({"jobs": []})]),
        (
            f"[1] the answer names a job twice: ['{JOB}', '{JOB}']",
            [ordered({"jobs": [JOB, JOB], "itemIds": ["a1", "a1"]})],
        ),
        (
            f"[1] itemIds ['a1', 'v1'] are not the last parts of jobs ['{JOB}', '{VOICE}']",
            [ordered({"jobs": [JOB, VOICE], "itemIds": ["a1", "v1"]})],
        ),
        (PASSED, [ordered({"jobs": [JOB, "x"], "itemIds": ["a1", None]})]),
    ],
    "jobs-are-new": [
        (PASSED, [order(), ordered({"jobs": [JOB]}, 400)]),
        (PASSED, at_once(order(), order())),
        (f"[1, 2] the order was answered with the job {JOB}, which existed before", [read(music()), order(JOB2, JOB)]),
        (
            f"[1, 2] the order was answered with the job {JOB2}, which existed before",
            [order(JOB, JOB2), order(NO_JOB, JOB2, JOB)],
        ),
    ],
    "result-means-success": [
        (SILENT, [ordered({"result": False}, 400)]),
        (SILENT, [ordered({"jobs": [JOB]})]),
        (PASSED, [order()]),
        ("[1] it was answered 200, but its result is 1, not true", [ordered({"result": 1})]),
    ],
    "voice-and-midi-exclude-each-other": [
        (SILENT, [order(midiItemId=MIDI)]),
        *((SILENT, [sung(status, midiItemId=MIDI, clonedVoiceItemId=VOICE)]) for status in (*UNCLEAR, 404)),
        (PASSED, [sung(400, midiItemId=MIDI, clonedVoiceItemId=VOICE)]),
        (
            (
                "[1] artistVoiceItemId and clonedVoiceItemId and midiItemId exclude each other, but an order "
                "with them was answered 200, not 400"
            ),
            [order(artistVoiceItemId="a", midiItemId=MIDI, clonedVoiceItemId=VOICE)],
        ),
    ],
    "order-goes-to-its-account": [
        (SILENT, [ordered({"jobs": [JOB]}, 400, user_id=OTHER)]),
        (SILENT, [ordered({"jobs": ["x"]}, user_id=OTHER)]),
        (SILENT, [order()]),
        (SILENT, [order(user_id=222)]),
        (PASSED, [order(user_id=ACCOUNT)]),
        (
            "[1] the order was for account 111, but its jobs are on account ['111', '222']",
            [order(JOB, OTHERS, user_id=ACCOUNT)],
        ),
    ],
    "order-comes-back": [
        *((PASSED, [order(prompt=f"A {no_text}"), read(shown({"otherInfo": "A"}))]) for no_text in ("\0", "\udfff")),
        *(
            (
                (
                    f"[2, 3, 4] the order of {JOB2} gave {field}, which its item does not show, as that of another "
                    "order does"
                ),
                [
                    order(kind=kind, **{field: value}),
                    read(first),
                    order(JOB2, kind=kind, **{field: value}),
                    read(music(30, job=JOB2)),
                ],
            )
            for kind, field, value, first in (
                ("instrumental", "chords", "C", shown({"chord": "C"})),
                ("instrumental", "bpm", 73, shown({"bpm": 73})),
                ("song", "lyrics", "l", shown({}, lyricsPrompt="l")),
                ("song", "prompt", "p", shown({}, description="p")),
            )
        ),
        *(
            (PASSED, [order(prompt="p"), read(shown({"otherInfo": "p"})), order(JOB2, prompt="q", kind=kind), later])
            for kind, later in (
                ("song", read(shown({}, job=JOB2, prompt="q"))),
                ("song", read(music(job=JOB2))),
                ("song", page("/music", music(30, job=JOB2))),
                ("instrumental", read(music(30, job=JOB2))),
            )
        ),
        (
            PASSED,
            [
                order(prompt="p"),
                order(JOB2, prompt="q"),
                *at_once(read(shown({"otherInfo": "p"})), read(music(30, job=JOB2))),
            ],
        ),
        (SILENT, [read(shown({"bpm": 9}))]),
        (SILENT, [read(music()), read(shown({"bpm": 9}))]),
        (
            PASSED,
            [
                order(kind="instrumental", bpm="73", chord="C", tonality=""),
                read(shown({"bpm": 73, "chord": "C", "key": "D"})),
            ],
        ),
        *(
            (
                f"[1, 2] the order of {JOB} gave otherInfo {sent!r}, and the item shows {seen!r}; {where}",
                [order(prompt=sent), read(shown({"otherInfo": seen}))],
            )
            for sent, seen, where in (
                ("a cafe\u0301", "a caf\xe9", "they differ from character 6 on, 'e\\u0301' became '\\xe9'"),
                ("ab\u00a0", "ab ", "they differ from character 3 on, '\\xa0' became ' '"),
            )
        ),
        (PASSED, [order(kind="instrumental", chord="D", chords="C"), read(shown({"chord": "C"}))]),
        (PASSED, [order(kind="instrumental", bpm=73), read(music())]),
        (
            (
                f"[1, 2] the order of {JOB} gave otherInfo 'p', and the item shows 'q' [1, 2] the order of {JOB} "
                f"gave description 'p', and the item shows 's' [1, 2] the order of {JOB} gave prompt 'p', and "
                "the item shows 'r'"
            ),
            [order(prompt="p"), read(shown({"otherInfo": "q"}, prompt="r", description="s"))],
        ),
        (
            f"[1, 2] the order of {JOB} gave lyricsPrompt 'l', and the item shows 'm'",
            [order(lyrics="l", tonality="D:minor"), read(shown({"key": "C"}, lyricsPrompt="m"))],
        ),
        (
            (
                f"[1, 2] the order of {JOB} gave key 'D:minor', and the item shows 'C' [1, 2] the order of {JOB} gave "
                "chord 'C', and the item shows 'D'"
            ),
            [
                order(kind="instrumental", lyrics="l", tonality="D:minor", chords="C"),
                read(shown({"key": "C", "chord": "D"}, lyricsPrompt="m")),
            ],
        ),
        (
            f"[1, 2] the order of {JOB} gave bpm 1, and the item shows 2",
            [order(JOB, kind="instrumental", bpm=1), page("/music", music(job=JOB2), shown({"bpm": 2}))],
        ),
        (
            f"[1, 2] the order of {JOB} gave bpm 1, and the item shows 2",
            [
                order(JOB, JOB2, kind="instrumental", bpm=1),
                page("/music", shown({"bpm": 2}), shown({"bpm": 1}, job=JOB2)),
            ],
        ),
        (PASSED, [order(kind="instrumental", bpm=1), order(kind="instrumental", bpm=2), read(shown({"bpm": 1}))]),
    ],
    "sources-come-back": [
        (SILENT, [read(shown(ltmMidiModel=True))]),
        (SILENT, [read(music()), read(shown(ltmMidiModel=True))]),
        (SILENT, [order(kind="instrumental"), read(shown(ltmMidiModel=True))]),
        (SILENT, [order(), read(shown())]),
        (PASSED, [order(), read(shown(ltmMidiModel=False, ltmVocalModel=False))]),
        (PASSED, [order(artistVoiceItemId="a"), read(shown(ltmVocalModel=True))]),
        (PASSED, [order(clonedVoiceItemId=VOICE), read(shown(ltmVocalModel=True))]),
        (
            (
                "[1, 2] the order chose no voice, but ltmVocalModel of its item is True [1, 2] the order chose "
                "a MIDI file, but ltmMidiModel of its item is False"
            ),
            [order(midiItemId=MIDI), read(shown(ltmVocalModel=True, ltmMidiModel=False))],
        ),
        (
            "[1, 2] the order chose a voice, but ltmVocalModel of its item is 1",
            [
                order(JOB, JOB2, clonedVoiceItemId=VOICE),
                page("/music", music(job=NO_JOB), shown(ltmVocalModel=1), shown(job=JOB2, ltmVocalModel=True)),
            ],
        ),
    ],
    "model-comes-back": [
        (SILENT, [read(shown(modelShowName="v3"))]),
        (SILENT, [order(), read(shown(modelShowName="v4.5+"))]),
        (PASSED, [order(kind="instrumental"), read(shown(modelShowName="i3.5 beta"))]),
        (PASSED, [order(model_song="v3"), read(shown(modelShowName="v3"))]),
        (
            f"[1, 2] the order of {JOB} was for the model i3, and the item shows i3.5 beta",
            [order(kind="instrumental", model_instrumental="i3"), read(shown(modelShowName="i3.5 beta"))],
        ),
        (
            f"[1, 2] the order of {JOB2} was for the model v3.5, and the item shows v3",
            [order(JOB, JOB2), page("/music", shown(modelShowName="v9"), shown(job=JOB2, modelShowName="v3"))],
        ),
        (
            f"[1, 2] the order of {JOB} was for the model v3.5, and the item shows v3",
            [order(JOB, JOB2), page("/music", shown(modelShowName="v3"), shown(job=JOB2, modelShowName="v3.5"))],
        ),
    ],
    "length-keeps-to-the-model": [
        (SILENT, [read(shown({"dur": 999}, status=0, modelShowName="v3"))]),
        (SILENT, [read(shown({"dur": 999}, modelShowName="v9"))]),
        (SILENT, [read(shown({"dur": "999"}, modelShowName="v3"))]),
        *((PASSED, [read(shown({"dur": 122}, modelShowName=each))]) for each in ("v3", "i3")),
        *((PASSED, [read(shown({"dur": 272}, modelShowName=each))]) for each in ("v3.5", "i3.5 beta")),
        (PASSED, [read(shown({"dur": 0.5}, modelShowName="v3"))]),
        (
            f"[1] {JOB} by i3.5 beta lasts 272.5 s, but that model makes 270 s at most",
            [read(shown({"dur": 272.5}, modelShowName="i3.5 beta"))],
        ),
        (
            f"[1] {JOB2} by v3 lasts 0 s, but that model makes 120 s at most",
            [page("/music", shown({"dur": 999}), shown({"dur": 0}, job=JOB2, modelShowName="v3"))],
        ),
        (SILENT, [read(music(30, musicMaterial=5, ltmMaterialExtendDto=5))]),
    ],
    "plan-adds-up": [
        (SILENT, [ordered({"remainNum": 3, "totalNum": 2}, 400)]),
        (SILENT, [ordered({"remainNum": 3, "totalNum": 2, "unlimited": True})]),
        (SILENT, [ordered({"remainNum": "3", "totalNum": 2})]),
        (SILENT, [ordered({"remainNum": 3, "totalNum": "2"})]),
        (PASSED, [ordered({"remainNum": 0, "totalNum": 0})]),
        ("[1] remainNum is -1 and totalNum 2: more is left than there is", [ordered({"remainNum": -1, "totalNum": 2})]),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_orders_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


@pytest.mark.parametrize(
    "shown", ["", "Caf\u00e9 \U0001f3b5", " Cafe\u0301 \U0001f3b5", "Cafe\u0301 \U0001f3b5", "Cafe\u0301 "]
)
def test_a_text_comes_back_code_point_by_code_point(shown):
    """An empty text is no echo, nor is one that was composed, trimmed, or lost what is not in the first plane."""
    sent = "Cafe\u0301 \U0001f3b5 "
    for kind, field, item in (
        ("song", "lyrics", {"ltmMaterialExtendDto": {"lyricsPrompt": shown}}),
        ("instrumental", "chords", {"musicMaterial": {"chord": shown}}),
    ):
        assert judged("order-comes-back", order(kind=kind, **{field: sent}), read(music(**item))).violations
