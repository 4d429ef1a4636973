"""The view `traces` (v1 only). What is summed over observations comes from the trace's own row, where the sums
are kept, so no question about traces reads observations.
"""

from spyglass.query import expressions
from spyglass.query.columns import TRACE_FILTERS
from spyglass.query.metrics.filtering import filters_of
from spyglass.query.metrics.vocabulary import Dimension, Measure, MetricView, Source, Type, by_name
from spyglass.query.views import TRACES

_DIMENSIONS = [
    Dimension("id", Type.STRING, "id", "Trace", wide=True),
    Dimension("name", Type.STRING, "name", "Name of the trace"),
    Dimension("tags", Type.STRINGS, "arraySort(tags)", "All tags of the trace together"),
    Dimension("userId", Type.STRING, "user_id", "User", wide=True),
    Dimension("sessionId", Type.STRING, "session_id", "Session", wide=True),
    Dimension("release", Type.STRING, "release", "Release"),
    Dimension("version", Type.STRING, "version", "Version"),
    Dimension("environment", Type.STRING, "environment", "Environment"),
    Dimension("timestampMonth", Type.STRING, expressions.month_of("timestamp"), "Month, YYYY-MM in UTC"),
    # Beyond the published language:
    Dimension("tag", Type.STRING, "tags", "Each tag; a trace counts for each", explode=True),
]

_INTEGER, _DECIMAL = Type.INTEGER, Type.DECIMAL
_MEASURES = [
    Measure("count", _INTEGER, "traces", "1", "Traces"),
    Measure("observationsCount", _INTEGER, "observations", "observation_count", "Observations of the trace"),
    Measure("scoresCount", _INTEGER, "scores", "count()", "Scores of the trace", Source.SCORES),
    Measure(
        "uniqueUserIds",
        _INTEGER,
        "users",
        "if(user_id != '', 1, 0)",
        "`uniq` is the number of users; other aggregations take 1 for a trace that has one, else 0",
        distinct="user_id",
    ),
    Measure(
        "uniqueSessionIds",
        _INTEGER,
        "sessions",
        "if(session_id != '', 1, 0)",
        "`uniq` is the number of sessions; other aggregations take 1 for a trace that has one, else 0",
        distinct="session_id",
    ),
    Measure(
        "latency",
        _INTEGER,
        "ms",
        expressions.TRACE_LATENCY_MS,
        "From the first start to the last end of its observations",
    ),
    Measure("totalTokens", _INTEGER, "tokens", expressions.TOTAL_TOKENS, "Usage `total` of its observations"),
    Measure("totalCost", _DECIMAL, "USD", "total_cost", "Cost of its observations"),
    # Beyond the published language:
    Measure("requests", _INTEGER, "traces", "1", "Traces, as `count`"),
    Measure(
        "errorRate",
        _DECIMAL,
        "share",
        "if(error_count > 0, 1, 0)",
        "1 for a trace with an observation of level ERROR, else 0: `avg` is the share, `sum` the number",
    ),
]

_BY_NAME = by_name(_DIMENSIONS)
_MEASURE_BY_NAME = by_name(_MEASURES)
TRACES_V1 = MetricView(
    "traces",
    TRACES,
    "1",
    _BY_NAME,
    _MEASURE_BY_NAME,
    filters_of(TRACE_FILTERS, _DIMENSIONS, _MEASURES),
)
