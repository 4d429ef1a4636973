"""What the `filter` of the list of prompts may say, and the tests for which the databases have no common way:
tags, keys of the config, and searches with letters beyond ASCII, which SQLite does not fold.

A search is a LIKE pattern: `%` is any text, `_` one character, a backslash takes their meaning away; cases are
the same. Equality is exact. (The API reference of the Python SDK 5, `prompts.list`.)
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spyglass.core.errors import InvalidData
from spyglass.core.filters import GRAMMAR, Column, Condition, parse_filter
from spyglass.core.patterns import MAX_CHARACTERS, compile_pattern

MAX_VALUES = 10_000  # of all conditions together; SQLite binds 32,766

# Search operators -> the LIKE pattern around the text that was given.
SEARCHES = {
    "contains": "%{}%",
    "does not contain": "%{}%",
    "starts with": "{}%",
    "ends with": "%{}",
}

_COLUMNS = tuple(
    Column(name, name, type_)
    for name, type_ in (
        ("id", "string"),
        ("name", "string"),
        ("type", "string"),
        ("version", "number"),
        ("createdAt", "datetime"),
        ("updatedAt", "datetime"),
        ("labels", "arrayOptions"),
        ("tags", "arrayOptions"),
        ("config", "stringObject"),
    )
)
_TEXT = GRAMMAR["string"].operators
_GRAMMAR = {
    "string": replace(GRAMMAR["string"], operators=(*_TEXT, "is not empty")),
    "stringOptions": GRAMMAR["stringOptions"],
    "number": GRAMMAR["number"],
    "datetime": GRAMMAR["datetime"],
    "arrayOptions": replace(GRAMMAR["arrayOptions"], read=GRAMMAR["stringOptions"].read),  # not empty
    "stringObject": replace(GRAMMAR["stringObject"], operators=(*_TEXT, "is set", "is not set")),
}
_PIECE = re.compile(r"\\(.)|([%_])", re.DOTALL)
_LONGEST = 8 * MAX_CHARACTERS  # as a regular expression


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on a value of `name`, `tags` or `config`."""

    column: str
    passes: Callable[[Any], bool]


def read_conditions(text: str) -> list[Condition]:
    """The conditions of a `filter` parameter; raises `Invalid` or `InvalidData` with the reason."""
    conditions = parse_filter(text, _COLUMNS, _GRAMMAR)
    issues = [
        {"code": "custom", "path": [index, "value"], "message": problem}
        for index, condition in enumerate(conditions)
        if (problem := _problem_of(condition))
    ]
    if sum(len(each.value) for each in conditions if isinstance(each.value, tuple)) > MAX_VALUES:
        message = f"At most {MAX_VALUES} values are allowed in all conditions together"
        issues.append({"code": "too_big", "path": [], "message": message})
    if issues:
        raise InvalidData(issues)
    return conditions


def _problem_of(condition: Condition) -> str | None:
    value = condition.value
    if isinstance(value, str | tuple) and any("\0" in text for text in value):
        return "must not contain NUL characters"
    if condition.operator not in SEARCHES:
        return None
    if len(value) > MAX_CHARACTERS:
        return f"a search has at most {MAX_CHARACTERS} characters, this one has {len(value)}"
    if (len(value) - len(value.rstrip("\\"))) % 2:
        return r"ends with a backslash that escapes nothing: a literal one is \\ (in JSON \\\\)"
    return None


def needs_check(condition: Condition) -> bool:
    """Whether it is for `build_check`; the others are SQL (`matching.py`)."""
    return condition.column in ("tags", "config") or (
        condition.operator in SEARCHES and not condition.value.isascii()
    )


def pattern_of(condition: Condition) -> str:
    """The LIKE pattern of a search, whose escape character is a backslash."""
    return SEARCHES[condition.operator].format(condition.value)


def build_check(condition: Condition) -> Check:
    match condition.column:
        case "tags":
            return Check("tags", _test_of_options(condition.operator, frozenset(condition.value)))
        case "config":
            return Check("config", _test_of_config(condition))
        case column:
            return Check(column, _test_of_text(condition))


def _test_of_options(operator: str, wanted: frozenset[str]) -> Callable[[Sequence[str]], bool]:
    match operator:
        case "any of":
            return lambda found: not wanted.isdisjoint(found)
        case "all of":
            return lambda found: wanted.issubset(found)
        case _:
            return lambda found: wanted.isdisjoint(found)


def _test_of_text(condition: Condition) -> Callable[[str], bool]:
    if condition.operator == "=":
        wanted = condition.value
        return lambda text: bool(text == wanted)
    expression = compile_pattern(_to_expression(pattern_of(condition)), fold_case=True, longest=_LONGEST)
    if condition.operator == "does not contain":
        return lambda text: not expression.is_in(text)
    return expression.is_in


def _to_expression(pattern: str) -> str:
    """A LIKE pattern as a regular expression."""
    parts, end = [], 0
    for piece in _PIECE.finditer(pattern):
        literal, wildcard = piece.groups()
        parts.append(re.escape(pattern[end : piece.start()]))
        parts.append(re.escape(literal) if literal else ".*" if wildcard == "%" else ".")
        end = piece.end()
    return rf"(?s)\A{''.join(parts)}{re.escape(pattern[end:])}\z"


def _test_of_config(condition: Condition) -> Callable[[Any], bool]:
    """On a config that is no object, or has not the key, only `is not set` holds, as with SQL's NULL."""
    key = condition.key
    if condition.operator == "is not set":
        return lambda config: not (isinstance(config, dict) and key in config)
    if condition.operator == "is set" or (condition.operator in SEARCHES and condition.value == ""):
        return lambda config: isinstance(config, dict) and key in config
    test = _test_of_text(condition)

    def passes(config: Any) -> bool:
        value = config.get(key) if isinstance(config, dict) else None
        return value is not None and test(_to_text(value))

    return passes


def _to_text(value: Any) -> str:
    """As `->>` of PostgreSQL shows it: a text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
