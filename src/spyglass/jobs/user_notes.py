"""What people and runs attached to the traces of a user, in the metadata store: comments, tasks of annotation queues,
items of dataset runs, links to media. Within the transaction of the caller.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from spyglass.jobs.user_records import chunks
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.audit import forget_contents
from spyglass.stores.meta.tables import (
    AnnotationQueueItem,
    Comment,
    DatasetItem,
    DatasetRunItem,
    MediaLink,
    Table,
)

TRACE, OBSERVATION, SESSION = "TRACE", "OBSERVATION", "SESSION"
_NOTES: tuple[type[Comment | AnnotationQueueItem], ...] = (Comment, AnnotationQueueItem)
_OF_TRACES: tuple[type[DatasetRunItem | MediaLink], ...] = (DatasetRunItem, MediaLink)
LISTED = 1000  # ids of what is kept; there may be more


def noted(session: Session, project_id: str, object_type: str) -> set[str]:
    """The ids of all objects of this type that have a comment or a task."""
    found: set[str] = set()
    for table in _NOTES:
        rows = session.scalars(scoped(table, project_id).where(table.object_type == object_type))
        found |= {row.object_id for row in rows}
    return found


def remove_notes(session: Session, project_id: str, object_type: str, ids: Sequence[str]) -> dict[str, int]:
    """With what the audit log kept of what they said."""
    counts: dict[str, int] = {}
    for table in _NOTES:
        for chunk in chunks(ids):
            statement = delete_scoped(table, project_id).where(
                table.object_type == object_type, table.object_id.in_(chunk)
            )
            removed = session.scalars(statement.returning(table.id)).all()
            _add(counts, table, len(removed))
            for some in chunks(removed if table is Comment else ()):
                forget_contents(session, project_id, "comment", some)
    return counts


def remove_links(
    session: Session, project_id: str, traces: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """Items of runs and links to media of these traces; also returns the media that were linked."""
    counts: dict[str, int] = {}
    media: set[str] = set()
    for chunk in chunks(traces):
        links = scoped(MediaLink, project_id).where(MediaLink.trace_id.in_(chunk))
        media |= {link.media_id for link in session.scalars(links)}
        for table in _OF_TRACES:
            statement = delete_scoped(table, project_id).where(table.trace_id.in_(chunk))
            _add(counts, table, _removed(session.execute(statement)))
    return counts, sorted(media)


def count_left(session: Session, project_id: str, traces: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for chunk in chunks(traces):
        for table in _OF_TRACES:
            linked = scoped(table, project_id).where(table.trace_id.in_(chunk))
            _add(counts, table, _count_rows(session, linked))
        for noting in _NOTES:
            about = scoped(noting, project_id).where(noting.object_type == TRACE, noting.object_id.in_(chunk))
            _add(counts, noting, _count_rows(session, about))
    return counts


def _count_rows(session: Session, statement: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def list_dataset_items(session: Session, project_id: str, traces: Sequence[str]) -> list[str]:
    """Items of datasets that were made from these traces."""
    found: set[str] = set()
    for chunk in chunks(traces):
        made = scoped(DatasetItem, project_id).where(DatasetItem.source_trace_id.in_(chunk))
        found |= {item.id for item in session.scalars(made)}
    return sorted(found)


def _add(counts: dict[str, int], table: type[Table], count: int) -> None:
    counts[table.__tablename__] = counts.get(table.__tablename__, 0) + count


def _removed(outcome: Any) -> int:
    return int(outcome.rowcount)
