"""Conditions on versions of prompts as SQL that means the same on SQLite and PostgreSQL."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, not_
from sqlalchemy.orm import InstrumentedAttribute

from spyglass.core.clock import from_us
from spyglass.core.filters import Condition
from spyglass.features.prompts.conditions import SEARCHES, pattern_of
from spyglass.stores.meta import scoped
from spyglass.stores.meta.prompts import count_labels
from spyglass.stores.meta.tables import Prompt, PromptVersion

_COLUMNS: dict[str, InstrumentedAttribute[Any]] = {
    "id": PromptVersion.id,
    "name": PromptVersion.name,
    "version": PromptVersion.version,
    "createdAt": PromptVersion.created_at,
    "updatedAt": PromptVersion.updated_at,
}
_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def compile_condition(project_id: str, condition: Condition) -> ColumnElement[bool]:
    """A condition for the WHERE of a statement on `PromptVersion`; none that needs a check."""
    match condition.column:
        case "type":  # all versions of a name have the same
            names = scoped(Prompt, project_id).where(_compare(Prompt.type, condition))
            return PromptVersion.name.in_(names.with_only_columns(Prompt.name).correlate(None))
        case "labels":
            return _compare_labels(project_id, condition)
        case column:
            return _compare(_COLUMNS[column], condition)


def _compare_labels(project_id: str, condition: Condition) -> ColumnElement[bool]:
    wanted = set(condition.value)
    found = count_labels(project_id, wanted)
    match condition.operator:
        case "any of":
            return found > 0
        case "all of":
            return found == len(wanted)
        case _:
            return found == 0


def _compare(column: InstrumentedAttribute[Any], condition: Condition) -> ColumnElement[bool]:
    value = condition.value
    if condition.operator in SEARCHES:
        like = column.ilike(pattern_of(condition), escape="\\")
        return not_(like) if condition.operator == "does not contain" else like
    match condition.operator:
        case "any of":
            return column.in_(value)
        case "none of":
            return column.not_in(value)
        case "is not empty":
            return column != ""
    return _COMPARE[condition.operator](column, from_us(value) if condition.type == "datetime" else value)
