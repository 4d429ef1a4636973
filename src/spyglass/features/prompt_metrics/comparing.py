"""Measures of versions -> what is shown of them, each beside the same measure of the baseline version.

The comparisons of one metric or score are one family: their p-values are adjusted together.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from spyglass.core.sequential import ALPHA, Interval, Sample, adjust, compare, confidence_interval
from spyglass.query.prompt_versions import ERRORS, Measure, Measured, empty_share

Key = TypeVar("Key", bound=Hashable)

_UNITS = {
    "latency": "s",
    "timeToFirstToken": "s",
    "cost": "USD",
    "inputTokens": "tokens",
    "outputTokens": "tokens",
    ERRORS: "share",
}
_MOST_CATEGORIES = 20


def render_values(
    found: Iterable[Measured], baseline: int | None
) -> dict[Measure, dict[int, dict[str, Any]]]:
    """Of each metric and score: version -> a `ValuesOut`."""
    grouped: dict[Measure, dict[int, Measured]] = defaultdict(dict)
    for each in found:
        grouped[each.measure][each.version] = each
    return {measure: _render_measure(measure, of, baseline) for measure, of in grouped.items()}


def _render_measure(
    measure: Measure, of: Mapping[int, Measured], baseline: int | None
) -> dict[int, dict[str, Any]]:
    base = of.get(baseline) if baseline is not None else None
    comparisons = compare_all(
        {version: (each.sample, base.sample) for version, each in of.items() if base and each is not base}
    )
    return {
        version: {
            **render_sample(each.sample, _unit_of(measure), comparisons.get(version)),
            "standardDeviation": each.deviation,
            "median": each.median,
            "p95": each.p95,
        }
        for version, each in of.items()
    }


def render_categories(
    found: Iterable[Measured], baseline: int | None
) -> dict[Measure, dict[int, list[dict[str, Any]]]]:
    """Of each categorical score: version -> a `CategoryOut` for each of its most frequent categories."""
    grouped: dict[Measure, dict[int, dict[str, Sample]]] = defaultdict(lambda: defaultdict(dict))
    for each in found:
        score = Measure(each.measure.name, each.measure.source, each.measure.data_type)
        grouped[score][each.version][each.measure.category] = each.sample
    return {score: _render_score(of, baseline) for score, of in grouped.items()}


def _render_score(
    of: Mapping[int, Mapping[str, Sample]], baseline: int | None
) -> dict[int, list[dict[str, Any]]]:
    names = _most_frequent(of.values())
    samples = {
        (version, name): shares.get(name) or empty_share(shares[""])
        for version, shares in of.items()
        for name in names
    }
    base = (
        {name: samples[baseline, name] for name in names} if baseline is not None and baseline in of else {}
    )
    comparisons = compare_all(
        {
            (version, name): (sample, base[name])
            for (version, name), sample in samples.items()
            if base and version != baseline
        }
    )

    def render(version: int, name: str) -> dict[str, Any]:
        sample = samples[version, name]
        shown = render_sample(sample, "share", comparisons.get((version, name)))
        return {"category": name, "count": round(sample.mean * sample.n), **shown}

    return {version: [render(version, name) for name in names] for version in of}


def _most_frequent(versions: Iterable[Mapping[str, Sample]]) -> list[str]:
    counts: Counter[str] = Counter()
    for shares in versions:
        counts.update({name: round(sample.mean * sample.n) for name, sample in shares.items() if name})
    return sorted(sorted(counts), key=counts.__getitem__, reverse=True)[:_MOST_CATEGORIES]


def compare_all(pairs: Mapping[Key, tuple[Sample, Sample]]) -> dict[Key, dict[str, Any]]:
    """(sample, baseline) -> a `ComparisonOut`; all of them are one family."""
    found = {key: compare(*pair) for key, pair in pairs.items()}
    tested: Sequence[Key] = [key for key, each in found.items() if each.p_value is not None]
    adjusted = dict(zip(tested, adjust([found[key].p_value or 0.0 for key in tested]), strict=True))
    return {
        key: {
            "difference": each.difference,
            "interval": _render_interval(each.interval),
            "pValue": each.p_value,
            "adjustedPValue": adjusted.get(key),
            "significant": adjusted.get(key, 1.0) <= ALPHA,
        }
        for key, each in found.items()
    }


def render_sample(sample: Sample, unit: str, comparison: Mapping[str, Any] | None) -> dict[str, Any]:
    """A `MeasureOut`."""
    return {
        "n": sample.n,
        "traces": sample.units,
        "mean": sample.mean,
        "unit": unit,
        "interval": _render_interval(confidence_interval(sample)),
        "comparison": comparison,
    }


def _render_interval(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {"lower": interval.lower, "upper": interval.upper}


def _unit_of(measure: Measure) -> str:
    if measure.data_type:
        return "share" if measure.data_type == "BOOLEAN" else "score"
    return _UNITS[measure.name]
