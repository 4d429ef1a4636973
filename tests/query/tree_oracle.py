"""Filter trees in plain Python, written from their documentation, not from the compiler."""

import re
from collections.abc import Callable
from typing import Any

from record_rows import World

from spyglass.core.filter_tree import AllOf, AnyOf, Leaf, Node, Not
from spyglass.core.records import Observation, Score, Trace

COMMENTS = {"TRACE": {"t1": 2, "t2": 1}, "OBSERVATION": {"o3": 1}, "SESSION": {"s1": 3}}


class Session:
    """A session, or a user: what the traces within the range make up."""

    def __init__(self, id_: str, traces: list[Trace]) -> None:
        self.id, self.traces = id_, traces


Row = Trace | Observation | Score | Session


def holds(world: World, row: Row, node: Node) -> bool:
    match node:
        case AllOf():
            return all(holds(world, row, each) for each in node.nodes)
        case AnyOf():
            return any(holds(world, row, each) for each in node.nodes)
        case Not():
            return not holds(world, row, node.node)
        case Leaf():
            return _holds_leaf(world, row, node)


# Field -> which of its columns are looked through by whole words.
_WRITTEN: dict[str, tuple[int, ...]] = {"text": (1, 2), "input": (0,), "output": (0,)}


def _holds_leaf(world: World, row: Row, leaf: Leaf) -> bool:
    if leaf.field == "has":
        wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        found = [_has(world, row, each) for each in wanted]
        return all(found) if leaf.op == "all" else any(found)
    if leaf.field == "score":
        return _on_scores(world, row, leaf)
    if leaf.field == "comments":
        return _compare(
            float(COMMENTS.get(_SUBJECT[type(row)], {}).get(row.id, 0)) or _none_is_zero(leaf), leaf
        )
    value = _value_of(world, row, leaf.field)
    if leaf.field == "text" and leaf.op == "exists":
        return any(part != "" for part in value) == leaf.value
    if leaf.op == "words":
        parts = value if isinstance(value, tuple) else (value,)
        written = _WRITTEN.get(leaf.field, ()) if isinstance(row, Trace | Observation) else ()
        return any(
            leaf.value.lower() in part.lower() and (at not in written or _whole(part, leaf.value))
            for at, part in enumerate(parts)
        )
    if leaf.field == "text":
        return any(_compare(part, leaf) for part in value)
    if isinstance(value, dict):
        if leaf.key:
            if leaf.op == "exists":
                return (leaf.key in value) == leaf.value
            return leaf.key in value and _compare(_number_if_asked(value[leaf.key], leaf), leaf)
        return bool(value) == leaf.value
    return _compare(value, leaf)


def _whole(text: str, wanted: str) -> bool:
    """Whether all ASCII words of the wanted text stand whole in the other one."""
    words = re.findall(r"[0-9A-Za-z\x80-\U0010ffff]+", text)
    lower = {re.sub("[A-Z]", lambda letter: letter[0].lower(), word) for word in words}
    return all(
        word.lower() in lower for word in re.findall(r"[0-9A-Za-z\x80-\U0010ffff]+", wanted) if word.isascii()
    )


def _none_is_zero(leaf: Leaf) -> float | None:
    """No comments are none to `exists`, and zero to a comparison."""
    return None if leaf.op == "exists" else 0.0


def _number_if_asked(text: str, leaf: Leaf) -> Any:
    if leaf.op in ("eq", "gt", "gte", "lt", "lte", "between"):
        return float(text) if re.fullmatch(r"[\d.]+", text) else None
    return text


def _compare(value: Any, leaf: Leaf) -> bool:
    op, wanted = leaf.op, leaf.value
    if op == "exists":
        return (value not in (None, "", [])) == wanted
    if isinstance(value, list):
        if op == "all":
            return all(each in value for each in wanted)
        return any(_OPERATORS[op](each, wanted) for each in value)
    return value is not None and _OPERATORS[op](value, wanted)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda a, b: a == b,
    "eq": lambda a, b: a == b,
    "in": lambda a, b: a in b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "between": lambda a, b: b[0] <= a <= b[1],
    "contains": lambda a, b: b.lower() in a.lower(),
    "starts": lambda a, b: a.lower().startswith(b.lower()),
    "ends": lambda a, b: a.lower().endswith(b.lower()),
    "matches": lambda a, b: (
        re.fullmatch(".*".join(map(re.escape, b.lower().split("*"))), a.lower(), re.DOTALL) is not None
    ),
}


def _on_scores(world: World, row: Row, leaf: Leaf) -> bool:
    own = [score for score in world.scores if _is_of(score, row) and leaf.key in ("", score.name)]
    if leaf.op == "exists":
        return bool(own) == leaf.value
    words = [score.string_value for score in own if score.data_type == "CATEGORICAL"]
    numbers = [s.value for s in own if s.data_type in ("NUMERIC", "BOOLEAN") and s.value is not None]
    mean = sum(numbers) / len(numbers) if numbers else None
    several = isinstance(leaf.value, tuple) and leaf.op != "between"
    for wanted in leaf.value if several else (leaf.value,):
        if isinstance(wanted, bool):
            if any(score.value == wanted for score in own if score.data_type == "BOOLEAN"):
                return True
        elif isinstance(wanted, str):
            op = "is" if leaf.op == "in" else leaf.op
            if any(_OPERATORS[op](word, wanted) for word in words):
                return True
        elif mean is not None and _OPERATORS["eq" if leaf.op in ("is", "in") else leaf.op](mean, wanted):
            return True
    return False


def _is_of(score: Score, row: Row) -> bool:
    if isinstance(row, Observation):
        return (score.trace_id, score.observation_id) == (row.trace_id, row.id)
    return score.session_id == row.id if isinstance(row, Session) else score.trace_id == row.id


_SUBJECT: dict[type, str] = {Trace: "TRACE", Observation: "OBSERVATION", Session: "SESSION"}


def _has(world: World, row: Row, what: str) -> bool:
    if what == "score":
        return any(_is_of(score, row) for score in world.scores)
    if what == "comment":
        if isinstance(row, Score):
            return row.comment != ""
        return row.id in COMMENTS[_SUBJECT[type(row)]]
    if what == "error":
        if isinstance(row, Observation):
            return row.level == "ERROR"
        return bool(_value_of(world, row, "errors"))
    return bool(_value_of(world, row, what))


def _value_of(world: World, row: Row, field: str) -> Any:
    if isinstance(row, Trace):
        return _TRACE[field](world, row)
    if isinstance(row, Session):
        return _SESSION[field](row)
    if field in ("tracename", "user", "session", "tags", "release"):
        nothing = Trace(project_id="", id="", timestamp=0)
        trace = next((each for each in world.traces if each.id == row.trace_id), nothing)
        return _TRACE["name" if field == "tracename" else field](world, trace)
    return (_OBSERVATION if isinstance(row, Observation) else _SCORE)[field](row)


def _sum(amounts: dict[str, Any], keep: Callable[[str], bool]) -> float | None:
    return float(sum(v for k, v in amounts.items() if keep(k.lower()))) if amounts else None


def _seconds(start: int | None, end: int | None) -> float | None:
    if start is None or end is None or end < start:
        return None
    return (end // 1000 - start // 1000) / 1000


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _level(trace: Trace) -> str:
    if trace.error_count:
        return "ERROR"
    return "WARNING" if trace.warning_count else "DEFAULT" if trace.default_count else "DEBUG"


def _calls(world: World, trace: Trace) -> list[Observation]:
    return [each for each in world.observations if each.trace_id == trace.id]


def _called(row: Observation) -> list[str]:
    return row.tool_call_names + ([row.name] if row.type == "TOOL" and row.name else [])


def _first_token(world: World, trace: Trace) -> float | None:
    calls = _calls(world, trace)
    tokens = [each.completion_start_time for each in calls if each.completion_start_time is not None]
    return _seconds(min(each.start_time for each in calls), min(tokens)) if tokens else None


def _call_costs(world: World, trace: Trace, side: str) -> float | None:
    found = [_sum(each.cost, lambda key: side in key) for each in _calls(world, trace)]
    known = [each for each in found if each is not None]
    return sum(known) if known else None


_USAGE: dict[str, Callable[[Any], Any]] = {
    "tokens": lambda row: _number(row.usage.get("total")),
    "tokens.in": lambda row: _sum(row.usage, lambda key: "input" in key),
    "tokens.out": lambda row: _sum(row.usage, lambda key: "output" in key),
    "tokens.cached": lambda row: _sum(
        row.usage, lambda key: "cache" in key and "creat" not in key and "write" not in key
    ),
    "cost": lambda row: _number(row.total_cost),
}
_TRACE: dict[str, Callable[[World, Trace], Any]] = {
    **{name: (lambda _, row, read=read: read(row)) for name, read in _USAGE.items()},
    "id": lambda _, row: row.id,
    "time": lambda _, row: row.timestamp,
    "name": lambda _, row: row.name,
    "env": lambda _, row: row.environment,
    "user": lambda _, row: row.user_id,
    "session": lambda _, row: row.session_id,
    "release": lambda _, row: row.release,
    "tags": lambda _, row: row.tags,
    "level": lambda _, row: _level(row),
    "latency": lambda _, row: _seconds(row.first_start, row.last_end),
    "errors": lambda _, row: float(row.error_count),
    "warnings": lambda _, row: float(row.warning_count),
    "model": lambda world, row: [each.model for each in _calls(world, row) if each.model],
    "tool": lambda world, row: [name for each in _calls(world, row) for name in _called(each)],
    "ttft": _first_token,
    "cost.in": lambda world, row: _call_costs(world, row, "input"),
    "bookmarked": lambda _, row: row.bookmarked,
    "input": lambda _, row: row.input,
    "output": lambda _, row: row.output,
    "text": lambda _, row: (row.name, row.input, row.output),
    "metadata": lambda _, row: row.metadata,
}
_OBSERVATION: dict[str, Callable[[Observation], Any]] = {
    **_USAGE,
    "id": lambda row: row.id,
    "time": lambda row: row.start_time,
    "end": lambda row: row.end_time,
    "parent": lambda row: row.parent_id,
    "type": lambda row: row.type,
    "name": lambda row: row.name,
    "level": lambda row: row.level,
    "model": lambda row: row.model,
    "latency": lambda row: _seconds(row.start_time, row.end_time),
    "ttft": lambda row: _seconds(row.start_time, row.completion_start_time),
    "cost.out": lambda row: _sum(row.cost, lambda key: "output" in key),
    "promptversion": lambda row: _number(row.prompt_version),
    "tool.called": lambda row: row.tool_call_names,
    "tool.offered": lambda row: list(row.tool_definitions),
    "isroot": lambda row: row.parent_id == "" or row.is_app_root,
    "input": lambda row: row.input,
    "text": lambda row: (row.name, row.input, row.output, row.status_message),
    "metadata": lambda row: row.metadata,
}
_SCORE: dict[str, Callable[[Score], Any]] = {
    "id": lambda row: row.id,
    "time": lambda row: row.timestamp,
    "name": lambda row: row.name,
    "value": lambda row: row.value if row.data_type in ("NUMERIC", "BOOLEAN") else None,
    "type": lambda row: row.data_type,
    "trace": lambda row: row.trace_id,
    "observation": lambda row: row.observation_id,
    "comment": lambda row: row.comment,
    "text": lambda row: (row.name, row.string_value, row.comment),
    "metadata": lambda row: row.metadata,
}


def _known_sum(values: list[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) if known else None


def _last(row: Session) -> int:
    return max(max(each.timestamp, each.last_end or 0) for each in row.traces)


_SESSION: dict[str, Callable[[Session], Any]] = {
    "id": lambda row: row.id,
    "time": lambda row: min(each.timestamp for each in row.traces),
    "last": _last,
    "duration": lambda row: (_last(row) - min(each.timestamp for each in row.traces)) / 1e6,
    "user": lambda row: sorted({each.user_id for each in row.traces if each.user_id}),
    "traces": lambda row: float(len(row.traces)),
    "errors": lambda row: float(sum(each.error_count for each in row.traces)),
    "tokens": lambda row: _known_sum([_USAGE["tokens"](each) for each in row.traces]),
    "cost": lambda row: _known_sum([_USAGE["cost"](each) for each in row.traces]),
    "env": lambda row: sorted({each.environment for each in row.traces}),
    "tags": lambda row: sorted({tag for each in row.traces for tag in each.tags}),
    "bookmarked": lambda row: any(each.bookmarked for each in row.traces),
}
