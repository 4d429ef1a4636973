"""Deleting records: hidden from every read when the call returns, their bytes removed by a durable job, with the
media of deleted traces that nothing else refers to.
"""

import asyncio
from typing import Any

from spyglass.core.clock import from_us, now_us
from spyglass.core.ids import id_problem
from spyglass.ingest.deletion import purge
from spyglass.ingest.pipeline import Pipeline
from spyglass.jobs.media_removal import drop_unlinked
from spyglass.jobs.registry import Arguments, JobContext, JobKind, enqueue
from spyglass.stores import Stores
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.tables import MediaLink

# kind ("traces" or "scores") -> ids
Deletes = dict[str, list[str]]


def _purge(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    stores, project_id, deletes = context.stores, arguments["project_id"], arguments["deletes"]
    removed = purge(stores.analytics, stores.blobs, project_id, deletes, arguments["version"])
    if "requested_us" in arguments:
        traces = deletes.get("traces", [])
        removed["media"] = _remove_media(stores, project_id, traces, arguments["requested_us"])
    return removed


def _remove_media(stores: Stores, project_id: str, traces: list[str], before_us: int) -> int:
    """Links and what only they referred to, one medium at a time: after a crash the others are still found by their
    links. A link that was made after the deletion is of a trace that was sent again."""
    links = (MediaLink.trace_id.in_(traces), MediaLink.created_at < from_us(before_us))
    with stores.meta.read() as session:
        linked = session.scalars(scoped(MediaLink, project_id).where(*links)).all()
    count = 0
    for media_id in sorted({link.media_id for link in linked}):
        with stores.meta.begin() as session:
            session.execute(
                delete_scoped(MediaLink, project_id).where(*links, MediaLink.media_id == media_id)
            )
            count += drop_unlinked(session, stores.blobs, project_id, media_id)
    return count


PURGE = JobKind("purge", _purge)


async def delete_records(stores: Stores, pipeline: Pipeline, project_id: str, deletes: Deletes) -> None:
    """Delete and record the purge. Raises `Unavailable` when that cannot be done now; it may be repeated.

    Ids that no record can have are passed over, as unknown ones are: a database might not take them.
    """
    deletes = {kind: [id_ for id_ in ids if not id_problem(id_)] for kind, ids in deletes.items()}
    if not any(deletes.values()):
        return
    requested_us = now_us()
    version = await pipeline.delete(project_id, deletes)
    arguments = {
        "project_id": project_id,
        "deletes": deletes,
        "version": version,
        "requested_us": requested_us,
    }
    await asyncio.to_thread(enqueue, stores.meta, PURGE, arguments, project_id=project_id)
