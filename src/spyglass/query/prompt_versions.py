"""How the versions of a prompt did: metrics of their generations and scores, as means with what they rest on.

The independent unit is the trace: generations of one trace resemble each other, so a mean over n generations of
m traces is only as certain as m units make it. The engine adds up each trace and hands out the moments that the
variance of such a mean needs (a ratio estimator with linearised residuals, sum - mean * count); no row leaves it.
A score counts for a version when it stands on one of its generations, or on a trace that has one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.core.sequential import Sample
from spyglass.query.columns import OBSERVATION_FILTERS
from spyglass.query.views import OBSERVATIONS, SCORES, build_select, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

ERRORS = "errorShare"
# Metric -> its expression over an observation; null where it is unknown.
_METRICS: dict[str, str] = {
    name: OBSERVATION_FILTERS.by_id[column].expression
    for name, column in (
        ("latency", "latency"),
        ("timeToFirstToken", "timeToFirstToken"),
        ("cost", "totalCost"),
        ("inputTokens", "inputTokens"),
        ("outputTokens", "outputTokens"),
    )
} | {ERRORS: "if(level = 'ERROR', 1, 0)"}
METRICS = tuple(_METRICS)

# Beyond these the rarest categories are left out: texts that are hardly categories.
_MOST_CATEGORIES = 10_000

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Generations of a prompt: of which versions (all when empty), started when (from inclusive, to exclusive),
    in which environments (all when empty)."""

    project_id: str
    name: str
    versions: Sequence[int] = ()
    from_us: int | None = None
    to_us: int | None = None
    environments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What was measured: a metric by name, or a score by name, source and data type; of a categorical score
    each category is one, and its mean the share of scores that have it."""

    name: str
    source: str = ""
    data_type: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """`deviation`, `median` and `p95` are of the single values; None where they say nothing. Quantiles are exact
    up to 8,192 values and of a random sample of so many beyond."""

    version: int
    measure: Measure
    sample: Sample
    deviation: float | None = None
    median: float | None = None
    p95: float | None = None


def read_metrics(analytics: Analytics, selection: Selection) -> list[Measured]:
    """One for each version and metric that has values; `errorShare` has one for every generation."""
    arrays = ", ".join(f"groupArray({expression}) AS {name}" for name, expression in _METRICS.items())
    traces = _select_generations(
        selection, Sql((f"prompt_version AS version, {arrays}",)), "GROUP BY version, trace_id"
    )
    pairs = ", ".join(f"('{name}', {name})" for name in _METRICS)
    measured = sql(
        "SELECT version, metric.1 AS name, '' AS source, '' AS data_type, metric.2 AS numbers FROM ("
        "SELECT version, arrayJoin([{}]) AS metric FROM ({})) WHERE notEmpty(numbers)",
        Sql((pairs,)),
        traces,
    )
    return list(_summarise(analytics, measured))


def read_scores(analytics: Analytics, selection: Selection) -> list[Measured]:
    """One for each version and numeric or boolean score."""
    where = Sql(("data_type IN ('NUMERIC', 'BOOLEAN') AND isNotNull(value)",))
    return list(_summarise(analytics, _select_scores(selection, "assumeNotNull(value)", where, "numbers")))


def read_categories(analytics: Analytics, selection: Selection) -> list[Measured]:
    """One for each version, categorical score and category that it has; others have the share 0. One with the
    empty category stands for the whole score: its `n` and `units` are of all categories together."""
    where = Sql(("data_type = 'CATEGORICAL' AND string_value != ''",))
    question = sql(
        "SELECT version, name, source, data_type, category, sum(y), sum(y * y), sum(y * n), count() FROM ("
        "SELECT version, name, source, data_type, length(categories) AS n, category,"
        " if(category = '', n, countEqual(categories, category)) AS y FROM ({})"
        " ARRAY JOIN arrayConcat([''], arrayDistinct(categories)) AS category)"
        " GROUP BY version, name, source, data_type, category"
        " ORDER BY sum(y) DESC, version, name, source, category LIMIT {}",
        _select_scores(selection, "string_value", where, "categories"),
        value("UInt64", _MOST_CATEGORIES),
    )
    return list(_shares(analytics.query(question)))


def empty_share(whole: Sample) -> Sample:
    """Of a category that no score of a version has."""
    return Sample(whole.n, whole.units, 0.0, 0.0, is_share=True)


def _select_generations(selection: Selection, what: Sql, tail: str = "") -> Sql:
    where = [
        sql("prompt_name = {}", value("String", selection.name)),
        Sql(("type = 'GENERATION' AND isNotNull(prompt_version)",)),
        *within(OBSERVATIONS, selection.from_us, selection.to_us),
    ]
    if selection.versions:
        where.append(sql("prompt_version IN {}", value("Array(Int64)", list(selection.versions))))
    if selection.environments:
        where.append(sql("environment IN {}", value("Array(String)", list(selection.environments))))
    return build_select(OBSERVATIONS, selection.project_id, what, where, tail)


def _select_scores(selection: Selection, expression: str, where: Sql, name: str) -> Sql:
    """A row for each version, score and trace, with the values of `expression` as the array `name`.

    Scores of a trace have no observation id: `''` stands for the trace beside the own id of each generation. A
    trace of several generations then finds its score several times, so a score's id is kept once.
    """
    traces = _select_generations(selection, Sql(("trace_id",)))
    targets = _select_generations(
        selection, Sql(("prompt_version AS version, trace_id, arrayJoin(['', id]) AS observation_id",))
    )
    columns = Sql((f"name, source, data_type, trace_id, observation_id, (id, {expression}) AS scored",))
    scores = build_select(SCORES, selection.project_id, columns, [where, sql("trace_id IN ({})", traces)])
    return sql(
        "SELECT version, name, source, data_type, arrayMap(x -> x.2, groupUniqArray(scored)) AS {} FROM ("
        "SELECT * FROM ({}) AS t INNER JOIN ({}) AS s USING (trace_id, observation_id))"
        " GROUP BY version, name, source, data_type, trace_id",
        Sql((name,)),
        targets,
        scores,
    )


def _summarise(analytics: Analytics, traces: Sql) -> Iterator[Measured]:
    """`traces` have version, name, source, data_type and numbers: the values of one trace."""
    # The stable forms do not subtract large sums from each other.
    question = sql(
        "SELECT version, name, source, data_type, sum(length(numbers)), count(), sum(arraySum(numbers)),"
        " varSampStable(arraySum(numbers)), varSampStable(length(numbers)),"
        " covarSampStable(arraySum(numbers), length(numbers)),"
        " varSampStableArray(numbers), quantilesArray(0.5, 0.95)(numbers) FROM ({})"
        " GROUP BY version, name, source, data_type ORDER BY version, name, source, data_type",
        traces,
    )
    for version, name, source, data_type, *moments in analytics.query(question):
        n, units, total, of_sums, of_counts, of_both, of_values, (median, p95) = moments
        mean = total / n
        residual = _number(of_sums) - 2 * mean * _number(of_both) + mean * mean * _number(of_counts)
        is_share = data_type == "BOOLEAN" or (not data_type and name == ERRORS)
        sample = Sample(n, units, mean, _per_unit(residual, n, units), is_share)
        deviation = math.sqrt(_number(of_values)) if n > 1 else None
        shown = (None, None) if is_share else (median, p95)
        yield Measured(version, Measure(name, source, data_type), sample, deviation, *shown)


def _shares(rows: Sequence[Row]) -> Iterator[Measured]:
    """Counts are exact, so sums of squares lose nothing here."""
    wholes = {row[:4]: row for row in rows if row[4] == ""}
    for row in rows:
        whole = wholes.get(row[:4])
        if whole is None:
            continue
        version, name, source, data_type, category, count, squares, products, _ = row
        n, counts, units = whole[5], whole[6], whole[8]
        share = count / n
        residual = (
            (squares - 2 * share * products + share * share * counts) / (units - 1) if units > 1 else 0.0
        )
        sample = Sample(n, units, share, _per_unit(residual, n, units), is_share=True)
        yield Measured(version, Measure(name, source, data_type, category), sample)


def _per_unit(residual: float, n: int, units: int) -> float:
    """The variance that, divided by `units`, is the square of the mean's standard error."""
    return max(residual, 0.0) * (units / n) ** 2


def _number(moment: float | None) -> float:
    """The engine has no variance of a single value: NaN, or null where it is infinite."""
    return 0.0 if moment is None or math.isnan(moment) else float(moment)
