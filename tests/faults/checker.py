"""Compares what is there with what the clients were told (invariants I1 to I3 of the fault matrix).

Every request that was acknowledged must be there; one that was sent without an answer may be there as a whole
or not at all. So for each unit the state must equal the model of the acknowledged requests and of *some* set
of the unknown ones. Ids that no client sent, ids that a list shows twice and wrong sums are faults as well.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from .history import History, Request, State, Unit
from .model import Expected, expect
from .readback import Actual

Fields = dict[str, Any]
TOLERANCE = Decimal("0.000000001")
KINDS = ("trace", "observation", "score")


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)
    units: int = 0
    acknowledged: int = 0  # events
    kept_unknown: int = 0  # requests without an answer that are there
    lost_unknown: int = 0  # requests without an answer that are not
    chosen: list[Expected] = field(default_factory=list)  # the state that each unit was found in


def check(history: History, actual: Actual) -> Report:
    report = Report(problems=list(history.violations), acknowledged=history.acknowledged())
    by_id = {kind: set[str]() for kind in KINDS}
    for unit in list(history.units):
        report.units += 1
        everything = expect(s for request in unit.requests for s in request.statements)
        for kind, rows in zip(KINDS, _tables(everything), strict=True):
            by_id[kind] |= rows.keys()
        _check_unit(unit, everything, actual, report)
    _check_lists(actual, by_id, report)
    if not report.problems:
        _check_sums(actual, report)
    return report


def _check_unit(unit: Unit, everything: Expected, actual: Actual, report: Report) -> None:
    """`everything` names all ids of the unit, also those that must not be there."""
    best: list[str] | None = None
    unknown = sum(request.state is State.UNKNOWN for request in unit.requests)
    for present in _possible(unit.requests):
        expected = expect(s for request in present for s in request.statements)
        differences = list(_differences(expected, everything, actual))
        if not differences:
            kept = sum(request.state is State.UNKNOWN for request in present)
            report.kept_unknown += kept
            report.lost_unknown += unknown - kept
            report.chosen.append(expected)
            return
        if best is None or len(differences) < len(best):
            best = differences
    states = ",".join(request.state.value for request in unit.requests)
    report.problems += [f"{unit.source} unit {unit.number} [{states}]: {line}" for line in (best or [])[:6]]


def _possible(requests: list[Request]) -> Iterator[list[Request]]:
    """The acknowledged requests with every set of the unknown ones, the largest sets first."""
    sure = [request for request in requests if request.state is State.ACKNOWLEDGED]
    unknown = [request for request in requests if request.state is State.UNKNOWN]
    for count in range(len(unknown), -1, -1):
        for some in combinations(unknown, count):
            yield [*sure, *some]


def _tables(state: Expected | Actual) -> tuple[dict[str, Fields], dict[str, Fields], dict[str, Fields]]:
    return state.traces, state.observations, state.scores


def _differences(expected: Expected, everything: Expected, actual: Actual) -> Iterator[str]:
    tables = zip(KINDS, _tables(expected), _tables(everything), _tables(actual), strict=True)
    for kind, wanted, all_ids, found in tables:
        for id_ in all_ids:
            if id_ in wanted and id_ not in found:
                yield f"{kind} {id_} is missing"
            elif id_ not in wanted and id_ in found:
                yield f"{kind} {id_} is there although nothing about it was acknowledged or all of it must be"
            elif id_ in wanted:
                yield from compare(f"{kind} {id_}", wanted[id_], found[id_])


def compare(what: str, wanted: Fields, found: Fields) -> Iterator[str]:
    """One line for each field that differs."""
    for name, value in wanted.items():
        have = found.get(name)
        if name == "cost":
            equal = _same_cost(value, have)
        elif name == "metadata":  # spans carry more than what was put into them
            equal = all(plain(have.get(key)) == plain(entry) for key, entry in value.items())
            equal = equal and not (
                have.keys() - value.keys() & {"first", "second", "finish", "attempt", "documents"}
            )
        elif name == "usage":
            equal = value == {key: count for key, count in have.items() if count}
        else:
            equal = value == have
        if not equal:
            yield f"{what}: {name} is {have!r}, should be {value!r}"


def _same_cost(wanted: Decimal | None, found: Any) -> bool:
    if wanted is None or found is None:
        return wanted is None and found is None
    return abs(Decimal(str(found)) - wanted) < TOLERANCE


def plain(value: Any) -> Any:
    """Metadata has no types of its own: a text that is JSON and the value it stands for are the same."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _check_lists(actual: Actual, sent: dict[str, set[str]], report: Report) -> None:
    for kind, seen in actual.seen.items():
        twice = [id_ for id_, count in seen.items() if count > 1]
        strange = [id_ for id_ in seen if id_ not in sent[kind]]
        report.problems += [f"{kind} {id_} is listed {seen[id_]} times" for id_ in twice[:10]]
        report.problems += [f"{kind} {id_} was never sent" for id_ in strange[:10]]
    if actual.total_traces != len(actual.traces):
        report.problems.append(f"the list counts {actual.total_traces} traces and shows {len(actual.traces)}")


def _check_sums(actual: Actual, report: Report) -> None:
    """Counts, tokens and costs of all observations, as the rows say and as the traces add them up."""
    wanted = [row for state in report.chosen for row in state.observations.values()]
    tokens = sum(row["usage"].get("total", 0) for row in wanted)
    cost = sum((row["cost"] for row in wanted if row["cost"] is not None), Decimal(0))
    found = list(actual.observations.values())
    sums = {
        "observations": (len(wanted), len(found)),
        "observations of the traces": (
            len(wanted),
            sum(len(row["observations"]) for row in actual.traces.values()),
        ),
        "tokens": (tokens, sum(row["usage"].get("total", 0) for row in found)),
        "scores": (sum(len(state.scores) for state in report.chosen), len(actual.scores)),
    }
    report.problems += [
        f"{name}: {have}, should be {want}" for name, (want, have) in sums.items() if want != have
    ]
    rows_cost = sum((Decimal(str(row["cost"])) for row in found if row["cost"] is not None), Decimal(0))
    traces_cost = sum((Decimal(str(row["cost"])) for row in actual.traces.values()), Decimal(0))
    for name, have in (("cost", rows_cost), ("cost of the traces", traces_cost)):
        if abs(have - cost) > TOLERANCE * (len(found) + 1):
            report.problems.append(f"{name}: {have}, should be {cost}")
