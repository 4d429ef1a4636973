"""A question -> one SELECT. Three levels: the rows of the view with what stands on them (`x` of dimensions, `y` of
measures), the same with what is joined and exploded (`d`, `m`), and the groups (`a` of metrics). Nothing that a
client wrote is text of a statement: names were looked up, values are bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from spyglass.core.filter_tree import EVERYTHING
from spyglass.query.entities import ENTITIES, Bounds
from spyglass.query.filters import compile_filter
from spyglass.query.metrics import joins
from spyglass.query.metrics.aggregates import aggregate, unfold_histograms
from spyglass.query.metrics.buckets import Buckets
from spyglass.query.metrics.question import TIME, Group, Question
from spyglass.query.metrics.sketches import unfold_sketches
from spyglass.query.metrics.vocabulary import PERCENTILES, Aggregation, Measure, Source, Type
from spyglass.query.trees import Compiler
from spyglass.query.views import TRACES, build_select, within
from spyglass.stores.analytics.sql import Sql, join, sql, value

# Whose fields the rows of a view have.
_ENTITIES = {entity.view.table: entity for entity in ENTITIES.values() if not entity.group}
# An answer holds no more rows than this, whatever was asked.
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Plan:
    """The columns of the SELECT are the dimensions in their order, the bucket when there is a time dimension, then
    the metrics in their order. `exact`: percentiles and distinct counts are."""

    question: Question
    project_id: str
    buckets: Buckets | None
    exact: bool = True

    @cached_property
    def measures(self) -> list[Measure]:
        return list({metric.measure.name: metric.measure for metric in self.question.metrics}.values())

    @property
    def limit(self) -> int:
        return MOST_ROWS if self.question.limit is None else self.question.limit

    def sql(self) -> Sql:
        """One row more than the limit is asked for, to know whether there are more."""
        names = [*self._dimension_names(), *self._aggregate_names()]
        selected = [
            *map(_plain, self._dimension_names()),
            *aggregate(self.question, self.measures, self.exact),
        ]
        text = sql("SELECT {} FROM ({})", join(", ", selected), self._joined())
        if self._dimension_names():
            text = text + f" GROUP BY {', '.join(self._dimension_names())}"
        if sketched := self._sketched():
            text = unfold_sketches(sketched, names, text)
        text = text + self._order() + sql(" LIMIT {}", value("UInt64", self.limit + 1))
        if any(metric.aggregation is Aggregation.HISTOGRAM for metric in self.question.metrics):
            text = unfold_histograms(self.question, names, text) + self._order()
        return text

    def base_conditions(self) -> list[Sql]:
        """Which rows of the view are meant."""
        question = self.question
        return [
            Sql((question.view.where,)),
            *within(question.view.view, question.from_us, question.to_us),
            *compile_filter(question.view.filters, self.project_id, (), question.filters),
            *self._of_traces(),
            *self._of_rows(),
        ]

    def _of_traces(self) -> Iterator[Sql]:
        """That a row is, or belongs to, a trace that meets the tree. What belongs to it may lie at other times."""
        question = self.question
        if question.traces == EVERYTHING:
            return
        of_traces = question.view.view is TRACES
        bounds = Bounds(question.from_us, question.to_us) if of_traces else Bounds()
        found = Compiler(ENTITIES["traces"], self.project_id, bounds, _no_comments).compile(question.traces)
        if of_traces:
            yield found
        else:
            yield sql("trace_id IN ({})", build_select(TRACES, self.project_id, "id", [found]))

    def _of_rows(self) -> Iterator[Sql]:
        """That a row meets the tree over rows itself, as in its list."""
        question = self.question
        if question.rows == EVERYTHING:
            return
        bounds = Bounds(question.from_us, question.to_us)
        entity = _ENTITIES[question.view.view.table]
        yield Compiler(entity, self.project_id, bounds, _no_comments).compile(question.rows)

    def _sketched(self) -> dict[str, float]:
        """Percentiles that come as sketches, and their levels."""
        return {
            f"a{number}": PERCENTILES[metric.aggregation]
            for number, metric in enumerate(self.question.metrics)
            if metric.aggregation in PERCENTILES and not self.exact
        }

    def _dimension_names(self) -> list[str]:
        names = [f"d{number}" for number, _ in enumerate(self.question.groups)]
        return [*names, "bucket"] if self.buckets else names

    def _aggregate_names(self) -> list[str]:
        return [f"a{number}" for number, _ in enumerate(self.question.metrics)]

    def _order(self) -> Sql:
        """As asked, else by time, else by the first metric; what is equal then by the dimensions, so that the
        order is always the same."""
        names = self._dimension_names()
        if not names:
            return Sql(("",))
        columns = {group.key: _orderable(number, group) for number, group in enumerate(self.question.groups)}
        columns[TIME] = "bucket"
        columns |= {metric.key: f"a{number}" for number, metric in enumerate(self.question.metrics)}
        if self.question.order is not None:
            wanted = [(columns[order.key], order.descending) for order in self.question.order]
        elif self.buckets:
            wanted = [("bucket", False)]
        elif self.question.metrics[0].aggregation is Aggregation.HISTOGRAM:
            wanted = []
        else:
            wanted = [("a0", True)]
        said = {column for column, _ in wanted}
        wanted += [(column, False) for column in names if column not in said]
        parts = [f"{column} {'DESC' if descending else 'ASC'} NULLS LAST" for column, descending in wanted]
        return Sql((f" ORDER BY {', '.join(parts)}",))

    # --- rows with what is joined and exploded

    def _joined(self) -> Sql:
        columns = [self._dimension(number, group) for number, group in enumerate(self.question.groups)]
        if self.buckets:
            columns.append(Sql(("bucket",)))
        for number, measure in enumerate(self.measures):
            columns += self._measure(number, measure)
        text = sql("SELECT {} FROM ({}) AS r", join(", ", columns), self._base())
        for source in self._sources():
            text = text + joins.join_clause(source, self._context(), self._joined_columns(source))
        return text

    def _dimension(self, number: int, group: Group) -> Sql:
        found = f"x{number}"
        if group.dimension.own:
            found = f"if(o{number} != '', o{number}, x{number})"
        if group.dimension.explode:
            found = f"arrayJoin(x{number})"
        return Sql((f"{found} AS d{number}",))

    def _measure(self, number: int, measure: Measure) -> Iterator[Sql]:
        found = f"y{number}"
        if measure.by:
            keys = [group.key for group in self.question.groups]
            found = f"y{number}[d{keys.index(measure.by)}]"
        if measure.type is Type.STRING:
            found = f"nullIf({found}, '')"
        yield Sql((f"{found} AS m{number}",))
        if measure.distinct:
            yield Sql((f"nullIf(u{number}, '') AS n{number}",))

    # --- rows of the view

    def _base(self) -> Sql:
        view = self.question.view.view
        columns = [*self._own_dimensions(), *self._own_measures()]
        if self.buckets:
            columns.append(_bucket(view.time, self.buckets))
        columns += [Sql((key,)) for key in joins.own_keys(self._sources(), view)]
        if not columns:
            columns = [Sql(("1 AS present",))]
        return build_select(view, self.project_id, join(", ", columns), self.base_conditions())

    def _own_dimensions(self) -> Iterator[Sql]:
        for number, group in enumerate(self.question.groups):
            if group.metadata_key is not None:
                yield sql(f"metadata[{{}}] AS x{number}", value("String", group.metadata_key))
            elif group.dimension.source is Source.ROW:
                yield Sql((f"{group.dimension.expression} AS x{number}",))
            elif group.dimension.own:
                yield Sql((f"{group.dimension.own} AS o{number}",))

    def _own_measures(self) -> Iterator[Sql]:
        for number, measure in enumerate(self.measures):
            if measure.source is Source.ROW:
                yield Sql((f"{measure.expression} AS y{number}",))
            if measure.distinct:
                yield Sql((f"{measure.distinct} AS u{number}",))

    # --- joins

    def _sources(self) -> list[Source]:
        words = [group.dimension for group in self.question.groups]
        used = {word.source for word in words} | {measure.source for measure in self.measures}
        return [source for source in Source if source in used and source is not Source.ROW]

    def _joined_columns(self, source: Source) -> list[Sql]:
        found = [
            Sql((f"{group.dimension.expression} AS x{number}",))
            for number, group in enumerate(self.question.groups)
            if group.dimension.source is source
        ]
        return found + [
            Sql((f"{measure.expression} AS y{number}",))
            for number, measure in enumerate(self.measures)
            if measure.source is source
        ]

    def _context(self) -> joins.Context:
        question = self.question
        return joins.Context(
            question.view.view, self.project_id, question.from_us, question.to_us, self.base_conditions()
        )


def _no_comments(subject: str, ids: Sequence[str] | None = None) -> dict[str, int]:
    """Questions do not ask for them."""
    return {}


def _orderable(number: int, group: Group) -> str:
    """An empty text is null, and nulls come last."""
    return f"nullIf(d{number}, '')" if group.dimension.type is Type.STRING else f"d{number}"


def _plain(name: str) -> Sql:
    return Sql((name,))


def _bucket(time: str, buckets: Buckets) -> Sql:
    """The start of the row's bucket, in microseconds."""
    at = f"toUnixTimestamp64Micro({time})"
    if len(buckets.starts) == 1:
        return sql("{} AS bucket", value("Int64", buckets.starts[0]))
    if buckets.step_us is not None:
        step, origin = value("Int64", buckets.step_us), value("Int64", buckets.starts[0])
        return sql(f"intDiv({at} - {{}}, {{}}) * {{}} + {{}} AS bucket", origin, step, step, origin)
    return sql(f"roundDown({at}, {{}}) AS bucket", value("Array(Int64)", list(buckets.starts)))
