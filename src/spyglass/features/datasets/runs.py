"""Runs over datasets and what they did with each item. A run is a row that links of items made, an experiment that
spans tell of, or both under one id; each is shown once, and so is each (item, trace) of it.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote

from sqlalchemy.orm import Session

from spyglass.api.state import AppState
from spyglass.core.clock import to_us
from spyglass.core.errors import NotFound
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.datasets.rendering import Run, RunItem, read_run_item, render_run, render_run_item
from spyglass.query import experiments
from spyglass.query.experiments import Experiment, Window
from spyglass.stores.meta import scoped
from spyglass.stores.meta.datasets import deleted_items, deleted_runs, find_dataset, read_runs
from spyglass.stores.meta.tables import Dataset, DatasetRun, DatasetRunItem

_DAY_US = 24 * 3_600_000_000  # how far the clocks of clients may be behind ours


def list_runs(state: AppState, project_id: str, dataset_name: str, page: int, limit: int) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        dataset = find_dataset(session, project_id, dataset_name)
        statement = scoped(DatasetRun, project_id).where(
            DatasetRun.dataset_id == dataset.id, DatasetRun.is_deleted.is_(False)
        )
        columns = statement.with_only_columns(DatasetRun.id, DatasetRun.created_at)
        begun = {id_: to_us(at) for id_, at in session.execute(columns)}
    traced = {each.id: each for each in _list_traced(state, project_id, [dataset])}
    begun = {**{id_: each.start_us for id_, each in traced.items()}, **begun}
    order = sorted(begun, key=lambda id_: (-begun[id_], id_))
    offset = offset_of(page, limit)
    shown = order[offset : offset + limit]
    rows = _read_runs(state, project_id, dataset, shown, traced)
    data = [render_run(rows[id_], dataset) for id_ in shown if id_ in rows]
    return {"data": data, "meta": page_meta(page, limit, len(order))}


def read_run(state: AppState, project_id: str, dataset_name: str, run_name: str) -> dict[str, Any]:
    """With all of its items."""
    with state.stores.meta.read() as session:
        dataset = find_dataset(session, project_id, dataset_name)
    run = find_run(state, project_id, dataset, run_name)
    items = list_items_of_run(state, project_id, dataset, run.id)
    return {
        **render_run(run, dataset),
        "datasetRunItems": [render_run_item(item, run.id, run.name) for item in items],
    }


def list_run_items(
    state: AppState, project_id: str, dataset_id: str, run_name: str, page: int, limit: int
) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        dataset = session.scalars(scoped(Dataset, project_id).where(Dataset.id == dataset_id)).first()
    if dataset is None:
        raise NotFound("Dataset not found")
    run = find_run(state, project_id, dataset, run_name)
    items = list_items_of_run(state, project_id, dataset, run.id)
    offset = offset_of(page, limit)
    data = [render_run_item(item, run.id, run.name) for item in items[offset : offset + limit]]
    return {"data": data, "meta": page_meta(page, limit, len(items))}


def list_run_names(state: AppState, project_id: str, datasets: Sequence[Dataset]) -> dict[str, list[str]]:
    """Dataset id -> the names of its runs, each once, in order of the alphabet."""
    found: dict[str, set[str]] = {dataset.id: set() for dataset in datasets}
    if not datasets:
        return {}
    with state.stores.meta.read() as session:
        statement = scoped(DatasetRun, project_id).where(
            DatasetRun.dataset_id.in_(sorted(found)), DatasetRun.is_deleted.is_(False)
        )
        for dataset_id, name in session.execute(
            statement.with_only_columns(DatasetRun.dataset_id, DatasetRun.name)
        ):
            found[dataset_id].add(name)
    for each in _list_traced(state, project_id, datasets):
        found[each.dataset_id].add(each.name or each.id)
    return {dataset_id: sorted(names) for dataset_id, names in found.items()}


def find_run(state: AppState, project_id: str, dataset: Dataset, name: str) -> Run:
    """The run of a name: a recorded one, else the latest that only spans tell of. Raises `NotFound`."""
    names = list(dict.fromkeys((name, unquote(name))))  # older clients encode a name twice
    with state.stores.meta.read() as session:
        statement = scoped(DatasetRun, project_id).where(
            DatasetRun.dataset_id == dataset.id, DatasetRun.name.in_(names), DatasetRun.is_deleted.is_(False)
        )
        rows = {row.name: row for row in session.scalars(statement)}
    for text in names:
        if text in rows:
            return _recorded(rows[text])
    traced = [each for each in _list_traced(state, project_id, [dataset]) if (each.name or each.id) in names]
    if not traced:
        raise NotFound("Dataset run not found")
    latest = max(traced, key=lambda each: (each.end_us, each.id))
    return _read_runs(state, project_id, dataset, [latest.id], {latest.id: latest})[latest.id]


def list_items_of_run(state: AppState, project_id: str, dataset: Dataset, run_id: str) -> list[RunItem]:
    """Newest first. Items that were deleted are left out."""
    with state.stores.meta.read() as session:
        window = _window(session, project_id, [dataset])
        statement = scoped(DatasetRunItem, project_id).where(DatasetRunItem.run_id == run_id)
        items = [read_run_item(row) for row in session.scalars(statement)]
    known = {(item.item_id, item.trace_id) for item in items}
    traced = []
    for row in experiments.list_items(state.stores.analytics, project_id, window, [run_id]):
        key = (row.experiment["item_id"], row.trace_id)
        if key not in known and row.experiment.get("dataset_id") == dataset.id:
            known.add(key)
            traced.append(RunItem(row.id, key[0], row.trace_id, row.id, row.start_time, row.updated_at))
    if traced:
        with state.stores.meta.read() as session:
            gone = deleted_items(session, project_id, (item.item_id for item in traced))
        items += [item for item in traced if item.item_id not in gone]
    return sorted(items, key=lambda item: (-item.created_us, item.id))


def _list_traced(state: AppState, project_id: str, datasets: Sequence[Dataset]) -> list[Experiment]:
    """Experiments over these datasets that spans tell of, but for those that are recorded for another one."""
    ids = [dataset.id for dataset in datasets]
    with state.stores.meta.read() as session:
        window = _window(session, project_id, datasets)
    found = experiments.list_experiments(
        state.stores.analytics, project_id, window, [experiments.of_datasets(ids)]
    )
    with state.stores.meta.read() as session:
        recorded = read_runs(session, project_id, (each.id for each in found))
    return [
        each for each in found if each.id not in recorded or recorded[each.id].dataset_id == each.dataset_id
    ]


def _window(session: Session, project_id: str, datasets: Iterable[Dataset]) -> Window:
    """No experiment over a dataset began before the dataset did."""
    first_us = min(to_us(dataset.created_at) for dataset in datasets)
    return Window(max(first_us - _DAY_US, 0), None, deleted_runs(session, project_id))


def _read_runs(
    state: AppState, project_id: str, dataset: Dataset, ids: Sequence[str], traced: dict[str, Experiment]
) -> dict[str, Run]:
    with state.stores.meta.read() as session:
        window = _window(session, project_id, [dataset])
        found = {row.id: _recorded(row) for row in read_runs(session, project_id, ids).values()}
    others = [id_ for id_ in ids if id_ not in found and id_ in traced]
    details = experiments.read_details(state.stores.analytics, project_id, window, others)
    for id_ in others:
        if id_ in details:
            each, more = traced[id_], details[id_]
            found[id_] = Run(
                id_,
                each.name or id_,
                more.description or None,
                experiments.read_metadata(more.metadata),
                each.start_us,
                each.end_us,
            )
    return found


def _recorded(row: DatasetRun) -> Run:
    return Run(row.id, row.name, row.description, row.extra, to_us(row.created_at), to_us(row.updated_at))
