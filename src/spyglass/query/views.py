"""What can be read: the tables of records, each with its project predicate and its time column. Every SELECT
of this package starts here, so none can be built without a project, or see replaced or deleted rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.core.records import Observation, Score, Trace
from spyglass.stores.analytics import tables
from spyglass.stores.analytics.sql import Sql, all_of, sql, value


@dataclass(frozen=True, slots=True)
class View:
    """A table, its row struct and its sort key behind the project: the time first, ids after it."""

    table: str
    row: Any
    time: str
    ids: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return (self.time, *self.ids)


TRACES = View(tables.TRACES, Trace, "timestamp", ("id",))
OBSERVATIONS = View(tables.OBSERVATIONS, Observation, "start_time", ("trace_id", "id"))
SCORES = View(tables.SCORES, Score, "timestamp", ("id",))


def build_select(
    view: View, project_id: str, what: Sql | str, where: Iterable[Sql] = (), tail: Sql | str = ""
) -> Sql:
    """`SELECT what FROM view` for one project; `tail` is what follows the conditions (GROUP BY, ORDER BY)."""
    if not project_id:
        raise ValueError("a query needs a project")
    tenant = sql("project_id = {}", value("String", project_id))
    question = sql(
        "SELECT {} FROM {} FINAL WHERE {}", _as_sql(what), Sql((view.table,)), all_of([tenant, *where])
    )
    return question + " " + _as_sql(tail) if tail else question


def build_glance(view: View, project_id: str, what: str, where: Iterable[Sql], tail: Sql) -> Sql:
    """The same without `FINAL`: replaced and deleted rows are in it, so it can say where to look and nothing else; in
    the order of the sort key it stops when it has enough."""
    if not project_id:
        raise ValueError("a query needs a project")
    tenant = sql("project_id = {}", value("String", project_id))
    return sql(
        "SELECT {} FROM {} WHERE {} {}", Sql((what,)), Sql((view.table,)), all_of([tenant, *where]), tail
    )


def build_select_across(
    view: View, project_ids: Sequence[str], what: Sql | str, where: Iterable[Sql] = (), tail: Sql | str = ""
) -> Sql:
    """The same for the projects that one person may see."""
    if not project_ids:
        raise ValueError("a query needs a project")
    tenants = sql("project_id IN {}", value("Array(String)", list(project_ids)))
    question = sql(
        "SELECT {} FROM {} FINAL WHERE {}", _as_sql(what), Sql((view.table,)), all_of([tenants, *where])
    )
    return question + " " + _as_sql(tail) if tail else question


def _as_sql(text: Sql | str) -> Sql:
    return Sql((text,)) if isinstance(text, str) else text


def instant(at_us: int) -> Sql:
    return sql("fromUnixTimestamp64Micro({}, 'UTC')", value("Int64", at_us))


def within(view: View, from_us: int | None, to_us: int | None) -> list[Sql]:
    """From inclusive, to exclusive, on the view's time."""
    conditions = []
    if from_us is not None:
        conditions.append(sql(f"{view.time} >= {{}}", instant(from_us)))
    if to_us is not None:
        conditions.append(sql(f"{view.time} < {{}}", instant(to_us)))
    return conditions
