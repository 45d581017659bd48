"""What a failed test's report shows of its world."""

import json
from typing import Any

from .records import Callback
from .world import MockWorld

SHOWN_REQUESTS = 10
LONGEST_TEXT = 400


def described(world: MockWorld) -> str:
    """Return the world's last requests and what became of its callbacks; secrets are hidden."""
    newest = world.shown_requests(SHOWN_REQUESTS)
    lines = [f"{world!r}, clock {world.clock.now.isoformat()}{', standing still' if world.clock.frozen else ''}"]
    if not newest:
        lines.append(
            f"No request came with this world's token. Does the code under test use {world.url} "
            "and tempolor_mock.token?"
        )
    for shown in reversed(newest):
        lines += _request_lines(shown)
    lines += _callback_lines(world)
    return "\n".join(lines)


def _request_lines(shown: dict[str, Any]) -> list[str]:
    query = f"?{shown['query']}" if shown["query"] else ""
    moment = (shown["virtualTime"] or "")[11:-1]
    lines = [f"{shown['number']:>3}  {moment}  {shown['method']} {shown['path']}{query} -> {shown['status'] or 'cut'}"]
    details = {
        "sent": _content(shown["request"]),
        "answered": _content(shown["answer"]),
        "forced": shown["forced"],
        "broke": "; ".join(shown["violations"]),
        "closest path": shown.get("closest"),
    }
    return lines + [f"     {name}: {_cut(text)}" for name, text in details.items() if text]


def _content(part: dict[str, Any]) -> str:
    body = part["body"]
    if body is None:
        return f"{part['size']} bytes of {part['mediaType'] or 'something'}" if part["size"] else ""
    return body if isinstance(body, str) else json.dumps(body)


def _callback_lines(world: MockWorld) -> list[str]:
    return [
        f"callback to {each.url}: {each.status} {each.progress} -> {each.outcome}"
        + (f" at try {len(each.attempts)}: {_last_answer(each)}" if each.attempts else "")
        for each in world.callbacks[-SHOWN_REQUESTS:]
    ]


def _last_answer(callback: Callback) -> str:
    last = callback.attempts[-1]
    return last.error or str(last.status)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."
