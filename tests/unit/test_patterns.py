"""Regular expressions of users: what they match, what is refused, and that none can run away."""

import pytest

from spyglass.core.cost import UsageCondition, _compile
from spyglass.core.errors import Invalid
from spyglass.core.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?i)^(openai/)?(gpt-4o)$", "OpenAI/GPT-4O", True),
        ("(?i)^(openai/)?(gpt-4o)$", "gpt-4o-mini", False),
        ("gpt-4.1", "my-gpt-4x1", True),
        ("^a$", "a\n", False),
        ("(?i)É", "é", True),
        ("[[:digit:]]{2}", "x42", True),
        ("x", "half \ud800 x", False),
    ],
)
def test_what_matches(pattern: str, text: str, found: bool) -> None:
    assert compile_pattern(pattern).is_in(text) is found


def test_case_is_folded_on_request() -> None:
    assert compile_pattern("Input", fold_case=True).is_in("cached_INPUT")
    assert not compile_pattern("Input").is_in("cached_INPUT")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "must not be empty"),
        ("x" * 501, "at most 500 characters, this one has 501"),
        ("[", "missing ]"),
        ("(?!x)", "look-around"),
        (r"(a)\1", "back-references"),
        (r"\pL{1000}", "too large"),
        ("\ud800", "surrogate"),
    ],
)
def test_what_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        compile_pattern(pattern)
    assert message in caught.value.message


def test_a_pattern_that_would_never_end_elsewhere() -> None:
    pattern = compile_pattern("(a+)+$")
    assert not pattern.is_in("a" * 1_000_000 + "b")
    assert pattern.is_in("a" * 1_000_000)


def test_conditions_of_tiers_use_them_too() -> None:
    condition = UsageCondition("(a+)+$", "gt", 1)
    pattern = _compile(condition.pattern, condition.case_sensitive)
    assert pattern is not None
    assert pattern.is_in("A" * 1000)
    assert not pattern.is_in("A" * 1_000_000 + "b")
    assert _compile("(", False) is None
