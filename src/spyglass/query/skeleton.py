"""The skeleton of a trace: what a tree and a timeline need to know of each observation, column by column. Tens of
thousands of them are read as columns and answered as columns: no object is made of any.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.core.records import ESTIMATED, LEVELS, Trace
from spyglass.core.rollups import rollups_of
from spyglass.query.observations import within_trace
from spyglass.query.views import OBSERVATIONS, build_select
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.sql import Sql, join, sql, value

MOST = 50_000
# Whether there is an input or output is known only by reading them; of a larger trace it is taken for granted.
_LOOKED_INTO = 5_000

_MISSING = -2

HAS_SCORES, HAS_COMMENTS, HAS_INPUT, HAS_OUTPUT, IS_ESTIMATED, IS_ROLLUP = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True)
class Extent:
    """How many observations a trace has, and the version of the one that was written last."""

    count: int
    version: int


@dataclass(frozen=True)
class Marks:
    """What is known of observations beside their rows: the ids of those with scores, of those with comments, and of
    those whose scores changed after the version that an increment begins with."""

    scored: Collection[str] = ()
    commented: Collection[str] = ()
    changed: Collection[str] = ()


def read_extent(analytics: Analytics, trace: Trace) -> Extent:
    what = "count(), max(version_seq)"
    rows = analytics.query(build_select(OBSERVATIONS, trace.project_id, what, within_trace(trace)))
    return Extent(int(rows[0][0]), int(rows[0][1]))


def read_skeleton(
    analytics: Analytics,
    trace: Trace,
    extent: Extent,
    marks: Marks,
    *,
    since: int | None = None,
    guard: bool = True,
    ticket: Ticket | None = None,
) -> dict[str, Any]:
    """The columns of a trace that was read with its `METRICS`: of its first `MOST` observations. `since`: only of those
    that were written, or scored, after this version. `guard`: mark the roll-ups, whose tokens the sums of the trace
    leave out."""
    columns = analytics.query_columns(_question(trace, extent, marks, since), ticket=ticket) or NO_COLUMNS
    ids, parents, *_, inputs, outputs, totals, _, _ = columns
    known = (ids, parents, inputs, outputs, totals)
    rollups = _find_rollups(analytics, trace, since, known) if guard else []
    return as_answer(trace, extent, columns, marks, rollups)


# Of an answer without observations.
NO_COLUMNS: tuple[Sequence[Any], ...] = ((),) * 14


def as_answer(
    trace: Trace,
    extent: Extent,
    columns: Sequence[Sequence[Any]],
    marks: Marks,
    rollups: Sequence[str],
    children: Sequence[int] = (),
) -> dict[str, Any]:
    """`columns`: as `ask_columns` selects them. `children`: of each how many it has, where not all are here."""
    ids, parents, names, types, levels, starts, durations, firsts, models, *numbers = columns
    inputs, outputs, totals, costs, flags = numbers
    strings: dict[str, int] = {}
    columns_of_texts = {
        "name": _numbered(names, strings),
        "type": _numbered(types, strings),
        "model": _numbered(models, strings),
    }
    places = places_of(ids, parents)
    return {
        "traceId": trace.id,
        "n": len(ids),
        "total": extent.count,
        "truncated": extent.count > MOST,
        "cursor": str(extent.version),
        "t0": str(trace.first_start or 0),
        "strings": list(strings),
        "id": ids,
        "parent": places,
        "missing": {str(row): parents[row] for row, place in enumerate(places) if place == _MISSING},
        **columns_of_texts,
        "level": levels,
        "start": starts,
        "duration": durations,
        "ttft": firsts,
        "tokensIn": inputs,
        "tokensOut": outputs,
        "tokens": totals,
        "cost": costs,
        "flags": _flagged(ids, flags, marks, rollups),
        "rollups": rollups,
        "children": children,
    }


_COUNTED = (
    "toInt64(arraySum(arrayMap((k, v) -> if(position(lower(k), '{}') > 0, v, 0), "
    "mapKeys(usage), mapValues(usage))))"
)
IN, OUT, TOTAL = _COUNTED.format("input"), _COUNTED.format("output"), "toInt64(usage['total'])"
_LEVEL = f"toUInt8(indexOf([{', '.join(map(repr, LEVELS))}], level) - 1)"
_COLUMNS = f"""id, parent_id, name, type, {_LEVEL},
toUnixTimestamp64Micro(start_time) - {{}},
if(isNull(end_time), -1, greatest(toUnixTimestamp64Micro(end_time) - toUnixTimestamp64Micro(start_time), 0)),
if(isNull(completion_start_time), -1,
   greatest(toUnixTimestamp64Micro(completion_start_time) - toUnixTimestamp64Micro(start_time), 0)),
model, {IN}, {OUT}, {TOTAL}, toFloat64(total_cost), if(usage_source = '{ESTIMATED}', {IS_ESTIMATED}, 0)"""
_BODIES = f" + if(notEmpty(input), {HAS_INPUT}, 0) + if(notEmpty(output), {HAS_OUTPUT}, 0)"


def _question(trace: Trace, extent: Extent, marks: Marks, since: int | None) -> Sql:
    where: list[Sql] = []
    if since is not None:
        changed = sql("version_seq > {}", value("UInt64", since))
        scored = (
            sql("id IN {}", value("Array(String)", sorted(marks.changed))) if marks.changed else Sql(("",))
        )
        where.append(join(" OR ", [changed, scored]))
    return ask_columns(trace, extent, where)


def ask_columns(trace: Trace, extent: Extent, where: Iterable[Sql]) -> Sql:
    """The columns of the first `MOST` observations for which the conditions hold."""
    bodies = _BODIES if extent.count <= _LOOKED_INTO else f" + {HAS_INPUT + HAS_OUTPUT}"
    what = sql(_COLUMNS, value("Int64", trace.first_start or 0)) + bodies
    order = sql("ORDER BY start_time, end_time, id LIMIT {}", value("UInt64", MOST))
    return build_select(OBSERVATIONS, trace.project_id, what, [*within_trace(trace), *where], order)


def _numbered(texts: Sequence[str], strings: dict[str, int]) -> list[int]:
    """The place of each text in the table, which takes in those that it lacks."""
    number = strings.setdefault
    return [number(text, len(strings)) for text in texts]


def places_of(ids: Sequence[str], parents: Sequence[str]) -> list[int]:
    """The place of each parent among the ids; -1 where there is no parent, `_MISSING` where it is not here."""
    places = dict(zip(ids, range(len(ids)), strict=True))
    place = places.get
    return [place(parent, _MISSING) if parent else -1 for parent in parents]


def _flagged(
    ids: Sequence[str], flags: Sequence[int], marks: Marks, rollups: Collection[str]
) -> Sequence[int]:
    if not (marks.scored or marks.commented or rollups):
        return flags
    scored, commented, repeated = set(marks.scored), set(marks.commented), set(rollups)
    return [
        flag
        | (HAS_SCORES if id_ in scored else 0)
        | (HAS_COMMENTS if id_ in commented else 0)
        | (IS_ROLLUP if id_ in repeated else 0)
        for id_, flag in zip(ids, flags, strict=True)
    ]


def _find_rollups(
    analytics: Analytics, trace: Trace, since: int | None, columns: tuple[Sequence[Any], ...]
) -> list[str]:
    """An increment holds a part of the tree only."""
    if since is not None:
        what = f"id, parent_id, {IN}, {OUT}, {TOTAL}"
        tail = f"LIMIT {MOST}"
        question = build_select(OBSERVATIONS, trace.project_id, what, within_trace(trace), tail)
        columns = tuple(analytics.query_columns(question) or [[]] * 5)
    return find_rollups(*columns)


def find_rollups(
    ids: Sequence[str],
    parents: Sequence[str],
    inputs: Sequence[int],
    outputs: Sequence[int],
    totals: Sequence[int],
) -> list[str]:
    """The ids of all roll-ups of a trace, as its sums know them."""
    counted = {id_ for id_, total in zip(ids, totals, strict=True) if total}
    if counted.isdisjoint(parents):
        return []
    return [ids[place] for place in rollups_of(places_of(ids, parents), inputs, outputs, totals)]
