"""What `/sessions` answers."""

from typing import Any

from spyglass.api.records import Bodies, render_trace
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.errors import NotFound
from spyglass.core.paging import page_meta
from spyglass.features.sessions.schemas import SessionListParams
from spyglass.query import sessions, traces


def list_sessions(state: AppState, project_id: str, params: SessionListParams) -> dict[str, Any]:
    rows, total = sessions.list_sessions(
        state.stores.analytics,
        project_id,
        from_us=params.from_timestamp,
        to_us=params.to_timestamp,
        environments=params.environment or [],
        page=params.page,
        limit=params.limit,
    )
    data = [_render(project_id, row.id, row.created_at, row.environment) for row in rows]
    return {"data": data, "meta": page_meta(params.page, params.limit, total)}


def read_session(state: AppState, project_id: str, session_id: str) -> dict[str, Any]:
    rows = traces.list_traces_of_session(
        state.stores.analytics, project_id, session_id, traces.CORE + traces.IO
    )
    if not rows:
        raise NotFound(f"Session {session_id} not found within authorized project")
    bodies = Bodies(project_id, state.stores.blobs)
    first = rows[0]
    return {
        **_render(project_id, session_id, first.timestamp, first.environment),
        "traces": [render_trace(row, bodies) for row in rows],
    }


def _render(project_id: str, session_id: str, created_us: int, environment: str) -> dict[str, Any]:
    return {
        "id": session_id,
        "createdAt": iso_ms(created_us),
        "projectId": project_id,
        "environment": environment,
    }
