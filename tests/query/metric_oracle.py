"""The metrics query language in plain Python over a list of observations, written from its documentation."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from spyglass.core.records import Observation, Trace

Row = dict[str, Any]


_MINUTES = {"minute": 1, "5m": 5, "15m": 15, "hour": 60, "3h": 180, "6h": 360}


def label_of(at_us: int, granularity: str, zone: str) -> str:
    """Of the bucket that an instant lies in, from the clock of the zone alone."""
    local = datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    if granularity in _MINUTES:
        minutes = _MINUTES[granularity]
        start = local.replace(second=0, minute=local.minute - local.minute % min(minutes, 60))
        if minutes > 60:  # hours that come twice are of one bucket
            start = start.replace(hour=local.hour - local.hour % (minutes // 60), fold=0)
        return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    day = local.date()
    if granularity == "week":
        day -= timedelta(days=day.weekday())
    return (day.replace(day=1) if granularity == "month" else day).isoformat()


def _part(amounts: dict[str, Any], word: str) -> Any:
    return sum(v for k, v in amounts.items() if word in k.lower()) if amounts else None


def _ms(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None or end < start else end // 1000 - start // 1000


def _rate(amount: Any, ms: int | None) -> float | None:
    return None if amount is None or not ms else float(amount) * 1000 / ms


MEASURES: dict[str, Callable[[Observation], Any]] = {
    "count": lambda row: 1,
    "latency": lambda row: _ms(row.start_time, row.end_time),
    "timeToFirstToken": lambda row: _ms(row.start_time, row.completion_start_time),
    "inputTokens": lambda row: _part(row.usage, "input"),
    "totalTokens": lambda row: row.usage.get("total"),
    "totalCost": lambda row: row.total_cost,
    "inputCost": lambda row: _part(row.cost, "input"),
    "tokensPerSecond": lambda row: _rate(row.usage.get("total"), _ms(row.start_time, row.end_time)),
    "errorRate": lambda row: int(row.level == "ERROR"),
    "toolCalls": lambda row: len(row.tool_calls),
}
DIMENSIONS: dict[str, Callable[[Observation, Trace], list[Any]]] = {
    "providedModelName": lambda row, trace: [row.model or None],
    "level": lambda row, trace: [row.level],
    "promptVersion": lambda row, trace: [row.prompt_version],
    "userId": lambda row, trace: [trace.user_id or None],
    "tag": lambda row, trace: list(trace.tags),
    "tags": lambda row, trace: [sorted(trace.tags)],
    "calledToolNames": lambda row, trace: sorted(set(row.tool_call_names)),
    "metadata.k": lambda row, trace: [row.metadata.get("k") or None],
    "errorType": lambda row, trace: [_error_type(row)],
}


def _error_type(row: Observation) -> str | None:
    if row.level != "ERROR":
        return None
    match = re.match(
        r"[A-Za-z_][\w.]*(Error|Exception|Timeout|Fault|Warning|Interrupt)\b", row.status_message
    )
    if match:
        return match[0]
    head = row.status_message.split("\n")[0]
    return re.sub(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}[0-9a-fA-F-]*|\d+", "#", head) or "unknown"


def aggregate(word: str, values: list[Any], bins: int) -> Any:
    """`values` without nulls."""
    if word in ("count", "uniq"):
        return len(values) if word == "count" else len(set(values))
    if word == "histogram":
        return _histogram([float(value) for value in values], bins)
    if not values:
        return None
    if word == "sum":
        return sum(map(Fraction, values))
    if word == "avg":
        return sum(map(Fraction, values)) / len(values)
    if word in ("max", "min"):
        return max(values) if word == "max" else min(values)
    place = Fraction(int(word[1:]), 100) * (len(values) - 1)
    ordered = sorted(map(Fraction, values))
    low = ordered[int(place)]
    high = ordered[min(int(place) + 1, len(values) - 1)]
    return low + (high - low) * (place - int(place))


def _histogram(values: list[float], bins: int) -> list[list[float]]:
    if not values:
        return []
    least, greatest = min(values), max(values)
    if least == greatest:
        return [[least, greatest, len(values)]]
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - least) / ((greatest - least) / bins)))] += 1
    width = (greatest - least) / bins
    edges = [least + width * place for place in range(bins)] + [greatest]
    return [[edges[place], edges[place + 1], count] for place, count in enumerate(counts)]


def answer(
    rows: list[Observation],
    traces: dict[str, Trace],
    *,
    from_us: int,
    to_us: int,
    dimensions: list[str],
    metrics: list[tuple[str, str]],
    granularity: str | None,
    zone: str,
    bins: int,
) -> list[Row]:
    """Without the buckets that have nothing; in no order."""
    groups: dict[tuple[Any, ...], list[Observation]] = {}
    for row in rows:
        if not from_us <= row.start_time < to_us:
            continue
        keys: list[tuple[Any, ...]] = [()]
        for name in dimensions:
            items = DIMENSIONS[name](row, traces[row.trace_id])
            items = [tuple(item) if isinstance(item, list) else item for item in items]
            keys = [(*key, item) for key in keys for item in items]
        if granularity is not None:
            keys = [(*key, label_of(row.start_time, granularity, zone)) for key in keys]
        for key in keys:
            groups.setdefault(key, []).append(row)
    if not dimensions and granularity is None:
        groups.setdefault((), [])
    names = [*dimensions, *(["time_dimension"] if granularity else [])]
    return [_row(names, key, found, metrics, bins) for key, found in groups.items()]


def _row(
    names: list[str],
    key: tuple[Any, ...],
    rows: list[Observation],
    metrics: list[tuple[str, str]],
    bins: int,
) -> Row:
    found: Row = {
        name: list(item) if isinstance(item, tuple) else item for name, item in zip(names, key, strict=True)
    }
    for measure, word in metrics:
        values = [value for row in rows if (value := MEASURES[measure](row)) is not None]
        found[f"{word}_{measure}"] = aggregate(word, values, bins)
    return found
