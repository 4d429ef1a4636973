"""Parts of a trace that is too large for one answer (`query/skeleton.py`): its top levels, what lies below one
observation, the way to one. Who stands below whom is read of all observations, the rest only of those that are shown.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from typing import Any

from spyglass.core.errors import NotFound
from spyglass.core.levels import below, children_of, path_to, top_levels
from spyglass.core.records import Trace
from spyglass.query.observations import within_trace
from spyglass.query.skeleton import (
    IN,
    MOST,
    NO_COLUMNS,
    OUT,
    TOTAL,
    Extent,
    Marks,
    as_answer,
    ask_columns,
    find_rollups,
    places_of,
)
from spyglass.query.views import OBSERVATIONS, build_select, instant
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.sql import Sql, sql, value

# Observations whose place in the tree is known; of a larger trace the later ones are not shown.
MOST_KNOWN = 500_000
MOST_BELOW = 5_000

_STRETCH = 40_000  # observations in order of time that one question may read, also those that are not wanted
_AT_ONCE = 2_000  # where few of those are wanted: ids of one question


class Branches:
    """The tree of a trace that was read with its `METRICS`."""

    def __init__(
        self, analytics: Analytics, trace: Trace, extent: Extent, *, guard: bool, ticket: Ticket | None = None
    ) -> None:
        self._analytics, self._trace, self._extent, self._ticket = analytics, trace, extent, ticket
        what = f"id, parent_id, toUnixTimestamp64Micro(start_time), {IN}, {OUT}, {TOTAL}"
        tail = sql("ORDER BY start_time, end_time, id LIMIT {}", value("UInt64", MOST_KNOWN))
        question = build_select(OBSERVATIONS, trace.project_id, what, within_trace(trace), tail)
        columns = analytics.query_columns(question, ticket=ticket) or [[]] * 6
        self._ids, parents, self._starts, *usage = columns
        self._rollups = find_rollups(self._ids, parents, *usage) if guard else []
        self._parents = places_of(self._ids, parents)
        self._children = children_of(self._parents)

    def read_top(self, marks: Marks) -> dict[str, Any]:
        """As many levels as fit into one answer."""
        return self._read(top_levels(self._parents, self._children, MOST), marks)

    def read_below(self, id_: str, marks: Marks) -> dict[str, Any]:
        """The nearest observations below one. Raises `NotFound`."""
        return self._read(below(self._find(id_), self._children, MOST_BELOW), marks)

    def read_path(self, id_: str, marks: Marks) -> dict[str, Any]:
        """An observation and those above it. Raises `NotFound`."""
        return self._read(path_to(self._find(id_), self._parents), marks)

    def _find(self, id_: str) -> int:
        try:
            return self._ids.index(id_)
        except ValueError:
            raise NotFound(f"Observation {id_} not found within trace {self._trace.id}") from None

    def _read(self, places: Sequence[int], marks: Marks) -> dict[str, Any]:
        columns = self._columns_of(places)
        at = {self._ids[place]: len(self._children.get(place, ())) for place in places}
        children = [at.get(id_, 0) for id_ in columns[0]]
        return as_answer(self._trace, self._extent, columns, marks, self._rollups, children)

    def _columns_of(self, places: Sequence[int]) -> Sequence[Sequence[Any]]:
        """The columns of some observations, in order."""
        found: list[list[Any]] = [[] for _ in NO_COLUMNS]
        for _, group in groupby(places, lambda place: place // _STRETCH):
            some = list(group)
            start, end = self._between(some)
            dense = len(some) * 3 >= end - start and end - start <= MOST
            for columns in [self._stretch(some)] if dense else self._by_ids(some):
                for column, more in zip(found, columns, strict=True):
                    column += more
        return found

    def _between(self, places: Sequence[int]) -> tuple[int, int]:
        """From which place to before which one a stretch of time reaches that holds these: with all that begin at the
        same moment as the first or the last."""
        first, last = self._starts[places[0]], self._starts[places[-1]]
        return bisect_left(self._starts, first), bisect_right(self._starts, last)

    def _stretch(self, places: Sequence[int]) -> Sequence[Sequence[Any]]:
        """All of the stretch is read, and the few that are not wanted are left out."""
        columns = self._ask(places)
        wanted = {self._ids[place] for place in places}
        kept = [id_ in wanted for id_ in columns[0]]
        return [list(compress(column, kept)) for column in columns]

    def _by_ids(self, places: Sequence[int]) -> Iterator[Sequence[Sequence[Any]]]:
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            ids = [self._ids[place] for place in some]
            yield self._ask(some, sql("id IN {}", value("Array(String)", ids)))

    def _ask(self, places: Sequence[int], *more: Sql) -> Sequence[Sequence[Any]]:
        where = [
            sql("start_time >= {}", instant(self._starts[places[0]])),
            sql("start_time <= {}", instant(self._starts[places[-1]])),
            *more,
        ]
        question = ask_columns(self._trace, self._extent, where)
        return self._analytics.query_columns(question, ticket=self._ticket) or NO_COLUMNS
