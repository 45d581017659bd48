"""What the mock counts of its work (`metrics.py`), under the names that Prometheus reads."""

from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import accumulate

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from tempolor_spec import __version__

from ..metrics import Histogram, Metrics
from ..store import Totals
from ..worlds import Worlds

PREFIX = "tempolor_mock"

_NAMED_STATUSES = frozenset((0, 596, *map(int, HTTPStatus)))
"""Statuses that have a label of their own; a fault rule can answer any other one."""


def exposition(worlds: Worlds, totals: Totals | None, accepted: str) -> tuple[bytes, str]:
    """Return all metrics in an accepted format, and its media type; `totals` are None while the store is away."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_WorldsCollector(worlds, totals))
    encode, media_type = choose_encoder(accepted)
    return encode(registry), media_type


class _WorldsCollector(Collector):
    """What the library asks for the metrics."""

    def __init__(self, worlds: Worlds, totals: Totals | None) -> None:
        self._worlds = worlds
        self._totals = totals

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        metrics = self._worlds.metrics
        yield self._build()
        yield from _of_requests(metrics)
        yield _counter(
            "jobs", "Jobs that this mock started, or found at their end, by what became of them", "state", metrics.jobs
        )
        yield _counter("callbacks", "Callbacks that were delivered or given up", "outcome", metrics.callbacks)
        yield _counter(
            "callback_attempts", "Attempts to send a callback, by the class of the answer", "result", metrics.attempts
        )
        bounds = {**metrics.bounds, "journal": self._worlds.journal.dropped}
        yield _counter("bounds_reached", "How often a bound of the mock was reached", "bound", bounds)
        yield from self._of_store()
        yield from _of_files(metrics)

    def _build(self) -> Metric:
        settings = self._worlds.settings
        build = GaugeMetricFamily(
            f"{PREFIX}_build_info",
            "The kit's version, and what this mock plays",
            labels=["version", "revision", "store"],
        )
        build.add_metric([__version__, settings.policy.revision, self._worlds.store.name], 1)
        return build

    def _of_store(self) -> Iterator[Metric]:
        yield _gauge("store_up", "Whether worlds can be reached", self._totals is not None)
        if self._totals is not None:
            yield _gauge("worlds", "Worlds in the store", self._totals.worlds)
            yield _gauge("worlds_bytes", "Uploads and accounts of all worlds in the store, bytes", self._totals.bytes)
        limits = self._worlds.settings.limits
        yield _gauge("worlds_limit", "Most worlds that are kept (--max-worlds)", limits.worlds)
        yield _gauge(
            "worlds_limit_bytes", "Most bytes of uploads and accounts that are kept (--worlds-mb)", limits.bytes
        )
        yield _histogram(
            "store_transaction_seconds",
            "How long transactions take, in a store that is not in memory",
            {"": self._worlds.metrics.transactions},
        )


def _of_requests(metrics: Metrics) -> Iterator[Metric]:
    counts: Counter[tuple[str, str]] = Counter()
    durations: dict[str, Histogram] = {}
    for (operation, status), each in list(metrics.requests.items()):
        counts[operation, str(status) if status in _NAMED_STATUSES else "other"] += sum(each.counts)
        durations.setdefault(operation, Histogram(each.ends)).add(each)
    requests = CounterMetricFamily(
        f"{PREFIX}_requests", "Requests, by operation and status; 0 is none", labels=["operation", "status"]
    )
    for labels, count in counts.items():
        requests.add_metric(labels, count)
    yield requests
    yield _histogram(
        "request_duration_seconds",
        "From the head of a request to the end of its answer, waiting for virtual time included",
        durations,
        label="operation",
    )


def _of_files(metrics: Metrics) -> Iterator[Metric]:
    figures = {name: read() for name, read in metrics.gauges.items()}
    for name, text in (
        ("uploads_pending", "Uploads that are looked into, or wait for that"),
        ("files_making", "Files that are being made"),
        ("files_waiting", "Files that wait for being made"),
        ("files_bytes", "Disk that files take which were made, or will when they are complete, bytes"),
    ):
        yield _gauge(name, text, figures[name])
    made = Counter({"made": figures["files_made"], "failed": figures["files_failed"]})
    yield _counter("files", "Files that were made, and those that could not be", "outcome", made)


def _counter(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    counter = CounterMetricFamily(f"{PREFIX}_{name}", text, labels=[label])
    for value, count in list(counts.items()):
        counter.add_metric([value], count)
    return counter


def _gauge(name: str, text: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=[])
    gauge.add_metric([], value)
    return gauge


def _histogram(name: str, text: str, histograms: Mapping[str, Histogram], *, label: str = "") -> Metric:
    """Return the histograms, by the value of the label where there is one."""
    family = HistogramMetricFamily(f"{PREFIX}_{name}", text, labels=[label] if label else [])
    for value, histogram in histograms.items():
        ends = (*map(str, histogram.ends), "+Inf")
        family.add_metric(
            [value] if label else [],
            list(zip(ends, accumulate(histogram.counts), strict=True)),
            histogram.total_ns / 1e9,
        )
    return family
