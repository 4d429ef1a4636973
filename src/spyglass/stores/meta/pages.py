"""One page of a statement's rows, and how many there are in all."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from spyglass.core.paging import offset_of
from spyglass.stores.meta.tables import Table

Row = TypeVar("Row", bound=Table)


def read_page(session: Session, statement: Select[Row], page: int, limit: int) -> tuple[Sequence[Row], int]:
    """`statement` selects rows of one table, in an order that no two rows share. Beyond the end: no rows."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    if offset_of(page, limit) >= total:
        return [], total
    return session.scalars(statement.limit(limit).offset(offset_of(page, limit))).all(), total
