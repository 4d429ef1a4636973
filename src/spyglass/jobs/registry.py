"""Jobs as data: a name, the function, when it runs. Features declare theirs; `server.JOBS` lists them.

A job function is idempotent: it may run again after a crash or a lost lease and must then end in the same
state. What it returns is kept as the result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import now
from spyglass.ingest.pipeline import Pipeline
from spyglass.stores import Stores
from spyglass.stores.meta import Meta
from spyglass.stores.meta.tables.jobs import Job


@dataclass(frozen=True)
class JobContext:
    """What a job may reach."""

    stores: Stores
    pipeline: Pipeline


Arguments = dict[str, Any]


@dataclass(frozen=True)
class JobKind:
    name: str
    run: Callable[[JobContext, Arguments], Any]
    retries: int = 10
    lease_s: int = 600


def enqueue(meta: Meta, kind: JobKind, arguments: Arguments, *, project_id: str | None = None) -> str:
    """Record work to be done soon; durable when this returns. Returns the id of the job."""
    job = Job(name=kind.name, arguments=arguments, project_id=project_id, run_after=now())
    with meta.begin() as session:
        session.add(job)
    return job.id
