"""Invitations into an organization, and at will with a role of its own in one project: by a link, or to an account
that answers when it is signed in. Accepted and withdrawn ones are removed; the audit log tells of them.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table


class Invitation(Table):
    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of what stands in the link
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    email: Mapped[str]  # lower case; only this address may accept
    # The account that was named instead of an address: it alone finds the invitation where it is signed in.
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]  # a `Role` in the organization
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    project_role: Mapped[str | None]  # a `Role` in that project
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
