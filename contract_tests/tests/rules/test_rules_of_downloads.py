"""What the rules of downloads say, word for word, and where they say nothing."""

from typing import Any

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    PASSED,
    SILENT,
    answered,
    at_once,
    call,
    error,
    judged,
    music,
    page,
    read,
    said,
    stored,
)
from tempolor_contract import Exchange

ENDED = 1_747_731_600_000
URL = "http://files.example/a"


def link(kind: str = "mp3", status: int = 200, url: Any = URL, **fields: Any) -> Exchange:
    """Return a download call; `kind` may be empty."""
    answer = {"url": url, **fields} if status == 200 else error(status)
    return call("GET", f"/music/download/{JOB}", status, answer, query={"file_format": kind} if kind else None)


def told(seconds: int) -> Exchange:
    """Return a list that tells the service's time, so many seconds after a job has ended."""
    return call("GET", "/music/artist-voices", 200, {"records": [], "sysTime": ENDED + seconds * 1000})


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "download-has-a-link": [
        (SILENT, [link(status=400)]),
        *((PASSED, [link(url=each)]) for each in ("http://x", "https://x")),
        ("[1] url is None, which is no address that starts with http", [link(url=None)]),
        ("[1] url is 'ftp://x', which is no address that starts with http", [link(url="ftp://x")]),
    ],
    "lifetime-is-in-seconds": [
        (SILENT, [link()]),
        (SILENT, [answered(f"/music/download/{JOB}", 400, {"remainSeconds": -1})]),
        (PASSED, [link(remainSeconds=0)]),
        (PASSED, [link(remainSeconds=31 * 86_400)]),
        ("[1] remainSeconds is -1: the link had expired when it was handed out", [link(remainSeconds=-1)]),
        (
            "[1] remainSeconds is 2678401: a link that lasts 31 days, unless that counts milliseconds",
            [link(remainSeconds=31 * 86_400 + 1)],
        ),
    ],
    "download-only-when-complete": [
        (SILENT, [link()]),
        (SILENT, [read(music(10)), link(status=400)]),
        (SILENT, [read(music()), link()]),
        (SILENT, at_once(read(music(10)), link())),
        (SILENT, [link(), read(music())]),
        (SILENT, [read(music()), *at_once(link(), read(music()))]),
        (SILENT, [read(music()), link(), read(music(30))]),
        (
            (
                f"[2, 3] {JOB} is at work, so its download was to be a 400 with 'Generation is not completed yet (0)', "
                "but it was answered 400 before: Something"
            ),
            [read(music()), link(status=400), read(music())],
        ),
        (PASSED, [read(music(30)), link()]),
        (f"[1, 2] {JOB} has FAILED, but its download was answered with a file", [read(music(10)), link()]),
        (
            f"[2, 4] {JOB} could be downloaded before it was COMPLETED",
            [read(music()), link(""), link("wav"), page("/music", music(job=JOB2), music())],
        ),
    ],
    "complete-can-be-downloaded": [
        (SILENT, [link()]),
        (SILENT, [read(music(10)), link(status=400)]),
        (SILENT, [read(music(30)), link("flac", 400)]),
        (SILENT, [read(music(30)), link(status=401)]),
        (SILENT, [read(music(30)), answered(f"/music/{JOB}", 500, method="DELETE"), link(status=400)]),
        (SILENT, [read(music(30)), link(status=404)]),
        (SILENT, at_once(read(music(30)), link(status=400))),
        (
            f"[2, 4] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link(""), link(), link(status=404)],
        ),
        (
            f"[2, 3] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link("wav"), link("wav", 404)],
        ),
        (
            f"[2, 3] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link(), link("", 404)],
        ),
        (SILENT, [told(599), read(music(30, updateTime=ENDED)), link(status=404)]),
        (SILENT, [told(600), read(music(30)), link(status=404)]),
        (SILENT, [read(music(30, updateTime=ENDED)), link(status=404), told(600)]),
        (
            f"[1, 3] {JOB} has been COMPLETED for 600 s by the service's own clock, but its download is a 404",
            [read(music(30, updateTime=ENDED)), told(600), link(status=404)],
        ),
        (PASSED, [read(music(30)), link("wav"), link("", 404)]),
        (PASSED, [read(music(30)), *at_once(link(), link(status=404))]),
        (f"[1, 2] {JOB} was COMPLETED, but its download is a 400: Something", [read(music(30)), link("stems", 400)]),
        (f"[1, 2] {JOB} was COMPLETED, but its download is a 400: Something", [read(music(30)), link("", 400)]),
        (SILENT, [stored(), read(music(30)), call("DELETE", f"/accounts/{ACCOUNT}", 500), link(status=400)]),
        (
            f"[2, 4] {JOB} was COMPLETED, but its download is a 400: Something",
            [stored("222"), read(music(30)), call("DELETE", "/accounts/222", 204), link(status=400)],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_downloads_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


@pytest.mark.parametrize("removed", [False, True], ids=["kept", "removed"])
def test_music_may_be_out_of_reach_once_its_account_is_removed(removed):
    """A file that could be had and is gone breaks the rule, unless the account it belongs to was taken away."""
    removal = [call("DELETE", f"/accounts/{ACCOUNT}", 204, None)] if removed else []

    tally = judged("complete-can-be-downloaded", stored(), read(music(30)), link(), *removal, link(status=404))

    assert bool(tally.violations) is not removed
