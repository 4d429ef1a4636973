"""Datasets as the first generation of the API shows them: with their items and the names of their runs."""

from typing import Any

from starlette.requests import Request

from spyglass.api.state import AppState
from spyglass.core.paging import page_meta
from spyglass.features.datasets.items import Renderer
from spyglass.features.datasets.rendering import render_dataset
from spyglass.features.datasets.runs import list_run_names
from spyglass.features.datasets.service import newest_first
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.datasets import find_dataset, state_at
from spyglass.stores.meta.tables import DatasetItem


def list_datasets(state: AppState, project_id: str, page: int, limit: int) -> dict[str, Any]:
    """With ids of items and names of runs."""
    with state.stores.meta.read() as session:
        rows, total = read_page(session, newest_first(project_id), page, limit)
        ids: dict[str, list[str]] = {row.id: [] for row in rows}
        statement = scoped(DatasetItem, project_id).where(
            DatasetItem.dataset_id.in_(sorted(ids)), state_at(None), DatasetItem.status == "ACTIVE"
        )
        order = statement.order_by(DatasetItem.created_at.desc(), DatasetItem.id)
        for dataset_id, id_ in session.execute(
            order.with_only_columns(DatasetItem.dataset_id, DatasetItem.id)
        ):
            ids[dataset_id].append(id_)
    names = list_run_names(state, project_id, rows)
    data = [{**render_dataset(row), "items": ids[row.id], "runs": names[row.id]} for row in rows]
    return {"data": data, "meta": page_meta(page, limit, total)}


def read_dataset(state: AppState, request: Request, project_id: str, name: str) -> dict[str, Any]:
    """With whole items and names of runs."""
    with state.stores.meta.read() as session:
        dataset = find_dataset(session, project_id, name)
        statement = scoped(DatasetItem, project_id).where(
            DatasetItem.dataset_id == dataset.id, state_at(None), DatasetItem.status == "ACTIVE"
        )
        rows = session.scalars(statement.order_by(DatasetItem.created_at.desc(), DatasetItem.id)).all()
        items = Renderer(state, request, project_id).render(session, rows)
    names = list_run_names(state, project_id, [dataset])
    return {**render_dataset(dataset), "items": items, "runs": names[dataset.id]}
