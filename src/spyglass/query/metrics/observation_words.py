"""The view `observations`: its dimensions and measures, in both versions, and what it can be filtered by."""

from spyglass.query import expressions
from spyglass.query.columns import OBSERVATION_FILTERS, OBSERVATION_V2_FILTERS
from spyglass.query.metrics.filtering import filters_of
from spyglass.query.metrics.vocabulary import Dimension, Measure, MetricView, Source, Type, by_name
from spyglass.query.views import OBSERVATIONS

_EXPERIMENT = "experiment['{}']"

_DIMENSIONS = [
    Dimension("id", Type.STRING, "id", "Observation", wide=True),
    Dimension("traceId", Type.STRING, "trace_id", "Trace", wide=True),
    Dimension("environment", Type.STRING, "environment", "Environment"),
    Dimension("parentObservationId", Type.STRING, "parent_id", "Parent observation", wide=True),
    Dimension("type", Type.STRING, "type", "SPAN, GENERATION, EVENT, AGENT, TOOL and so on"),
    Dimension("name", Type.STRING, "name", "Name of the observation"),
    Dimension("level", Type.STRING, "level", "DEBUG, DEFAULT, WARNING or ERROR"),
    Dimension("version", Type.STRING, "version", "Version of the observation"),
    Dimension("providedModelName", Type.STRING, "model", "Model as the client named it"),
    Dimension("promptName", Type.STRING, "prompt_name", "Name of the prompt"),
    Dimension("promptVersion", Type.INTEGER, "prompt_version", "Version of the prompt"),
    Dimension(
        "startTimeMonth",
        Type.STRING,
        expressions.month_of("start_time"),
        "Month of the start, YYYY-MM in UTC",
    ),
    Dimension(
        "toolNames",
        Type.STRING,
        "mapKeys(tool_definitions)",
        "Each tool that was on offer; an observation counts for each",
        explode=True,
    ),
    Dimension(
        "calledToolNames",
        Type.STRING,
        "arrayDistinct(tool_call_names)",
        "Each tool that was called; an observation counts once for each",
        explode=True,
    ),
    Dimension("traceName", Type.STRING, "name", "Name of the trace", Source.TRACE),
    Dimension("userId", Type.STRING, "user_id", "User of the trace", Source.TRACE, wide=True),
    Dimension("sessionId", Type.STRING, "session_id", "Session of the trace", Source.TRACE, wide=True),
    Dimension("tags", Type.STRINGS, "arraySort(tags)", "All tags of the trace together", Source.TRACE),
    Dimension("traceRelease", Type.STRING, "release", "Release of the trace", Source.TRACE),
    Dimension("traceVersion", Type.STRING, "version", "Version of the trace", Source.TRACE),
    # Beyond the published language:
    Dimension(
        "tag",
        Type.STRING,
        "tags",
        "Each tag of the trace; an observation counts for each",
        Source.TRACE,
        explode=True,
    ),
    Dimension(
        "errorType",
        Type.STRING,
        expressions.ERROR_TYPE,
        "Kind of error: the class that the status message begins with, else its first line without numbers and ids; "
        "null without an error",
    ),
    Dimension("statusMessage", Type.STRING, "status_message", "Status message as it came", wide=True),
    Dimension("serviceName", Type.STRING, "service_name", "Service that sent the observation"),
    Dimension("modelId", Type.STRING, "model_id", "Model definition that priced the observation"),
    Dimension("pricingTier", Type.STRING, "pricing_tier", "Pricing tier that applied"),
]

_DIMENSIONS_V2 = [
    Dimension("release", Type.STRING, "release", "Release of the trace", Source.TRACE),
    Dimension(
        "isRootObservation",
        Type.BOOLEAN,
        "parent_id = '' OR is_app_root",
        "Whether it is the first of its trace or of its application",
    ),
    Dimension("costType", Type.STRING, "mapKeys(cost)", "Each kind of usage that has a cost", explode=True),
    Dimension("usageType", Type.STRING, "mapKeys(usage)", "Each kind of usage", explode=True),
    Dimension("experimentName", Type.STRING, _EXPERIMENT.format("name"), "Name of the experiment", wide=True),
    Dimension(
        "experimentDatasetId",
        Type.STRING,
        _EXPERIMENT.format("dataset_id"),
        "Dataset of the experiment",
        wide=True,
    ),
    Dimension("experimentId", Type.STRING, _EXPERIMENT.format("id"), "Experiment", wide=True),
]

_INTEGER, _DECIMAL, _STRING = Type.INTEGER, Type.DECIMAL, Type.STRING
_MEASURES = [
    Measure("count", _INTEGER, "observations", "1", "Observations"),
    Measure("latency", _INTEGER, "ms", expressions.LATENCY_MS, "From start to end"),
    Measure("streamingLatency", _INTEGER, "ms", expressions.STREAMING_MS, "From the first token to the end"),
    Measure("inputTokens", _INTEGER, "tokens", expressions.INPUT_TOKENS, "All kinds of input together"),
    Measure("outputTokens", _INTEGER, "tokens", expressions.OUTPUT_TOKENS, "All kinds of output together"),
    Measure("totalTokens", _INTEGER, "tokens", expressions.TOTAL_TOKENS, "Usage `total`"),
    Measure(
        "outputTokensPerSecond",
        _DECIMAL,
        "tokens/s",
        expressions.per_second(expressions.OUTPUT_TOKENS, expressions.STREAMING_MS),
        "Output tokens by the time from the first token to the end; null where the first token is not known",
    ),
    Measure(
        "tokensPerSecond",
        _DECIMAL,
        "tokens/s",
        expressions.per_second(expressions.TOTAL_TOKENS, expressions.LATENCY_MS),
        "Usage `total` by the time from start to end",
    ),
    Measure("inputCost", _DECIMAL, "USD", expressions.INPUT_COST, "Cost of all kinds of input"),
    Measure("outputCost", _DECIMAL, "USD", expressions.OUTPUT_COST, "Cost of all kinds of output"),
    Measure("totalCost", _DECIMAL, "USD", "total_cost", "Cost of the observation"),
    Measure("timeToFirstToken", _INTEGER, "ms", expressions.FIRST_TOKEN_MS, "From start to the first token"),
    Measure("countScores", _INTEGER, "scores", "count()", "Scores of the observation itself", Source.SCORES),
    Measure("toolDefinitions", _INTEGER, "tools", "length(mapKeys(tool_definitions))", "Tools on offer"),
    Measure("toolCalls", _INTEGER, "calls", "length(tool_calls)", "Calls of tools"),
    # Beyond the published language:
    Measure("requests", _INTEGER, "observations", "1", "Observations, as `count`"),
    Measure(
        "errorRate",
        _DECIMAL,
        "share",
        "if(level = 'ERROR', 1, 0)",
        "1 for an observation of level ERROR, else 0: `avg` is the share of errors, `sum` their number",
    ),
]
_MEASURES_V2 = [
    Measure("traceId", _STRING, "traces", "trace_id", "`uniq` is the number of traces"),
    Measure("uniqueUserIds", _STRING, "users", "user_id", "`uniq` is the number of users", Source.TRACE),
    Measure(
        "uniqueSessionIds",
        _STRING,
        "sessions",
        "session_id",
        "`uniq` is the number of sessions",
        Source.TRACE,
    ),
    Measure("costByType", _DECIMAL, "USD", "cost", "Cost of the kind that `costType` names", by="costType"),
    Measure(
        "usageByType", _INTEGER, "units", "usage", "Usage of the kind that `usageType` names", by="usageType"
    ),
]


def _view(*, v2: bool) -> MetricView:
    dimensions = by_name(_DIMENSIONS, _DIMENSIONS_V2 if v2 else ())
    measures = by_name(_MEASURES, _MEASURES_V2 if v2 else ())
    base = OBSERVATION_V2_FILTERS if v2 else OBSERVATION_FILTERS
    filters = filters_of(base, dimensions.values(), measures.values())
    return MetricView("observations", OBSERVATIONS, "1", dimensions, measures, filters, bounded=v2)


OBSERVATIONS_V1 = _view(v2=False)
OBSERVATIONS_V2 = _view(v2=True)
