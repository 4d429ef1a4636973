"""The views `scores-numeric`, `scores-boolean` and `scores-categorical`, in both versions."""

from spyglass.query import expressions
from spyglass.query.columns import SCORE_FILTERS
from spyglass.query.metrics.filtering import filters_of
from spyglass.query.metrics.vocabulary import Dimension, Measure, MetricView, Source, Type, by_name
from spyglass.query.views import SCORES

_OBSERVATION = Source.OBSERVATION
_DIMENSIONS = [
    Dimension("id", Type.STRING, "id", "Score", wide=True),
    Dimension("environment", Type.STRING, "environment", "Environment"),
    Dimension("name", Type.STRING, "name", "Name of the score"),
    Dimension("evaluatorId", Type.STRING, "metadata['evaluator_id']", "Evaluator that gave it", wide=True),
    Dimension("source", Type.STRING, "source", "API, ANNOTATION or EVAL"),
    Dimension("dataType", Type.STRING, "data_type", "NUMERIC, BOOLEAN or CATEGORICAL"),
    Dimension("traceId", Type.STRING, "trace_id", "Trace", wide=True),
    Dimension("configId", Type.STRING, "config_id", "Score config"),
    Dimension("timestampMonth", Type.STRING, expressions.month_of("timestamp"), "Month, YYYY-MM in UTC"),
    Dimension("timestampDay", Type.STRING, expressions.day_of("timestamp"), "Day, YYYY-MM-DD in UTC"),
    Dimension("observationId", Type.STRING, "observation_id", "Observation", wide=True),
    Dimension("traceName", Type.STRING, "name", "Name of the trace", Source.TRACE),
    Dimension("tags", Type.STRINGS, "arraySort(tags)", "All tags of the trace together", Source.TRACE),
    Dimension("userId", Type.STRING, "user_id", "User of the trace", Source.TRACE, wide=True),
    Dimension(
        "sessionId",
        Type.STRING,
        "session_id",
        "Session of the score, else of its trace",
        Source.TRACE,
        own="session_id",
        wide=True,
    ),
    Dimension("traceRelease", Type.STRING, "release", "Release of the trace", Source.TRACE),
    Dimension("traceVersion", Type.STRING, "version", "Version of the trace", Source.TRACE),
    Dimension("observationName", Type.STRING, "name", "Name of the observation", _OBSERVATION),
    Dimension("observationModelName", Type.STRING, "model", "Model of the observation", _OBSERVATION),
    Dimension("observationPromptName", Type.STRING, "prompt_name", "Prompt of the observation", _OBSERVATION),
    Dimension(
        "observationPromptVersion",
        Type.INTEGER,
        "prompt_version",
        "Version of the prompt of the observation",
        _OBSERVATION,
    ),
    # Beyond the published language:
    Dimension(
        "tag",
        Type.STRING,
        "tags",
        "Each tag of the trace; a score counts for each",
        Source.TRACE,
        explode=True,
    ),
]
_DIMENSIONS_V2 = [
    Dimension("datasetRunId", Type.STRING, "dataset_run_id", "Dataset run", wide=True),
    Dimension(
        "experimentName",
        Type.STRING,
        "experiment['name']",
        "Name of the observation's experiment",
        _OBSERVATION,
        wide=True,
    ),
    Dimension(
        "experimentId",
        Type.STRING,
        "experiment['id']",
        "Experiment of the observation",
        _OBSERVATION,
        wide=True,
    ),
]

_COUNT = Measure("count", Type.INTEGER, "scores", "1", "Scores")
_VALUE = Measure("value", Type.DECIMAL, "", "value", "Value of the score; of a boolean 0 or 1")
# View -> which scores it holds, the dimension of its own, its measures.
_KINDS: dict[str, tuple[str, Dimension, list[Measure]]] = {
    "scores-numeric": (
        "data_type IN ('NUMERIC', 'BOOLEAN')",
        Dimension("value", Type.DECIMAL, "value", "Value of the score"),
        [_COUNT, _VALUE],
    ),
    "scores-boolean": (
        "data_type = 'BOOLEAN'",
        Dimension("booleanValue", Type.BOOLEAN, "value = 1", "Value of the score, true or false"),
        [_COUNT, _VALUE],
    ),
    "scores-categorical": (
        "data_type = 'CATEGORICAL'",
        Dimension("stringValue", Type.STRING, "string_value", "Category"),
        [_COUNT],
    ),
}


def _view(name: str, *, v2: bool) -> MetricView:
    where, own, measures = _KINDS[name]
    dimensions = by_name(_DIMENSIONS, [own], _DIMENSIONS_V2 if v2 else ())
    filters = filters_of(SCORE_FILTERS, dimensions.values(), measures)
    return MetricView(name, SCORES, where, dimensions, by_name(measures), filters, bounded=v2)


SCORES_V1 = [_view(name, v2=False) for name in _KINDS]
SCORES_V2 = [_view(name, v2=True) for name in _KINDS]
