"""Erasing on the real stores: all of it, nothing else, never again, wherever the work was cut off."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from sqlalchemy import func, select, update

from spyglass.core.clock import now, now_us
from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.core.records import Arrival, Decoded, Kind, Observation, Patch, Rank
from spyglass.core.references import project_prefix
from spyglass.ingest.apply import Applier
from spyglass.ingest.pipeline import Config, Pipeline, Submission
from spyglass.ingest.worker import Worker
from spyglass.jobs import erasure as erasures
from spyglass.jobs import organization_erasure, project_erasure, user_erasure
from spyglass.jobs.deletion import PURGE, delete_records
from spyglass.jobs.erasure import ERASE, ERASURE_SWEEP
from spyglass.jobs.erasure_requests import delete_project, delete_projects, fingerprint, request_erasure
from spyglass.jobs.registry import JobContext
from spyglass.jobs.runner import JobRunner
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.mutations import count_rows, of_project
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config as LogConfig
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import erasures as erasing
from spyglass.stores.meta import open_meta, scoped
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.erasures import erased_projects
from spyglass.stores.meta.tables import (
    AnnotationQueue,
    AnnotationQueueItem,
    ApiKey,
    AuditLog,
    Comment,
    Dataset,
    DatasetItem,
    DatasetRunItem,
    Erasure,
    Job,
    LlmConnection,
    Media,
    MediaLink,
    Organization,
    OrganizationMembership,
    Project,
    User,
)
from spyglass.stores.meta.tables.erasures import ErasureKind
from spyglass.stores.vault import Vault

CANARY = "canary-4711"
BIG = CANARY + "x" * 20_000
START = 1_767_225_600_000_000


@dataclass
class Site:
    """Stores, a running pipeline and a job runner that is asked step by step."""

    stores: Stores
    pipeline: Pipeline
    runner: JobRunner
    folder: Path

    def send(self, project: str, *rows: Observation, patches: tuple[Patch, ...] = ()) -> int:
        """Acknowledged and readable."""
        seq = asyncio.run(self.pipeline.submit(submission(project, *rows, patches=patches)))
        self.pipeline.wait_applied(seq)
        return seq

    def run(self) -> None:
        """All jobs that are due or waiting for their next attempt."""
        for _ in range(20):
            with self.stores.meta.begin() as session:
                session.execute(update(Job).where(Job.run_after > now()).values(run_after=now()))
            if not self.runner.run_one():
                return
        raise AssertionError("the jobs do not come to an end")

    def proof(self, erasure_id: str) -> Erasure:
        with self.stores.meta.read() as session:
            return session.get_one(Erasure, erasure_id)

    def files(self, text: str = CANARY) -> list[str]:
        """Files beside the engine's that hold a text."""
        return [
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]

    def ids(self, table: str, project: str) -> list[str]:
        question = sql("SELECT id FROM {} FINAL WHERE {} ORDER BY id", name(table), of_project(project))
        return [row[0] for row in self.stores.analytics.lookup(question)]


def submission(project: str, *rows: Observation, patches: tuple[Patch, ...] = ()) -> Submission:
    decoded = Decoded(observations=list(rows), patches=list(patches), received=len(rows) + len(patches))
    arrival = Arrival(project_id=project, received_us=now_us())
    return Submission("test", msgspec.msgpack.encode(decoded), {}, arrival, decoded)


def decode(entry: Entry) -> Decoded:
    return msgspec.msgpack.decode(entry.body, type=Decoded)


def open_site(
    analytics: Analytics, folder: Path, retention_hours: int = 0, backlog_bytes: int = 1 << 20
) -> Site:
    stores = Stores(
        analytics=analytics,
        meta=open_meta(MetaConfig(), folder, lambda _: None),
        blobs=Blobs(BlobConfig(), folder),
        log=SqliteLog(folder / "log.db", LogConfig(retention_hours=retention_hours)),
    )
    applier = Applier(analytics, stores.blobs, lambda _: None, offload_bytes=10_000, memory_bytes=1 << 20)
    worker = Worker(
        stores.log,
        applier,
        decode,
        gather_s=0.01,
        batch_rows=1000,
        backlog_bytes=backlog_bytes,
        gone=erased_projects(stores.meta),
    )
    pipeline = Pipeline(stores.log, worker, Config(min_free_bytes=0), folder)
    pipeline.start()
    context = JobContext(stores, pipeline, cast(Vault, None))
    return Site(stores, pipeline, JobRunner(context, [ERASE, ERASURE_SWEEP]), folder)


def close(site: Site) -> None:
    assert site.pipeline.stop(10)
    site.stores.meta.close()
    site.stores.log.close()


@pytest.fixture
def site(analytics: Analytics, tmp_path: Path) -> Iterator[Site]:
    made = open_site(analytics, tmp_path, retention_hours=24)
    yield made
    close(made)


def add_project(site: Site, organization_id: str | None = None) -> Project:
    with site.stores.meta.begin() as session:
        if organization_id is None:
            organization = Organization(name="org")
            session.add(organization)
            session.flush()
            organization_id = organization.id
        project = Project(organization_id=organization_id, name=CANARY + new_id(), extra={"k": CANARY})
        session.add(project)
        session.flush()
        key = ApiKey(
            public_key=new_id(),
            secret_hash="h",
            display_secret_key="d",
            scope="PROJECT",
            organization_id=organization_id,
            project_id=project.id,
        )
        session.add(key)
    return project


def actor_of(project: Project, project_id: str | None = None) -> Actor:
    return Actor(ActorType.API_KEY, "key", "", project.organization_id, project_id)


def ask_for_project(site: Site, project: Project) -> str:
    with site.stores.meta.begin() as session:
        row = session.get_one(Project, project.id)
        return delete_project(session, row, actor_of(project, project.id)).id


def ask_for_user(site: Site, project: Project, user_id: str) -> str:
    with site.stores.meta.begin() as session:
        actor = actor_of(project, project.id)
        return request_erasure(session, ErasureKind.USER, actor, project_id=project.id, user_id=user_id).id


def span(project: Project, id_: str, trace: str = "t", **fields: Any) -> Observation:
    return Observation(
        **{
            "project_id": project.id,
            "trace_id": trace,
            "id": id_,
            "start_time": START,
            "input": BIG,
            **fields,
        }
    )


def say(id_: str, kind: Kind = Kind.TRACE, rank: Rank = Rank.CREATE, **explicit: Any) -> Patch:
    return Patch(kind, id_, START, rank, explicit, {"timestamp": START, "environment": "default"})


def fail_once(monkeypatch: pytest.MonkeyPatch, owner: Any, attribute: str, *, after: bool) -> None:
    """The next call of a function dies, before it did its work or after."""
    real: Callable[..., Any] = getattr(owner, attribute)

    def dying(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(owner, attribute, real)
        if after:
            real(*arguments, **named)
        raise Unavailable("killed here")

    monkeypatch.setattr(owner, attribute, dying)


class TestLog:
    def test_forgets_what_a_project_sent(self, tmp_path: Path) -> None:
        log = SqliteLog(tmp_path / "log.db", LogConfig(retention_hours=1))
        entries = [Entry(project, "d", now_us(), {}, CANARY.encode() * 900, 2) for project in "abab"]
        first = log.append(entries)
        log.commit(first + 2)
        log.quarantine(first + 1, "odd", entries[1])
        assert (log.is_quarantined(first + 1), log.is_quarantined(first)) == (True, False)
        assert (log.count_kept("a"), log.count_kept("b"), log.count_kept("a", last=first)) == (2, 1, 1)
        assert log.erase("b") == {"requests": 0, "set_aside": 1}
        assert log.counters()["released"] == 2
        assert log.erase("a", before_us=1) == {"requests": 0, "set_aside": 0}
        assert log.erase("a", last=first) == {"requests": 1, "set_aside": 0}
        assert log.erase("a") == {"requests": 1, "set_aside": 0}
        assert [entry.seq for entry in log.read(0, 1 << 20)] == [first + 3]  # not applied yet
        log.commit(first + 3)
        log.erase("b")
        assert any(CANARY.encode() in path.read_bytes() for path in tmp_path.iterdir())
        log.wipe()
        assert not any(CANARY.encode() in path.read_bytes() for path in tmp_path.iterdir())
        log.close()


class TestDroppedProject:
    @pytest.mark.parametrize("backlog_bytes", [1 << 20, 0])
    def test_nothing_of_it_is_written_or_kept(
        self, analytics: Analytics, tmp_path: Path, backlog_bytes: int
    ) -> None:
        site = open_site(analytics, tmp_path, 24, backlog_bytes)
        gone, other = add_project(site), add_project(site)
        site.pipeline.drop_project(gone.id)
        site.send(gone.id, span(gone, "a"))
        site.send(other.id, span(other, "a"))
        assert site.ids(OBSERVATIONS, gone.id) == []
        assert site.ids(OBSERVATIONS, other.id) == ["a"]
        assert site.stores.log.count_kept(gone.id) == 0
        assert site.stores.log.count_kept(other.id) == 1
        counts = site.pipeline.counters()
        assert (counts["acknowledged"], counts["visible"], counts["deleted"]) == (2, 1, 1)
        close(site)

    def test_also_after_a_restart_and_a_replay(self, analytics: Analytics, tmp_path: Path) -> None:
        site = open_site(analytics, tmp_path, 24)
        gone = add_project(site)
        site.send(gone.id, span(gone, "a"))
        (entry,) = site.stores.log.read(0, 1 << 20)
        ask_for_project(site, gone)
        site.run()
        assert site.stores.log.count_kept(gone.id) == 0
        close(site)
        log = SqliteLog(tmp_path / "log.db", LogConfig())
        log.append([entry])  # acknowledged while the process died
        log.close()
        site = open_site(analytics, tmp_path, 24)
        site.pipeline.wait_applied(site.pipeline.last_seq())
        assert count_rows(analytics, OBSERVATIONS, of_project(gone.id)) == 0
        assert site.stores.log.count_kept(gone.id) == 0
        close(site)


class TestDeletion:
    def test_that_is_set_aside_is_no_success(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a"))

        def broken(*_: Any) -> int:
            raise ValueError("a bug")

        with monkeypatch.context() as patch:
            patch.setattr("spyglass.ingest.apply.delete", broken)
            with pytest.raises(Unavailable, match="set aside"):
                asyncio.run(site.pipeline.delete(project.id, {"traces": ["t"]}))
        assert site.ids(OBSERVATIONS, project.id) == ["a"]
        asyncio.run(site.pipeline.delete(project.id, {"traces": ["t"]}))
        assert site.ids(OBSERVATIONS, project.id) == []

    def test_passes_over_ids_that_no_record_can_have(self, site: Site) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a"))
        deletes = {"traces": ["t", "a\0b", ""]}
        asyncio.run(delete_records(site.stores, site.pipeline, project.id, deletes))
        asyncio.run(delete_records(site.stores, site.pipeline, project.id, {"scores": ["\0"]}))
        assert site.ids(OBSERVATIONS, project.id) == []
        with site.stores.meta.read() as session:
            (job,) = session.scalars(scoped(Job, project.id))  # which PostgreSQL would not take with a NUL
        assert job.arguments["deletes"] == {"traces": ["t"]}

    def test_takes_the_media_along_that_only_its_traces_had(self, site: Site) -> None:
        project = add_project(site)
        with site.stores.meta.begin() as session:
            for medium, linked in (("alone", ["t"]), ("shared", ["t", "u"]), ("again", ["t"])):
                key = f"{project_prefix(project.id)}/media/{medium}"
                site.stores.blobs.put(key, b"x")
                session.add(
                    Media(
                        project_id=project.id,
                        id=medium,
                        sha256=medium,
                        content_type="image/png",
                        content_length=1,
                        blob_key=key,
                    )
                )
                for trace in linked:
                    at = now() + timedelta(hours=medium == "again")
                    link = MediaLink(
                        project_id=project.id, media_id=medium, trace_id=trace, field="input", created_at=at
                    )
                    session.add(link)
        asyncio.run(delete_records(site.stores, site.pipeline, project.id, {"traces": ["t"]}))
        with site.stores.meta.read() as session:
            (job,) = session.scalars(scoped(Job, project.id))
        assert PURGE.run(site.runner._context, job.arguments)["media"] == 1
        with site.stores.meta.read() as session:
            links = session.scalars(scoped(MediaLink, project.id)).all()
            assert {row.id for row in session.scalars(scoped(Media, project.id))} == {"shared", "again"}
        assert sorted((link.media_id, link.trace_id) for link in links) == [("again", "t"), ("shared", "u")]
        assert len(site.stores.blobs.keys(project_prefix(project.id))) == 2


def fill(site: Site, project: Project) -> None:
    """Something in every store."""
    site.send(
        project.id, span(project, "a"), span(project, "b", trace="t2"), patches=(say("t", user_id="u"),)
    )
    site.send(project.id, patches=(say("s", Kind.SCORE, trace_id="t", name="q", value=1.0),))
    asyncio.run(site.pipeline.delete(project.id, {"traces": ["t2"]}))  # hidden rows go as well
    entry = Entry(project.id, "test", now_us(), {}, CANARY.encode(), 1)
    site.stores.log.quarantine(999_999, "odd", entry)
    site.stores.blobs.put(f"{project_prefix(project.id)}/media/1", CANARY.encode())
    with site.stores.meta.begin() as session:
        session.add(
            Media(
                project_id=project.id,
                id="m",
                sha256="x",
                content_type="image/png",
                content_length=1,
                blob_key=f"{project_prefix(project.id)}/media/1",
            )
        )
        session.add(Comment(project_id=project.id, object_type="TRACE", object_id="t", content=CANARY * 3000))
        session.add(
            LlmConnection(
                project_id=project.id,
                provider="p",
                adapter="openai",
                display_secret_key="d",
                secret_key=CANARY,
            )
        )
        session.add(Job(name="purge", project_id=project.id, arguments={"deletes": CANARY}))


class TestProject:
    def test_leaves_nothing_behind(self, site: Site) -> None:
        project, other = add_project(site), add_project(site)
        fill(site, project)
        site.send(other.id, span(other, "a", input="other"))
        assert {"meta.db-wal", "log.db-wal"} <= set(site.files())
        with site.stores.meta.begin() as session:  # what else holds the word
            session.get_one(Project, other.id).name = "other"
            session.get_one(Project, other.id).extra = {}
        erasure_id = ask_for_project(site, project)
        with site.stores.meta.read() as session:
            assert session.scalars(scoped(ApiKey, project.id)).all() == []
        site.run()
        proof = site.proof(erasure_id)
        assert proof.finished_at is not None
        assert proof.remaining is not None
        assert set(proof.remaining.values()) == {0}
        assert {**proof.counts, "blobs": 0} == {
            "traces": 1,
            "observations": 1,
            "scores": 1,
            "requests": 4,
            "blobs": 0,
            "comments": 1,
            "media": 1,
            "llm_connections": 1,
            "jobs": 1,
        }
        assert proof.counts["blobs"] == 3
        for table in (TRACES, OBSERVATIONS, SCORES):
            assert count_rows(site.stores.analytics, table, of_project(project.id)) == 0
        assert site.ids(OBSERVATIONS, other.id) == ["a"]
        assert site.files() == []
        counts = site.pipeline.counters()
        assert counts["acknowledged"] == counts["visible"] + counts["deleted"] + counts["quarantined"] + (
            counts["pending"] + counts["released"] - 1  # the one that was set aside here was never appended
        )

    def test_the_audit_log_keeps_who_did_what_without_the_content(self, site: Site) -> None:
        project, other = add_project(site), add_project(site)
        with site.stores.meta.begin() as session:
            for each in (project, other):
                actor = actor_of(each, each.id)
                record_change(session, actor, "create", ("prompt", "p"), after={"prompt": CANARY})
                record_change(session, actor, "delete", ("comment", "c"), before={"content": CANARY})
                record_change(session, actor, "create", ("apiKey", "k"), after={"publicKey": "pk"})
        ask_for_project(site, project)
        site.run()
        with site.stores.meta.read() as session:
            told = {
                each.id: [
                    (row.action, row.resource_type, row.resource_id, row.actor_id, row.before, row.after)
                    for row in session.scalars(
                        scoped(AuditLog, each.id)
                        .where(AuditLog.actor_id == "key")
                        .order_by(AuditLog.resource_type)
                    )
                ]
                for each in (project, other)
            }
        assert told[project.id] == [
            ("create", "apiKey", "k", "key", None, {"publicKey": "pk"}),
            ("delete", "comment", "c", "key", None, None),
            ("create", "prompt", "p", "key", None, None),
        ]
        assert told[other.id][1] == ("delete", "comment", "c", "key", {"content": CANARY}, None)

    @pytest.mark.parametrize(
        ("owner", "step", "after"),
        [
            (project_erasure, "_note", True),
            (project_erasure, "remove_everywhere", True),
            (project_erasure, "remove_owned", False),
            (erasures, "_end", False),
        ],
    )
    def test_goes_on_where_it_was_cut_off(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, after: bool
    ) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a"))
        erasure_id = ask_for_project(site, project)
        fail_once(monkeypatch, owner, step, after=after)
        assert site.runner.run_one()
        with site.stores.meta.read() as session:
            job = session.get_one(Job, site.proof(erasure_id).job_id)
        assert (job.state, job.last_error) == ("waiting", "killed here")
        site.run()
        proof = site.proof(erasure_id)
        assert proof.finished_at is not None
        assert (proof.counts["observations"], proof.counts["traces"]) == (1, 1)
        with site.stores.meta.read() as session:
            told = session.scalars(
                select(AuditLog).where(AuditLog.project_id == project.id, AuditLog.action == "erase")
            ).all()
        assert [(entry.actor_type, entry.resource_id) for entry in told] == [("SYSTEM", project.id)]

    def test_is_not_done_while_something_is_left(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a"))
        erasure_id = ask_for_project(site, project)
        with monkeypatch.context() as patch:
            patch.setattr(project_erasure, "remove_everywhere", lambda *_: 0)
            assert site.runner.run_one()
        proof = site.proof(erasure_id)
        assert proof.finished_at is None
        assert proof.remaining is not None
        assert (proof.remaining["observations"], proof.remaining["traces"]) == (1, 1)
        site.run()
        assert site.proof(erasure_id).finished_at is not None

    def test_what_was_written_meanwhile_is_swept(self, site: Site) -> None:
        project = add_project(site)
        ask_for_project(site, project)
        site.run()
        with site.stores.meta.begin() as session:
            session.add(Comment(project_id=project.id, object_type="TRACE", object_id="t", content="late"))
        context = site.runner._context
        assert ERASURE_SWEEP.run(context, {}) == {project.id: {"comments": 1}}
        assert ERASURE_SWEEP.run(context, {}) == {}


class TestOrganization:
    def test_goes_after_its_projects(self, site: Site) -> None:
        first = add_project(site)
        second = add_project(site, first.organization_id)
        other = add_project(site)
        site.send(first.id, span(first, "a"))
        with site.stores.meta.begin() as session:
            user = User(email="a@example.com", name="A")
            session.add(user)
            session.flush()
            for organization_id in (first.organization_id, other.organization_id):
                session.add(
                    OrganizationMembership(organization_id=organization_id, user_id=user.id, role="OWNER")
                )
            actor = actor_of(first)
            assert sorted(delete_projects(session, first.organization_id, actor)) == sorted(
                [first.id, second.id]
            )
            erasure_id = request_erasure(session, ErasureKind.ORGANIZATION, actor).id
            late = Project(organization_id=first.organization_id, name="made meanwhile")
            session.add(late)
        site.run()
        proof = site.proof(erasure_id)
        assert proof.finished_at is not None
        assert proof.counts == {"projects": 3, "organizations": 1, "organization_memberships": 1}
        with site.stores.meta.read() as session:
            assert session.get(Organization, first.organization_id) is None
            assert session.get(Organization, other.organization_id) is not None
            assert session.get(Project, other.id) is not None
            memberships = session.scalars(select(OrganizationMembership.organization_id)).all()
            kinds = session.execute(
                select(Erasure.kind, func.count())
                .where(Erasure.organization_id == first.organization_id, Erasure.finished_at.is_not(None))
                .group_by(Erasure.kind)
            ).all()
        assert memberships == [other.organization_id]
        assert {kind: count for kind, count in kinds} == {"project": 3, "organization": 1}
        assert count_rows(site.stores.analytics, TRACES, of_project(first.id)) == 0

    def test_waits_for_a_project_that_is_made_at_the_last_moment(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = add_project(site)
        with site.stores.meta.begin() as session:
            delete_projects(session, first.organization_id, actor_of(first))
            erasure_id = request_erasure(session, ErasureKind.ORGANIZATION, actor_of(first)).id
        late: list[str] = []

        def make_one(*arguments: Any) -> None:
            monkeypatch.setattr(organization_erasure, "remove_owned", erasing.remove_owned)
            project = add_project(site, first.organization_id)
            site.send(project.id, span(project, "a"))
            late.append(project.id)

        monkeypatch.setattr(organization_erasure, "remove_owned", make_one)
        site.run()
        assert site.proof(erasure_id).finished_at is not None
        assert count_rows(site.stores.analytics, OBSERVATIONS, of_project(late[0])) == 0
        with site.stores.meta.read() as session:
            told = session.scalars(select(Erasure.finished_at).where(Erasure.project_id == late[0])).all()
        assert len(told) == 1
        assert told[0] is not None


USER = f"user {CANARY}/ü"


def fill_user(site: Site, project: Project) -> None:
    """One trace of the user by name, one by an observation, one of somebody else; two sessions; notes on all."""
    traces = (
        say("mine", user_id=USER, session_id="only-mine"),
        say("seen", session_id="shared"),
        say("other", user_id="somebody", session_id="shared"),
    )
    scores = tuple(
        say(f"score-{target}", Kind.SCORE, name="q", value=1.0, **{field: target})
        for field, target in (
            ("trace_id", "mine"),
            ("trace_id", "other"),
            ("session_id", "only-mine"),
            ("session_id", "shared"),
        )
    )
    site.send(
        project.id,
        span(project, "m1", trace="mine"),
        span(project, "s1", trace="seen", user_id=USER),
        span(project, "s2", trace="seen"),
        span(project, "x1", trace="other", input="x" * 20_000),
        patches=traces + scores,
    )
    with site.stores.meta.begin() as session:
        queue = AnnotationQueue(project_id=project.id, name="q")
        dataset = Dataset(project_id=project.id, name="d")
        session.add_all([queue, dataset])
        session.flush()
        objects = [("TRACE", "mine"), ("TRACE", "other"), ("OBSERVATION", "s2"), ("OBSERVATION", "x1")]
        objects += [("SESSION", "only-mine"), ("SESSION", "shared")]
        for kind, id_ in objects:
            session.add(Comment(project_id=project.id, object_type=kind, object_id=id_, content=CANARY))
            session.add(
                AnnotationQueueItem(project_id=project.id, queue_id=queue.id, object_type=kind, object_id=id_)
            )
        for trace in ("mine", "other"):
            session.add(DatasetRunItem(project_id=project.id, run_id="r", item_id="i", trace_id=trace))
            session.add(
                DatasetItem(
                    project_id=project.id, id=f"item-{trace}", dataset_id=dataset.id, source_trace_id=trace
                )
            )
        for medium, linked in (("alone", ["mine"]), ("shared", ["seen", "other"])):
            key = f"{project_prefix(project.id)}/media/{medium}"
            site.stores.blobs.put(key, medium.encode())
            session.add(
                Media(
                    project_id=project.id,
                    id=medium,
                    sha256=medium,
                    content_type="image/png",
                    content_length=1,
                    blob_key=key,
                )
            )
            for trace in linked:
                session.add(MediaLink(project_id=project.id, media_id=medium, trace_id=trace, field="input"))


def check_user_is_gone(site: Site, project: Project, proof: Erasure) -> None:
    assert proof.finished_at is not None
    assert proof.remaining == {"traces": 0, "observations": 0, "requests": 0}
    assert (proof.user_id, proof.work) == (None, None)
    assert proof.subject == fingerprint(USER)
    assert site.ids(TRACES, project.id) == ["other"]
    assert site.ids(OBSERVATIONS, project.id) == ["x1"]
    assert site.ids(SCORES, project.id) == ["score-other", "score-shared"]
    assert (
        count_rows(site.stores.analytics, OBSERVATIONS, sql("{} AND is_deleted = 0", of_project(project.id)))
        == 1
    )
    with site.stores.meta.read() as session:
        for table in (Comment, AnnotationQueueItem):
            left = {row.object_id for row in session.scalars(scoped(table, project.id))}
            assert left == {"other", "x1", "shared"}
        assert [row.trace_id for row in session.scalars(scoped(DatasetRunItem, project.id))] == ["other"]
        assert [row.trace_id for row in session.scalars(scoped(MediaLink, project.id))] == ["other"]
        assert [row.id for row in session.scalars(scoped(Media, project.id))] == ["shared"]
        assert len(session.scalars(scoped(DatasetItem, project.id)).all()) == 2
    keys = site.stores.blobs.keys(project_prefix(project.id))
    assert [key.endswith("/media/shared") for key in keys].count(True) == 1
    assert len(keys) == 2  # and the input of the other trace
    assert site.stores.log.count_kept(project.id, last=proof.position) == 0
    assert proof.kept == {"dataset_items": ["item-mine"]}


class TestUser:
    def test_goes_with_all_that_belongs_to_the_traces(self, site: Site) -> None:
        project, other = add_project(site), add_project(site)
        fill_user(site, project)
        site.send(other.id, span(other, "a", user_id=USER))
        erasure_id = ask_for_user(site, project, USER)
        site.run()
        proof = site.proof(erasure_id)
        check_user_is_gone(site, project, proof)
        assert proof.counts == {
            "traces": 2,
            "observations": 3,
            "scores": 2,
            "sessions": 1,
            "comments": 3,
            "annotation_queue_items": 3,
            "dataset_run_items": 1,
            "media_links": 2,
            "media": 1,
            "blobs": 3,
            "requests": 1,
        }
        assert site.ids(OBSERVATIONS, other.id) == ["a"]
        with site.stores.meta.read() as session:
            told = session.scalars(select(AuditLog).where(AuditLog.action == "erase")).all()
            kept = [
                msgspec.json.encode([job.arguments, job.result]).decode()
                for job in session.scalars(select(Job))
            ]
        assert [entry.resource_id for entry in told] == [fingerprint(USER)]
        assert CANARY not in json.dumps([told[0].after, kept])

    @pytest.mark.parametrize(
        ("owner", "step", "after"),
        [
            (user_erasure, "_remove_notes", True),
            (Pipeline, "delete", True),
            (user_erasure, "purge", True),
            (user_erasure, "_finish_piece", False),
        ],
    )
    def test_goes_on_where_it_was_cut_off(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, after: bool
    ) -> None:
        project = add_project(site)
        fill_user(site, project)
        erasure_id = ask_for_user(site, project, USER)
        if owner is Pipeline:
            real = Pipeline.delete

            async def dying(self: Pipeline, *arguments: Any) -> int:
                monkeypatch.setattr(Pipeline, "delete", real)
                if after:
                    await real(self, *arguments)
                raise Unavailable("killed here")

            monkeypatch.setattr(Pipeline, "delete", dying)
        else:
            fail_once(monkeypatch, owner, step, after=after)
        assert site.runner.run_one()
        assert site.proof(erasure_id).finished_at is None
        site.run()
        proof = site.proof(erasure_id)
        check_user_is_gone(site, project, proof)
        assert (proof.counts["traces"], proof.counts["observations"]) == (2, 3)

    def test_the_audit_log_forgets_what_comments_on_it_said(self, site: Site) -> None:
        project = add_project(site)
        fill_user(site, project)
        with site.stores.meta.begin() as session:
            comments = session.scalars(scoped(Comment, project.id)).all()
            for comment in comments:
                after = {"objectId": comment.object_id, "content": CANARY}
                record_change(
                    session, actor_of(project, project.id), "create", ("comment", comment.id), after=after
                )
        ask_for_user(site, project, USER)
        site.run()
        with site.stores.meta.read() as session:
            told = session.scalars(
                scoped(AuditLog, project.id).where(AuditLog.resource_type == "comment")
            ).all()
        assert len(told) == 6
        assert sorted(row.after["objectId"] for row in told if row.after) == ["other", "shared", "x1"]

    def test_leaves_nothing_in_the_files_also_where_it_was_cut_off_at_the_end(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = add_project(site)
        with site.stores.meta.begin() as session:
            session.get_one(Project, project.id).name = "p"
            session.get_one(Project, project.id).extra = {}
        site.stores.meta.wipe()
        ask_for_user(site, project, USER)
        assert site.files() == ["meta.db-wal"]
        fail_once(monkeypatch, site.stores.meta, "wipe", after=False)
        site.run()
        assert site.files() == []

    def test_takes_along_the_texts_of_versions_that_were_replaced(self, site: Site) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a", user_id=USER))
        site.send(project.id, span(project, "b", trace="t2", user_id="somebody"))
        site.send(project.id, span(project, "a", user_id=USER, input="", start_time=START + 1))
        site.stores.analytics.maintain(sql("OPTIMIZE TABLE {} FINAL", name(OBSERVATIONS)))
        assert len(site.stores.blobs.keys(project_prefix(project.id))) == 2
        ask_for_user(site, project, USER)
        site.run()
        assert site.ids(OBSERVATIONS, project.id) == ["b"]
        assert len(site.stores.blobs.keys(project_prefix(project.id))) == 1

    def test_of_many_traces_makes_way_for_other_jobs(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = add_project(site)
        rows = [span(project, f"o{n}", trace=f"t{n}", user_id=USER, input="") for n in range(5)]
        site.send(project.id, *rows)
        erasure_id = ask_for_user(site, project, USER)
        monkeypatch.setattr(user_erasure.records, "PIECE", 2)
        monkeypatch.setattr(erasures, "BUDGET_S", -1.0)
        first = site.proof(erasure_id).job_id
        assert site.runner.run_one()
        assert len(site.ids(TRACES, project.id)) == 3
        assert site.proof(erasure_id).job_id != first
        site.run()
        proof = site.proof(erasure_id)
        assert (proof.finished_at is not None, proof.counts["traces"]) == (True, 5)
        assert site.ids(OBSERVATIONS, project.id) == []

    def test_what_comes_afterwards_is_new(self, site: Site) -> None:
        project = add_project(site)
        site.send(project.id, span(project, "a", user_id=USER), span(project, "b", user_id=USER))
        erasure_id = ask_for_user(site, project, USER)
        site.send(project.id, span(project, "late", user_id=USER, input=""))
        site.run()
        assert site.proof(erasure_id).finished_at is not None
        site.send(project.id, span(project, "later", user_id=USER, input=""))
        assert site.ids(OBSERVATIONS, project.id) == ["later"]

    def test_a_record_that_is_another_users_by_now_loses_its_earlier_versions(self, site: Site) -> None:
        project = add_project(site)
        site.send(project.id, patches=(say("t", user_id=USER, name="n"),))
        site.send(project.id, patches=(say("t", rank=Rank.UPDATE, user_id="somebody"),))
        erasure_id = ask_for_user(site, project, USER)
        site.run()
        assert site.proof(erasure_id).finished_at is not None
        assert site.ids(TRACES, project.id) == ["t"]
        mine = sql("{} AND user_id = {}", of_project(project.id), value("String", USER))
        assert count_rows(site.stores.analytics, TRACES, mine) == 0
