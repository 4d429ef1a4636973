"""The fields that the web UI filters, sorts, counts and shows: each declared once per entity. The registry drives the
query language, its completion, the facets, the column menus and the checks of what a request asks.

Expressions are literals over the row of the entity's source (`query/entities.py`); `Place` says over what else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from spyglass.core.filter_tree import NUMBERS, OPERATORS, Declared
from spyglass.query import expressions


class Place(StrEnum):
    """Where the value of a field stands."""

    ROW = "row"  # on the row itself
    TRACE = "trace"  # on the trace of an observation or a score
    CALLS = "calls"  # on any observation of a trace
    SUMS = "sums"  # an aggregate over the observations of a trace
    SCORES = "scores"  # on the scores of a trace, an observation or a session
    COMMENTS = "comments"  # in the metadata store
    HAS = "has"  # whether there is something: `expressions` by value


@dataclass(frozen=True, slots=True)
class Field:
    """`expression`: text, number (seconds, USD), instant, array, boolean or map; null or empty where not known.
    `parts`: of a full text, the columns that are searched. `many`: of CALLS, the expression is an array.
    `order`: what is sorted by, where that is not the expression."""

    name: str
    type: str
    label: str
    expression: str = ""
    place: Place = Place.ROW
    help: str = ""
    column: str = ""
    filter: bool = True
    sort: bool = False
    show: bool = True
    facet: str = ""
    indexed: bool = False
    unit: str = ""
    many: bool = False
    order: str = ""
    parts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def declared(self) -> Declared:
        return Declared(self.type, self.options)

    def describe(self) -> dict[str, Any]:
        """As the registry is answered."""
        found: dict[str, Any] = {
            "name": self.name,
            "column": self.column or self.name,
            "type": self.type,
            "label": self.label,
            "help": self.help,
            "filter": self.filter,
            "sort": self.sort,
            "facet": self.facet or None,
            "show": self.show,
            "indexed": self.indexed,
            "operators": list(OPERATORS[self.type]) if self.filter else [],
        }
        if self.unit:
            found["unit"] = self.unit
        if self.options:
            found["options"] = list(self.options)
        return found


_UNITS = {"duration": "s", "money": "usd"}


def declare(name: str, type_: str, label: str, expression: str = "", **more: Any) -> Field:
    unit = more.pop("unit", _UNITS.get(type_, ""))
    facet = more.pop(
        "facet", "options" if type_ in ("option", "array", "boolean") else "range" if type_ in NUMBERS else ""
    )
    return Field(name, type_, label, expression, unit=unit, facet=facet, **more)


def seconds(milliseconds: str) -> str:
    return f"({milliseconds}) / 1000"


def as_double(expression: str) -> str:
    return f"toFloat64({expression})"


CACHED_TOKENS = (
    "if(empty(usage), NULL, arraySum(arrayFilter((v, k) -> position(lower(k), 'cache') > 0 AND "
    "position(lower(k), 'creat') = 0 AND position(lower(k), 'write') = 0, mapValues(usage), mapKeys(usage))))"
)
TRACE_LATENCY_S = seconds(expressions.TRACE_LATENCY_MS)
LATENCY_S = seconds(expressions.LATENCY_MS)
FIRST_TOKEN_S = seconds(expressions.FIRST_TOKEN_MS)
TOKENS_PER_SECOND = expressions.per_second(expressions.OUTPUT_TOKENS, expressions.LATENCY_MS)
TRACE_LEVEL = (
    "multiIf(error_count > 0, 'ERROR', warning_count > 0, 'WARNING', debug_count > 0 AND default_count = 0, 'DEBUG', "
    "'DEFAULT')"
)
TRACE_LEVEL_RANK = (
    "multiIf(error_count > 0, 3, warning_count > 0, 2, debug_count > 0 AND default_count = 0, 0, 1)"
)
LEVEL_RANK = "indexOf(['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'], level)"
# Over the observations of a trace: from its first start to its first token.
TRACE_FIRST_TOKEN_S = seconds(expressions.milliseconds("min(start_time)", "min(completion_start_time)"))
# The tools that an observation called, or is a call of.
CALLED = "if(type = 'TOOL' AND name != '', arrayPushBack(tool_call_names, name), tool_call_names)"

SCORE_TEXT = "if(string_value != '', string_value, long_string_value)"


def by_name(fields: Iterable[Field]) -> Mapping[str, Field]:
    return {field.name: field for field in fields}
