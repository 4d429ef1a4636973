"""Metrics that the stores have to be asked for: jobs, parts of the tables. A store that is away answers with its
`up` at 0 and nothing else; the rest of the scrape goes on.
"""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric

from spyglass.core.errors import SpyglassError
from spyglass.features.telemetry.server_families import gauge
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql
from spyglass.stores.meta import Meta
from spyglass.stores.meta.job_counts import count_jobs

_PARTS = """
SELECT table, count(), sum(rows), sum(bytes_on_disk) FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table
"""
_WORK = """
SELECT (SELECT count() FROM system.merges WHERE database = currentDatabase()),
    (SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done),
    (SELECT sum(value) FROM system.metrics WHERE metric = 'MemoryTracking')
"""


def describe_metadata(meta: Meta) -> Iterator[Metric]:
    try:
        with meta.read() as session:
            jobs = count_jobs(session)
    except SpyglassError:
        jobs = None
    yield gauge("spyglass_metadata_up", "1 when the metadata store answers", (), [((), jobs is not None)])
    yield gauge(
        "spyglass_jobs",
        "Background jobs by kind and state",
        ("kind", "state"),
        [((kind, state), n) for kind, states in (jobs or {}).items() for state, n in states.items()],
    )


def describe_analytics(analytics: Analytics) -> Iterator[Metric]:
    try:
        tables = analytics.query(sql(_PARTS))
        work = analytics.query(sql(_WORK))
    except SpyglassError:
        tables, work = [], []
    yield gauge("spyglass_analytics_up", "1 when the analytics store answers", (), [((), bool(work))])
    for place, (name, help_) in enumerate(
        (
            ("parts", "Parts of the tables on disk; many mean that merges fall behind"),
            ("rows", "Rows on disk, replaced ones that are not merged away yet included"),
            ("bytes", "Bytes on disk, compressed"),
        ),
        start=1,
    ):
        values = [((row[0],), row[place]) for row in tables]
        yield gauge(f"spyglass_analytics_{name}", help_, ("table",), values)
    merges, mutations, memory = ([((), row[place]) for row in work] for place in range(3))
    yield gauge("spyglass_analytics_merges", "Merges that run", (), merges)
    yield gauge("spyglass_analytics_mutations", "Deletions and rewrites that are not done", (), mutations)
    yield gauge("spyglass_analytics_memory_bytes", "Memory that the engine accounts for", (), memory)
