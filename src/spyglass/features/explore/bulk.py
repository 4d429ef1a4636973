"""Actions on many traces at once: delete, tag, bookmark. What is not there is passed over, and what was done is in the
audit log, written before it is done.
"""

import asyncio
from typing import Any

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.errors import Forbidden, Invalid
from spyglass.core.ids import id_problem
from spyglass.core.permissions import Permission
from spyglass.features.explore.schemas import BulkIn
from spyglass.ingest.dialects.edits import TraceEdit
from spyglass.ingest.edits import edit_traces
from spyglass.jobs.deletion import delete_records
from spyglass.query.views import TRACES, build_select
from spyglass.stores.analytics.sql import sql, value
from spyglass.stores.meta.audit import record_change

# Beside what the route asks for.
_NEEDS = {
    "delete": Permission.TRACES_DELETE,
    "tag": Permission.OBJECTS_TAG,
    "untag": Permission.OBJECTS_TAG,
    "bookmark": Permission.OBJECTS_BOOKMARK,
    "unbookmark": Permission.OBJECTS_BOOKMARK,
}


async def act_on_traces(state: AppState, caller: Caller, body: BulkIn) -> dict[str, Any]:
    """How many traces were there to act on. Done, and visible, on return; raises `Unavailable` when it is not."""
    needed = _NEEDS[body.action]
    if needed not in caller.permissions:
        raise Forbidden(f"This action needs the permission {needed}")
    if body.action in ("tag", "untag") and body.tag is None:
        raise Invalid("tag: the name of the tag is needed")
    project_id = project_of(caller)
    ids = await asyncio.to_thread(_existing, state, project_id, body.ids)
    if ids:
        await asyncio.to_thread(_record, state, caller, body, ids)
        if body.action == "delete":
            await delete_records(state.stores, state.pipeline, project_id, {"traces": ids})
        else:
            await edit_traces(state.pipeline, project_id, [_edit(id_, body) for id_ in ids])
    return {"affected": len(ids)}


def _edit(trace_id: str, body: BulkIn) -> TraceEdit:
    tags = [body.tag] if body.tag is not None else None
    match body.action:
        case "tag":
            return TraceEdit(trace_id, tags=tags)
        case "untag":
            return TraceEdit(trace_id, tags_removed=tags)
        case _:
            return TraceEdit(trace_id, bookmarked=body.action == "bookmark")


def _existing(state: AppState, project_id: str, ids: list[str]) -> list[str]:
    asked = sorted({id_ for id_ in ids if not id_problem(id_)})
    if not asked:
        return []
    where = [sql("id IN {}", value("Array(String)", asked))]
    rows = state.stores.analytics.query(build_select(TRACES, project_id, "DISTINCT id", where))
    return sorted(row[0] for row in rows)


def _record(state: AppState, caller: Caller, body: BulkIn, ids: list[str]) -> None:
    after: dict[str, Any] = {"ids": ids} | ({"tag": body.tag} if body.tag is not None else {})
    what = ids[0] if len(ids) == 1 else f"{len(ids)} traces"
    with state.stores.meta.begin() as session:
        record_change(session, actor_of(caller), body.action, ("trace", what), after=after)
