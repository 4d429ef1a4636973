"""The columns that each endpoint can be filtered by: id, display name, type, and where the value stands. Data
only: `core/filters.py` checks conditions against it, `query/filters.py` compiles them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from spyglass.core.filters import Column
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View

_MATCHES = frozenset({"matches"})


class Scope(StrEnum):
    """Where the expression of a column is evaluated."""

    ROW = "row"  # on the view's own row
    TRACE = "trace"  # on the trace of an observation or score
    OBSERVATION = "observation"  # on the observation of a score
    SUMS = "sums"  # an aggregate over the observations of a trace
    SCORE = "score"  # on the scores of a trace or observation


@dataclass(frozen=True, slots=True)
class Filterable:
    """`own`: a text on the view's own row that goes first where it has a value. `indexed`: a text index on
    `lower(expression)` finds its words."""

    column: Column
    expression: str  # a literal over the columns of its scope's table
    scope: Scope = Scope.ROW
    own: str = ""
    indexed: bool = False

    @property
    def field(self) -> tuple[Scope, str]:
        """The physical column: aliases have the same."""
        return (self.scope, self.expression)


@dataclass(frozen=True)
class FilterSet:
    """A view and what it can be filtered by."""

    view: View
    by_id: Mapping[str, Filterable]

    @property
    def columns(self) -> list[Column]:
        return [entry.column for entry in self.by_id.values()]


def _set(view: View, *groups: Iterable[Filterable]) -> FilterSet:
    return FilterSet(view, {entry.column.id: entry for group in groups for entry in group})


def _entry(ids: str, name: str, type_: str, expression: str, scope: Scope = Scope.ROW) -> list[Filterable]:
    """One column under each of the blank-separated `ids`."""
    operators = _MATCHES if type_ in ("body", "metadata") else frozenset()
    return [Filterable(Column(id_, name, type_, operators), expression, scope) for id_ in ids.split()]


def _table(scope: Scope, *rows: tuple[str, str, str, str]) -> list[Filterable]:
    return [entry for row in rows for entry in _entry(*row, scope)]


def _sum_of(column: str, word: str) -> str:
    """The sum over the keys that contain `word`; null when the map is empty (unknown is never 0)."""
    total = (
        f"arraySum(arrayMap((k, v) -> if(position(lower(k), '{word}') > 0, toFloat64(v), 0), "
        f"mapKeys({column}), mapValues({column})))"
    )
    return f"if(empty({column}), NULL, {total})"


def _total_of(column: str) -> str:
    return f"if(mapContains({column}, 'total'), toFloat64({column}['total']), NULL)"


def _seconds(start: str, end: str) -> str:
    """Seconds between two instants at the precision that readers see; null when negative or unknown."""
    span = f"intDiv(toUnixTimestamp64Micro({end}), 1000) - intDiv(toUnixTimestamp64Micro({start}), 1000)"
    return f"if({end} >= {start}, ({span}) / 1000, NULL)"


_LATENCY = _seconds("start_time", "end_time")
_TRACE_LATENCY = (
    f"if(isNull(first_start), 0, ifNull({_seconds('first_start', 'ifNull(last_end, first_start)')}, 0))"
)
_TRACE_LEVEL = (
    "multiIf(error_count > 0, 'ERROR', warning_count > 0, 'WARNING', default_count > 0, 'DEFAULT', 'DEBUG')"
)

_USAGE = _table(
    Scope.ROW,
    ("inputTokens", "Input Tokens", "number", _sum_of("usage", "input")),
    ("outputTokens", "Output Tokens", "number", _sum_of("usage", "output")),
    ("totalTokens", "Total Tokens", "number", _total_of("usage")),
    ("tokens", "Tokens", "number", _total_of("usage")),
    ("totalCost", "Total Cost ($)", "number", "toFloat64(total_cost)"),
)
_SCORES_OF = _table(
    Scope.SCORE,
    ("scores_avg scores", "Scores (numeric)", "numberObject", "avg"),
    ("score_categories", "Scores (categorical)", "categoryOptions", "category"),
    ("score_booleans", "Scores (boolean)", "booleanObject", "boolean"),
)
# An evaluator marks what it wrote in the metadata of its own trace.
_EVALUATION = _table(
    Scope.ROW,
    ("evaluatorId", "Evaluator ID", "string", "metadata['evaluator_id']"),
    ("ruleId", "Rule ID", "string", "metadata['rule_id']"),
)

# Beyond the published API: full-text search over traces.
_INDEXED = [
    replace(entry, indexed=True)
    for entry in _table(
        Scope.ROW, ("input", "Input", "body", "input"), ("output", "Output", "body", "output")
    )
]

TRACE_FILTERS = _set(
    TRACES,
    _table(
        Scope.ROW,
        ("id traceId", "ID", "string", "id"),
        ("name traceName", "Name", "stringOptions", "name"),
        ("userId", "User ID", "string", "user_id"),
        ("sessionId", "Session ID", "string", "session_id"),
        ("version", "Version", "string", "version"),
        ("release", "Release", "string", "release"),
        ("environment", "Environment", "stringOptions", "environment"),
        ("timestamp", "Timestamp", "datetime", "timestamp"),
        ("tags traceTags", "Tags", "arrayOptions", "tags"),
        ("metadata", "Metadata", "stringObject", "metadata"),
        ("bookmarked", "⭐️", "boolean", "bookmarked"),
        ("level", "Level", "stringOptions", _TRACE_LEVEL),
        ("errorCount", "Error Level Count", "number", "error_count"),
        ("warningCount", "Warning Level Count", "number", "warning_count"),
        ("defaultCount", "Default Level Count", "number", "default_count"),
        ("debugCount", "Debug Level Count", "number", "debug_count"),
        ("latency", "Latency (s)", "number", _TRACE_LATENCY),
    ),
    _INDEXED,
    _table(
        Scope.SUMS,
        ("inputCost", "Input Cost ($)", "number", f"sum({_sum_of('cost', 'input')})"),
        ("outputCost", "Output Cost ($)", "number", f"sum({_sum_of('cost', 'output')})"),
    ),
    _USAGE,
    _SCORES_OF,
    _EVALUATION,
)

_OBSERVATION = [
    *_table(
        Scope.ROW,
        ("id", "ID", "string", "id"),
        ("name", "Name", "stringOptions", "name"),
        ("traceId", "Trace ID", "string", "trace_id"),
        ("parentObservationId", "Parent Observation ID", "string", "parent_id"),
        ("type", "Type", "stringOptions", "type"),
        ("environment", "Environment", "stringOptions", "environment"),
        ("level", "Level", "stringOptions", "level"),
        ("statusMessage", "Status Message", "string", "status_message"),
        ("version", "Version", "string", "version"),
        ("model providedModelName", "Model", "stringOptions", "model"),
        ("modelId", "Model ID", "stringOptions", "model_id"),
        ("promptName", "Prompt Name", "stringOptions", "prompt_name"),
        ("promptVersion", "Prompt Version", "number", "prompt_version"),
        ("startTime", "Start Time", "datetime", "start_time"),
        ("endTime", "End Time", "datetime", "end_time"),
        ("latency", "Latency (s)", "number", _LATENCY),
        (
            "timeToFirstToken",
            "Time To First Token (s)",
            "number",
            _seconds("start_time", "completion_start_time"),
        ),
        (
            "tokensPerSecond",
            "Tokens per second",
            "number",
            f"{_sum_of('usage', 'output')} / nullIf({_LATENCY}, 0)",
        ),
        ("inputCost", "Input Cost ($)", "number", _sum_of("cost", "input")),
        ("outputCost", "Output Cost ($)", "number", _sum_of("cost", "output")),
        ("toolDefinitions", "Available Tools", "number", "length(mapKeys(tool_definitions))"),
        ("toolCalls", "Tool Calls", "number", "length(tool_calls)"),
        ("toolNames", "Available Tool Names", "arrayOptions", "mapKeys(tool_definitions)"),
        ("calledToolNames", "Called Tool Names", "arrayOptions", "tool_call_names"),
    ),
    *_USAGE,
    *_table(
        Scope.TRACE,
        ("traceName", "Trace Name", "stringOptions", "name"),
        ("traceTags", "Trace Tags", "arrayOptions", "tags"),
        ("userId", "User ID", "string", "user_id"),
        ("sessionId", "Session ID", "string", "session_id"),
        ("traceEnvironment", "Trace Environment", "stringOptions", "environment"),
    ),
]

OBSERVATION_FILTERS = _set(
    OBSERVATIONS, _OBSERVATION, _entry("metadata", "Metadata", "stringObject", "metadata"), _SCORES_OF
)

OBSERVATION_V2_FILTERS = _set(
    OBSERVATIONS,
    _OBSERVATION,
    _table(
        Scope.ROW,
        ("metadata", "Metadata", "metadata", "metadata"),
        ("input", "Input", "body", "input"),
        ("output", "Output", "body", "output"),
        ("hasParentObservation", "Has Parent Observation", "boolean", "parent_id != ''"),
        ("isRootObservation", "Is Root Observation", "boolean", "parent_id = '' OR is_app_root"),
        ("hasInput", "Has Input", "boolean", "input != ''"),
        ("hasOutput", "Has Output", "boolean", "output != ''"),
        ("ingestionApiKey", "Ingestion API Key", "stringOptions", "public_key"),
        ("ingestionSdkName", "Ingestion SDK Name", "stringOptions", "sdk_name"),
        ("ingestionSdkVersion", "Ingestion SDK Version", "stringOptions", "sdk_version"),
        ("ingestionSource", "Ingestion Source", "stringOptions", "source"),
        ("experimentDatasetId", "Experiment Dataset ID", "stringOptions", "experiment['dataset_id']"),
        ("experimentId", "Experiment ID", "stringOptions", "experiment['id']"),
        ("experimentName", "Experiment Name", "stringOptions", "experiment['name']"),
        (
            "isExperimentItemRootSpan",
            "Is Experiment Item Root Span",
            "boolean",
            "id != '' AND experiment['item_root_observation_id'] = id",
        ),
    ),
    _table(
        Scope.TRACE,
        ("release", "Release", "string", "release"),
        ("tags", "Tags", "arrayOptions", "tags"),
    ),
    _EVALUATION,
)

SCORE_FILTERS = _set(
    SCORES,
    _table(
        Scope.ROW,
        ("id", "ID", "string", "id"),
        ("traceId", "Trace ID", "string", "trace_id"),
        ("observationId", "Observation ID", "string", "observation_id"),
        ("sessionId", "Session ID", "string", "session_id"),
        ("name", "Name", "stringOptions", "name"),
        ("environment", "Environment", "stringOptions", "environment"),
        ("source", "Source", "stringOptions", "source"),
        ("dataType", "Data Type", "stringOptions", "data_type"),
        ("stringValue", "String Value", "string", "string_value"),
        ("comment", "Comment", "string", "comment"),
        ("authorUserId", "Author", "string", "author_user_id"),
        ("evaluatorId", "Evaluator ID", "string", "metadata['evaluator_id']"),
        ("timestamp", "Timestamp", "datetime", "timestamp"),
        ("value", "Value", "number", "value"),
        ("booleanValue", "Boolean Value", "boolean", "if(data_type = 'BOOLEAN', value = 1, NULL)"),
        ("metadata", "Metadata", "stringObject", "metadata"),
        # Named parameters only use these:
        ("configId", "Config ID", "string", "config_id"),
        ("queueId", "Queue ID", "string", "queue_id"),
        ("datasetRunId", "Dataset Run ID", "string", "dataset_run_id"),
    ),
    _table(
        Scope.TRACE,
        ("traceName", "Trace Name", "stringOptions", "name"),
        ("userId", "User ID", "string", "user_id"),
        ("trace_tags", "Trace Tags", "arrayOptions", "tags"),
    ),
)
