"""Everything there is to judge by, put together for a run: the catalogue, the model, the generated tests."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from .budget import Level
from .rule import Rule
from .rules import CATALOGUE
from .target import Target

_CONTROL_PLANE = "/_mock"
_SECONDS_TO_ANSWER = 5.0


def suite(  # noqa: PLR0913 - each says what is among the rules
    target: Target,
    *,
    only: Iterable[str] = (),
    without: Iterable[str] = (),
    model: bool = True,
    generated: bool = True,
    seed: int = 0,
) -> tuple[Rule, ...]:
    """Return the rules of a run on a target: those with these ids (all if none are given) but for those left out.

    The rules of the model and of the generated tests bring their scenarios along, in an extent that suits the target's
    time. KeyError for an unknown id.
    """
    rules = [*CATALOGUE]
    if model:
        rules += _model(target, seed)
    if generated:
        rules += _generated(target, seed)
    by_id = {rule.id: rule for rule in rules}
    wanted = [by_id[each] for each in only] or rules
    unwanted = {by_id[each].id for each in without}
    return tuple(rule for rule in wanted if rule.id not in unwanted)


def onlookers(rules: Iterable[Rule] = CATALOGUE) -> tuple[Rule, ...]:
    """Return rules that judge what passes, without the scenarios that would provoke something."""
    return tuple(replace(rule, scenarios=()) for rule in rules)


def find_control_plane(base_url: str, token: str, transport: httpx.BaseTransport | None = None) -> str | None:
    """Return the control plane of a mock whose clock this token may move, None if there is none."""
    parts = urlsplit(base_url)
    url = f"{parts.scheme}://{parts.netloc}{_CONTROL_PLANE}"
    with suppress(httpx.HTTPError, ValueError), _client(token, transport) as client:
        answer = client.get(f"{url}/clock")
        if answer.status_code == 200 and "now" in answer.json():
            return url
    return None


@contextmanager
def steady(target: Target) -> Iterator[None]:
    """Have the clocks of a mock stand still, so that time moves only when a run moves it; let them go on at the end."""
    if target.control_url is None:
        yield
        return
    clock = f"{target.control_url.rstrip('/')}/clock"
    with ExitStack() as stack:
        for token in filter(None, (target.token, target.other_token)):
            client = stack.enter_context(_client(token, target.transport))
            was_frozen = client.get(clock).raise_for_status().json().get("frozen")
            client.post(f"{clock}/freeze").raise_for_status()
            if not was_frozen:
                stack.callback(_resume, client, clock)
        yield


def _resume(client: httpx.Client, clock: str) -> None:
    with suppress(httpx.HTTPError):
        client.post(f"{clock}/resume")


def _client(token: str, transport: httpx.BaseTransport | None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(transport=transport, headers=headers, timeout=_SECONDS_TO_ANSWER, trust_env=False)


def _model(target: Target, seed: int) -> tuple[Rule, ...]:
    from .machine import Pace, model_rules  # noqa: PLC0415 - Hypothesis is needed only here

    return model_rules(Pace() if target.control_url else Pace(examples=10, steps=20, calls=1200, seconds=40), seed=seed)


def _generated(target: Target, seed: int) -> tuple[Rule, ...]:
    from .generated import Extent, generated_rules  # noqa: PLC0415 - Schemathesis takes a second

    if target.level is not Level.FULL:
        return generated_rules(Extent(examples=1, sequences=1), seed=seed)
    return generated_rules(Extent() if target.control_url else Extent(examples=4, sequences=8, slow=8), seed=seed)
