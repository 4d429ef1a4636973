"""The words of the metrics query language: views, dimensions, measures, aggregations, granularities. Here are
their forms; the words themselves are tables of data in the modules beside this one, one for each view.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from spyglass.query.columns import FilterSet
from spyglass.query.views import View


class Source(StrEnum):
    """Where the expression of a dimension or measure is evaluated."""

    ROW = "row"  # on the view's own row
    TRACE = "trace"  # on the trace of an observation or score
    OBSERVATION = "observation"  # on the observation of a score
    SCORES = "scores"  # an aggregate over the scores of a trace or observation


class Type(StrEnum):
    STRING = "string"
    STRINGS = "strings"  # an array
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"


class Aggregation(StrEnum):
    SUM = "sum"
    AVG = "avg"
    COUNT = "count"
    MAX = "max"
    MIN = "min"
    P50 = "p50"
    P75 = "p75"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    HISTOGRAM = "histogram"
    UNIQ = "uniq"


PERCENTILES: dict[Aggregation, float] = {
    Aggregation.P50: 0.5,
    Aggregation.P75: 0.75,
    Aggregation.P90: 0.9,
    Aggregation.P95: 0.95,
    Aggregation.P99: 0.99,
}
# What a measure that is no number allows.
OF_TEXTS = (Aggregation.COUNT, Aggregation.UNIQ)


class Granularity(StrEnum):
    MINUTE = "minute"
    MINUTES_5 = "5m"  # these four are beyond the published language: a chart wants 30 to 120 buckets
    MINUTES_15 = "15m"
    HOUR = "hour"
    HOURS_3 = "3h"
    HOURS_6 = "6h"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What rows are grouped by. `own`: an expression on the row that goes first where it has a value.
    `explode`: an array, of which each item is a group of its own. `wide`: with so many values that v2 asks for
    an order and a limit."""

    name: str
    type: Type
    expression: str  # a literal over the columns of its source's table
    about: str
    source: Source = Source.ROW
    own: str = ""
    explode: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What is aggregated: a value of each row, null where it is unknown. `distinct`: what `uniq` counts, when
    that is something else. `by`: the dimension that chooses one value of a map."""

    name: str
    type: Type
    unit: str
    expression: str
    about: str
    source: Source = Source.ROW
    distinct: str = ""
    by: str = ""

    @property
    def is_number(self) -> bool:
        return self.type in (Type.INTEGER, Type.DECIMAL)


@dataclass(frozen=True)
class MetricView:
    """A view of one version of the language: its table, which rows belong to it, and its words. `bounded`: v2's
    rules for answers that could be long hold."""

    name: str
    view: View
    where: str
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    filters: FilterSet
    bounded: bool = False


Word = TypeVar("Word", Dimension, Measure)


def by_name(*groups: Iterable[Word]) -> dict[str, Word]:
    return {word.name: word for group in groups for word in group}
