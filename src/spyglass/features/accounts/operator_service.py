"""What the operator of the server does to accounts from the command line: the way in when nobody else is left."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.core.errors import NotFound
from spyglass.stores.meta import Meta
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.people import AUDITED, find_by_email, has_people, lock_people, organization_roles_of
from spyglass.stores.meta.setup_link import end_setup, setup_token
from spyglass.stores.meta.sign_in import add_reset, drop_resets, end_sessions
from spyglass.stores.meta.tables import User

_OPERATOR = Actor(ActorType.SYSTEM, "", "", None, None)


def list_users(meta: Meta) -> Sequence[User]:
    """Of all organizations, oldest first."""
    with meta.read() as session:
        return session.scalars(select(User).order_by(User.created_at, User.id)).all()


def make_setup_link(meta: Meta, secret: bytes, base: str) -> str:
    """The link with which the owner makes the first account: the same one each time, until it is used. `secret`: the
    session secret. Raises `NotFound` once there is anybody."""
    with meta.begin() as session:
        lock_people(session)
        if has_people(session):
            end_setup(session)
            raise NotFound(
                "There is no set-up link: this server has users, which `spyglass users list` shows"
            )
        token = setup_token(session, secret)
    return f"{base}/auth/setup?token={token}"


def make_reset_link(meta: Meta, base: str, email: str) -> str:
    """A link with which this person chooses a new password, once, within a day. Raises `NotFound`."""
    with meta.begin() as session:
        user = _find(session, email)
        token, _ = add_reset(session, user.id)
        record_change(session, _OPERATOR, "createResetLink", (AUDITED, user.id))
    return f"{base}/auth/reset-password?token={token}"


def disable_user(meta: Meta, email: str) -> None:
    """Ends the person's sessions; memberships and what they wrote stay. Raises `NotFound`."""
    with meta.begin() as session:
        user = _find(session, email)
        user.disabled_at = user.disabled_at or now()
        session.flush()
        end_sessions(session, user.id)
        for organization_id in organization_roles_of(session, user.id):
            drop_resets(session, user.id, organization_id)  # among them are those that this person made
        record_change(session, _OPERATOR, "disable", (AUDITED, user.id))


def enable_user(meta: Meta, email: str) -> None:
    """Lets the person sign in again. Raises `NotFound`."""
    with meta.begin() as session:
        user = _find(session, email)
        user.disabled_at = None
        record_change(session, _OPERATOR, "enable", (AUDITED, user.id))


def _find(session: Session, email: str) -> User:
    user = find_by_email(session, email.strip().lower())
    if user is None:
        raise NotFound(f"There is no user {email}")
    return user
