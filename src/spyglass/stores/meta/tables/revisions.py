"""A number per kind of thing that grows with each change, so that caches in other processes notice.

Whoever creates, revokes or moves API keys, or deletes a project, raises `API_KEYS` in the same transaction.
"""

from sqlalchemy import update
from sqlalchemy.orm import Mapped, Session, mapped_column

from spyglass.stores.meta.tables.columns import Table

API_KEYS = "api_keys"


class Revision(Table):
    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def raise_revision(session: Session, name: str) -> None:
    """The row of each name is made by a migration."""
    session.execute(update(Revision).where(Revision.name == name).values(number=Revision.number + 1))
