"""The filter grammar in plain Python, written from its documentation, not from the compiler."""

import re
from collections.abc import Callable
from typing import Any

from record_rows import World

from spyglass.core.filters import Condition
from spyglass.core.records import Observation, Score, Trace

Row = Trace | Observation | Score


def matching(world: World, rows: list[Any], conditions: list[Condition]) -> list[str]:
    """Ids of the rows that meet all conditions."""
    return sorted(row.id for row in rows if all(holds(world, row, each) for each in conditions))


def holds(world: World, row: Row, condition: Condition) -> bool:
    if condition.column in ("scores_avg", "score_categories", "score_booleans"):
        return _holds_on_scores(world, row, condition)
    return _compare(_value_of(world, row, condition.column), condition)


def _compare(found: Any, condition: Condition) -> bool:
    wanted, operator = condition.value, condition.operator
    if condition.type == "null":
        missing = condition.key not in found if condition.key else found is None or found in ("", [], {})
        return missing if operator == "is null" else not missing
    if condition.type in ("stringObject", "numberObject") and isinstance(found, dict):
        found = found.get(condition.key, "")
        if condition.type == "numberObject":
            found = float(found) if re.fullmatch(r"[\d.]+", found) else None
    if isinstance(found, list):
        return {
            "any of": any(tag in wanted for tag in found),
            "none of": not any(tag in wanted for tag in found),
            "all of": all(tag in found for tag in wanted),
        }[operator]
    if found is None:
        return False
    return _OPERATORS[operator](found, wanted)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "contains": lambda a, b: b in a,
    "does not contain": lambda a, b: b not in a,
    "starts with": lambda a, b: a.startswith(b),
    "ends with": lambda a, b: a.endswith(b),
    "any of": lambda a, b: a in b,
    "none of": lambda a, b: a not in b,
    "matches": lambda a, b: _matches(a.lower(), b.lower()),
}


def _matches(text: str, wanted: str) -> bool:
    words = set(re.split(r"[^0-9a-z\x80-\U0010ffff]+", text))
    asked = [word for word in re.split(r"[^0-9a-z\x80-\U0010ffff]+", wanted) if word and word.isascii()]
    return wanted in text and all(word in words for word in asked)


def _value_of(world: World, row: Row, column: str) -> Any:
    if isinstance(row, Trace):
        return _TRACE[column](world, row)
    if isinstance(row, Observation):
        if column in _OF_TRACE:
            return _TRACE[_OF_TRACE[column]](world, _trace_of(world, row))
        return _OBSERVATION[column](row)
    if column in _OF_TRACE:
        return _TRACE[_OF_TRACE[column]](world, _trace_of(world, row))
    return _SCORE[column](row)


def _trace_of(world: World, row: Observation | Score) -> Trace:
    """A score may be of a session, or of a trace that never came: nothing is known about it then."""
    nothing = Trace(project_id="", id="", timestamp=0)
    return next((trace for trace in world.traces if trace.id == row.trace_id), nothing)


_OF_TRACE = {
    "traceName": "name",
    "traceTags": "tags",
    "trace_tags": "tags",
    "userId": "userId",
    "sessionId": "sessionId",
}


def _sum(amounts: dict[str, Any], word: str) -> float | None:
    return float(sum(v for k, v in amounts.items() if word in k.lower())) if amounts else None


def _total(usage: dict[str, int]) -> float | None:
    return float(usage["total"]) if "total" in usage else None


def _seconds(start: int, end: int | None) -> float | None:
    if end is None or end < start:
        return None
    return (end // 1000 - start // 1000) / 1000


def _cost(row: Row) -> float | None:
    assert not isinstance(row, Score)
    return None if row.total_cost is None else float(row.total_cost)


def _observed_cost(world: World, trace: Trace, word: str) -> float | None:
    sums = [
        found
        for row in world.observations
        if row.trace_id == trace.id and (found := _sum(row.cost, word)) is not None
    ]
    return sum(sums) if sums else None


def _level(trace: Trace) -> str:
    if trace.error_count:
        return "ERROR"
    if trace.warning_count:
        return "WARNING"
    return "DEFAULT" if trace.default_count else "DEBUG"


def _trace_latency(trace: Trace) -> float:
    return 0 if trace.first_start is None else _seconds(trace.first_start, trace.last_end) or 0


_TRACE: dict[str, Callable[[World, Trace], Any]] = {
    "id": lambda _, row: row.id,
    "name": lambda _, row: row.name,
    "userId": lambda _, row: row.user_id,
    "sessionId": lambda _, row: row.session_id,
    "environment": lambda _, row: row.environment,
    "timestamp": lambda _, row: row.timestamp,
    "tags": lambda _, row: row.tags,
    "metadata": lambda _, row: row.metadata,
    "input": lambda _, row: row.input,
    "output": lambda _, row: row.output,
    "bookmarked": lambda _, row: row.bookmarked,
    "level": lambda _, row: _level(row),
    "errorCount": lambda _, row: row.error_count,
    "latency": lambda _, row: _trace_latency(row),
    "inputTokens": lambda _, row: _sum(row.usage, "input"),
    "totalTokens": lambda _, row: _total(row.usage),
    "totalCost": lambda _, row: _cost(row),
    "inputCost": lambda world, row: _observed_cost(world, row, "input"),
    "outputCost": lambda world, row: _observed_cost(world, row, "output"),
}
_OBSERVATION: dict[str, Callable[[Observation], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "type": lambda row: row.type,
    "level": lambda row: row.level,
    "model": lambda row: row.model,
    "parentObservationId": lambda row: row.parent_id,
    "promptVersion": lambda row: row.prompt_version,
    "startTime": lambda row: row.start_time,
    "endTime": lambda row: row.end_time,
    "latency": lambda row: _seconds(row.start_time, row.end_time),
    "timeToFirstToken": lambda row: _seconds(row.start_time, row.completion_start_time),
    "outputTokens": lambda row: _sum(row.usage, "output"),
    "totalTokens": lambda row: _total(row.usage),
    "outputCost": lambda row: _sum(row.cost, "output"),
    "totalCost": _cost,
    "toolDefinitions": lambda row: len(row.tool_definitions),
    "toolNames": lambda row: list(row.tool_definitions),
    "calledToolNames": lambda row: row.tool_call_names,
    "metadata": lambda row: row.metadata,
    "input": lambda row: row.input,
    "output": lambda row: row.output,
    "isRootObservation": lambda row: row.parent_id == "" or row.is_app_root,
    "hasParentObservation": lambda row: row.parent_id != "",
    "hasInput": lambda row: row.input != "",
}
_SCORE: dict[str, Callable[[Score], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "dataType": lambda row: row.data_type,
    "stringValue": lambda row: row.string_value,
    "observationId": lambda row: row.observation_id,
    "value": lambda row: row.value,
    "booleanValue": lambda row: row.value == 1 if row.data_type == "BOOLEAN" else None,
    "timestamp": lambda row: row.timestamp,
    "metadata": lambda row: row.metadata,
}


def _holds_on_scores(world: World, row: Row, condition: Condition) -> bool:
    own = [score for score in world.scores if _is_of(score, row)]
    if condition.key:
        own = [score for score in own if score.name == condition.key]
    if condition.type == "numberObject":
        values = [s.value for s in own if s.data_type in ("NUMERIC", "BOOLEAN") and s.value is not None]
        return bool(values) and _OPERATORS[condition.operator](sum(values) / len(values), condition.value)
    if condition.type == "booleanObject":
        flags = [score.value == 1 for score in own if score.data_type == "BOOLEAN"]
        return any(_OPERATORS[condition.operator](flag, condition.value) for flag in flags)
    words = [
        score.string_value if condition.key else f"{score.name}:{score.string_value}"
        for score in own
        if score.data_type == "CATEGORICAL"
    ]
    return any(word in condition.value for word in words) == (condition.operator == "any of")


def _is_of(score: Score, row: Row) -> bool:
    if isinstance(row, Observation):
        return (score.trace_id, score.observation_id) == (row.trace_id, row.id)
    return score.trace_id == row.id
