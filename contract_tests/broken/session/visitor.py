"""Who tries the API out: clients of two users, and a clock that can be turned."""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self

import httpx
import httpx2
from tempolor_client import TemPolor

from ..service import BASE_PATH, OTHER_TOKEN, TOKEN, Service

SECONDS: Final = 30.0
ACCOUNT, SECOND, NO_ACCOUNT = "111", "222", "999"
_MOST_LISTED: Final = 300
Step = Callable[["Visitor"], object]


class Visitor:
    """Clients whose requests pass the proxy, links and callbacks among them; a context manager.

    `mine` and `other` are the kit's client for two users, `ask` sends plain requests. `jobs` are all that were
    ordered. Time is the service's: a pause turns its clock.
    """

    def __init__(self, service: Service, proxy: str, callbacks: str) -> None:
        self.url = f"{service.server.url}{BASE_PATH}"
        self.callbacks = callbacks
        self.jobs: list[str] = []
        self._slept = 0.0
        self._stack = ExitStack()
        control = service.target().control_url or ""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        enter = self._stack.enter_context
        self._clock = enter(
            httpx.Client(transport=service.transport, base_url=control, headers=headers, trust_env=False)
        )
        self._plain = enter(httpx.Client(proxy=proxy, trust_env=False, timeout=SECONDS))
        self.mine, self.other = (
            enter(
                TemPolor(
                    token,
                    base_url=service.server.url,
                    busy_timeout=0,
                    sleep=self.sleep,
                    clock=lambda: self._slept,
                    timeout=SECONDS,
                    http_client=enter(httpx2.Client(proxy=proxy, trust_env=False)),
                )
            )
            for token in (TOKEN, OTHER_TOKEN)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def attempt(self, step: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do something, and return what came of it, None if it failed.

        A broken service may answer anything, and the client says so in its own way.
        """
        with suppress(Exception):
            return step(*given, **named)
        return None

    def listed(self, pages: Callable[..., Iterable[Any]], **named: Any) -> list[Any]:
        """Return what a list has, as far as it can be read; one that has no end is read for a while."""
        found: list[Any] = []
        with suppress(Exception):
            found.extend(islice(pages(**named), _MOST_LISTED))
        return found

    def again(self, step: Callable[[], object]) -> None:
        """Do something three times, and something else in between that works."""
        for _ in range(3):
            self.attempt(step)
            self.attempt(self.mine.scheduler.running)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        step = max(1.0, seconds)
        self._clock.post("/clock/advance", json={"seconds": step})
        self._slept += step

    def ask(self, method: str, path: str, *, token: str | None = TOKEN, **content: Any) -> httpx.Response | None:
        """Send a plain request to a path or an address; `token` None leaves it out."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= content.pop("headers", {})
        url = path if "://" in path else f"{self.url}{path}"
        answer: httpx.Response | None = self.attempt(self._plain.request, method, url, headers=headers, **content)
        return answer

    def send(self, path: str, fields: dict[str, Any], *, as_form: bool = False) -> httpx.Response | None:
        """Order by hand, as JSON or as a form, and keep the jobs."""
        if as_form:
            answer = self.ask("POST", path, files={name: (None, str(value)) for name, value in fields.items()})
        else:
            answer = self.ask("POST", path, json=fields)
        with suppress(AttributeError, ValueError, TypeError):
            self.jobs += json.loads(answer.content)["jobs"] if answer is not None and answer.is_success else ()
        return answer

    def order(self, create: Callable[..., Any], *given: Any, **fields: Any) -> Sequence[str]:
        """Order with the client, keep the jobs, and return them."""
        made: Any = self.attempt(create, *given, **fields)
        jobs = tuple(made.jobs) if made is not None else ()
        self.jobs += jobs
        return jobs

    def reply_url(self, *, answer: int = 200) -> str:
        """Return an address for callbacks, of its own, that answers with a status."""
        return f"{self.callbacks}/hook/{len(self.jobs)}?answer={answer}&from=app"

    def together(self, steps: Sequence[Callable[[], object]]) -> None:
        """Do several things at once."""
        threads = [threading.Thread(target=self.attempt, args=(step,)) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
