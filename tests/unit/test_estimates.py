"""Which observations get counted tokens, and that these say so (contract 3.5)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.records import ESTIMATED, Observation
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.steps import finish
from spyglass.ingest.tokenizer import Tokenizer
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import open_meta

COUNTED = {"input": 2, "output": 1, "total": 3}


@pytest.fixture(scope="module")
def lookups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lookups]:
    meta = open_meta(MetaConfig(), tmp_path_factory.mktemp("meta"), lambda _: None)
    yield Lookups(meta, Catalogue(), Tokenizer())
    meta.close()


def finished(lookups: Lookups, **fields: Any) -> Observation:
    given = {"type": "GENERATION", "model": "gpt-4o", "input": "hello world", "output": "hi", **fields}
    row = Observation(project_id="p", trace_id="t", id="o", start_time=0, **given)
    finish(row, lookups)
    return row


def test_a_generation_without_usage(lookups: Lookups) -> None:
    row = finished(lookups)
    assert (row.usage, row.usage_source) == (COUNTED, ESTIMATED)
    assert row.total_cost == Decimal("0.000015")
    assert row.provided_usage == {}


def test_an_embedding(lookups: Lookups) -> None:
    row = finished(lookups, type="EMBEDDING", model="text-embedding-3-small", output="[0.5]")
    assert (row.usage, row.total_cost) == ({"input": 2, "total": 2}, Decimal("0.00000004"))


@pytest.mark.parametrize(
    "fields",
    [
        {"provided_usage": {"input": 0, "output": 0}},
        {"provided_usage": {"total": 5}},
    ],
)
def test_what_was_stated_stands(lookups: Lookups, fields: dict[str, Any]) -> None:
    row = finished(lookups, **fields)
    assert (row.usage.get("input", 0), row.usage_source) == (0, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"provided_cost": {"total": 1.0}},
        {"level": "ERROR"},
        {"type": "AGENT"},
        {"type": "SPAN"},
        {"model": ""},
        {"model": "nobody"},
        {"model": "gemini-2.5-pro"},
        {"input": "", "output": ""},
    ],
)
def test_what_is_not_counted(lookups: Lookups, fields: dict[str, Any]) -> None:
    row = finished(lookups, **fields)
    assert (row.usage, row.usage_source) == ({}, "")


def test_usage_that_comes_later_takes_its_place(lookups: Lookups) -> None:
    row = finished(lookups)
    row.provided_usage = {"input": 7}
    finish(row, lookups)
    assert (row.usage, row.usage_source) == ({"input": 7, "total": 7}, "")


def test_it_can_be_switched_off(lookups: Lookups) -> None:
    without = Lookups(lookups._models._cache._meta, lookups.catalogue)
    assert finished(without).usage == {}
