"""All views of both versions of the metrics query language, by name."""

from spyglass.query.metrics.observation_words import OBSERVATIONS_V1, OBSERVATIONS_V2
from spyglass.query.metrics.score_words import SCORES_V1, SCORES_V2
from spyglass.query.metrics.trace_words import TRACES_V1
from spyglass.query.metrics.vocabulary import MetricView

V1: dict[str, MetricView] = {view.name: view for view in (TRACES_V1, OBSERVATIONS_V1, *SCORES_V1)}
V2: dict[str, MetricView] = {view.name: view for view in (OBSERVATIONS_V2, *SCORES_V2)}
