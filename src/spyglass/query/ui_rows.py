"""What the web UI's tables show of a row: flat JSON by the names of the fields, only what was asked. Long texts are cut
within the engine; what stands in other tables is read for the whole page at once (`query/ui_details.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import from_us, iso_ms
from spyglass.core.filter_tree import NUMBERS
from spyglass.core.records import ESTIMATED
from spyglass.core.references import MARKER, head_of
from spyglass.query.entities import Entity
from spyglass.query.fields import SCORE_TEXT, Field, Place
from spyglass.query.tree_questions import Question
from spyglass.query.ui_keys import key_column, split_key
from spyglass.query.ui_lists import Place as Found
from spyglass.stores.analytics.sql import Sql, join, sql, value

PREVIEW_CHARACTERS = 400  # as long as what is kept for lists with each trace
MOST_PREVIEW_CHARACTERS = 2000
# A text up to this length comes whole, so that what a chat says last can be found in it.
_WHOLE_CHARACTERS = 6000
_REFERENCE_CHARACTERS = 300
_KEY_PREVIEW_CHARACTERS = 200

# (text, how many characters to show) -> what a person wants to see of it
Preview = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns, and how much of long texts. `whole`: texts are not cut, for an export."""

    columns: tuple[str, ...]
    preview: int = PREVIEW_CHARACTERS
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column: what is selected for it, and what becomes of that."""

    selects: tuple[Sql, ...]
    render: Callable[[Sequence[Any]], dict[str, Any]]


def read_rows(
    question: Question, found: Sequence[Found], wanted: Wanted, preview: Preview
) -> list[dict[str, Any]]:
    """The rows at these places, in their order. One that was replaced or deleted in between is left out."""
    if not found:
        return []
    entity = question.entity
    shown = [column for name in wanted.columns for column in _columns(entity, name, wanted, preview)]
    keys = (f"toUnixTimestamp64Micro({entity.time})", *entity.ids)
    selects = [*(Sql((key,)) for key in keys), *(each for column in shown for each in column.selects)]
    rows = question.read(
        entity.select(question.project_id, question.bounds, join(", ", selects), rows=_exactly(entity, found))
    )
    whole: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        made = _identity(entity, row)
        at = len(keys)
        for column in shown:
            made |= column.render(row[at : at + len(column.selects)])
            at += len(column.selects)
        whole[tuple(row[: len(keys)])] = made
    return [whole[key] for each in found if (key := (each.time_us, *each.ids)) in whole]


def _exactly(entity: Entity, found: Sequence[Found]) -> list[Sql]:
    """Conditions for these places; a little more may match where times and ids cross."""
    if entity.group:
        ids = sorted({each.ids[0] for each in found})
        return [sql(f"{entity.group} IN {{}}", value("Array(String)", ids))]
    times = [from_us(each.time_us) for each in found]
    conditions = [sql(f"{entity.time} IN {{}}", value("Array(DateTime64(6, 'UTC'))", times))]
    for index, name in enumerate(entity.ids):
        ids = sorted({each.ids[index] for each in found})
        conditions.append(sql(f"{name} IN {{}}", value("Array(String)", ids)))
    return conditions


def _identity(entity: Entity, row: Sequence[Any]) -> dict[str, Any]:
    time_us, *ids = row[: 1 + len(entity.ids)]
    made = {entity.default_sort: iso_ms(time_us), "id": ids[-1]}
    return made | ({"trace": ids[0]} if len(ids) > 1 else {})


def _columns(entity: Entity, name: str, wanted: Wanted, preview: Preview) -> Iterable[_Shown]:
    keyed = split_key(entity.name, name)
    if keyed is not None:
        yield _plain(name, *key_column(*keyed, whole=wanted.whole))
        return
    field = entity.fields[name]
    if name in ("id", entity.default_sort) or field.place is not Place.ROW:
        return
    if name == "tokens" or name.startswith("tokens."):
        yield _tokens(entity)
    elif name in ("input", "output") and not entity.group:
        yield _body(entity, name, wanted, preview)
    elif name == "text" and entity.name == "scores":
        yield _plain("text", Sql((SCORE_TEXT,)), _text_or_none)
    elif field.type == "map":
        yield _metadata(wanted)
    elif field.type == "text" and field.parts:
        yield _plain(name, _cut(field.parts[0], wanted), _text_or_none)
    elif field.expression:
        yield _of_field(field)


def _plain(name: str, select: Sql, render: Callable[[Any], Any]) -> _Shown:
    return _Shown((select,), lambda values: {name: render(values[0])})


def _text_or_none(text: str) -> str | None:
    return text or None


def _of_field(field: Field) -> _Shown:
    expression = Sql((f"({field.expression})",))
    if field.type == "datetime":
        moment = sql("toUnixTimestamp64Micro({})", expression)
        return _plain(field.name, moment, lambda at_us: None if at_us is None else iso_ms(at_us))
    if field.type in NUMBERS:
        return _plain(field.name, expression, plain_number)
    if field.type == "boolean":
        return _plain(field.name, expression, bool)
    return _plain(field.name, expression, list if field.type == "array" else _text_or_none)


def plain_number(number: float | None) -> float | int | None:
    """Whole numbers as such."""
    if number is None:
        return None
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


# Entity -> whether its tokens, or some of them, were counted here.
_ESTIMATED = {
    "traces": Sql(("estimated",)),
    "observations": sql("usage_source = {}", value("String", ESTIMATED)),
}


def _tokens(entity: Entity) -> _Shown:
    names = {"in": "tokens.in", "out": "tokens.out", "total": "tokens", "cached": "tokens.cached"}
    known = {key: entity.fields[name] for key, name in names.items() if name in entity.fields}

    mark = _ESTIMATED.get(entity.name)

    def render(values: Sequence[Any]) -> dict[str, Any]:
        tokens = {key: plain_number(each) for key, each in zip(known, values, strict=False)}
        found: dict[str, Any] = {"tokens": tokens if any(n is not None for n in tokens.values()) else None}
        if mark:
            found["estimated"] = bool(values[-1])
        return found

    selects = [Sql((f"({field.expression})",)) for field in known.values()]
    if mark:
        selects.append(mark)
    return _Shown(tuple(selects), render)


def _cut(expression: str, wanted: Wanted) -> Sql:
    return sql(f"substringUTF8({expression}, 1, {{}})", value("UInt64", wanted.preview))


def _body(entity: Entity, name: str, wanted: Wanted, preview: Preview) -> _Shown:
    """For an export the stored text, which may be a reference. Of a trace what is kept for lists, so that the text
    itself need not be read."""
    if wanted.whole:
        return _plain(name, Sql((name,)), _text_or_none)
    if entity.name == "traces" and wanted.preview <= PREVIEW_CHARACTERS:
        return _plain(name, _cut(f"{name}_preview", wanted), _text_or_none)
    head = sql(
        f"if(lengthUTF8({name}) <= {{}}, {name}, substringUTF8({name}, 1, {{}}))",
        value("UInt64", _WHOLE_CHARACTERS),
        value("UInt64", wanted.preview + _REFERENCE_CHARACTERS),
    )

    def render(values: Sequence[Any]) -> dict[str, Any]:
        text, cut = values
        shown = head_of(text)[: wanted.preview] if cut else preview(text, wanted.preview)
        return {name: shown or None}

    cut = sql(
        f"startsWith({name}, {{}}) OR lengthUTF8({name}) > {{}}",
        value("String", MARKER),
        value("UInt64", _WHOLE_CHARACTERS),
    )
    return _Shown((head, cut), render)


def _metadata(wanted: Wanted) -> _Shown:
    """Of each value the head; whole for an export."""
    values = "mapValues(metadata)"
    if not wanted.whole:
        most = _KEY_PREVIEW_CHARACTERS + _REFERENCE_CHARACTERS
        values = f"arrayMap(each -> substringUTF8(each, 1, {most}), {values})"

    def render(found: Sequence[Any]) -> dict[str, Any]:
        keys, texts = found
        if wanted.whole:
            return {"metadata": dict(zip(keys, texts, strict=True))}
        cut = (head_of(text)[:_KEY_PREVIEW_CHARACTERS] for text in texts)
        return {"metadata": dict(zip(keys, cut, strict=True))}

    return _Shown((Sql(("mapKeys(metadata)",)), Sql((values,))), render)


def columns_of(entity: Entity) -> list[str]:
    """What can be shown."""
    return [name for name, field in entity.fields.items() if field.show]


def default_columns(entity: Entity) -> list[str]:
    """What a request gets that names no columns: all but the large and the dear."""
    return [name for name in columns_of(entity) if name not in _ONLY_WHEN_ASKED]


_ONLY_WHEN_ASKED = frozenset({"metadata"})
