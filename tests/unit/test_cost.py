"""Tier choice and cost arithmetic: contract 3.4, 3.6 and the golden cases of section 9."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.cost import (
    MAX_COST,
    QUANTUM,
    AttributeCondition,
    Condition,
    Model,
    Tier,
    UsageCondition,
    choose_tier,
    compute_cost,
    provided,
)

D = Decimal


def model(*special: Tier, **prices: str) -> Model:
    default = Tier("d", "Standard", {key: D(price) for key, price in prices.items()}, is_default=True)
    return Model("m", "m", "^m$", (default, *special))


def tier(name: str, *conditions: Condition, priority: int = 1) -> Tier:
    return Tier(name, name, {"input": D(9)}, priority=priority, conditions=conditions)


GPT_4O = model(input="0.0000025", output="0.00001", input_cached_tokens="0.00000125")


def test_cost_of_the_batch_example() -> None:
    cost = compute_cost(GPT_4O, {"input": 10, "output": 5, "total": 15}, {}, {})
    assert cost.details == {"input": D("0.000025"), "output": D("0.00005"), "total": D("0.000075")}
    assert cost.total == D("0.000075")
    assert cost.tier_name == "Standard"


def test_cost_of_the_otlp_example() -> None:
    usage = {"input": 60, "input_cached_tokens": 40, "output": 10, "total": 110}
    cost = compute_cost(GPT_4O, usage, {}, {})
    assert cost.details == {
        "input": D("0.00015"),
        "input_cached_tokens": D("0.00005"),
        "output": D("0.0001"),
        "total": D("0.0003"),
    }
    assert cost.total == D("0.0003")


def test_a_priced_total_is_the_total() -> None:
    cost = compute_cost(model(input="1", total="0.5"), {"input": 10, "total": 10}, {}, {})
    assert cost.details == {"input": D(10), "total": D(5)}
    assert cost.total == D(5)


def test_usage_without_any_price_costs_nothing_known() -> None:
    cost = compute_cost(GPT_4O, {"output_tokens": 5, "total": 5}, {}, {})
    assert cost == ({}, None, "Standard")


def test_no_model_or_no_usage_gives_nothing() -> None:
    assert compute_cost(None, {"input": 1}, {}, {}) == ({}, None, "")
    assert compute_cost(GPT_4O, {}, {}, {}) == ({}, None, "")
    assert choose_tier(GPT_4O, {}, {}, {}) is None


def test_a_price_of_zero_gives_a_cost_of_zero() -> None:
    cost = compute_cost(model(input="0"), {"input": 7}, {}, {})
    assert cost.total == 0
    assert cost.details == {"input": 0, "total": 0}


def test_parts_are_summed_before_they_are_rounded() -> None:
    cost = compute_cost(model(a="0.0000000000004", b="0.0000000000004"), {"a": 1, "b": 1}, {}, {})
    assert cost.details == {"a": D(0), "b": D(0), "total": QUANTUM}


@pytest.mark.parametrize(
    ("stated", "details", "total"),
    [
        ({"input": 0.1}, {"input": D("0.1"), "total": D("0.1")}, D("0.1")),
        ({"input": 0.1, "output": 0.2}, {"input": D("0.1"), "output": D("0.2"), "total": D("0.3")}, D("0.3")),
        ({"input": 0.1, "cache": 0.2}, {"input": D("0.1"), "cache": D("0.2")}, None),
        ({"cache": 0.2}, {"cache": D("0.2")}, None),
        ({"input": 3.0}, {"input": D(3), "total": D(3)}, D(3)),
        ({"total": 0.0}, {"total": D(0)}, D(0)),
        ({"input": 0.0}, {"input": D(0), "total": D(0)}, D(0)),
        ({"input": 1.0, "total": 5.0}, {"input": D(1), "total": D(5)}, D(5)),
        ({"input": float("nan"), "total": float("inf")}, {}, None),
        ({}, {}, None),
    ],
)
def test_stated_costs(stated: dict[str, float], details: dict[str, Decimal], total: Decimal | None) -> None:
    cost = provided(stated)
    assert (cost.details, cost.total, cost.tier_name) == (details, total, "")


def test_amounts_fit_the_column() -> None:
    assert provided({"total": 1e299}).total == MAX_COST
    assert provided({"total": -1e299}).total == -MAX_COST
    assert provided({"total": 1e-13}).total == 0
    assert compute_cost(model(input="1e20"), {"input": 2**53}, {}, {}).total == MAX_COST


@given(
    st.dictionaries(st.sampled_from("abc"), st.decimals("0", "1e6", places=12), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2**53), max_size=4),
)
def test_costs_are_exact_and_bounded(prices: dict[str, Decimal], usage: dict[str, int]) -> None:
    cost = compute_cost(model(**{key: str(price) for key, price in prices.items()}), usage, {}, {})
    for key in prices.keys() & usage.keys():
        exact = int(prices[key].scaleb(12)) * usage[key]
        assert int(cost.details[key].scaleb(12)) == min(exact, int(MAX_COST.scaleb(12)))
    assert (cost.total is None) == (not prices.keys() & usage.keys())
    assert all(-MAX_COST <= amount <= MAX_COST for amount in cost.details.values())


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("gt", 9, True),
        ("gt", 10, False),
        ("gte", 10, True),
        ("gte", 11, False),
        ("lt", 11, True),
        ("lt", 10, False),
        ("lte", 10, True),
        ("lte", 9, False),
        ("eq", 10, True),
        ("eq", 9, False),
        ("neq", 9, True),
        ("neq", 10, False),
    ],
)
def test_usage_conditions_compare_the_sum_of_matching_keys(operator: Any, value: float, holds: bool) -> None:
    special = tier("special", UsageCondition("input", operator, value))
    found = choose_tier(model(special, input="1"), {"input": 4, "INPUT_cached": 6, "output": 50}, {}, {})
    assert found is not None
    assert (found.name == "special") is holds


def test_usage_conditions_see_the_total_when_they_name_it() -> None:
    special = tier("special", UsageCondition("total", "gt", 99))
    assert choose_tier(model(special), {"input": 1, "total": 100}, {}, {}) == special


def test_case_can_matter() -> None:
    special = tier("special", UsageCondition("input", "gt", 5, case_sensitive=True))
    found = choose_tier(model(special), {"INPUT": 10, "input": 5}, {}, {})
    assert found is not None
    assert found.name == "Standard"


def test_a_broken_expression_is_false() -> None:
    found = choose_tier(model(tier("special", UsageCondition("(", "gte", 0))), {"(": 5}, {}, {})
    assert found is not None
    assert found.name == "Standard"


@pytest.mark.parametrize(
    ("parameters", "metadata", "holds"),
    [
        ({"service_tier": "flex"}, {}, True),
        ({"service_tier": "FLEX"}, {}, False),
        ({"service_tier": 3}, {}, True),
        ({"service_tier": 3.0}, {}, True),
        ({"service_tier": True}, {}, True),
        ({"service_tier": None}, {}, False),
        ({"service_tier": ["flex"]}, {}, False),
        ({"other": "flex"}, {}, False),
        ({}, {"service_tier": "flex"}, False),
    ],
)
def test_attribute_conditions_compare_text(
    parameters: dict[str, Any], metadata: dict[str, Any], holds: bool
) -> None:
    condition = AttributeCondition("model_parameters", "service_tier", ("flex", "3", "true"))
    found = choose_tier(model(tier("special", condition)), {"input": 1}, parameters, metadata)
    assert found is not None
    assert (found.name == "special") is holds


def test_attribute_conditions_on_metadata() -> None:
    special = tier("special", AttributeCondition("metadata", "plan", ("gold",)))
    assert choose_tier(model(special), {"input": 1}, {"plan": "gold"}, {"plan": "gold"}) == special
    assert choose_tier(model(special), {"input": 1}, {"plan": "gold"}, {}) != special


def test_the_first_tier_by_priority_whose_conditions_all_hold() -> None:
    long = UsageCondition("input", "gt", 100)
    flex = AttributeCondition("model_parameters", "service_tier", ("flex",))
    both, wide, cheap = (
        tier("both", long, flex),
        tier("wide", long, priority=3),
        tier("cheap", flex, priority=2),
    )
    priced = model(wide, cheap, both, input="1")

    def chosen(units: int, **parameters: str) -> str:
        found = choose_tier(priced, {"input": units}, parameters, {})
        assert found is not None
        return found.name

    assert chosen(101, service_tier="flex") == "both"
    assert chosen(100, service_tier="flex") == "cheap"
    assert chosen(101) == "wide"
    assert chosen(100) == "Standard"
    assert priced.attribute_keys == ("service_tier",)


def test_without_a_default_tier_nothing_is_priced() -> None:
    only = Model("m", "m", "m", (tier("wide", UsageCondition("input", "gt", 100)),))
    assert compute_cost(only, {"input": 1}, {}, {}) == ({}, None, "")
