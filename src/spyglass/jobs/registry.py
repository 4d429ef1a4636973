"""Jobs as data: a name, the function, when it runs. Features declare theirs; `server.JOBS` lists them.

A job function is idempotent: it may run again after a crash or a lost lease and must then end in the same
state. What it returns is kept as the result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.core.errors import NotFound
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.pipeline import Pipeline
from spyglass.stores import Stores
from spyglass.stores.egress import Config as EgressConfig
from spyglass.stores.egress import Egress, open_egress
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.tables.jobs import Job
from spyglass.stores.vault import Vault


@dataclass(frozen=True)
class JobContext:
    """What a job may reach."""

    stores: Stores
    pipeline: Pipeline
    vault: Vault
    # By default nothing but the public internet.
    egress: Egress = field(default_factory=lambda: open_egress(EgressConfig()))
    lookups: Lookups | None = None


Arguments = dict[str, Any]


@dataclass(frozen=True)
class Later:
    """What a job returns that has done a part and makes way for others: it goes on behind them. `result`: so far."""

    result: Any


@dataclass(frozen=True)
class JobKind:
    """`every_s`: runs again that long after it ended, without arguments and for as long as the server lives;
    what it finds to do it records as jobs of its own."""

    name: str
    run: Callable[[JobContext, Arguments], Any]
    retries: int = 10
    lease_s: int = 600
    every_s: int | None = None


def enqueue(meta: Meta, kind: JobKind, arguments: Arguments, *, project_id: str | None = None) -> str:
    """Record work to be done soon; durable when this returns. Returns the id of the job."""
    with meta.begin() as session:
        return add_job(session, kind, arguments, project_id=project_id)


def add_job(
    session: Session,
    kind: JobKind,
    arguments: Arguments,
    *,
    project_id: str | None = None,
    unique_key: str | None = None,
    delay_s: float = 0,
) -> str:
    """The same within the caller's transaction. A second job of the same `unique_key` is a `Conflict`."""
    job = Job(
        name=kind.name,
        arguments=arguments,
        project_id=project_id,
        unique_key=unique_key,
        run_after=now() + timedelta(seconds=delay_s),
    )
    session.add(job)
    session.flush()
    return job.id


def jobs_of(project_id: str, name: str) -> Select[Job]:
    """The jobs of one kind that a project has."""
    return scoped(Job, project_id).where(Job.name == name)


def find_job(session: Session, project_id: str, name: str, job_id: str, what: str) -> Job:
    """Raises `NotFound`, naming `what` it is, for an unknown one, also for one of another project."""
    job: Job | None = session.scalar(jobs_of(project_id, name).where(Job.id == job_id))
    if job is None:
        raise NotFound(f"{what} not found")
    return job
