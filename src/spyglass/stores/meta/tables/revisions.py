"""A number per kind of thing that grows with each change, so that caches notice (stores/meta/cache.py).

Whoever creates, revokes or moves API keys, or deletes a project, raises `API_KEYS` in the same transaction;
whoever changes prompts, models or score configs raises theirs; whoever ends a session, or changes who may see or do
what in which organization and project, raises `PEOPLE`.
"""

from sqlalchemy import update
from sqlalchemy.orm import Mapped, Session, mapped_column

from spyglass.stores.meta.tables.columns import Table

API_KEYS = "api_keys"
PROMPTS = "prompts"
MODELS = "models"
SCORE_CONFIGS = "score_configs"
PEOPLE = "people"

RAISED = "raised_revisions"  # in `session.info`: (name, project) -> number of what this transaction raised


class Revision(Table):
    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def raise_revision(session: Session, name: str, project_id: str = "") -> None:
    """The row of each name is made by a migration. `project_id`: within this process only that one's value
    is loaded again."""
    raised = update(Revision).where(Revision.name == name).values(number=Revision.number + 1)
    number = session.execute(raised.returning(Revision.number)).scalar_one()
    session.info.setdefault(RAISED, {})[name, project_id] = number
