"""Statements on rows that belong to a project: the project is part of the statement from its start.

Outside `stores/meta`, a bare `select(Job)` on such a table is refused by tools/rules.py, so a predicate
cannot be forgotten; `across_projects` says in so many words that a statement is meant for all of them.
"""

from typing import TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Update, delete, select, update

from spyglass.stores.meta.tables import Table

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


def _owned_by(table: type[Table], project_id: str) -> ColumnElement[bool]:
    return table.__table__.c["project_id"] == project_id
