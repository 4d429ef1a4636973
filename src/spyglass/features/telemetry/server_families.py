"""The server's own metrics: build, HTTP, the way in, caches. All from memory but for the counters of the log."""

import platform
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from spyglass import __version__
from spyglass.api.meter import HttpStats
from spyglass.api.state import AppState
from spyglass.core.counting import CacheCounts, Histogram
from spyglass.core.errors import Unavailable
from spyglass.ingest.pipeline import REFUSED, Pipeline
from spyglass.ingest.stats import IngestStats

Labelled = Iterable[tuple[Sequence[str], float]]


def gauge(name: str, help_: str, labels: Sequence[str], values: Labelled) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=labels)
    for texts, value in values:
        family.add_metric(texts, value)
    return family


def counter(name: str, help_: str, labels: Sequence[str], values: Labelled) -> Metric:
    """`name` is without the `_total` that the exposition adds."""
    family = CounterMetricFamily(name, help_, labels=labels)
    for texts, value in values:
        family.add_metric(texts, value)
    return family


def histogram(
    name: str, help_: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], Histogram]]
) -> Metric:
    family = HistogramMetricFamily(name, help_, labels=labels)
    for texts, found in values:
        copied = found.copy()
        family.add_metric(texts, copied.cumulative(), copied.total)
    return family


def describe_build(state: AppState) -> Iterator[Metric]:
    engine = state.stores.analytics.server_version
    names = ("version", "python", "clickhouse")
    texts = (__version__, platform.python_version(), engine)
    yield gauge("spyglass_build_info", "Versions of the server and what it runs on", names, [(texts, 1)])


def describe_http(stats: HttpStats) -> Iterator[Metric]:
    # `list` and `sorted` copy in one step, while the event loop goes on counting.
    requests = sorted(list(stats.requests.items()))
    durations = sorted(list(stats.durations.items()), key=lambda pair: pair[0])
    yield counter(
        "spyglass_http_requests",
        "HTTP requests by route template, method and class of status",
        ("route", "method", "status"),
        requests,
    )
    yield histogram(
        "spyglass_http_request_duration_seconds",
        "Time until an answer was sent completely",
        ("route", "method"),
        durations,
    )
    yield gauge(
        "spyglass_http_requests_in_progress",
        "HTTP requests being answered, this one included",
        (),
        [((), stats.in_progress)],
    )


# Counter of the log -> (what it is called here, what it says).
_EVER = {
    "received": "Events and spans that came in",
    "acknowledged": "Events and spans that were accepted and are durable",
    "deleted": "Records that were deleted",
    "released": "Events that were set aside and have been replayed",
}
_NOW = {
    "visible": "Events that can be read",
    "pending": "Events that are acknowledged and cannot be read yet",
    "quarantined": "Events that could not be applied and were set aside",
}


def describe_ingest(pipeline: Pipeline) -> Iterator[Metric]:
    """Raises `Unavailable` when the log cannot say."""
    counts = pipeline.counters()
    for name, help_ in _EVER.items():
        yield counter(f"spyglass_ingest_{name}_events", help_, (), [((), counts[name])])
    for name, help_ in _NOW.items():
        yield gauge(f"spyglass_ingest_{name}_events", help_, (), [((), counts[name])])
    refused = sorted((name, n) for name, n in counts.items() if name.startswith(REFUSED))
    yield counter(
        "spyglass_ingest_refused_events",
        "Events and spans that were refused, by status or reason",
        ("reason",),
        [((name.removeprefix(REFUSED),), n) for name, n in refused],
    )


def describe_backlog(pipeline: Pipeline) -> Iterator[Metric]:
    yield gauge(
        "spyglass_ingest_pending_requests",
        "Requests that are acknowledged and not applied yet",
        (),
        [((), pipeline.lag)],
    )
    yield gauge(
        "spyglass_ingest_log_bytes",
        "Size of the requests that wait in the log",
        (),
        [((), pipeline.log_bytes)],
    )
    yield gauge(
        "spyglass_ingest_stalled",
        "1 while nothing can be applied because the store is away",
        (),
        [((), bool(pipeline.stalled))],
    )
    try:
        free: Labelled = [((), pipeline.free_bytes)]
    except Unavailable:
        free = []
    yield gauge("spyglass_disk_free_bytes", "Room on the disk of the data directory", (), free)


def describe_batches(stats: IngestStats) -> Iterator[Metric]:
    yield histogram(
        "spyglass_ingest_log_commit_seconds",
        "Time to make the waiting requests durable: one fsync",
        (),
        [((), stats.commit_s)],
    )
    yield counter(
        "spyglass_ingest_body_bytes", "Size of the accepted requests in the log", (), [((), stats.body_bytes)]
    )
    yield histogram(
        "spyglass_ingest_batch_seconds", "Time to write one batch to the tables", (), [((), stats.batch_s)]
    )
    yield counter(
        "spyglass_ingest_applied_rows", "Spans and events written to the tables", (), [((), stats.rows)]
    )
    yield counter(
        "spyglass_ingest_retries", "Batches that had to wait for the store", (), [((), stats.retries)]
    )
    yield histogram(
        "spyglass_ingest_delay_seconds",
        "Time from the arrival of a request until it could be read",
        (),
        [((), stats.delay_s)],
    )


def describe_live(state: AppState) -> Iterator[Metric]:
    yield gauge(
        "spyglass_live_alone",
        "1 while live news of other processes do not arrive, because Redis is away",
        (),
        [((), float(state.live.alone))],
    )


def describe_caches(state: AppState) -> Iterator[Metric]:
    caches: dict[str, CacheCounts] = {
        "keys": state.keys.counts,
        "metric_answers": state.metric_answers.counts,
        "prompts": state.prompt_answers.counts,
        "score_rules": state.score_rules.counts,
        **state.lookups.cache_counts,
    }
    names = sorted(caches)
    yield counter(
        "spyglass_cache_hits",
        "Look-ups that memory answered",
        ("cache",),
        [((name,), caches[name].hits) for name in names],
    )
    yield counter(
        "spyglass_cache_misses",
        "Look-ups that a store had to answer",
        ("cache",),
        [((name,), caches[name].misses) for name in names],
    )
