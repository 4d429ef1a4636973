"""Filter trees: what the web UI's query language becomes. Conditions on named fields, joined by `and` and `or`, turned
round by `not`; parsed and checked against the types of the fields, with the exact place of whatever is wrong.

    {"and": [{"field": "latency", "op": "gt", "value": 2},
             {"not": {"field": "env", "op": "in", "value": ["dev", "test"]}}]}

A condition that cannot be judged, for want of a value, does not hold; so its negation does. Pure: what a condition
means in SQL is decided by `query/trees.py`.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from spyglass.core.clock import in_window, parse_iso
from spyglass.core.errors import InvalidData

MAX_DEPTH = 8
MAX_LEAVES = 100
MAX_VALUES = 200
MAX_CHARACTERS = 5000
MAX_ALL_CHARACTERS = 100_000  # of all texts together: the engine reads them anew for each part of a question
MAX_KEY_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Leaf:
    """One checked condition. `value`: text, float, bool, microseconds, a tuple of these, or True for `exists`.
    `path` tells where it stood."""

    field: str
    op: str
    value: Any
    key: str = ""
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


Node = Leaf | AllOf | AnyOf | Not
EVERYTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class Declared:
    """What a field takes: `type` is a key of `OPERATORS`; `options`: its only values, where they are fixed."""

    type: str
    options: tuple[str, ...] = ()


_TEXT = ("is", "in", "contains", "starts", "ends", "matches", "exists")
_NUMBER = ("eq", "gt", "gte", "lt", "lte", "between", "is", "in", "exists")
_KEYED = (
    "is",
    "in",
    "contains",
    "starts",
    "ends",
    "matches",
    "eq",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "exists",
)

# Type of a field -> what may be asked of it.
OPERATORS: dict[str, tuple[str, ...]] = {
    "string": _TEXT,
    "option": _TEXT,
    "array": ("is", "in", "all", "contains", "starts", "ends", "matches", "exists"),
    "number": _NUMBER,
    "duration": _NUMBER,
    "money": _NUMBER,
    "datetime": ("gt", "gte", "lt", "lte", "between", "exists"),
    "boolean": ("is", "exists"),
    "text": ("is", "words", "contains", "starts", "ends", "matches", "exists"),
    "map": _KEYED,
    "score": _KEYED,
    "has": ("is", "in", "all"),
}
NUMBERS = frozenset({"number", "duration", "money"})
# The types whose conditions name a key: of the metadata, of a score.
KEYED = frozenset({"map", "score"})
_COMPARES = frozenset({"eq", "gt", "gte", "lt", "lte", "between"})
_PARTS = frozenset({"words", "contains", "starts", "ends", "matches"})
_WORDS = ("and", "or", "not")

Path = tuple[str | int, ...]


def path_text(path: Sequence[str | int]) -> str:
    """`filter.and[1].value`"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def refuse(path: Sequence[str | int], message: str, code: str = "invalid_type") -> NoReturn:
    """Raise the 400 for what stands at a place of a body."""
    place = path_text(path)
    raise InvalidData([{"code": code, "path": [place], "message": message}], f"{place}: {message}")


def parse_tree(raw: Any, fields: Mapping[str, Declared], root: str = "filter") -> Node:
    """The tree of a body; None is no filter. Raises `InvalidData` at the first thing that is wrong."""
    return EVERYTHING if raw is None else _Parser(fields).node(raw, (root,), 1)


def leaves(node: Node) -> Iterator[Leaf]:
    """Every condition of a tree, in order."""
    match node:
        case Leaf():
            yield node
        case Not():
            yield from leaves(node.node)
        case AllOf() | AnyOf():
            for each in node.nodes:
                yield from leaves(each)


def without_field(node: Node, name: str) -> Node:
    """The tree without the conditions that stand on the field alone: those joined by AND at the top that speak of
    nothing else. Where the field is one side of an OR, taking it out would make the filter narrower, so it stays."""
    parts = node.nodes if isinstance(node, AllOf) else (node,)
    return AllOf(tuple(part for part in parts if {leaf.field for leaf in leaves(part)} != {name}))


class _Parser:
    def __init__(self, fields: Mapping[str, Declared]) -> None:
        self._fields = fields
        self._leaves = 0
        self._characters = 0

    def node(self, raw: Any, path: Path, depth: int) -> Node:
        if not isinstance(raw, dict):
            refuse(path, "expected an object: {and: […]}, {or: […]}, {not: …} or {field, op, value}")
        if depth > MAX_DEPTH:
            refuse(path, f"nested deeper than {MAX_DEPTH} levels", "too_big")
        found = [word for word in _WORDS if word in raw]
        if not found:
            return self._leaf(raw, path)
        if len(raw) != 1:
            refuse(
                path, f"expected `{found[0]}` alone, not beside {', '.join(sorted(raw.keys() - {found[0]}))}"
            )
        word = found[0]
        if word == "not":
            return Not(self.node(raw[word], (*path, word), depth + 1))
        return self._group(word, raw[word], (*path, word), depth)

    def _group(self, word: str, items: Any, path: Path, depth: int) -> Node:
        if not isinstance(items, list):
            refuse(path, "expected an array")
        if not items and word == "or":
            refuse(path, "expected at least one condition", "too_small")
        if len(items) > MAX_LEAVES:
            refuse(path, f"at most {MAX_LEAVES} conditions are allowed", "too_big")
        nodes = tuple(self.node(item, (*path, index), depth + 1) for index, item in enumerate(items))
        return AllOf(nodes) if word == "and" else AnyOf(nodes)

    def _leaf(self, raw: dict[Any, Any], path: Path) -> Leaf:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            refuse(path, f"at most {MAX_LEAVES} conditions are allowed", "too_big")
        unknown = sorted(str(name)[:64] for name in raw.keys() - {"field", "op", "value", "key"})
        if unknown:
            refuse(
                path, f"unknown key {unknown[0]!r}: expected field, op, value and key", "unrecognized_keys"
            )
        name, op = raw.get("field"), raw.get("op")
        declared = self._fields.get(name) if isinstance(name, str) else None
        if declared is None:
            refuse(
                (*path, "field"), f"unknown field: expected one of {', '.join(self._fields)}", "invalid_value"
            )
        allowed = OPERATORS[declared.type]
        if op not in allowed:
            refuse((*path, "op"), f"expected one of {', '.join(allowed)} for {name}", "invalid_value")
        key = self._key(raw, declared, op, path)
        value = _read(op, raw.get("value"), declared, (*path, "value"))
        self._characters += len(key) + _count_characters(value)
        if self._characters > MAX_ALL_CHARACTERS:
            refuse(path, f"all texts of a filter have at most {MAX_ALL_CHARACTERS} characters", "too_big")
        return Leaf(str(name), str(op), value, key, path)

    def _key(self, raw: dict[Any, Any], declared: Declared, op: str, path: Path) -> str:
        key = raw.get("key")
        if declared.type not in KEYED:
            if key is not None:
                refuse((*path, "key"), "only metadata and scores have keys", "unrecognized_keys")
            return ""
        if key is None and op == "exists":
            return ""
        if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY_CHARACTERS:
            refuse((*path, "key"), f"expected a text of 1 to {MAX_KEY_CHARACTERS} characters")
        return _check_text(key, (*path, "key"))


def _count_characters(value: Any) -> int:
    texts = value if isinstance(value, tuple) else (value,)
    return sum(len(each) for each in texts if isinstance(each, str))


def _read(op: str, raw: Any, declared: Declared, path: Path) -> Any:
    if op == "exists":
        return True if raw is None else _read_bool(raw, path)
    reader = _reader_of(op, declared)
    if op in ("in", "all"):
        return _read_several(raw, reader, path)
    if op == "between":
        return _read_pair(raw, reader, path)
    value = reader(raw, path)
    if op in _PARTS and value == "":
        refuse(path, "expected a text that is not empty", "too_small")
    return value


def _reader_of(op: str, declared: Declared) -> Callable[[Any, Path], Any]:
    if declared.type == "datetime":
        return _read_instant
    if declared.type == "boolean":
        return _read_bool
    if declared.type in NUMBERS or op in _COMPARES:
        return _read_number
    if declared.type == "score" and op in ("is", "in"):
        return _read_any
    if declared.options and op in ("is", "in", "all"):
        return lambda raw, path: _read_option(raw, declared.options, path)
    return _read_text


def _read_several(raw: Any, reader: Callable[[Any, Path], Any], path: Path) -> tuple[Any, ...]:
    items = raw if isinstance(raw, list) else [raw]
    if not items:
        refuse(path, "expected at least one value", "too_small")
    if len(items) > MAX_VALUES:
        refuse(path, f"at most {MAX_VALUES} values are allowed", "too_big")
    if not isinstance(raw, list):
        refuse(path, "expected an array")
    return tuple(reader(item, (*path, index)) for index, item in enumerate(items))


def _read_pair(raw: Any, reader: Callable[[Any, Path], Any], path: Path) -> tuple[Any, Any]:
    if not isinstance(raw, list) or len(raw) != 2:
        refuse(path, "expected [lowest, highest]")
    return reader(raw[0], (*path, 0)), reader(raw[1], (*path, 1))


def _check_text(text: str, path: Path) -> str:
    if "\0" in text:
        refuse(path, "must not contain NUL", "custom")
    try:
        text.encode()
    except UnicodeEncodeError:
        refuse(path, "must not contain half of a surrogate pair", "custom")
    return text


def _read_text(raw: Any, path: Path) -> str:
    if not isinstance(raw, str):
        refuse(path, "expected a text")
    if len(raw) > MAX_CHARACTERS:
        refuse(path, f"at most {MAX_CHARACTERS} characters are allowed", "too_big")
    return _check_text(raw, path)


def _read_option(raw: Any, options: tuple[str, ...], path: Path) -> str:
    if raw not in options:
        refuse(path, f"expected one of {', '.join(options)}", "invalid_value")
    return str(raw)


def _read_number(raw: Any, path: Path) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        refuse(path, "expected a number")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        refuse(path, "expected a finite number")
    return number


def _read_bool(raw: Any, path: Path) -> bool:
    if not isinstance(raw, bool):
        refuse(path, "expected true or false")
    return raw


def _read_any(raw: Any, path: Path) -> Any:
    """The value of a score: a category, a number, or true or false."""
    if isinstance(raw, bool):
        return raw
    return _read_number(raw, path) if isinstance(raw, int | float) else _read_text(raw, path)


def _read_instant(raw: Any, path: Path) -> int:
    instant = parse_iso(raw, zone_required=False) if isinstance(raw, str) else None
    if instant is None or not in_window(instant):
        refuse(path, "expected an ISO 8601 date-time between 1970 and 2261")
    return instant
