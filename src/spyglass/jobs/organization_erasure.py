"""An organization: each of its projects by an erasure of its own, then members, keys and the organization itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.core.errors import Unavailable
from spyglass.jobs.erasure_requests import delete_projects
from spyglass.jobs.registry import JobContext
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.erasures import remove_organization, remove_owned, unfinished_projects
from spyglass.stores.meta.tables import Erasure, Organization, Project
from spyglass.stores.meta.tables.revisions import API_KEYS, raise_revision


def erase_organization(context: JobContext, erasure: Erasure) -> dict[str, int]:
    """Returns what is left. Raises `Unavailable` while a project is being erased, also one that was made
    meanwhile."""
    organization_id = erasure.organization_id
    meta = context.stores.meta
    actor = Actor(ActorType.SYSTEM, "", "", organization_id, None)
    with meta.begin() as session:
        delete_projects(session, organization_id, actor)
        waiting = len(unfinished_projects(session, organization_id))
        ids = session.scalars(select(Project.id).where(Project.organization_id == organization_id)).all()
    if waiting:
        raise Unavailable(f"{waiting} projects of the organization are still being erased")
    for project_id in ids:
        remove_owned(meta, project_id)
    with meta.begin() as session:
        session.get(Organization, organization_id, with_for_update=True)  # no project appears from now on
        made = delete_projects(session, organization_id, actor)
        if not made:
            _remove(session, erasure)
    if made:
        raise Unavailable(f"{len(made)} projects were made meanwhile and are being erased")
    with meta.read() as session:
        left = session.get(Organization, organization_id)
    return {"organizations": 0 if left is None else 1}


def _remove(session: Session, erasure: Erasure) -> None:
    counts = remove_organization(session, erasure.organization_id)
    raise_revision(session, API_KEYS)
    if counts:
        session.get_one(Erasure, erasure.id).counts = {**counts, "organizations": 1}
