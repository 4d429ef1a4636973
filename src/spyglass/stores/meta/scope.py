"""Statements on rows that belong to a project: the project is part of the statement from its start.

Outside `stores/meta`, a bare `select(Job)` on such a table is refused by tools/rules.py, so a predicate
cannot be forgotten; `across_projects` says in so many words that a statement is meant for all of them.
"""

from typing import TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Update, delete, select, update
from sqlalchemy.orm import Session

from spyglass.core.errors import NotFound
from spyglass.stores.meta.tables import Project, Table

Row = TypeVar("Row", bound=Table)


def scoped(table: type[Row], project_id: str) -> Select[Row]:
    """Select rows of one project."""
    return select(table).where(_owned_by(table, project_id))


def update_scoped(table: type[Table], project_id: str) -> Update:
    return update(table).where(_owned_by(table, project_id))


def delete_scoped(table: type[Table], project_id: str) -> Delete:
    return delete(table).where(_owned_by(table, project_id))


def across_projects(table: type[Row]) -> Select[Row]:
    """Select rows of every project: for workers and the operator, never for the answer to a request."""
    return select(table)


def find_project(session: Session, organization_id: str, project_id: str) -> Project:
    """A project of an organization. Raises `NotFound` also for one of another and for a deleted one."""
    # PostgreSQL refuses a NUL as a value.
    project = None if "\0" in project_id else session.get(Project, project_id)
    if project is None or project.organization_id != organization_id or project.deleted_at is not None:
        raise NotFound("Project not found")
    return project


def _owned_by(table: type[Table], project_id: str) -> ColumnElement[bool]:
    return table.__table__.c["project_id"] == project_id
