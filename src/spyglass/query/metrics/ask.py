"""Asks the store a question and gives the answer, with what the reader should know about it."""

from typing import Any

from spyglass.core.errors import QueryTooExpensive
from spyglass.query.metrics.answer import Row, render
from spyglass.query.metrics.buckets import cut
from spyglass.query.metrics.build import MOST_ROWS, Plan
from spyglass.query.metrics.question import Question
from spyglass.query.metrics.vocabulary import PERCENTILES, Aggregation
from spyglass.query.views import within
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.sql import all_of, name, sql, value

# Percentiles and distinct counts are exact up to so many rows in the time range.
EXACT_ROWS = 5_000_000

Answer = dict[str, Any]


def ask(
    analytics: Analytics,
    project_id: str,
    question: Question,
    ticket: Ticket | None = None,
    exact_rows: int = EXACT_ROWS,
) -> Answer:
    """`data`: the rows; `meta`: how exact they are, the granularity, and whether rows were left out. Raises
    `QueryTooExpensive` when it takes too long, too much memory or gives too many rows."""
    buckets = None
    if question.granularity is not None:
        buckets = cut(question.granularity, question.zone, question.from_us, question.to_us)
    exact = not question.wants_exactness or _is_at_most(exact_rows, analytics, project_id, question, ticket)
    plan = Plan(question, project_id, buckets, exact)
    rows = analytics.query(plan.sql(), ticket=ticket)
    truncated = len(rows) > plan.limit
    if truncated and question.limit is None:
        raise QueryTooExpensive(
            f"The answer has more than {MOST_ROWS} rows. Give config.row_limit, a filter, fewer dimensions or "
            "a coarser granularity."
        )
    return {"data": (data := render(plan, rows)), "meta": _meta(plan, truncated or _cut_short(plan, data))}


def _is_at_most(
    limit: int, analytics: Analytics, project_id: str, question: Question, ticket: Ticket | None
) -> bool:
    """Whether so many rows or fewer lie in the time range, replaced ones included. The keys are counted only where
    the whole table has more."""
    view = question.view.view
    stored = sql(
        "SELECT sum(rows) FROM system.parts WHERE database = currentDatabase() AND table = {} AND active",
        value("String", view.table),
    )
    if int(analytics.query(stored, ticket=ticket)[0][0]) <= limit:
        return True
    bounds = within(view, question.from_us, question.to_us)
    tenant = sql("project_id = {}", value("String", project_id))
    text = sql("SELECT count() FROM {} WHERE {}", name(view.table), all_of([tenant, *bounds]))
    return int(analytics.query(text, ticket=ticket)[0][0]) <= limit


def _cut_short(plan: Plan, data: list[Row]) -> bool:
    """Whether buckets without data were left out."""
    if plan.buckets is None or plan.question.order is not None or len(data) < plan.limit:
        return False
    return len(data) < len(plan.buckets.starts)


def _meta(plan: Plan, truncated: bool) -> dict[str, Any]:
    question = plan.question
    meta: dict[str, Any] = {"truncated": truncated}
    aggregations = {metric.aggregation for metric in question.metrics}
    word = "exact" if plan.exact else "approximate"
    if aggregations & PERCENTILES.keys():
        meta["percentiles"] = word
    if Aggregation.UNIQ in aggregations:
        meta["distinctCounts"] = word
    if question.granularity is not None:
        meta["granularity"] = question.granularity.value
        meta["timeZone"] = str(question.zone)
    return meta
