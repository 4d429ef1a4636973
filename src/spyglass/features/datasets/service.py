"""Datasets: create or change by name, list, read, delete. Their schemas are checked against all items."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from spyglass.api.state import AppState
from spyglass.core.clock import now
from spyglass.core.errors import Conflict, InvalidData
from spyglass.core.paging import page_meta
from spyglass.features.datasets.json_schemas import FIELDS, Checker, Issue, check_item, compile_schema
from spyglass.features.datasets.rendering import audited, content_of, render_dataset
from spyglass.features.datasets.schemas import DatasetIn
from spyglass.stores.meta import Meta, delete_scoped, read_page, scoped
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.datasets import find_dataset, state_at
from spyglass.stores.meta.tables import Dataset, DatasetItem, DatasetRun, DatasetRunItem, MediaLink

MAX_ITEM_ERRORS = 10
_BATCH = 500
# A transaction that wrote an item at an earlier instant may be committed that much later.
_LATE = timedelta(minutes=1)
_COLUMNS = {
    "description": "description",
    "metadata": "extra",
    "input_schema": "input_schema",
    "expected_output_schema": "expected_output_schema",
}
_SCHEMAS = {"inputSchema": "input_schema", "expectedOutputSchema": "expected_output_schema"}


def upsert_dataset(state: AppState, project_id: str, actor: Actor, body: DatasetIn) -> dict[str, Any]:
    """Raises `InvalidData` for a schema that is none, or that items of the dataset break."""
    values = {
        column: getattr(body, name) for name, column in _COLUMNS.items() if name in body.model_fields_set
    }
    checkers = {
        field: checker
        for field, name in FIELDS.items()
        if (checker := compile_schema(values.get(_SCHEMAS[name]), name)) is not None
    }
    meta = state.stores.meta
    started = now()
    if checkers:
        _check_items(meta, project_id, body.name, checkers)
    try:
        return _upsert(meta, project_id, actor, body.name, values, (checkers, started - _LATE))
    except Conflict:  # made at the same moment by somebody else; it is there now
        return _upsert(meta, project_id, actor, body.name, values, (checkers, started - _LATE))


def list_datasets(state: AppState, project_id: str, page: int, limit: int) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        rows, total = read_page(session, newest_first(project_id), page, limit)
        return {"data": [render_dataset(row) for row in rows], "meta": page_meta(page, limit, total)}


def read_dataset(state: AppState, project_id: str, name: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return render_dataset(find_dataset(session, project_id, name))


def delete_dataset(state: AppState, project_id: str, actor: Actor, name: str) -> None:
    """With its items in all versions, its runs and what they link; traces stay."""
    with state.stores.meta.begin() as session:
        dataset = find_dataset(session, project_id, name, lock=True)
        runs = scoped(DatasetRun, project_id).where(DatasetRun.dataset_id == dataset.id)
        run_ids = runs.with_only_columns(DatasetRun.id).scalar_subquery()
        session.execute(delete_scoped(DatasetRunItem, project_id).where(DatasetRunItem.run_id.in_(run_ids)))
        session.execute(delete_scoped(DatasetRun, project_id).where(DatasetRun.dataset_id == dataset.id))
        session.execute(delete_scoped(DatasetItem, project_id).where(DatasetItem.dataset_id == dataset.id))
        session.execute(delete_scoped(MediaLink, project_id).where(MediaLink.dataset_id == dataset.id))
        record_change(
            session, actor, "delete", ("dataset", dataset.id), before=audited(render_dataset(dataset))
        )
        session.execute(delete_scoped(Dataset, project_id).where(Dataset.id == dataset.id))


def newest_first(project_id: str) -> Select[Dataset]:
    return scoped(Dataset, project_id).order_by(Dataset.created_at.desc(), Dataset.id)


def _upsert(
    meta: Meta,
    project_id: str,
    actor: Actor,
    name: str,
    values: Mapping[str, Any],
    check: tuple[Mapping[str, Checker], datetime],
) -> dict[str, Any]:
    with meta.begin() as session:
        statement = scoped(Dataset, project_id).where(Dataset.name == name).with_for_update()
        row = session.scalars(statement).first()
        if row is None:
            row = Dataset(project_id=project_id, name=name, **values)
            session.add(row)
            session.flush()
            after = render_dataset(row)
            record_change(session, actor, "create", ("dataset", row.id), after=audited(after))
            return after
        checkers, since = check
        issues = _issues_of_items(session, project_id, row.id, checkers, since)
        if issues:
            raise InvalidData(issues, _broken(issues))
        before = render_dataset(row)
        for column, value in values.items():
            setattr(row, column, value)
        row.updated_at = now()
        session.flush()
        after = render_dataset(row)
        record_change(
            session, actor, "update", ("dataset", row.id), before=audited(before), after=audited(after)
        )
        return after


def _check_items(meta: Meta, project_id: str, name: str, checkers: Mapping[str, Checker]) -> None:
    """All current items, before the dataset is locked: what changes meanwhile is looked at under the lock."""
    with meta.read() as session:
        dataset = session.scalars(scoped(Dataset, project_id).where(Dataset.name == name)).first()
        issues = _issues_of_items(session, project_id, dataset.id, checkers, None) if dataset else []
    if issues:
        raise InvalidData(issues, _broken(issues))


def _issues_of_items(
    session: Session,
    project_id: str,
    dataset_id: str,
    checkers: Mapping[str, Checker],
    since: datetime | None,
) -> list[Issue]:
    """Of the first items that break a schema, in order of their ids; `since`: only those that changed then."""
    if not checkers:
        return []
    statement = scoped(DatasetItem, project_id).where(DatasetItem.dataset_id == dataset_id, state_at(None))
    if since is not None:
        statement = statement.where(DatasetItem.valid_from >= since)
    rows = session.scalars(statement.order_by(DatasetItem.id).execution_options(yield_per=_BATCH))
    issues: list[Issue] = []
    count = 0
    for row in rows:
        found = check_item(checkers, content_of(row), ["items", row.id])
        issues += found
        count += bool(found)
        if count == MAX_ITEM_ERRORS:
            break
    return issues


def _broken(issues: list[Issue]) -> str:
    count = len({issue["path"][1] for issue in issues})
    more = " or more" if count == MAX_ITEM_ERRORS else ""
    return f"The schema does not fit the items of the dataset: {count}{more} of them break it"
