"""Several processes that share one database share its jobs, on both databases."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import cast

import pytest
from sqlalchemy import select

from spyglass.ingest.pipeline import Pipeline
from spyglass.jobs.registry import Arguments, JobContext, JobKind, enqueue
from spyglass.jobs.runner import JobRunner
from spyglass.stores import Stores
from spyglass.stores.meta import Meta
from spyglass.stores.meta.tables.jobs import Job, JobState
from spyglass.stores.vault import Vault


class OnlyMeta:
    def __init__(self, meta: Meta) -> None:
        self.meta = meta


def runner_of(meta: Meta, *kinds: JobKind) -> JobRunner:
    context = JobContext(cast(Stores, OnlyMeta(meta)), cast(Pipeline, None), cast(Vault, None))
    return JobRunner(context, list(kinds))


def at_once(work: Callable[[int], object], count: int = 4) -> None:
    together = Barrier(count)

    def begin(number: int) -> None:
        together.wait(10)
        work(number)

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(begin, range(count)))


def test_each_job_runs_once(meta: Meta) -> None:
    done: list[int] = []
    lock = Lock()

    def note(context: JobContext, arguments: Arguments) -> None:
        with lock:
            done.append(arguments["n"])

    kind = JobKind("note", note)
    for n in range(20):
        enqueue(meta, kind, {"n": n})

    def run(_: int) -> None:
        runner = runner_of(meta, kind)
        while runner.run_one():
            pass

    at_once(run)
    while runner_of(meta, kind).run_one():  # a claim passes over what another one looks at
        pass
    assert sorted(done) == list(range(20))
    with meta.read() as session:
        assert {(job.state, job.attempts) for job in session.scalars(select(Job))} == {(JobState.DONE, 1)}


def test_what_repeats_is_planned_once_by_processes_that_start_together(meta: Meta) -> None:
    kinds = [JobKind(f"tick{n}", lambda *_: None, every_s=3600) for n in range(5)]
    runners = [runner_of(meta, *kinds) for _ in range(4)]
    at_once(lambda number: runners[number].start())
    for runner in runners:
        runner.stop(10)
    with meta.read() as session:
        keys = sorted(session.scalars(select(Job.unique_key)))
    assert keys == [f"periodic:tick{n}" for n in range(5)]


def test_an_error_that_no_database_takes_is_noted_all_the_same(
    meta: Meta, caplog: pytest.LogCaptureFixture
) -> None:
    # The test runner's own channel to its workers takes no half pairs in captured lines either.
    caplog.set_level(logging.CRITICAL, "spyglass.jobs.runner")

    def fail(context: JobContext, arguments: Arguments) -> None:
        raise ValueError("nul \0 and half a pair \ud800")

    kind = JobKind("fail", fail)
    job_id = enqueue(meta, kind, {})
    assert runner_of(meta, kind).run_one() is True
    with meta.read() as session:
        job = session.get_one(Job, job_id)
    assert (job.state, job.lease_token) == (JobState.WAITING, None)
    assert job.last_error is not None
