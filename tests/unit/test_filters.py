"""The filter grammar: what it accepts, and how it refuses the rest."""

import json
from typing import Any

import pytest

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.filters import Column, Condition, merge_conditions, parse_conditions, parse_filter

COLUMNS = [
    Column("id", "ID", "string"),
    Column("name", "Name", "stringOptions"),
    Column("tags", "Tags", "arrayOptions"),
    Column("timestamp", "Timestamp", "datetime"),
    Column("latency", "Latency (s)", "number"),
    Column("public", "Public", "boolean"),
    Column("metadata", "Metadata", "stringObject"),
    Column("details", "Details", "metadata", frozenset({"matches"})),
    Column("input", "Input", "body", frozenset({"matches"})),
    Column("scores_avg", "Scores (numeric)", "numberObject"),
    Column("score_categories", "Scores (categorical)", "categoryOptions"),
    Column("score_booleans", "Scores (boolean)", "booleanObject"),
]


def condition(type_: str, column: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": type_, "column": column, "operator": operator, "value": value, **more}


def parse(*conditions: Any) -> list[Condition]:
    return parse_filter(json.dumps(list(conditions)), COLUMNS)


ACCEPTED = [
    (condition("string", "id", "=", "a"), Condition("id", "string", "=", "a")),
    (condition("string", "ID", "contains", ""), Condition("id", "string", "contains", "")),
    (
        condition("string", "name", "does not contain", "x"),
        Condition("name", "string", "does not contain", "x"),
    ),
    (condition("string", "id", "starts with", "x"), Condition("id", "string", "starts with", "x")),
    (condition("string", "id", "ends with", "x"), Condition("id", "string", "ends with", "x")),
    (
        condition("stringOptions", "id", "any of", ["a", "b"]),
        Condition("id", "stringOptions", "any of", ("a", "b")),
    ),
    (
        condition("stringOptions", "tags", "none of", ["a"]),
        Condition("tags", "stringOptions", "none of", ("a",)),
    ),
    (condition("arrayOptions", "tags", "all of", []), Condition("tags", "arrayOptions", "all of", ())),
    (condition("arrayOptions", "tags", "none of", []), Condition("tags", "arrayOptions", "none of", ())),
    (condition("number", "Latency (s)", ">=", 2), Condition("latency", "number", ">=", 2.0)),
    (condition("boolean", "public", "<>", False), Condition("public", "boolean", "<>", False)),
    (
        condition("datetime", "timestamp", "<", "1970-01-01T00:00:01.5+00:00"),
        Condition("timestamp", "datetime", "<", 1_500_000),
    ),
    (
        condition("stringObject", "metadata", "=", "v", key="k"),
        Condition("metadata", "stringObject", "=", "v", "k"),
    ),
    (
        condition("numberObject", "details", ">", 1, key="k"),
        Condition("details", "numberObject", ">", 1.0, "k"),
    ),
    (
        condition("stringObject", "details", "matches", "v", key="k"),
        Condition("details", "stringObject", "matches", "v", "k"),
    ),
    (condition("string", "input", "matches", "word"), Condition("input", "string", "matches", "word")),
    (
        condition("numberObject", "scores_avg", ">", 0.5, key="quality"),
        Condition("scores_avg", "numberObject", ">", 0.5, "quality"),
    ),
    (
        condition("categoryOptions", "score_categories", "any of", ["good"], key="verdict"),
        Condition("score_categories", "categoryOptions", "any of", ("good",), "verdict"),
    ),
    (
        condition("stringOptions", "score_categories", "any of", ["verdict:good"]),
        Condition("score_categories", "stringOptions", "any of", ("verdict:good",)),
    ),
    (
        condition("booleanObject", "score_booleans", "=", True, key="ok"),
        Condition("score_booleans", "booleanObject", "=", True, "ok"),
    ),
    (condition("null", "id", "is null", ""), Condition("id", "null", "is null")),
    ({"type": "null", "column": "id", "operator": "is not null"}, Condition("id", "null", "is not null")),
]


@pytest.mark.parametrize(("given", "expected"), ACCEPTED)
def test_accepts(given: dict[str, Any], expected: Condition) -> None:
    assert parse(given) == [expected]


def test_joins_conditions_in_order_and_an_empty_list_is_none() -> None:
    assert parse() == []
    assert [found.value for found in parse(ACCEPTED[0][0], ACCEPTED[1][0])] == ["a", ""]


def test_a_position_in_the_trace_is_checked_and_left_out() -> None:
    assert parse(condition("positionInTrace", "anything", "=", 2, key="nthFromStart")) == []
    with pytest.raises(InvalidData):
        parse(condition("positionInTrace", "anything", "=", 0, key="nthFromStart"))


REFUSED_SHAPES = [
    ("not an object", [0]),
    (condition("nonsense", "id", "=", "a"), [0, "type"]),
    (condition([], "id", "=", "a"), [0, "type"]),  # type: ignore[arg-type]
    (condition("string", "id", ">", "a"), [0, "operator"]),
    ({"type": "string", "operator": "=", "value": "a"}, [0, "column"]),
    (condition("string", "id", "=", 1), [0, "value"]),
    (condition("number", "latency", "=", "1"), [0, "value"]),
    (condition("number", "latency", "=", True), [0, "value"]),
    (condition("number", "latency", "=", 10**400), [0, "value"]),
    (condition("boolean", "public", "=", "true"), [0, "value"]),
    (condition("datetime", "timestamp", ">", "yesterday"), [0, "value"]),
    (condition("datetime", "timestamp", ">", 5), [0, "value"]),
    (condition("stringOptions", "name", "any of", []), [0, "value"]),
    (condition("stringOptions", "name", "any of", "a"), [0, "value"]),
    (condition("arrayOptions", "tags", "any of", []), [0, "value"]),
    (condition("arrayOptions", "tags", "any of", ["a", 1]), [0, "value"]),
    (condition("stringObject", "metadata", "=", "v"), [0, "key"]),
    (condition("numberObject", "scores_avg", "=", 1, key=5), [0, "key"]),
]


@pytest.mark.parametrize(("given", "path"), REFUSED_SHAPES)
def test_names_where_the_grammar_is_broken(given: Any, path: list[Any]) -> None:
    with pytest.raises(InvalidData) as caught:
        parse_conditions([given], COLUMNS)
    assert caught.value.message == "Invalid request data"
    assert caught.value.details is not None
    assert [issue["path"] for issue in caught.value.details] == [path]
    assert all(issue["code"] and issue["message"] for issue in caught.value.details)


def test_names_every_problem_at_once() -> None:
    with pytest.raises(InvalidData) as caught:
        parse(condition("string", "id", "=", 1), condition("number", "latency", "~", "x"))
    assert caught.value.details is not None
    assert [issue["path"] for issue in caught.value.details] == [[0, "value"], [1, "operator"], [1, "value"]]


@pytest.mark.parametrize("text", ["", "[", "[}", "nonsense", "[" * 50_000])
def test_refuses_what_is_not_json(text: str) -> None:
    with pytest.raises(Invalid, match=r"^Invalid JSON in filter parameter$"):
        parse_filter(text, COLUMNS)


@pytest.mark.parametrize("text", ["{}", '"text"', "null"])
def test_refuses_json_that_is_no_list(text: str) -> None:
    with pytest.raises(InvalidData):
        parse_filter(text, COLUMNS)


def test_refuses_more_conditions_than_the_limit() -> None:
    with pytest.raises(InvalidData):
        parse(*[condition("string", "id", "=", "a")] * 101)


def test_refuses_an_unknown_column() -> None:
    with pytest.raises(Invalid, match=r"^Invalid filter column: nope\. Expected one of id, "):
        parse(condition("string", "nope", "=", "a"))


@pytest.mark.parametrize(
    ("type_", "column", "operator", "value"),
    [
        ("number", "id", "=", 1),
        ("string", "latency", "=", "a"),
        ("arrayOptions", "name", "any of", ["a"]),
        ("stringOptions", "input", "any of", ["a"]),
        ("null", "input", "is null", ""),
        ("null", "scores_avg", "is null", ""),
        ("numberObject", "metadata", "=", 1),
        ("string", "tags", "=", "a"),
    ],
)
def test_refuses_a_type_that_does_not_fit_the_column(
    type_: str, column: str, operator: str, value: Any
) -> None:
    with pytest.raises(Invalid, match=f"^Invalid filter type '{type_}' for column {column} of type "):
        parse(condition(type_, column, operator, value, key="k"))


def test_refuses_matches_where_there_is_no_text_search() -> None:
    with pytest.raises(Invalid, match=r"^Operator 'matches' is not supported for column name$"):
        parse(condition("string", "name", "matches", "a"))


def test_an_advanced_condition_replaces_named_ones_of_the_same_field() -> None:
    named = [Condition("a", "string", "=", "1"), Condition("b", "string", "=", "2")]
    advanced = [Condition("alias_of_a", "string", "=", "3")]
    merged = merge_conditions(named, advanced, lambda found: found.column.removeprefix("alias_of_"))
    assert [found.value for found in merged] == ["2", "3"]
