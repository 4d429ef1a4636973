"""What a question reads beside its view: the traces of observations and scores, the observations of scores, the
scores of traces and observations. Each row of the view meets at most one row of the other side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spyglass.query.metrics.vocabulary import Source
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, build_select, instant
from spyglass.stores.analytics.sql import Sql, join, sql

# (view, source) -> the columns of the view that name the other row.
_OWN_KEYS: dict[tuple[str, Source], tuple[str, ...]] = {
    (OBSERVATIONS.table, Source.TRACE): ("trace_id",),
    (OBSERVATIONS.table, Source.SCORES): ("trace_id", "id"),
    (TRACES.table, Source.SCORES): ("id",),
    (SCORES.table, Source.TRACE): ("trace_id",),
    (SCORES.table, Source.OBSERVATION): ("trace_id", "observation_id"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """Which rows of the view the question is about."""

    view: View
    project_id: str
    from_us: int
    to_us: int
    conditions: Sequence[Sql]


def own_keys(sources: Sequence[Source], view: View) -> list[str]:
    """The key columns, for the select list of the view's rows."""
    keys = [key for source in sources for key in _OWN_KEYS[(view.table, source)]]
    return [f"{key} AS k_{key}" for key in dict.fromkeys(keys)]


def join_clause(source: Source, context: Context, columns: Sequence[Sql]) -> Sql:
    """` LEFT ANY JOIN (...) ON ...`, giving the columns of `columns`."""
    select, theirs = _other_side(source, context, columns)
    ours = _OWN_KEYS[(context.view.table, source)]
    equal = " AND ".join(
        f"r.k_{mine} = {source.value}_{their}_key" for mine, their in zip(ours, theirs, strict=True)
    )
    return sql(f" LEFT ANY JOIN ({{}}) AS {source.value} ON {equal}", select)


def _other_side(source: Source, context: Context, columns: Sequence[Sql]) -> tuple[Sql, tuple[str, ...]]:
    match source:
        case Source.TRACE:
            return _select(TRACES, source, ("id",), context, columns, [*_traces_meant(context)]), ("id",)
        case Source.OBSERVATION:
            meant = sql("(trace_id, id) IN ({})", _keys_of(context, "trace_id, observation_id"))
            keys = ("trace_id", "id")
            return _select(OBSERVATIONS, source, keys, context, columns, [meant]), keys
        case _:
            return _select_scores(source, context, columns)


def _traces_meant(context: Context) -> list[Sql]:
    """Traces that can have a row of the question. One with an observation in the range begins before its end and
    ends after its start: both are kept on the trace."""
    if context.view is OBSERVATIONS:
        return [
            sql("first_start < {}", instant(context.to_us)),
            sql("last_end >= {}", instant(context.from_us)),
        ]
    return [sql("id IN ({})", _keys_of(context, "trace_id"))]


def _keys_of(context: Context, columns: str) -> Sql:
    return build_select(context.view, context.project_id, columns, context.conditions)


def _select(
    view: View,
    source: Source,
    keys: tuple[str, ...],
    context: Context,
    columns: Sequence[Sql],
    where: Sequence[Sql],
    tail: str = "",
) -> Sql:
    named = [Sql((f"{key} AS {source.value}_{key}_key",)) for key in keys]
    return build_select(view, context.project_id, join(", ", [*named, *columns]), where, tail)


def _select_scores(source: Source, context: Context, columns: Sequence[Sql]) -> tuple[Sql, tuple[str, ...]]:
    if context.view is TRACES:
        keys: tuple[str, ...] = ("trace_id",)
        where = [sql("trace_id != ''")]
    else:
        keys = ("trace_id", "observation_id")
        where = [sql("observation_id != ''")]
    tail = f"GROUP BY {', '.join(keys)}"
    return _select(SCORES, source, keys, context, columns, where, tail), keys
