"""Deletes records in two steps. `delete` writes tombstones at the place of the deletion in the log: what came
before is gone from every read, what is sent again later starts afresh. `purge` removes the bytes, as a job.
"""

from spyglass.ingest.offload import folder, version_of
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, name, sql, value
from spyglass.stores.analytics.tables import KEYS, OBSERVATIONS, SCORES, TRACES
from spyglass.stores.blobs import Blobs

# Which column of which table names the thing that is deleted.
_REACH = {
    TRACES: ((OBSERVATIONS, "trace_id"), (SCORES, "trace_id"), (TRACES, "id")),
    SCORES: ((SCORES, "id"),),
}


def delete(analytics: Analytics, project_id: str, deletes: dict[str, list[str]], version: int) -> int:
    """Write a tombstone at the key of every row that `deletes` (table -> ids) reaches; returns their count."""
    try:
        return _delete(analytics, project_id, deletes, version)
    finally:
        analytics.watermarks.rise([project_id])


def _delete(analytics: Analytics, project_id: str, deletes: dict[str, list[str]], version: int) -> int:
    count = 0
    for kind, ids in deletes.items():
        for table, column in _REACH[kind]:
            condition = _condition(project_id, column, ids)
            found = sql("SELECT count() FROM {} FINAL WHERE {}", name(table), condition)
            count += analytics.lookup(found)[0][0]
            analytics.execute(_tombstones(table, condition, version))
    return count


def _tombstones(table: str, condition: Sql, version: int) -> Sql:
    keys = join(", ", map(name, KEYS[table]))
    return sql(
        "INSERT INTO {} ({}, version_seq, is_deleted) SELECT {}, {}, 1 FROM {} FINAL WHERE {}",
        name(table),
        keys,
        keys,
        value("UInt64", version),
        name(table),
        condition,
    )


def purge(
    analytics: Analytics, blobs: Blobs, project_id: str, deletes: dict[str, list[str]], version: int
) -> dict[str, int]:
    """Remove what the tombstones of `version` hide: rows in the tables, and their blobs. Repeatable.

    The tombstones stay until the rows below them are gone from every part, so nothing shows up again half-way.
    """
    removed = {"blobs": _purge_blobs(blobs, project_id, deletes.get(TRACES, []), version)}
    for kind, ids in deletes.items():
        for table, column in _REACH[kind]:
            condition = _condition(project_id, column, ids)
            older = sql("{} AND version_seq < {}", condition, value("UInt64", version))
            counted = sql("SELECT count() FROM {} WHERE {}", name(table), older)
            removed[table] = analytics.maintain(counted)[0][0]
            if removed[table]:
                analytics.maintain(
                    sql("ALTER TABLE {} DELETE WHERE {} SETTINGS mutations_sync = 2", name(table), older)
                )
    return removed


def _purge_blobs(blobs: Blobs, project_id: str, trace_ids: list[str], version: int) -> int:
    count = 0
    for trace_id in filter(None, trace_ids):
        older = [key for key in blobs.keys(folder(project_id, trace_id)) if version_of(key) < version]
        blobs.delete_all(older)
        count += len(older)
    return count


def _condition(project_id: str, column: str, ids: list[str]) -> Sql:
    """An empty id names nothing: scores of sessions have an empty trace id, and are no part of any trace."""
    return sql(
        "project_id = {} AND {} IN {}",
        value("String", project_id),
        name(column),
        value("Array(String)", [id_ for id_ in ids if id_]),
    )
