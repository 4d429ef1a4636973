"""What a metric view can be filtered by: the columns of its list, its dimensions, and those of its measures that
stand on the row, each in its own unit.
"""

from collections.abc import Iterable

from spyglass.core.filters import Column
from spyglass.query.columns import Filterable, FilterSet, Scope
from spyglass.query.metrics.vocabulary import Dimension, Measure, Source, Type

_SCOPES = {
    Source.ROW: Scope.ROW,
    Source.TRACE: Scope.TRACE,
    Source.OBSERVATION: Scope.OBSERVATION,
}
_TYPES = {
    Type.STRING: "stringOptions",
    Type.STRINGS: "arrayOptions",
    Type.BOOLEAN: "boolean",
    Type.INTEGER: "number",
    Type.DECIMAL: "number",
}


def filters_of(base: FilterSet, dimensions: Iterable[Dimension], measures: Iterable[Measure]) -> FilterSet:
    """`base` is the filters of the list of the same records. Bodies are left out: a question about numbers does
    not read them."""
    by_id = {id_: entry for id_, entry in base.by_id.items() if entry.column.type != "body"}
    for measure in measures:
        if measure.is_number and measure.source is Source.ROW and not measure.by:
            by_id[measure.name] = _of_measure(measure)
    for dimension in dimensions:
        by_id[dimension.name] = _of_dimension(dimension)
    return FilterSet(base.view, by_id)


def _of_measure(measure: Measure) -> Filterable:
    return Filterable(Column(measure.name, measure.name, "number"), f"toFloat64({measure.expression})")


def _of_dimension(dimension: Dimension) -> Filterable:
    type_ = "arrayOptions" if dimension.explode else _TYPES[dimension.type]
    column = Column(dimension.name, dimension.name, type_)
    return Filterable(column, dimension.expression, _SCOPES[dimension.source], dimension.own)
