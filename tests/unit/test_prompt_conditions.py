"""LIKE patterns as they are matched outside the databases."""

import json

import pytest

from spyglass.core.errors import InvalidData
from spyglass.core.filters import Condition
from spyglass.features.prompts.conditions import MAX_VALUES, build_check, needs_check, read_conditions


def passes(operator: str, value: str, text: str) -> bool:
    return build_check(Condition("name", "string", operator, value)).passes(text)


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("contains", "ÄÖ", "xäöx", "xäx"),
        ("contains", "a.c", "xA.Cx", "abc"),
        ("contains", "a_c", "xa\ncx", "ac"),
        ("contains", "a__c", "a😀éc", "a😀c"),
        ("contains", "a%c", "A\n\nC", "ca"),
        ("contains", r"\%", "5%", "5"),
        ("contains", r"\_", "a_b", "ab"),
        ("contains", r"\\", "a\\b", "ab"),
        ("contains", r"\\%x", "\\ x", "x"),
        ("contains", r"\a", "A", "\\b"),
        ("contains", r"[\d](x){2}^$|", r"[d](X){2}^$|", "1xx"),
        ("contains", "%", "", None),
        ("contains", "_", "x", ""),
        ("does not contain", "é", "e", "É"),
        ("starts with", "é", "Éa", "aé"),
        ("ends with", "é", "aÉ", "éa"),
        ("ends with", "é", "é", "é\n"),
    ],
)
def test_a_search(operator: str, value: str, yes: str, no: str | None) -> None:
    assert passes(operator, value, yes)
    assert no is None or not passes(operator, value, no)


@pytest.mark.parametrize("piece", ["_", "%", "ß", "ſ_", "%Ä_", "."])
def test_the_longest_search_is_quick_to_match(piece: str) -> None:
    value = (piece * 500)[:500]
    assert isinstance(passes("contains", value, "äß. " * 10_000), bool)
    if piece not in ("_", "%"):
        assert passes("starts with", value, value.replace("%", "x").replace("_", "x") + "more")


def test_which_conditions_are_for_the_databases() -> None:
    assert not needs_check(Condition("name", "string", "contains", "ascii%"))
    assert not needs_check(Condition("name", "string", "=", "ü"))
    assert not needs_check(Condition("labels", "arrayOptions", "any of", ("ü",)))
    assert needs_check(Condition("name", "string", "ends with", "ü"))
    assert needs_check(Condition("tags", "arrayOptions", "any of", ("a",)))
    assert needs_check(Condition("config", "stringObject", "is set", "", "k"))


def test_values_are_bounded_in_all_conditions_together() -> None:
    def read(count: int) -> list[Condition]:
        labels = {"type": "arrayOptions", "column": "labels", "operator": "any of", "value": ["a"] * count}
        return read_conditions(json.dumps([labels, labels]))

    assert len(read(MAX_VALUES // 2)) == 2
    with pytest.raises(InvalidData) as caught:
        read(MAX_VALUES // 2 + 1)
    assert caught.value.details == [
        {
            "code": "too_big",
            "path": [],
            "message": "At most 10000 values are allowed in all conditions together",
        }
    ]
