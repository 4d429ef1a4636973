"""Parsing of filter trees: what is allowed, and where exactly something is not."""

from typing import Any

import pytest

from spyglass.core.errors import InvalidData
from spyglass.core.filter_tree import (
    EVERYTHING,
    MAX_DEPTH,
    MAX_LEAVES,
    AllOf,
    AnyOf,
    Declared,
    Leaf,
    Not,
    parse_tree,
    without_field,
)

FIELDS = {
    "name": Declared("string"),
    "level": Declared("option", ("ERROR", "DEFAULT")),
    "tags": Declared("array"),
    "latency": Declared("duration"),
    "time": Declared("datetime"),
    "bookmarked": Declared("boolean"),
    "input": Declared("text"),
    "metadata": Declared("map"),
    "score": Declared("score"),
    "has": Declared("has", ("error", "user")),
}


def leaf(field: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, **more}


def test_nothing_is_everything() -> None:
    assert parse_tree(None, FIELDS) == EVERYTHING
    assert parse_tree({"and": []}, FIELDS) == EVERYTHING


def test_a_tree_of_every_kind() -> None:
    raw = {"and": [leaf("latency", "gt", 2), {"not": {"or": [leaf("level", "is", "ERROR")]}}]}
    assert parse_tree(raw, FIELDS) == AllOf(
        (
            Leaf("latency", "gt", 2.0, "", ("filter", "and", 0)),
            Not(AnyOf((Leaf("level", "is", "ERROR", "", ("filter", "and", 1, "not", "or", 0)),))),
        )
    )


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (leaf("name", "in", ["a", "b"]), ("a", "b")),
        (leaf("tags", "all", ["a"]), ("a",)),
        (leaf("latency", "between", [1, 2.5]), (1.0, 2.5)),
        (leaf("latency", "is", 3), 3.0),
        (leaf("time", "gte", "1970-01-01T00:00:01Z"), 1_000_000),
        (leaf("bookmarked", "is", False), False),
        (leaf("level", "in", ["ERROR"]), ("ERROR",)),
        (leaf("level", "contains", "ERR"), "ERR"),
        (leaf("name", "exists"), True),
        (leaf("name", "exists", False), False),
        (leaf("metadata", "is", "eu", key="tenant"), "eu"),
        (leaf("metadata", "gt", 2, key="size"), 2.0),
        (leaf("metadata", "exists", True), True),
        (leaf("score", "is", True, key="ok"), True),
        (leaf("score", "is", 1, key="ok"), 1.0),
        (leaf("score", "in", ["good", "bad"], key="verdict"), ("good", "bad")),
        (leaf("has", "in", ["error", "user"]), ("error", "user")),
    ],
)
def test_values(raw: dict[str, Any], value: Any) -> None:
    found = parse_tree(raw, FIELDS)
    assert isinstance(found, Leaf)
    assert (found.value, type(found.value)) == (value, type(value))
    assert found.key == raw.get("key", "")


def deep(levels: int) -> dict[str, Any]:
    raw: dict[str, Any] = leaf("name", "is", "a")
    for _ in range(levels - 1):
        raw = {"not": raw}
    return raw


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("x", "filter: expected an object"),
        ([], "filter: expected an object"),
        ({}, "filter.field: unknown field: expected one of name, level"),
        ({"and": {}}, "filter.and: expected an array"),
        ({"or": []}, "filter.or: expected at least one condition"),
        ({"and": [], "or": []}, "filter: expected `and` alone, not beside or"),
        ({"and": [leaf("name", "is", "a"), leaf("name", "is", 1)]}, "filter.and[1].value: expected a text"),
        (
            {"not": {"or": [leaf("nme", "is", "a")]}},
            "filter.not.or[0].field: unknown field: expected one of name",
        ),
        (
            leaf("latency", "contains", "x"),
            "filter.op: expected one of eq, gt, gte, lt, lte, between, is, in, exists",
        ),
        (leaf("latency", "gt", "2s"), "filter.value: expected a number"),
        (leaf("latency", "gt", True), "filter.value: expected a number"),
        (leaf("latency", "gt", float("inf")), "filter.value: expected a finite number"),
        (leaf("latency", "gt", 10**400), "filter.value: expected a finite number"),
        (leaf("latency", "between", [1]), "filter.value: expected [lowest, highest]"),
        (leaf("latency", "between", [1, "x"]), "filter.value[1]: expected a number"),
        (leaf("name", "in", []), "filter.value: expected at least one value"),
        (leaf("name", "in", "a"), "filter.value: expected an array"),
        (leaf("name", "in", ["a", 2]), "filter.value[1]: expected a text"),
        (leaf("name", "in", ["a"] * 201), "filter.value: at most 200 values are allowed"),
        (leaf("name", "contains", ""), "filter.value: expected a text that is not empty"),
        (leaf("name", "is", "a\0"), "filter.value: must not contain NUL"),
        (leaf("name", "is", "\ud800"), "filter.value: must not contain half of a surrogate pair"),
        (leaf("name", "is", "a", key="k"), "filter.key: only metadata and scores have keys"),
        (leaf("metadata", "is", "a"), "filter.key: expected a text of 1 to 500 characters"),
        (leaf("metadata", "is", "a", key=""), "filter.key: expected a text of 1 to 500 characters"),
        (leaf("time", "gt", "yesterday"), "filter.value: expected an ISO 8601 date-time"),
        (leaf("time", "gt", "2300-01-01T00:00:00Z"), "filter.value: expected an ISO 8601 date-time"),
        (leaf("bookmarked", "is", "yes"), "filter.value: expected true or false"),
        (leaf("level", "is", "error"), "filter.value: expected one of ERROR, DEFAULT"),
        (leaf("has", "is", "eror"), "filter.value: expected one of error, user"),
        (leaf("name", "is", "a", values=1), "filter: unknown key 'values'"),
        (deep(MAX_DEPTH + 1), "filter" + ".not" * MAX_DEPTH + f": nested deeper than {MAX_DEPTH} levels"),
        (
            {"and": [leaf("name", "is", "a")] * (MAX_LEAVES + 1)},
            "filter.and: at most 100 conditions are allowed",
        ),
        (
            {"and": [{"or": [leaf("name", "is", "a")] * 60}, {"or": [leaf("name", "is", "a")] * 60}]},
            "filter.and[1].or[40]: at most 100 conditions are allowed",
        ),
        (
            {
                "and": [leaf("name", "in", ["a" * 5000] * 10)] * 2
                + [leaf("metadata", "exists", True, key="k")]
            },
            "filter.and[2]: all texts of a filter have at most 100000 characters",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(raw: Any, message: str) -> None:
    with pytest.raises(InvalidData) as caught:
        parse_tree(raw, FIELDS)
    assert caught.value.message.startswith(message)
    assert caught.value.details and caught.value.details[0]["path"] == [message.split(":")[0]]


def test_the_deepest_tree_that_is_allowed() -> None:
    assert isinstance(parse_tree(deep(MAX_DEPTH), FIELDS), Not)


def test_leaving_a_field_out() -> None:
    name, level = leaf("name", "is", "a"), leaf("level", "is", "ERROR")
    tree = parse_tree({"and": [name, {"not": name}, {"or": [name, level]}, level]}, FIELDS)
    expected = parse_tree({"and": [{"or": [name, level]}, level]}, FIELDS)
    left = without_field(tree, "name")

    def shape(node: Any) -> Any:
        if isinstance(node, Leaf):
            return node.field
        return Not(shape(node.node)) if isinstance(node, Not) else [shape(each) for each in node.nodes]

    assert shape(left) == shape(expected) == [["name", "level"], "level"]
    assert without_field(parse_tree(name, FIELDS), "name") == EVERYTHING
    assert without_field(parse_tree({"not": name}, FIELDS), "level") != EVERYTHING
