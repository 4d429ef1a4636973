"""What people change about a trace: its bookmark, its tags, who may see it."""

from typing import Any

from starlette.concurrency import run_in_threadpool

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.errors import Forbidden
from spyglass.core.permissions import Permission
from spyglass.core.records import Trace
from spyglass.features.trace_view.heads import find_trace
from spyglass.features.trace_view.schemas import TraceEditIn
from spyglass.ingest.dialects.edits import TraceEdit
from spyglass.ingest.edits import edit_traces
from spyglass.stores.meta.audit import record_change

_NEEDED = {
    "bookmarked": Permission.OBJECTS_BOOKMARK,
    "tags": Permission.OBJECTS_TAG,
    "public": Permission.OBJECTS_PUBLISH,
}


async def edit_trace(state: AppState, caller: Caller, trace_id: str, body: TraceEditIn) -> dict[str, Any]:
    """The values after the change. Raises `Forbidden` and `NotFound` before anything is changed."""
    wanted = {name: value for name in _NEEDED if (value := getattr(body, name)) is not None}
    for name in wanted:
        if _NEEDED[name] not in caller.permissions:
            raise Forbidden(f"Your role does not allow to change `{name}`")
    project_id = project_of(caller)
    before = await run_in_threadpool(find_trace, state, project_id, trace_id, None, *_NEEDED)
    if wanted:
        tags = sorted(set(body.tags)) if body.tags is not None else None
        edit = TraceEdit(trace_id, bookmarked=body.bookmarked, public=body.public, tags_set=tags)
        await edit_traces(state.pipeline, project_id, [edit])
        await run_in_threadpool(_record, state, caller, before, wanted)
    after = await run_in_threadpool(find_trace, state, project_id, trace_id, None, *_NEEDED)
    return {"id": trace_id, **_values(after)}


def _record(state: AppState, caller: Caller, before: Trace, wanted: dict[str, Any]) -> None:
    """The change itself is in the ingest log by now, which no transaction of the metadata spans."""
    old = _values(before)
    with state.stores.meta.begin() as session:
        record_change(
            session,
            actor_of(caller),
            "update",
            ("trace", before.id),
            before={name: old[name] for name in wanted},
            after=wanted,
        )


def _values(row: Trace) -> dict[str, Any]:
    return {"bookmarked": row.bookmarked, "public": row.public, "tags": row.tags}
