"""LLM calls are counted once by the applier, whatever comes again, and also when the store fails in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.core.records import Decoded, Kind, Observation, Patch, Rank
from spyglass.ingest import apply as module
from spyglass.ingest.apply import Applier, Item
from spyglass.stores.analytics import Analytics
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig

START = 1_767_225_600_000_000
SECOND = 1_000_000


class Bench:
    def __init__(self, analytics: Analytics, folder: Path) -> None:
        self.project = new_id()
        self.seq = 0
        self._analytics = analytics
        self._folder = folder
        self.restart()

    def restart(self) -> None:
        """Nothing is remembered, as after a restart: counting begins anew as well."""
        self.applier = Applier(
            self._analytics,
            Blobs(BlobConfig(), self._folder),
            lambda row: None,
            offload_bytes=10_000,
            memory_bytes=1 << 20,
        )

    def item(self, *records: Observation | Patch) -> Item:
        self.seq += 1
        spans = [each for each in records if isinstance(each, Observation)]
        patches = [each for each in records if isinstance(each, Patch)]
        return Item(self.seq, self.project, START, "test", Decoded(spans, patches), {})

    def span(self, id_: str, start_s: int = 0, **fields: Any) -> Observation:
        start = START + start_s * SECOND
        fields = {"type": "GENERATION", "model": "m", "end_time": start + SECOND, **fields}
        return Observation(project_id=self.project, trace_id="t", id=id_, start_time=start, **fields)

    def patch(self, id_: str, at_s: int, **explicit: Any) -> Patch:
        time = START + at_s * SECOND
        implied = {"start_time": START, "trace_id": "t", "type": "GENERATION", "source": "ingestion-api"}
        return Patch(Kind.OBSERVATION, id_, time, Rank.UPDATE, {"model": "m", **explicit}, implied)

    def requests(self) -> int:
        return dict(self.applier.traffic.read(self.project))["m"].requests


@pytest.fixture
def bench(analytics: Analytics, tmp_path: Path) -> Iterator[Bench]:
    yield Bench(analytics, tmp_path)


def test_spans_that_come_again(bench: Bench) -> None:
    bench.applier.apply([bench.item(bench.span("a"), bench.span("a"), bench.span("b"))])
    assert bench.requests() == 2
    bench.applier.apply(
        [bench.item(bench.span("a")), bench.item(bench.span("b", start_s=5), bench.span("c"))]
    )
    assert bench.requests() == 3


def test_spans_that_come_again_when_they_are_not_remembered(bench: Bench) -> None:
    bench.applier.apply([bench.item(bench.span("a"), bench.span("b"))])
    bench.restart()
    bench.applier.apply([bench.item(bench.span("a"), bench.span("b", start_s=1), bench.span("c"))])
    assert bench.requests() == 1


def test_patches(bench: Bench) -> None:
    bench.applier.apply([bench.item(bench.patch("a", 0))])
    assert bench.applier.traffic.read(bench.project) == []
    bench.applier.apply([bench.item(bench.patch("a", 1, end_time=START + SECOND), bench.patch("b", 1))])
    assert bench.requests() == 1
    bench.applier.apply([bench.item(bench.patch("a", 2, end_time=START + 2 * SECOND, level="ERROR"))])
    (found,) = (each for _, each in bench.applier.traffic.read(bench.project))
    assert (found.requests, found.errors, found.latency_s.total) == (1, 1, 1.0)


def test_patches_of_a_row_that_is_read_back(bench: Bench) -> None:
    ended = {"end_time": START + SECOND}
    bench.applier.apply([bench.item(bench.patch("a", 1, **ended), bench.patch("b", 1))])
    bench.restart()
    bench.applier.apply([bench.item(bench.patch("a", 2, **ended), bench.patch("b", 2, **ended))])
    assert bench.requests() == 1


@pytest.mark.parametrize("table", ["observations", "traces"])
def test_a_batch_that_fails_and_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    bench.applier.apply([bench.item(bench.span("a"))])
    write, failing = module.write, True

    def write_or_fail(analytics: Analytics, name: str, rows: Any) -> None:
        if failing and name == table:
            raise Unavailable("away")
        write(analytics, name, rows)

    monkeypatch.setattr(module, "write", write_or_fail)
    items = [
        bench.item(bench.span("a"), bench.span("b")),
        bench.item(bench.patch("c", 1, end_time=START + SECOND)),
    ]
    for _ in range(3):
        with pytest.raises(Unavailable):
            bench.applier.apply(items)
    failing = False
    bench.applier.apply(items)
    assert bench.requests() == 3
