"""Changes of runs: linking an item to a trace, which makes the run, and deleting a run."""

from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.state import AppState
from spyglass.core.clock import from_us, now
from spyglass.core.errors import NotFound
from spyglass.core.ids import derived_id
from spyglass.features.datasets.rendering import Run, audited, read_run_item, render_run_item
from spyglass.features.datasets.runs import find_run
from spyglass.features.datasets.schemas import DatasetRunItemIn
from spyglass.query.experiments import find_trace_of
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.datasets import find_dataset, find_item, lock_dataset, run_id_of
from spyglass.stores.meta.tables import Dataset, DatasetRun, DatasetRunItem


def link_item(state: AppState, project_id: str, actor: Actor, body: DatasetRunItemIn) -> dict[str, Any]:
    """The run item; the same link again changes nothing. Raises `NotFound` for an unknown item, and for an
    observation that is unknown when no trace is named."""
    trace_id = body.trace_id
    if trace_id is None:
        assert body.observation_id is not None
        trace_id = find_trace_of(state.stores.analytics, project_id, body.observation_id)
        if trace_id is None:
            raise NotFound("Observation not found")
    version = None if body.dataset_version is None else from_us(body.dataset_version)
    with state.stores.meta.begin() as session:
        item = find_item(session, project_id, body.dataset_item_id, version)
        dataset = lock_dataset(session, project_id, item.dataset_id)
        run = _find_or_make_run(session, project_id, actor, dataset, body)
        id_ = derived_id("run item", project_id, run.id, item.id, trace_id, body.observation_id or "")
        row = session.get(DatasetRunItem, id_)
        if row is None:
            row = DatasetRunItem(
                id=id_,
                project_id=project_id,
                run_id=run.id,
                item_id=item.id,
                trace_id=trace_id,
                observation_id=body.observation_id,
                dataset_version=version,
            )
            if body.created_at is not None:
                row.created_at = from_us(body.created_at)
            session.add(row)
            session.flush()
        return render_run_item(
            read_run_item(row),
            run.id,
            run.name,
        )


def delete_run(state: AppState, project_id: str, actor: Actor, dataset_name: str, run_name: str) -> None:
    """With its links. Spans that tell of the run keep their traces and are no longer shown as a run."""
    with state.stores.meta.read() as session:
        dataset = find_dataset(session, project_id, dataset_name)
    run = find_run(state, project_id, dataset, run_name)
    with state.stores.meta.begin() as session:
        dataset = lock_dataset(session, project_id, dataset.id)
        statement = scoped(DatasetRun, project_id).where(DatasetRun.id == run.id)
        row = session.scalars(statement).first()
        if row is None:
            # Its name is free unless its id follows from it, as that of a run that links make does.
            follows = run.id == run_id_of(project_id, dataset.id, run.name)
            name = run.name if follows else f"deleted:{run.id}"
            row = DatasetRun(project_id=project_id, id=run.id, dataset_id=dataset.id, name=name)
            session.add(row)
        row.is_deleted = True
        row.deleted_at = now()
        row.description = None
        row.extra = None
        session.execute(delete_scoped(DatasetRunItem, project_id).where(DatasetRunItem.run_id == run.id))
        before = _audited(run, dataset.id)
        record_change(session, actor, "delete", ("datasetRun", run.id), before=before)


def _find_or_make_run(
    session: Session, project_id: str, actor: Actor, dataset: Dataset, body: DatasetRunItemIn
) -> DatasetRun:
    """The run of the name, with the description and metadata of the body where it has some."""
    id_ = run_id_of(project_id, dataset.id, body.run_name)
    row = session.scalars(scoped(DatasetRun, project_id).where(DatasetRun.id == id_)).first()
    before = None
    if row is None:
        row = DatasetRun(project_id=project_id, id=id_, dataset_id=dataset.id, name=body.run_name)
        row.created_at = now()
        session.add(row)
    elif row.is_deleted:
        row.is_deleted = False
        row.created_at = now()
    else:
        before = _audited(_run_of(row), dataset.id)
    if body.run_description is not None:
        row.description = body.run_description
    if body.metadata is not None:
        row.extra = body.metadata
    session.flush()
    after = _audited(_run_of(row), dataset.id)
    if before != after:
        action = "create" if before is None else "update"
        record_change(session, actor, action, ("datasetRun", id_), before=before, after=after)
    return row


def _run_of(row: DatasetRun) -> Run:
    return Run(row.id, row.name, row.description, row.extra, 0, 0)


def _audited(run: Run, dataset_id: str) -> dict[str, Any]:
    return audited(
        {
            "datasetId": dataset_id,
            "name": run.name,
            "description": run.description,
            "metadata": run.metadata,
        }
    )
