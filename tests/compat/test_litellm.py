"""LiteLLM's callbacks `langfuse` and `langfuse_otel`, old and new, with its own mock responses."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, RELEASE, run_program
from .reading import Json, PublicApi, parse_cost, parse_ms

pytestmark = pytest.mark.compat

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Wie geht's? 🙂"}]
ANSWER = "Gut, danke 👍"
FAILURE = (
    "litellm.InternalServerError: InternalServerError: "
    "OpenAIException - litellm.MockException: mocked failure"
)
CASES = ("plain", "streamed", "async", "failing")
USAGE = {"plain": (10, 20), "async": (10, 20), "streamed": (19, 4)}
COST = {"plain": Decimal("0.0000135"), "async": Decimal("0.0000135"), "streamed": Decimal("0.00000525")}
RUNS = ("litellm-old", "litellm-new", "litellm-old-otel", "litellm-new-otel")


@dataclass(frozen=True, slots=True)
class Sent:
    """One version and callback: its trace per case, and the generation in each."""

    run: str
    report: Json
    traces: dict[str, Json]

    @property
    def is_otel(self) -> bool:
        return self.run.endswith("otel")

    def find_generation(self, case: str) -> Json:
        """The one generation; `langfuse_otel` may put a raw request beside it."""
        found = [each for each in self.traces[case]["observations"] if each["type"] == "GENERATION"]
        assert len(found) == 1, [(each["name"], each["type"]) for each in self.traces[case]["observations"]]
        return found[0]


@pytest.fixture(scope="module", params=RUNS)
def sent(request: pytest.FixtureRequest, target: Target, api: PublicApi) -> Sent:
    name = request.param
    environment_name = name.removesuffix("-otel")
    program = "litellm_otel.py" if name.endswith("-otel") else "litellm_langfuse.py"
    local = {"COMPAT_RUN": name, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    report = run_program(environment_name, program, target, **local).report
    traces = {case: wait_for_case(api, report, name, case) for case in CASES}
    return Sent(name, report, traces)


def wait_for_case(api: PublicApi, report: Json, run: str, case: str) -> Json:
    """The trace of a case: by its id, or by name where the callback makes ids of its own."""
    if not run.endswith("-otel"):
        return api.wait_for_trace(report["traces"][case], 1)
    [trace] = api.wait_for_traces(1, name=f"{run}-{case}")
    return trace


@pytest.mark.parametrize("case", CASES)
class TestCalls:
    def test_trace(self, sent: Sent, case: str) -> None:
        trace = sent.traces[case]
        found = [trace[field] for field in ("name", "userId", "sessionId", "environment")]
        assert found == [f"{sent.run}-{case}", "user-litellm", f"session-{sent.run}", ENVIRONMENT_NAME]
        assert sorted(trace["tags"]) == sorted(["litellm", case])
        assert trace["metadata"]["tier"] == "gold"
        assert trace["release"] == (None if sent.is_otel else RELEASE)

    def test_generation(self, sent: Sent, case: str) -> None:
        generation = sent.find_generation(case)
        name = "litellm_request" if sent.run == "litellm-old-otel" else f"{case}-call"
        assert [generation["name"], generation["model"], generation["parentObservationId"]] == [
            name,
            "gpt-4o-mini",
            None,
        ]

    def test_input(self, sent: Sent, case: str) -> None:
        expected: Any = {"messages": MESSAGES}
        if sent.is_otel:
            # 1.74 puts the last message alone into `input.value`, which comes before the message list.
            expected = "Wie geht's? 🙂" if sent.run == "litellm-old-otel" else MESSAGES
        assert sent.find_generation(case)["input"] == expected

    def test_output_and_level(self, sent: Sent, case: str) -> None:
        generation = sent.find_generation(case)
        output = generation["output"]
        if case != "failing":
            assert (output if sent.run == "litellm-old-otel" else output["content"]) == ANSWER
            assert [generation["level"], generation["statusMessage"]] == ["DEFAULT", None]
            return
        assert output == (None if sent.is_otel else FAILURE)
        message = None if sent.run == "litellm-old-otel" else FAILURE  # 1.74 sets a status without a message
        assert [generation["level"], generation["statusMessage"]] == ["ERROR", message]

    def test_parameters(self, sent: Sent, case: str) -> None:
        temperature = sent.find_generation(case)["modelParameters"]["temperature"]
        assert temperature == ("0.2" if sent.run == "litellm-old" else 0.2)

    def test_times(self, sent: Sent, case: str) -> None:
        generation = sent.find_generation(case)
        start_ms, end_ms = parse_ms(generation["startTime"]), parse_ms(generation["endTime"])
        assert start_ms <= end_ms
        first_ms = generation["completionStartTime"] and parse_ms(generation["completionStartTime"])
        assert (first_ms is not None) == (case != "failing" and sent.run != "litellm-old-otel")
        assert first_ms is None or start_ms <= first_ms <= end_ms


@pytest.mark.parametrize("case", list(USAGE))
class TestUsage:
    def test_usage(self, sent: Sent, case: str) -> None:
        usage = sent.find_generation(case)["usageDetails"]
        prompt, completion = USAGE[case]
        expected = {"input": prompt, "output": completion, "total": prompt + completion}
        if sent.run == "litellm-new":
            expected |= {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
        assert usage == expected

    def test_cost(self, sent: Sent, case: str) -> None:
        generation = sent.find_generation(case)
        cost = COST[case].quantize(Decimal("1e-12"))
        assert parse_cost(generation["calculatedTotalCost"]) == cost
        assert parse_cost(sent.traces[case]["totalCost"]) == cost
        if sent.run != "litellm-old-otel":  # the only one that leaves the price to the server
            assert set(generation["costDetails"]) == {"total"}


def test_session_joins_the_calls(sent: Sent, api: PublicApi) -> None:
    session = api.get(f"/sessions/session-{sent.run}")
    assert {each["id"] for each in session["traces"]} == {trace["id"] for trace in sent.traces.values()}
