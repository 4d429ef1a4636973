"""What the web UI lists: traces, observations, scores, and the sessions and users that traces make up. Each is a
source of rows for one project and a stretch of time, with the fields of the registry over it.

A session or a user is what its traces within the time range are: its numbers are of the range, as a person reads
"cost of this user today".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spyglass.query import expressions
from spyglass.query.field_lists import (
    OBSERVATION_FIELDS,
    SCORE_FIELDS,
    SESSION_FIELDS,
    TRACE_FIELDS,
    USER_FIELDS,
)
from spyglass.query.fields import Field, by_name
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, build_select, instant, within
from spyglass.stores.analytics.sql import Sql, all_of, sql, value


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which rows at all: from inclusive, to exclusive, on the time of the view; any of `environments`; those that
    first came in up to `created_us`, whatever their time is."""

    from_us: int | None = None
    to_us: int | None = None
    environments: tuple[str, ...] = ()
    created_us: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """`time` and `ids` are its place in the newest-first order; of a group they are names of its inner SELECT.
    `ok`, `warning` and `error` split its rows for the histogram, `subject` is what its comments are about."""

    name: str
    view: View
    time: str
    ids: tuple[str, ...]
    fields: Mapping[str, Field]
    default_sort: str
    error: str = "0"
    warning: str = "0"
    subject: str = ""
    group: str = ""  # the column of the traces that a group shares
    group_columns: tuple[str, ...] = field(default=())

    def select(
        self,
        project_id: str,
        bounds: Bounds,
        what: Sql | str,
        where: Iterable[Sql] = (),
        tail: Sql | str = "",
        rows: Iterable[Sql] = (),
    ) -> Sql:
        """`SELECT what FROM <the rows>` under further conditions on them. `rows`: conditions on the rows of the view,
        which of a group are the traces that make it up."""
        rows = [*within(self.view, bounds.from_us, bounds.to_us), *rows]
        if bounds.environments:
            rows.append(sql("environment IN {}", value("Array(String)", list(bounds.environments))))
        if bounds.created_us is not None:
            rows.append(sql("created_at <= {}", instant(bounds.created_us)))
        if not self.group:
            return build_select(self.view, project_id, what, [*rows, *where], tail)
        rows.append(Sql((f"{self.group} != ''",)))
        columns = ", ".join((f"{self.group} AS group_id", *self.group_columns))
        inner = build_select(self.view, project_id, columns, rows, f"GROUP BY {self.group}")
        question = sql("SELECT {} FROM ({}) WHERE {}", _as_sql(what), inner, all_of(where))
        return question + " " + _as_sql(tail) if tail else question


def _as_sql(text: Sql | str) -> Sql:
    return Sql((text,)) if isinstance(text, str) else text


_OF_GROUPS = (
    "min(timestamp) AS group_first",
    "max(greatest(timestamp, ifNull(last_end, timestamp))) AS group_last",
    "count() AS group_traces",
    "sum(observation_count) AS group_observations",
    "sum(error_count) AS group_errors",
    "sum(warning_count) AS group_warnings",
    "sum(total_cost) AS group_cost",
    f"sum({expressions.TOTAL_TOKENS}) AS group_tokens",
    f"sum({expressions.INPUT_TOKENS}) AS group_tokens_in",
    f"sum({expressions.OUTPUT_TOKENS}) AS group_tokens_out",
    "arraySort(groupUniqArray(environment)) AS group_environments",
    "arraySort(groupUniqArrayArray(tags)) AS group_tags",
)

ENTITIES: dict[str, Entity] = {
    "traces": Entity(
        "traces", TRACES, "timestamp", ("id",), by_name(TRACE_FIELDS), "time",
        error="error_count > 0", warning="warning_count > 0", subject="TRACE",
    ),
    "observations": Entity(
        "observations", OBSERVATIONS, "start_time", ("trace_id", "id"), by_name(OBSERVATION_FIELDS), "time",
        error="level = 'ERROR'", warning="level = 'WARNING'", subject="OBSERVATION",
    ),
    "sessions": Entity(
        "sessions", TRACES, "group_first", ("group_id",), by_name(SESSION_FIELDS), "time",
        error="group_errors > 0", warning="group_warnings > 0", subject="SESSION", group="session_id",
        group_columns=(
            *_OF_GROUPS,
            "arraySort(groupUniqArrayIf(user_id, user_id != '')) AS group_users",
            "max(bookmarked) AS group_bookmarked",
        ),
    ),
    "users": Entity(
        "users", TRACES, "group_last", ("group_id",), by_name(USER_FIELDS), "lastseen",
        error="group_errors > 0", warning="group_warnings > 0", group="user_id",
        group_columns=(*_OF_GROUPS, "uniqExactIf(session_id, session_id != '') AS group_sessions"),
    ),
    "scores": Entity("scores", SCORES, "timestamp", ("id",), by_name(SCORE_FIELDS), "time"),
}  # fmt: skip


def names_of(fields: Sequence[Field]) -> list[str]:
    return [each.name for each in fields]
