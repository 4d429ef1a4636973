"""Schemas of dataset items: how much work they make at most, and what is said about values that break them."""

from typing import Any

import pytest

from spyglass.core.errors import InvalidData
from spyglass.features.datasets import schema_cost
from spyglass.features.datasets.json_schemas import check_item, compile_schema, compile_stored
from spyglass.features.datasets.schema_cost import MOST, Counter, SchemaCost, UnresolvedError, measure

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
    [
        (1, (0, 1, 0)),
        ([], (0, 1, 0)),
        ([1, 2], (1, 3, 0)),
        ("text", (0, 1, 4)),
        ({"a": [{"bcd": "ef"}], "c": 2}, (3, 5, 7)),
    ],
)
def test_measure(value: Any, expected: tuple[int, int, int]) -> None:
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
            ({"enum": [*range(20), {"a": [1]}]}, 5, 1 + 2 + 8),
            ({"enum": [0.5]}, 5, 41),
            ({"const": {"a": {}}}, 5, 9),
            ({"multipleOf": 0.1}, 5, 201),
            ({"multipleOf": 3}, 5, 1),
            ({"dependentRequired": {"a": [], "b": [], "c": []}}, 5, 2),
            ({"pattern": "x"}, "a" * 100, 1 + 10),
            ({"patternProperties": {"x": {"pattern": "x"}, "y": {}}}, {"a" * 50: "b" * 50}, 6 + 30),
        ],
    )
    def test_steps(self, schema: Any, value: Any, expected: int) -> None:
        assert SchemaCost(schema).of(value) == expected

    def test_texts_cost_more_where_patterns_look_around(self) -> None:
        assert SchemaCost({"pattern": "x"}, 50.0).of("a" * 100) == 1 + 5000
        assert SchemaCost({"type": "string", "not": False}, 50.0).of("a" * 100) == 2

    @pytest.mark.parametrize(
        "schema",
        [
            {"properties": {str(n): {"type": "string"} for n in range(1000)}},
            {"properties": {str(n): {"$ref": "#"} for n in range(1000)}},
        ],
    )
    def test_no_part_is_counted_for_more_levels_than_it_takes(self, schema: Any) -> None:
        counted = 0

        def weigh(part: dict[str, Any]) -> int:
            nonlocal counted
            counted += 1
            return 1

        counter = Counter(schema, weigh)
        assert counted == 1001
        assert counter.count(0) == 1
        assert len(counter._known) < 10_000

    def test_a_schema_that_refers_to_itself_everywhere_is_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schema_cost, "_MOST_COUNTED", 5000)
        schema = {"properties": {str(n): {"$ref": "#"} for n in range(100)}}
        assert SchemaCost(schema).of(nested(10)) < MOST
        assert SchemaCost(schema).of(nested(100)) == MOST

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

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            ({"items": {"enum": [{"a": n} for n in range(6000)]}}, [{"a": 5999}] * 5000),
            ({"items": {"enum": [n + 0.5 for n in range(10_000)]}}, [9999.5] * 100),
            ({"items": {"dependentRequired": {str(n): [] for n in range(9000)}}}, [{}] * 10_000),
            ({"pattern": "(?!q)(a*)*b"}, "a" * 1_000_000),
            ({"items": {"multipleOf": 1e-300}}, [1e308] * 200_000),
        ],
    )
    def test_what_would_take_minutes_is_refused(self, schema: Any, value: Any) -> None:
        checker = compile_schema(schema, "inputSchema")
        assert checker is not None
        [issue] = checker.issues_of(value, ["input"])
        assert issue["message"] == "is too large or too deep to be checked against the schema"

    def test_of_many_errors_in_a_large_value_one_is_told(self) -> None:
        checker = compile_schema({"allOf": [{"required": ["x"]}] * 300}, "inputSchema")
        assert checker is not None
        issues = checker.issues_of({"a": "x" * 100_000}, ["input"])
        assert [issue["path"] for issue in issues] == [["input"]]
        assert '"x" is a required property' in issues[0]["message"]
        assert len(checker.issues_of({"a": "x" * 10}, ["input"])) == 3

    def test_look_around(self) -> None:
        checker = compile_schema({"pattern": r"^(?=.*\d)(?!.*secret)"}, "inputSchema")
        assert checker is not None
        assert checker.issues_of("a" * 5000 + "1", []) == []
        assert len(checker.issues_of("a1 secret", [])) == 1

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
            "text",
            5,
            {"pattern": "(unclosed"},
            {"patternProperties": {str(n): {} for n in range(301)}},
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
