"""Alembic's entry: runs revisions on the connection, and in the transaction, that `migrate.py` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from spyglass.stores.meta.tables import Table
from spyglass.stores.meta.tables.columns import Instant, UserJson


def render_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Plain types in revisions: an old revision must not change when our column types do."""
    if kind == "type" and isinstance(item, Instant):
        return "INSTANT"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()" if item is UserJson else "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    compare_type=True,
    render_as_batch=True,
    render_item=render_type,
)
with context.begin_transaction():
    context.run_migrations()
