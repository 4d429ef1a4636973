"""The sums of a trace with the guard against tokens that are reported twice, in whatever pieces it comes."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.ids import new_id
from spyglass.core.records import Decoded, Observation
from spyglass.ingest import sums
from spyglass.ingest.apply import Applier, Item
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.steps import finish
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import open_meta

START = 1_767_225_600_000_000
Found = tuple[dict[str, int], Decimal | None, int]


class Bench:
    def __init__(self, analytics: Analytics, folder: Path, lookups: Lookups, guard: bool = True) -> None:
        self.analytics = analytics
        self.project = new_id()
        self.seq = 0
        self.applier = Applier(
            analytics,
            Blobs(BlobConfig(), folder),
            lambda row: finish(row, lookups),
            offload_bytes=10_000,
            memory_bytes=1 << 20,
            guard=guard,
        )

    def apply(self, *spans: Observation) -> None:
        self.seq += 1
        decoded = Decoded(observations=list(spans))
        self.applier.apply([Item(self.seq, self.project, START, "test", decoded, {})])

    def span(self, id_: str, parent: str = "", input: int | None = None, **fields: Any) -> Observation:
        usage = {} if input is None else {"input": input}
        given = {"trace_id": "t", "model": "gpt-4o", "provided_usage": usage, "parent_id": parent, **fields}
        return Observation(project_id=self.project, id=id_, start_time=START, **given)

    def trace(self) -> Found:
        rows = self.analytics.query(
            sql(
                "SELECT usage, total_cost, observation_count FROM traces FINAL WHERE project_id = {}",
                value("String", self.project),
            )
        )
        ((usage, cost, count),) = rows
        return dict(usage), cost, count


@pytest.fixture(scope="module")
def lookups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lookups]:
    meta = open_meta(MetaConfig(), tmp_path_factory.mktemp("meta"), lambda _: None)
    yield Lookups(meta, Catalogue())
    meta.close()


@pytest.fixture
def bench(analytics: Analytics, tmp_path: Path, lookups: Lookups) -> Bench:
    return Bench(analytics, tmp_path, lookups)


ONCE: Found = ({"input": 30, "total": 30}, Decimal("0.000075"), 4)
TWICE: Found = ({"input": 60, "total": 60}, Decimal("0.00015"), 4)


def family(bench: Bench) -> list[Observation]:
    return [
        bench.span("agent", input=30, type="AGENT"),
        bench.span("chain", "agent", model=""),
        bench.span("a", "chain", 10),
        bench.span("b", "chain", 20),
    ]


def test_in_one_batch(bench: Bench) -> None:
    bench.apply(*family(bench))
    assert bench.trace() == ONCE


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_one_by_one_in_any_order(analytics: Analytics, tmp_path: Path, lookups: Lookups, order: Any) -> None:
    bench = Bench(analytics, tmp_path, lookups)
    for place in order:
        bench.apply(family(bench)[place])
    assert bench.trace() == ONCE


@pytest.mark.parametrize("split", [False, True])
def test_switched_off(analytics: Analytics, tmp_path: Path, lookups: Lookups, split: bool) -> None:
    bench = Bench(analytics, tmp_path, lookups, guard=False)
    if split:
        for span in family(bench):
            bench.apply(span)
    else:
        bench.apply(*family(bench))
    assert bench.trace() == TWICE


def test_a_call_that_is_sent_again_with_other_numbers(bench: Bench) -> None:
    bench.apply(*family(bench))
    bench.apply(bench.span("b", "chain", 21))
    assert bench.trace() == ({"input": 61, "total": 61}, Decimal("0.0001525"), 4)
    bench.apply(bench.span("agent", input=31, type="AGENT"))
    assert bench.trace() == ({"input": 31, "total": 31}, Decimal("0.0000775"), 4)


def test_several_traces_of_one_batch(bench: Bench) -> None:
    bench.apply(*family(bench))
    other = [bench.span("x", input=5, trace_id="t2"), bench.span("y", "x", 7, trace_id="t2")]
    bench.apply(bench.span("late", "chain", model=""), *other)
    rows = bench.analytics.query(
        sql(
            "SELECT id, usage['total'] FROM traces FINAL WHERE project_id = {} ORDER BY id",
            value("String", bench.project),
        )
    )
    assert rows == [("t", 30), ("t2", 12)]


@pytest.mark.parametrize("split", [False, True])
def test_the_tree_of_a_huge_trace_is_not_looked_at(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, split: bool
) -> None:
    monkeypatch.setattr(sums, "MOST_NODES", 3)
    if split:
        for span in family(bench):
            bench.apply(span)
    else:
        bench.apply(*family(bench))
    assert bench.trace() == TWICE
