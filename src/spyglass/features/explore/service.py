"""Lists, counts, histograms, facets and completions of the web UI. Each takes the ticket that ends its reads when the
client goes away.
"""

from typing import Any

from sqlalchemy import select

from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, monotonic_s, now_us
from spyglass.features.explore.asking import make_question, read_columns, read_field, read_sort, refuse
from spyglass.features.explore.schemas import (
    EntityName,
    FacetsIn,
    HistogramIn,
    QueryIn,
    ValuesIn,
    WhichIn,
)
from spyglass.ingest.steps import preview
from spyglass.query.counts import count_rows as count_of
from spyglass.query.counts import read_histogram as histogram_of
from spyglass.query.entities import ENTITIES
from spyglass.query.facets import read_facet, read_values
from spyglass.query.fields import Field, Place
from spyglass.query.metrics.buckets import read_zone
from spyglass.query.tree_questions import Question
from spyglass.query.ui_details import add_details
from spyglass.query.ui_lists import Sort, find_page
from spyglass.query.ui_rows import Wanted, read_rows
from spyglass.stores.analytics import Ticket
from spyglass.stores.meta import Meta
from spyglass.stores.meta.tables import User


def describe_fields() -> dict[str, Any]:
    return {name: [field.describe() for field in entity.fields.values()] for name, entity in ENTITIES.items()}


def list_rows(
    state: AppState, project_id: str, name: EntityName, body: QueryIn, ticket: Ticket
) -> dict[str, Any]:
    began_s, as_of = monotonic_s(), iso_ms(now_us())
    question = make_question(state, project_id, name, body, ticket)
    wanted = Wanted(read_columns(question.entity, body.columns), body.preview)
    sort = read_sort(question.entity, body.sort)
    rows, cursor = read_page(state, question, sort, wanted, body.cursor, body.limit)
    took_ms = round((monotonic_s() - began_s) * 1000)
    return {"rows": rows, "cursor": cursor, "asOf": as_of, "ms": took_ms}


def read_page(
    state: AppState, question: Question, sort: Sort, wanted: Wanted, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows with all that is shown of them, and the cursor to go on from."""
    places, following = find_page(question, sort, cursor, limit)
    rows = read_rows(question, places, wanted, preview)
    add_details(question, rows, places, wanted.columns)
    if question.entity.name == "scores" and "author" in wanted.columns:
        _name_authors(state.stores.meta, rows)
    return rows, following


def _name_authors(meta: Meta, rows: list[dict[str, Any]]) -> None:
    """The id stays what can be filtered by; `authorName` is for reading."""
    ids = {row["author"] for row in rows if row.get("author")}
    names: dict[str, str] = {}
    if ids:
        with meta.read() as session:
            names = {
                id_: name for id_, name in session.execute(select(User.id, User.name).where(User.id.in_(ids)))
            }
    for row in rows:
        row["authorName"] = names.get(row.get("author") or "")


def count_rows(
    state: AppState, project_id: str, name: EntityName, body: WhichIn, ticket: Ticket
) -> dict[str, Any]:
    count, exact = count_of(make_question(state, project_id, name, body, ticket))
    return {"count": count, "exact": exact}


def read_histogram(
    state: AppState, project_id: str, name: EntityName, body: HistogramIn, ticket: Ticket
) -> dict[str, Any]:
    zone = read_zone(body.time_zone)
    found = histogram_of(make_question(state, project_id, name, body, ticket), zone)
    buckets = [
        {"at": at_us // 1000, "ok": ok, "warning": warning, "error": error}
        for at_us, ok, warning, error in found.buckets
    ]
    return {"bucketMs": found.step_us // 1000, "from": iso_ms(found.from_us), "buckets": buckets}


def read_facets(
    state: AppState, project_id: str, name: EntityName, body: FacetsIn, ticket: Ticket
) -> dict[str, Any]:
    question = make_question(state, project_id, name, body, ticket)
    fields: list[Field] = []
    for index, each in enumerate(body.fields):
        fields.append(read_field(question.entity, each, f"fields[{index}]", facet=True))
    found: dict[str, Any] = {}
    estimated = False
    for field in fields:
        facet = read_facet(question, field, body.search.get(field.name, ""), body.limit)
        found[field.name] = facet.shown | ({"partial": True} if facet.partial else {})
        estimated = estimated or facet.partial
    return {"facets": found, "estimated": estimated}


def complete_values(
    state: AppState, project_id: str, name: EntityName, body: ValuesIn, ticket: Ticket
) -> dict[str, Any]:
    question = make_question(state, project_id, name, body, ticket)
    field = read_field(question.entity, body.field, "field", facet=False)
    if field.options and not body.key:
        shown = [each for each in field.options if body.prefix.lower() in each.lower()]
        if field.place is Place.HAS:
            return {"values": [{"value": each, "count": 0} for each in shown]}
    if not _has_values(field):
        refuse("field", f"{field.name} has no values to complete: it is of the type {field.type}")
    return {"values": read_values(question, field, body.key, body.prefix, body.limit)}


def _has_values(field: Field) -> bool:
    return field.type in ("string", "option", "array", "boolean", "map", "score")
