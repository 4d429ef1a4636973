"""What `/observations` (v1, pages) and `/v2/observations` (cursor, groups of fields) answer."""

from typing import Any

from spyglass.api.params import any_of, between, read_filter, read_groups, text_is
from spyglass.api.records import Bodies, render_observation
from spyglass.api.state import AppState
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.filters import Condition
from spyglass.core.paging import decode_cursor, encode_cursor, page_meta
from spyglass.core.records import Observation, Trace
from spyglass.features.observations.rendering import Shown, render_v2
from spyglass.features.observations.schemas import ObservationListParams, ObservationV2ListParams
from spyglass.query.columns import OBSERVATION_FILTERS, OBSERVATION_V2_FILTERS
from spyglass.query.filters import compile_filter
from spyglass.query.lists import Slice, read_after, read_page_and_total
from spyglass.query.observations import CONTEXT, GROUPS, V1
from spyglass.query.observations import read_observation as read_row
from spyglass.query.traces import read_traces
from spyglass.query.views import OBSERVATIONS

_CURSOR = (int, str, str)  # start time, trace id, id
_DEFAULT_GROUPS = ("core", "basic")
_BODIES = ("input", "output")
_ANCHORS = ("=", "matches")


def list_observations(state: AppState, project_id: str, params: ObservationListParams) -> dict[str, Any]:
    where = compile_filter(
        OBSERVATION_FILTERS, project_id, _conditions(params), read_filter(params.filter, OBSERVATION_FILTERS)
    )
    analytics = state.stores.analytics
    rows, total = read_page_and_total(
        analytics,
        OBSERVATIONS,
        project_id,
        V1,
        where,
        Slice(params.page, params.limit, params.to_start_time),
    )
    bodies, models = Bodies(project_id, state.stores.blobs), state.lookups.models_of(project_id)
    return {
        "data": [render_observation(row, bodies, models) for row in rows],
        "meta": page_meta(params.page, params.limit, total),
    }


def read_observation(state: AppState, project_id: str, observation_id: str) -> dict[str, Any]:
    row = read_row(state.stores.analytics, project_id, observation_id)
    if row is None:
        raise NotFound(f"Observation {observation_id} not found within authorized project")
    bodies, models = Bodies(project_id, state.stores.blobs), state.lookups.models_of(project_id)
    return render_observation(row, bodies, models)


def list_observations_v2(state: AppState, project_id: str, params: ObservationV2ListParams) -> dict[str, Any]:
    if params.parse_io_as_json:
        raise Invalid(
            "parseIoAsJson=true is not supported: input and output are always returned as raw strings. "
            "Remove the parameter or set it to false."
        )
    groups = read_groups(params.fields, GROUPS, _DEFAULT_GROUPS) | {"core"}
    advanced = read_filter(params.filter, OBSERVATION_V2_FILTERS)
    _check_anchor(advanced)
    conditions = [*_conditions(params), *text_is("sessionId", params.session_id)]
    if params.is_root_observation is not None:
        conditions.append(Condition("isRootObservation", "boolean", "=", params.is_root_observation))
    rows, following = read_after(
        state.stores.analytics,
        OBSERVATIONS,
        project_id,
        [name for group in GROUPS if group in groups for name in GROUPS[group]],
        compile_filter(OBSERVATION_V2_FILTERS, project_id, conditions, advanced),
        after=decode_cursor(params.cursor, _CURSOR) if params.cursor else None,
        limit=params.limit,
        before_us=params.to_start_time,
    )
    return {
        "data": _render_all(state, project_id, rows, groups, params.expand_metadata),
        "meta": {"cursor": encode_cursor(following)} if following else {},
    }


def _render_all(
    state: AppState,
    project_id: str,
    rows: list[Observation],
    groups: frozenset[str],
    expand: str | None,
) -> list[dict[str, Any]]:
    context = [name for group, names in CONTEXT.items() if group in groups for name in names]
    ids = [row.trace_id for row in rows] if context else []
    near_us = [row.start_time for row in rows]
    traces = read_traces(state.stores.analytics, project_id, ids, context, near_us)
    bodies, models = Bodies(project_id, state.stores.blobs), state.lookups.models_of(project_id)
    expanded = frozenset(part.strip() for part in (expand or "").split(","))

    def render(row: Observation) -> dict[str, Any]:
        trace = traces.get(row.trace_id) or Trace(project_id=project_id, id=row.trace_id, timestamp=0)
        return render_v2(Shown(row, trace, bodies, models, expanded), groups)

    return [render(row) for row in rows]


def _check_anchor(conditions: list[Condition]) -> None:
    """A condition that only refines a text search would read every body of the project (public API 2.3)."""
    on_bodies = [condition for condition in conditions if condition.column in _BODIES]
    if on_bodies and not any(condition.operator in _ANCHORS for condition in on_bodies):
        raise Invalid(
            "Filters on input or output need at least one '=' or 'matches' condition on input or output"
        )


def _conditions(params: ObservationListParams | ObservationV2ListParams) -> list[Condition]:
    return [
        *text_is("name", params.name),
        *text_is("userId", params.user_id),
        *text_is("type", params.type),
        *text_is("traceId", params.trace_id),
        *text_is("level", params.level),
        *text_is("parentObservationId", params.parent_observation_id),
        *text_is("version", params.version),
        *any_of("environment", params.environment),
        *between("startTime", params.from_start_time, params.to_start_time),
    ]
