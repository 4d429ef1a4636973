"""What `/traces` answers. A group of fields that was not asked for is not read; its place in the answer is
filled as the reference does it.
"""

from typing import Any

from spyglass.api.params import any_of, between, read_filter, read_groups, read_order, text_is
from spyglass.api.records import (
    Bodies,
    render_observation,
    render_score,
    render_trace,
    render_trace_metrics,
)
from spyglass.api.state import AppState
from spyglass.core.errors import NotFound
from spyglass.core.filters import Condition
from spyglass.core.paging import page_meta
from spyglass.core.records import Trace
from spyglass.features.traces.schemas import TraceListParams
from spyglass.query import traces
from spyglass.query.columns import TRACE_FILTERS
from spyglass.query.filters import compile_filter
from spyglass.query.lists import Slice
from spyglass.query.observations import V1, list_observations_of_trace
from spyglass.query.scores import list_scores_of_trace

GROUPS = ("core", "io", "scores", "observations", "metrics")
_PRICES = ("inputPrice", "outputPrice", "totalPrice")


def list_traces(state: AppState, project_id: str, params: TraceListParams) -> dict[str, Any]:
    groups = read_groups(params.fields, GROUPS, GROUPS)
    order = read_order(params.order_by, traces.SORTABLE, ("timestamp", "desc"))
    where = compile_filter(
        TRACE_FILTERS, project_id, _conditions(params), read_filter(params.filter, TRACE_FILTERS)
    )
    analytics = state.stores.analytics
    rows, total = traces.list_traces(
        analytics,
        project_id,
        _columns(groups | {"metrics"} if "observations" in groups else groups),
        where,
        Slice(params.page, params.limit, params.to_timestamp, traces.order_of(*order)),
    )
    observations = (
        traces.list_observation_ids(analytics, project_id, rows) if "observations" in groups else {}
    )
    ids = [row.id for row in rows]
    scores = traces.list_score_ids(analytics, project_id, ids) if "scores" in groups else {}
    return {
        "data": [
            {
                **_render(state, row, groups),
                "observations": observations.get(row.id, []),
                "scores": scores.get(row.id, []),
            }
            for row in rows
        ],
        "meta": page_meta(params.page, params.limit, total),
    }


def read_trace(state: AppState, project_id: str, trace_id: str, fields: str | None) -> dict[str, Any]:
    groups = read_groups(fields, GROUPS, GROUPS)
    analytics = state.stores.analytics
    row = traces.read_trace(analytics, project_id, trace_id, _columns(groups | {"metrics"}))
    if row is None:
        raise NotFound(f"Trace {trace_id} not found within authorized project")
    bodies = Bodies(project_id, state.stores.blobs)
    found = _render(state, row, groups)
    found["observations"] = found["scores"] = []
    if "observations" in groups:
        rows = list_observations_of_trace(analytics, row, V1)
        models = state.lookups.models_of(project_id)
        found["observations"] = [_priced(render_observation(each, bodies, models)) for each in rows]
    if "scores" in groups:
        scores = list_scores_of_trace(analytics, project_id, trace_id)
        # Older clients know no corrections and would fail on the whole trace.
        found["scores"] = [render_score(each, bodies) for each in scores if each.data_type != "CORRECTION"]
    return found


def _columns(groups: frozenset[str]) -> tuple[str, ...]:
    return (
        traces.CORE + (traces.IO if "io" in groups else ()) + (traces.METRICS if "metrics" in groups else ())
    )


def _render(state: AppState, row: Trace, groups: frozenset[str]) -> dict[str, Any]:
    bodies = Bodies(row.project_id, state.stores.blobs) if "io" in groups else None
    return {**render_trace(row, bodies), **render_trace_metrics(row, "metrics" in groups)}


def _priced(observation: dict[str, Any]) -> dict[str, Any]:
    """In a trace, unlike in lists of observations, a price without a model is 0 (public API 2.2)."""
    return {**observation, **{name: observation[name] or 0 for name in _PRICES}}


def _conditions(params: TraceListParams) -> list[Condition]:
    conditions = [
        *text_is("userId", params.user_id),
        *text_is("name", params.name),
        *text_is("sessionId", params.session_id),
        *text_is("version", params.version),
        *text_is("release", params.release),
        *any_of("environment", params.environment),
        *between("timestamp", params.from_timestamp, params.to_timestamp),
    ]
    if params.tags:
        conditions.append(Condition("tags", "arrayOptions", "all of", tuple(params.tags)))
    return conditions
