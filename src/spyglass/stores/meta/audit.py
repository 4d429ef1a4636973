"""The audit log's one writer. A change and its entry are one transaction: there is none without the other. Entries
stay for good; an erasure takes the erased contents out of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from spyglass.stores.meta.tables import AuditLog


class ActorType(StrEnum):
    API_KEY = "API_KEY"
    USER = "USER"
    ADMIN_KEY = "ADMIN_KEY"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and where. `id` is of a key or a user; a role is what a user had then."""

    type: ActorType
    id: str
    role: str
    organization_id: str | None
    project_id: str | None


def record_change(
    session: Session,
    actor: Actor,
    action: str,
    resource: tuple[str, str],
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    """Add an entry within the caller's transaction.

    `resource`: (type, id), as in ("prompt", "7f..."); `action`: create, update, delete or a verb of its own.
    `before` and `after` are JSON of what people may read: never a secret, sealed or not.
    """
    session.add(
        AuditLog(
            organization_id=actor.organization_id,
            project_id=actor.project_id,
            actor_type=actor.type.value,
            actor_id=actor.id,
            actor_role=actor.role,
            resource_type=resource[0],
            resource_id=resource[1],
            action=action,
            before=before,
            after=after,
        )
    )


# Entries about these say who may do what; the others hold what users wrote.
_ADMINISTRATION = ("project", "apiKey", "projectMembership", "user")


def forget_project(session: Session, project_id: str) -> None:
    """Who did what to its contents is told further on, but not what they were."""
    _forget(session, project_id, AuditLog.resource_type.not_in(_ADMINISTRATION))


def forget_contents(session: Session, project_id: str, resource_type: str, ids: Sequence[str]) -> None:
    """The same for some resources."""
    _forget(session, project_id, AuditLog.resource_type == resource_type, AuditLog.resource_id.in_(ids))


def _forget(session: Session, project_id: str, *which: ColumnElement[bool]) -> None:
    statement = update(AuditLog).where(AuditLog.project_id == project_id, *which)
    session.execute(statement.values(before=None, after=None))
