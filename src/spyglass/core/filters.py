"""The filter tree: the advanced `filter` grammar of the public API, parsed and checked against the columns
that an endpoint declares. Conditions are joined with AND. What a condition means in SQL is decided by the
compilers (`query/filters.py`), never here.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from spyglass.core.clock import parse_iso
from spyglass.core.errors import Invalid, InvalidData

MAX_CONDITIONS = 100


@dataclass(frozen=True, slots=True)
class Column:
    """What an endpoint lets one filter by. `type` decides which condition types fit (`ACCEPTS`)."""

    id: str
    name: str  # as the application shows it; a condition may use either
    type: str
    operators: frozenset[str] = frozenset()  # those allowed beyond the grammar, such as `matches`


@dataclass(frozen=True, slots=True)
class Condition:
    """One checked condition: `value` is text, a float, a bool, microseconds, a tuple of texts, or None."""

    column: str  # the id of a column
    type: str
    operator: str
    value: Any = None
    key: str = ""


# Column type -> the condition types that it accepts.
ACCEPTS: dict[str, frozenset[str]] = {
    "string": frozenset({"string", "stringOptions", "null"}),
    "stringOptions": frozenset({"string", "stringOptions", "null"}),
    "arrayOptions": frozenset({"arrayOptions", "stringOptions", "null"}),
    "datetime": frozenset({"datetime", "null"}),
    "number": frozenset({"number", "null"}),
    "boolean": frozenset({"boolean", "null"}),
    "stringObject": frozenset({"stringObject", "null"}),
    "metadata": frozenset({"stringObject", "numberObject", "categoryOptions", "null"}),
    "body": frozenset({"string"}),
    "categoryOptions": frozenset({"categoryOptions", "stringOptions"}),
    "numberObject": frozenset({"numberObject"}),
    "booleanObject": frozenset({"booleanObject"}),
}

_TEXT = ("=", "contains", "does not contain", "starts with", "ends with")
_NUMBER = ("=", ">", "<", ">=", "<=")


class _WrongValueError(Exception):
    """Why a value does not fit; becomes one issue of the answer."""


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongValueError("Invalid input: expected string")
    return value


def _read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _WrongValueError("Invalid input: expected number")
    try:
        number = float(value)
    except OverflowError:
        raise _WrongValueError("Invalid input: expected a finite number") from None
    if not math.isfinite(number):
        raise _WrongValueError("Invalid input: expected a finite number")
    return number


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError("Invalid input: expected boolean")
    return value


def _read_instant(value: Any) -> int:
    instant = parse_iso(value, zone_required=False) if isinstance(value, str) else None
    if instant is None:
        raise _WrongValueError("Invalid input: expected an ISO 8601 date-time")
    return instant


def _read_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _WrongValueError("Invalid input: expected an array of strings")
    return tuple(value)


def _read_some_texts(value: Any) -> tuple[str, ...]:
    texts = _read_texts(value)
    if not texts:
        raise _WrongValueError("Invalid input: expected a non-empty array")
    return texts


def _read_position(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise _WrongValueError("Invalid input: expected a whole number from 1")


@dataclass(frozen=True, slots=True)
class Shape:
    """The operators of a type of condition, and what reads its value."""

    operators: tuple[str, ...]
    read: Callable[[Any], Any]
    keyed: bool = False


# The types of condition. An endpoint whose filter differs passes a grammar of its own to the parser.
GRAMMAR: dict[str, Shape] = {
    "datetime": Shape((">", "<", ">=", "<="), _read_instant),
    "string": Shape(_TEXT, _read_text),
    "number": Shape(_NUMBER, _read_number),
    "stringOptions": Shape(("any of", "none of"), _read_some_texts),
    "categoryOptions": Shape(("any of", "none of"), _read_some_texts, keyed=True),
    "arrayOptions": Shape(("any of", "none of", "all of"), _read_texts),
    "stringObject": Shape(_TEXT, _read_text, keyed=True),
    "numberObject": Shape(_NUMBER, _read_number, keyed=True),
    "booleanObject": Shape(("=", "<>"), _read_bool, keyed=True),
    "boolean": Shape(("=", "<>"), _read_bool),
    "null": Shape(("is null", "is not null"), lambda _: None),
    "positionInTrace": Shape(("=",), _read_position),
}


def parse_filter(
    text: str, columns: Iterable[Column], grammar: Mapping[str, Shape] = GRAMMAR
) -> list[Condition]:
    """The conditions of a `filter` parameter; raises `Invalid` or `InvalidData` with the reason."""
    try:
        items = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise Invalid("Invalid JSON in filter parameter") from None
    return parse_conditions(items, columns, grammar)


def parse_conditions(
    items: Any, columns: Iterable[Column], grammar: Mapping[str, Shape] = GRAMMAR
) -> list[Condition]:
    """The same for a filter that is already JSON, as in a body."""
    if not isinstance(items, list):
        raise InvalidData([_issue([], "Invalid input: expected array")])
    if len(items) > MAX_CONDITIONS:
        raise InvalidData([_issue([], f"At most {MAX_CONDITIONS} filter conditions are allowed", "too_big")])
    known: dict[str, Column] = {}
    for column in columns:
        known.setdefault(column.name, column)
    for column in columns:
        known[column.id] = column
    issues: list[Any] = []
    checked = [_check_shape(index, item, grammar, issues) for index, item in enumerate(items)]
    if issues:
        raise InvalidData(issues)
    # The position of an observation in its trace is a condition of the application's screens only (1.5).
    return [
        _check_column(condition, known, grammar)
        for condition in checked
        if condition is not None and condition.type != "positionInTrace"
    ]


def _issue(path: list[Any], message: str, code: str = "invalid_type") -> dict[str, Any]:
    return {"code": code, "path": path, "message": message}


def _check_shape(index: int, item: Any, grammar: Mapping[str, Shape], issues: list[Any]) -> Condition | None:
    """The condition if it follows the grammar; otherwise issues are added and None is returned."""
    if not isinstance(item, dict):
        issues.append(_issue([index], "Invalid input: expected object"))
        return None
    before = len(issues)
    shape = grammar.get(item["type"]) if isinstance(item.get("type"), str) else None
    if shape is None:
        allowed = ", ".join(grammar)
        issues.append(
            _issue([index, "type"], f"Invalid filter type: expected one of {allowed}", "invalid_union")
        )
        return None
    column, operator, key = item.get("column"), item.get("operator"), item.get("key")
    if not isinstance(column, str):
        issues.append(_issue([index, "column"], "Invalid input: expected string"))
    # `matches` is in the grammar of texts; whether the column can do it is checked with the column.
    searchable = operator == "matches" and shape.operators is _TEXT
    if not searchable and operator not in shape.operators:
        allowed = ", ".join(shape.operators)
        issues.append(
            _issue([index, "operator"], f"Invalid operator: expected one of {allowed}", "invalid_value")
        )
    if shape.keyed and not isinstance(key, str):
        issues.append(_issue([index, "key"], "Invalid input: expected string"))
    value = None
    try:
        value = shape.read(item.get("value"))
    except _WrongValueError as wrong:
        issues.append(_issue([index, "value"], str(wrong)))
    if value == () and operator == "any of":
        issues.append(_issue([index, "value"], "Invalid input: expected a non-empty array", "too_small"))
    if len(issues) > before:
        return None
    return Condition(str(column), item["type"], str(operator), value, key if isinstance(key, str) else "")


def _check_column(
    condition: Condition, known: Mapping[str, Column], grammar: Mapping[str, Shape]
) -> Condition:
    column = known.get(condition.column)
    if column is None:
        allowed = ", ".join(dict.fromkeys(column.id for column in known.values()))
        raise Invalid(f"Invalid filter column: {condition.column[:64]}. Expected one of {allowed}")
    if condition.type not in ACCEPTS[column.type]:
        raise Invalid(
            f"Invalid filter type '{condition.type}' for column {condition.column} of type {column.type}. "
            f"Expected one of {', '.join(sorted(ACCEPTS[column.type].intersection(grammar)))}"
        )
    if condition.operator == "matches" and "matches" not in column.operators:
        raise Invalid(f"Operator 'matches' is not supported for column {condition.column}")
    return Condition(column.id, condition.type, condition.operator, condition.value, condition.key)


def merge_conditions(
    named: Sequence[Condition], advanced: Sequence[Condition], field_of: Callable[[Condition], object]
) -> list[Condition]:
    """Named parameters and the advanced filter together: where both speak of one physical column, which
    `field_of` tells, the advanced condition stands alone."""
    taken = {field_of(condition) for condition in advanced}
    return [condition for condition in named if field_of(condition) not in taken] + list(advanced)
