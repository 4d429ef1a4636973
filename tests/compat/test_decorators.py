"""Functions traced by each SDK's decorator: asynchronous, concurrent, nested, failing, and one priced."""

from decimal import Decimal
from typing import Any

import pytest

from .programs import ENVIRONMENT_NAME, RELEASE
from .reading import Json, PublicApi, find_only, name_parents, parse_cost
from .sdk_profiles import PROFILES
from .sdk_runs import RunBook, list_clients

pytestmark = pytest.mark.compat
QUESTION = "¿Qué tal? 🙂"
DECORATING = [name for name in PROFILES if name != "js-v3"]
SPAN_ROOT = [("entry", "SPAN", None), ("handle-request", "SPAN", "entry")]


@pytest.fixture(params=list_clients(DECORATING))
def decorated(request: pytest.FixtureRequest, run_book: RunBook, api: PublicApi) -> tuple[str, Json]:
    """The client's name and its decorated trace."""
    sent = run_book.get(request.param).sent
    count = 4 if request.param == "python-v2" else 6
    return request.param, api.wait_for_trace(
        sent["decorated"], count, with_output=request.param == "python-v2"
    )


def test_tree(decorated: tuple[str, Json]) -> None:
    name, trace = decorated
    parent = None if name == "python-v2" else "handle-request"  # there the outermost function is the trace
    children = [("fetch", "SPAN", parent)] * 2 + [
        ("complete", "GENERATION", parent),
        ("fail", "SPAN", parent),
    ]
    expected = children if name == "python-v2" else [*children, *SPAN_ROOT]
    assert name_parents(trace["observations"]) == sorted(
        expected, key=lambda row: (row[0], row[1], row[2] or "")
    )


def test_trace_fields(decorated: tuple[str, Json]) -> None:
    name, trace = decorated
    assert trace["name"] == ("handle-request" if name == "python-v2" else "entry")
    fields = ("userId", "sessionId", "tags", "environment", "release", "public")
    session = f"session-{name}"
    expected: list[Any] = ["user-decorated", session, ["decorated"], ENVIRONMENT_NAME, RELEASE, False]
    assert [trace[field] for field in fields] == expected


def test_arguments_and_results(decorated: tuple[str, Json]) -> None:
    name, trace = decorated
    whole = trace if name == "python-v2" else find_only(trace["observations"], "handle-request")
    is_python = name.startswith("python")
    arguments = {"args": [QUESTION], "kwargs": {"lang": "es"}} if is_python else [QUESTION, "es"]
    result = {"text": f"completed: {QUESTION}", "lang": "es"}
    assert [whole["input"], whole["output"]] == [
        arguments,
        result | ({"trace": trace["id"]} if is_python else {}),
    ]
    fetched = [each["output"] for each in trace["observations"] if each["name"] == "fetch"]
    assert sorted(fetched, key=lambda each: each["topic"]) == [
        {"topic": "a", "hits": 1},
        {"topic": "bcd", "hits": 3},
    ]


def test_generation_is_priced(decorated: tuple[str, Json]) -> None:
    generation = find_only(decorated[1]["observations"], "complete")
    assert generation["model"] == "gpt-4o"
    assert generation["usageDetails"] == {"input": 1000, "output": 50, "total": 1050}
    assert parse_cost(generation["calculatedTotalCost"]) == Decimal("0.003000000000")
    assert parse_cost(decorated[1]["totalCost"]) == Decimal("0.003000000000")
    assert generation["output"] == f"completed: {QUESTION}"


def test_failure_is_an_error(decorated: tuple[str, Json]) -> None:
    name, trace = decorated
    failed = find_only(trace["observations"], "fail")
    output = {"error": "Error: no luck"} if name == "js-v5" else None
    assert [failed["level"], failed["statusMessage"], failed["output"]] == ["ERROR", "no luck", output]
    others = {each["level"] for each in trace["observations"] if each["name"] != "fail"}
    assert others == {"DEFAULT"}
