"""Usage and cost maps as clients state them: contract 1.8, 3.5, 3.7 and the cases of 9.3."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.usage import (
    MAX_COUNT,
    input_sum,
    normalise_cost_details,
    normalise_usage_details,
    output_sum,
    provided_cost,
    provided_usage,
    with_total,
)

COMPLETION = {
    "prompt_tokens": 5,
    "completion_tokens": 11,
    "total_tokens": 16,
    "prompt_tokens_details": {"cached_tokens": 2, "audio_tokens": 3},
    "completion_tokens_details": {"text_tokens": 3, "audio_tokens": 4, "reasoning_tokens": 4},
}
COMPLETION_STORED = {
    "input": 0,
    "output": 0,
    "total": 16,
    "input_cached_tokens": 2,
    "input_audio_tokens": 3,
    "output_text_tokens": 3,
    "output_audio_tokens": 4,
    "output_reasoning_tokens": 4,
}
RESPONSE = {
    "input_tokens": 5,
    "output_tokens": 11,
    "total_tokens": 16,
    "input_tokens_details": {"cached_tokens": 2},
    "output_tokens_details": {"reasoning_tokens": 4},
}


@pytest.mark.parametrize(
    ("details", "stored"),
    [
        (COMPLETION, COMPLETION_STORED),
        (
            {
                "prompt_tokens": 5,
                "completion_tokens": 11,
                "total_tokens": 16,
                "prompt_tokens_details": {"cached_tokens": 2, "audio_tokens": None},
                "completion_tokens_details": {
                    "text_tokens": 3,
                    "audio_tokens": None,
                    "reasoning_tokens": 4,
                },
            },
            {
                "input": 3,
                "output": 4,
                "total": 16,
                "input_cached_tokens": 2,
                "output_text_tokens": 3,
                "output_reasoning_tokens": 4,
            },
        ),
        (
            RESPONSE,
            {"input": 3, "output": 7, "total": 16, "input_cached_tokens": 2, "output_reasoning_tokens": 4},
        ),
        (
            {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11},
            {"input": 5, "output": 6, "total": 11},
        ),
        ({"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}, {"input": 5, "output": 6, "total": 11}),
        (
            {"prompt_tokens": 5.0, "completion_tokens": 6.0, "total_tokens": 11.0},
            {"input": 5, "output": 6, "total": 11},
        ),
        (
            {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11, "prompt_tokens_details": None},
            {"input": 5, "output": 6, "total": 11},
        ),
        (  # the floor is 0
            {
                "prompt_tokens": 1,
                "completion_tokens": 6,
                "total_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 9},
            },
            {"input": 0, "output": 6, "total": 7, "input_cached_tokens": 9},
        ),
    ],
)
def test_openai_shapes_are_rekeyed(details: dict[str, Any], stored: dict[str, int]) -> None:
    assert normalise_usage_details(details) == stored


@pytest.mark.parametrize(
    ("details", "stored"),
    [
        # an extra key, a missing total, a bad value: the plain map
        (
            {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "cache_read": 1},
            {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "cache_read": 1},
        ),
        ({"input_tokens": 3, "output_tokens": 4}, {"input_tokens": 3, "output_tokens": 4}),
        (
            {"prompt_tokens": 5, "completion_tokens": -1, "total_tokens": 4},
            {"prompt_tokens": 5, "total_tokens": 4},
        ),
        (
            {
                "prompt_tokens": 5,
                "completion_tokens": 1,
                "total_tokens": 6,
                "prompt_tokens_details": {"cached_tokens": "2"},
            },
            {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
        ),
        (
            {
                "prompt_tokens": 5,
                "completion_tokens": 1,
                "total_tokens": 6,
                "prompt_tokens_details": [],
            },
            {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
        ),
        ({"key": 0.1}, {}),
        ({"key": 5.0}, {"key": 5}),
        ({"key": -1}, {}),
        ({"key": True, "other": False}, {}),
        ({"key": None}, {}),
        ({"key": {"a": 1}, "list": [1]}, {}),
        ({"key": 0}, {"key": 0}),
        ({"key": "12.7"}, {"key": 12}),
        ({"key": "  12abc"}, {"key": 12}),
        ({"key": "+7"}, {"key": 7}),
        ({"key": "007"}, {"key": 7}),
        ({"key": "0"}, {"key": 0}),
        ({"key": "1e3"}, {"key": 1}),
        ({"key": "-3"}, {}),
        ({"key": "-0"}, {"key": 0}),
        ({"key": "abc"}, {}),
        ({"key": ""}, {}),
        ({"key": "+"}, {}),
        ({"key": " "}, {}),
        ({"key": "9" * 5000}, {}),
        ({"key": MAX_COUNT}, {"key": MAX_COUNT}),
        ({"key": MAX_COUNT + 1}, {}),
        ({"key": 10**400}, {}),
        ({"key": float("inf")}, {}),
        ({"key": float("nan")}, {}),
        ({"key": 1e300}, {}),
        ({}, {}),
    ],
)
def test_any_other_map_keeps_its_keys_and_its_counts(details: dict[str, Any], stored: dict[str, int]) -> None:
    assert normalise_usage_details(details) == stored


@pytest.mark.parametrize(
    ("usage", "details", "stored"),
    [
        (None, None, {}),
        ({}, {}, {}),
        ({"something": 3}, None, {}),
        ({"input": 1, "output": 2}, None, {"input": 1, "output": 2, "total": 3}),
        ({"total": 100, "unit": "CHARACTERS"}, None, {"total": 100}),
        ({"total": 100, "unit": None}, None, {"total": 100}),
        (
            {"input": 1, "output": 2, "total": 3},
            {"cached": 1},
            {"input": 1, "output": 2, "total": 3, "cached": 1},
        ),
        ({"input": 1}, {"input": 2}, {"input": 2, "total": 2}),
        (
            {"input": 1},
            {"input": 1, "cached": 2, "reasoning": 3},
            {"input": 1, "cached": 2, "reasoning": 3, "total": 6},
        ),
        ({"input": 4, "output": -7, "total": -3}, None, {"input": 4, "total": 4}),
        ({"promptTokens": 10, "completionTokens": 5}, None, {"input": 10, "output": 5, "total": 15}),
        ({"promptTokens": 10, "totalTokens": 12}, None, {"input": 10, "total": 12}),
        ({"promptTokens": 10, "input": 3, "output": 4}, None, {"input": 10, "total": 10}),
        ({"input": 5.0}, None, {"input": 5, "total": 5}),
        ({"input": 0, "output": 5}, None, {"input": 0, "output": 5, "total": 5}),
        ({"input": 0, "output": 0}, None, {"input": 0, "output": 0, "total": 0}),
        ({"output": 5, "input": None}, None, {"output": 5, "total": 5}),
        ({"input": 1, "output": 2}, {"key": 0.1}, {"input": 1, "output": 2, "total": 3}),
        ({"input": 1, "output": 2, "total": 0}, None, {"input": 1, "output": 2, "total": 3}),
        (None, COMPLETION, COMPLETION_STORED),
        # spellings that the reference loses (8.2, build note)
        ({"input_tokens": 3, "output_tokens": 4}, None, {"input": 3, "output": 4, "total": 7}),
        ({"prompt_tokens": 3, "completion_tokens": 4}, None, {"input": 3, "output": 4, "total": 7}),
        ({"inputTokens": 3, "outputTokens": 4}, None, {"input": 3, "output": 4, "total": 7}),
        ({"input_tokens": 3, "total_tokens": 9}, None, {"input": 3, "total": 9}),
        ({"input_tokens": 1.5, "output_tokens": "4"}, None, {}),
        ({"input": 2, "input_tokens": 3}, None, {"input": 2, "total": 2}),
    ],
)
def test_stored_usage(usage: Any, details: Any, stored: dict[str, int]) -> None:
    assert with_total(provided_usage(usage, details)) == stored


@pytest.mark.parametrize(
    ("usage", "details", "words"),
    [
        ({"input": 1.5}, None, "usage.input: must be an integer"),
        ({"output": "4"}, None, "usage.output: must be an integer"),
        ({"total": True}, None, "usage.total: must be an integer"),
        ({"promptTokens": 0.5}, None, "usage.promptTokens: must be an integer"),
        ({"input": [1]}, None, "usage.input: must be an integer"),
        ({"unit": "tokens"}, None, "usage.unit: must be one of CHARACTERS"),
        ({"unit": ["TOKENS"]}, None, "usage.unit: must be one of CHARACTERS"),
        ("3", None, "usage: must be an object"),
        (None, [1], "usageDetails: must be an object"),
    ],
)
def test_usage_that_is_refused(usage: Any, details: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        provided_usage(usage, details)


@pytest.mark.parametrize(
    ("usage", "details", "stored"),
    [
        (None, None, {}),
        ({"inputCost": 0.1, "outputCost": 2, "totalCost": None}, None, {"input": 0.1, "output": 2.0}),
        ({"inputCost": 0}, None, {"input": 0.0}),
        ({"inputCost": -1}, None, {"input": -1.0}),
        # beside `promptTokens` and its like, costs are dropped
        ({"promptTokens": 1, "inputCost": 0.1}, None, {}),
        ({"input_tokens": 1, "inputCost": 0.1}, None, {"input": 0.1}),
        ({"inputCost": 0.1}, {"input": 0.2, "cache": 0.3}, {"input": 0.2, "cache": 0.3}),
        ({"input": 1}, {"input": 3}, {"input": 3.0}),
        (None, {"a": -1, "b": "1", "c": True, "d": None, "e": 10**400, "f": 0}, {"f": 0.0}),
    ],
)
def test_stated_cost(usage: Any, details: Any, stored: dict[str, float]) -> None:
    assert provided_cost(usage, details) == stored


@pytest.mark.parametrize(
    ("usage", "details", "words"),
    [
        ({"inputCost": "0.1"}, None, "usage.inputCost: must be a number"),
        ({"totalCost": True}, None, "usage.totalCost: must be a number"),
        ({"outputCost": float("nan")}, None, "usage.outputCost: must be a finite number"),
        ({"outputCost": 10**400}, None, "usage.outputCost: must be a finite number"),
        (None, 3, "costDetails: must be an object"),
        ([], None, "usage: must be an object"),
    ],
)
def test_cost_that_is_refused(usage: Any, details: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        provided_cost(usage, details)


def test_cost_details_keep_finite_numbers_of_at_least_zero() -> None:
    details = {"a": 1, "b": 0.5, "c": -0.1, "d": float("inf"), "e": float("nan"), "f": "1"}
    assert normalise_cost_details(details) == {"a": 1.0, "b": 0.5}


def test_a_stated_total_is_never_corrected() -> None:
    assert with_total({"input": 5, "output": 6, "total": 3}) == {"input": 5, "output": 6, "total": 3}
    assert with_total({"input": 0, "total": 0}) == {"input": 0, "total": 0}


def test_a_missing_total_is_the_sum_of_all_values() -> None:
    usage = {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "cache_read": 1}
    assert with_total(usage) == {**usage, "total": 23}
    assert with_total({}) == {}


def test_sums_of_both_sides() -> None:
    usage = {"input": 1, "input_cached_tokens": 2, "cache_read_INPUT_tokens": 4, "output": 8, "total": 99}
    assert input_sum(usage) == 7
    assert output_sum({**usage, "Output_audio": 16, "reasoning_tokens": 32}) == 24
    assert input_sum({"total": 3}) == 0
    assert output_sum({}) == 0


_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=2),
)


@given(st.dictionaries(st.sampled_from([*COMPLETION, *RESPONSE, "input", "total", "x"]), _values, max_size=8))
def test_counts_are_never_negative_and_totals_never_overflow(details: dict[str, Any]) -> None:
    usage = with_total(normalise_usage_details(details))
    assert all(type(count) is int and 0 <= count <= MAX_COUNT for count in usage.values())
    assert ("total" in usage) == bool(usage)


@given(st.dictionaries(st.text(max_size=3), st.just(MAX_COUNT), min_size=2, max_size=50))
def test_a_huge_total_is_cut(usage: dict[str, int]) -> None:
    assert 0 < with_total(usage)["total"] <= MAX_COUNT
