"""Deleting records: hidden from every read when the call returns, their bytes removed by a durable job."""

import asyncio
from typing import Any

from spyglass.ingest.deletion import purge
from spyglass.ingest.pipeline import Pipeline
from spyglass.jobs.registry import Arguments, JobContext, JobKind, enqueue
from spyglass.stores import Stores

# kind ("traces" or "scores") -> ids
Deletes = dict[str, list[str]]


def _purge(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    stores = context.stores
    return purge(
        stores.analytics, stores.blobs, arguments["project_id"], arguments["deletes"], arguments["version"]
    )


PURGE = JobKind("purge", _purge)


async def delete_records(stores: Stores, pipeline: Pipeline, project_id: str, deletes: Deletes) -> None:
    """Delete and record the purge. Raises `Unavailable` when that cannot be done now; it may be repeated."""
    version = await pipeline.delete(project_id, deletes)
    arguments = {"project_id": project_id, "deletes": deletes, "version": version}
    await asyncio.to_thread(enqueue, stores.meta, PURGE, arguments, project_id=project_id)
