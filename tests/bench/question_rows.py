"""Observations to ask about: 30 days up to now, in traces of five, one of 60 and one of 50,000; with scores, and with
2 % of the rows sent a second time. They are written as the applier writes them, block after block.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import now_us
from spyglass.core.records import Observation, Score, Trace
from spyglass.ingest.writer import write
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql
from tests.bench.corpus import MODELS, SPAN_US, START_US, Columns, trace_batches

PROJECT = "bench-project"
SPANS = 5
TRACES_A_BLOCK = 800
ROWS_A_BLOCK = 4_000
USERS = 500
SIXTY = "trace-of-60"
GIANT = "giant"
GIANT_SPANS = 50_000
_MODELS = MODELS[:5]
_SENT_AGAIN = 50  # one of so many rows
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US


@dataclass(frozen=True)
class World:
    """What was written: the time it covers (to the second), how many rows, and of how many the giant has."""

    from_us: int
    to_us: int
    rows: int
    giant: int
    took_s: float


def fill(analytics: Analytics, rows: int) -> World:
    """`rows` observations; the giant has 50,000 of them, or a quarter where there are few."""
    began = time.monotonic()
    giant = min(GIANT_SPANS, rows // 4)
    traces = (rows - giant - 60) // SPANS
    to_us = now_us() // _SECOND_US * _SECOND_US
    shift = to_us - SPAN_US - START_US
    large = [(GIANT, giant, to_us - 15 * _DAY_US), (SIXTY, 60, to_us - 3 * _DAY_US)]
    again: list[Observation] = []
    for spans, heads in trace_batches(traces, TRACES_A_BLOCK):
        observations = [_observation(row, shift) for row in _rows(spans)]
        changed = [_trace(row, shift) for row in _rows(heads)]
        write(analytics, "observations", again + observations)
        write(analytics, "traces", changed)
        write(analytics, "scores", list(_scores(changed, observations)))
        while large and changed[-1].timestamp >= large[0][2]:
            _write_large(analytics, observations, changed[0], *large.pop(0))
        again = observations[::_SENT_AGAIN]
        for row in again:
            row.version_seq += 1
    wait_for_merges(analytics)
    return World(to_us - SPAN_US, to_us, traces * SPANS + giant + 60, giant, time.monotonic() - began)


def wait_for_merges(analytics: Analytics) -> None:
    quiet = 0
    while quiet < 4:
        running = analytics.lookup(sql("SELECT count() FROM system.merges"))[0][0]
        quiet = 0 if running else quiet + 1
        time.sleep(0.25)


def _rows(columns: Columns) -> Iterator[dict[str, Any]]:
    names = list(columns)
    return (dict(zip(names, cells, strict=True)) for cells in zip(*columns.values(), strict=True))


def _shared(row: dict[str, Any], shift: int) -> dict[str, Any]:
    session = int(row["session_id"].rpartition("-")[2])
    times = {"created_at": row["created_at"] + shift, "updated_at": row["updated_at"] + shift}
    return row | times | {"project_id": PROJECT, "user_id": f"user-{session % USERS}"}


def _observation(row: dict[str, Any], shift: int) -> Observation:
    row = _shared(row, shift)
    if row["model"]:
        row["model"] = _MODELS[MODELS.index(row["model"]) % len(_MODELS)]
    if row["level"] == "ERROR":
        row["status_message"] = "TimeoutError: no answer within 30 s"
    row["start_time"] += shift
    row["end_time"] += shift
    return Observation(**row)


def _trace(row: dict[str, Any], shift: int) -> Trace:
    row = _shared(row, shift)
    for name in ("timestamp", "first_start", "last_end"):
        row[name] += shift
    row["default_count"] = row["observation_count"] - row["error_count"]
    return Trace(**row)


def _scores(traces: list[Trace], observations: list[Observation]) -> Iterator[Score]:
    """A number for every fourth trace, a category for every tenth trace's last span."""
    for trace in traces[::4]:
        yield _score(trace, f"quality-{trace.id}", name="quality", value=trace.version_seq % 11 / 10)
    for row in observations[SPANS - 1 :: 10 * SPANS]:
        yield _score(
            row, f"tone-{row.id}", name="tone", data_type="CATEGORICAL", string_value="friendly", value=1
        )


def _score(of: Trace | Observation, id_: str, **more: Any) -> Score:
    is_trace = isinstance(of, Trace)
    return Score(
        project_id=PROJECT,
        id=id_,
        timestamp=of.created_at,
        trace_id=of.id if is_trace else of.trace_id,
        observation_id="" if is_trace else of.id,
        created_at=of.created_at,
        updated_at=of.created_at,
        version_seq=of.version_seq,
        **more,
    )


def _write_large(
    analytics: Analytics, models: list[Observation], head: Trace, trace_id: str, spans: int, began: int
) -> None:
    """One trace of many spans: copies of `models` one after another, all below the first."""
    step, rows = 100_000, []
    for number in range(spans):
        row = Observation(**{name: getattr(models[number % len(models)], name) for name in _FIELDS})
        row.trace_id, row.id = trace_id, f"{trace_id}-{number}"
        row.parent_id = "" if number == 0 else f"{trace_id}-0"
        row.start_time, row.end_time = began + number * step, began + (number + 3) * step
        rows.append(row)
    for first in range(0, spans, ROWS_A_BLOCK):
        write(analytics, "observations", rows[first : first + ROWS_A_BLOCK])
    trace = Trace(**{name: getattr(head, name) for name in Trace.__struct_fields__})
    trace.id, trace.timestamp, trace.observation_count = trace_id, began, spans
    trace.first_start, trace.last_end = began, began + (spans + 3) * step
    trace.total_cost = sum(row.total_cost for row in rows if row.total_cost is not None)
    write(analytics, "traces", [trace])


_FIELDS = Observation.__struct_fields__
