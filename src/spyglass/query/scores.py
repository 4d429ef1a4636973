"""Scores: single reads, the scores of a trace, and conditions that the filter grammar has no words for."""

from collections.abc import Sequence

from spyglass.core.records import Score
from spyglass.query.lists import read_rows
from spyglass.query.views import SCORES
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, double, join, sql, value

CORE = (
    "name",
    "value",
    "string_value",
    "long_string_value",
    "data_type",
    "source",
    "environment",
    "created_at",
    "updated_at",
)
DETAILS = ("comment", "config_id", "metadata")
SUBJECT = ("trace_id", "observation_id", "session_id", "dataset_run_id")
ANNOTATION = ("author_user_id", "queue_id")
ALL = (*CORE, *DETAILS, *SUBJECT, *ANNOTATION, "execution_trace_id")

# v1 knows neither corrections nor scores of sessions and runs.
OF_TRACES: tuple[Sql, ...] = (Sql(("trace_id != ''",)), Sql(("data_type != 'CORRECTION'",)))


def read_score(
    analytics: Analytics, project_id: str, score_id: str, where: Sequence[Sql] = ()
) -> Score | None:
    rows: list[Score] = read_rows(
        analytics,
        SCORES,
        project_id,
        ALL,
        [sql("id = {}", value("String", score_id)), *where],
        "ORDER BY version_seq DESC LIMIT 1",
    )
    return rows[0] if rows else None


def list_scores_of_trace(analytics: Analytics, project_id: str, trace_id: str) -> list[Score]:
    """As the detail of a trace shows them (v1)."""
    where = [sql("trace_id = {}", value("String", trace_id)), *OF_TRACES]
    return read_rows(analytics, SCORES, project_id, ALL, where, "ORDER BY timestamp, id")


def has_value(numbers: Sequence[float]) -> Sql:
    return sql("value IN ({})", join(", ", map(double, numbers)))


def has_text(texts: Sequence[str]) -> Sql:
    return sql("string_value IN {}", value("Array(String)", list(texts)))


def compare_value(operator: str, wanted: float) -> Sql:
    """`operator` is one of the six that `OPERATORS` lists."""
    return sql(f"value {OPERATORS[operator]} {{}}", double(wanted))


OPERATORS = {word: word for word in ("<", ">", "<=", ">=", "!=", "=")}
