"""Which experiments and items a request asks for: the same conditions for what spans tell and for what links tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spyglass.api.params import any_of, read_filter
from spyglass.core.clock import from_us
from spyglass.core.errors import Invalid
from spyglass.core.filters import Condition, merge_conditions
from spyglass.query.columns import FilterSet
from spyglass.query.filters import compile_filter
from spyglass.stores.analytics.sql import Sql
from spyglass.stores.meta.datasets import Stretch

# As `query/filters.py` compiles them.
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "=": lambda text, value: text == value,
    "contains": lambda text, value: value in text,
    "does not contain": lambda text, value: value not in text,
    "starts with": lambda text, value: text.startswith(value),
    "ends with": lambda text, value: text.endswith(value),
}


@dataclass(frozen=True)
class Selection:
    """Conditions on text columns, joined with AND."""

    filters: FilterSet
    conditions: Sequence[Condition]

    def compiled(self, project_id: str, *columns: str) -> list[Sql]:
        """SQL on spans; of all conditions, or of those on some columns."""
        chosen = [each for each in self.conditions if not columns or each.column in columns]
        return compile_filter(self.filters, project_id, chosen)

    def keeps(self, values: Mapping[str, str]) -> bool:
        """Whether a row with these values, by column, is asked for."""
        return all(_holds(condition, values[condition.column]) for condition in self.conditions)

    def stretch(self, begin_us: int, end_us: int | None, columns: Mapping[str, str]) -> Stretch:
        """The links to look at. `columns`: field of `Stretch` -> column; what it cannot say, `keeps` does."""
        narrowed = {field: self._allowed(column) for field, column in columns.items()}
        return Stretch(from_us(begin_us), None if end_us is None else from_us(end_us), **narrowed)

    def _allowed(self, column: str) -> Sequence[str] | None:
        """The only values that the column may have, if conditions list them."""
        for condition in self.conditions:
            if condition.column == column and condition.operator == "any of":
                return list(condition.value)
            if condition.column == column and condition.operator == "=":
                return [condition.value]
        return None


def select(filters: FilterSet, named: Mapping[str, list[str] | None], advanced: str | None) -> Selection:
    """Named parameters (comma lists, by column) and the advanced filter. Raises `Invalid`."""
    conditions = [condition for column, values in named.items() for condition in any_of(column, values)]
    merged = merge_conditions(conditions, read_filter(advanced, filters), lambda each: each.column)
    for condition in merged:
        texts = [condition.value] if isinstance(condition.value, str) else condition.value or ()
        if any("\0" in text for text in texts):
            raise Invalid(f"{condition.column}: must not contain NUL")
    return Selection(filters, merged)


def _holds(condition: Condition, text: str) -> bool:
    if condition.type == "null":
        return (text == "") is (condition.operator == "is null")
    if condition.operator in ("any of", "none of"):
        return (text in condition.value) is (condition.operator == "any of")
    return _TEXT[condition.operator](text, condition.value)
