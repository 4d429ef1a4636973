"""The head of a trace."""

from typing import Any

from sqlalchemy import func, select

from spyglass.api.records import iso_or_none, render_cost, seconds_between
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us
from spyglass.core.errors import NotFound
from spyglass.core.records import Trace
from spyglass.features.trace_view.rendering import level_of, names_of, render_scores, render_tokens
from spyglass.features.trace_view.texts import Texts
from spyglass.query import traces
from spyglass.query.observations import within_trace
from spyglass.query.trace_marks import list_scores_of_traces
from spyglass.query.views import OBSERVATIONS, build_select
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Comment

TEXT_CHARACTERS = 64 << 10
SUMS = ("observation_count", "error_count", "warning_count", "default_count", "debug_count", "usage")

# A client that died leaves observations without an end for good: this long after its last event a trace is given up.
_RECENT_US = 600_000_000
_OPEN = "isNull(end_time) AND type != 'EVENT'"
# The roots decide. When they have ended the work is done, whatever was left open below them; without a root, as when
# the parent is in another program, any open observation says that the work goes on.
_GOES_ON = f"if(countIf(parent_id = '') > 0, countIf(parent_id = '' AND {_OPEN}), countIf({_OPEN})) > 0"


def find_trace(state: AppState, project_id: str, trace_id: str, near_us: int | None, *more: str) -> Trace:
    """The row of a trace with its times and `more` columns; `near_us` is an instant close to it, if known. Raises
    `NotFound`."""
    near = () if near_us is None else (near_us,)
    names = (*traces.METRICS, *more)
    found = traces.read_traces(state.stores.analytics, project_id, [trace_id], names, near)
    if trace_id not in found:
        raise NotFound(f"Trace {trace_id} not found within authorized project")
    return found[trace_id]


def read_head(state: AppState, project_id: str, trace_id: str, near_us: int | None) -> dict[str, Any]:
    row = find_trace(state, project_id, trace_id, near_us, *traces.CORE, *traces.IO, *SUMS)
    scores = list_scores_of_traces(state.stores.analytics, project_id, [trace_id])
    with state.stores.meta.read() as session:
        names = names_of(session, scores)
        about = scoped(Comment, project_id).where(
            Comment.object_type == "TRACE", Comment.object_id == trace_id
        )
        comments = session.scalar(select(func.count()).select_from(about.subquery()))
    texts = Texts(project_id, state.stores.blobs)
    metadata, cut = texts.metadata(row.metadata)
    return {
        **render_head(row),
        "projectId": project_id,
        "public": row.public,
        "bookmarked": row.bookmarked,
        "input": texts.cut(row.input, TEXT_CHARACTERS),
        "output": texts.cut(row.output, TEXT_CHARACTERS),
        "metadata": metadata,
        "metadataTruncated": cut,
        "scores": render_scores(scores, names),
        "comments": comments or 0,
        "firstStart": iso_or_none(row.first_start),
        "lastEnd": iso_or_none(row.last_end),
        "updatedAt": iso_ms(row.updated_at),
        **_read_activity(state, row),
    }


def render_head(row: Trace) -> dict[str, Any]:
    """What a line of a list says of a trace, too."""
    return {
        "id": row.id,
        "name": row.name or None,
        "time": iso_ms(row.timestamp),
        "env": row.environment,
        "user": row.user_id or None,
        "session": row.session_id or None,
        "release": row.release or None,
        "version": row.version or None,
        "tags": row.tags,
        "level": level_of(row),
        "latency": None if row.first_start is None else seconds_between(row.first_start, row.last_end),
        "tokens": render_tokens(row.usage),
        "cost": render_cost(row.total_cost),
        "observations": row.observation_count,
        "errors": row.error_count,
        "warnings": row.warning_count,
    }


def _read_activity(state: AppState, row: Trace) -> dict[str, Any]:
    """Whether more is expected of the trace, and which client sent it."""
    what = f"{_GOES_ON}, argMin((sdk_name, sdk_version), start_time)"
    question = build_select(OBSERVATIONS, row.project_id, what, within_trace(row))
    goes_on, (sdk_name, sdk_version) = state.stores.analytics.query(question)[0]
    return {
        "running": bool(goes_on) and now_us() - row.updated_at < _RECENT_US,
        "sdk": {"name": sdk_name, "version": sdk_version or None} if sdk_name else None,
    }
