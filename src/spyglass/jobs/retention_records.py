"""Old rows and old texts in the analytics tables, for several projects at once: they share months and parts, so one
pass over a month does for all of them.
"""

from collections.abc import Mapping

from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.mutations import delete_rows, update_rows
from spyglass.stores.analytics.sql import Sql, all_of, join, name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES

TIMES = {TRACES: "timestamp", OBSERVATIONS: "start_time", SCORES: "timestamp"}
# Of an experiment, what its items say. What it is and which item it was stays.
_EXPERIMENT_TEXTS = ("item_expected_output", "item_metadata", "metadata", "description")
# `merge_state` holds metadata while several statements about it are known (ingest/state_rows.py). Without it the row
# itself is what later statements are laid over.
_STATEMENTS = '"m":'

_EMPTY = Sql(("''",))
_NO_MAP = Sql(("map()",))
_NO_ARRAY = Sql(("[]",))
_LIVE = Sql(("is_deleted = 0",))

# What has a text in it, and what becomes of it. Names, times, usage and cost stay, and so do scores, whose values
# and comments are what people and evaluators found.
BODIES: dict[str, dict[str, Sql]] = {
    TRACES: {
        "input": _EMPTY,
        "output": _EMPTY,
        "metadata": _NO_MAP,
        "input_preview": _EMPTY,
        "output_preview": _EMPTY,
    },
    OBSERVATIONS: {
        "input": _EMPTY,
        "output": _EMPTY,
        "metadata": _NO_MAP,
        "status_message": _EMPTY,
        "tool_definitions": _NO_MAP,
        "tool_calls": _NO_ARRAY,
    },
    SCORES: {"metadata": _NO_MAP},
}

Removed = dict[str, int]  # project -> rows


def old_rows(table: str, cutoffs: Mapping[str, int]) -> Sql:
    """Rows from before the instant of their project."""
    by_instant: dict[int, list[str]] = {}
    for project_id, cutoff_us in cutoffs.items():
        by_instant.setdefault(cutoff_us, []).append(project_id)
    return sql(
        "({})",
        join(
            " OR ",
            (
                sql(
                    "(project_id IN {} AND {} < fromUnixTimestamp64Micro({}, 'UTC'))",
                    value("Array(String)", ids),
                    name(TIMES[table]),
                    value("Int64", cutoff_us),
                )
                for cutoff_us, ids in sorted(by_instant.items())
            ),
        ),
    )


def with_bodies(table: str) -> Sql:
    """Live rows that still have a text."""
    filled = [sql("notEmpty({})", name(column)) for column in BODIES[table]]
    filled.append(_has_statements())
    if table == OBSERVATIONS:
        filled.append(sql("hasAny(mapKeys(experiment), {})", value("Array(String)", list(_EXPERIMENT_TEXTS))))
    return sql("{} AND ({})", _LIVE, join(" OR ", filled))


def count_old(analytics: Analytics, table: str, condition: Sql) -> dict[str, Removed]:
    """month -> project -> rows, the oldest month first."""
    question = sql(
        "SELECT _partition_id, project_id, count() FROM {} WHERE {} GROUP BY ALL ORDER BY 1, 2",
        name(table),
        condition,
    )
    found: dict[str, Removed] = {}
    for partition, project_id, count in analytics.maintain(question):
        found.setdefault(partition, {})[project_id] = int(count)
    return found


def remove_old(analytics: Analytics, table: str, cutoffs: Mapping[str, int], partition: str) -> None:
    """Tombstones last: what they hide must not show up while one part is done and another is not."""
    old = old_rows(table, cutoffs)
    tombstones = sql("SELECT count() FROM {} WHERE {}", name(table), all_of([old, Sql(("is_deleted",))]))
    if analytics.maintain(tombstones)[0][0]:
        delete_rows(analytics, table, all_of([old, _LIVE]), partition)
    delete_rows(analytics, table, old, partition)


def clear_bodies(analytics: Analytics, table: str, cutoffs: Mapping[str, int], partition: str) -> None:
    changes = dict(BODIES[table])
    changes["merge_state"] = sql("if({}, '', merge_state)", _has_statements())
    if table == OBSERVATIONS:
        changes["experiment"] = _without_texts()
    condition = all_of([old_rows(table, cutoffs), with_bodies(table)])
    update_rows(analytics, table, changes, condition, partition)


def _has_statements() -> Sql:
    return sql("position(merge_state, {}) > 0", value("String", _STATEMENTS))


def _without_texts() -> Sql:
    texts = value("Array(String)", list(_EXPERIMENT_TEXTS))
    return sql(
        "CAST((arrayFilter(k -> NOT has({}, k), mapKeys(experiment)),"
        " arrayFilter((v, k) -> NOT has({}, k), mapValues(experiment), mapKeys(experiment))),"
        " 'Map(LowCardinality(String), String)')",
        texts,
        texts,
    )
