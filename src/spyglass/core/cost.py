"""Prices and what a call cost: which pricing tier applies, and exact decimal arithmetic (contract 3.4, 3.6).

Pure. An unknown price gives None, never 0; a cost that the client stated is never recomputed.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import force_setattr

from spyglass.core.errors import Invalid
from spyglass.core.patterns import Pattern, compile_pattern

# The columns are Decimal(38, 12). Below this bound the 28 digits of the default context are exact, and any
# number of rows that a table can hold can still be summed.
QUANTUM = Decimal("0.000000000001")
MAX_COST = Decimal(10) ** 15 - QUANTUM

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "eq": eq,
    "neq": ne,
}
_SIDES = frozenset({"input", "output"})


class UsageCondition(msgspec.Struct, frozen=True, tag="usage", tag_field="kind"):
    """Holds when the units of all usage keys that contain a match of `pattern` compare so with `value`."""

    pattern: str
    operator: Literal["gt", "gte", "lt", "lte", "eq", "neq"]
    value: float
    case_sensitive: bool = False


class AttributeCondition(msgspec.Struct, frozen=True, tag="attribute", tag_field="kind"):
    """Holds when the top-level `key` of the model parameters or the metadata has one of `values`, as text."""

    source: Literal["model_parameters", "metadata"]
    key: str
    values: tuple[str, ...]


Condition = UsageCondition | AttributeCondition


class Tier(msgspec.Struct, frozen=True):
    """Prices in USD per unit, by usage key, and when they apply. The default tier has no conditions."""

    id: str
    name: str
    prices: dict[str, Decimal]
    is_default: bool = False
    priority: int = 0
    conditions: tuple[Condition, ...] = ()


class Model(msgspec.Struct, frozen=True):
    """A priced model. `pattern` is searched in the model text of an observation; `start_date` (ISO) only
    orders models that match the same text (contract 3.2)."""

    id: str
    name: str
    pattern: str
    tiers: tuple[Tier, ...]
    start_date: str = ""
    tokenizer_id: str = ""  # openai, claude or empty: how its tokens can be counted where none are reported
    tokenizer_config: Any = None

    # Filled at construction: keys of model parameters and metadata that its tiers look at.
    attribute_keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        conditions = [condition for tier in self.tiers for condition in tier.conditions]
        keys = dict.fromkeys(each.key for each in conditions if isinstance(each, AttributeCondition))
        force_setattr(self, "attribute_keys", tuple(keys))
        force_setattr(self, "tiers", tuple(sorted(self.tiers, key=_priority)))

    @property
    def looks_at_metadata(self) -> bool:
        return any(_is_of_metadata(condition) for tier in self.tiers for condition in tier.conditions)


class Cost(NamedTuple):
    """Cost in USD by usage key, its total if it is known, and the tier whose prices applied."""

    details: dict[str, Decimal]
    total: Decimal | None
    tier_name: str = ""


UNKNOWN = Cost({}, None)


def choose_tier(
    model: Model, usage: Mapping[str, int], parameters: Mapping[str, Any], metadata: Mapping[str, Any]
) -> Tier | None:
    """The first tier by priority whose conditions all hold, else the default one; None without usage."""
    if not usage:
        return None
    default = None
    for tier in model.tiers:
        if tier.is_default:
            default = tier
            continue
        for condition in tier.conditions:
            if not holds(condition, usage, parameters, metadata):
                break
        else:
            return tier
    return default


def compute_cost(
    model: Model | None, usage: Mapping[str, int], parameters: Mapping[str, Any], metadata: Mapping[str, Any]
) -> Cost:
    """The cost of `usage` by the prices of `model`: keys without a price of the same name are skipped."""
    tier = choose_tier(model, usage, parameters, metadata) if model else None
    return price_usage(tier, usage) if tier is not None else UNKNOWN


def price_usage(tier: Tier, usage: Mapping[str, int]) -> Cost:
    """The same by the prices of one tier, whether it applies or not."""
    details: dict[str, Decimal] = {}
    total = Decimal(0)
    for key, units in usage.items():
        price = tier.prices.get(key)
        if price is not None:
            amount = price * units
            details[key] = fit(amount)
            total += amount
    if not details:
        return Cost({}, None, tier.name)
    if "total" not in details:
        details["total"] = fit(total)
    return Cost(details, details["total"], tier.name)


def provided(cost: Mapping[str, float]) -> Cost:
    """A cost as the client stated it (0 counts): its total is the stated one, else input + output when no
    other key is given, else unknown."""
    details = {key: fit(Decimal(str(value))) for key, value in cost.items() if isfinite(value)}
    if details and "total" not in details and details.keys() <= _SIDES:
        details["total"] = fit(sum(details.values(), Decimal(0)))
    return Cost(details, details.get("total"))


def fit(amount: Decimal) -> Decimal:
    """`amount` as the column can hold it: twelve places, clamped."""
    if amount > MAX_COST:
        return MAX_COST
    if amount < -MAX_COST:
        return -MAX_COST
    return amount.quantize(QUANTUM)


def _is_of_metadata(condition: Condition) -> bool:
    return isinstance(condition, AttributeCondition) and condition.source == "metadata"


def _priority(tier: Tier) -> int:
    return tier.priority


def holds(
    condition: Condition, usage: Mapping[str, int], parameters: Mapping[str, Any], metadata: Mapping[str, Any]
) -> bool:
    found = observe(condition, usage, parameters, metadata)
    if isinstance(condition, AttributeCondition):
        return found in condition.values
    return found is not None and _OPERATORS[condition.operator](found, condition.value)


def observe(
    condition: Condition, usage: Mapping[str, int], parameters: Mapping[str, Any], metadata: Mapping[str, Any]
) -> str | int | None:
    """What a condition looks at: the units of the kinds that it means, or the text of the attribute; None when
    there is no such thing."""
    if isinstance(condition, AttributeCondition):
        values = parameters if condition.source == "model_parameters" else metadata
        return _as_text(values.get(condition.key))
    pattern = _compile(condition.pattern, condition.case_sensitive)
    if pattern is None:
        return None
    return sum(value for key, value in usage.items() if pattern.is_in(key))


def _as_text(value: Any) -> str | None:
    """A string, number or boolean as JSON writes it; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


@lru_cache(maxsize=1024)
def _compile(pattern: str, case_sensitive: bool) -> Pattern | None:
    try:
        return compile_pattern(pattern, fold_case=not case_sensitive)
    except Invalid:
        return None  # a broken expression makes its condition false (contract 3.4)
