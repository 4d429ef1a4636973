"""The checker must find what it is for: each planted fault is reported, an honest state is not."""

import copy
import random
from collections import Counter
from typing import Any

import pytest

from .checker import check
from .history import History, State
from .model import Expected, OneOf, expect
from .readback import Actual
from .traffic import Traffic


def _history() -> tuple[History, Actual]:
    """Twelve units of each kind with all fates, and a state in which every other unknown request survived."""
    history, rng, present = History(), random.Random(5), []
    for source in ("batch", "otlp"):
        traffic = Traffic(source, 3)
        for _ in range(12):
            unit = traffic.next_unit()
            history.add(unit)
            for request in unit.requests:
                request.state = rng.choice(
                    [State.ACKNOWLEDGED, State.ACKNOWLEDGED, State.UNKNOWN, State.UNSENT]
                )
                kept = request.state is State.UNKNOWN and rng.random() < 0.5
                if request.state is State.ACKNOWLEDGED or kept:
                    present += request.statements
    return history, _show(expect(present))


def _show(expected: Expected) -> Actual:
    """What the API would answer for a modelled state."""
    actual = Actual()
    for kind in ("traces", "observations", "scores"):
        rows = {id_: _plain(row) for id_, row in getattr(expected, kind).items()}
        getattr(actual, kind).update(rows)
        actual.seen[kind.removesuffix("s")] = Counter(rows.keys())
    for row in [*actual.traces.values(), *actual.observations.values()]:
        row.setdefault("metadata", {})
    actual.total_traces = len(actual.traces)
    return actual


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, OneOf) else copy.deepcopy(value) for name, value in row.items()}


def test_honest_state_passes() -> None:
    history, actual = _history()
    report = check(history, actual)
    assert report.problems == []
    assert report.units == 24
    assert report.kept_unknown > 0
    assert report.lost_unknown > 0
    assert report.acknowledged > 100


def _acknowledged_row(history: History, kind: str, source: str = "batch") -> str:
    """An entity all of whose statements were acknowledged."""
    for unit in history.units:
        if unit.source == source and all(request.state is State.ACKNOWLEDGED for request in unit.requests):
            rows = getattr(expect(s for request in unit.requests for s in request.statements), kind)
            if rows:
                return sorted(rows)[0]
    raise AssertionError("the seed gives no such unit")


@pytest.mark.parametrize(
    ("kind", "source"), [("observations", "otlp"), ("observations", "batch"), ("traces", "batch")]
)
def test_lost_row_is_found(kind: str, source: str) -> None:
    history, actual = _history()
    lost = _acknowledged_row(history, kind, source)
    del getattr(actual, kind)[lost]
    assert any(lost in problem and "missing" in problem for problem in check(history, actual).problems)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("observations", "output", None),
        ("observations", "startTime", 5),
        ("observations", "metadata", {}),
        ("traces", "userId", None),
        ("traces", "tags", ["alpha"]),
        ("traces", "observations", []),
        ("traces", "cost", 0),
        ("scores", "comment", "another"),
    ],
)
def test_half_row_is_found(kind: str, field: str, value: object) -> None:
    history, actual = _history()
    half = _acknowledged_row(history, kind)
    getattr(actual, kind)[half][field] = value
    problems = check(history, actual).problems
    assert any(half in problem and field in problem for problem in problems), problems


def test_row_listed_twice_is_found() -> None:
    history, actual = _history()
    twice = _acknowledged_row(history, "observations")
    actual.seen["observation"][twice] += 1
    assert check(history, actual).problems == [f"observation {twice} is listed 2 times"]


def test_stranger_is_found() -> None:
    history, actual = _history()
    actual.seen["trace"]["stranger"] = 1
    assert check(history, actual).problems == ["trace stranger was never sent"]


def test_half_of_an_unanswered_request_is_found() -> None:
    """A request without an answer may be absent; one of its events alone may not be there."""
    history = History()
    unit = Traffic("otlp", 9).next_unit()
    history.add(unit)
    for request in unit.requests:
        request.state = State.UNKNOWN
    request = max(unit.requests, key=lambda one: len(one.statements))
    assert len(request.statements) > 1
    assert check(history, _show(expect(request.statements))).problems == []
    assert check(history, _show(Expected())).problems == []
    assert check(history, _show(expect(request.statements[:1]))).problems != []


def test_unsent_request_must_be_absent() -> None:
    history = History()
    unit = Traffic("batch", 11).next_unit()
    history.add(unit)
    everything = expect(s for request in unit.requests for s in request.statements)
    assert check(history, _show(everything)).problems != []


def test_wrong_list_count_is_found() -> None:
    history, actual = _history()
    actual.total_traces += 1
    assert check(history, actual).problems == [
        f"the list counts {len(actual.traces) + 1} traces and shows {len(actual.traces)}"
    ]
