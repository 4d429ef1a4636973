"""Annotation queues, and who is asked to work on them. Their items are in `items_service.py`."""

from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.paging import page_meta
from spyglass.core.permissions import Role
from spyglass.features.annotation_queues.schemas import QueueIn, QueueListParams
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.access import role_in_project
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import AnnotationQueue, AnnotationQueueAssignment, ScoreConfig

_QUEUE = "annotationQueue"
_ASSIGNMENT = "annotationQueueAssignment"


def create_queue(state: AppState, caller: Caller, body: QueueIn) -> dict[str, Any]:
    """Raises `Invalid` for a name that is taken (`Conflict` when it was taken this moment) and for score
    configs that are not the project's."""
    project_id = project_of(caller)
    config_ids = list(dict.fromkeys(body.score_config_ids))
    with state.stores.meta.begin() as session:
        if session.scalars(
            scoped(AnnotationQueue, project_id).where(AnnotationQueue.name == body.name)
        ).first():
            raise Invalid(f"name: the project has an annotation queue {body.name!r} already")
        configs = scoped(ScoreConfig, project_id).where(ScoreConfig.id.in_(config_ids))
        missing = set(config_ids) - {config.id for config in session.scalars(configs)}
        if missing:
            raise Invalid(f"scoreConfigIds: the project has no score config {min(missing)!r}")
        queue = AnnotationQueue(
            project_id=project_id,
            name=body.name,
            description=body.description,
            score_config_ids=config_ids,
        )
        session.add(queue)
        session.flush()
        record_change(session, actor_of(caller), "create", (_QUEUE, queue.id), after=render_queue(queue))
        return render_queue(queue)


def list_queues(state: AppState, project_id: str, params: QueueListParams) -> dict[str, Any]:
    newest_first = scoped(AnnotationQueue, project_id).order_by(
        AnnotationQueue.created_at.desc(), AnnotationQueue.id.desc()
    )
    with state.stores.meta.read() as session:
        rows, total = read_page(session, newest_first, params.page, params.limit)
    return {"data": list(map(render_queue, rows)), "meta": page_meta(params.page, params.limit, total)}


def read_queue(state: AppState, project_id: str, queue_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return render_queue(find_queue(session, project_id, queue_id))


def assign(state: AppState, caller: Caller, queue_id: str, user_id: str) -> dict[str, Any]:
    """Ask a user to work on a queue; asking again changes nothing. Raises `NotFound` for a user without
    access to the project."""
    project_id = project_of(caller)
    key = {"project_id": project_id, "queue_id": queue_id, "user_id": user_id}
    answer = {"userId": user_id, "queueId": queue_id, "projectId": project_id}
    with state.stores.meta.begin() as session:
        find_queue(session, project_id, queue_id, lock=True)
        if role_in_project(session, caller.organization_id, project_id, user_id) is Role.NONE:
            raise NotFound("User not found or not authorized for this project")
        if session.get(AnnotationQueueAssignment, key) is None:
            session.add(AnnotationQueueAssignment(**key))
            record_change(session, actor_of(caller), "create", (_ASSIGNMENT, queue_id), after=answer)
    return answer


def unassign(state: AppState, caller: Caller, queue_id: str, user_id: str) -> dict[str, Any]:
    """Whoever is not assigned stays so, and that is a success."""
    project_id = project_of(caller)
    with state.stores.meta.begin() as session:
        find_queue(session, project_id, queue_id, lock=True)
        key = {"project_id": project_id, "queue_id": queue_id, "user_id": user_id}
        assignment = session.get(AnnotationQueueAssignment, key)
        if assignment is not None:
            session.delete(assignment)
            before = {"userId": user_id, "queueId": queue_id, "projectId": project_id}
            record_change(session, actor_of(caller), "delete", (_ASSIGNMENT, queue_id), before=before)
    return {"success": True}


def find_queue(session: Session, project_id: str, queue_id: str, *, lock: bool = False) -> AnnotationQueue:
    """`lock`: whoever else changes what belongs to the queue waits."""
    statement = scoped(AnnotationQueue, project_id).where(AnnotationQueue.id == queue_id)
    queue = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if queue is None:
        raise NotFound("Annotation queue not found")
    return queue


def render_queue(queue: AnnotationQueue) -> dict[str, Any]:
    return {
        "id": queue.id,
        "name": queue.name,
        "description": queue.description,
        "scoreConfigIds": queue.score_config_ids,
        "createdAt": iso_ms(to_us(queue.created_at)),
        "updatedAt": iso_ms(to_us(queue.updated_at)),
    }
