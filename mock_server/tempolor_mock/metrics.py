"""What this process counts of its own work: plain numbers, since most are touched with every request.

They are put into words for Prometheus when it asks (`control/metrics.py`). No label tells a token, and each has a
bounded number of values.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from operator import add

REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
"""Upper ends of the classes that durations of requests are counted in; a request may wait for virtual time."""

STORE_SECONDS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

_REQUEST_NS = tuple(round(end * 1e9) for end in REQUEST_SECONDS)

UNKNOWN_OPERATION = "unknown"


BOUNDS = (
    *("body", "head", "target", "world_bytes", "worlds", "generations", "files", "journal", "connections"),
    *("head_timeout", "body_timeout", "idle_timeout"),
)
"""The bounds that are counted when they keep somebody from something (`docs/mock.md` lists what they bound)."""


class Histogram:
    """Durations by class; the last class has no end. Ends are in seconds, what is observed in nanoseconds."""

    __slots__ = ("_ends_ns", "counts", "ends", "total_ns")

    def __init__(self, ends: tuple[float, ...]) -> None:
        self.ends = ends
        self._ends_ns = tuple(round(end * 1e9) for end in ends)
        self.counts = [0] * (len(ends) + 1)
        self.total_ns = 0

    def observe(self, duration_ns: int) -> None:
        """Count a duration."""
        self.counts[bisect_left(self._ends_ns, duration_ns)] += 1
        self.total_ns += duration_ns

    def add(self, other: "Histogram") -> None:
        """Count all that another one of the same classes has counted."""
        self.counts = list(map(add, self.counts, other.counts))
        self.total_ns += other.total_ns


class Metrics:
    """The figures of one process.

    `requests` are the durations by operation and status. `jobs` are by what became of them (`started`,
    `completed`, `failed`), as far as this process started them or saw them end. `callbacks` are by outcome, `attempts`
    to send one by the class of the status that came back, such as `2xx`, or `error`. `bounds` counts how often each
    bound kept somebody from something; `transactions` are the times of those of a store that is not in memory.
    `gauges` return figures of the moment, by name.
    """

    def __init__(self) -> None:
        self.requests: dict[tuple[str, int], Histogram] = {}
        # From 0 on: Prometheus sees no increase in a series that begins with 1.
        self.jobs = _from_zero("started", "completed", "failed")
        self.callbacks = _from_zero("delivered", "failed")
        self.attempts = _from_zero("2xx", "error")
        self.bounds = _from_zero(*BOUNDS)
        self.transactions = Histogram(STORE_SECONDS)
        self.gauges: dict[str, Callable[[], int]] = {}

    def answered(self, operation: str | None, status: int, duration_ns: int) -> None:
        """Count a request that was answered; a status of 0 is a connection that ended without an answer."""
        key = (operation or UNKNOWN_OPERATION, status)
        durations = self.requests.get(key)
        if durations is None:
            durations = self.requests[key] = Histogram(REQUEST_SECONDS)
        # `observe`, written out: each call of a function would be felt here.
        durations.counts[bisect_left(_REQUEST_NS, duration_ns)] += 1
        durations.total_ns += duration_ns

    def attempted(self, status: int | None) -> None:
        """Count an attempt to send a callback; None where nothing came back."""
        self.attempts["error" if status is None else f"{status // 100}xx"] += 1


def _from_zero(*labels: str) -> Counter[str]:
    return Counter(dict.fromkeys(labels, 0))
