"""Rows -> the published shapes of datasets, items, runs and run items."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import iso_ms, to_us
from spyglass.stores.meta.tables import Dataset, DatasetItem, DatasetRunItem

_AUDITED_CHARACTERS = 2000


@dataclass(frozen=True)
class Run:
    """A run, of either store; instants are microseconds."""

    id: str
    name: str
    description: str | None
    metadata: Any
    created_us: int
    updated_us: int


@dataclass(frozen=True)
class RunItem:
    id: str
    item_id: str
    trace_id: str
    observation_id: str | None
    created_us: int
    updated_us: int


def read_run_item(row: DatasetRunItem) -> RunItem:
    """A link of the metadata store."""
    return RunItem(
        row.id, row.item_id, row.trace_id, row.observation_id, to_us(row.created_at), to_us(row.updated_at)
    )


def render_dataset(row: Dataset) -> dict[str, Any]:
    return {
        "id": row.id,
        "projectId": row.project_id,
        "name": row.name,
        "description": row.description,
        "metadata": row.extra,
        "inputSchema": row.input_schema,
        "expectedOutputSchema": row.expected_output_schema,
        "createdAt": iso_ms(to_us(row.created_at)),
        "updatedAt": iso_ms(to_us(row.updated_at)),
    }


def content_of(row: DatasetItem) -> dict[str, Any]:
    return {"input": row.input, "expectedOutput": row.expected_output, "metadata": row.extra}


def render_item(row: DatasetItem, dataset_name: str, media: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "projectId": row.project_id,
        "status": row.status,
        **content_of(row),
        "sourceTraceId": row.source_trace_id,
        "sourceObservationId": row.source_observation_id,
        "datasetId": row.dataset_id,
        "datasetName": dataset_name,
        "createdAt": iso_ms(to_us(row.created_at)),
        "updatedAt": iso_ms(to_us(row.updated_at)),
        "mediaReferences": media,
    }


def render_run(run: Run, dataset: Dataset) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "description": run.description,
        "metadata": run.metadata,
        "datasetId": dataset.id,
        "datasetName": dataset.name,
        "createdAt": iso_ms(run.created_us),
        "updatedAt": iso_ms(run.updated_us),
    }


def render_run_item(item: RunItem, run_id: str, run_name: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "datasetRunId": run_id,
        "datasetRunName": run_name,
        "datasetItemId": item.item_id,
        "traceId": item.trace_id,
        "observationId": item.observation_id,
        "createdAt": iso_ms(item.created_us),
        "updatedAt": iso_ms(item.updated_us),
    }


def audited(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As the audit log keeps it: what is long is cut, and what its binary JSON cannot hold becomes JSON text."""
    return {key: _shorten(value) for key, value in facts.items()}


def _shorten(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    text = json.dumps(value)
    return value if len(text) <= _AUDITED_CHARACTERS and "\\u0000" not in text else text[:_AUDITED_CHARACTERS]
