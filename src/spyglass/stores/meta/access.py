"""What role a user has in a project: that of the organization, unless the project gives another."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.core.permissions import Role
from spyglass.stores.meta.tables import OrganizationMembership, ProjectMembership, User


def role_in_project(session: Session, organization_id: str, project_id: str, user_id: str) -> Role:
    """`Role.NONE` for whoever is no member of the organization, or may not sign in."""
    in_organization = select(OrganizationMembership.role).where(
        OrganizationMembership.organization_id == organization_id,
        OrganizationMembership.user_id == user_id,
    )
    general = session.scalar(in_organization.join(User).where(User.disabled_at.is_(None)))
    if general is None:
        return Role.NONE
    own = session.get(ProjectMembership, (project_id, user_id))
    return Role(general if own is None else own.role)
