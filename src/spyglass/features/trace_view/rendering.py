"""Small parts of the answers that several of them share."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.core.clock import iso_ms
from spyglass.core.records import Score, Trace
from spyglass.core.usage import cached_sum, input_sum, output_sum
from spyglass.stores.meta.tables import User


def render_tokens(usage: Mapping[str, int]) -> dict[str, int] | None:
    """Null where no tokens are known."""
    if not usage:
        return None
    return {
        "in": int(input_sum(usage)),
        "out": int(output_sum(usage)),
        "total": usage.get("total", 0),
        "cached": int(cached_sum(usage)),
    }


def level_of(trace: Trace) -> str:
    """The worst level of its observations."""
    if trace.error_count:
        return "ERROR"
    if trace.warning_count:
        return "WARNING"
    return "DEBUG" if trace.debug_count and not trace.default_count else "DEFAULT"


def render_scores(rows: Iterable[Score], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """`names`: of their authors, by id."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "value": row.value,
            "stringValue": (row.long_string_value if row.data_type == "CORRECTION" else row.string_value)
            or None,
            "dataType": row.data_type,
            "source": row.source,
            "comment": row.comment or None,
            "author": names.get(row.author_user_id),
            "authorUserId": row.author_user_id or None,
            "traceId": row.trace_id or None,
            "observationId": row.observation_id or None,
            "timestamp": iso_ms(row.timestamp),
            "configId": row.config_id or None,
            "executionTraceId": row.execution_trace_id or None,
        }
        for row in rows
    ]


def names_of(session: Session, rows: Iterable[Score]) -> dict[str, str]:
    """The names of those who gave the scores."""
    ids = {row.author_user_id for row in rows if row.author_user_id}
    if not ids:
        return {}
    found = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {id_: name or email for id_, name, email in found}
