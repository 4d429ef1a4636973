"""Every aggregation, over dimensions, granularities and time zones, against plain Python on random observations
around the days when clocks are changed; with nulls, replaced rows and none at all."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import metric_oracle as oracle
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from spyglass.core.clock import parse_iso
from spyglass.core.ids import new_id
from spyglass.core.records import LEVELS, Observation, Trace
from spyglass.ingest.writer import write
from spyglass.query.metrics.ask import ask
from spyglass.query.metrics.buckets import read_zone
from spyglass.query.metrics.catalogue import V1
from spyglass.query.metrics.question import Asked, read_question
from spyglass.query.metrics.vocabulary import Aggregation

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
]
# Changes of the clock in Berlin, New York, Lord Howe and Havana, and an ordinary day.
AROUND = [
    "2025-03-30T01:00:00Z",
    "2025-10-26T01:00:00Z",
    "2025-03-09T07:00:00Z",
    "2025-11-02T06:00:00Z",
    "2025-04-05T15:00:00Z",
    "2025-11-02T05:00:00Z",
    "2025-06-15T12:00:00Z",
]
HOUR_US = 3_600_000_000
COSTS: list[dict[str, Decimal]] = [
    {},
    {"input": Decimal("0.1"), "output": Decimal("0.000000000001")},
    {"input": Decimal("2.5")},
]
MESSAGES = ["", "ValueError: bad 17", "request 0x1f failed\nat line 3", "timeout after 30 s"]


@st.composite
def observations(draw: Any) -> tuple[list[Observation], dict[str, Trace], int]:
    """(rows, their traces, an instant near all of them)."""
    middle = parse_iso(draw(st.sampled_from(AROUND))) or 0
    traces = {
        id_: Trace(
            project_id="",
            id=id_,
            timestamp=middle,
            user_id=draw(st.sampled_from(["", "u1", "u2"])),
            tags=draw(st.lists(st.sampled_from("abc"), unique=True)),
            first_start=0,
            last_end=middle * 2,
            version_seq=1,
        )
        for id_ in ("t1", "t2", "t3")
    }
    count = draw(st.integers(0, 25))
    rows = [_observation(draw, number, middle) for number in range(count)]
    return rows, traces, middle


def _observation(draw: Any, number: int, middle: int) -> Observation:
    start = middle + draw(st.integers(-40 * 60, 40 * 60)) * 60_000_000 + draw(st.integers(0, 59_999_999))
    usage = draw(
        st.dictionaries(st.sampled_from(["input", "cached_Input", "output", "total"]), st.integers(0, 999))
    )
    cost = draw(
        st.sampled_from(
            [{}, {"input": Decimal("0.1"), "output": Decimal("0.000000000001")}, {"input": Decimal("2.5")}]
        )
    )
    return Observation(
        project_id="",
        trace_id=draw(st.sampled_from(["t1", "t2", "t3"])),
        id=f"o{number}",
        start_time=start,
        end_time=draw(st.sampled_from([None, start, start + 1_500_999, start + 90_000_000, start - 1])),
        completion_start_time=draw(st.sampled_from([None, start + 250_000])),
        model=draw(st.sampled_from(["", "m1", "m2"])),
        level=draw(st.sampled_from(LEVELS)),
        status_message=draw(st.sampled_from(MESSAGES)),
        prompt_version=draw(st.sampled_from([None, 1, 2])),
        metadata=draw(st.sampled_from([{}, {"k": ""}, {"k": "v1"}, {"k": "v2", "x": "y"}])),
        usage=usage,
        cost=cost,
        total_cost=sum(cost.values()) if cost else None,
        tool_calls=draw(st.lists(st.just("{}"), max_size=2)),
        tool_call_names=draw(st.lists(st.sampled_from(["search", "open"]), max_size=3)),
        version_seq=2,
    )


questions = st.fixed_dictionaries(
    {
        "dimensions": st.lists(st.sampled_from(sorted(oracle.DIMENSIONS)), unique=True, max_size=2),
        "metrics": st.lists(
            st.tuples(st.sampled_from(sorted(oracle.MEASURES)), st.sampled_from(sorted(Aggregation))),
            unique=True,
            min_size=1,
            max_size=4,
        ),
        "granularity": st.sampled_from([None, "minute", "hour", "day", "week", "month"]),
        "zone": st.sampled_from(ZONES),
        "bins": st.integers(1, 12),
    }
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=observations(), asked=questions)
def test_answers_equal_plain_python(analytics, world, asked) -> None:
    # An hour of the half-hour change on Lord Howe Island is cut: test_metrics_buckets has it.
    assume((asked["zone"], asked["granularity"]) != ("Australia/Lord_Howe", "hour"))
    rows, traces, middle = world
    project_id = _insert(analytics, rows, traces)
    from_us, to_us = middle - 30 * HOUR_US - 7_000_000, middle + 20 * HOUR_US
    question = read_question(
        Asked(
            view="observations",
            dimensions=[(name, None) for name in asked["dimensions"]],
            metrics=asked["metrics"],
            filters=[],
            granularity=asked["granularity"],
            from_us=from_us,
            to_us=to_us,
            zone=read_zone(asked["zone"]),
            bins=asked["bins"],
        ),
        V1,
    )
    found = ask(analytics, project_id, question)["data"]
    expected = oracle.answer(rows, traces, from_us=from_us, to_us=to_us, **asked)
    if asked["granularity"]:
        _check_time(found, from_us, to_us, asked)
        found = [row for row in found if _has_data(row, expected, asked["dimensions"])]
    _compare(found, expected, [*asked["dimensions"], "time_dimension"])


@pytest.mark.parametrize("name", ["count", "errorRate"])
def test_no_rows_have_no_sum_and_no_greatest_value(analytics, name) -> None:
    """Also of measures that are numbers on every row."""
    at = parse_iso("2025-03-10T12:00:00Z") or 0
    question = read_question(
        Asked(
            view="observations",
            dimensions=[],
            metrics=[(name, word) for word in Aggregation],
            filters=[],
            granularity=None,
            from_us=at,
            to_us=at + HOUR_US,
            zone=read_zone("UTC"),
            bins=4,
        ),
        V1,
    )
    [row] = ask(analytics, new_id(), question)["data"]
    assert row[f"count_{name}"] == row[f"uniq_{name}"] == 0
    assert row[f"histogram_{name}"] == []
    for word in ("sum", "avg", "max", "min", "p50", "p99"):
        assert row[f"{word}_{name}"] is None, word


def _insert(analytics: Any, rows: list[Observation], traces: dict[str, Trace]) -> str:
    """Under a new project; each row replaces another of the same key, and one more was deleted."""
    project_id = new_id()
    for row in (*rows, *traces.values()):
        row.project_id = project_id
    older = [
        Observation(
            project_id=project_id, trace_id=row.trace_id, id=row.id, start_time=row.start_time, version_seq=1
        )
        for row in rows
    ]
    write(analytics, "observations", older)
    write(analytics, "observations", rows)
    for row in older[:1]:
        ghost = {
            "project_id": project_id,
            "trace_id": row.trace_id,
            "id": "ghost",
            "start_time": row.start_time,
        }
        write(analytics, "observations", [Observation(**ghost, version_seq=1)])
        write(analytics, "observations", [Observation(**ghost, version_seq=2, is_deleted=1)])
    write(analytics, "traces", list(traces.values()))
    return project_id


def _check_time(found: list[oracle.Row], from_us: int, to_us: int, asked: dict[str, Any]) -> None:
    """Time goes up, and every bucket of the range is there."""
    labels = [row["time_dimension"] for row in found]
    assert labels == sorted(labels)
    step = 60_000_000 if asked["granularity"] == "minute" else 30 * 60_000_000
    wanted = [
        oracle.label_of(at, asked["granularity"], asked["zone"])
        for at in (*range(from_us, to_us, step), to_us - 1)
    ]
    assert set(labels) == set(wanted)


def _has_data(row: oracle.Row, expected: list[oracle.Row], dimensions: list[str]) -> bool:
    names = [*dimensions, "time_dimension"]
    return any(all(row[name] == other[name] for name in names) for other in expected)


def _compare(found: list[oracle.Row], expected: list[oracle.Row], names: list[str]) -> None:
    def place(row: oracle.Row) -> str:
        return repr([row.get(name) for name in names])

    found, expected = sorted(found, key=place), sorted(expected, key=place)
    assert list(map(place, found)) == list(map(place, expected))
    for row, wanted in zip(found, expected, strict=True):
        assert row.keys() == wanted.keys()
        for key, value in wanted.items():
            _check_value(key, row[key], value)


def _check_value(key: str, found: Any, wanted: Any) -> None:
    if isinstance(wanted, int | float | Decimal | Fraction) and not isinstance(wanted, bool):
        assert found is not None, key
        assert math.isclose(found, float(wanted), rel_tol=1e-12, abs_tol=1e-15), (key, found, wanted)
    else:
        assert found == wanted, key


def test_instants_of_the_oracle() -> None:
    """23 and 25 hours: the day in Berlin when clocks go forward, and back."""
    assert oracle.label_of(parse_iso("2025-03-29T23:00:00Z") or 0, "day", "Europe/Berlin") == "2025-03-30"
    assert oracle.label_of(parse_iso("2025-03-30T21:59:59Z") or 0, "day", "Europe/Berlin") == "2025-03-30"
    assert oracle.label_of(parse_iso("2025-03-30T22:00:00Z") or 0, "day", "Europe/Berlin") == "2025-03-31"
