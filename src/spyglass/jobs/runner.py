"""Runs the jobs of the metadata store, one at a time, each under a lease.

A claim counts the attempt and takes the lease before the work starts, so a job that ends the process is seen
as tried; only the holder of the lease may write the outcome. Failures are retried with back-off, then kept as
failed with the last error (fault matrix F25, F26).
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.core.errors import Conflict, SpyglassError
from spyglass.core.ids import new_id
from spyglass.ingest.live import Live, News, Nobody
from spyglass.jobs.registry import JobContext, JobKind, Later
from spyglass.stores.meta.tables.jobs import Job, JobState

log = logging.getLogger(__name__)

_POLL_S = 5.0
_FIRST_DELAY_S = 2
_LONGEST_DELAY_S = 600
_DEADLY = "The process ended during each attempt"


class JobRunner:
    """A thread that looks for due jobs every few seconds, and at once when it is woken."""

    def __init__(self, context: JobContext, kinds: list[JobKind], live: Live | None = None) -> None:
        self._context = context
        self._live: Live = live or Nobody()
        self._kinds = {kind.name: kind for kind in kinds}
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run_forever, name="jobs", daemon=True)

    def start(self) -> None:
        try:
            self._plan_periodic()
        except Conflict:  # another process starts just now; it has planned them
            self._plan_periodic()
        self._end_leases_of_the_dead()
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self, timeout_s: float) -> None:
        """End after the job at hand; one that takes longer is taken up again at the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident is not None:  # `spyglass replay` never starts it
            self._thread.join(timeout_s)

    def _run_forever(self) -> None:
        while not self._stopping:
            try:
                while not self._stopping and self.run_one():
                    pass
            except SpyglassError as error:
                log.warning("jobs wait: %s", error.message)
            except Exception:  # without this thread nothing would be exported, erased or removed any more
                log.exception("jobs wait")
            self._wake.wait(_POLL_S)
            self._wake.clear()

    def _plan_periodic(self) -> None:
        """One row for each kind that repeats; it is there from the first start on."""
        with self._context.stores.meta.begin() as session:
            planned = set(
                session.scalars(
                    select(Job.unique_key).where(Job.unique_key.in_(map(_periodic_key, self._kinds)))
                )
            )
            for kind in self._kinds.values():
                if kind.every_s is not None and _periodic_key(kind.name) not in planned:
                    session.add(Job(name=kind.name, unique_key=_periodic_key(kind.name)))

    def _end_leases_of_the_dead(self) -> None:
        """SQLite is of one process, so whoever held a lease there has ended; nobody waits for it to run out."""
        meta = self._context.stores.meta
        if meta.sqlite:
            with meta.begin() as session:
                running = update(Job).where(Job.state == JobState.RUNNING)
                session.execute(running.values(lease_until=now() - timedelta(seconds=1)))

    def run_one(self) -> bool:
        """Claim and run the next due job; False when there is none."""
        claimed = self._claim()
        if claimed is None:
            return False
        job, token = claimed
        kind = self._kinds[job.name]
        self._tell(job, {"state": JobState.RUNNING, "result": job.result})
        try:
            result = kind.run(self._context, dict(job.arguments))
        except Exception as error:
            log.warning("job %s %s failed (attempt %d)", job.name, job.id, job.attempts, exc_info=True)
            self._fail(job, kind, token, _describe(error))
        else:
            self._succeed(job, kind, token, result)
        return True

    def _claim(self) -> tuple[Job, str] | None:
        moment = now()
        with self._context.stores.meta.begin() as session:
            job = self._find_due(session, moment)
            while job is not None and self._is_deadly(job):
                log.error("job %s %s ended the process %d times: given up", job.name, job.id, job.attempts)
                job.state, job.last_error, job.finished_at = JobState.FAILED, _DEADLY, moment
                job.lease_token = job.lease_until = None
                session.flush()
                job = self._find_due(session, moment)
            if job is None:
                return None
            token = new_id()
            job.state = JobState.RUNNING
            job.attempts += 1
            job.lease_token = token
            job.lease_until = moment + timedelta(seconds=self._kinds[job.name].lease_s)
            job.started_at = job.started_at or moment
        return job, token

    def _find_due(self, session: Session, moment: datetime) -> Job | None:
        due = or_(
            (Job.state == JobState.WAITING) & (Job.run_after <= moment),
            (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
        )
        found = select(Job).where(due, Job.name.in_(self._kinds)).order_by(Job.run_after).limit(1)
        return session.scalars(found.with_for_update(skip_locked=True)).first()

    def _is_deadly(self, job: Job) -> bool:
        """Whether nobody came back from any of its attempts to say how it went."""
        kind = self._kinds[job.name]
        return job.state == JobState.RUNNING and job.attempts > kind.retries and kind.every_s is None

    def _succeed(self, job: Job, kind: JobKind, token: str, result: Any) -> None:
        if isinstance(result, Later):
            on = {"state": JobState.WAITING, "run_after": now(), "attempts": 0, "last_error": None}
            self._finish(job, token, {**on, "result": result.result})
            return
        if job.unique_key != _periodic_key(kind.name) or kind.every_s is None:
            self._finish(job, token, {"state": JobState.DONE, "result": result, "last_error": None})
            return
        again = {"run_after": now() + timedelta(seconds=kind.every_s), "attempts": 0}
        self._finish(job, token, {"state": JobState.WAITING, "result": result, "last_error": None, **again})

    def _fail(self, job: Job, kind: JobKind, token: str, text: str) -> None:
        if job.attempts > kind.retries and kind.every_s is None:
            self._finish(job, token, {"state": JobState.FAILED, "last_error": text[:2000]})
            return
        delay_s = min(_FIRST_DELAY_S * 2 ** (job.attempts - 1), _LONGEST_DELAY_S)
        again = now() + timedelta(seconds=delay_s)
        self._finish(job, token, {"state": JobState.WAITING, "run_after": again, "last_error": text[:2000]})

    def _finish(self, job: Job, token: str, outcome: dict[str, Any]) -> None:
        if self._end(job.id, token, outcome):
            self._tell(job, outcome)

    def _end(self, job_id: str, token: str, outcome: dict[str, Any]) -> bool:
        """Write the outcome, unless the lease was lost to another worker meanwhile: False then."""
        if outcome["state"] in (JobState.DONE, JobState.FAILED):
            outcome["finished_at"] = now()
        mine = update(Job).where(Job.id == job_id, Job.lease_token == token).returning(Job.id)
        with self._context.stores.meta.begin() as session:
            written = session.scalar(mine.values(**outcome, lease_token=None, lease_until=None))
        return written is not None

    def _tell(self, job: Job, outcome: dict[str, Any]) -> None:
        if job.project_id is not None and self._live.watches(job.project_id):
            result = outcome.get("result")
            counts = (
                {key: each for key, each in result.items() if isinstance(each, int)}
                if isinstance(result, dict)
                else {}
            )
            change = {"id": job.id, "kind": job.name, "state": str(outcome["state"]), "progress": counts}
            self._live.publish(job.project_id, News(jobs={job.id: change}))


def _describe(error: Exception) -> str:
    """For those who may see the job: what is not ours to tell, such as a statement with its values, is in the log."""
    if isinstance(error, SpyglassError):
        return (
            error.message.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        )  # what databases take
    return f"Internal error ({type(error).__name__}); the log of the server has more"


def _periodic_key(name: str) -> str:
    return f"periodic:{name}"
