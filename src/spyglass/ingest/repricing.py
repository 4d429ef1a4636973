"""Gives stored observations other prices, in the order of the log: an entry names rows by their keys and versions, with
their new costs. A row that was written again since, or deleted, has another version and stays as it is - whoever
wrote it used the prices of then. The engine copies the rows itself, so bodies are not carried through this process.

Repeatable: what an entry did once has its version, and the sums of its traces are made again whatever was found.
"""

from decimal import Decimal
from typing import Any

import msgspec

from spyglass.core.clock import from_us
from spyglass.core.records import Trace
from spyglass.ingest.sums import sum_stored
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, TRACES, columns

MOST_ROWS = 2000  # of one entry

_KEY = (
    "concat(toString(toUnixTimestamp64Micro(start_time)), '/', toString(length(trace_id)), ':', trace_id, id)"
)
_DECIMAL = "Decimal(38, 12)"


class NewCost(msgspec.Struct, frozen=True, array_like=True):
    """Of the row at this key, as long as it has this version."""

    start_us: int
    trace_id: str
    id: str
    version: int
    model_id: str
    pricing_tier: str
    total: Decimal
    cost: dict[str, Decimal]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[NewCost]).decode


def encode_costs(costs: list[NewCost]) -> bytes:
    """The body of an entry of the log."""
    return _encode(costs)


def decode_costs(body: bytes) -> list[NewCost]:
    return _decode(body)


def apply_costs(
    analytics: Analytics, project_id: str, costs: list[NewCost], *, version: int, now_us: int, guard: bool
) -> None:
    """Write the rows with their new costs under `version`, then the sums of their traces."""
    if not costs:
        return
    try:
        analytics.execute(_rewrite_observations(project_id, costs, version, now_us))
        traces = _read_traces(analytics, project_id, sorted({cost.trace_id for cost in costs}))
        before = {trace.id: (trace.usage, trace.total_cost) for trace in traces}
        sum_stored(analytics, traces, guard=guard)
        changed = [trace for trace in traces if before[trace.id] != (trace.usage, trace.total_cost)]
        if changed:
            analytics.execute(_rewrite_traces(project_id, changed, version, now_us))
    finally:
        analytics.watermarks.rise([project_id])


def _rewrite_observations(project_id: str, costs: list[NewCost], version: int, now_us: int) -> Sql:
    place = Sql(("place",))
    keys = [f"{each.start_us}/{len(each.trace_id.encode())}:{each.trace_id}{each.id}" for each in costs]
    amounts = [list(each.cost.values()) for each in costs]
    changes = {
        "model_id": _pick("Array(String)", [each.model_id for each in costs], place),
        "pricing_tier": _pick("Array(String)", [each.pricing_tier for each in costs], place),
        "total_cost": _pick(f"Array({_DECIMAL})", [each.total for each in costs], place),
        "cost": sql(
            f"CAST(mapFromArrays({{}}, {{}}), 'Map(LowCardinality(String), {_DECIMAL})')",
            _pick("Array(Array(String))", [list(each.cost) for each in costs], place),
            _pick(f"Array(Array({_DECIMAL}))", amounts, place),
        ),
    }
    times = [from_us(us) for us in sorted({each.start_us for each in costs})]
    where = sql(
        "start_time IN {} AND trace_id IN {} AND id IN {} AND place > 0"
        " AND version_seq = arrayElement({}, place)",
        value("Array(DateTime64(6, 'UTC'))", times),
        value("Array(String)", sorted({each.trace_id for each in costs})),
        value("Array(String)", sorted({each.id for each in costs})),
        value("Array(UInt64)", [each.version for each in costs]),
    )
    place_of = sql(f"indexOf({{}}, {_KEY})", value("Array(String)", keys))
    return _rewrite(OBSERVATIONS, project_id, changes, place_of, where, (version, now_us))


def _rewrite_traces(project_id: str, traces: list[Trace], version: int, now_us: int) -> Sql:
    place = Sql(("place",))
    ids = [trace.id for trace in traces]
    units = [list(trace.usage.values()) for trace in traces]
    changes = {
        "total_cost": _pick(f"Array(Nullable({_DECIMAL}))", [trace.total_cost for trace in traces], place),
        "usage": sql(
            "CAST(mapFromArrays({}, {}), 'Map(LowCardinality(String), UInt64)')",
            _pick("Array(Array(String))", [list(trace.usage) for trace in traces], place),
            _pick("Array(Array(UInt64))", units, place),
        ),
    }
    times = [from_us(us) for us in sorted({trace.timestamp for trace in traces})]
    where = sql(
        "timestamp IN {} AND id IN {}",
        value("Array(DateTime64(6, 'UTC'))", times),
        value("Array(String)", ids),
    )
    place_of = sql("indexOf({}, id)", value("Array(String)", ids))
    return _rewrite(TRACES, project_id, changes, place_of, where, (version, now_us))


def _pick(type_: str, values: list[Any], place: Sql) -> Sql:
    return sql("arrayElement({}, {})", value(type_, values), place)


def _rewrite(
    table: str, project_id: str, changes: dict[str, Sql], place: Sql, where: Sql, stamp: tuple[int, int]
) -> Sql:
    """The rows that match, once more with some columns changed; `place` says which change is a row's."""
    version, now_us = stamp
    changes = {
        **changes,
        "version_seq": sql("{}", value("UInt64", version)),
        "updated_at": sql("fromUnixTimestamp64Micro({}, 'UTC')", value("Int64", now_us)),
    }
    kept = columns(table)
    return sql(
        "INSERT INTO {} ({}) WITH {} AS place SELECT {} FROM {} FINAL WHERE project_id = {} AND {}",
        name(table),
        join(", ", map(name, kept)),
        place,
        join(", ", (changes.get(column) or name(column) for column in kept)),
        name(table),
        value("String", project_id),
        where,
    )


def _read_traces(analytics: Analytics, project_id: str, ids: list[str]) -> list[Trace]:
    """As far as their sums go."""
    rows = analytics.lookup(
        sql(
            "SELECT id, toUnixTimestamp64Micro(timestamp), toUnixTimestamp64Micro(first_start),"
            " toUnixTimestamp64Micro(last_end), usage, total_cost"
            " FROM traces FINAL WHERE project_id = {} AND id IN {}",
            value("String", project_id),
            value("Array(String)", ids),
        )
    )
    return [
        Trace(
            project_id=project_id,
            id=row[0],
            timestamp=row[1],
            first_start=row[2],
            last_end=row[3],
            usage=dict(row[4]),
            total_cost=row[5],
        )
        for row in rows
        if row[2] is not None
    ]
