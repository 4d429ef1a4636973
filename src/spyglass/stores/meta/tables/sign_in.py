"""How people get in: sessions, links to choose a new password, accounts of identity providers, failed attempts.

Of a token only the SHA-256 is stored. It has 256 random bits, so nothing slower is needed, and who reads the
database cannot sign in with what is there.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table


class UserSession(Table):
    """One browser that is signed in. Ended sessions are removed."""

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str]
    address: Mapped[str]  # of the client at sign-in
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    last_used_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)  # whatever its use


class PasswordReset(Table):
    """A link with which a user chooses a new password, once. Used ones are removed."""

    __tablename__ = "password_resets"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class OidcIdentity(Table):
    """A user as an identity provider knows them: issuer and subject never change, an e-mail address may."""

    __tablename__ = "oidc_identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)


class SignInFailure(Table):
    """Failed attempts in a row on one account or from one address; gone after a success, or a day."""

    __tablename__ = "sign_in_failures"

    name: Mapped[str] = mapped_column(primary_key=True)  # a hash of the account or the address
    count: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(Instant, index=True)  # the last one
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)
