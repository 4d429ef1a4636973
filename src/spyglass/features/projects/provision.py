"""What exists after the first start: an organization, a project and its keys.

Either what the operator names (`LANGFUSE_INIT_*`; rows that exist are never changed, so it may stay set), or,
on an empty store, a set with generated secrets that is shown once. An account is made only where the operator
says whose: otherwise a link is printed with which the owner makes it (`stores/meta/setup_link.py`).
"""

import logging
from dataclasses import dataclass, fields

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spyglass.core.errors import Misconfigured
from spyglass.core.keys import secret_matches
from spyglass.core.options import option
from spyglass.core.permissions import Role
from spyglass.features.projects.schemas import MIN_RETENTION_DAYS
from spyglass.features.projects.service import SYSTEM
from spyglass.stores.meta import Meta
from spyglass.stores.meta.erasures import was_erased
from spyglass.stores.meta.keys import KeyPair, add_key, check_pepper, end_key, new_pair, owner_of
from spyglass.stores.meta.memberships import give_role
from spyglass.stores.meta.people import add_user
from spyglass.stores.meta.tables import ApiKey, Organization, Project, User
from spyglass.stores.passwords import hash_password

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Config:
    """What to create at start, unless it exists. Without `org_id` the others are ignored."""

    org_id: str = option("", "Id of the organization to create")
    org_name: str = option("Provisioned Org", "Its name")
    project_id: str = option("", "Id of the project to create in it")
    project_name: str = option("Provisioned Project", "Its name")
    project_retention: int = option(
        0, "Days after which its data is deleted, at least 3; 0 keeps it for ever", low=0
    )
    project_public_key: str = option("", "Public key of the project; needs the secret key too")
    project_secret_key: str = option("", "Secret key of the project", secret=True)
    user_email: str = option("", "E-mail address of an owner to create; needs the password too")
    user_name: str = option("Provisioned User", "Name of that owner")
    user_password: str = option("", "Password of that owner", secret=True)

    def __post_init__(self) -> None:
        if 0 < self.project_retention < MIN_RETENTION_DAYS:
            raise Misconfigured(
                f"LANGFUSE_INIT_PROJECT_RETENTION must be 0 or at least {MIN_RETENTION_DAYS} days, "
                f"not {self.project_retention}"
            )


@dataclass(frozen=True, repr=False)
class FirstStart:
    """What was generated; shown once, it cannot be read again."""

    public_key: str
    secret_key: str
    project_id: str


@dataclass(frozen=True)
class Provisioned:
    """The outcome of `provision`; `first` on the very first start only."""

    first: FirstStart | None = None

    def lines(self, url: str) -> list[str]:
        """What to tell the operator once, empty when nothing was generated."""
        if self.first is None:
            return []
        first = self.first
        return [
            "",
            "First start. The keys are shown only now; keep them:",
            f"  address      {url}",
            f"  public key   {first.public_key}",
            f"  secret key   {first.secret_key}",
            "",
            "Point your SDK here:",
            f"  LANGFUSE_HOST={url}",
            f"  LANGFUSE_PUBLIC_KEY={first.public_key}",
            f"  LANGFUSE_SECRET_KEY={first.secret_key}",
            "",
        ]


def provision(meta: Meta, pepper: bytes, config: Config) -> Provisioned:
    """Create what is asked for, unless it exists; on an empty store without a wish, a first set."""
    with meta.begin() as session:
        check_pepper(session, pepper)
    if config.org_id:
        with meta.begin() as session:
            _provision_named(session, pepper, config)
        return Provisioned()
    ignored = [f.name for f in fields(config) if getattr(config, f.name) != f.default]
    if ignored:
        names = ", ".join(f"LANGFUSE_INIT_{name.upper()}" for name in ignored)
        log.warning("LANGFUSE_INIT_ORG_ID is not set, so these are ignored: %s", names)
    return Provisioned(_provision_first(meta, pepper))


def _provision_first(meta: Meta, pepper: bytes) -> FirstStart | None:
    with meta.read() as session:
        if not _is_empty(session):
            return None
    pair = new_pair()
    with meta.begin() as session:
        if not _is_empty(session):  # another process was quicker
            return None
        organization = Organization(name="My organization")
        session.add(organization)
        session.flush()
        project = Project(name="My project", organization_id=organization.id)
        session.add(project)
        session.flush()
        add_key(session, pepper, owner_of(project), pair, SYSTEM, note="Made at first start")
        project_id = project.id
    return FirstStart(pair.public, pair.secret, project_id)


def _is_empty(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(Organization)) == 0


def _provision_named(session: Session, pepper: bytes, config: Config) -> None:
    if was_erased(session, config.org_id):
        log.warning("The organization %s of LANGFUSE_INIT_ORG_ID was erased; it stays so", config.org_id)
        return
    if session.get(Organization, config.org_id) is None:
        session.add(Organization(id=config.org_id, name=config.org_name))
        session.flush()
    project = _provision_project(session, config) if config.project_id else None
    _provision_key(session, pepper, config, project)
    _provision_user(session, config)


def _provision_project(session: Session, config: Config) -> Project | None:
    project = session.get(Project, config.project_id)
    if project is None and was_erased(session, config.project_id):
        log.warning("The project %s of LANGFUSE_INIT_PROJECT_ID was erased; it stays so", config.project_id)
        return None
    if project is not None:
        if project.deleted_at is not None:
            log.warning("The project %s of LANGFUSE_INIT_PROJECT_ID was deleted; it stays so", project.id)
            return None
        return project
    taken = select(Project.id).where(
        Project.organization_id == config.org_id,
        Project.name == config.project_name,
        Project.deleted_at.is_(None),
    )
    other = session.scalar(taken)
    if other is not None:
        raise Misconfigured(
            f"LANGFUSE_INIT_PROJECT_NAME {config.project_name!r} is the name of the project {other} "
            f"in the organization {config.org_id}. Choose another name or that project's id."
        )
    project = Project(
        id=config.project_id,
        organization_id=config.org_id,
        name=config.project_name,
        retention_days=config.project_retention or None,
    )
    session.add(project)
    session.flush()
    return project


def _provision_key(session: Session, pepper: bytes, config: Config, project: Project | None) -> None:
    pair = KeyPair(config.project_public_key, config.project_secret_key)
    if not pair.public and not pair.secret:
        return
    if project is None or not pair.public or not pair.secret:
        log.warning(
            "No key is made: LANGFUSE_INIT_PROJECT_PUBLIC_KEY, _SECRET_KEY and _PROJECT_ID work only together"
        )
        return
    existing = session.scalars(select(ApiKey).where(ApiKey.public_key == pair.public)).one_or_none()
    if existing is not None and existing.project_id == project.id:
        if not secret_matches(pepper, pair.secret, existing.secret_hash):
            log.warning(
                "The key %s exists with another secret than LANGFUSE_INIT_PROJECT_SECRET_KEY and is left so. "
                "Revoke it first to replace it: spyglass keys revoke %s",
                pair.public,
                pair.public,
            )
        return
    if existing is not None:
        log.warning("The key %s moves from project %s to %s", pair.public, existing.project_id, project.id)
        end_key(session, existing, SYSTEM)
    add_key(session, pepper, owner_of(project), pair, SYSTEM, note="Provisioned API Key")


def _provision_user(session: Session, config: Config) -> None:
    email = config.user_email.strip().lower()
    if not email and not config.user_password:
        return
    if not email or not config.user_password:
        log.warning("No user is made: LANGFUSE_INIT_USER_EMAIL and _USER_PASSWORD work only together")
        return
    user = session.scalars(select(User).where(User.email == email)).one_or_none()
    if user is None:
        user = add_user(session, email, config.user_name, hash_password(config.user_password), SYSTEM)
    give_role(session, SYSTEM, Role.OWNER, config.org_id, user.id, Role.OWNER)
