"""From a request to a question: the filter checked against the registry, the comments of the metadata store at hand."""

from collections.abc import Sequence
from typing import NoReturn

from spyglass.api.state import AppState
from spyglass.core.clock import MAX_US, MIN_US
from spyglass.core.errors import InvalidData
from spyglass.core.filter_tree import parse_tree
from spyglass.features.explore.schemas import EntityName, SortIn, WhichIn
from spyglass.query.entities import ENTITIES, Bounds, Entity
from spyglass.query.fields import Field
from spyglass.query.tree_questions import Question
from spyglass.query.ui_keys import split_key
from spyglass.query.ui_lists import Sort
from spyglass.query.ui_rows import columns_of, default_columns
from spyglass.stores.analytics import Ticket
from spyglass.stores.meta.comments import comment_counter


def make_question(
    state: AppState, project_id: str, name: EntityName, body: WhichIn, ticket: Ticket | None = None
) -> Question:
    """Raises `InvalidData` with the place of what is wrong in the filter."""
    entity = ENTITIES[name]
    declared = {each.name: each.declared for each in entity.fields.values() if each.filter}
    tree = parse_tree(body.filter, declared)
    if body.from_ is not None and body.to is not None and body.from_ > body.to:
        refuse("from", "must not be after `to`")
    bounds = Bounds(in_window(body.from_), in_window(body.to), tuple(body.environments))
    comments = comment_counter(state.stores.meta, project_id)
    return Question(state.stores.analytics, entity, project_id, bounds, tree, comments, ticket)


def in_window(at_us: int | None) -> int | None:
    """There are no rows beyond what the tables can hold, and there is no arithmetic with the year 1."""
    return None if at_us is None else min(max(at_us, MIN_US), MAX_US)


def read_sort(entity: Entity, body: SortIn | None) -> Sort:
    if body is None:
        return Sort(entity.fields[entity.default_sort], True)
    field = entity.fields.get(body.field)
    if field is None or not field.sort:
        allowed = ", ".join(each.name for each in entity.fields.values() if each.sort)
        refuse("sort.field", f"{entity.name} cannot be sorted by {body.field!r}: expected one of {allowed}")
    return Sort(field, body.descending)


def read_columns(entity: Entity, names: Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return tuple(default_columns(entity))
    known = columns_of(entity)
    for index, name in enumerate(names):
        if name not in known and split_key(entity.name, name) is None:
            refuse(f"columns[{index}]", f"unknown column {name!r}: expected one of {', '.join(known)}")
    return tuple(dict.fromkeys(names))


def read_field(entity: Entity, name: str, place: str, *, facet: bool) -> Field:
    field = entity.fields.get(name)
    if field is None or not field.filter or (facet and not field.facet):
        allowed = [each.name for each in entity.fields.values() if each.filter and (each.facet or not facet)]
        refuse(place, f"unknown field {name!r}: expected one of {', '.join(allowed)}")
    return field


def refuse(place: str, message: str) -> NoReturn:
    issue = {"code": "invalid_value", "path": [place], "message": message}
    raise InvalidData([issue], f"{place}: {message}")
