"""The aggregations as SQL, over the columns `m` of measures. Percentiles are exact (interpolated between the two
nearest values up to 8,192 values, the nearest value beyond) while `exact`; else they come from a sketch with a
relative error of at most 0.5 %. Histograms have bins of equal width between the least and the greatest value.
"""

from collections.abc import Iterator, Sequence

from spyglass.query.metrics.question import Metric, Question
from spyglass.query.metrics.sketches import sketch
from spyglass.query.metrics.vocabulary import PERCENTILES, Aggregation, Measure
from spyglass.stores.analytics.sql import Sql, sql

# `quantiles` keeps all of so many values and interpolates between them.
_RESERVOIR = 8192
# Of no value at all: null, also where the measure's own type has no null.
_SIMPLE = {
    Aggregation.SUM: "sumOrNull",
    Aggregation.COUNT: "count",
    Aggregation.MAX: "maxOrNull",
    Aggregation.MIN: "minOrNull",
}


def aggregate(question: Question, measures: Sequence[Measure], exact: bool) -> list[Sql]:
    """One column `a` for each metric of the question, in its order."""
    numbers = {measure.name: number for number, measure in enumerate(measures)}
    levels = _levels(question.metrics)
    found = []
    for position, metric in enumerate(question.metrics):
        number = numbers[metric.measure.name]
        text = _expression(metric, number, levels.get(metric.measure.name, []), exact)
        found.append(Sql((f"{text} AS a{position}",)))
    return found


def _levels(metrics: Sequence[Metric]) -> dict[str, list[float]]:
    """The percentiles of each measure, found together in one pass."""
    found: dict[str, list[float]] = {}
    for metric in metrics:
        if metric.aggregation in PERCENTILES:
            found.setdefault(metric.measure.name, []).append(PERCENTILES[metric.aggregation])
    return found


def _expression(metric: Metric, number: int, levels: list[float], exact: bool) -> str:
    column = f"m{number}"
    match metric.aggregation:
        case Aggregation.HISTOGRAM:
            return f"groupArray(toFloat64({column}))"
        case Aggregation.UNIQ:
            distinct = f"n{number}" if metric.measure.distinct else column
            return f"{'uniqExact' if exact else 'uniq'}({distinct})"
        case Aggregation.AVG:  # the sum of decimals is exact
            return f"toFloat64(sum({column})) / count({column})"
        case aggregation if aggregation in PERCENTILES and not exact:
            return sketch(column)
        case aggregation if aggregation in PERCENTILES:
            place = levels.index(PERCENTILES[aggregation]) + 1
            return f"{_percentiles(column, levels)}[{place}]"
        case aggregation:
            return f"{_SIMPLE[aggregation]}({column})"


def _percentiles(column: str, levels: list[float]) -> str:
    """An array, one value for each level."""
    values = f"toFloat64({column})"
    listed = ", ".join(map(str, levels))
    few = f"arrayReduce('quantiles({listed})', groupArray({_RESERVOIR})({values}))"
    return f"if(count({column}) <= {_RESERVOIR}, {few}, quantilesExact({listed})({values}))"


def unfold_histograms(question: Question, names: Sequence[str], grouped: Sql) -> Sql:
    """The columns `names` of `grouped`, its arrays of values made (least, greatest, count per bin)."""
    arrays = {
        f"a{position}"
        for position, metric in enumerate(question.metrics)
        if metric.aggregation is Aggregation.HISTOGRAM
    }
    edges = Sql((", ".join(_edges(arrays)),))
    bins = Sql((", ".join(f"{_places(name, question.bins)} AS {name}_place" for name in sorted(arrays)),))
    columns = (_counts(name, question.bins) if name in arrays else name for name in names)
    chosen = Sql((", ".join(columns),))
    return sql("SELECT {} FROM (SELECT *, {} FROM (SELECT *, {} FROM ({})))", chosen, bins, edges, grouped)


def _edges(arrays: set[str]) -> Iterator[str]:
    for name in sorted(arrays):
        yield f"arrayMin({name}) AS {name}_least"
        yield f"arrayMax({name}) AS {name}_greatest"


def _places(name: str, bins: int) -> str:
    """The bin of each value; the greatest value belongs to the last one."""
    width = f"({name}_greatest - {name}_least) / {bins}"
    place = f"least({bins - 1}, toInt64(floor((v - {name}_least) / ({width}))))"
    return f"arrayMap(v -> if({name}_greatest = {name}_least, 0, {place}), {name})"


def _counts(name: str, bins: int) -> str:
    counts = ", ".join(f"countEqual({name}_place, {place})" for place in range(bins))
    return f"({name}_least, {name}_greatest, [{counts}]) AS {name}"
