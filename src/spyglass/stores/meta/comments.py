"""How many comments records have."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select

from spyglass.stores.meta.database import Meta
from spyglass.stores.meta.scope import scoped
from spyglass.stores.meta.tables import Comment

_MOST_AT_ONCE = 500  # ids in one look-up


def comment_counter(meta: Meta, project_id: str) -> Callable[..., Mapping[str, int]]:
    """Counts by the type of the record that comments are about; of `ids` alone where these are given."""

    def count(subject: str, ids: Sequence[str] | None = None) -> Mapping[str, int]:
        found: dict[str, int] = {}
        mine = scoped(Comment, project_id).where(Comment.object_type == subject)
        parts = (
            [None] if ids is None else [ids[i : i + _MOST_AT_ONCE] for i in range(0, len(ids), _MOST_AT_ONCE)]
        )
        with meta.read() as session:
            for part in parts:
                rows = (mine if part is None else mine.where(Comment.object_id.in_(part))).subquery()
                counted = select(rows.c.object_id, func.count()).group_by(rows.c.object_id)
                found |= {id_: number for id_, number in session.execute(counted)}
        return found

    return count
