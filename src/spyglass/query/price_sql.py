"""Models and their tiers as SQL over observations: which price list applies to a row, and whether another total would
come of it. Tests hold it against `core/cost.py`, which is what stored costs are made by.

The totals themselves are not computed here: they are exact decimals, made of sums of tokens (`query/costs.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from spyglass.core.cost import AttributeCondition, Condition, Model, Tier
from spyglass.core.errors import Invalid
from spyglass.core.patterns import compile_pattern
from spyglass.stores.analytics.sql import Sql, all_of, join, sql, value

_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=", "neq": "!="}
# A whole double is written as a whole number, as `core/cost.py` does it.
_PARAMETER = (
    "if(JSONType(model_parameters, {0}) = 'String', JSONExtractString(model_parameters, {0}),"
    " if(JSONType(model_parameters, {0}) IN ('Array', 'Object', 'Null'), '',"
    " JSONExtractRaw(model_parameters, {0})))"
)


@dataclass(frozen=True)
class Priced:
    """What a model prices: the observations of these names, or all (None)."""

    model: Model
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Place:
    """One price list of one model."""

    model: Model
    tier: Tier


def list_places(priced: Sequence[Priced]) -> list[Place]:
    """In the order in which `place_of` numbers them, from 1."""
    return [Place(each.model, tier) for each in priced for tier in _tiers_in_turn(each.model)]


def place_of(priced: Sequence[Priced]) -> Sql:
    """The number of the price list that applies to a row with usage; 0 when none does."""
    cases: list[Sql] = []
    for each in priced:
        named = []
        if each.names is not None:
            named.append(sql("model IN {}", value("Array(String)", list(each.names))))
        for tier in _tiers_in_turn(each.model):
            number = len(cases) + 1
            holds = all_of([*named, *map(_condition, tier.conditions)])
            cases.append(sql(f"{{}}, {number}", holds))
    return sql("multiIf({}, 0)", join(", ", cases)) if cases else Sql(("0",))


def is_priced(places: Sequence[Place], place: Sql) -> Sql:
    """Whether a kind of the row's usage has a price in the list with that number."""
    lists = join(", ", (sql("{}", value("Array(String)", list(each.tier.prices))) for each in places))
    return sql("hasAny(mapKeys(usage), arrayElement([{}], {}))", lists, place) if places else Sql(("0",))


def would_change(places: Sequence[Place], place: Sql) -> Sql:
    """Whether a row that `is_priced` would get another total, model or tier. Totals are compared as doubles: a
    difference of less than a part in 10^12 is none."""
    if not places:
        return Sql(("0",))
    prices = join(", ", (_price_map(each.tier.prices) for each in places))
    return sql(
        "isNull(total_cost) OR model_id != arrayElement({}, {}) OR pricing_tier != arrayElement({}, {})"
        " OR abs((if(mapContains((arrayElement([{}], {}) AS prices), 'total'), usage['total'] * prices['total'],"
        " arraySum(arrayMap((k, v) -> v * prices[k], mapKeys(usage), mapValues(usage)))) AS total)"
        " - toFloat64(total_cost)) > 5e-13 + 1e-12 * total",
        value("Array(String)", [each.model.id for each in places]),
        place,
        value("Array(String)", [each.tier.name for each in places]),
        place,
        prices,
        place,
    )


def _tiers_in_turn(model: Model) -> list[Tier]:
    """The default one last, as it applies when no other does."""
    return [*(tier for tier in model.tiers if not tier.is_default), *_default(model)]


def _default(model: Model) -> list[Tier]:
    return [tier for tier in model.tiers if tier.is_default][-1:]


def _price_map(prices: Mapping[str, Decimal]) -> Sql:
    return sql(
        "mapFromArrays({}, {})",
        value("Array(String)", list(prices)),
        value("Array(Float64)", [float(price) for price in prices.values()]),
    )


def _condition(condition: Condition) -> Sql:
    if isinstance(condition, AttributeCondition):
        values = value("Array(String)", list(condition.values))
        key = sql("{}", value("String", condition.key))
        if condition.source == "metadata":
            return sql("mapContains(metadata, {}) AND metadata[{}] IN {}", key, key, values)
        pieces = _PARAMETER.split("{0}")
        found = Sql((pieces[0],))
        for piece in pieces[1:]:
            found = found + key + piece
        return sql("JSONHas(model_parameters, {}) AND {} IN {}", key, found, values)
    try:
        compile_pattern(condition.pattern, fold_case=not condition.case_sensitive)
    except Invalid:
        return Sql(("0",))  # a broken expression makes its condition false (contract 3.4)
    pattern = condition.pattern if condition.case_sensitive else f"(?i){condition.pattern}"
    return sql(
        "arraySum(arrayMap((k, v) -> if(match(k, {}), v, 0), mapKeys(usage), mapValues(usage)))"
        f" {_COMPARE[condition.operator]} {{}}",
        value("String", pattern),
        value("Float64", condition.value),
    )
