"""Rows changed or removed where they lie: `ALTER TABLE ... DELETE` and `UPDATE`, on the connection of background
work, one month at a time, so that neither a statement nor the parts that it writes anew grow with the history.

Returns when it is done. The engine keeps the replaced files for some minutes against a power cut, then removes them.
"""

from spyglass.stores.analytics.client import Analytics
from spyglass.stores.analytics.sql import Sql, join, name, sql, value


def count_rows(analytics: Analytics, table: str, condition: Sql) -> int:
    """Stored rows, also those that were replaced and the tombstones of those that were deleted."""
    found = analytics.maintain(sql("SELECT count() FROM {} WHERE {}", name(table), condition))
    return int(found[0][0])


def count_by_partition(analytics: Analytics, table: str, condition: Sql) -> dict[str, int]:
    """partition -> stored rows, the oldest month first."""
    rows = analytics.maintain(
        sql(
            "SELECT _partition_id, count() FROM {} WHERE {} GROUP BY _partition_id ORDER BY _partition_id",
            name(table),
            condition,
        )
    )
    return {row[0]: int(row[1]) for row in rows}


def delete_rows(analytics: Analytics, table: str, condition: Sql, partition: str) -> None:
    _change(
        analytics,
        sql(
            "ALTER TABLE {} DELETE IN PARTITION ID {} WHERE {} SETTINGS mutations_sync = 2",
            name(table),
            _partition(partition),
            condition,
        ),
    )


def update_rows(
    analytics: Analytics, table: str, changes: dict[str, Sql], condition: Sql, partition: str
) -> None:
    """`changes`: column -> expression."""
    assignments = join(", ", (sql("{} = {}", name(column), new) for column, new in changes.items()))
    _change(
        analytics,
        sql(
            "ALTER TABLE {} UPDATE {} IN PARTITION ID {} WHERE {} SETTINGS mutations_sync = 2",
            name(table),
            assignments,
            _partition(partition),
            condition,
        ),
    )


def _change(analytics: Analytics, statement: Sql) -> None:
    """Answers that were given from these rows are not true any more."""
    try:
        analytics.maintain(statement)
    finally:
        analytics.watermarks.rise_all()


def remove_everywhere(analytics: Analytics, table: str, condition: Sql) -> int:
    """Remove the rows of all months; returns how many."""
    counts = count_by_partition(analytics, table, condition)
    for partition in counts:
        delete_rows(analytics, table, condition, partition)
    return sum(counts.values())


def of_project(project_id: str) -> Sql:
    return sql("project_id = {}", value("String", project_id))


def _partition(partition: str) -> Sql:
    """`IN PARTITION ID` takes a literal only; ids of ours are `YYYYMM` or 0."""
    if not partition.isalnum():
        raise ValueError(f"not a partition of ours: {partition!r}")
    return Sql((f"'{partition}'",))
