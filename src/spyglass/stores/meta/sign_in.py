"""Sessions of people as rows. A token is handed out once; here is only its hash. Whatever ends a session raises
`PEOPLE`, so that every process takes notice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.core.errors import NotFound
from spyglass.core.ids import new_secret
from spyglass.stores.meta.tables import OrganizationMembership, PasswordReset, User, UserSession
from spyglass.stores.meta.tables.revisions import PEOPLE, raise_revision

RESET_LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lives without being used, and at most."""

    idle: timedelta
    most: timedelta


@dataclass(frozen=True)
class Client:
    """The browser that signs in, as far as it says who it is."""

    address: str
    user_agent: str


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, user_id: str, client: Client, lifetimes: Lifetimes) -> tuple[str, str]:
    """(id, token) of a new session. Sessions that are over go, whoever's they are."""
    moment = now()
    over = or_(UserSession.expires_at <= moment, UserSession.last_used_at <= moment - lifetimes.idle)
    session.execute(delete(UserSession).where(over))
    token = new_secret("")
    row = UserSession(
        token_hash=hash_token(token),
        user_id=user_id,
        user_agent=client.user_agent,
        address=client.address,
        created_at=moment,
        last_used_at=moment,
        expires_at=moment + lifetimes.most,
    )
    session.add(row)
    session.flush()
    return row.id, token


def find_live_session(
    session: Session, token: str, lifetimes: Lifetimes, moment: datetime
) -> tuple[UserSession, User] | None:
    """The session of a token and its user; None for one that is unknown or over, and for a disabled user."""
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == hash_token(token), User.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    found, user = row
    if found.expires_at <= moment or found.last_used_at + lifetimes.idle <= moment:
        return None
    return found, user


def note_use(session: Session, session_id: str, moment: datetime) -> None:
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_used_at=moment))


def sessions_of(session: Session, user_id: str, lifetimes: Lifetimes) -> Sequence[UserSession]:
    """Those that are not over; the one that was used last comes first."""
    moment = now()
    statement = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.expires_at > moment,
        UserSession.last_used_at > moment - lifetimes.idle,
    )
    return session.scalars(statement.order_by(UserSession.last_used_at.desc(), UserSession.id)).all()


def end_session(session: Session, user_id: str, session_id: str) -> None:
    """Raises `NotFound` also for the session of another."""
    owned = (UserSession.id == session_id, UserSession.user_id == user_id)
    if session.scalar(select(UserSession.id).where(*owned)) is None:
        raise NotFound("Session not found")
    session.execute(delete(UserSession).where(*owned))
    raise_revision(session, PEOPLE)


def end_session_of_token(session: Session, token: str) -> None:
    session.execute(delete(UserSession).where(UserSession.token_hash == hash_token(token)))
    raise_revision(session, PEOPLE)


def end_sessions(session: Session, user_id: str, but: str = "") -> None:
    """Sign a user out everywhere, except for the session with the id `but`."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != but))
    raise_revision(session, PEOPLE)


def add_reset(session: Session, user_id: str) -> tuple[str, datetime]:
    """(token, when it ends) of a link for a new password. Earlier ones of the user stop working."""
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    token, moment = new_secret(""), now()
    ends = moment + RESET_LIFETIME
    session.add(
        PasswordReset(token_hash=hash_token(token), user_id=user_id, created_at=moment, expires_at=ends)
    )
    return token, ends


def drop_resets(session: Session, user_id: str, organization_id: str = "") -> None:
    """Links for a new password of a user, and of the members of an organization, stop working."""
    members = select(OrganizationMembership.user_id).where(
        OrganizationMembership.organization_id == organization_id
    )
    theirs = or_(PasswordReset.user_id == user_id, PasswordReset.user_id.in_(members))
    session.execute(delete(PasswordReset).where(theirs))


def take_reset(session: Session, token: str) -> User | None:
    """The user whose link this is, which is used up by it; None for one that is unknown or over."""
    row = session.scalars(
        select(PasswordReset).where(PasswordReset.token_hash == hash_token(token)).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    session.execute(delete(PasswordReset).where(PasswordReset.id == row.id))
    return session.get(User, row.user_id) if row.expires_at > now() else None
