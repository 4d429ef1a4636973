"""The items of an annotation queue: what is to be looked at, and what was."""

from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.core.errors import NotFound
from spyglass.core.paging import page_meta
from spyglass.features.annotation_queues.schemas import ItemChangeIn, ItemIn, ItemListParams
from spyglass.features.annotation_queues.service import find_queue
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import AnnotationQueueItem

_AUDITED = "annotationQueueItem"


def list_items(state: AppState, project_id: str, queue_id: str, params: ItemListParams) -> dict[str, Any]:
    statement = scoped(AnnotationQueueItem, project_id).where(AnnotationQueueItem.queue_id == queue_id)
    if params.status is not None:
        statement = statement.where(AnnotationQueueItem.status == params.status)
    newest_first = statement.order_by(AnnotationQueueItem.created_at.desc(), AnnotationQueueItem.id.desc())
    with state.stores.meta.read() as session:
        find_queue(session, project_id, queue_id)
        rows, total = read_page(session, newest_first, params.page, params.limit)
    return {"data": list(map(render_item, rows)), "meta": page_meta(params.page, params.limit, total)}


def add_item(state: AppState, caller: Caller, queue_id: str, body: ItemIn) -> dict[str, Any]:
    """The object may arrive later than its item, so it is not looked for."""
    status = body.status or "PENDING"
    with state.stores.meta.begin() as session:
        queue = find_queue(session, project_of(caller), queue_id)
        item = AnnotationQueueItem(
            project_id=queue.project_id,
            queue_id=queue.id,
            object_id=body.object_id,
            object_type=body.object_type,
            status=status,
            completed_at=now() if status == "COMPLETED" else None,
        )
        session.add(item)
        session.flush()
        record_change(session, actor_of(caller), "create", (_AUDITED, item.id), after=render_item(item))
        return render_item(item)


def read_item(state: AppState, project_id: str, queue_id: str, item_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return render_item(_find(session, project_id, queue_id, item_id))


def change_item(
    state: AppState, caller: Caller, queue_id: str, item_id: str, body: ItemChangeIn
) -> dict[str, Any]:
    """COMPLETED is stamped with the time; PENDING takes the stamp away."""
    with state.stores.meta.begin() as session:
        item = _find(session, project_of(caller), queue_id, item_id, lock=True)
        if body.status is not None:
            before = render_item(item)
            item.status = body.status
            item.completed_at = now() if body.status == "COMPLETED" else None
            session.flush()
            after = render_item(item)
            record_change(
                session, actor_of(caller), "update", (_AUDITED, item.id), before=before, after=after
            )
        return render_item(item)


def delete_item(state: AppState, caller: Caller, queue_id: str, item_id: str) -> dict[str, Any]:
    with state.stores.meta.begin() as session:
        item = _find(session, project_of(caller), queue_id, item_id, lock=True)
        session.delete(item)
        record_change(session, actor_of(caller), "delete", (_AUDITED, item.id), before=render_item(item))
    return {"success": True, "message": "Annotation queue item deleted successfully"}


def render_item(item: AnnotationQueueItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "queueId": item.queue_id,
        "objectId": item.object_id,
        "objectType": item.object_type,
        "status": item.status,
        "completedAt": iso_ms(to_us(item.completed_at)) if item.completed_at else None,
        "createdAt": iso_ms(to_us(item.created_at)),
        "updatedAt": iso_ms(to_us(item.updated_at)),
    }


def _find(
    session: Session, project_id: str, queue_id: str, item_id: str, *, lock: bool = False
) -> AnnotationQueueItem:
    find_queue(session, project_id, queue_id)
    statement = scoped(AnnotationQueueItem, project_id).where(
        AnnotationQueueItem.queue_id == queue_id, AnnotationQueueItem.id == item_id
    )
    item = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if item is None:
        raise NotFound("Annotation queue item not found")
    return item
