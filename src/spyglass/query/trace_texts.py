"""A search in the inputs and outputs of one trace. No index is needed: the key tells where its observations lie."""

from spyglass.core.jsontext import to_text
from spyglass.core.records import Trace
from spyglass.core.references import MARKER
from spyglass.query.observations import within_trace
from spyglass.query.views import OBSERVATIONS, build_select
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.sql import Sql, join, sql, value

MOST_FOUND = 1_000


def list_holding(analytics: Analytics, trace: Trace, text: str, *, ticket: Ticket | None = None) -> list[str]:
    """The ids of the first observations that hold `text`, in order of time; one more than `MOST_FOUND` at most. Upper
    and lower case are alike. Of a text that lies in the blob store the beginning is looked at."""
    # Most texts are stored as JSON, where a quotation mark or a line break is written in another way.
    forms = sorted({text, to_text([text])[2:-2]})
    holds = [
        sql("positionCaseInsensitiveUTF8({}, {}) > 0", _shown(column), value("String", form))
        for column in ("input", "output")
        for form in forms
    ]
    where = [*within_trace(trace), sql("({})", join(" OR ", holds))]
    tail = sql("ORDER BY start_time, end_time, id LIMIT {}", value("UInt64", MOST_FOUND + 1))
    question = build_select(OBSERVATIONS, trace.project_id, "id", where, tail)
    return [str(row[0]) for row in analytics.query(question, ticket=ticket)]


def _shown(column: str) -> Sql:
    """Without the reference to the blob store, which nobody has written."""
    marker = value("String", MARKER)
    text = f"if(startsWith({column}, {{}}), substring({column}, position({column}, '@@@', 17) + 3), {column})"
    return sql(text, marker)


def count_offloaded(analytics: Analytics, trace: Trace, *, ticket: Ticket | None = None) -> int:
    """Observations whose input or output lies in the blob store."""
    lies = [sql(f"startsWith({column}, {{}})", value("String", MARKER)) for column in ("input", "output")]
    where = [*within_trace(trace), sql("({})", join(" OR ", lies))]
    question = build_select(OBSERVATIONS, trace.project_id, "count()", where)
    return int(analytics.query(question, ticket=ticket)[0][0])
