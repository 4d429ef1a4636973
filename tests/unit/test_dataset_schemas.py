"""Schemas of dataset items: how much work they make at most, and what is said about values that break them."""

from typing import Any

import pytest

from spyglass.core.errors import InvalidData
from spyglass.features.datasets.json_schemas import check_item, compile_schema, compile_stored
from spyglass.features.datasets.schema_cost import MOST, SchemaCost, UnresolvedError, measure

RECURSIVE = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#"}},
        {"type": "object", "additionalProperties": {"$ref": "#"}},
    ]
}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, (0, 1)), ([], (0, 1)), ([1, 2], (1, 3)), ({"a": [{"b": 1}], "c": 2}, (3, 5))],
)
def test_measure(value: Any, expected: tuple[int, int]) -> None:
    assert measure(value) == expected


class TestCost:
    @pytest.mark.parametrize(
        ("schema", "value", "expected"),
        [
            (True, 5, 1),
            ({"type": "object"}, {"a": 1}, 2),  # one step at each of two places
            ({"allOf": [{}, {}]}, 5, 3),
            ({"properties": {"a": {}, "b": {"allOf": [{}]}}}, {"a": 1}, 6),  # (1 + the larger one of 2) * 2
            ({"$ref": "#/$defs/x", "$defs": {"x": {"not": {}}}}, 5, 3),
            ({"$ref": "#x", "$defs": {"any": {"$anchor": "x", "not": {}}}}, 5, 3),
            ({"anyOf": [{}], "unevaluatedProperties": False}, 5, 3),
            ({"prefixItems": [{}], "items": {}, "contains": {}}, [1], 8),
        ],
    )
    def test_steps(self, schema: Any, value: Any, expected: int) -> None:
        assert SchemaCost(schema).of(value) == expected

    def test_recursion_that_goes_one_way_is_cheap(self) -> None:
        assert SchemaCost(RECURSIVE).of(nested(100)) < 200_000

    def test_recursion_that_branches_is_not(self) -> None:
        branch = {"properties": {"a": {"$ref": "#"}}}
        cost = SchemaCost({"anyOf": [branch, branch | {"required": ["a"]}]})
        assert cost.of(nested(3)) < 1000
        assert cost.of(nested(60)) == MOST

    def test_references_that_double(self) -> None:
        parts = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(50)}
        assert SchemaCost({"$ref": "#/$defs/d0", "$defs": {**parts, "d50": {}}}).of(1) == MOST

    @pytest.mark.parametrize(
        "reference", ["#", "#/nope", "#nope", "x.json", "https://example.com/s", "#/allOf/7"]
    )
    def test_references_that_lead_nowhere(self, reference: str) -> None:
        with pytest.raises(UnresolvedError):
            SchemaCost({"allOf": [{"$ref": reference}]})


class TestChecker:
    def test_no_schema(self) -> None:
        assert compile_schema(None, "inputSchema") is None
        assert compile_stored({"inputSchema": None}) == {}

    def test_where_and_what(self) -> None:
        checkers = compile_stored({"inputSchema": {"properties": {"a": {"items": {"minimum": 3}}}}})
        content = {"input": {"a": [5, 1]}, "expectedOutput": None}
        assert check_item(checkers, content, ["items", "x"]) == [
            {
                "code": "custom",
                "path": ["items", "x", "input", "a", 1],
                "message": "1 is less than the minimum of 3",
            }
        ]

    def test_at_most_three_issues_of_a_field(self) -> None:
        checker = compile_schema({"items": {"type": "string"}}, "inputSchema")
        assert checker is not None
        assert len(checker.issues_of([1, 2, 3, 4], ["input"])) == 3

    def test_long_values_are_not_repeated(self) -> None:
        checker = compile_schema({"type": "integer"}, "inputSchema")
        assert checker is not None
        [issue] = checker.issues_of("x" * 5000, [])
        assert len(issue["message"]) == 301

    def test_patterns_cannot_run_away(self) -> None:
        checker = compile_schema({"pattern": "^(a+)+$"}, "inputSchema")
        assert checker is not None
        [issue] = checker.issues_of("a" * 200 + "b", ["input"])
        assert issue["path"] == ["input"]

    def test_values_as_deep_as_they_may_be(self) -> None:
        checker = compile_schema(RECURSIVE, "inputSchema")
        assert checker is not None
        assert checker.issues_of(nested(199), ["input"]) == []

    @pytest.mark.parametrize(
        "schema",
        [
            {"$ref": "https://example.com/schema.json"},
            {"$id": "https://example.com/a", "properties": {"x": {"$ref": "b"}}},
            {"$dynamicRef": "https://example.com/schema.json"},
            {"type": "nothing"},
            [],
            {"required": "a"},
            {"enum": list(range(20_001))},
            {
                "$defs": {**{f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(2000)}, "d2000": {}},
                "$ref": "#/$defs/d0",
            },
        ],
    )
    def test_refused(self, schema: Any) -> None:
        with pytest.raises(InvalidData) as caught:
            compile_schema(schema, "expectedOutputSchema")
        assert caught.value.details is not None
        assert caught.value.details[0]["path"][0] == "expectedOutputSchema"
