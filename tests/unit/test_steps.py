"""The steps that complete an observation, and previews."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.records import Observation
from spyglass.ingest.catalogue import Catalogue, Config
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.steps import finish, preview
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import open_meta

D = Decimal


@pytest.fixture(scope="module")
def lookups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lookups]:
    meta = open_meta(MetaConfig(), tmp_path_factory.mktemp("meta"), lambda _: None)
    yield Lookups(meta, Catalogue(Config(free_models=("ollama/*",))))
    meta.close()


def finished(lookups: Lookups, **fields: Any) -> Observation:
    row = Observation(project_id="p", trace_id="t", id="o", start_time=0, **fields)
    finish(row, lookups)
    return row


def test_a_generation_with_usage_is_priced(lookups: Lookups) -> None:
    row = finished(lookups, model="gpt-4o", provided_usage={"input": 10, "output": 5, "total": 15})
    assert row.usage == {"input": 10, "output": 5, "total": 15}
    assert row.cost == {"input": D("0.000025"), "output": D("0.00005"), "total": D("0.000075")}
    assert row.total_cost == D("0.000075")
    assert (row.model_id, row.pricing_tier) == ("openai-gpt-4o", "Standard")


def test_the_otlp_example(lookups: Lookups) -> None:
    usage = {"input": 60, "input_cached_tokens": 40, "output": 10}
    row = finished(lookups, model="gpt-4o", provided_usage=usage)
    assert row.usage == {**usage, "total": 110}
    assert row.total_cost == D("0.0003")


def test_the_type_of_an_observation_does_not_matter(lookups: Lookups) -> None:
    row = finished(lookups, type="AGENT", model="gpt-4o", provided_usage={"input": 4})
    assert row.total_cost == D("0.00001")


def test_a_plain_span_has_nothing(lookups: Lookups) -> None:
    row = finished(lookups, input="a", output="b", metadata={"k": "v"})
    assert (row.usage, row.cost, row.total_cost, row.model_id, row.pricing_tier) == ({}, {}, None, "", "")
    assert (row.input, row.output, row.metadata) == ("a", "b", {"k": "v"})
    assert (row.tool_definitions, row.tool_calls, row.tool_call_names) == ({}, [], [])


@pytest.mark.parametrize("level", ["DEFAULT", "ERROR"])
def test_no_usage_gives_no_tier_and_no_cost(lookups: Lookups, level: str) -> None:
    row = finished(lookups, model="gpt-4o", level=level, input="hello")
    assert (row.usage, row.cost, row.total_cost, row.pricing_tier) == ({}, {}, None, "")
    assert row.model_id == "openai-gpt-4o"


def test_an_unknown_model_has_no_cost(lookups: Lookups) -> None:
    row = finished(lookups, model="mine", provided_usage={"input": 3})
    assert (row.usage, row.cost, row.total_cost) == ({"input": 3, "total": 3}, {}, None)
    assert (row.model_id, row.pricing_tier) == ("", "")


def test_a_free_model_costs_zero(lookups: Lookups) -> None:
    row = finished(lookups, model="ollama/llama3", provided_usage={"input": 3})
    assert (row.total_cost, row.pricing_tier) == (0, "Free")
    assert row.total_cost is not None


def test_keys_without_a_price_are_skipped(lookups: Lookups) -> None:
    row = finished(lookups, model="GPT-4o", provided_usage={"output_tokens": 5})
    assert (row.model_id, row.pricing_tier) == ("openai-gpt-4o", "Standard")
    assert (row.cost, row.total_cost) == ({}, None)


@pytest.mark.parametrize(
    ("stated", "cost", "total"),
    [
        ({"input": 0.1, "cache": 0.2}, {"input": D("0.1"), "cache": D("0.2")}, None),
        ({"input": 0.1}, {"input": D("0.1"), "total": D("0.1")}, D("0.1")),
        ({"total": 0.0}, {"total": D(0)}, D(0)),
    ],
)
def test_a_stated_cost_switches_computing_off(
    lookups: Lookups, stated: dict[str, float], cost: dict[str, Decimal], total: Decimal | None
) -> None:
    row = finished(lookups, model="gpt-4o", provided_cost=stated, provided_usage={"input": 10})
    assert (row.cost, row.total_cost) == (cost, total)
    assert (row.model_id, row.pricing_tier) == ("openai-gpt-4o", "Standard")
    row = finished(lookups, provided_cost=stated)
    assert (row.cost, row.total_cost, row.usage, row.pricing_tier) == (cost, total, {}, "")


@pytest.mark.parametrize(
    ("parameters", "total", "tier"),
    [
        ('{"service_tier":"flex"}', "0.625", "Flex"),
        ('{"service_tier":"priority"}', "2.5", "Fast mode"),
        ('{"service_tier":"auto"}', "1.25", "Standard"),
        ('{"temperature":1}', "1.25", "Standard"),
        ('{"service_tier"', "1.25", "Standard"),
        ('["service_tier"]', "1.25", "Standard"),
        ("", "1.25", "Standard"),
    ],
)
def test_model_parameters_choose_the_tier(lookups: Lookups, parameters: str, total: str, tier: str) -> None:
    usage = {"input": 1_000_000}
    row = finished(lookups, model="gpt-5", model_parameters=parameters, provided_usage=usage)
    assert (row.total_cost, row.pricing_tier) == (D(total), tier)


def test_a_large_context(lookups: Lookups) -> None:
    usage = {"input": 150_000, "input_cached_tokens": 50_001}
    row = finished(lookups, model="gemini-2.5-pro", provided_usage=usage)
    assert row.pricing_tier == "Large Context"
    assert row.total_cost == D("0.0000025") * 150_000 + D("0.00000025") * 50_001


def test_tools_move_and_are_counted(lookups: Lookups) -> None:
    tool = {"name": "weather", "description": "", "parameters": {}}
    row = finished(
        lookups,
        input="hello",
        output=json.dumps({"tool_calls": [{"id": "1", "name": "weather"}]}),
        metadata={"tools": json.dumps([tool]), "a": "b"},
    )
    assert json.loads(row.input) == {"prompt": "hello", "tools": [tool]}
    assert row.metadata == {"a": "b"}
    assert row.tool_definitions == {"weather": '{"description":"","parameters":"{}"}'}
    assert row.tool_call_names == ["weather"]
    assert row.tool_calls == ['{"id":"1","arguments":"{}","type":"","index":0}']


def test_finishing_again_changes_nothing(lookups: Lookups) -> None:
    row = finished(
        lookups,
        model="gpt-4o",
        input="hello",
        metadata={"tools": '[{"name":"weather"}]'},
        provided_usage={"input": 10},
        model_parameters="{}",
    )
    before = json.dumps({name: str(getattr(row, name)) for name in row.__struct_fields__})
    finish(row, lookups)
    assert json.dumps({name: str(getattr(row, name)) for name in row.__struct_fields__}) == before


def test_a_row_that_lost_its_model_loses_its_cost(lookups: Lookups) -> None:
    row = finished(lookups, model="gpt-4o", provided_usage={"input": 10})
    row.model = ""
    finish(row, lookups)
    assert (row.model_id, row.cost, row.total_cost, row.pricing_tier) == ("", {}, None, "")


SYSTEM = {"role": "system", "content": "be brief"}
ASKED = {"role": "user", "content": "why?"}
SAID = {"role": "assistant", "content": "because"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([SYSTEM, ASKED], "why?"),
        ([SYSTEM, {"role": "user", "content": "first"}, SAID, ASKED], "why?"),
        ([ASKED, {"role": "tool", "content": "42"}], "why?"),
        ([ASKED, SAID], "because"),
        ({"messages": [SYSTEM, ASKED], "tools": []}, "why?"),
        (SAID, "because"),
        ({"choices": [{"message": SAID}]}, "because"),
        (
            [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"}, {"text": "b"}]}],
            "a\nb",
        ),
        ([{"role": "user", "parts": [{"type": "text", "content": "a"}]}], "a"),
    ],
)
def test_a_preview_of_a_chat_is_what_was_said_last(value: Any, shown: str) -> None:
    assert preview(json.dumps(value)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '{"role": broken',
        '{"a":"role"}',
        '[{"role":"user","content":"a"},3]',
        '[{"role":"user","content":null}]',
        '[{"role":"system","content":"a"}]',
        '{"role":3}',
        '"role"',
    ],
)
def test_a_preview_of_anything_else_is_its_head(text: str) -> None:
    assert preview(text) == text


def test_a_preview_is_cut() -> None:
    assert preview("a" * 401) == "a" * 400
    assert preview("abcdef", 3) == "abc"
    assert preview(json.dumps([{"role": "user", "content": "b" * 900}]), 10) == "b" * 10
    long = json.dumps([{"role": "user", "content": "b" * 200_000}])
    assert preview(long) == long[:400]


def test_a_preview_does_not_end_inside_a_character() -> None:
    assert preview("ae\u0301x", 2) == "a"
    assert preview("a\U0001f469\u200d\U0001f4bbx", 2) == "a"
    assert preview("a\U0001f469\u200d\U0001f4bbx", 3) == "a"
    assert preview("a\U0001f469\u200d\U0001f4bbx", 4) == "a\U0001f469\u200d\U0001f4bb"
    assert preview("\u0301" * 5, 3) == "\u0301" * 3
