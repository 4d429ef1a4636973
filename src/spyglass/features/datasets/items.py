"""Items of datasets. Each change ends the present row and adds one, so every state can be read again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from spyglass.api.media_links import media_link
from spyglass.api.state import AppState
from spyglass.core.clock import from_us, iso_ms, now_us, to_us
from spyglass.core.errors import InvalidData, NotFound
from spyglass.core.ids import new_id
from spyglass.core.paging import page_meta
from spyglass.features.datasets.item_media import link_media
from spyglass.features.datasets.json_schemas import check_item, compile_stored
from spyglass.features.datasets.media_references import Reference, find_references
from spyglass.features.datasets.rendering import audited, content_of, render_item
from spyglass.features.datasets.schemas import DatasetItemIn, DatasetItemParams
from spyglass.stores.meta import delete_scoped, read_page, scoped
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.datasets import (
    dataset_names,
    find_dataset,
    find_item,
    last_row,
    lock_dataset,
    state_at,
)
from spyglass.stores.meta.tables import Dataset, DatasetItem, DatasetRunItem, Media, MediaLink, Project

_MILLISECOND = timedelta(milliseconds=1)
_UPLOADED = (200, 201)
# Field of the body -> column; keys of the body that are absent keep what is stored.
_COLUMNS = {
    "input": "input",
    "expected_output": "expected_output",
    "metadata": "extra",
    "source_trace_id": "source_trace_id",
    "source_observation_id": "source_observation_id",
}
_KEPT = (*_COLUMNS.values(), "status")


class Renderer:
    """Items as answers show them, with URLs of their media; `request` tells which address a client uses."""

    def __init__(self, state: AppState, request: Request, project_id: str) -> None:
        self._state = state
        self._request = request
        self._project_id = project_id

    def render(self, session: Session, rows: Sequence[DatasetItem]) -> list[dict[str, Any]]:
        names = dataset_names(session, self._project_id, (row.dataset_id for row in rows))
        found = [list(find_references(content_of(row))) for row in rows]
        media = self._find_media(session, {each.media_id for references in found for each in references})
        return [
            render_item(row, names[row.dataset_id], self._resolve(references, media))
            for row, references in zip(rows, found, strict=True)
        ]

    def _find_media(self, session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Media that were uploaded, by id; others cannot be shown."""
        statement = scoped(Media, self._project_id).where(
            Media.id.in_(sorted(ids)), Media.upload_status.in_(_UPLOADED)
        )
        return {row.id: self._render_media(row) for row in session.scalars(statement)} if ids else {}

    def _render_media(self, row: Media) -> dict[str, Any]:
        url, expiry = media_link(self._state, self._request, self._project_id, row.id)
        return {
            "mediaId": row.id,
            "contentType": row.content_type,
            "contentLength": row.content_length,
            "url": url,
            "urlExpiry": expiry,
        }

    def _resolve(
        self, references: Iterable[Reference], media: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        return [
            {
                "field": each.field,
                "referenceString": each.text,
                "jsonPath": each.path,
                "media": media[each.media_id],
            }
            for each in references
            if each.media_id in media
        ]


def upsert_item(
    state: AppState, request: Request, project_id: str, actor: Actor, body: DatasetItemIn
) -> dict[str, Any]:
    """Raises `NotFound` for an unknown dataset and for the id of an item of another one, `InvalidData` when the
    item breaks a schema of its dataset."""
    with state.stores.meta.begin() as session:
        dataset = find_dataset(session, project_id, body.dataset_name, lock=True)
        present = _find_present(session, project_id, dataset, body.id)
        row = _next_state(project_id, dataset.id, body, present)
        _check_schemas(dataset, row)
        if present is not None and not present.is_deleted and not _differs(present, row):
            row = present
        else:
            _replace(session, present, row)
            link_media(session, row)
            existed = present is not None and not present.is_deleted
            record_change(
                session,
                actor,
                "update" if existed else "create",
                ("datasetItem", row.id),
                before=_audited(present) if existed and present else None,
                after=_audited(row),
            )
        session.flush()
        return Renderer(state, request, project_id).render(session, [row])[0]


def list_items(
    state: AppState, request: Request, project_id: str, params: DatasetItemParams
) -> dict[str, Any]:
    """Of the whole project unless a dataset is named; archived ones are left out."""
    at = None if params.version is None else from_us(params.version)
    with state.stores.meta.read() as session:
        statement = scoped(DatasetItem, project_id).where(state_at(at), DatasetItem.status == "ACTIVE")
        if params.dataset_name is not None:
            dataset = find_dataset(session, project_id, params.dataset_name)
            statement = statement.where(DatasetItem.dataset_id == dataset.id)
        if params.source_trace_id is not None:
            statement = statement.where(DatasetItem.source_trace_id == params.source_trace_id)
        if params.source_observation_id is not None:
            statement = statement.where(DatasetItem.source_observation_id == params.source_observation_id)
        statement = statement.order_by(DatasetItem.created_at.desc(), DatasetItem.id)
        rows, total = read_page(session, statement, params.page, params.limit)
        data = Renderer(state, request, project_id).render(session, rows)
    return {"data": data, "meta": page_meta(params.page, params.limit, total)}


def read_item(state: AppState, request: Request, project_id: str, item_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        row = find_item(session, project_id, item_id)
        return Renderer(state, request, project_id).render(session, [row])[0]


def delete_item(state: AppState, project_id: str, actor: Actor, item_id: str) -> None:
    """With what runs link to it. Its former states stay readable by `version`."""
    with state.stores.meta.begin() as session:
        dataset = lock_dataset(session, project_id, find_item(session, project_id, item_id).dataset_id)
        present = last_row(session, project_id, item_id)
        if present is None or present.is_deleted:
            raise NotFound("Dataset item not found")
        moment = _moment_after(present)
        gone = DatasetItem(
            project_id=project_id,
            id=item_id,
            dataset_id=dataset.id,
            is_deleted=True,
            status=present.status,
            created_at=present.created_at,
            updated_at=moment,
            valid_from=moment,
        )
        _replace(session, present, gone)
        session.execute(delete_scoped(DatasetRunItem, project_id).where(DatasetRunItem.item_id == item_id))
        session.execute(delete_scoped(MediaLink, project_id).where(MediaLink.dataset_item_id == item_id))
        record_change(session, actor, "delete", ("datasetItem", item_id), before=_audited(present))


def _find_present(
    session: Session, project_id: str, dataset: Dataset, item_id: str | None
) -> DatasetItem | None:
    """The last row of the item to change, or None for a new one."""
    if item_id is None:
        return None
    found = last_row(session, project_id, item_id)
    if found is None or found.is_deleted:
        # An id is of one dataset only: who makes one waits for whoever makes the same in another.
        project = session.get(Project, project_id, with_for_update={"key_share": True})
        assert project is not None
        session.expire_all()
        found = last_row(session, project_id, item_id)
    if found is not None and not found.is_deleted and found.dataset_id != dataset.id:
        raise NotFound(f"The dataset item with id {item_id} was not found in the dataset {dataset.name}")
    return found


def _next_state(
    project_id: str, dataset_id: str, body: DatasetItemIn, present: DatasetItem | None
) -> DatasetItem:
    """The row as the body makes it, not stored yet."""
    alive = present if present is not None and not present.is_deleted else None
    values = {column: getattr(alive, column) for column in _KEPT} if alive else {"status": "ACTIVE"}
    values |= {
        column: getattr(body, name) for name, column in _COLUMNS.items() if name in body.model_fields_set
    }
    if body.status is not None:
        values["status"] = body.status
    moment = _moment_after(present)
    return DatasetItem(
        project_id=project_id,
        id=present.id if present else body.id or new_id(),
        dataset_id=dataset_id,
        is_deleted=False,
        valid_from=moment,
        created_at=alive.created_at if alive else moment,
        updated_at=moment,
        **values,
    )


def _moment_after(present: DatasetItem | None) -> datetime:
    """Now, later than every earlier change, and in whole milliseconds: what an answer shows as `updatedAt` is
    a version that has the change."""
    moment = from_us(now_us() // 1000 * 1000)
    return moment if present is None else max(moment, present.valid_from + _MILLISECOND)


def _replace(session: Session, present: DatasetItem | None, row: DatasetItem) -> None:
    if present is not None:
        present.valid_to = row.valid_from
        session.flush()
    session.add(row)


def _differs(present: DatasetItem, row: DatasetItem) -> bool:
    return any(repr(getattr(present, column)) != repr(getattr(row, column)) for column in _KEPT)


def _check_schemas(dataset: Dataset, row: DatasetItem) -> None:
    schemas = {"inputSchema": dataset.input_schema, "expectedOutputSchema": dataset.expected_output_schema}
    issues = check_item(compile_stored(schemas), content_of(row), [])
    if issues:
        raise InvalidData(issues, f"The item does not keep the schema of the dataset {dataset.name}")


def _audited(row: DatasetItem) -> dict[str, Any]:
    return audited(
        {
            "datasetId": row.dataset_id,
            "status": row.status,
            **content_of(row),
            "sourceTraceId": row.source_trace_id,
            "sourceObservationId": row.source_observation_id,
            "validFrom": iso_ms(to_us(row.valid_from)),
        }
    )
