"""Plain OpenTelemetry without Langfuse: each transport of the Python exporter, and OTLP/JSON by hand."""

import json
from decimal import Decimal

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, run_program
from .reading import Json, PublicApi, find_only, name_parents, parse_cost, parse_costs, parse_ms

pytestmark = [pytest.mark.compat, pytest.mark.compat_short]

TREE = [
    ("POST /checkout", "SPAN", None),
    ("chat bedrock", "GENERATION", "invoke_agent planner"),
    ("chat gpt-4o", "GENERATION", "invoke_agent planner"),
    ("invoke_agent planner", "AGENT", "POST /checkout"),
    ("look_up", "TOOL", "invoke_agent planner"),
    ("reserve", "SPAN", "invoke_agent planner"),
]
PLACES_MS = {
    "POST /checkout": (0, 900),
    "invoke_agent planner": (10, 800),
    "chat gpt-4o": (20, 251),
    "chat bedrock": (300, 100),
    "look_up": (450, 25),
    "reserve": (500, 75),
}


@pytest.fixture(scope="module", params=["http", "http-gzip", "http-short", "grpc"])
def sent(request: pytest.FixtureRequest, target: Target, api: PublicApi) -> tuple[str, Json, Json]:
    """The transport, the program's report and the trace that it made."""
    endpoint = f"http://127.0.0.1:{target.grpc_port}"
    finished = run_program("otlp", "otlp_spans.py", target, request.param, COMPAT_GRPC_ENDPOINT=endpoint)
    trace = api.wait_for_trace(finished.report["trace"], len(TREE))
    return request.param, finished.report, trace


class TestSpans:
    def test_tree(self, sent: tuple[str, Json, Json]) -> None:
        assert name_parents(sent[2]["observations"]) == TREE

    def test_trace(self, sent: tuple[str, Json, Json]) -> None:
        transport, report, trace = sent
        fields = (
            "name",
            "userId",
            "sessionId",
            "environment",
            "release",
            "version",
            "public",
            "input",
            "output",
        )
        assert {field: trace[field] for field in fields} == {
            "name": "POST /checkout",
            "userId": "user-otlp",
            "sessionId": f"session-otlp-{transport}",
            "environment": ENVIRONMENT_NAME,
            "release": "r-77",
            "version": "3.2.1",
            "public": True,
            "input": {"basket": ["sku-1", "sku-9"]},
            "output": "done",
        }
        assert sorted(trace["tags"]) == sorted(["otlp", transport])
        assert trace["metadata"]["tier"] == "gold"
        assert parse_ms(trace["timestamp"]) == report["base_ms"]
        assert trace["latency"] == pytest.approx(0.9)

    def test_exact_times(self, sent: tuple[str, Json, Json]) -> None:
        _, report, trace = sent
        found = {
            each["name"]: (
                parse_ms(each["startTime"]) - report["base_ms"],
                parse_ms(each["endTime"]) - parse_ms(each["startTime"]),
            )
            for each in trace["observations"]
        }
        assert found == PLACES_MS

    def test_current_genai_conventions(self, sent: tuple[str, Json, Json]) -> None:
        chat = find_only(sent[2]["observations"], "chat gpt-4o")
        assert chat["model"] == "gpt-4o"
        assert chat["input"] == [{"role": "user", "parts": [{"type": "text", "content": "Hallo 🙂"}]}]
        assert chat["output"][0]["parts"] == [{"type": "text", "content": "Grüezi"}]
        parameters = chat["modelParameters"]
        assert [parameters["temperature"], parameters["max_tokens"]] == [0.5, 64]
        assert json.loads(parameters["stop_sequences"]) == ["END", "STOP"]
        assert chat["usageDetails"] == {"input": 600, "input_cached_tokens": 400, "output": 50, "total": 1050}
        assert parse_costs(chat["costDetails"]) == {
            "input": Decimal("0.001500000000"),
            "input_cached_tokens": Decimal("0.000500000000"),
            "output": Decimal("0.000500000000"),
            "total": Decimal("0.002500000000"),
        }

    def test_message_events_and_a_bedrock_price(self, sent: tuple[str, Json, Json]) -> None:
        chat = find_only(sent[2]["observations"], "chat bedrock")
        assert chat["input"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Name a river."},
        ]
        assert chat["output"] == {"index": 0, "finish_reason": "stop", "content": "Aare"}
        assert chat["usageDetails"] == {"input": 63, "output": 1514, "total": 1577}
        cost = parse_cost(chat["calculatedTotalCost"])
        assert cost is not None and round(cost, 6) == Decimal("0.000459")

    def test_agent_does_not_repeat_its_children(self, sent: tuple[str, Json, Json]) -> None:
        agent = find_only(sent[2]["observations"], "invoke_agent planner")
        assert [agent["model"], agent["usageDetails"], agent["costDetails"]] == [None, {}, {}]

    def test_tool(self, sent: tuple[str, Json, Json]) -> None:
        tool = find_only(sent[2]["observations"], "look_up")
        assert [tool["input"], tool["output"]] == [{"sku": "sku-9"}, {"stock": 3}]

    def test_error_status(self, sent: tuple[str, Json, Json]) -> None:
        failed = find_only(sent[2]["observations"], "reserve")
        assert [failed["level"], failed["statusMessage"]] == ["ERROR", "sku-9 is unknown"]
        others = {each["level"] for each in sent[2]["observations"] if each["name"] != "reserve"}
        assert others == {"DEFAULT"}

    def test_attributes_are_kept(self, sent: tuple[str, Json, Json]) -> None:
        metadata = find_only(sent[2]["observations"], "reserve")["metadata"]
        assert metadata["resourceAttributes"]["service.name"] == "checkout"
        assert [metadata["scope"]["name"], metadata["scope"]["version"]] == ["my-framework", "0.9"]
        attributes = metadata["attributes"]
        assert [as_value(attributes["flag"]), as_value(attributes["ratios"])] == [True, [0.5, 1.5]]


class TestJson:
    @pytest.mark.parametrize("encoding", ["plain", "gzip"])
    def test_chat(self, encoding: str, target: Target, api: PublicApi) -> None:
        report = run_program("otlp", "otlp_json.py", target, encoding).report
        assert report["answer"]["status"] == 200
        assert json.loads(report["answer"]["body"]) == {}
        trace = api.wait_for_trace(report["trace"], 1)
        [chat] = trace["observations"]
        fields = (
            "id",
            "name",
            "type",
            "parentObservationId",
            "environment",
            "level",
            "statusMessage",
            "model",
        )
        assert [chat[field] for field in fields] == [
            report["span"],
            "chat gpt-4o",
            "GENERATION",
            None,
            ENVIRONMENT_NAME,
            "ERROR",
            "boom",
            "gpt-4o",
        ]
        assert [parse_ms(chat["startTime"]), parse_ms(chat["endTime"])] == [
            report["start_ms"],
            report["start_ms"] + 1500,
        ]
        assert chat["modelParameters"] == {"temperature": 0.2}
        assert chat["usageDetails"] == {"input": 60, "input_cached_tokens": 40, "output": 10, "total": 110}
        assert parse_cost(chat["calculatedTotalCost"]) == Decimal("0.000300000000")
        assert [chat["input"], chat["output"]] == [[{"role": "user", "parts": []}], None]
        assert [trace["name"], trace["sessionId"], trace["tags"]] == [
            "chat gpt-4o",
            "session-otlp-json",
            ["x", "y"],
        ]
        assert trace["environment"] == ENVIRONMENT_NAME
        attributes = chat["metadata"]["attributes"]
        assert "gen_ai.input.messages" not in attributes
        assert int(attributes["gen_ai.usage.input_tokens"]) == 100
        assert chat["metadata"]["resourceAttributes"]["service.name"] == "shop"
        assert chat["metadata"]["scope"]["name"] == "opentelemetry.instrumentation.openai"

    def test_a_bad_span_does_not_reject_the_good_one(self, target: Target, api: PublicApi) -> None:
        report = run_program("otlp", "otlp_json.py", target, "mixed").report
        assert report["answer"]["status"] == 200
        partial = json.loads(report["answer"]["body"])["partialSuccess"]
        assert int(partial["rejectedSpans"]) == 1
        assert partial["errorMessage"]
        trace = api.wait_for_trace(report["trace"], 1)
        assert [each["id"] for each in trace["observations"]] == [report["span"]]


def as_value(value: object) -> object:
    """An attribute kept in the metadata, as a value or as JSON text of it."""
    return json.loads(value) if isinstance(value, str) else value
