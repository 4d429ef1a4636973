"""One scrape: everything is read when it is asked for, into a registry of its own, so nothing but what is listed
here is ever shown.
"""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from spyglass.api.state import AppState
from spyglass.core.errors import Unavailable
from spyglass.features.telemetry.server_families import (
    describe_backlog,
    describe_batches,
    describe_build,
    describe_caches,
    describe_http,
    describe_ingest,
    describe_live,
)
from spyglass.features.telemetry.store_families import describe_analytics, describe_metadata
from spyglass.features.telemetry.traffic_families import describe_traffic

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Families(Collector):
    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()


def scrape_server(state: AppState) -> bytes:
    """The server's own metrics, and the LLM traffic of the projects that the operator names."""
    return _expose(lambda: _server(state))


def scrape_project(state: AppState, project_id: str) -> bytes:
    """The LLM traffic of one project."""
    return _expose(lambda: describe_traffic(state.traffic, [project_id]))


def _expose(read: Callable[[], Iterable[Metric]]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(read))
    return generate_latest(registry)


def _server(state: AppState) -> Iterator[Metric]:
    yield from describe_build(state)
    yield from ProcessCollector(registry=None).collect()
    yield from describe_http(state.http)
    yield from _log_counters(state)
    yield from describe_backlog(state.pipeline)
    yield from describe_batches(state.pipeline.stats)
    yield from describe_metadata(state.stores.meta)
    yield from describe_analytics(state.stores.analytics)
    yield from describe_caches(state)
    yield from describe_live(state)
    if state.telemetry.projects:
        yield from describe_traffic(state.traffic, state.telemetry.projects)


def _log_counters(state: AppState) -> list[Metric]:
    """A log that failed counts nothing more; `/metrics` is where an operator looks then."""
    try:
        return list(describe_ingest(state.pipeline))
    except Unavailable:
        return []
