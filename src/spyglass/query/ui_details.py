"""What a page of the web UI shows beside its rows: the models and tools of its traces, scores, comments, the traces of
observations, the daily costs of users. One query each for the whole page, bounded by the ids and times on it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from spyglass.core.clock import from_us, now_us
from spyglass.query import expressions
from spyglass.query.comparisons import any_of
from spyglass.query.entities import Bounds
from spyglass.query.fields import CALLED, TRACE_FIRST_TOKEN_S, Place
from spyglass.query.traces import read_traces
from spyglass.query.tree_questions import Question
from spyglass.query.ui_lists import Place as Found
from spyglass.query.ui_rows import plain_number
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, build_select, instant, within
from spyglass.stores.analytics.sql import Sql, sql, value

_DAY_US = 86_400_000_000
_SPARK_DAYS = 7
_GAP_US = 60_000_000
_MOST_NAMES = 20
# What the calls of a trace add up to: the name of the column -> its aggregate.
_OF_CALLS = {
    "models": f"arraySort(groupUniqArrayIf({_MOST_NAMES})(model, model != ''))",
    "prompt": f"arraySort(groupUniqArrayIf({_MOST_NAMES})(prompt_name, prompt_name != ''))",
    "tools": f"arraySort(groupUniqArrayArray({_MOST_NAMES})({CALLED}))",
    "ttft": TRACE_FIRST_TOKEN_S,
    "cost.in": f"toFloat64(sum({expressions.INPUT_COST}))",
    "cost.out": f"toFloat64(sum({expressions.OUTPUT_COST}))",
}
_LISTS = frozenset({"models", "prompt", "tools"})

Rows = list[dict[str, Any]]


def add_details(question: Question, rows: Rows, found: Sequence[Found], columns: Sequence[str]) -> None:
    """Fill in the columns that do not stand on the rows."""
    if not rows:
        return
    name = question.entity.name
    if name == "traces":
        _add_calls(question, rows, found, columns)
    if name in ("observations", "scores"):
        _add_traces(question, rows, found, columns)
    if "scores" in columns and "scores" in question.entity.fields:
        _add_scores(question, rows)
    if "comments" in columns:
        counts = question.comments(question.entity.subject, [row["id"] for row in rows])
        for row in rows:
            row["comments"] = counts.get(row["id"], 0)
    if name == "sessions" and "input" in columns:
        _add_first_messages(question, rows)
    if name == "users":
        _add_sparks(question, rows, columns)
        _add_models(question, rows, columns)


def _add_calls(question: Question, rows: Rows, found: Sequence[Found], columns: Sequence[str]) -> None:
    asked = [each for each in _OF_CALLS if each in columns]
    if not asked:
        return
    where = _of_these_traces(question, rows, found)
    if not where:
        return _fill_calls(rows, {}, asked)
    what = ", ".join(("trace_id", *(_OF_CALLS[each] for each in asked)))
    read = question.read(build_select(OBSERVATIONS, question.project_id, what, where, "GROUP BY trace_id"))
    _fill_calls(rows, {row[0]: row[1:] for row in read}, asked)


def _fill_calls(rows: Rows, by_trace: Mapping[str, Sequence[Any]], asked: Sequence[str]) -> None:
    for row in rows:
        values = by_trace.get(row["id"])
        for index, name in enumerate(asked):
            row[name] = _of_calls(name, None if values is None else values[index])


def _of_these_traces(question: Question, rows: Rows, found: Sequence[Found]) -> list[Sql]:
    """Conditions for the observations of a page of traces, which lie between the first start and the last end of each;
    nothing when none has any."""
    ids = value("Array(String)", sorted({row["id"] for row in rows}))
    times = value("Array(DateTime64(6, 'UTC'))", [from_us(each.time_us) for each in found])
    what = "toUnixTimestamp64Micro(first_start), toUnixTimestamp64Micro(last_end)"
    places = [sql("timestamp IN {}", times), sql("id IN {}", ids), Sql(("isNotNull(first_start)",))]
    spans = question.read(build_select(TRACES, question.project_id, what, places))
    stretches = _merged([(start, start if end is None else end) for start, end in spans])
    if not stretches:
        return []
    lies_in = any_of([sql("start_time BETWEEN {} AND {}", *map(instant, each)) for each in stretches])
    return [sql("trace_id IN {}", ids), lies_in]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of time that together hold all of `spans`, with gaps of more than a minute between them."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + _GAP_US:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _of_calls(name: str, found: Any) -> Any:
    if name in _LISTS:
        return list(found or ())
    return plain_number(found)


def _add_traces(question: Question, rows: Rows, found: Sequence[Found], columns: Sequence[str]) -> None:
    fields = question.entity.fields
    asked = {
        name: fields[name].expression
        for name in columns
        if name in fields and fields[name].place is Place.TRACE
    }
    if not asked:
        return
    ids = {row["trace"] for row in rows if row.get("trace")}
    near = [each.time_us for each in found]
    traces = read_traces(question.analytics, question.project_id, ids, list(set(asked.values())), near)
    for row in rows:
        trace = traces.get(row.get("trace") or "")
        for name, column in asked.items():
            held = getattr(trace, column) if trace is not None else None
            row[name] = list(held or ()) if fields[name].type == "array" else held or None


# Entity -> what a score says of what it is about, and the keys of a row that say the same.
_SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "traces": ("trace_id", ("id",)),
    "observations": ("trace_id, observation_id", ("trace", "id")),
    "sessions": ("session_id", ("id",)),
}


def _add_scores(question: Question, rows: Rows) -> None:
    """By name and type: the mean of numbers, the latest of words, and how many there are."""
    theirs, ours = _SUBJECTS[question.entity.name]
    where = [
        sql(f"{column} IN {{}}", value("Array(String)", sorted({row[key] for row in rows})))
        for column, key in zip(theirs.split(", "), ours, strict=True)
    ]
    where.append(Sql(("data_type != 'CORRECTION'",)))
    what = f"{theirs}, name, data_type, avg(value), argMax(string_value, (timestamp, id)), count()"
    tail = f"GROUP BY {theirs}, name, data_type ORDER BY name, data_type"
    by_subject: dict[tuple[str, ...], Rows] = {}
    for read in question.read(build_select(SCORES, question.project_id, what, where, tail)):
        subject, (name, type_, mean, text, count) = read[: len(ours)], read[len(ours) :]
        score: dict[str, Any] = {"name": name, "type": type_, "n": count}
        if type_ in ("NUMERIC", "BOOLEAN"):
            score["value"] = plain_number(mean)
        else:
            score["text"] = text
        by_subject.setdefault(tuple(subject), []).append(score)
    for row in rows:
        row["scores"] = by_subject.get(tuple(row[key] for key in ours), [])


def _add_first_messages(question: Question, rows: Rows) -> None:
    ids = value("Array(String)", sorted({row["id"] for row in rows}))
    where = [
        sql("session_id IN {}", ids),
        *within(TRACES, question.bounds.from_us, question.bounds.to_us),
    ]
    what = "session_id, argMin(input_preview, (timestamp, id))"
    read = dict(question.read(build_select(TRACES, question.project_id, what, where, "GROUP BY session_id")))
    for row in rows:
        row["input"] = read.get(row["id"]) or None


def _add_sparks(question: Question, rows: Rows, columns: Sequence[str]) -> None:
    """What the traces of each of the seven days before the end of the range cost."""
    if "spark" not in columns:
        return
    end_us = question.bounds.to_us or now_us()
    start_us = end_us - _SPARK_DAYS * _DAY_US
    day = sql(f"intDiv(toUnixTimestamp64Micro(timestamp) - {{}}, {_DAY_US})", value("Int64", start_us))
    ids = value("Array(String)", sorted({row["id"] for row in rows}))
    where = [sql("user_id IN {}", ids), *within(TRACES, start_us, end_us)]
    what = sql("user_id, {} AS day, toFloat64(sum(total_cost))", day)
    by_user: dict[str, dict[int, float]] = {}
    for user, number, cost in question.read(
        build_select(TRACES, question.project_id, what, where, "GROUP BY user_id, day")
    ):
        by_user.setdefault(user, {})[int(number)] = cost or 0.0
    for row in rows:
        days = by_user.get(row["id"], {})
        row["spark"] = [plain_number(days.get(number, 0.0)) for number in range(_SPARK_DAYS)]


def _add_models(question: Question, rows: Rows, columns: Sequence[str]) -> None:
    if "model" not in columns:
        return
    ids = value("Array(String)", sorted({row["id"] for row in rows}))
    bounds = question.bounds
    mine = [sql("user_id IN {}", ids), *within(TRACES, bounds.from_us, bounds.to_us)]
    calls = [Sql(("model != ''",)), *_around(bounds)]
    joined = sql(
        "SELECT user_id, model, count() AS calls FROM ({}) AS called INNER JOIN ({}) AS mine"
        " ON called.trace_id = mine.id GROUP BY user_id, model ORDER BY calls, model",
        build_select(OBSERVATIONS, question.project_id, "trace_id, model", calls),
        build_select(TRACES, question.project_id, "id, user_id", mine),
    )
    top = {user: model for user, model, _ in question.read(joined)}
    for row in rows:
        row["model"] = top.get(row["id"])


def _around(bounds: Bounds) -> list[Sql]:
    """Observations begin about when their trace does; those of a day before or after are left out."""
    found = []
    if bounds.from_us is not None:
        found.append(sql("start_time >= {}", instant(max(bounds.from_us - _DAY_US, 0))))
    if bounds.to_us is not None:
        found.append(sql("start_time < {}", instant(bounds.to_us + _DAY_US)))
    return found
