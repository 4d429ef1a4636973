"""What the public API must show for a set of statements, by the contract's merge rules.

Only the fields that `traffic.py` uses are modelled. The result is in the vocabulary of `readback.py`: one flat
dict per trace, observation and score, so that comparing is `==` on each field. None says that a field must be
empty; a field that is left out may have any value; `OneOf` allows what a trace may take from its observations.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .history import Statement

Fields = dict[str, Any]
PRICES = {"input": Decimal("0.15") / 1_000_000, "output": Decimal("0.60") / 1_000_000}  # of gpt-4o-mini
LAST_WINS = ("name", "userId", "sessionId", "level", "statusMessage", "endTime", "input", "output", "model", "value",
             "comment", "usageDetails", "costDetails", "parentObservationId")  # fmt: skip
OBSERVATION_FIELDS = ("name", "environment", "traceId", "type", "startTime", "endTime", "level", "statusMessage",
                      "parentObservationId", "model", "input", "output")  # fmt: skip
FIRST_WINS = ("environment", "timestamp", "startTime", "traceId", "type")


@dataclass(frozen=True)
class OneOf:
    values: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        return other in self.values

    __hash__ = None  # type: ignore[assignment]


@dataclass
class Expected:
    traces: dict[str, Fields] = field(default_factory=dict)
    observations: dict[str, Fields] = field(default_factory=dict)
    scores: dict[str, Fields] = field(default_factory=dict)


def expect(statements: Iterable[Statement]) -> Expected:
    """The state after these statements, in whatever order and however often they arrived."""
    ordered = sorted(
        {s.id: s for s in statements}.values(), key=lambda s: (s.time_ms, "create" not in s.type)
    )
    expected = Expected()
    for statement in ordered:
        if statement.type == "trace-create":
            _fold(expected.traces.setdefault(statement.body["id"], {}), statement)
        elif statement.type == "score-create":
            _fold(expected.scores.setdefault(statement.body["id"], {}), statement)
        else:
            _fold(expected.observations.setdefault(statement.body["id"], {}), statement)
    for observation in expected.observations.values():
        _finish_observation(observation)
    _finish_traces(expected, ordered)
    return expected


def _fold(row: Fields, statement: Statement) -> None:
    body = statement.body
    is_observation = statement.type not in ("trace-create", "score-create")
    if is_observation:
        kind = body.get("type") or statement.type.split("-")[0].upper()
        row.setdefault("type", kind)
        if "startTime" in body:
            row["startTime"] = body["startTime"]  # beats one that was only implied; all that name it agree
        else:
            row.setdefault("startTime", statement.time_ms)
    for name in FIRST_WINS:
        if name in body:
            row.setdefault(name, body[name])
    for name in LAST_WINS:
        if name in body:
            row[name] = body[name]
    row["tags"] = sorted({*row.get("tags", []), *body.get("tags", [])})
    row["metadata"] = _merge(row.get("metadata", {}), body.get("metadata", {}))


def _merge(older: Fields, newer: Fields) -> Fields:
    merged = {**older}
    for key, value in newer.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _finish_observation(row: Fields) -> None:
    for name in ("tags", "userId", "sessionId"):  # of the trace
        row.pop(name, None)
    for name in OBSERVATION_FIELDS:
        row.setdefault(name, None)
    row["level"] = row["level"] or "DEFAULT"
    row["parentObservationId"] = row["parentObservationId"] or None
    usage = row.pop("usageDetails", {})
    row["usage"] = {**usage, "total": sum(usage.values())} if usage else {}
    provided = row.pop("costDetails", None)
    if provided:
        row["cost"] = sum(Decimal(str(value)) for value in provided.values())
    elif usage and row["model"]:
        row["cost"] = sum(PRICES[key] * count for key, count in usage.items())
    else:
        row["cost"] = None


def _finish_traces(expected: Expected, ordered: list[Statement]) -> None:
    for statement in ordered:
        if statement.type == "span":
            _add_span_to_trace(expected.traces, statement.body)
    for row in expected.observations.values():
        expected.traces.setdefault(row["traceId"], {})  # shown though nothing was said about it
    for trace_id, trace in expected.traces.items():
        own = {id_: row for id_, row in expected.observations.items() if row["traceId"] == trace_id}
        _fill_from_observations(trace, list(own.values()))
        trace["observations"] = sorted(own)
        trace["scores"] = sorted(id_ for id_, row in expected.scores.items() if row["traceId"] == trace_id)
        trace["cost"] = sum((row["cost"] for row in own.values() if row["cost"] is not None), Decimal(0))
    for score in expected.scores.values():
        del score["tags"], score["metadata"]


def _add_span_to_trace(traces: dict[str, Fields], body: Fields) -> None:
    trace = traces.setdefault(body["traceId"], {"input": None, "output": None})
    trace |= {
        "name": body["traceName"],
        "userId": body["userId"],
        "sessionId": body["sessionId"],
        "environment": body["environment"],
        "tags": sorted(body["tags"]),
    }
    if not body["parentObservationId"]:
        trace |= {"input": body["input"], "output": body["output"], "timestamp": body["startTime"]}


def _fill_from_observations(trace: Fields, observations: list[Fields]) -> None:
    """What nobody said about a trace of the batch API may be empty or come from an observation without parent."""
    for name in ("name", "input", "output"):
        if name not in trace:
            trace[name] = OneOf((None, *(row[name] for row in observations)))
    for name in ("userId", "sessionId"):
        trace.setdefault(name, None)
    trace.setdefault("tags", [])
