"""A session and its turns."""

from typing import Any

from spyglass.api.records import render_cost
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.errors import NotFound
from spyglass.core.paging import decode_cursor, encode_cursor
from spyglass.core.records import Score, Trace
from spyglass.features.trace_view.heads import SUMS, render_head
from spyglass.features.trace_view.rendering import names_of, render_scores, render_tokens
from spyglass.features.trace_view.texts import Texts
from spyglass.query import session_turns, traces
from spyglass.query.trace_marks import list_scores_of_session, list_scores_of_traces

TURNS = 50
_TEXT_CHARACTERS = 64 << 10
_NAMES = (*traces.CORE, *traces.METRICS, *SUMS, "input", "output")


def read_session(state: AppState, project_id: str, session_id: str) -> dict[str, Any]:
    sums = session_turns.read_session_sums(state.stores.analytics, project_id, session_id)
    if sums is None:
        raise _missing(session_id)
    scores = list_scores_of_session(state.stores.analytics, project_id, session_id)
    with state.stores.meta.read() as session:
        names = names_of(session, scores)
    return {
        "id": session_id,
        "createdAt": iso_ms(sums.first_us),
        "first": iso_ms(sums.first_us),
        "last": iso_ms(sums.last_us),
        "traces": sums.traces,
        "users": sums.users,
        "observations": sums.observations,
        "errors": sums.errors,
        "cost": render_cost(sums.cost),
        "tokens": render_tokens(sums.usage),
        "environments": sums.environments,
        "tags": sums.tags,
        "bookmarked": sums.bookmarked,
        "scores": render_scores(scores, names),
    }


def read_turns(state: AppState, project_id: str, session_id: str, cursor: str | None) -> dict[str, Any]:
    analytics = state.stores.analytics
    after = decode_cursor(cursor, (int, str)) if cursor else None
    rows, following = session_turns.list_turns(
        analytics, project_id, session_id, _NAMES, after=after, limit=TURNS
    )
    if not rows and after is None:
        raise _missing(session_id)
    steps = session_turns.count_steps(analytics, project_id, rows)
    scores = list_scores_of_traces(analytics, project_id, [row.id for row in rows])
    by_trace: dict[str, list[Score]] = {}
    for score in scores:
        by_trace.setdefault(score.trace_id, []).append(score)
    with state.stores.meta.read() as session:
        names = names_of(session, scores)
    texts = Texts(project_id, state.stores.blobs)
    turns = [
        {
            **_render(row, texts),
            "scores": render_scores(by_trace.get(row.id, ()), names),
            "steps": steps.get(row.id, session_turns.Steps(0, 0, 0))._asdict(),
        }
        for row in rows
    ]
    return {"turns": turns, "cursor": encode_cursor(following) if following else None}


def _render(row: Trace, texts: Texts) -> dict[str, Any]:
    return {
        "trace": render_head(row),
        "input": texts.cut(row.input, _TEXT_CHARACTERS),
        "output": texts.cut(row.output, _TEXT_CHARACTERS),
    }


def _missing(session_id: str) -> NotFound:
    return NotFound(f"Session {session_id} not found within authorized project")
