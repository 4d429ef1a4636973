"""Asking for an erasure: the row that will be its proof, the job that will do it, and for a project the mark and the
end of its keys; all within the transaction of the caller.
"""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.stores.meta import delete_scoped
from spyglass.stores.meta.audit import Actor
from spyglass.stores.meta.tables import ApiKey, Erasure, Job, Project
from spyglass.stores.meta.tables.erasures import ErasureKind
from spyglass.stores.meta.tables.revisions import API_KEYS, PEOPLE, raise_revision

ERASE_JOB = "erase"


def fingerprint(user_id: str) -> str:
    """What stays of a user's id."""
    return hashlib.sha256(user_id.encode()).hexdigest()


def request_erasure(
    session: Session,
    kind: ErasureKind,
    actor: Actor,
    *,
    project_id: str | None = None,
    user_id: str | None = None,
) -> Erasure:
    """`actor` names the organization."""
    assert actor.organization_id is not None
    subject = fingerprint(user_id) if user_id is not None else project_id or actor.organization_id
    erasure = Erasure(
        kind=kind.value,
        organization_id=actor.organization_id,
        project_id=project_id,
        subject=subject,
        user_id=user_id,
        requested_by=actor.id or actor.type.value,
    )
    session.add(erasure)
    session.flush()
    set_to_work(session, erasure)
    return erasure


def set_to_work(session: Session, erasure: Erasure) -> None:
    """Record a job that does it, or goes on with it. It is no job of the project: those go with it."""
    job = Job(name=ERASE_JOB, arguments={"erasure_id": erasure.id}, run_after=now())
    session.add(job)
    session.flush()
    erasure.job_id = job.id


def delete_project(session: Session, project: Project, actor: Actor) -> Erasure:
    """From the end of the transaction on, no key of the project works, and its name is free."""
    project.deleted_at = now()
    session.execute(delete_scoped(ApiKey, project.id))
    raise_revision(session, API_KEYS)
    raise_revision(session, PEOPLE)
    return request_erasure(session, ErasureKind.PROJECT, actor, project_id=project.id)


def delete_projects(session: Session, organization_id: str, actor: Actor) -> list[str]:
    """The same for all projects of an organization; returns their ids."""
    statement = select(Project).where(
        Project.organization_id == organization_id, Project.deleted_at.is_(None)
    )
    projects = session.scalars(statement.order_by(Project.created_at, Project.id)).all()
    for project in projects:
        delete_project(session, project, actor)
    return [project.id for project in projects]
