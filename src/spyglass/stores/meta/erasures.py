"""Erasures as rows, and all that the metadata store holds of a project or an organization, removed and counted
table by table.

Which tables those are follows from their columns `project_id` and `organization_id`: a table that is added later is
erased as well.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from spyglass.stores.meta.database import Meta
from spyglass.stores.meta.tables import Erasure, MediaLink, Organization, Project, Table
from spyglass.stores.meta.tables.erasures import ErasureKind

# The audit log tells who erased what, and the other is the proof.
_KEPT = {"audit_logs", "erasures"}
_PROJECTS = "projects"  # a project stays as a mark without content until its organization goes
_CHUNK = 1000


def tables_with(column: str) -> list[SqlTable]:
    """The tables whose rows go with a project (`project_id`) or an organization (`organization_id`), those that
    refer to others first."""
    return [
        table
        for table in reversed(Table.metadata.sorted_tables)
        if column in table.c and table.name not in _KEPT and table.name != _PROJECTS
    ]


def count_owned(session: Session, project_id: str) -> dict[str, int]:
    """table -> rows of the project, where there are any."""
    counts: dict[str, int] = {}
    for table in tables_with("project_id"):
        owned = select(func.count()).select_from(table).where(table.c.project_id == project_id)
        count = session.scalar(owned) or 0
        if count:
            counts[table.name] = count
    return counts


def remove_owned(meta: Meta, project_id: str) -> None:
    """Remove every row of the project, in transactions that are short whatever there is. May be repeated."""
    for table in tables_with("project_id"):
        while _remove_some(meta, table, table.c.project_id == project_id):
            pass


def _remove_some(meta: Meta, table: SqlTable, owned: ColumnElement[bool]) -> int:
    keys = list(table.primary_key.columns)
    with meta.begin() as session:
        found = session.execute(select(*keys).where(owned).limit(_CHUNK)).all()
        if found:
            session.execute(delete(table).where(tuple_(*keys).in_([tuple(key) for key in found])))
    return len(found)


def empty_project(session: Session, project_id: str) -> None:
    """Leave the mark of a deleted project: its id and when it was deleted."""
    project = session.get(Project, project_id)
    if project is not None:
        project.name, project.extra = "", {}
        project.retention_days = project.body_retention_days = None


def remove_organization(session: Session, organization_id: str) -> dict[str, int]:
    """Remove an organization whose projects hold nothing any more: members, keys, marks, itself."""
    counts: dict[str, int] = {}
    for table in [*tables_with("organization_id"), Table.metadata.tables[_PROJECTS]]:
        removed = session.execute(delete(table).where(table.c.organization_id == organization_id))
        counts[table.name] = int(getattr(removed, "rowcount", 0))
    session.execute(delete(Organization).where(Organization.id == organization_id))
    return {name: count for name, count in counts.items() if count}


def erased_projects(meta: Meta) -> list[str]:
    """The projects whose data is never written again."""
    with meta.read() as session:
        found = session.scalars(select(Erasure.project_id).where(Erasure.kind == ErasureKind.PROJECT)).all()
    return [project_id for project_id in found if project_id is not None]


def was_erased(session: Session, id_: str) -> bool:
    """Whether this id is of a project or an organization that was erased."""
    kinds = (ErasureKind.PROJECT, ErasureKind.ORGANIZATION)
    statement = select(Erasure.id).where(Erasure.subject == id_, Erasure.kind.in_(kinds))
    return session.scalar(statement.limit(1)) is not None


def select_erasures(organization_id: str | None, project_id: str | None) -> Select[Erasure]:
    """Newest first: of a project, else of an organization with its projects, else (for the administrator of the
    server) all."""
    statement = select(Erasure).order_by(Erasure.created_at.desc(), Erasure.id.desc())
    if project_id is not None:
        return statement.where(Erasure.project_id == project_id)
    if organization_id is not None:
        return statement.where(Erasure.organization_id == organization_id)
    return statement


def unfinished_projects(session: Session, organization_id: str) -> Sequence[Erasure]:
    return session.scalars(
        select(Erasure).where(
            Erasure.organization_id == organization_id,
            Erasure.kind == ErasureKind.PROJECT,
            Erasure.finished_at.is_(None),
        )
    ).all()


def linked_media(session: Session, project_id: str, media_ids: Sequence[str]) -> set[str]:
    """Those of the media that something still refers to."""
    statement = select(MediaLink.media_id).where(
        MediaLink.project_id == project_id, MediaLink.media_id.in_(media_ids)
    )
    return set(session.scalars(statement.distinct()))


def add_up(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}
