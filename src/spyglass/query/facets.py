"""What there is to filter by: the values of a field with how often each occurs, the range of a number with a small
histogram, the keys of maps and scores. Always under the conditions on the other fields.

Each field has a budget; beyond it the newest part of the time range is counted and the answer says so.
"""

import math
from dataclasses import dataclass
from typing import Any

from spyglass.core.filter_tree import Node, without_field
from spyglass.query.budgets import Settings, within_budget
from spyglass.query.comparisons import compare_text
from spyglass.query.entities import Bounds
from spyglass.query.fields import SCORE_TEXT, Field, Place
from spyglass.query.tree_questions import Question
from spyglass.query.ui_rows import plain_number
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, build_select, instant
from spyglass.stores.analytics.sql import Sql, all_of, double, sql, value

BUDGET_S = 0.3
_BINS = 12
_DAY_US = 86_400_000_000
_MOST_KEYS = 200


@dataclass(frozen=True, slots=True)
class Facet:
    """`shown` is the JSON of the answer; `partial`: only the newest part of the range was counted."""

    shown: dict[str, Any]
    partial: bool


def read_facet(question: Question, field: Field, search: str, limit: int) -> Facet:
    question = _others(question, field)
    reads = {"options": _options, "range": _range, "keys": _keys}
    read = reads[field.facet]
    found, bounds = within_budget(
        question, BUDGET_S, lambda asked, settings: read(asked, field, search, limit, settings)
    )
    if found is None:
        empty: dict[str, dict[str, Any]] = {
            "options": {"options": [], "more": True},
            "range": {"min": None, "max": None, "histogram": []},
            "keys": {"keys": []},
        }
        return Facet(empty[field.facet], True)
    return Facet(found, bounds != question.bounds)


def read_values(question: Question, field: Field, key: str, prefix: str, limit: int) -> list[dict[str, Any]]:
    """Completions: values that contain `prefix`, those that begin with it first, then the frequent ones."""
    question = _others(question, field)

    def read(asked: Question, settings: Settings) -> list[dict[str, Any]]:
        begins = sql("{} AS begins", compare_text(_VALUE, "starts", prefix) if prefix else Sql(("1",)))
        rows = asked.read(_grouped(_value_rows(asked, field, key), prefix, limit, first=begins), settings)
        return [{"value": each, "count": count} for each, count, *_ in rows]

    found, _ = within_budget(question, BUDGET_S, read)
    return found or []


def _others(question: Question, field: Field) -> Question:
    tree: Node = without_field(question.tree, field.name)
    return question.filtered(tree)


_VALUE = Sql(("facet_value",))


def _options(question: Question, field: Field, search: str, limit: int, settings: Settings) -> dict[str, Any]:
    rows = question.read(_grouped(_value_rows(question, field, ""), search, limit + 1), settings)
    options = [{"value": each, "count": count} for each, count in rows]
    return {"options": options[:limit], "more": len(options) > limit}


@dataclass(frozen=True, slots=True)
class _Values:
    """`rows`: `facet_value` of each row of a question; with `facet_id` where each of those counts once."""

    rows: Sql
    counted: str = "count()"


def _grouped(values: _Values, search: str, limit: int, first: Sql | None = None) -> Sql:
    conditions = [sql("facet_value != ''")]
    if search:
        conditions.append(compare_text(_VALUE, "contains", search))
    return sql(
        "SELECT facet_value, {} AS occurrences{} FROM ({}) WHERE {}"
        " GROUP BY facet_value ORDER BY {}occurrences DESC, facet_value LIMIT {}",
        Sql((values.counted,)),
        sql(", {}", first) if first else Sql(("",)),
        values.rows,
        all_of(conditions),
        Sql(("begins DESC, " if first else "",)),
        value("UInt64", limit),
    )


def _value_rows(question: Question, field: Field, key: str) -> _Values:
    """One row for each value of each row of the question."""
    if field.type == "score":
        return _Values(_of_scores(question, key))
    if field.type == "map":
        what = sql("metadata[{}]", value("String", key)) if key else Sql(("arrayJoin(mapKeys(metadata))",))
        return _Values(question.select(sql("{} AS facet_value", what)))
    if field.place is Place.CALLS:
        what = sql("trace_id AS facet_id, {} AS facet_value", _each_of(field.expression, field.many))
        rows = build_select(OBSERVATIONS, question.project_id, what, _calls_of(question))
        return _Values(rows, "uniqExact(facet_id)")
    if field.place is Place.TRACE:
        return _Values(_of_traces(question, field))
    if field.type == "boolean":
        return _Values(question.select(f"if({field.expression}, 'true', 'false') AS facet_value"))
    each = _each_of(field.expression, field.type == "array")
    return _Values(question.select(sql("{} AS facet_value", each)))


def _of_traces(question: Question, field: Field) -> Sql:
    what = f"id AS joined_id, {field.expression} AS joined_value"
    return sql(
        "SELECT {} AS facet_value FROM ({}) AS mine INNER JOIN ({}) AS theirs ON mine.trace_id = theirs.joined_id",
        _each_of("joined_value", field.type == "array"),
        question.select("trace_id"),
        build_select(TRACES, question.project_id, what, _around(TRACES, question.bounds)),
    )


def _each_of(expression: str, many: bool) -> Sql:
    return Sql((f"arrayJoin(arrayDistinct({expression}))" if many else f"toString({expression})",))


def _calls_of(question: Question) -> list[Sql]:
    return [sql("trace_id IN ({})", question.select("id")), *_around(OBSERVATIONS, question.bounds)]


def _around(view: View, bounds: Bounds) -> list[Sql]:
    """Records that belong to others lie near them in time; a day more on both sides is enough to count by."""
    found = []
    if bounds.from_us is not None:
        found.append(sql(f"{view.time} >= {{}}", instant(max(bounds.from_us - _DAY_US, 0))))
    if bounds.to_us is not None:
        found.append(sql(f"{view.time} < {{}}", instant(bounds.to_us + _DAY_US)))
    return found


# Entity -> the ids of its rows, and what a score calls them.
_SUBJECTS = {
    "traces": ("id", "trace_id"),
    "observations": ("(trace_id, id)", "(trace_id, observation_id)"),
    "sessions": ("group_id", "session_id"),
}


def _scores_of(question: Question) -> list[Sql]:
    ours, theirs = _SUBJECTS[question.entity.name]
    return [sql(f"{theirs} IN ({{}})", question.select(ours)), Sql(("data_type != 'CORRECTION'",))]


def _of_scores(question: Question, key: str) -> Sql:
    """The values of the scores of a name, or the names."""
    where, what = _scores_of(question), "name"
    if key:
        where.append(sql("name = {}", value("String", key)))
        flag = "if(value = 1, 'true', 'false')"
        what = f"multiIf(data_type = 'BOOLEAN', {flag}, data_type = 'NUMERIC', '', {SCORE_TEXT})"
    return build_select(SCORES, question.project_id, f"{what} AS facet_value", where)


def _range(question: Question, field: Field, search: str, limit: int, settings: Settings) -> dict[str, Any]:
    if field.place is Place.SUMS:
        what = f"toFloat64({field.expression}) AS facet_number"
        numbers = build_select(
            OBSERVATIONS, question.project_id, what, _calls_of(question), "GROUP BY trace_id"
        )
    else:
        numbers = question.select(f"toFloat64({field.expression}) AS facet_number")
    edges = sql("SELECT count(facet_number), min(facet_number), max(facet_number) FROM ({})", numbers)
    count, low, high = question.read(edges, settings)[0]
    if not count or not math.isfinite(low) or not math.isfinite(high):
        return {"min": None, "max": None, "histogram": []}
    return {
        "min": plain_number(low),
        "max": plain_number(high),
        "histogram": _bins(question, numbers, low, high, count, settings),
    }


def _bins(
    question: Question, numbers: Sql, low: float, high: float, count: int, settings: Settings
) -> list[list[float]]:
    """[from, to, rows] of bins of one width."""
    width = (high - low) / _BINS
    if width <= 0 or not math.isfinite(width):
        return [[low, high, count]]
    place = sql(
        f"least(toUInt32(floor((facet_number - {{}}) / {{}})), {_BINS - 1}) AS place",
        double(low),
        double(width),
    )
    counted = sql("SELECT {}, count() FROM ({}) WHERE isNotNull(facet_number) GROUP BY place", place, numbers)
    found = {int(at): rows for at, rows in question.read(counted, settings)}
    return [[low + at * width, low + (at + 1) * width, found.get(at, 0)] for at in range(_BINS)]


def _keys(question: Question, field: Field, search: str, limit: int, settings: Settings) -> dict[str, Any]:
    """The keys of the metadata, or the names of the scores with their type."""
    if field.type == "map":
        rows = question.read(_grouped(_value_rows(question, field, ""), search, _MOST_KEYS), settings)
        return {"keys": [{"value": key, "count": count} for key, count in rows]}
    ours, theirs = _SUBJECTS[question.entity.name]
    where = [sql(f"{theirs} IN ({{}})", question.select(ours)), Sql(("data_type != 'CORRECTION'",))]
    tail = sql(
        "GROUP BY name, data_type ORDER BY occurrences DESC, name LIMIT {}", value("UInt64", _MOST_KEYS)
    )
    what = "name, data_type, count() AS occurrences"
    found = question.read(build_select(SCORES, question.project_id, what, where, tail), settings)
    return {"keys": [{"value": key, "type": type_, "count": count} for key, type_, count in found]}
