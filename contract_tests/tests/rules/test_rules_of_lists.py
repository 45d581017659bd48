"""What the rules of lists and their pages say, word for word, and where they say nothing."""

from dataclasses import replace
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
    UPLOAD,
    UPLOADED,
    VOICE,
    at_once,
    call,
    music,
    order,
    page,
    read,
    said,
    second_item,
    stored,
)
from tempolor_contract import Exchange

CLONED = call("POST", "/music/cloned-voices", 202, {"clonedVoiceItemId": VOICE}, **UPLOAD)


def pages(
    *records: dict[str, Any], status: int = 200, cursor: str = "", path: str = "/music", **query: str
) -> Exchange:
    """Return the last page of a list, asked for with a cursor if there is one, of an account if `query` names one."""
    answer = {"records": list(records), "hasNext": False, "cursor": ""}
    return call("GET", path, status, answer, query=query | ({"cursor": cursor} if cursor else {}))


DELETED_MIDI = call("DELETE", f"/music/midi/{MIDI}", 200, {"result": True})


def following(*records: dict[str, Any], cursor: str = "", path: str = "/music") -> Exchange:
    """Return the second page of a list, and the cursor of the third."""
    return replace(page(path, *records, cursor=cursor), request=pages(cursor="c", path=path, user_id=ACCOUNT).request)


def twice(status: int) -> Exchange:
    """Return an order by form that names two accounts."""
    part = '--b\r\nContent-Disposition: form-data; name="user_id"\r\n\r\n{}\r\n'
    sent = "".join([*map(part.format, (ACCOUNT, OTHER)), "--b--\r\n"]).encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return call("POST", "/music/song", status, {"jobs": [JOB2]}, sent=sent, headers=headers)


def empty(number: int) -> Exchange:
    """Return an empty page of a list that goes on; its cursor is its number."""
    return replace(page("/music", cursor=f"{number + 1}"), request=pages(cursor=f"{number}", user_id=ACCOUNT).request)


def extra(**fields: Any) -> dict[str, Any]:
    """Return an item with these details."""
    return music(ltmMaterialExtendDto=fields)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "more-pages-have-a-cursor": [
        (SILENT, [call("GET", "/music", 404, {"hasNext": True})]),
        (SILENT, [call("GET", "/music", 200, {"records": []})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": False})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": 1})]),
        (
            "[1] hasNext is true, but the page has no cursor to ask for the next one with",
            [call("GET", "/music", 200, {"hasNext": True})],
        ),
        (PASSED, [call("GET", "/music", 200, {"hasNext": True, "cursor": "d"}, query={"cursor": "c"})]),
        (
            "[1] hasNext is true, but the cursor of the next page is that of this one, 'c'",
            [call("GET", "/music", 200, {"hasNext": True, "cursor": "c"}, query={"cursor": "c"})],
        ),
    ],
    "last-page-has-no-cursor": [
        (SILENT, [call("GET", "/music", 404, {"hasNext": False, "cursor": "c"})]),
        (SILENT, [call("GET", "/music", 200, {"hasNext": True, "cursor": "c"})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": False})]),
        (
            "[1] hasNext is false, so there is no next page, but the cursor is 'c', not empty",
            [call("GET", "/music", 200, {"hasNext": False, "cursor": "c"})],
        ),
    ],
    "newest-comes-first": [
        (SILENT, [page("/music", music(createTime=1), second_item(createTime="2"))]),
        (SILENT, [pages(music(createTime=1), second_item(createTime=2), status=404)]),
        (PASSED, [page("/music", music(createTime=2), second_item(createTime=2))]),
        (
            ("[1] the newest item is not first: their createTime are, from the top, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"),
            [page("/music", *(music(createTime=each) for each in range(12)))],
        ),
    ],
    "type-filters": [
        (SILENT, [pages(extra(modelShowName="i3"), status=404)]),
        (SILENT, [pages(extra(modelShowName="video"))]),
        (SILENT, [pages(music())]),
        (PASSED, [order(), pages(music(), second_item())]),
        (PASSED, [order(kind="instrumental"), pages(music(), type="instrumental")]),
        (PASSED, [order(), pages(music(), type="")]),
        (
            f"[2] {JOB} is of the type song, but the list was asked for the type instrumental",
            [order(), pages(second_item(), music(), type="instrumental")],
        ),
        (
            f"[1] {JOB} is of the type song, but the list was asked for the type instrumental",
            [pages(music(childType="lyric_to_material"), type="instrumental")],
        ),
        (
            f"[2] {JOB} is of the type instrumental, but the list was asked for the type song",
            [read(music()), pages(extra(modelShowName="i3.5 beta"))],
        ),
        (
            f"[2] {JOB} is of the type song, but the list was asked for the type instrumental",
            [order(), pages(extra(modelShowName="i3"), type="instrumental")],
        ),
    ],
    "list-keeps-to-its-account": [
        (SILENT, [pages(music(), user_id=OTHER, status=404)]),
        (SILENT, [pages(music())]),
        (PASSED, [pages({"job_id": "a1"}, user_id=OTHER)]),
        (PASSED, [pages(music(), {"job_id": "a1"}, user_id=ACCOUNT)]),
        (
            "[1] the list was asked for account 111, and shows things of ['222']",
            [pages(music(), music(job=OTHERS), user_id=ACCOUNT)],
        ),
        (
            "[1] the list was asked for account 222, and shows things of ['111']",
            [pages({"midiItemId": MIDI}, path="/music/midi", user_id=OTHER)],
        ),
    ],
    "pages-hold-still": [
        (SILENT, [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=ACCOUNT)]),
        (SILENT, [order(), page("/music", cursor="c"), pages(cursor="c", user_id=ACCOUNT)]),
        (SILENT, [page("/music", music(), cursor="c"), UPLOADED, pages(music(), cursor="d", user_id=ACCOUNT)]),
        (SILENT, [page("/music", music(), cursor="c"), UPLOADED, pages(cursor="c", user_id=ACCOUNT, status=400)]),
        (SILENT, [UPLOADED, pages(music(), music(), user_id=ACCOUNT)]),
        (PASSED, [page("/music", music(), cursor="c"), UPLOADED, pages(second_item(), cursor="c", user_id=ACCOUNT)]),
        (
            f"[1, 3] {JOB} is on two pages of one list, since something was made while they were turned",
            [page("/music", music(), cursor="c"), UPLOADED, pages(music(), cursor="c", user_id=ACCOUNT)],
        ),
        (SILENT, [order(), DELETED_MIDI, page("/music", cursor="c"), pages(cursor="c", user_id=ACCOUNT)]),
        (SILENT, [UPLOADED, order(), page("/music", cursor="c"), DELETED_MIDI, following(cursor="d")]),
        (PASSED, [UPLOADED, order(), page("/music", cursor="c"), DELETED_MIDI, following(music())]),
        (PASSED, [UPLOADED, page("/music/midi", cursor="c"), DELETED_MIDI, following(path="/music/midi")]),
        (
            (
                f"[3, 5] {JOB} exists, but is on none of the 2 pages of the list, since something was deleted while "
                "they were turned"
            ),
            [UPLOADED, order(), page("/music", cursor="c"), DELETED_MIDI, following()],
        ),
    ],
    "pages-neither-lose-nor-repeat": [
        (PASSED, [UPLOADED, order(), page("/music", cursor="c"), DELETED_MIDI, following()]),
        (SILENT, [pages(cursor="c", status=400)]),
        (PASSED, [page("/music", cursor="c"), pages(cursor="c", status=400)]),
        (PASSED, [page("/music", cursor="c"), pages(cursor="c", user_id=ACCOUNT), pages(cursor="d", status=400)]),
        (
            "[2, 3] a page was there, and asked for again with the same cursor, it was answered 400: ",
            [
                page("/music", cursor="c"),
                pages(cursor="c", user_id=ACCOUNT),
                pages(cursor="c", status=400, user_id=ACCOUNT),
            ],
        ),
        (
            PASSED,
            [
                page("/music", cursor="c"),
                *at_once(pages(cursor="c", user_id=ACCOUNT), pages(cursor="c", status=400, user_id=ACCOUNT)),
            ],
        ),
        (SILENT, [pages(music(), music(), status=404)]),
        (f"[1] {JOB} is twice on one page", [pages(music(), second_item(), music())]),
        # A walk goes on with its own cursor alone.
        (SILENT, [pages(music(), cursor="c")]),
        (PASSED, [order(), page("/music", cursor="c"), pages(cursor="d", user_id=ACCOUNT)]),
        (PASSED, [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=OTHER)]),
        (
            PASSED,
            [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=ACCOUNT, type="instrumental")],
        ),
        (
            f"[1, 2] {JOB} is on two pages of one list",
            [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=ACCOUNT, type="song")],
        ),
        (
            f"[1, 2, 3] {JOB} is on two pages of one list",
            [
                page("/music", music(), cursor="c"),
                replace(page("/music", second_item(), cursor="d"), request=pages(cursor="c", user_id=ACCOUNT).request),
                pages(music(), cursor="d", user_id=ACCOUNT),
            ],
        ),
        (PASSED, [page("/music", music(), cursor="0"), *map(empty, range(4))]),
        (PASSED, [page("/music", music(), cursor="0"), *map(empty, range(4)), pages(cursor="4", user_id=ACCOUNT)]),
        (
            "[2, 3, 6] 5 pages in a row are empty, and the last of them says that there are more",
            [page("/music", music(), cursor="0"), *map(empty, range(5))],
        ),
        # What is made while somebody walks moves the rest down.
        (PASSED, [page("/music", music(), cursor="c"), order(JOB2), pages(music(), cursor="c", user_id=ACCOUNT)]),
        (PASSED, [page("/music", music(), cursor="c"), UPLOADED, pages(music(), cursor="c", user_id=ACCOUNT)]),
        (
            PASSED,
            [
                page("/music", music(), cursor="c"),
                call("POST", "/music/song", 500, sent={"prompt": "x"}),
                pages(music(), cursor="c", user_id=ACCOUNT),
            ],
        ),
        (
            f"[3, 4] {JOB} is on two pages of one list",
            [order(JOB2), UPLOADED, page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=ACCOUNT)],
        ),
        (
            f"[1, 3] {JOB} is on two pages of one list",
            [page("/music", music(), cursor="c"), read(second_item()), pages(music(), cursor="c", user_id=ACCOUNT)],
        ),
        # Which account an order is for that names two, nobody knows; a question that says two things makes nothing.
        (PASSED, [page("/music", music(), cursor="c"), twice(200), pages(music(), cursor="c", user_id=ACCOUNT)]),
        *(
            (
                f"[1, 3] {JOB} is on two pages of one list",
                [page("/music", music(), cursor="c"), asked, pages(music(), cursor="c", user_id=ACCOUNT)],
            )
            for asked in (twice(400), call("GET", "/music?type=song&type=x", 200, {"records": []}))
        ),
        # Only a last page can lack anything.
        (PASSED, [order(), page("/music", cursor="c")]),
        (
            f"[2, 3] {JOB} exists, but is on none of the 2 pages of the list",
            [order(), page("/music", cursor="c"), pages(cursor="c", user_id=ACCOUNT)],
        ),
        (PASSED, [order(), page("/music", music(), cursor="c"), pages(second_item(), cursor="c", user_id=ACCOUNT)]),
        (
            f"[2] {JOB2} exists, but is on none of the 1 pages of the list",
            [order(JOB, JOB2), pages(music(), user_id=ACCOUNT)],
        ),
        (
            f"[2] {JOB} exists, but is on none of the 1 pages of the list",
            [order(kind="instrumental"), pages(user_id=ACCOUNT, type="instrumental")],
        ),
        (PASSED, [order(kind="instrumental"), pages(user_id=ACCOUNT)]),
        (PASSED, [order(), pages(user_id=ACCOUNT, type="instrumental")]),
        (PASSED, [read(music()), pages(user_id=ACCOUNT)]),
        (PASSED, [order(), call("DELETE", f"/music/{JOB}", 500), pages(user_id=ACCOUNT)]),
        (PASSED, at_once(order(), pages(user_id=ACCOUNT))),
        # Without a name, the one account there is.
        (f"[3] {JOB} exists, but is on none of the 1 pages of the list", [stored(), order(), pages()]),
        (PASSED, [order(), pages()]),
        (PASSED, [stored(), stored(OTHER), order(), pages()]),
        (PASSED, [stored(OTHER), order(), pages()]),
        (PASSED, [stored(), order(), call("DELETE", f"/accounts/{ACCOUNT}", 500), pages(user_id=ACCOUNT)]),
        (f"[3] {JOB} exists, but is on none of the 1 pages of the list", [stored(), order(), pages(user_id=ACCOUNT)]),
        (
            f"[2] {VOICE} exists, but is on none of the 1 pages of the list",
            [CLONED, pages(path="/music/cloned-voices", user_id=ACCOUNT)],
        ),
        (PASSED, [CLONED, pages(path="/music/cloned-voices", user_id=OTHER)]),
        (PASSED, [CLONED, UPLOADED, pages(path="/music/artist-voices", user_id=ACCOUNT)]),
        (PASSED, at_once(UPLOADED, pages(path="/music/midi", user_id=ACCOUNT))),
        (
            PASSED,
            [
                pages({"midiItemId": MIDI}, path="/music/midi", user_id=ACCOUNT),
                pages(path="/music/midi", user_id=ACCOUNT),
            ],
        ),
        (
            PASSED,
            [UPLOADED, call("DELETE", f"/music/midi/{MIDI}", 500), pages(path="/music/midi", user_id=ACCOUNT)],
        ),
        (
            f"[1, 3] {JOB} is on two pages of one list",
            [
                page("/music", music(), cursor="c"),
                pages(cursor="d", user_id=ACCOUNT),
                pages(music(), cursor="c", user_id=ACCOUNT),
            ],
        ),
        (
            PASSED,
            [
                call("GET", "/music", 200, {"records": [music()], "hasNext": False, "cursor": "c"}),
                pages(music(), cursor="c"),
            ],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_lists_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]
