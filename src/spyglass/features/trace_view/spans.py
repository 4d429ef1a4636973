"""One observation with its texts, and pieces of texts that are too long for one answer."""

from typing import Any

import msgspec
from sqlalchemy import func, select

from spyglass.api.records import iso_or_none, render_cost, render_costs, seconds_between
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.errors import NotFound
from spyglass.core.jsontext import read_text, to_text
from spyglass.core.records import ESTIMATED, Observation
from spyglass.features.trace_view.heads import find_trace
from spyglass.features.trace_view.rendering import names_of, render_scores
from spyglass.features.trace_view.texts import Texts
from spyglass.query.bodies import resolve_texts
from spyglass.query.trace_marks import list_scores_of_traces
from spyglass.query.trace_tree import read_some
from spyglass.stores.analytics.tables import columns
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Comment

TEXT_CHARACTERS = 1 << 20
SLICE_CHARACTERS = 4 << 20

_HIDDEN = {"project_id", "merge_state", "version_seq", "is_deleted", "public_key"}
_SHOWN = tuple(name for name in columns("observations") if name not in _HIDDEN)


def read_span(
    state: AppState, project_id: str, trace_id: str, span_id: str, near_us: int | None
) -> dict[str, Any]:
    row = _find(state, project_id, trace_id, span_id, near_us, *_SHOWN)
    scores = [
        score
        for score in list_scores_of_traces(state.stores.analytics, project_id, [trace_id])
        if score.observation_id == span_id
    ]
    with state.stores.meta.read() as session:
        names = names_of(session, scores)
        about = scoped(Comment, project_id).where(
            Comment.object_type == "OBSERVATION", Comment.object_id == span_id
        )
        comments = session.scalar(select(func.count()).select_from(about.subquery()))
    texts = Texts(project_id, state.stores.blobs)
    return {**_render(row, texts), "scores": render_scores(scores, names), "comments": comments or 0}


def read_slice(
    state: AppState,
    project_id: str,
    trace_id: str,
    span_id: str | None,
    field: str,
    start: int,
    end: int,
) -> tuple[str, int]:
    """Characters of an `input`, an `output` or the `metadata` (as one JSON object) of an observation, or of the trace
    itself; and how many the whole text has. Raises `NotFound`."""
    row: Any
    if span_id is None:
        row = find_trace(state, project_id, trace_id, None, field)
    else:
        row = _find(state, project_id, trace_id, span_id, None, field)
    if field == "metadata":
        whole = to_text(
            {
                key: read_text(text)
                for key, text in resolve_texts(row.metadata, project_id, state.stores.blobs).items()
            }
        )
        return whole[start:end], len(whole)
    return Texts(project_id, state.stores.blobs).slice(getattr(row, field), start, end)


def _find(
    state: AppState, project_id: str, trace_id: str, span_id: str, near_us: int | None, *names: str
) -> Observation:
    trace = find_trace(state, project_id, trace_id, near_us)
    row = read_some(state.stores.analytics, trace, names, [span_id]).get(span_id)
    if row is None:
        raise NotFound(f"Observation {span_id} not found within trace {trace_id}")
    return row


def _render(row: Observation, texts: Texts) -> dict[str, Any]:
    metadata, cut = texts.metadata(row.metadata)
    return {
        "id": row.id,
        "traceId": row.trace_id,
        "parentId": row.parent_id or None,
        "type": row.type,
        "name": row.name or None,
        "level": row.level,
        "statusMessage": row.status_message or None,
        "startTime": iso_ms(row.start_time),
        "endTime": iso_or_none(row.end_time),
        "completionStartTime": iso_or_none(row.completion_start_time),
        "latency": seconds_between(row.start_time, row.end_time),
        "ttft": seconds_between(row.start_time, row.completion_start_time),
        "model": row.model or None,
        "modelId": row.model_id or None,
        "modelParameters": read_text(row.model_parameters) or None,
        "promptName": row.prompt_name or None,
        "promptVersion": row.prompt_version,
        "promptId": row.prompt_id or None,
        "usageDetails": row.usage,
        "costDetails": render_costs(row.cost),
        "usagePricingTier": row.pricing_tier or None,
        "estimated": row.usage_source == ESTIMATED,
        "totalCost": render_cost(row.total_cost),
        "input": texts.cut(row.input, TEXT_CHARACTERS),
        "output": texts.cut(row.output, TEXT_CHARACTERS),
        "metadata": metadata,
        "metadataTruncated": cut,
        "tools": [
            {"name": name, "definition": read_text(text)} for name, text in row.tool_definitions.items()
        ],
        "toolCalls": [read_text(text) for text in row.tool_calls],
        "toolCallNames": row.tool_call_names,
        "environment": row.environment,
        "version": row.version or None,
        "release": row.release or None,
        "user": row.user_id or None,
        "session": row.session_id or None,
        **_render_origin(row),
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
    }


def _render_origin(row: Observation) -> dict[str, Any]:
    """Who sent it, and where it came from in the sender's program."""
    names = ("service_name", "service_version", "scope_name", "scope_version", "sdk_language")
    values = msgspec.structs.asdict(row)
    return {
        "source": row.source,
        **{_camel(name): values[name] or None for name in names},
        "sdk": {"name": row.sdk_name, "version": row.sdk_version or None} if row.sdk_name else None,
        "experiment": row.experiment or None,
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
