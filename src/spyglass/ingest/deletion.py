"""Deletes records in two steps. `delete` writes tombstones at the place of the deletion in the log: what came
before is gone from every read, what is sent again later starts afresh. `purge` removes the bytes, as a job.
"""

from spyglass.core.references import MARKER
from spyglass.ingest.offload import folder, version_of
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, name, sql, value
from spyglass.stores.analytics.tables import KEYS, OBSERVATIONS, SCORES, TRACES
from spyglass.stores.blobs import Blobs

_HAD_BLOBS = "blobs"

# Which column of which table names the thing that is deleted.
_REACH = {
    TRACES: ((OBSERVATIONS, "trace_id"), (SCORES, "trace_id"), (TRACES, "id")),
    SCORES: ((SCORES, "id"),),
}


def delete(analytics: Analytics, project_id: str, deletes: dict[str, list[str]], version: int) -> int:
    """Write a tombstone at the key of every row that `deletes` (table -> ids) reaches; returns their count."""
    count = 0
    for kind, ids in deletes.items():
        for table, column in _REACH[kind]:
            condition = _condition(project_id, column, ids)
            found = sql("SELECT count() FROM {} FINAL WHERE {}", name(table), condition)
            count += analytics.lookup(found)[0][0]
            analytics.execute(_tombstones(table, condition, version))
    return count


def _tombstones(table: str, condition: Sql, version: int) -> Sql:
    """Tombstones say in `merge_state` whether their row may have blobs: the engine may merge the row away
    before the purge runs."""
    keys = join(", ", map(name, KEYS[table]))
    return sql(
        "INSERT INTO {} ({}, version_seq, is_deleted, merge_state)"
        " SELECT {}, {}, 1, if({}, {}, '') FROM {} FINAL WHERE {}",
        name(table),
        keys,
        keys,
        value("UInt64", version),
        sql("0") if table == SCORES else _may_have_blobs(),
        value("String", _HAD_BLOBS),
        name(table),
        condition,
    )


def _may_have_blobs() -> Sql:
    """A row that holds a reference, or was updated and may have held one."""
    marker = value("String", MARKER)
    return sql(
        "merge_state != '' OR startsWith(input, {}) OR startsWith(output, {})"
        " OR arrayExists(text -> startsWith(text, {}), mapValues(metadata))",
        marker,
        marker,
        marker,
    )


def purge(
    analytics: Analytics, blobs: Blobs, project_id: str, deletes: dict[str, list[str]], version: int
) -> dict[str, int]:
    """Remove what the tombstones of `version` hide: rows in the tables, and their blobs. Repeatable.

    The tombstones stay until the rows below them are gone from every part, so nothing shows up again half-way.
    """
    removed = {"blobs": 0}
    for kind, ids in deletes.items():
        for table, column in _REACH[kind]:
            condition = _condition(project_id, column, ids)
            if table != SCORES:
                removed["blobs"] += _purge_blobs(analytics, blobs, project_id, table, condition, version)
            older = sql("{} AND version_seq < {}", condition, value("UInt64", version))
            counted = sql("SELECT count() FROM {} WHERE {}", name(table), older)
            removed[table] = analytics.maintain(counted)[0][0]
            if removed[table]:
                analytics.maintain(
                    sql("ALTER TABLE {} DELETE WHERE {} SETTINGS mutations_sync = 2", name(table), older)
                )
    return removed


def _purge_blobs(
    analytics: Analytics, blobs: Blobs, project_id: str, table: str, condition: Sql, version: int
) -> int:
    rows = sql(
        "SELECT DISTINCT {} FROM {} WHERE {} AND version_seq = {} AND is_deleted AND merge_state = {}",
        sql("trace_id, id") if table == OBSERVATIONS else sql("id, ''"),
        name(table),
        condition,
        value("UInt64", version),
        value("String", _HAD_BLOBS),
    )
    count = 0
    for trace_id, id_ in analytics.maintain(rows):
        for key in blobs.keys(folder(project_id, trace_id, id_)):
            if version_of(key) < version:
                blobs.delete(key)
                count += 1
    return count


def _condition(project_id: str, column: str, ids: list[str]) -> Sql:
    """An empty id names nothing: scores of sessions have an empty trace id, and are no part of any trace."""
    return sql(
        "project_id = {} AND {} IN {}",
        value("String", project_id),
        name(column),
        value("Array(String)", [id_ for id_ in ids if id_]),
    )
