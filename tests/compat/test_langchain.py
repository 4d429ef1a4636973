"""The LangChain callback of each Langfuse SDK, on a small agent with a retriever, a tool and a chat model."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, RELEASE, run_program
from .reading import Json, PublicApi, find_only, name_parents, parse_cost

pytestmark = pytest.mark.compat

ADVICE = "Take an umbrella ☂️."
COST = Decimal("0.000011700000")  # 30 input and 12 output tokens of gpt-4o-mini


@dataclass(frozen=True, slots=True)
class Sent:
    """One SDK: the question that was answered, and the one whose tool failed."""

    name: str
    report: Json
    answered: Json
    failed: Json


@pytest.fixture(scope="module", params=["integrations-v2", "integrations-v3", "integrations-v4"])
def sent(request: pytest.FixtureRequest, target: Target, api: PublicApi) -> Sent:
    name = request.param
    program = "langchain_v2.py" if name == "integrations-v2" else "langchain_v3.py"
    report = run_program(name, program, target).report
    answered, failed = api.wait_for_traces(2, sessionId=report["session"])
    return Sent(
        name,
        report,
        api.wait_for_trace(answered["id"], 7, with_output=True),
        api.wait_for_trace(failed["id"], 3),
    )


def test_tree(sent: Sent) -> None:
    typed = sent.name != "integrations-v2"
    chain, retriever, tool = ("CHAIN", "RETRIEVER", "TOOL") if typed else ("SPAN", "SPAN", "SPAN")
    assert name_parents(sent.answered["observations"]) == [
        ("ChatPromptTemplate", chain, "write-answer"),
        ("FakeChatModel", "GENERATION", "write-answer"),
        ("FakeRetriever", retriever, "advise-traveller"),
        ("StrOutputParser", chain, "write-answer"),
        ("advise-traveller", chain, None),
        ("get_weather", tool, "advise-traveller"),
        ("write-answer", chain, "advise-traveller"),
    ]


def test_trace(sent: Sent) -> None:
    for trace, city in ((sent.answered, "Zürich"), (sent.failed, "Atlantis")):
        fields = ("name", "userId", "sessionId", "tags", "environment", "release", "input")
        assert [trace[field] for field in fields] == [
            "advise-traveller",
            "user-langchain",
            sent.report["session"],
            ["langchain"],
            ENVIRONMENT_NAME,
            RELEASE,
            {"city": city, "question": "What shall I wear?"},
        ]
        assert trace["metadata"]["tier"] == "gold"
    assert sent.answered["output"] == {"advice": ADVICE}


def test_generation(sent: Sent) -> None:
    generation = find_only(sent.answered["observations"], "FakeChatModel")
    assert generation["model"] == "gpt-4o-mini"
    assert generation["usageDetails"] == {"input": 30, "output": 12, "total": 42}
    assert parse_cost(generation["calculatedTotalCost"]) == COST
    assert generation["input"] == [
        {"role": "system", "content": "Be brief. Context: about Zürich; rain in Zürich"},
        {"role": "user", "content": "What shall I wear?"},
    ]
    assert generation["output"] == {"role": "assistant", "content": ADVICE}
    temperature = generation["modelParameters"]["temperature"]
    assert temperature == ("0.1" if sent.name == "integrations-v2" else 0.1)


def test_retriever_and_tool(sent: Sent) -> None:
    retriever = find_only(sent.answered["observations"], "FakeRetriever")
    assert retriever["input"] == "Zürich"
    assert [each["page_content"] for each in retriever["output"]] == ["about Zürich"]
    tool = find_only(sent.answered["observations"], "get_weather")
    # Until 3.x the handler passes on LangChain's Python text of the arguments.
    arguments = {"city": "Zürich"} if sent.name == "integrations-v4" else "{'city': 'Zürich'}"
    assert [tool["input"], tool["output"]] == [arguments, "rain in Zürich"]


def test_failure_rises_to_the_root(sent: Sent) -> None:
    levels = {each["name"]: [each["level"], each["statusMessage"]] for each in sent.failed["observations"]}
    message = "no such city: Atlantis"
    assert levels == {
        "FakeRetriever": ["DEFAULT", None],
        "get_weather": ["ERROR", message],
        "advise-traveller": ["ERROR", message],
    }


def test_version_of_the_handler(sent: Sent) -> None:
    if sent.name == "integrations-v2":  # only this handler has one
        assert sent.answered["version"] == "lc-1"
        assert {each["version"] for each in sent.answered["observations"]} == {"lc-1"}
