"""The batch dialect's fields: bodies of 1.6, environment, usage shapes of 1.8, metadata, hostile values."""

import json
from typing import Any

import pytest

from spyglass.core.records import Arrival, Patch
from spyglass.ingest.dialects.langfuse import decode

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z
ARRIVAL = Arrival(project_id="p1", received_us=T0 + 60_000_000)


def decode_body(type_: str, body: str | dict[str, Any]) -> tuple[Patch | None, str]:
    """The patch and the error text of one event; `body` may be JSON text."""
    text = body if isinstance(body, str) else json.dumps(body)
    envelope = f'{{"id":"e","timestamp":"2026-01-01T00:00:00Z","type":"{type_}","body":{text}}}'
    decoded = decode(f'{{"batch":[{envelope}]}}'.encode(), arrival=ARRIVAL)
    patch = decoded.patches[0] if decoded.patches else None
    return patch, decoded.rejections[0].error if decoded.rejections else ""


def explicit(type_: str, body: str | dict[str, Any]) -> dict[str, Any]:
    patch, error = decode_body(type_, body)
    assert patch is not None, error
    return patch.explicit


def implied(type_: str, body: dict[str, Any]) -> dict[str, Any]:
    patch, error = decode_body(type_, body)
    assert patch is not None, error
    return patch.implied


def error_of(type_: str, body: str | dict[str, Any]) -> str:
    patch, error = decode_body(type_, body)
    assert patch is None
    assert error
    return error


class TestTrace:
    def test_all_fields(self) -> None:
        body = {
            "id": "t",
            "timestamp": "2026-01-01T00:00:03.000001Z",
            "name": "chat",
            "externalId": "x",
            "input": {"q": 1},
            "output": "answer",
            "sessionId": "s",
            "userId": "u",
            "release": "r",
            "version": "v",
            "environment": "Prod",
            "metadata": {"k": None},
            "public": False,
            "tags": ["b", "a"],
        }
        assert explicit("trace-create", body) == {
            "timestamp": T0 + 3_000_001,
            "name": "chat",
            "input": '{"q": 1}',
            "output": "answer",
            "session_id": "s",
            "user_id": "u",
            "release": "r",
            "version": "v",
            "environment": "prod",
            "metadata": {"k": None},
            "public": False,
            "tags": ["b", "a"],
        }
        assert implied("trace-create", body) == {}

    def test_nulls(self) -> None:
        """Null clears texts; elsewhere it says nothing."""
        body = dict.fromkeys(
            [
                "timestamp",
                "name",
                "externalId",
                "input",
                "output",
                "sessionId",
                "userId",
                "release",
                "version",
                "environment",
                "metadata",
                "public",
                "tags",
            ]
        )
        assert explicit("trace-create", {"id": "t", **body}) == dict.fromkeys(
            ["name", "user_id", "session_id", "release", "version"]
        )
        assert implied("trace-create", {"id": "t", **body}) == {"timestamp": T0, "environment": "default"}

    def test_absent_is_not_said(self) -> None:
        assert explicit("trace-create", {"id": "t", "tags": []}) == {}

    def test_the_longest_name(self) -> None:
        assert explicit("trace-create", {"id": "t", "name": "n" * 1000})["name"] == "n" * 1000
        assert error_of("trace-create", {"id": "t", "name": "n" * 1001}) == (
            "name: must have at most 1000 characters"
        )
        assert explicit("span-create", {"id": "s", "name": "n" * 1001})["name"] == "n" * 1001

    @pytest.mark.parametrize(
        "field",
        [
            {"name": 7},
            {"public": "true"},
            {"public": 1},
            {"tags": "a"},
            {"tags": [1]},
            {"tags": [None]},
            {"sessionId": 5},
            {"environment": 5},
            {"externalId": []},
            {"timestamp": "2026-01-01"},
            {"timestamp": 5},
        ],
    )
    def test_wrong_types(self, field: dict[str, Any]) -> None:
        assert next(iter(field)) in error_of("trace-create", {"id": "t", **field})

    @pytest.mark.parametrize("field", ["name", "sessionId", "userId"])
    def test_nul_in_names(self, field: str) -> None:
        assert "NUL" in error_of("trace-create", {"id": "t", field: "a\x00"})


class TestContent:
    @pytest.mark.parametrize(
        ("json_text", "stored"),
        [
            ('"text"', "text"),
            (r'"a\nb \"c\" \u00e9\u0000"', 'a\nb "c" é\x00'),
            (r'"\ud83d\ude00 \ud83d"', "😀 \ufffd"),
            (r'{"a":"\ud83d"}', r'{"a":"\ufffd"}'),
            ('"é"', "é"),
            ("9007199254740993", "9007199254740993"),
            ("1.10", "1.10"),
            ("1e400", "1e400"),
            ("true", "true"),
            ('{"a": [1.10, 9007199254740993]}', '{"a": [1.10, 9007199254740993]}'),
            ("[0]", "[0]"),
            ('"0"', "0"),
            ('"null"', "null"),
        ],
    )
    def test_it_is_stored_exactly(self, json_text: str, stored: str) -> None:
        assert explicit("span-create", f'{{"id":"s","input":{json_text}}}')["input"] == stored
        assert explicit("trace-create", f'{{"id":"s","output": {json_text} }}')["output"] == stored

    @pytest.mark.parametrize(
        "json_text", ["null", '""', "0", "-0", "0.0", "0e5", "false", "{}", "[]", "{ }", "[ \n]"]
    )
    def test_what_is_falsy_or_empty_is_not_said(self, json_text: str) -> None:
        assert "input" not in explicit("span-create", f'{{"id":"s","input":{json_text}}}')

    def test_the_depth_limit_is_per_value(self) -> None:
        def nest(depth: int) -> str:
            return "[" * depth + "1" + "]" * depth

        assert explicit("span-create", f'{{"id":"s","input":{nest(100)}}}')["input"] == nest(100)
        assert error_of("span-create", f'{{"id":"s","input":{nest(101)}}}') == (
            "input: is nested deeper than 100 levels"
        )
        assert "metadata" in error_of("span-create", f'{{"id":"s","metadata":{nest(101)}}}')

    def test_twenty_megabytes(self) -> None:
        text = "é" * 10_000_000
        assert explicit("span-create", f'{{"id":"s","output":"{text}"}}')["output"] == text


class TestMetadata:
    @pytest.mark.parametrize(
        ("json_text", "stored"),
        [
            ('{"a":{"b":[1,"x",null]}}', {"a": {"b": [1, "x", None]}}),
            ('"plain"', {"metadata": "plain"}),
            ("12", {"metadata": "12"}),
            ("1.5", {"metadata": "1.5"}),
            ("true", {"metadata": "true"}),
            ("false", {"metadata": "false"}),
            ('[1,"a"]', {"metadata": '[1,"a"]'}),
            (r'{"k\u0000":"v\u0000"}', {"k\x00": "v\x00"}),
            (r'{"k\ud800":1}', {"k\ufffd": 1}),
            ('{"n":1e400,"m":9007199254740993}', {"n": "1e400", "m": 9007199254740993}),
        ],
    )
    def test_normalised(self, json_text: str, stored: dict[str, Any]) -> None:
        assert explicit("trace-create", f'{{"id":"t","metadata":{json_text}}}')["metadata"] == stored

    @pytest.mark.parametrize("json_text", ["null", "{}", "[]"])
    def test_empty_says_nothing(self, json_text: str) -> None:
        assert "metadata" not in explicit("trace-create", f'{{"id":"t","metadata":{json_text}}}')

    def test_a_million_keys(self) -> None:
        keys = ",".join(f'"{i}":1' for i in range(100_001))
        assert error_of("trace-create", f'{{"id":"t","metadata":{{{keys}}}}}') == (
            "metadata: has more than 100000 keys"
        )

    def test_a_text_with_a_million_colons(self) -> None:
        text = ":" * 1_000_000
        assert explicit("trace-create", {"id": "t", "metadata": {"a": text}})["metadata"] == {"a": text}


class TestObservation:
    BODY = {
        "id": "o",
        "traceId": "t",
        "environment": "langfuse-eu",
        "name": "n",
        "startTime": "2026-01-01T00:00:01Z",
        "endTime": "2026-01-01T00:00:02Z",
        "completionStartTime": "2026-01-01T00:00:01.5Z",
        "metadata": {"a": 1},
        "input": "in",
        "output": "out",
        "level": "WARNING",
        "statusMessage": "hm",
        "version": "v",
        "parentObservationId": "parent",
        "model": "gpt-4o",
        "modelParameters": {"temperature": 0.5, "stop": ["a"], "map": {"k": "v"}, "n": None},
        "usage": {"input": 3, "output": 4},
        "costDetails": {"input": 0.1},
        "promptName": "p",
        "promptVersion": 2,
    }
    EVENT = {
        "trace_id": "t",
        "environment": "eu",
        "name": "n",
        "start_time": T0 + 1_000_000,
        "metadata": {"a": 1},
        "input": "in",
        "output": "out",
        "level": "WARNING",
        "status_message": "hm",
        "version": "v",
        "parent_id": "parent",
    }
    SPAN = {**EVENT, "end_time": T0 + 2_000_000}
    GENERATION = {
        **SPAN,
        "completion_start_time": T0 + 1_500_000,
        "model": "gpt-4o",
        "model_parameters": '{"temperature": 0.5, "stop": ["a"], "map": {"k": "v"}, "n": null}',
        "provided_usage": {"input": 3, "output": 4, "total": 7},
        "provided_cost": {"input": 0.1},
        "prompt": ("p", 2),
    }

    @pytest.mark.parametrize(
        "name", ["agent", "tool", "chain", "retriever", "evaluator", "embedding", "guardrail"]
    )
    def test_the_newer_types_are_like_generations(self, name: str) -> None:
        assert explicit(f"{name}-create", self.BODY) == {"type": name.upper(), **self.GENERATION}

    @pytest.mark.parametrize("action", ["create", "update"])
    def test_generation_and_span(self, action: str) -> None:
        assert explicit(f"generation-{action}", self.BODY) == {"type": "GENERATION", **self.GENERATION}
        assert explicit(f"span-{action}", self.BODY) == {"type": "SPAN", **self.SPAN}

    def test_an_event_has_no_end(self) -> None:
        assert explicit("event-create", self.BODY) == {"type": "EVENT", **self.EVENT}

    @pytest.mark.parametrize("type_", ["GENERATION", "SPAN", "EVENT"])
    def test_legacy(self, type_: str) -> None:
        body = {**self.BODY, "type": type_, "modelParameters": {"t": 1, "s": "x", "b": True, "n": None}}
        expected = {
            **self.GENERATION,
            "type": type_,
            "model_parameters": '{"t": 1, "s": "x", "b": true, "n": null}',
        }
        del expected["prompt"], expected["environment"]
        assert explicit("observation-create", body) == expected
        assert explicit("observation-update", body) == expected
        assert implied("observation-create", body)["environment"] == "default"

    @pytest.mark.parametrize("type_", ["AGENT", "span", None, 3])
    def test_legacy_of_another_type(self, type_: Any) -> None:
        assert "type" in error_of("observation-create", {"id": "o", "type": type_})

    def test_legacy_parameters_are_simple(self) -> None:
        assert "modelParameters" in error_of(
            "observation-create", {"id": "o", "type": "SPAN", "modelParameters": {"a": ["x"]}}
        )

    def test_only_an_id(self) -> None:
        assert explicit("generation-create", {"id": "o"}) == {"type": "GENERATION"}
        first = implied("generation-create", {"id": "o"})
        assert {key: first[key] for key in ("environment", "start_time", "source")} == {
            "environment": "default",
            "start_time": T0,
            "source": "ingestion-api",
        }
        assert len(first["trace_id"]) == 32
        assert implied("span-update", {"id": "o"})["trace_id"] == first["trace_id"]
        assert implied("span-update", {"id": "o2"})["trace_id"] != first["trace_id"]

    def test_nulls(self) -> None:
        nulls = {name: None for name in self.BODY if name != "id"}
        assert explicit("generation-create", {"id": "o", **nulls}) == {
            "type": "GENERATION",
            "name": None,
            "level": None,
            "model": None,
        }
        assert implied("generation-create", {"id": "o", **nulls}) == implied("generation-create", {"id": "o"})

    @pytest.mark.parametrize(
        "field",
        [
            {"level": "warning"},
            {"level": "FATAL"},
            {"name": 1},
            {"startTime": "soon"},
            {"endTime": "2026-01-01T00:00:00"},
            {"completionStartTime": "x"},
            {"statusMessage": {}},
            {"version": 1},
            {"parentObservationId": 7},
            {"model": ["gpt"]},
            {"modelParameters": {"a": {"b": 1}}},
            {"modelParameters": {"a": [1]}},
            {"modelParameters": []},
            {"modelParameters": "x"},
            {"usage": 5},
            {"usage": {"input": 1.5}},
            {"usage": {"input": "3"}},
            {"usage": {"unit": "BANANAS"}},
            {"usage": {"inputCost": "1"}},
            {"usageDetails": [1]},
            {"costDetails": "x"},
            {"promptName": "p"},
            {"promptVersion": 1},
            {"promptName": "p", "promptVersion": 0},
            {"promptName": "p", "promptVersion": 1.5},
            {"promptName": "p", "promptVersion": "1"},
        ],
    )
    def test_wrong_values(self, field: dict[str, Any]) -> None:
        assert any(name in error_of("generation-create", {"id": "o", **field}) for name in field)

    @pytest.mark.parametrize("field", ["name", "parentObservationId", "model"])
    def test_nul_in_names(self, field: str) -> None:
        assert error_of("generation-create", {"id": "o", field: "a\x00"}) == f"{field}: must not contain NUL"

    def test_a_wrong_word_names_the_right_ones(self) -> None:
        assert error_of("span-create", {"id": "o", "level": "error"}) == (
            "body: Invalid enum value 'error' - at `$.level`, "
            "which must be one of DEBUG, DEFAULT, WARNING, ERROR"
        )
        body = {"id": "s", "name": "n", "value": 1, "traceId": "t", "dataType": "X"}
        assert error_of("score-create", body).endswith(
            "must be one of NUMERIC, CATEGORICAL, BOOLEAN, CORRECTION, TEXT"
        )

    @pytest.mark.parametrize("field", ["name", "userId", "sessionId", "release", "version"])
    def test_nul_in_names_of_a_trace(self, field: str) -> None:
        assert error_of("trace-create", {"id": "t", field: "a\x00"}) == f"{field}: must not contain NUL"

    def test_generation_fields_of_a_span_are_not_even_checked(self) -> None:
        body = {"id": "o", "model": 5, "usage": {"input": 1.5}, "promptName": "p", "modelParameters": 1}
        assert explicit("span-create", body) == {"type": "SPAN"}
        assert explicit("event-create", {"id": "o", "endTime": "x"}) == {"type": "EVENT"}

    def test_integral_floats_are_integers(self) -> None:
        body = {"id": "o", "promptName": "p", "promptVersion": 2.0, "usage": {"input": 5.0}}
        assert explicit("generation-create", body)["prompt"] == ("p", 2)
        assert explicit("generation-create", body)["provided_usage"] == {"input": 5, "total": 5}

    def test_a_prompt_version_that_cannot_exist_links_nothing(self) -> None:
        assert explicit("generation-create", {"id": "o", "promptName": "p", "promptVersion": -1}) == {
            "type": "GENERATION"
        }
        assert explicit("generation-create", {"id": "o", "promptName": "p", "promptVersion": 70_000})[
            "prompt"
        ] == ("p", 70_000)

    def test_times_outside_the_window(self) -> None:
        stored = explicit("span-create", {"id": "o", "startTime": "9999-01-01T00:00:00Z", "metadata": "m"})
        assert stored["start_time"] == ARRIVAL.received_us
        assert stored["metadata"] == {"metadata": "m", "original_startTime": "9999-01-01T00:00:00Z"}


class TestUsage:
    @pytest.mark.parametrize(
        ("body", "usage"),
        [
            ({"usage": {"input": 1, "output": 2}}, {"input": 1, "output": 2, "total": 3}),
            ({"usage": {"total": 100, "unit": "SECONDS"}}, {"total": 100}),
            (
                {"usage": {"input": 1, "output": 2, "total": 3}, "usageDetails": {"cached": 1}},
                {"input": 1, "output": 2, "total": 3, "cached": 1},
            ),
            (
                {"usageDetails": {"input_tokens": 3, "output_tokens": 4}},
                {"input_tokens": 3, "output_tokens": 4},
            ),
            (
                {"usage": {"input_tokens": 3, "output_tokens": 4, "unit": "TOKENS"}},
                {"input": 3, "output": 4, "total": 7},
            ),
            (
                {"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 9}},
                {"input": 3, "output": 4, "total": 9},
            ),
            (
                {"usageDetails": {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}},
                {"input": 5, "output": 6, "total": 11},
            ),
            (
                {
                    "usageDetails": {
                        "input_tokens": 5,
                        "output_tokens": 6,
                        "total_tokens": 11,
                        "cache_read": 1,
                    }
                },
                {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "cache_read": 1},
            ),
        ],
    )
    def test_shapes(self, body: dict[str, Any], usage: dict[str, int]) -> None:
        assert explicit("generation-update", {"id": "g", **body})["provided_usage"] == usage

    @pytest.mark.parametrize("body", [{"usage": {}}, {"usage": {"x": 1}}, {"usageDetails": {"key": 0.1}}])
    def test_nothing_said(self, body: dict[str, Any]) -> None:
        assert explicit("generation-update", {"id": "g", **body}) == {"type": "GENERATION"}

    def test_costs(self) -> None:
        body = {
            "id": "g",
            "usage": {"input": 1, "inputCost": 0.5, "totalCost": 1},
            "costDetails": {"input": 3, "x": -1},
        }
        assert explicit("generation-create", body)["provided_cost"] == {"input": 3.0, "total": 1.0}


class TestEnvironment:
    @pytest.mark.parametrize(
        ("value", "name"),
        [("Langfuse-Prod", "prod"), ("langfuse", "default"), ("a b", "default"), ("a" * 41, "a" * 40)],
    )
    @pytest.mark.parametrize("type_", ["trace-create", "span-create"])
    def test_named(self, type_: str, value: str, name: str) -> None:
        assert explicit(type_, {"id": "x", "environment": value})["environment"] == name
        assert "environment" not in implied(type_, {"id": "x", "environment": value})
