"""Other prices for stored observations: in the order of the log, whatever else is written, and once."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.core.records import Decoded, Kind, Observation, Patch, Rank
from spyglass.ingest import repricing as applying
from spyglass.ingest.apply import Applier, Item
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.repricing import NewCost, decode_costs, encode_costs
from spyglass.ingest.steps import finish
from spyglass.jobs import repricing
from spyglass.jobs.registry import JobContext
from spyglass.jobs.repricing import REPRICE, Range, request_repricing
from spyglass.jobs.runner import JobRunner
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import ROWS, columns, select_list
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import Meta, open_meta
from spyglass.stores.meta.tables import AuditLog, Job, ModelDefinition, Organization, Project
from spyglass.stores.meta.tables.jobs import JobState
from spyglass.stores.meta.tables.revisions import MODELS, raise_revision

D = Decimal
START = 1_767_225_600_000_000
SECOND = 1_000_000
DAY = 86_400 * SECOND


class Bench:
    """An applier on a project of its own, with a pipeline that applies at once."""

    def __init__(self, analytics: Analytics, folder: Path, meta: Meta) -> None:
        self.analytics = analytics
        self.meta = meta
        self.project = new_id()
        self.blobs = Blobs(BlobConfig(), folder)
        self.lookups = Lookups(meta, Catalogue())
        self.seq = 0
        self.sent: list[list[NewCost]] = []
        self.trouble: list[Exception] = []
        self.applier = self.new_applier()
        with meta.begin() as session:
            session.add(Project(id=self.project, organization_id="org", name=self.project))
        self.context = JobContext(
            Stores(meta=meta, blobs=self.blobs, log=None, analytics=analytics),  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            lookups=self.lookups,
        )
        self.runner = JobRunner(self.context, [REPRICE])

    def new_applier(self) -> Applier:
        return Applier(
            self.analytics,
            self.blobs,
            lambda row: finish(row, self.lookups),
            offload_bytes=10_000,
            memory_bytes=1 << 20,
        )

    def apply(self, *items: dict[str, Any]) -> None:
        made = []
        for fields in items:
            self.seq += 1
            decoded = Decoded(
                observations=list(fields.get("spans", ())), patches=list(fields.get("patches", ()))
            )
            deletes, costs = fields.get("deletes", {}), fields.get("costs")
            made.append(Item(self.seq, self.project, START + self.seq, "test", decoded, deletes, costs))
        self.applier.apply(made)

    async def reprice(self, project_id: str, costs: list[NewCost]) -> None:
        """As the pipeline does it."""
        assert project_id == self.project
        if self.trouble:
            raise self.trouble.pop()
        self.sent.append(costs)
        self.apply({"costs": decode_costs(encode_costs(costs))})

    def span(self, id_: str, trace: str = "t1", at_s: float = 0, **fields: Any) -> Observation:
        given = {"type": "GENERATION", "model": "mine", "provided_usage": {"input": 10}, **fields}
        return Observation(
            project_id=self.project,
            trace_id=trace,
            id=id_,
            start_time=START + int(at_s * SECOND),
            public_key="pk",
            **given,
        )

    def define(self, price: str, pattern: str = "^mine$", **more: Any) -> None:
        tiers = [
            {
                "id": f"tier-{price}",
                "name": "Standard",
                "isDefault": True,
                "priority": 0,
                "conditions": [],
                "prices": {"input": price},
            },
            *more.pop("tiers", []),
        ]
        with self.meta.begin() as session:
            row = session.get(ModelDefinition, (self.project, "own"))
            if row is None:
                row = ModelDefinition(project_id=self.project, id="own", model_name="mine")
                session.add(row)
            row.match_pattern, row.tiers = pattern, tiers
            raise_revision(session, MODELS, self.project)

    def rows(self, table: str) -> dict[str, Any]:
        names = columns(table)
        question = sql(
            "SELECT {} FROM {} FINAL WHERE project_id = {} ORDER BY id",
            select_list(names),
            name(table),
            value("String", self.project),
        )
        rows = [ROWS[table](**dict(zip(names, row, strict=True))) for row in self.analytics.query(question)]
        return {row.id: row for row in rows}

    def costs(self) -> dict[str, Decimal | None]:
        return {id_: row.total_cost for id_, row in self.rows("observations").items()}

    def trace_costs(self) -> dict[str, Decimal | None]:
        return {id_: row.total_cost for id_, row in self.rows("traces").items()}

    def request(self, **asked: Any) -> str:
        given = {"from_us": START, "to_us": START + DAY, **asked}
        with self.meta.begin() as session:
            return request_repricing(session, self.project, Range(**given))

    def job(self, job_id: str) -> Job:
        with self.meta.read() as session:
            return session.get_one(Job, job_id)

    def new_cost(self, id_: str, total: str, **fields: Any) -> NewCost:
        row = self.rows("observations")[id_]
        given = {
            "start_us": row.start_time,
            "trace_id": row.trace_id,
            "id": id_,
            "version": row.version_seq,
            "model_id": "new-model",
            "pricing_tier": "New tier",
            "total": D(total),
            "cost": {"input": D(total), "total": D(total)},
            **fields,
        }
        return NewCost(**given)


@pytest.fixture(scope="module")
def meta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meta]:
    made = open_meta(MetaConfig(), tmp_path_factory.mktemp("meta"), lambda _: None)
    with made.begin() as session:
        session.add(Organization(id="org", name="org"))
    yield made
    made.close()


@pytest.fixture
def bench(analytics: Analytics, tmp_path: Path, meta: Meta) -> Bench:
    return Bench(analytics, tmp_path, meta)


class TestApply:
    def test_rows_and_traces_get_the_costs_and_nothing_else(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply(
            {
                "spans": [
                    bench.span("a", input="text", metadata={"k": "v"}, end_time=START + SECOND),
                    bench.span("b", at_s=1),
                    bench.span("c", trace="t2"),
                ]
            }
        )
        before, traces = bench.rows("observations"), bench.rows("traces")
        assert bench.trace_costs() == {"t1": D(20), "t2": D(10)}
        bench.apply({"costs": [bench.new_cost("a", "0.000000000001"), bench.new_cost("c", "7")]})
        after = bench.rows("observations")
        version = (bench.seq << 20) | ((1 << 20) - 1)
        for id_, total in (("a", D("0.000000000001")), ("c", D(7))):
            row = after[id_]
            assert (row.total_cost, row.cost) == (total, {"input": total, "total": total})
            assert (row.model_id, row.pricing_tier) == ("new-model", "New tier")
            assert (row.version_seq, row.updated_at) == (version, START + bench.seq)
            old = before[id_]
            changed = {"total_cost", "cost", "model_id", "pricing_tier", "version_seq", "updated_at"}
            for field in set(columns("observations")) - changed:
                assert getattr(row, field) == getattr(old, field), field
        assert after["b"] == before["b"]
        assert bench.trace_costs() == {"t1": D("10.000000000001"), "t2": D(7)}
        new = bench.rows("traces")["t1"]
        for field in set(columns("traces")) - {"total_cost", "version_seq", "updated_at"}:
            assert getattr(new, field) == getattr(traces["t1"], field), field

    def test_again_changes_nothing(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        cost = bench.new_cost("a", "3")
        bench.apply({"costs": [cost]})
        once = bench.rows("observations"), bench.rows("traces")
        bench.apply({"costs": [cost]})
        assert (bench.rows("observations"), bench.rows("traces")) == once

    def test_the_sums_are_made_again_after_a_crash_between_the_two(
        self, bench: Bench, monkeypatch: Any
    ) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        cost = bench.new_cost("a", "3")

        def fail(*args: Any, **more: Any) -> None:
            raise Unavailable("gone")

        with monkeypatch.context() as patched:
            patched.setattr(applying, "sum_stored", fail)
            with pytest.raises(Unavailable):
                bench.apply({"costs": [cost]})
        assert (bench.costs(), bench.trace_costs()) == ({"a": D(3)}, {"t1": D(10)})
        bench.apply({"costs": [cost]})
        assert bench.trace_costs() == {"t1": D(3)}

    @pytest.mark.parametrize("restart", [False, True])
    def test_whoever_writes_later_wins(self, bench: Bench, restart: bool) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a"), bench.span("b", at_s=1)]})
        stale = bench.new_cost("a", "3")
        bench.define("2")
        bench.apply({"spans": [bench.span("a", name="again")]})
        if restart:
            bench.applier = bench.new_applier()
        bench.apply({"costs": [stale, bench.new_cost("b", "4")]})
        assert bench.costs() == {"a": D(20), "b": D(4)}
        assert bench.rows("observations")["a"].name == "again"
        assert bench.trace_costs() == {"t1": D(24)}

    def test_an_update_after_it_prices_anew(self, bench: Bench) -> None:
        bench.define("1")
        given = {"model": "mine", "provided_usage": {"input": 10}, "trace_id": "t1", "type": "GENERATION"}

        def patch(at_s: int, rank: Rank, **explicit: Any) -> Patch:
            time = START + at_s * SECOND
            implied = {
                "environment": "default",
                "start_time": time,
                "trace_id": "t1",
                "source": "ingestion-api",
            }
            return Patch(Kind.OBSERVATION, "a", time, rank, explicit, implied)

        bench.apply({"patches": [patch(0, Rank.CREATE, **given)]})
        bench.apply({"costs": [bench.new_cost("a", "3")]})
        bench.apply({"patches": [patch(1, Rank.UPDATE, output="more")]})
        row = bench.rows("observations")["a"]
        assert (row.output, row.total_cost, row.model_id) == ("more", D(10), "own")
        assert bench.trace_costs() == {"t1": D(10)}

    def test_what_was_deleted_stays_deleted(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        cost = bench.new_cost("a", "3")
        bench.apply({"deletes": {"traces": ["t1"]}})
        bench.apply({"costs": [cost]})
        assert (bench.rows("observations"), bench.rows("traces")) == ({}, {})

    def test_ids_are_told_apart(self, bench: Bench) -> None:
        """The parts of a key must not run into each other."""
        bench.define("1")
        odd = [("a/b", "c"), ("a", "b/c"), ("1:", "é'\\"), ("1", ":é'\\"), ("\n", "x")]
        bench.apply({"spans": [bench.span(id_, trace) for trace, id_ in odd]})
        rows = bench.rows("observations")
        costs = [
            bench.new_cost(id_, str(n), trace_id=rows[id_].trace_id) for n, (_, id_) in enumerate(odd, 1)
        ]
        bench.apply({"costs": costs})
        assert bench.costs() == {id_: D(n) for n, (_, id_) in enumerate(odd, 1)}
        assert bench.trace_costs() == {trace: D(n) for n, (trace, _) in enumerate(odd, 1)}

    def test_a_long_text_is_not_moved_again(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a", input="x" * 20_000)]})
        before = bench.rows("observations")["a"].input
        assert before.startswith("@@@spyglassBlob:")
        bench.apply({"costs": [bench.new_cost("a", "3")]})
        assert bench.rows("observations")["a"].input == before

    def test_in_one_batch_with_others(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        cost = bench.new_cost("a", "3")
        bench.apply(
            {"spans": [bench.span("b", at_s=1)]}, {"costs": [cost]}, {"spans": [bench.span("c", at_s=2)]}
        )
        assert bench.costs() == {"a": D(3), "b": D(10), "c": D(10)}
        assert bench.trace_costs() == {"t1": D(23)}

    @pytest.mark.usefixtures("months_of_its_own")
    def test_traces_of_many_months(self, bench: Bench) -> None:
        """More partitions than the engine takes in one insert by itself."""
        bench.define("1")
        month = 31 * DAY
        spans = [bench.span(f"{n:03}", trace=f"t{n:03}") for n in range(120)]
        for n, span in enumerate(spans):
            span.start_time += n * month
        bench.apply({"spans": spans})
        bench.apply({"costs": [bench.new_cost(f"{n:03}", "3") for n in range(120)]})
        assert set(bench.costs().values()) == set(bench.trace_costs().values()) == {D(3)}

    def test_nothing_to_do(self, bench: Bench) -> None:
        bench.apply({"costs": []})
        assert bench.rows("observations") == {}

    def test_the_guard_holds_here_too(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply(
            {
                "spans": [
                    bench.span("agent", type="AGENT"),
                    bench.span("call", at_s=1, parent_id="agent"),
                ]
            }
        )
        assert bench.trace_costs() == {"t1": D(10)}
        bench.apply({"costs": [bench.new_cost("agent", "3"), bench.new_cost("call", "3")]})
        assert bench.costs() == {"agent": D(3), "call": D(3)}
        assert bench.trace_costs() == {"t1": D(3)}


class TestJob:
    def run(self, bench: Bench) -> None:
        while bench.runner.run_one():
            pass

    def test_history_gets_the_prices_of_now(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply(
            {
                "spans": [
                    bench.span("a"),
                    bench.span("b", at_s=1, provided_cost={"total": 0.5}),
                    bench.span("c", at_s=2, model="gpt-4o"),
                    bench.span("d", at_s=3, model="nobody"),
                    bench.span("e", at_s=4, provided_usage={"seconds": 3}),
                    bench.span("late", "t2", at_s=86_400),
                    bench.span("early", "t3", at_s=-1),
                ]
            }
        )
        bench.define("3")
        job_id = bench.request()
        self.run(bench)
        job = bench.job(job_id)
        assert (job.state, job.last_error) == (JobState.DONE, None)
        assert {
            key: job.result[key] for key in ("looked_at", "changed", "old_total", "new_total", "done")
        } == {
            "looked_at": 4,
            "changed": 1,
            "old_total": "10.000000000000",
            "new_total": "30.000000000000",
            "done": True,
        }
        costs = bench.costs()
        assert costs == {
            "a": D(30),
            "b": D("0.5"),
            "c": D("0.000025"),
            "d": None,
            "e": None,
            "late": D(10),
            "early": D(10),
        }
        assert bench.trace_costs() == {"t1": D("30.500025"), "t2": D(10), "t3": D(10)}
        with bench.meta.read() as session:
            (entry,) = session.query(AuditLog).filter_by(resource_id=job_id).all()
        assert (entry.action, entry.resource_type, entry.actor_type) == ("finish", "repricing", "SYSTEM")
        assert entry.after == {
            "from": "2026-01-01T00:00:00.000Z",
            "to": "2026-01-02T00:00:00.000Z",
            "looked_at": 4,
            "changed": 1,
            "old_total": "10.000000000000",
            "new_total": "30.000000000000",
        }

    def test_a_second_time_there_is_nothing_to_change(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        bench.define("2")
        for changed in (1, 0):
            job_id = bench.request()
            self.run(bench)
            assert bench.job(job_id).result["changed"] == changed
        assert len(bench.sent) == 1

    def test_only_what_is_asked_for(self, bench: Bench) -> None:
        bench.define("1", "^(mine|yours)")
        bench.apply(
            {
                "spans": [
                    bench.span("a", model="mine"),
                    bench.span("b", at_s=1, model="yours"),
                    bench.span("c", at_s=2, model="yours", name="special"),
                ]
            }
        )
        bench.define("2", "^(mine|yours)")
        bench.request(models=("yours",))
        self.run(bench)
        assert bench.costs() == {"a": D(10), "b": D(20), "c": D(20)}
        bench.define("3", "^(mine|yours)")
        condition = {"type": "string", "column": "name", "operator": "=", "value": "special"}
        bench.request(filter=json.dumps([condition]))
        self.run(bench)
        assert bench.costs() == {"a": D(10), "b": D(20), "c": D(30)}

    def test_a_known_cost_never_becomes_unknown(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        bench.define("1", "^other$")
        bench.request()
        self.run(bench)
        assert bench.costs() == {"a": D(10)}

    def test_the_tier_is_that_of_each_call(self, bench: Bench) -> None:
        fast = {
            "id": "fast",
            "name": "Fast",
            "isDefault": False,
            "priority": 1,
            "conditions": [{"source": "metadata", "key": "plan", "operator": "in", "values": ["gold"]}],
            "prices": {"input": "5"},
        }
        slow = {
            **fast,
            "id": "slow",
            "name": "Slow",
            "priority": 2,
            "conditions": [
                {"source": "model_parameters", "key": "tier", "operator": "in", "values": ["slow"]}
            ],
            "prices": {"input": "0.5"},
        }
        bench.define("1")
        bench.apply(
            {
                "spans": [
                    bench.span("a"),
                    bench.span("b", at_s=1, metadata={"plan": "gold"}),
                    bench.span("c", at_s=2, model_parameters='{"tier":"slow"}'),
                ]
            }
        )
        bench.define("1", tiers=[fast, slow])
        bench.request()
        self.run(bench)
        assert bench.costs() == {"a": D(10), "b": D(50), "c": D(5)}
        tiers = {id_: row.pricing_tier for id_, row in bench.rows("observations").items()}
        assert tiers == {"a": "Standard", "b": "Fast", "c": "Slow"}

    def test_pieces_and_days(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """More rows than a piece has, at one instant too, and years without any."""
        monkeypatch.setattr(repricing, "MOST_ROWS", 3)
        bench.define("1")
        spans = [bench.span(f"{n:02}", trace=f"t{n % 2}", at_s=n // 4) for n in range(10)]
        spans += [bench.span(f"x{n}", at_s=86_400 * 900 + n) for n in range(4)]
        bench.apply({"spans": spans})
        bench.define("2")
        job_id = bench.request(to_us=START + 3000 * DAY)
        self.run(bench)
        assert set(bench.costs().values()) == {D(20)}
        result = bench.job(job_id).result
        assert (result["looked_at"], result["changed"]) == (14, 14)
        assert [len(costs) for costs in bench.sent] == [3, 3, 3, 1, 3, 1]

    def test_it_makes_way_and_goes_on(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(repricing, "MOST_ROWS", 2)
        monkeypatch.setattr(repricing, "BUDGET_S", -1.0)
        bench.define("1")
        bench.apply({"spans": [bench.span(f"{n}", at_s=n) for n in range(5)]})
        bench.define("2")
        job_id = bench.request()
        assert bench.runner.run_one()
        job = bench.job(job_id)
        assert (job.state, job.attempts, job.result["changed"]) == (JobState.WAITING, 0, 0)
        seconds = iter(range(1_000_000))
        monkeypatch.setattr(repricing, "monotonic_s", lambda: next(seconds))
        monkeypatch.setattr(repricing, "BUDGET_S", 1.5)  # one piece each time
        seen = []
        while bench.runner.run_one():
            seen.append(bench.job(job_id).result["changed"])
        assert seen == [2, 4, 5]
        assert bench.job(job_id).state == JobState.DONE
        assert set(bench.costs().values()) == {D(20)}

    @pytest.mark.parametrize("applied", [False, True])
    def test_a_crash_at_any_point_counts_once(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, applied: bool
    ) -> None:
        """Between the note and the log, and between the log and the count."""
        bench.define("1")
        bench.apply({"spans": [bench.span(f"{n}", at_s=n) for n in range(3)]})
        bench.define("2")
        job_id = bench.request()
        arguments = bench.job(job_id).arguments

        class Crash(BaseException):
            pass

        with monkeypatch.context() as patched:
            if applied:
                patched.setattr(
                    repricing._Work, "_finish", lambda self, piece: (_ for _ in ()).throw(Crash())
                )
            else:
                bench.trouble.append(Crash())  # type: ignore[arg-type]
            with pytest.raises(Crash):
                REPRICE.run(bench.context, dict(arguments))
        assert set(bench.costs().values()) == {D(20) if applied else D(10)}
        assert bench.job(job_id).result["piece"]["changed"] == 3
        self.run(bench)
        result = bench.job(job_id).result
        assert (result["looked_at"], result["changed"], result["done"]) == (3, 3, True)
        assert (D(result["old_total"]), D(result["new_total"])) == (D(30), D(60))
        assert set(bench.costs().values()) == {D(20)}
        assert bench.trace_costs() == {"t1": D(60)}

    def test_while_the_way_in_is_closed_it_is_tried_again(self, bench: Bench) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a")]})
        bench.define("2")
        job_id = bench.request()
        bench.trouble.append(Unavailable("The disk is almost full"))
        assert bench.runner.run_one()
        job = bench.job(job_id)
        assert (job.state, job.last_error) == (JobState.WAITING, "The disk is almost full")
        with bench.meta.begin() as session:
            session.get_one(Job, job_id).run_after = job.created_at
        self.run(bench)
        assert bench.costs() == {"a": D(20)}

    def test_what_comes_in_meanwhile_is_left_alone(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.define("1")
        bench.apply({"spans": [bench.span("a"), bench.span("b", at_s=1)]})
        bench.define("2")
        send = bench.reprice

        async def race(project_id: str, costs: list[NewCost]) -> None:
            bench.apply({"spans": [bench.span("a", provided_usage={"input": 7})]})
            await send(project_id, costs)

        monkeypatch.setattr(bench, "reprice", race)
        bench.request()
        self.run(bench)
        assert bench.costs() == {"a": D(14), "b": D(20)}
        assert bench.trace_costs() == {"t1": D(34)}


def test_an_entry_keeps_every_digit() -> None:
    cost = NewCost(1, "t", "o", 2, "m", "x", D("123456789012345.123456789012"), {"a": D("0.000000000001")})
    assert decode_costs(encode_costs([cost])) == [cost]
