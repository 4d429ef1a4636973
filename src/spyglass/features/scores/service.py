"""What the three read generations of `/scores` answer (contract 4.7 has their differences)."""

from collections.abc import Sequence
from typing import Any

from spyglass.api.params import any_of, between, read_filter, text_is
from spyglass.api.records import Bodies, render_score
from spyglass.api.scores_v3 import render_v3
from spyglass.api.state import AppState
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.filters import Condition
from spyglass.core.paging import decode_cursor, encode_cursor, page_meta
from spyglass.core.records import Score, Trace
from spyglass.features.scores.schemas import ScoreListParams, ScoreV2ListParams, ScoreV3ListParams
from spyglass.query import scores
from spyglass.query.columns import SCORE_FILTERS, Scope
from spyglass.query.filters import compile_filter
from spyglass.query.lists import Slice, read_after, read_page_and_total
from spyglass.query.traces import read_traces
from spyglass.query.views import SCORES
from spyglass.stores.analytics.sql import Sql

_CURSOR = (int, str)  # timestamp, id
_TRACE = ("user_id", "tags", "environment", "session_id")
_GROUPS = {"details": scores.DETAILS, "subject": scores.SUBJECT, "annotation": scores.ANNOTATION}


def list_scores(state: AppState, project_id: str, params: ScoreListParams) -> dict[str, Any]:
    """v1: scores of traces and observations, each with a little of its trace."""
    where = [
        *compile_filter(
            SCORE_FILTERS, project_id, _conditions(params), read_filter(params.filter, SCORE_FILTERS)
        ),
        *_value_condition(params),
        *scores.OF_TRACES,
    ]
    rows, meta = _read_page(state, project_id, params, where)
    traces = read_traces(state.stores.analytics, project_id, [row.trace_id for row in rows], _TRACE)
    bodies = Bodies(project_id, state.stores.blobs)
    data = [{**render_score(row, bodies), "trace": _trace_v1(traces.get(row.trace_id))} for row in rows]
    return {"data": data, "meta": meta}


def list_scores_v2(state: AppState, project_id: str, params: ScoreV2ListParams) -> dict[str, Any]:
    with_trace = _check_fields(params.fields)
    conditions = [
        *_conditions(params),
        *text_is("sessionId", params.session_id),
        *text_is("datasetRunId", params.dataset_run_id),
        *text_is("traceId", params.trace_id),
        *any_of("observationId", params.observation_id),
    ]
    advanced = read_filter(params.filter, SCORE_FILTERS)
    if not with_trace:
        _refuse_trace_filters([*conditions, *advanced])
    where = compile_filter(SCORE_FILTERS, project_id, conditions, advanced)
    rows, meta = _read_page(state, project_id, params, [*where, *_value_condition(params)])
    ids = [row.trace_id for row in rows] if with_trace else []
    traces = read_traces(state.stores.analytics, project_id, ids, _TRACE)
    bodies = Bodies(project_id, state.stores.blobs)
    data = []
    for row in rows:
        found = _render_v2(row, bodies)
        if with_trace and row.trace_id:
            found["trace"] = _trace_v2(traces.get(row.trace_id))
        data.append(found)
    return {"data": data, "meta": meta}


def list_scores_v3(state: AppState, project_id: str, params: ScoreV3ListParams) -> dict[str, Any]:
    groups = frozenset(params.fields or ())
    rows, following = read_after(
        state.stores.analytics,
        SCORES,
        project_id,
        [*scores.CORE, *(name for group in _GROUPS if group in groups for name in _GROUPS[group])],
        [*compile_filter(SCORE_FILTERS, project_id, _conditions_v3(params)), *_value_conditions_v3(params)],
        after=decode_cursor(params.cursor, _CURSOR) if params.cursor else None,
        limit=params.limit,
        before_us=params.to_timestamp,
    )
    bodies = Bodies(project_id, state.stores.blobs)
    meta: dict[str, Any] = {"limit": params.limit}
    if following:
        meta["cursor"] = encode_cursor(following)
    return {"data": [render_v3(row, groups, bodies) for row in rows], "meta": meta}


def read_score(state: AppState, project_id: str, score_id: str) -> dict[str, Any]:
    row = scores.read_score(state.stores.analytics, project_id, score_id, scores.OF_TRACES)
    if row is None:
        raise NotFound(f"Score {score_id} not found within authorized project")
    return render_score(row, Bodies(project_id, state.stores.blobs))


def read_score_v2(state: AppState, project_id: str, score_id: str) -> dict[str, Any]:
    row = scores.read_score(state.stores.analytics, project_id, score_id)
    if row is None:
        raise NotFound(f"Score {score_id} not found within authorized project")
    return _render_v2(row, Bodies(project_id, state.stores.blobs))


def _read_page(
    state: AppState, project_id: str, params: ScoreListParams, where: Sequence[Sql]
) -> tuple[list[Score], dict[str, int]]:
    rows, total = read_page_and_total(
        state.stores.analytics,
        SCORES,
        project_id,
        scores.ALL,
        where,
        Slice(params.page, params.limit, params.to_timestamp),
    )
    return rows, page_meta(params.page, params.limit, total)


def _render_v2(row: Score, bodies: Bodies) -> dict[str, Any]:
    subject = {"sessionId": row.session_id or None, "datasetRunId": row.dataset_run_id or None}
    return {**render_score(row, bodies), **subject}


def _trace_v1(trace: Trace | None) -> dict[str, Any] | None:
    if trace is None:
        return None
    return {"userId": trace.user_id or None, "tags": trace.tags, "environment": trace.environment}


def _trace_v2(trace: Trace | None) -> dict[str, Any] | None:
    found = _trace_v1(trace)
    return {**found, "sessionId": trace.session_id or None} if found is not None and trace else None


def _check_fields(fields: str | None) -> bool:
    """Whether the trace of each score is shown."""
    if fields is None:
        return True
    groups = {part.strip() for part in fields.split(",")}
    if "score" not in groups:
        raise Invalid("The field group 'score' is required in fields")
    return "trace" in groups


def _refuse_trace_filters(conditions: list[Condition]) -> None:
    if any(SCORE_FILTERS.by_id[condition.column].scope is Scope.TRACE for condition in conditions):
        raise Invalid("Cannot filter by trace properties unless 'trace' is part of fields")


def _conditions(params: ScoreListParams) -> list[Condition]:
    conditions = [
        *text_is("userId", params.user_id),
        *text_is("name", params.name),
        *text_is("source", params.source),
        *text_is("configId", params.config_id),
        *text_is("queueId", params.queue_id),
        *text_is("dataType", params.data_type),
        *any_of("id", params.score_ids),
        *any_of("environment", params.environment),
        *between("timestamp", params.from_timestamp, params.to_timestamp),
    ]
    if params.trace_tags:
        conditions.append(Condition("trace_tags", "arrayOptions", "all of", tuple(params.trace_tags)))
    return conditions


def _value_condition(params: ScoreListParams) -> list[Sql]:
    if params.value is None:
        return []
    return [scores.compare_value(params.operator or "=", params.value)]


def _conditions_v3(params: ScoreV3ListParams) -> list[Condition]:
    return [
        *any_of("id", params.id),
        *any_of("name", params.name),
        *any_of("source", params.source),
        *any_of("dataType", params.data_type),
        *any_of("environment", params.environment),
        *any_of("configId", params.config_id),
        *any_of("queueId", params.queue_id),
        *any_of("authorUserId", params.author_user_id),
        *any_of("traceId", params.trace_id),
        *any_of("sessionId", params.session_id),
        *any_of("observationId", params.observation_id),
        *any_of("datasetRunId", params.experiment_id),
        *between("timestamp", params.from_timestamp, params.to_timestamp),
    ]


def _value_conditions_v3(params: ScoreV3ListParams) -> list[Sql]:
    conditions = []
    if params.value_min is not None:
        conditions.append(scores.compare_value(">=", params.value_min))
    if params.value_max is not None:
        conditions.append(scores.compare_value("<=", params.value_max))
    if params.value and params.data_type:
        match params.data_type[0]:
            case "NUMERIC":
                conditions.append(scores.has_value([float(text) for text in params.value]))
            case "BOOLEAN":
                conditions.append(scores.has_value([float(text == "true") for text in params.value]))
            case _:
                conditions.append(scores.has_text(params.value))
    return conditions
