"""From the text of a question to its answer, by way of the answers that are still true."""

from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from spyglass.api.errors import invalid_data
from spyglass.api.state import AppState
from spyglass.core.errors import Invalid
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.metrics.schemas import DailyParams, QuestionIn
from spyglass.query.metrics.ask import ask
from spyglass.query.metrics.buckets import read_zone
from spyglass.query.metrics.daily import Selection, read_days
from spyglass.query.metrics.question import DEFAULT_BINS, Asked, Question, read_question
from spyglass.query.metrics.vocabulary import MetricView
from spyglass.stores.analytics import Ticket

_encode = msgspec.json.encode


def answer(
    state: AppState, project_id: str, text: str, views: dict[str, MetricView], ticket: Ticket | None = None
) -> bytes:
    """JSON of the answer. Equal questions about unchanged data are answered from memory."""
    question = parse(text, views)
    answers = state.metric_answers
    watermark = state.stores.analytics.watermarks.of(project_id)
    key = (project_id, question.identity)
    held = answers.get(key, watermark)
    if held is None:
        held = _encode(ask(state.stores.analytics, project_id, question, ticket))
        answers.put(key, watermark, held)
    return held


def parse(text: str, views: dict[str, MetricView]) -> Question:
    """Raises `Invalid` with what is wrong and what is allowed."""
    given = _decode(text)
    config = given.config
    return read_question(
        Asked(
            view=given.view,
            dimensions=[(dimension.field, dimension.key) for dimension in given.dimensions],
            metrics=[(metric.measure, metric.aggregation) for metric in given.metrics],
            filters=given.filters,
            granularity=given.time_dimension.granularity if given.time_dimension else None,
            from_us=given.from_timestamp,
            to_us=given.to_timestamp,
            zone=read_zone(given.zone_name),
            order=[(order.field, order.direction == "desc") for order in given.order_by or ()],
            bins=config.bins if config else DEFAULT_BINS,
            limit=config.row_limit if config else None,
            trace_filter=given.trace_filter,
            row_filter=given.row_filter,
        ),
        views,
    )


def _decode(text: str) -> QuestionIn:
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise Invalid("Invalid JSON in query parameter") from None
    try:
        return QuestionIn.model_validate(raw)
    except ValidationError as error:
        raise invalid_data(RequestValidationError(error.errors())) from None


def list_daily(state: AppState, project_id: str, params: DailyParams) -> dict[str, Any]:
    selection = Selection(
        from_us=params.from_timestamp,
        to_us=params.to_timestamp,
        environments=params.environment or (),
        trace_name=params.trace_name,
        user_id=params.user_id,
        tags=params.tags or (),
    )
    offset = offset_of(params.page, params.limit)
    days, total = read_days(state.stores.analytics, project_id, selection, offset=offset, limit=params.limit)
    return {"data": days, "meta": page_meta(params.page, params.limit, total)}
