"""Rows of the engine -> rows of the answer: names, numbers, nulls, and the buckets without data."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from spyglass.query.metrics.build import Plan
from spyglass.query.metrics.question import TIME, Metric
from spyglass.query.metrics.vocabulary import Aggregation, Dimension, Type

_WHOLE = (Aggregation.COUNT, Aggregation.UNIQ)
_KEEP_TYPE = (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX)

Row = dict[str, Any]


def render(plan: Plan, rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    """At most as many rows as the plan allows."""
    data = [_render_row(plan, row) for row in rows[: plan.limit]]
    if plan.buckets is not None and plan.question.order is None:
        data = _fill(plan, rows[: plan.limit], data)[: plan.limit]
    return data


def _render_row(plan: Plan, row: tuple[Any, ...]) -> Row:
    question = plan.question
    count = len(question.groups)
    found = {
        group.key: render_dimension(group.dimension, cell)
        for group, cell in zip(question.groups, row[:count], strict=True)
    }
    cells = row[count:]
    if plan.buckets is not None:
        found[TIME] = plan.buckets.label(int(cells[0]))
        cells = cells[1:]
    for metric, cell in zip(question.metrics, cells, strict=True):
        found[metric.key] = _render_metric(metric, cell)
    return found


def render_dimension(dimension: Dimension, cell: Any) -> Any:
    """An empty text is null, as everywhere."""
    match dimension.type:
        case Type.STRING:
            return cell or None
        case Type.BOOLEAN:
            return None if cell is None else bool(cell)
        case Type.STRINGS:
            return list(cell)
        case _:
            return _number(cell)


def _render_metric(metric: Metric, cell: Any) -> Any:
    if metric.aggregation is Aggregation.HISTOGRAM:
        return _bins(cell)
    number = _number(cell)
    if number is None:
        return None
    whole = metric.aggregation in _WHOLE or (
        metric.aggregation in _KEEP_TYPE and metric.measure.type is Type.INTEGER
    )
    return int(number) if whole else number


def _number(cell: Any) -> int | float | None:
    """A decimal was summed exactly; JSON has floats."""
    if isinstance(cell, Decimal):
        return float(cell)
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    return cell  # type: ignore[no-any-return]


def _bins(cell: tuple[float, float, list[int]]) -> list[list[float]]:
    """(least, greatest, counts) -> [lower, upper, height] of each bin; one bin when all values are equal, none
    when there is no value."""
    least, greatest, counts = cell
    if not sum(counts):
        return []
    if least == greatest:
        return [[least, greatest, sum(counts)]]
    width = (greatest - least) / len(counts)
    edges = [least + width * place for place in range(len(counts))] + [greatest]
    return [[edges[place], edges[place + 1], height] for place, height in enumerate(counts)]


def _fill(plan: Plan, rows: Sequence[tuple[Any, ...]], data: list[Row]) -> list[Row]:
    """One row for each bucket that has none; both are in order of time."""
    assert plan.buckets is not None
    place = len(plan.question.groups)
    filled: list[Row] = []
    taken = 0
    for start in plan.buckets.starts:
        before = taken
        while taken < len(data) and rows[taken][place] <= start:
            filled.append(data[taken])
            taken += 1
        if taken == before:
            filled.append(_empty_row(plan, start))
        if len(filled) >= plan.limit:
            break
    return filled


def _empty_row(plan: Plan, start: int) -> Row:
    assert plan.buckets is not None
    found: Row = {group.key: None for group in plan.question.groups}
    found[TIME] = plan.buckets.label(start)
    for metric in plan.question.metrics:
        found[metric.key] = _of_nothing(metric)
    return found


def _of_nothing(metric: Metric) -> Any:
    if metric.aggregation is Aggregation.HISTOGRAM:
        return []
    return 0 if metric.aggregation in (*_WHOLE, Aggregation.SUM) else None
