"""From decoded requests to rows, on the real engine: exact values, once each, whatever the batches."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.core.jsontext import read_text
from spyglass.core.records import Arrival, Decoded, Kind, Observation, Patch, Rank, Rejection, Score, Trace
from spyglass.core.references import MARKER
from spyglass.ingest.apply import Applier, Item
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.deletion import purge
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.offload import bring_back, folder
from spyglass.ingest.pipeline import Config, Pipeline, Submission
from spyglass.ingest.steps import finish
from spyglass.ingest.worker import Worker
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import ROWS, columns, select_list
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config as LogConfig
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import open_meta

START = 1_767_225_600_000_000
SECOND = 1_000_000


class Bench:
    """An applier on a project of its own; `apply` takes decoded requests, each under the next number."""

    def __init__(self, analytics: Analytics, folder: Path, lookups: Lookups) -> None:
        self.analytics = analytics
        self.lookups = lookups
        self.project = new_id()
        self.blobs = Blobs(BlobConfig(), folder)
        self.applier = self.new_applier()
        self.seq = 0

    def new_applier(self) -> Applier:
        return Applier(
            self.analytics,
            self.blobs,
            lambda row: finish(row, self.lookups),
            offload_bytes=10_000,
            memory_bytes=1 << 20,
        )

    def item(
        self, *, spans: list[Observation] = [], patches: list[Patch] = [], deletes: dict[str, list[str]] = {}
    ) -> Item:
        self.seq += 1
        decoded = Decoded(observations=list(spans), patches=list(patches))
        return Item(self.seq, self.project, START + self.seq, "test", decoded, deletes)

    def apply(self, *items: Item) -> int:
        return self.applier.apply(list(items))

    def span(self, id_: str, trace: str = "t1", start_s: float = 0, **fields: Any) -> Observation:
        start = START + int(start_s * SECOND)
        fields = {"end_time": start + SECOND, "name": id_, **fields}
        return Observation(project_id=self.project, trace_id=trace, id=id_, start_time=start, **fields)

    def rows(self, table: str) -> dict[str, Any]:
        names = columns(table)
        question = sql(
            "SELECT {} FROM {} FINAL WHERE project_id = {} ORDER BY id",
            select_list(names),
            name(table),
            value("String", self.project),
        )
        rows = [ROWS[table](**dict(zip(names, row, strict=True))) for row in self.analytics.query(question)]
        assert len({(row.id, getattr(row, "trace_id", "")) for row in rows}) == len(rows)
        return {row.id: row for row in rows}


@pytest.fixture(scope="module")
def lookups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lookups]:
    meta = open_meta(MetaConfig(), tmp_path_factory.mktemp("meta"), lambda _: None)
    yield Lookups(meta, Catalogue())
    meta.close()


@pytest.fixture
def bench(analytics: Analytics, tmp_path: Path, lookups: Lookups) -> Bench:
    return Bench(analytics, tmp_path, lookups)


def create(kind: Kind, id_: str, at_s: float, rank: Rank = Rank.CREATE, **explicit: Any) -> Patch:
    time = START + int(at_s * SECOND)
    implied: dict[str, Any] = {"environment": "default"}
    if kind is Kind.OBSERVATION:
        implied |= {"start_time": time, "trace_id": "made-up", "type": "SPAN", "source": "ingestion-api"}
    else:
        implied |= {"timestamp": time}
    return Patch(kind, id_, time, rank, explicit, implied)


def test_spans_become_rows_and_their_trace_adds_up(bench: Bench) -> None:
    bench.apply(
        bench.item(
            spans=[
                bench.span("a", start_s=0, end_time=START + 9 * SECOND),
                bench.span(
                    "b",
                    start_s=1,
                    parent_id="a",
                    type="GENERATION",
                    model="gpt-4o",
                    provided_usage={"input": 10, "output": 5},
                ),
                bench.span("c", start_s=2, parent_id="a", level="ERROR", end_time=None),
            ],
            patches=[
                Patch(
                    Kind.TRACE, "t1", START, Rank.UPDATE, {"user_id": "u"}, {"name": "a", "timestamp": START}
                )
            ],
        )
    )
    b = bench.rows("observations")["b"]
    assert (b.usage, b.total_cost) == ({"input": 10, "output": 5, "total": 15}, Decimal("0.000075"))
    assert b.cost == {
        "input": Decimal("0.000025"),
        "output": Decimal("0.00005"),
        "total": Decimal("0.000075"),
    }
    (trace,) = bench.rows("traces").values()
    assert isinstance(trace, Trace)
    assert (trace.id, trace.name, trace.user_id, trace.timestamp) == ("t1", "a", "u", START)
    assert (trace.observation_count, trace.error_count, trace.default_count) == (3, 1, 2)
    assert (trace.first_start, trace.last_end) == (START, START + 9 * SECOND)
    assert (trace.total_cost, trace.usage) == (Decimal("0.000075"), {"input": 10, "output": 5, "total": 15})


@pytest.mark.parametrize("restart", [False, True])
def test_a_span_sent_again_counts_once(bench: Bench, restart: bool) -> None:
    for _ in range(3):
        bench.apply(bench.item(spans=[bench.span("a", level="WARNING"), bench.span("b")]))
        if restart:
            bench.applier = bench.new_applier()
    bench.apply(bench.item(spans=[bench.span("c", start_s=5)]))
    (trace,) = bench.rows("traces").values()
    assert (trace.observation_count, trace.warning_count) == (3, 1)
    assert trace.last_end == START + 6 * SECOND


@pytest.mark.parametrize("restart", [False, True])
def test_a_span_sent_again_with_another_start_moves(bench: Bench, restart: bool) -> None:
    bench.apply(bench.item(spans=[bench.span("a", start_s=50)]))
    if restart:
        bench.applier = bench.new_applier()
    bench.apply(bench.item(spans=[bench.span("a", start_s=2, name="moved")]))
    (row,) = bench.rows("observations").values()
    assert (row.name, row.start_time) == ("moved", START + 2 * SECOND)
    (trace,) = bench.rows("traces").values()
    assert (trace.timestamp, trace.observation_count) == (START + 2 * SECOND, 1)


def test_a_span_moves_although_the_first_try_to_write_it_failed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.apply(bench.item(spans=[bench.span("a", start_s=50)]))
    item = bench.item(spans=[bench.span("a", start_s=2)])
    with monkeypatch.context() as patched:
        patched.setattr(bench.analytics, "insert", _refuse)
        with pytest.raises(Unavailable):
            bench.apply(item)
    bench.apply(item)
    (row,) = bench.rows("observations").values()
    assert row.start_time == START + 2 * SECOND


def _refuse(*_: Any, **__: Any) -> None:
    raise Unavailable("away")


def test_an_observation_that_comes_as_span_and_as_patches_is_one_row(bench: Bench) -> None:
    """Whether they share a batch or not."""
    span = bench.item(spans=[bench.span("x", name="span")])
    update = bench.item(patches=[create(Kind.OBSERVATION, "x", 5, Rank.UPDATE, name="updated")])
    bench.apply(span, update)
    (row,) = bench.rows("observations").values()
    assert (row.name, row.trace_id, row.start_time) == ("updated", "t1", START)


def test_updates_find_their_observation_after_a_restart(bench: Bench) -> None:
    bench.apply(
        bench.item(
            patches=[
                create(Kind.OBSERVATION, "g", 1, Rank.UPDATE, end_time=START + 3 * SECOND, output="done")
            ]
        )
    )
    bench.applier = bench.new_applier()
    bench.apply(
        bench.item(
            patches=[
                create(
                    Kind.OBSERVATION,
                    "g",
                    0,
                    trace_id="t",
                    type="GENERATION",
                    name="gen",
                    model="gpt-4o",
                    metadata={"a": {"b": 1}},
                ),
                create(Kind.TRACE, "t", 0, name="trace"),
            ]
        )
    )
    bench.applier = bench.new_applier()
    bench.apply(
        bench.item(
            patches=[
                create(
                    Kind.OBSERVATION,
                    "g",
                    2,
                    Rank.UPDATE,
                    provided_usage={"input": 10},
                    metadata={"a": {"c": 2}},
                )
            ]
        )
    )
    (row,) = bench.rows("observations").values()
    assert (row.trace_id, row.name, row.output, row.start_time) == ("t", "gen", "done", START)
    assert (row.end_time, row.usage) == (START + 3 * SECOND, {"input": 10, "total": 10})
    assert row.metadata == {"a": '{"b":1,"c":2}'}
    traces = bench.rows("traces")
    assert set(traces) == {"t"}  # the trace that was made up for the early update is gone
    assert (traces["t"].observation_count, traces["t"].total_cost) == (1, Decimal("0.000025"))


def test_scores_merge_and_stand_alone(bench: Bench) -> None:
    first = create(
        Kind.SCORE, "s", 0, name="quality", value=0.5, trace_id="nowhere", comment="good", data_type="NUMERIC"
    )
    bench.apply(bench.item(patches=[first]))
    bench.apply(bench.item(patches=[create(Kind.SCORE, "s", 60, value=0.9, comment=None)]))
    (score,) = bench.rows("scores").values()
    assert isinstance(score, Score)
    assert (score.name, score.value, score.comment, score.timestamp) == ("quality", 0.9, "", START)
    assert bench.rows("traces") == {}


def test_the_same_batch_twice_changes_nothing(bench: Bench) -> None:
    """A crash between writing and advancing the log (F15)."""
    item = bench.item(
        spans=[bench.span("a", model="gpt-4o", provided_usage={"input": 10})],
        patches=[
            create(Kind.OBSERVATION, "g", 0, trace_id="t1"),
            create(Kind.SCORE, "s", 0, name="n", value=1),
        ],
    )
    bench.apply(item)
    before = [bench.rows(table) for table in ("observations", "traces", "scores")]
    bench.applier = bench.new_applier()
    bench.apply(item)
    assert [bench.rows(table) for table in ("observations", "traces", "scores")] == before


@pytest.mark.usefixtures("months_of_its_own")
def test_a_deletion_reaches_any_number_of_months(bench: Bench) -> None:
    month_s = 31 * 24 * 3600
    spans = [bench.span(f"s{n}", start_s=-n * month_s) for n in range(72)]
    spans += [bench.span(f"l{n}", start_s=n * month_s) for n in range(1, 50)]
    bench.apply(bench.item(spans=spans))
    assert len(bench.rows("observations")) == 121
    bench.apply(bench.item(deletes={"traces": ["t1"]}))
    assert bench.rows("observations") == {}


def test_delete_hides_at_once_and_what_comes_later_starts_afresh(bench: Bench) -> None:
    bench.apply(
        bench.item(
            spans=[bench.span("a"), bench.span("z", trace="kept")],
            patches=[
                create(Kind.TRACE, "t1", 0, name="old", tags=["x"]),
                create(Kind.SCORE, "s", 0, name="n", value=1, trace_id="t1"),
            ],
        )
    )
    deleting = bench.item(deletes={"traces": ["t1"]})
    assert bench.apply(deleting, bench.item(spans=[bench.span("new", start_s=3)])) == 3
    assert set(bench.rows("observations")) == {"new", "z"}
    assert bench.rows("scores") == {}
    trace = bench.rows("traces")["t1"]
    assert (trace.name, trace.tags, trace.observation_count) == ("", [], 1)

    purge(bench.analytics, bench.blobs, bench.project, {"traces": ["t1"]}, deleting.seq << 20)
    for table in ("observations", "traces", "scores"):  # whether the engine had merged them already or not
        left = sql(
            "SELECT count() FROM {} WHERE project_id = {} AND version_seq < {} AND {} = 't1'",
            name(table),
            value("String", bench.project),
            value("UInt64", deleting.seq << 20),
            name("id" if table == "traces" else "trace_id"),
        )
        assert bench.analytics.query(left) == [(0,)]
    assert set(bench.rows("observations")) == {"new", "z"}
    assert bench.rows("traces")["t1"].observation_count == 1


def test_large_texts_go_to_the_blob_store_and_with_their_trace(bench: Bench) -> None:
    big = "x" * 50_000
    bench.apply(bench.item(spans=[bench.span("a", output=big, metadata={"k": big, "s": "small"})]))
    row = bench.rows("observations")["a"]
    assert row.output.startswith(MARKER) and len(row.output) < 3000
    assert row.metadata["s"] == "small" and row.metadata["k"].startswith(MARKER)
    key = row.output.split("key=")[1].split("|")[0]
    assert bench.blobs.get(key) == big.encode()
    deleting = bench.item(deletes={"traces": ["t1"]})
    bench.apply(deleting)
    assert (
        purge(bench.analytics, bench.blobs, bench.project, {"traces": ["t1"]}, deleting.seq << 20)["blobs"]
        == 1
    )
    assert not bench.blobs.exists(key)


def test_a_text_that_pretends_to_be_a_reference_is_an_ordinary_text(bench: Bench) -> None:
    forged = f"{MARKER}key=bodies/0/0|bytes=3@@@abc"
    bench.apply(bench.item(spans=[bench.span("a", input=forged)]))
    row = bench.rows("observations")["a"]
    key = row.input.split("key=")[1].split("|")[0]
    assert bench.blobs.get(key) == forged.encode()


@pytest.mark.parametrize("restart", [False, True])
def test_metadata_that_was_offloaded_merges_as_any_other(bench: Bench, restart: bool) -> None:
    big = "x" * 50_000
    said = [{"k": {"big": big, "p": 1}, "l": [1, big], "text": big}, {"k": {"q": 2}, "l": [9]}]
    for at_s, metadata in enumerate(said):
        patches = [create(kind, "m", at_s, metadata=metadata) for kind in (Kind.TRACE, Kind.OBSERVATION)]
        bench.apply(bench.item(patches=patches))
        if restart:
            bench.applier = bench.new_applier()
    for table in ("traces", "observations"):
        row = bench.rows(table)["m"]
        whole = {
            key: read_text(bring_back(text, bench.project, bench.blobs)) for key, text in row.metadata.items()
        }
        assert whole == {"k": {"big": big, "p": 1, "q": 2}, "l": [9, big], "text": big}


def test_an_offloaded_text_is_neither_held_nor_written_again(bench: Bench) -> None:
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 0, input="x" * 50_000)]))
    first = bench.rows("observations")["o"].input
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 1, Rank.UPDATE, name="n")]))
    row = bench.rows("observations")["o"]
    assert (row.name, row.input) == ("n", first)
    assert len(bench.blobs.keys(folder(bench.project, row.trace_id))) == 1


@pytest.mark.parametrize("restart", [False, True])
def test_an_offloaded_text_goes_along_with_an_observation_to_another_trace(
    bench: Bench, restart: bool
) -> None:
    text = "x" * 50_000
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 0, input=text)]))
    if restart:
        bench.applier = bench.new_applier()
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 1, Rank.UPDATE, trace_id="t2")]))
    bench.blobs.delete_prefix(folder(bench.project, "made-up"))
    row = bench.rows("observations")["o"]
    assert row.trace_id == "t2"
    assert bring_back(row.input, bench.project, bench.blobs) == text


@pytest.mark.parametrize("restart", [False, True])
def test_a_span_replaces_what_was_merged_under_its_id(bench: Bench, restart: bool) -> None:
    bench.apply(
        bench.item(patches=[create(Kind.OBSERVATION, "o", 0, trace_id="t1", start_time=START, model="m")])
    )
    bench.apply(bench.item(spans=[bench.span("o", name="of the span")]))
    if restart:
        bench.applier = bench.new_applier()
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 1, Rank.UPDATE, output="late")]))
    row = bench.rows("observations")["o"]
    assert (row.name, row.model, row.output) == ("of the span", "", "late")


@pytest.mark.parametrize("restart", [False, True])
def test_tools_of_the_metadata_go_to_a_later_input_too(bench: Bench, restart: bool) -> None:
    tools = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {}}}]
    first = create(Kind.OBSERVATION, "o", 0, input='[{"role":"user"}]', metadata={"tools": tools, "k": 1})
    bench.apply(bench.item(patches=[first]))
    if restart:
        bench.applier = bench.new_applier()
    bench.apply(bench.item(patches=[create(Kind.OBSERVATION, "o", 1, Rank.UPDATE, input="later")]))
    row = bench.rows("observations")["o"]
    assert row.metadata == {"k": "1"}
    assert (list(row.tool_definitions), json.loads(row.input)) == (["f"], {"prompt": "later", "tools": tools})


# --- worker and pipeline


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    log = SqliteLog(tmp_path / "log.db", LogConfig())
    yield log
    log.close()


def decode(entry: Entry) -> Decoded:
    return msgspec.msgpack.decode(entry.body, type=Decoded)


def pipeline_of(log: SqliteLog, applier: Any, folder: Path, *, backlog_bytes: int = 1 << 20) -> Pipeline:
    worker = Worker(log, applier, decode, gather_s=0.02, batch_rows=1000, backlog_bytes=backlog_bytes)
    return Pipeline(log, worker, Config(min_free_bytes=0), folder)


def submission(bench: Bench, *spans: Observation) -> Submission:
    decoded = Decoded(observations=list(spans), received=len(spans))
    arrival = Arrival(project_id=bench.project, received_us=START)
    return Submission("test", msgspec.msgpack.encode(decoded), {}, arrival, decoded)


def run(pipeline: Pipeline, *submissions: Submission) -> list[int]:
    async def submit_all() -> list[int]:
        seqs = await asyncio.gather(*(pipeline.submit(one) for one in submissions))
        assert await pipeline.applied(max(seqs))
        return list(seqs)

    return asyncio.run(submit_all())


def test_submitted_is_visible_and_counted(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    run(pipeline, *(submission(bench, bench.span(f"s{n}")) for n in range(20)))
    pipeline.count_refused("too_large", 2)
    assert len(bench.rows("observations")) == 20
    counts = pipeline.counters()
    assert (counts["received"], counts["acknowledged"], counts["refused"]) == (22, 20, 2)
    assert (counts["visible"], counts["pending"], counts["quarantined"]) == (20, 0, 0)
    assert pipeline.stop(5)


def test_counters_add_up_after_a_client_that_went_away(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    one = submission(bench, bench.span("a"))
    one.decoded.rejections.append(Rejection("b", 400, "bad"))
    one.decoded.received = 2

    async def leave() -> None:
        task = asyncio.create_task(pipeline.submit(one))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert pipeline.stop(5)
    counts = pipeline.counters()
    assert (counts["received"], counts["acknowledged"], counts["refused"]) == (2, 1, 1)
    assert set(bench.rows("observations")) == {"a"}


def test_counters_add_up_after_a_kill(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    killed = pipeline_of(log, bench.applier, tmp_path)
    killed.start()
    run(killed, submission(bench, bench.span("a"), bench.span("b")))  # what it counted is only in memory
    again = pipeline_of(log, bench.applier, tmp_path)
    again.start()
    again.count_refused("too_large", 1)
    counts = again.counters()
    assert (counts["received"], counts["acknowledged"], counts["refused"]) == (3, 2, 1)
    assert again.stop(5)
    assert killed.stop(5)


@pytest.mark.parametrize("backlog_bytes", [0, 1 << 20])
def test_what_was_acknowledged_before_a_crash_is_applied_at_the_next_start(
    bench: Bench, log: SqliteLog, tmp_path: Path, backlog_bytes: int
) -> None:
    for n in range(3):
        body = submission(bench, bench.span(f"s{n}")).body
        log.append([Entry(bench.project, "test", START, {}, body, 1)])
    log.begin(2)
    pipeline = pipeline_of(log, bench.applier, tmp_path, backlog_bytes=backlog_bytes)
    pipeline.start()
    run(pipeline, submission(bench, bench.span("s3")))
    assert set(bench.rows("observations")) == {"s0", "s1", "s2", "s3"}
    assert log.position() == (4, 4)
    assert pipeline.stop(5)


def test_a_poison_entry_is_set_aside_and_the_others_go_on(
    bench: Bench, log: SqliteLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = bench.span("bad", provided_cost={"input": "not a number"})  # type: ignore[dict-item]
    undecodable = Entry(bench.project, "test", START, {}, b"\xc1", 1)
    log.append([undecodable])
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    run(pipeline, *(submission(bench, row) for row in (bench.span("a"), bad, bench.span("b"))))
    assert set(bench.rows("observations")) == {"a", "b"}
    set_aside = {entry.body: reason for _, reason, entry in log.quarantined()}
    assert len(set_aside) == 2
    assert "Decoding failed" in set_aside[b"\xc1"]
    aside = [record.getMessage() for record in caplog.records if "is set aside" in record.getMessage()]
    assert len(aside) == 2  # nothing is set aside without a line in the log
    assert aside[0].startswith("entry 1 is set aside: Decoding failed")
    counts = pipeline.counters()
    assert counts["acknowledged"] == counts["visible"] + counts["pending"] + counts["quarantined"] == 4
    assert pipeline.stop(5)


def test_three_deaths_over_one_entry_set_it_aside(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    log.append([Entry(bench.project, "test", START, {}, submission(bench, bench.span("killer")).body, 1)])
    for _ in range(3):
        log.begin(1)
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    run(pipeline, submission(bench, bench.span("next")))
    assert set(bench.rows("observations")) == {"next"}
    ((_, reason, _),) = log.quarantined()
    assert "3 times" in reason
    assert pipeline.stop(5)


class Flaky:
    """An applier whose store is away for a while."""

    def __init__(self, applier: Applier, failures: int) -> None:
        self.applier, self.failures = applier, failures

    def apply(self, items: list[Item]) -> int:
        if self.failures:
            self.failures -= 1
            raise Unavailable("away")
        return self.applier.apply(items)


def test_a_store_that_is_away_is_waited_for(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, Flaky(bench.applier, 3), tmp_path)
    pipeline.start()
    run(pipeline, submission(bench, bench.span("a")))
    assert set(bench.rows("observations")) == {"a"}
    assert pipeline.stalled == ""
    assert pipeline.stop(5)


def test_stopping_while_the_store_is_away_loses_nothing(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, Flaky(bench.applier, 10**6), tmp_path)
    pipeline.start()
    asyncio.run(pipeline.submit(submission(bench, bench.span("a"))))
    assert not pipeline.stop(2)
    with pytest.raises(Unavailable, match="shutting down"):
        asyncio.run(pipeline.submit(submission(bench, bench.span("b"))))
    again = pipeline_of(log, bench.applier, tmp_path)
    again.start()
    run(again, submission(bench, bench.span("c")))
    assert set(bench.rows("observations")) == {"a", "c"}
    assert again.stop(5)


def test_deletion_goes_through_the_log(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    run(pipeline, submission(bench, bench.span("a"), bench.span("z", trace="kept")))
    asyncio.run(pipeline.delete(bench.project, {"traces": ["t1"]}))
    assert set(bench.rows("observations")) == {"z"}
    counts = pipeline.counters()
    assert (
        counts["acknowledged"]
        == counts["visible"] + counts["pending"] + counts["quarantined"] + counts["deleted"]
    )
    assert pipeline.stop(5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_free_bytes": 1 << 62}, "disk is almost full"),
        ({"max_log_bytes": -1}, "waiting to be applied"),
        ({"waiting_requests": -1}, "Too many requests"),
    ],
)
def test_overload_is_refused_and_counted(
    bench: Bench, log: SqliteLog, tmp_path: Path, settings: dict[str, int], message: str
) -> None:
    worker = Worker(log, bench.applier, decode, gather_s=0.01, batch_rows=10, backlog_bytes=0)
    pipeline = Pipeline(log, worker, Config(**{"min_free_bytes": 0, **settings}), tmp_path)
    pipeline.start()
    with pytest.raises(Unavailable, match=message):
        asyncio.run(pipeline.submit(submission(bench, bench.span("a"))))
    counts = pipeline.counters()
    assert (counts["received"], counts["refused"], counts.get("acknowledged", 0)) == (1, 1, 0)
    assert pipeline.stop(5)


def test_a_log_that_fails_refuses_the_request(bench: Bench, log: SqliteLog, tmp_path: Path) -> None:
    pipeline = pipeline_of(log, bench.applier, tmp_path)
    pipeline.start()
    log._db.execute("DROP TABLE entries")
    with pytest.raises(Unavailable, match="log failed"):
        asyncio.run(pipeline.submit(submission(bench, bench.span("a"))))
    with pytest.raises(Unavailable, match="restart"):
        asyncio.run(pipeline.submit(submission(bench, bench.span("a"))))
