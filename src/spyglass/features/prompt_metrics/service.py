"""What `/spyglass/prompt-metrics` answers, and what its numbers mean. The statistics are in `core/sequential.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from spyglass.api.records import iso_or_none
from spyglass.api.state import AppState
from spyglass.core.sequential import ALPHA, MIN_UNITS
from spyglass.features.prompt_metrics.comparing import render_categories, render_values
from spyglass.features.prompt_metrics.schemas import MAX_VERSIONS, PromptMetricsParams
from spyglass.query.prompt_versions import (
    ERRORS,
    METRICS,
    Measure,
    Measured,
    Selection,
    read_categories,
    read_metrics,
    read_scores,
)

METHOD = (
    "Anytime-valid normal-mixture confidence sequences (asymptotic; Robbins; Waudby-Smith et al. 2021), for two "
    "versions the mixture sequential probability ratio test (Johari et al. 2015). Intervals and p-values keep "
    "their error rate over all looks together, so you may look as often as you like and stop whenever you like."
)
ASSUMPTIONS = [
    "Traces are independent of each other; generations and scores of one trace need not be.",
    "Which version a trace got did not depend on how earlier traces turned out, and the versions met the same "
    "kind of requests. Versions that ran at different times also differ by whatever else changed in between.",
    f"Means are about normal: from {MIN_UNITS} traces on. Of few and heavily skewed values (cost, latency) the "
    "interval of a mean misses it more often than stated; a comparison does not.",
    "A score of a trace counts for every version that the trace used.",
    "Standard deviation, median and 95th percentile describe single values, not traces.",
]
MULTIPLE_COMPARISONS = (
    "adjustedPValue is Holm's, over all versions (and categories) of one metric or score. Metrics and scores are "
    "not corrected for each other: of twenty that do not differ, one will seem to. Intervals are not adjusted."
)


def compare_versions(state: AppState, project_id: str, params: PromptMetricsParams) -> dict[str, Any]:
    analytics = state.stores.analytics
    environments = params.environment or []
    selection = Selection(project_id, params.name, params.wanted, params.from_, params.to, environments)
    metrics = read_metrics(analytics, selection)
    versions = params.wanted or _choose(metrics, params.baseline)
    scores: list[Measured] = []
    categories: list[Measured] = []
    if metrics:
        selection = replace(selection, versions=versions)
        metrics = [each for each in metrics if each.version in versions]
        scores = read_scores(analytics, selection)
        categories = read_categories(analytics, selection)
    baseline = params.baseline or min(versions, default=None)
    shown = _render_versions(versions, baseline, metrics, scores, categories)
    return {
        "name": params.name,
        "from": iso_or_none(params.from_),
        "to": iso_or_none(params.to),
        "environment": environments,
        "baselineVersion": baseline,
        "confidence": 1 - ALPHA,
        "minimumTraces": MIN_UNITS,
        "method": METHOD,
        "assumptions": ASSUMPTIONS,
        "multipleComparisons": MULTIPLE_COMPARISONS,
        "versions": shown,
    }


def _choose(metrics: Iterable[Measured], baseline: int | None) -> list[int]:
    """The highest versions that have generations, and the baseline."""
    found = {each.version for each in metrics}
    kept = set(sorted(found)[-MAX_VERSIONS:])
    return sorted(kept | ({baseline} & found if baseline is not None else set()))


def _render_versions(
    versions: list[int],
    baseline: int | None,
    metrics: list[Measured],
    scores: list[Measured],
    categories: list[Measured],
) -> list[dict[str, Any]]:
    values = render_values([*metrics, *scores], baseline)
    shares = render_categories(categories, baseline)
    of_scores: list[tuple[Measure, str, Mapping[int, Any]]] = [
        (measure, "values", of) for measure, of in values.items() if measure.data_type
    ]
    of_scores += [(measure, "categories", of) for measure, of in shares.items()]
    of_scores.sort(key=lambda entry: (entry[0].name, entry[0].source, entry[0].data_type))

    def render(version: int) -> dict[str, Any]:
        of_metrics = {
            name: values[Measure(name)][version]
            for name in METRICS
            if version in values.get(Measure(name), {})
        }
        every = of_metrics.get(ERRORS, {"n": 0, "traces": 0})
        return {
            "version": version,
            "generations": every["n"],
            "traces": every["traces"],
            "metrics": of_metrics,
            "scores": [
                _render_score(measure, what, of[version]) for measure, what, of in of_scores if version in of
            ],
        }

    return [render(version) for version in versions]


def _render_score(measure: Measure, what: str, shown: Any) -> dict[str, Any]:
    named = {"name": measure.name, "source": measure.source, "dataType": measure.data_type}
    return {**named, "values": None, "categories": None, what: shown}
