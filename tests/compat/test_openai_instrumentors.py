"""The OpenAI SDK seen through `langfuse.openai`, OpenInference and OpenLLMetry, against a local fake API."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from .fake_openai import ANSWER, TOOL_ARGUMENTS
from .live_server import Target
from .programs import ENVIRONMENT_NAME, run_program
from .reading import Json, PublicApi, parse_cost

pytestmark = pytest.mark.compat

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Wie geht's? 🙂"}]
# 20 fresh and 5 cached input tokens and 7 output tokens of gpt-4o-mini.
CHAT_COST = Decimal("0.000007575000")
EMBEDDING_COST = Decimal("0.000000180000")
CHATS = ("plain", "streamed", "tools")
ERRORS = (429, 500)


@dataclass(frozen=True, slots=True)
class Sent:
    """One instrumentation: its traces by case, and the observation of the call in each."""

    name: str
    report: Json
    traces: dict[str, Json]

    @property
    def is_drop_in(self) -> bool:
        return self.name in DROP_INS

    def find_call(self, case: str) -> Json:
        """The observation of the call: the only one, or the child of the program's own span."""
        observations = self.traces[case]["observations"]
        found = [each for each in observations if self.is_drop_in or each["name"] != case]
        assert len(found) == 1, [each["name"] for each in observations]
        return found[0]


DROP_INS = ("integrations-v2", "integrations-v3", "integrations-v4")
INSTRUMENTORS = ("openinference", "openllmetry")


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi, openai_url: str) -> Callable[[str], Sent]:
    """Runs an instrumentation's program once, when it is first asked for."""

    @functools.cache
    def run(name: str) -> Sent:
        program = "openai_langfuse.py" if name in DROP_INS else f"openai_{name}.py"
        report = run_program(name, program, target, OPENAI_BASE_URL=openai_url).report
        count = 1 if name in DROP_INS else 2
        traces = {case: api.wait_for_trace(trace_id, count) for case, trace_id in report["traces"].items()}
        return Sent(name, report, traces)

    return run


@pytest.fixture(params=[*DROP_INS, *INSTRUMENTORS])
def sent(request: pytest.FixtureRequest, runs: Callable[[str], Sent]) -> Sent:
    return runs(request.param)


class TestChat:
    @pytest.mark.parametrize("case", CHATS)
    def test_type_model_and_level(self, sent: Sent, case: str) -> None:
        call = sent.find_call(case)
        fields = ("type", "model", "level", "statusMessage", "environment")
        assert [call[field] for field in fields] == [
            "GENERATION",
            "gpt-4o-mini",
            "DEFAULT",
            None,
            ENVIRONMENT_NAME,
        ]

    @pytest.mark.parametrize("case", CHATS)
    def test_usage(self, sent: Sent, case: str) -> None:
        usage = sent.find_call(case)["usageDetails"]
        counted = {key: value for key, value in usage.items() if value}
        assert counted == {"input": 20, "input_cached_tokens": 5, "output": 7, "total": 32}

    @pytest.mark.parametrize("case", CHATS)
    def test_cost(self, sent: Sent, case: str) -> None:
        assert parse_cost(sent.find_call(case)["calculatedTotalCost"]) == CHAT_COST
        assert parse_cost(sent.traces[case]["totalCost"]) == CHAT_COST

    def test_parameters(self, sent: Sent) -> None:
        temperature = sent.find_call("plain")["modelParameters"]["temperature"]
        assert temperature == ("0.3" if sent.name == "integrations-v2" else 0.3)

    def test_plain_input_and_output(self, sent: Sent) -> None:
        call = sent.find_call("plain")
        assert find_messages(call["input"]) == MESSAGES
        assert find_answer(call["output"]) == ANSWER

    def test_streamed_output(self, sent: Sent) -> None:
        call = sent.find_call("streamed")
        assert find_messages(call["input"]) == MESSAGES
        assert find_answer(call["output"]) == ANSWER
        assert call["completionStartTime"] is not None or not sent.is_drop_in

    def test_tools(self, sent: Sent) -> None:
        call = sent.find_call("tools")
        assert find_messages(call["input"]) == MESSAGES
        assert "get_weather" in json.dumps(call["input"]["tools"])
        [made] = find_tool_calls(call["output"])
        assert made == ("call_0001", "get_weather", json.loads(TOOL_ARGUMENTS))


class TestErrors:
    @pytest.mark.parametrize("status", ERRORS)
    def test_level_and_message(self, sent: Sent, status: int) -> None:
        call = sent.find_call(f"error-{status}")
        assert [call["type"], call["level"]] == ["GENERATION", "ERROR"]
        assert (
            f"Error code: {status}" in call["statusMessage"]
            and f"fake failure {status}" in call["statusMessage"]
        )
        assert call["output"] is None
        assert find_messages(call["input"]) == MESSAGES

    @pytest.mark.parametrize("status", ERRORS)
    def test_no_usage_and_no_invented_cost(self, sent: Sent, status: int) -> None:
        call = sent.find_call(f"error-{status}")
        assert call["usageDetails"] == {}
        # The drop-in says itself that a failed call cost nothing; the others say nothing.
        expected = Decimal("0.000000000000") if sent.is_drop_in else None
        assert parse_cost(call["calculatedTotalCost"]) == expected


class TestEmbedding:
    @pytest.mark.parametrize("name", ["integrations-v3", "integrations-v4", *INSTRUMENTORS])
    def test_type_and_usage(self, name: str, runs: Callable[[str], Sent]) -> None:
        call = runs(name).find_call("embedding")
        assert [call["type"], call["level"]] == ["EMBEDDING", "DEFAULT"]
        counted = {key: value for key, value in call["usageDetails"].items() if value}
        assert counted == {"input": 9, "total": 9}

    # OpenInference names the model of an embedding only in an attribute that is not mapped.
    @pytest.mark.parametrize("name", ["integrations-v3", "integrations-v4", "openllmetry"])
    def test_model_and_cost(self, name: str, runs: Callable[[str], Sent]) -> None:
        call = runs(name).find_call("embedding")
        assert call["model"] == "text-embedding-3-small"
        assert parse_cost(call["calculatedTotalCost"]) == EMBEDDING_COST


class TestTrace:
    @pytest.mark.parametrize("name", DROP_INS)
    def test_drop_in(self, name: str, runs: Callable[[str], Sent]) -> None:
        sent = runs(name)
        for case, trace in sent.traces.items():
            fields = ("userId", "sessionId", "tags", "environment")
            expected = ["user-openai", sent.report["session"], ["drop-in"], ENVIRONMENT_NAME]
            assert [trace[field] for field in fields] == expected
            call = sent.find_call(case)
            assert call["name"] == case
            assert [call["metadata"]["case"], call["metadata"]["n"]] == [case, 1]
            if name != "integrations-v2":  # there a given trace id leaves the trace without a name
                assert trace["name"] == case
                assert [trace["input"], trace["output"]] == [call["input"], call["output"]]

    @pytest.mark.parametrize("name", INSTRUMENTORS)
    def test_instrumentor(self, name: str, runs: Callable[[str], Sent]) -> None:
        sent = runs(name)
        for case, trace in sent.traces.items():
            root = next(each for each in trace["observations"] if each["name"] == case)
            call = sent.find_call(case)
            assert [root["type"], root["parentObservationId"]] == ["SPAN", None]
            assert call["parentObservationId"] == root["id"]
            assert [trace["name"], trace["environment"], trace["version"]] == [
                case,
                ENVIRONMENT_NAME,
                "3.2.1",
            ]

    def test_openinference_carries_the_trace(self, runs: Callable[[str], Sent]) -> None:
        for trace in runs("openinference").traces.values():
            found = [trace["userId"], trace["sessionId"], trace["tags"]]
            assert found == ["user-oi", "session-openinference", ["oi"]]


def find_messages(value: Any) -> list[Json]:
    """The request's messages as role and text, out of each instrumentation's own way to write them."""
    messages = value["messages"] if isinstance(value, dict) else value
    return [{"role": each["role"], "content": find_text(each)} for each in messages]


def find_text(message: Json) -> str | None:
    """The text of one message: its content, or its text parts."""
    if "parts" not in message:
        return message.get("content")
    return "".join(part["content"] for part in message["parts"] if part["type"] == "text")


def find_reply(value: Any) -> Json:
    """The assistant's message: bare, in a list, or in the choices of a whole response."""
    if isinstance(value, list):
        return value[0]
    return value["choices"][0]["message"] if "choices" in value else value


def find_answer(value: Any) -> str | None:
    """The assistant's text; some write a streamed answer as bare text."""
    return value if isinstance(value, str) else find_text(find_reply(value))


def find_tool_calls(value: Any) -> list[tuple[str, str, Json]]:
    """(id, name, arguments) of each call in the assistant's message."""
    reply = find_reply(value)
    if "parts" in reply:
        return [
            (part["id"], part["name"], part["arguments"]) for part in reply["parts"] if "arguments" in part
        ]
    calls = reply["tool_calls"]
    return [
        (each["id"], each["function"]["name"], json.loads(each["function"]["arguments"])) for each in calls
    ]
