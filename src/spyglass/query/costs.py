"""Questions about costs: what names of models were seen, what they would cost by other prices, which have none, and the
rows that a repricing looks at. Totals are exact: sums of tokens times decimal prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from spyglass.core.cost import fit
from spyglass.core.errors import Invalid
from spyglass.core.paging import Key
from spyglass.core.records import Observation
from spyglass.core.rollups import Node
from spyglass.query.lists import read_rows
from spyglass.query.price_sql import Place, Priced, is_priced, list_places, place_of, would_change
from spyglass.query.views import OBSERVATIONS, build_select, instant, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, sql, value

MOST_NAMES = 5000
MOST_NODES = 50_000
# Price lists in one question: each is a part of its text.
_MOST_MODELS = 100

_COUNTED = Sql(("notEmpty(usage)",))
_NAMED = Sql(("model != ''",))
_COMPUTED = Sql(("empty(provided_cost)",))
_UNPRICED = Sql(("isNull(total_cost) AND (model_id = '' OR notEmpty(usage))",))


@dataclass
class Sum:
    """Some observations of one name: how many, their tokens, their cost as it is stored and as it would be (both
    without those whose cost is unknown)."""

    observations: int = 0
    changed: int = 0
    provided: int = 0  # their client stated the cost
    estimated: int = 0  # their tokens were counted here
    unpriced: int = 0  # no cost is stored
    unpriced_then: int = 0  # and none would be
    old: Decimal = Decimal(0)
    new: Decimal = Decimal(0)
    usage: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Sum") -> None:
        for name in ("observations", "changed", "provided", "estimated", "unpriced", "unpriced_then"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.old += other.old
        self.new += other.new
        for key, units in other.usage.items():
            self.usage[key] = self.usage.get(key, 0) + units


class Missing(NamedTuple):
    """A name without a price: how often it was used, since when, until when; `usage` of those without a cost."""

    name: str
    observations: int
    usage: dict[str, int]
    first_us: int
    last_us: int


def list_names(analytics: Analytics, project_id: str, where: Sequence[Sql]) -> list[str]:
    """The names of models under which tokens were used, the most used first."""
    tail = sql("GROUP BY model ORDER BY count() DESC, model LIMIT {}", value("UInt64", MOST_NAMES + 1))
    rows = analytics.query(build_select(OBSERVATIONS, project_id, "model", [*where, _COUNTED, _NAMED], tail))
    if len(rows) > MOST_NAMES:
        raise Invalid(f"More than {MOST_NAMES} names of models were used in this range; narrow it")
    return [row[0] for row in rows]


def compare(
    analytics: Analytics,
    project_id: str,
    where: Sequence[Sql],
    priced: Sequence[Priced],
    *,
    keep_provided: bool,
) -> dict[str, Sum]:
    """name -> what its observations cost, and would cost by the given models. Where these say nothing the cost
    stays as it is; with `keep_provided` also where the client stated it."""
    found: dict[str, Sum] = {}
    for start in range(0, max(len(priced), 1), _MOST_MODELS):
        part = priced[start : start + _MOST_MODELS]
        conditions = [*where, _COUNTED]
        if part and part[0].names is not None:
            names = [name for each in part for name in each.names or ()]
            conditions.append(sql("model IN {}", value("Array(String)", names)))
        for name, group in _compare_some(analytics, project_id, conditions, part, keep_provided):
            found.setdefault(name, Sum()).add(group)
    return found


def _compare_some(
    analytics: Analytics, project_id: str, where: Sequence[Sql], priced: Sequence[Priced], keep: bool
) -> list[tuple[str, Sum]]:
    places = list_places(priced)
    place = Sql(("place",))
    what = sql(
        "model, {} AS place, notEmpty(provided_cost) AS provided, {} AS priced, usage_source = 'estimated' AS guess,"
        " isNull(total_cost) AS unknown, count(), countIf(priced AND ({})), sumMap(usage),"
        " if(count(total_cost) = 0, NULL, sum(total_cost))",
        place_of(priced),
        is_priced(places, place),
        would_change(places, place),
    )
    tail = "GROUP BY model, place, provided, priced, guess, unknown"
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, where, tail))
    return [(row[0], _sum_group(row[1:], places, keep)) for row in rows]


def _sum_group(row: Sequence[Any], places: Sequence[Place], keep: bool) -> Sum:
    place, provided, priced, estimated, unknown, count, changed, usage, old = row
    result = Sum(observations=count, usage=dict(usage), old=old or Decimal(0))
    result.provided = count if provided else 0
    result.estimated = count if estimated else 0
    result.unpriced = count if unknown else 0
    if priced and not (keep and provided):
        result.changed = changed
        result.new = _cost_of(usage, places[place - 1])
    else:
        result.new = result.old
        result.unpriced_then = result.unpriced
    return result


def _cost_of(usage: dict[str, int], place: Place) -> Decimal:
    prices = place.tier.prices
    if "total" in prices:
        return fit(prices["total"] * usage.get("total", 0))
    return fit(sum((prices[key] * units for key, units in usage.items() if key in prices), Decimal(0)))


def list_missing(
    analytics: Analytics, project_id: str, from_us: int, to_us: int, *, offset: int, limit: int
) -> tuple[list[Missing], int]:
    """Names whose tokens, or calls, have no price; the one seen last first. Also how many there are."""
    where = [*within(OBSERVATIONS, from_us, to_us), _NAMED, _COMPUTED, _UNPRICED]
    what = Sql(
        (
            "model, count(), sumMap(usage), toUnixTimestamp64Micro(min(start_time)),"
            " toUnixTimestamp64Micro(max(start_time)), count() OVER ()",
        )
    )
    tail = sql(
        "GROUP BY model ORDER BY max(start_time) DESC, model LIMIT {} OFFSET {}",
        value("UInt64", limit),
        value("UInt64", offset),
    )
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, where, tail))
    total = rows[0][5] if rows else 0
    if not rows and offset:
        counted = build_select(OBSERVATIONS, project_id, "uniqExact(model)", where)
        total = analytics.query(counted)[0][0]
    return [Missing(row[0], row[1], dict(row[2]), row[3], row[4]) for row in rows], total


def read_nodes(analytics: Analytics, project_id: str, trace_id: str) -> list[Node]:
    """The observations of a trace as its sums see them; none of a trace that is too large for that."""
    where = [sql("trace_id = {}", value("String", trace_id))]
    tail = sql("LIMIT {}", value("UInt64", MOST_NODES + 1))
    what = "id, parent_id, usage, total_cost"
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, where, tail))
    return [Node(*row) for row in rows] if len(rows) <= MOST_NODES else []


# What a price is made of.
PRICED_BY = (
    *("model", "model_parameters", "usage", "cost", "total_cost", "model_id", "pricing_tier"),
    "version_seq",
)


def read_priceable(
    analytics: Analytics,
    project_id: str,
    where: Sequence[Sql],
    *,
    after: Key | None,
    limit: int,
    with_metadata: bool,
) -> list[Observation]:
    """Observations with a model and tokens whose cost is not their client's, in the order of the sort key, behind the
    key `after`."""
    conditions = [*where, _COUNTED, _NAMED, _COMPUTED]
    if after is not None:
        conditions.append(_behind(after))
    names = (*PRICED_BY, "metadata") if with_metadata else PRICED_BY
    order = "ORDER BY " + ", ".join(OBSERVATIONS.key)
    tail = sql(order + " LIMIT {}", value("UInt64", limit))
    return read_rows(analytics, OBSERVATIONS, project_id, names, conditions, tail)


def find_first(analytics: Analytics, project_id: str, where: Sequence[Sql]) -> int | None:
    """When the first of them began, as microseconds."""
    what = "count(), toUnixTimestamp64Micro(min(start_time))"
    count, first_us = analytics.query(build_select(OBSERVATIONS, project_id, what, where))[0]
    return int(first_us) if count else None


def _behind(after: Key) -> Sql:
    time, *ids = after
    places = join(", ", [instant(int(time)), *(sql("{}", value("String", id_)) for id_ in ids)])
    return sql("(start_time, trace_id, id) > ({})", places)
