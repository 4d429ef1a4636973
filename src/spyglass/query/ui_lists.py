"""Pages of the web UI's tables: the places of the rows first, newest first or by any sortable field, from behind a
cursor; never by offset, so a page costs the same wherever it is. What is shown of them is `query/ui_rows.py`.

A row without the value that is sorted by comes last in both directions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spyglass.core.errors import Invalid
from spyglass.core.filter_tree import EVERYTHING, NUMBERS
from spyglass.core.paging import Key, decode_cursor, encode_cursor
from spyglass.query.entities import Bounds, Entity
from spyglass.query.fields import Field
from spyglass.query.tree_questions import Question
from spyglass.query.trees import is_dear
from spyglass.query.views import build_glance, instant, within
from spyglass.stores.analytics.sql import Sql, double, join, sql, value

# About how many rows lie in the stretches that are looked through, the newest first; the last has no end. What reads
# texts or other tables for each row begins with few; each look costs the engine some milliseconds whatever it finds.
_MANY = (32_000, 256_000, 2_000_000)
_FEW = (1_000, 8_000, 64_000, 512_000)
# How dense the rows lie is told by so many of the newest.
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Sort:
    field: Field
    descending: bool

    @property
    def name(self) -> str:
        """What a cursor is good for."""
        return ("-" if self.descending else "") + self.field.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its time, its ids, and what it is sorted by. `missing`: it has no such value."""

    time_us: int
    ids: tuple[str, ...]
    missing: bool = False
    value: float | str = 0.0


def find_page(
    question: Question, sort: Sort, cursor: str | None, limit: int
) -> tuple[list[Place], str | None]:
    """The places of a page, and the cursor to go on from (None at the end)."""
    after = None if cursor is None else _read_cursor(question.entity, sort, cursor)
    by_time = sort.field.expression == question.entity.time
    if by_time and sort.descending and not question.entity.group:
        found = _find_newest(question, after, limit + 1)
    elif by_time:
        found = _find_by_time(question, sort.descending, after, limit + 1)
    else:
        found = _find_sorted(question, sort, after, limit + 1)
    following = _write_cursor(sort, found[limit - 1]) if len(found) > limit else None
    return found[:limit], following


def _find_newest(question: Question, after: Place | None, wanted: int) -> list[Place]:
    """In ever older stretches of time: what lies before the first is read only when they hold too little, and what is
    asked of other records is asked for each stretch alone. A time without rows is skipped."""
    bounds = question.bounds
    if after is not None:
        bounds = replace(bounds, to_us=after.time_us + 1)
    found: list[Place] = []
    for stretch in stretches(question.within(bounds), wanted):
        found += _find_by_time(question.within(stretch), True, after, wanted - len(found))
        if len(found) >= wanted:
            break
    return found


def stretches(question: Question, wanted: int) -> Iterator[Bounds]:
    """The bounds of the question cut into ever longer pieces, the newest first; together they are the whole as far as
    there are rows."""
    newest_us, sampled_us, sampled = _newest(question)
    if not sampled:
        return iter(())
    bounds = replace(question.bounds, to_us=newest_us + 1)
    each_us = max(1, (newest_us - sampled_us) // sampled)
    return cut(bounds, [rows * each_us for rows in _rows_of_stretches(question, wanted)])


def cut(bounds: Bounds, lengths: Sequence[int]) -> Iterator[Bounds]:
    """Pieces that reach so far back from the end, each beyond the one before, and the rest. `lengths` ascend."""
    assert bounds.to_us is not None
    upper = bounds.to_us
    for length in lengths:
        lower = bounds.to_us - length
        if bounds.from_us is not None and lower <= bounds.from_us:
            break
        yield replace(bounds, from_us=lower, to_us=upper)
        upper = lower
    yield replace(bounds, to_us=upper)


def _rows_of_stretches(question: Question, wanted: int) -> Sequence[int]:
    if question.tree == EVERYTHING and not question.bounds.environments:
        enough = 4 * wanted
        return (enough, *(rows for rows in _MANY if rows > enough))
    return _FEW if is_dear(question.tree, question.entity.fields) else _MANY


def _newest(question: Question) -> tuple[int, int, int]:
    """(when the newest row within the bounds was, when the last of the newest ones was, how many these are), whatever
    else is asked of them. Rows that were replaced or deleted count too: it only says where to look."""
    view = question.entity.view
    rows = within(view, question.bounds.from_us, question.bounds.to_us)
    tail = sql(f"ORDER BY {view.time} DESC LIMIT {{}}", value("UInt64", _SAMPLE))
    newest = build_glance(view, question.project_id, f"toUnixTimestamp64Micro({view.time}) AS at", rows, tail)
    newest_us, sampled_us, sampled = question.read(sql("SELECT max(at), min(at), count() FROM ({})", newest))[
        0
    ]
    return int(newest_us), int(sampled_us), int(sampled)


def _find_by_time(question: Question, descending: bool, after: Place | None, wanted: int) -> list[Place]:
    entity = question.entity
    word, beyond = ("DESC", "<") if descending else ("ASC", ">")
    keys = (entity.time, *entity.ids)
    where = []
    if after is not None:
        place = join(", ", [instant(after.time_us), *(_text(id_) for id_ in after.ids)])
        where.append(sql(f"({', '.join(keys)}) {beyond} ({{}})", place))
        # Says nothing new, but the sort key can use it.
        where.append(sql(f"{entity.time} {beyond}= {{}}", instant(after.time_us)))
    order = ", ".join(f"{key} {word}" for key in keys)
    tail = sql(f"ORDER BY {order} LIMIT {{}}", value("UInt64", wanted))
    rows = question.ask(_place_of(entity), where, tail)
    return [Place(time_us, tuple(ids)) for time_us, *ids in rows]


def _find_sorted(question: Question, sort: Sort, after: Place | None, wanted: int) -> list[Place]:
    entity, field = question.entity, sort.field
    expression, missing = _sorted_by(field)
    where = [] if after is None else [_behind(entity, sort, after)]
    word = "DESC" if sort.descending else "ASC"
    ties = ", ".join(f"{key} DESC" for key in (entity.time, *entity.ids))
    tail = sql(f"ORDER BY {missing} ASC, {expression} {word}, {ties} LIMIT {{}}", value("UInt64", wanted))
    rows = question.ask(f"{_place_of(entity)}, {missing}, {expression}", where, tail)
    count = len(entity.ids)
    return [Place(row[0], tuple(row[1 : 1 + count]), bool(row[-2]), row[-1]) for row in rows]


def _place_of(entity: Entity) -> str:
    return f"toUnixTimestamp64Micro({entity.time}), {', '.join(entity.ids)}"


def _sorted_by(field: Field) -> tuple[str, str]:
    """(what is compared, whether it is missing): a number or a text, never null."""
    expression = field.order or field.expression
    if field.type == "datetime":
        return f"toFloat64(ifNull(toUnixTimestamp64Micro({expression}), 0))", f"isNull({expression})"
    if field.type in NUMBERS or field.type == "boolean" or field.order:
        return f"toFloat64(ifNull({expression}, 0))", f"isNull({expression})"
    return f"toString({expression})", f"({expression} = '')"


def _behind(entity: Entity, sort: Sort, after: Place) -> Sql:
    """What comes after a place: without the value if it has none; a worse value, or the same and older."""
    expression, missing = _sorted_by(sort.field)
    beyond = "<" if sort.descending else ">"
    bound = double(after.value) if isinstance(after.value, float) else _text(after.value)
    place = join(", ", [instant(after.time_us), *(_text(id_) for id_ in after.ids)])
    older = sql(f"({', '.join((entity.time, *entity.ids))}) < ({{}})", place)
    same = sql(
        f"{missing} = {{}} AND ({expression} {beyond} {{}} OR ({expression} = {{}} AND {{}}))",
        value("UInt8", int(after.missing)),
        bound,
        bound,
        older,
    )
    return sql(f"{missing} > {{}} OR ({{}})", value("UInt8", int(after.missing)), same)


def _text(text: str) -> Sql:
    return sql("{}", value("String", text))


def _write_cursor(sort: Sort, place: Place) -> str:
    """A number travels as the exact text of its bits."""
    text = place.value.hex() if isinstance(place.value, float) else place.value
    return encode_cursor((sort.name, int(place.missing), text, place.time_us, *place.ids))


def _read_cursor(entity: Entity, sort: Sort, cursor: str) -> Place:
    key: Key = decode_cursor(cursor, (str, int, str, int, *(str for _ in entity.ids)))
    name, missing, text, time_us, *ids = key
    if name != sort.name or missing not in (0, 1) or any("\0" in str(id_) for id_ in (*ids, text)):
        raise Invalid("Invalid cursor: it is of another order of this list. Begin again without it")
    return Place(int(time_us), tuple(map(str, ids)), bool(missing), _read_value(sort, str(text)))


def _read_value(sort: Sort, text: str) -> Any:
    if _sorted_by(sort.field)[0].startswith("toString"):
        return text
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError):
        raise Invalid("Invalid cursor format") from None
