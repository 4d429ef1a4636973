"""Jobs survive failures and deaths, and end once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from spyglass.core.clock import now
from spyglass.core.errors import Unavailable
from spyglass.ingest.live import News
from spyglass.ingest.pipeline import Pipeline
from spyglass.jobs.registry import Arguments, JobContext, JobKind, enqueue
from spyglass.jobs.runner import JobRunner
from spyglass.stores import Stores
from spyglass.stores.meta import Config, Meta, open_meta
from spyglass.stores.meta.tables import Organization, Project
from spyglass.stores.meta.tables.jobs import Job, JobState
from spyglass.stores.vault import Vault


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    opened = open_meta(Config(), tmp_path, lambda line: None)
    yield opened
    opened.close()


@dataclass
class Work:
    """A job function that fails as often as it is told to."""

    failures: list[Exception] = field(default_factory=list)
    calls: list[Arguments] = field(default_factory=list)

    def __call__(self, context: JobContext, arguments: Arguments) -> dict[str, int]:
        self.calls.append(arguments)
        if self.failures:
            raise self.failures.pop(0)
        return {"call": len(self.calls)}


@dataclass
class OnlyMeta:
    meta: Meta


def runner_of(meta: Meta, kind: JobKind) -> JobRunner:
    context = JobContext(cast(Stores, OnlyMeta(meta)), cast(Pipeline, None), cast(Vault, None))
    return JobRunner(context, [kind])


def read(meta: Meta, job_id: str) -> Any:
    with meta.read() as session:
        return session.scalars(select(Job).where(Job.id == job_id)).one()


def make_due(meta: Meta, **values: Any) -> None:
    with meta.begin() as session:
        session.execute(update(Job).values(run_after=now() - timedelta(seconds=1), **values))


def test_a_job_runs_once_and_keeps_its_result(meta: Meta) -> None:
    work = Work()
    kind = JobKind("count", work)
    runner = runner_of(meta, kind)
    job_id = enqueue(meta, kind, {"n": 1})
    assert runner.run_one() is True
    assert runner.run_one() is False
    job = read(meta, job_id)
    assert (job.state, job.result, job.attempts, job.lease_token) == (JobState.DONE, {"call": 1}, 1, None)
    assert job.finished_at is not None
    assert work.calls == [{"n": 1}]


def test_a_failure_is_retried_later_with_its_reason_kept(meta: Meta) -> None:
    work = Work(failures=[Unavailable("the store is away"), ValueError("odd")])
    kind = JobKind("count", work)
    runner = runner_of(meta, kind)
    job_id = enqueue(meta, kind, {})
    runner.run_one()
    job = read(meta, job_id)
    assert (job.state, job.last_error, job.attempts) == (JobState.WAITING, "the store is away", 1)
    assert job.run_after > now()
    assert runner.run_one() is False  # not due yet
    make_due(meta)
    runner.run_one()
    assert read(meta, job_id).last_error == "Internal error (ValueError); the log of the server has more"
    make_due(meta)
    runner.run_one()
    job = read(meta, job_id)
    assert (job.state, job.last_error, job.attempts) == (JobState.DONE, None, 3)


def test_too_many_failures_end_it(meta: Meta) -> None:
    kind = JobKind("count", Work(failures=[ValueError("no")] * 9), retries=1)
    runner = runner_of(meta, kind)
    job_id = enqueue(meta, kind, {})
    for _ in range(2):
        make_due(meta)
        assert runner.run_one() is True
    job = read(meta, job_id)
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    make_due(meta)
    assert runner.run_one() is False


def test_a_job_whose_worker_died_is_taken_over_and_the_old_outcome_is_refused(meta: Meta) -> None:
    work = Work()
    kind = JobKind("count", work)
    dead, alive = runner_of(meta, kind), runner_of(meta, kind)
    job_id = enqueue(meta, kind, {})
    claimed = dead._claim()
    assert claimed is not None
    assert alive.run_one() is False  # the lease holds
    make_due(meta, lease_until=now() - timedelta(seconds=1))
    assert alive.run_one() is True
    dead._end(job_id, claimed[1], {"state": JobState.FAILED, "last_error": "late"})
    job = read(meta, job_id)
    assert (job.state, job.last_error, job.attempts) == (JobState.DONE, None, 2)


def test_jobs_of_another_program_are_left_alone(meta: Meta) -> None:
    enqueue(meta, JobKind("unknown", Work()), {})
    assert runner_of(meta, JobKind("count", Work())).run_one() is False


def test_the_thread_does_what_is_enqueued_and_stops(meta: Meta) -> None:
    kind = JobKind("count", Work())
    runner = runner_of(meta, kind)
    job_id = enqueue(meta, kind, {})
    runner.start()
    runner.wake()
    deadline = now() + timedelta(seconds=10)
    while read(meta, job_id).state != JobState.DONE and now() < deadline:
        pass
    runner.stop(5)
    assert read(meta, job_id).state == JobState.DONE


def test_what_ends_the_process_each_time_is_given_up(meta: Meta) -> None:
    work = Work()
    kind = JobKind("count", work, retries=1)
    runner = runner_of(meta, kind)
    job_id = enqueue(meta, kind, {})
    for _ in range(2):
        make_due(meta, lease_until=now() - timedelta(seconds=1))
        assert runner._claim() is not None  # and no word of it again
    make_due(meta, lease_until=now() - timedelta(seconds=1))
    assert runner.run_one() is False
    job = read(meta, job_id)
    assert (job.state, job.attempts, job.lease_token) == (JobState.FAILED, 2, None)
    assert job.last_error == "The process ended during each attempt"
    assert job.finished_at is not None
    assert work.calls == []


def test_one_that_is_given_up_does_not_hold_up_the_next(meta: Meta) -> None:
    work = Work()
    kind = JobKind("count", work, retries=0)
    runner = runner_of(meta, kind)
    enqueue(meta, kind, {"n": 1})
    assert runner._claim() is not None
    make_due(meta, lease_until=now() - timedelta(seconds=1))
    enqueue(meta, kind, {"n": 2})
    assert runner.run_one() is True
    assert work.calls == [{"n": 2}]


def test_an_unexpected_error_is_told_without_what_it_says(meta: Meta) -> None:
    kind = JobKind("count", Work(failures=[ValueError("[parameters: ('a user\0s text',)]")]))
    job_id = enqueue(meta, kind, {})
    assert runner_of(meta, kind).run_one() is True
    assert read(meta, job_id).last_error == "Internal error (ValueError); the log of the server has more"


def test_the_thread_outlives_what_it_did_not_expect(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = JobKind("count", Work())
    runner = runner_of(meta, kind)
    real = runner.run_one

    def odd() -> bool:
        monkeypatch.setattr(runner, "run_one", real)
        raise RuntimeError("odd")

    monkeypatch.setattr(runner, "run_one", odd)
    job_id = enqueue(meta, kind, {})
    runner.start()
    deadline = now() + timedelta(seconds=10)
    while read(meta, job_id).state != JobState.DONE and now() < deadline:
        runner.wake()
    runner.stop(5)
    assert read(meta, job_id).state == JobState.DONE


def test_a_start_takes_up_what_a_killed_process_had_begun(meta: Meta) -> None:
    work = Work()
    kind = JobKind("count", work)
    job_id = enqueue(meta, kind, {})
    begun: dict[str, Any] = {"state": JobState.RUNNING, "lease_token": "of the dead", "attempts": 1}
    make_due(meta, **begun, lease_until=now() + timedelta(minutes=10))
    assert runner_of(meta, kind).run_one() is False
    runner = runner_of(meta, kind)
    runner.start()
    deadline = time.monotonic() + 10
    while meta.sqlite and not work.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    runner.stop(5)
    # On PostgreSQL another process may still be at it: its lease has to run out.
    assert read(meta, job_id).state == (JobState.DONE if meta.sqlite else JobState.RUNNING)


class Watched:
    """Keeps what is published of one project."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        self.told: list[dict[str, Any]] = []

    def watches(self, project_id: str) -> bool:
        return project_id == self.project_id

    def publish(self, project_id: str, news: News) -> None:
        self.told += news.jobs.values()


def test_whoever_watches_the_project_is_told_how_it_goes(meta: Meta) -> None:
    with meta.begin() as session:
        organization = Organization(name="o")
        session.add(organization)
        session.flush()
        project = Project(organization_id=organization.id, name="p")
        session.add(project)
        session.flush()
        project_id = project.id
    kind = JobKind("count", Work(failures=[ValueError("odd")]))
    live = Watched(project_id)
    context = JobContext(cast(Stores, OnlyMeta(meta)), cast(Pipeline, None), cast(Vault, None))
    runner = JobRunner(context, [kind], live)
    job_id = enqueue(meta, kind, {}, project_id=project_id)
    enqueue(meta, kind, {})  # of the whole server
    for _ in range(3):
        make_due(meta)
        runner.run_one()
    said = {"id": job_id, "kind": "count"}
    assert [each for each in live.told if each["state"] != "running"] == [
        {**said, "state": "waiting", "progress": {}},
        {**said, "state": "done", "progress": {"call": live.told[-1]["progress"]["call"]}},
    ]
    assert [each["state"] for each in live.told] == ["running", "waiting", "running", "done"]
