"""Each analytics table's columns, once: the row struct names them, the migrations type them, and a test
compares the two with what the engine reports."""

from collections.abc import Iterable
from typing import Any

from spyglass.core.records import Observation, Score, Trace
from spyglass.stores.analytics.sql import Sql, join, name, sql

OBSERVATIONS = "observations"
TRACES = "traces"
SCORES = "scores"

ROWS: dict[str, Any] = {OBSERVATIONS: Observation, TRACES: Trace, SCORES: Score}

# A row is replaced by one of the same key and a later `version_seq`; a row that moves to another key leaves
# a tombstone (`is_deleted = 1`) at the old one.
KEYS: dict[str, tuple[str, ...]] = {
    OBSERVATIONS: ("project_id", "start_time", "trace_id", "id"),
    TRACES: ("project_id", "timestamp", "id"),
    SCORES: ("project_id", "timestamp", "id"),
}


def columns(table: str) -> tuple[str, ...]:
    """Column names in the order of the struct's fields."""
    fields: tuple[str, ...] = ROWS[table].__struct_fields__
    return fields


INSTANTS = frozenset(
    {"start_time", "end_time", "completion_start_time", "timestamp", "first_start", "last_end"}
    | {"created_at", "updated_at"}
)

NULLABLE = frozenset(
    {"end_time", "completion_start_time", "prompt_version", "first_start", "last_end", "total_cost", "value"}
)


def select_list(names: Iterable[str]) -> Sql:
    """Columns for a SELECT; instants come as whole microseconds. They get no alias: one that is named like
    its column would stand for it in the conditions too."""
    return join(", ", map(_selected, names))


def _selected(column: str) -> Sql:
    if column not in INSTANTS:
        return name(column)
    return sql("toUnixTimestamp64Micro({})", name(column))
