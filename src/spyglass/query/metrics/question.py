"""A question of the metrics query language, checked against the words of its view. What clients send is shaped
by the schemas of `features/metrics`; here names get their meaning, and what is not allowed its message.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, TypeVar

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.filter_tree import EVERYTHING, Node, leaves, parse_tree, refuse
from spyglass.core.filters import Condition, parse_conditions
from spyglass.query.field_lists import OBSERVATION_FIELDS, SCORE_FIELDS, TRACE_FIELDS
from spyglass.query.fields import Field, Place
from spyglass.query.metrics.buckets import choose
from spyglass.query.metrics.vocabulary import (
    OF_TEXTS,
    PERCENTILES,
    Aggregation,
    Dimension,
    Granularity,
    Measure,
    MetricView,
    Type,
)
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES

METADATA = "metadata"
TIME = "time_dimension"
DEFAULT_BINS = 10
_V2_ROWS = 100
_MOST_WORDS = 20
# What the list of the rows of a view can be filtered by.
_WORDS: dict[str, tuple[Field, ...]] = {
    TRACES.table: TRACE_FIELDS,
    OBSERVATIONS.table: OBSERVATION_FIELDS,
    SCORES.table: SCORE_FIELDS,
}


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension as it was asked for; `key` is its name in the answer. `metadata_key`: of a metadata value."""

    key: str
    dimension: Dimension
    metadata_key: str | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    measure: Measure
    aggregation: Aggregation

    @property
    def key(self) -> str:
        return f"{self.aggregation.value}_{self.measure.name}"


@dataclass(frozen=True, slots=True)
class Order:
    """By the key of a dimension or metric, or `time_dimension`."""

    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`from_us` inclusive, `to_us` exclusive. `limit` None: all rows, up to what an answer may hold. `traces`: only
    what belongs to traces that meet it; `rows`: only rows that meet it themselves."""

    view: MetricView
    from_us: int
    to_us: int
    metrics: tuple[Metric, ...]
    groups: tuple[Group, ...] = ()
    filters: tuple[Condition, ...] = ()
    granularity: Granularity | None = None
    zone: tzinfo = UTC
    order: tuple[Order, ...] | None = None
    bins: int = DEFAULT_BINS
    limit: int | None = None
    traces: Node = EVERYTHING
    rows: Node = EVERYTHING

    @property
    def identity(self) -> Hashable:
        """Equal for questions that have the same answer to the same data."""
        words = (self.view.name, self.view.bounded, self.bins, self.limit, self.from_us, self.to_us)
        groups, metrics = (tuple(word.key for word in kind) for kind in (self.groups, self.metrics))
        return (
            *words,
            groups,
            metrics,
            self.filters,
            self.granularity,
            str(self.zone),
            self.order,
            self.traces,
            self.rows,
        )

    @property
    def wants_exactness(self) -> bool:
        """Whether something is asked that is counted exactly only up to a size."""
        return any(
            metric.aggregation in PERCENTILES or metric.aggregation is Aggregation.UNIQ
            for metric in self.metrics
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question as the client wrote them, shaped but not looked up: dimensions with an optional
    metadata key, (measure, aggregation), filters as JSON, (field, descending)."""

    view: str
    dimensions: Sequence[tuple[str, str | None]]
    metrics: Sequence[tuple[str, str]]
    filters: Any
    granularity: str | None
    from_us: int
    to_us: int
    zone: tzinfo = UTC
    order: Sequence[tuple[str, bool]] | None = None
    bins: int = DEFAULT_BINS
    limit: int | None = None
    trace_filter: Any = None
    row_filter: Any = None


def read_question(asked: Asked, views: dict[str, MetricView]) -> Question:
    """Look everything up; raises `Invalid` with what is allowed."""
    view = views.get(asked.view)
    if view is None:
        raise Invalid(f"Invalid view {asked.view[:64]!r}: expected one of {', '.join(views)}")
    if asked.from_us >= asked.to_us:
        raise Invalid("fromTimestamp must be before toTimestamp, and one of them from 1970 to 2261")
    if len(asked.dimensions) + len(asked.metrics) > _MOST_WORDS:
        raise Invalid(f"At most {_MOST_WORDS} dimensions and metrics together are allowed")
    groups = _unique(_read_group(view, field, key) for field, key in asked.dimensions)
    metrics = _unique(_read_metric(view, *words) for words in asked.metrics)
    _check_maps(metrics, groups)
    order = _read_order(asked, groups, metrics)
    if view.bounded:
        _check_wide(asked, groups, metrics)
    return Question(
        view=view,
        from_us=asked.from_us,
        to_us=asked.to_us,
        metrics=metrics,
        groups=groups,
        filters=_read_filters(asked.filters, view),
        granularity=_read_granularity(asked),
        zone=asked.zone,
        order=order,
        bins=asked.bins,
        limit=asked.limit if asked.limit is not None or not view.bounded else _V2_ROWS,
        traces=_read_tree(asked.trace_filter, TRACE_FIELDS, "traceFilter"),
        rows=_read_tree(asked.row_filter, _WORDS[view.view.table], "rowFilter"),
    )


Word = TypeVar("Word", Group, Metric)


def _unique(words: Iterable[Word]) -> tuple[Word, ...]:
    """The same word twice is one: an answer has one place for it."""
    return tuple({word.key: word for word in words}.values())


def _read_group(view: MetricView, field: str, key: str | None) -> Group:
    if field.startswith(f"{METADATA}."):
        field, key = METADATA, field.removeprefix(f"{METADATA}.")
    if field == METADATA:
        if not key:
            raise Invalid('The dimension "metadata" needs a "key", or write it as "metadata.<key>"')
        if "\0" in key:
            raise Invalid("A metadata key must not contain NUL")
        name = f"{METADATA}.{key}"
        return Group(name, Dimension(name, Type.STRING, METADATA, "Metadata value"), key)
    dimension = view.dimensions.get(field)
    if dimension is None:
        allowed = ", ".join([*view.dimensions, "metadata.<key>"])
        raise Invalid(f"Invalid dimension {field[:64]!r} for view {view.name}: expected one of {allowed}")
    return Group(field, dimension)


def _read_metric(view: MetricView, name: str, aggregation: str) -> Metric:
    measure = view.measures.get(name)
    if measure is None:
        allowed = ", ".join(view.measures)
        raise Invalid(f"Invalid measure {name[:64]!r} for view {view.name}: expected one of {allowed}")
    found = Aggregation(aggregation)
    if not measure.is_number and found not in OF_TEXTS:
        raise Invalid(f"Invalid aggregation {found.value!r} for measure {name}: expected one of count, uniq")
    return Metric(measure, found)


def _read_filters(items: Any, view: MetricView) -> tuple[Condition, ...]:
    try:
        return tuple(parse_conditions(items, view.filters.columns))
    except InvalidData as error:
        issues = [{**issue, "path": ["filters", *issue["path"]]} for issue in error.details or ()]
        raise InvalidData(issues) from None


def _read_tree(tree: Any, fields: Sequence[Field], place: str) -> Node:
    """Comments lie in the other store: answers that are held would not know when they change."""
    found = parse_tree(tree, {field.name: field.declared for field in fields if field.filter}, place)
    of_comments = {field.name for field in fields if field.place is Place.COMMENTS}
    for leaf in leaves(found):
        values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        if leaf.field in of_comments or (leaf.field == "has" and "comment" in values):
            refuse(leaf.path, "Numbers cannot be filtered by comments", "invalid_value")
    return found


def _check_maps(metrics: tuple[Metric, ...], groups: tuple[Group, ...]) -> None:
    names = {group.key for group in groups}
    for metric in metrics:
        needed = metric.measure.by
        if needed and needed not in names:
            raise Invalid(f"The measure {metric.measure.name} needs the dimension {needed}")


def _read_order(
    asked: Asked, groups: tuple[Group, ...], metrics: tuple[Metric, ...]
) -> tuple[Order, ...] | None:
    """None when no order was given: an empty list is none."""
    if not asked.order:
        return None
    histograms = {metric.key for metric in metrics if metric.aggregation is Aggregation.HISTOGRAM}
    known = [group.key for group in groups] + [
        metric.key for metric in metrics if metric.key not in histograms
    ]
    if asked.granularity is not None:
        known.append(TIME)
    for field, _ in asked.order:
        if field not in known:
            raise Invalid(f"Invalid orderBy field {field[:64]!r}: expected one of {', '.join(known)}")
    return tuple(Order(field, descending) for field, descending in asked.order)


def _check_wide(asked: Asked, groups: tuple[Group, ...], metrics: tuple[Metric, ...]) -> None:
    wide = [group.key for group in groups if group.dimension.wide]
    if not wide:
        return
    keys = {metric.key for metric in metrics}
    ordered = any(descending and field in keys for field, descending in asked.order or ())
    if asked.limit is None or not ordered or asked.granularity is not None:
        raise Invalid(
            f"The dimension {', '.join(wide)} has many values. To group by it give config.row_limit and an "
            "orderBy that is descending on one of the metrics, and no timeDimension; or filter by it instead"
        )


def _read_granularity(asked: Asked) -> Granularity | None:
    if asked.granularity is None:
        return None
    if asked.granularity == "auto":
        return choose(asked.from_us, asked.to_us)
    return Granularity(asked.granularity)
