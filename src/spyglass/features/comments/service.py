"""Comments: create, list, read, delete. A comment needs something to stand under; that may go later."""

from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Forbidden, NotFound
from spyglass.core.paging import page_meta
from spyglass.features.comments.schemas import CommentIn, CommentListParams
from spyglass.query.presence import has_observation, has_session, has_trace
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.memberships import find_member
from spyglass.stores.meta.tables import Comment, PromptVersion

_AUDITED = "comment"
_RECORDS = {"TRACE": has_trace, "OBSERVATION": has_observation, "SESSION": has_session}


def create_comment(state: AppState, caller: Caller, body: CommentIn) -> dict[str, Any]:
    """A person who is signed in is the author, whatever the body says. Raises `NotFound` when the object is not in the
    project, or the author not in the organization."""
    project_id = project_of(caller)
    has = _RECORDS.get(body.object_type)
    if has is not None and not has(state.stores.analytics, project_id, body.object_id):
        raise _missing(body)
    with state.stores.meta.begin() as session:
        if has is None and not _has_prompt(session, project_id, body.object_id):
            raise _missing(body)
        if not caller.user_id and body.author_user_id is not None:
            find_member(session, caller.organization_id, body.author_user_id)
        comment = Comment(
            project_id=project_id,
            object_type=body.object_type,
            object_id=body.object_id,
            content=body.content,
            author_user_id=caller.user_id or body.author_user_id,
        )
        session.add(comment)
        session.flush()
        record_change(session, actor_of(caller), "create", (_AUDITED, comment.id), after=render(comment))
        return {"id": comment.id}


def list_comments(state: AppState, project_id: str, params: CommentListParams) -> dict[str, Any]:
    statement = scoped(Comment, project_id).order_by(Comment.created_at.desc(), Comment.id.desc())
    if params.object_type is not None:
        statement = statement.where(Comment.object_type == params.object_type)
    if params.object_id is not None:
        statement = statement.where(Comment.object_id == params.object_id)
    if params.author_user_id is not None:
        statement = statement.where(Comment.author_user_id == params.author_user_id)
    with state.stores.meta.read() as session:
        rows, total = read_page(session, statement, params.page, params.limit)
    return {"data": list(map(render, rows)), "meta": page_meta(params.page, params.limit, total)}


def read_comment(state: AppState, project_id: str, comment_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        comment = session.scalars(scoped(Comment, project_id).where(Comment.id == comment_id)).one_or_none()
    if comment is None:
        raise NotFound("Comment not found within authorized project")
    return render(comment)


def delete_comment(state: AppState, caller: Caller, comment_id: str) -> None:
    """A person deletes what they wrote themselves, a key of the project any. Raises `NotFound` and `Forbidden`."""
    with state.stores.meta.begin() as session:
        found = session.scalars(scoped(Comment, project_of(caller)).where(Comment.id == comment_id))
        comment = found.one_or_none()
        if comment is None:
            raise NotFound("Comment not found within authorized project")
        if caller.user_id and comment.author_user_id != caller.user_id:
            raise Forbidden("Only its author may delete a comment")
        record_change(session, actor_of(caller), "delete", (_AUDITED, comment.id), before=render(comment))
        session.delete(comment)


def render(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "projectId": comment.project_id,
        "createdAt": iso_ms(to_us(comment.created_at)),
        "updatedAt": iso_ms(to_us(comment.updated_at)),
        "objectType": comment.object_type,
        "objectId": comment.object_id,
        "content": comment.content,
        "authorUserId": comment.author_user_id,
    }


def _missing(body: CommentIn) -> NotFound:
    return NotFound(f"{body.object_type.capitalize()} {body.object_id} not found within authorized project")


def _has_prompt(session: Session, project_id: str, prompt_id: str) -> bool:
    """The id of a prompt is that of one of its versions."""
    versions = scoped(PromptVersion, project_id).where(PromptVersion.id == prompt_id)
    return session.scalars(versions).first() is not None
