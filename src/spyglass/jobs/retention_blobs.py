"""Old texts that lie in the blob store, before the rows that refer to them are cleared or removed: a repeat after a
crash still finds the rows. Found by the folder of their record, so also those of versions that were replaced.
"""

from collections.abc import Iterator

from spyglass.core.references import project_prefix
from spyglass.jobs.retention_records import TIMES
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.mutations import of_project
from spyglass.stores.analytics.sql import Sql, name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, TRACES

_CHUNK = 5000
# The name of a record's folder, as `ingest/offload.py` makes it, of (trace, observation).
_FOLDER = "substring(lower(hex(SHA256(concat({}, '\\n', {})))), 1, 32)"
_IDS = {OBSERVATIONS: (Sql(("trace_id",)), Sql(("id",))), TRACES: (Sql(("id",)), Sql(("''",)))}


def remove_old_blobs(stores: Stores, project_id: str, cutoff_us: int) -> int:
    """Blobs of traces and observations from before an instant; returns how many. A record that has a row at a
    later time as well keeps its blobs."""
    by_folder: dict[str, list[str]] = {}
    for key in stores.blobs.keys(project_prefix(project_id)):
        by_folder.setdefault(key.split("/")[-2], []).append(key)
    names = sorted(by_folder)
    count = 0
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        for table in (OBSERVATIONS, TRACES):
            for folder in _find_old(stores.analytics, table, project_id, chunk, cutoff_us):
                stores.blobs.delete_all(by_folder[folder])
                count += len(by_folder[folder])
    return count


def _find_old(
    analytics: Analytics, table: str, project_id: str, names: list[str], cutoff_us: int
) -> Iterator[str]:
    trace, observation = _IDS[table]
    folder = sql(_FOLDER, trace, observation)
    cutoff = sql("fromUnixTimestamp64Micro({}, 'UTC')", value("Int64", cutoff_us))
    old = analytics.maintain(
        sql(
            "SELECT DISTINCT {} AS folder, {}, {} FROM {} WHERE {} AND {} < {} AND folder IN {}",
            folder,
            trace,
            observation,
            name(table),
            of_project(project_id),
            name(TIMES[table]),
            cutoff,
            value("Array(String)", names),
        )
    )
    if not old:
        return
    young = analytics.maintain(
        sql(
            "SELECT DISTINCT {} FROM {} WHERE {} AND {} >= {} AND is_deleted = 0 AND {} IN {}",
            folder,
            name(table),
            of_project(project_id),
            name(TIMES[table]),
            cutoff,
            trace,
            value("Array(String)", sorted({row[1] for row in old})),
        )
    )
    spared = {row[0] for row in young}
    yield from (row[0] for row in old if row[0] not in spared)
