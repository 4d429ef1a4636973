"""How much work a JSON Schema can make of a value. A validator tries every alternative at every place, so
references that double (`d0: anyOf [d1, d1]`, and so on) or recursion in several branches take 2^n steps. Pure.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

MOST = 10**12  # counting stops here
_LOOK_AHEAD = 64  # levels for which the references of a schema are followed when it is set, at most
_MOST_COUNTED = 100_000  # parts of a schema, at each level anew
_FRACTION_STEPS = 40  # to compare with a number that has a fraction
_MULTIPLE_STEPS = 200  # to divide by one

_IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
_IN_PLACE = ("not", "if", "then", "else")
# Kind of a value -> the parts of which one applies to each value inside, and those that all may.
_BELOW = {
    "object": ("properties", ("additionalProperties", "propertyNames", "unevaluatedProperties")),
    "array": ("prefixItems", ("items", "contains", "unevaluatedItems")),
}


class UnresolvedError(Exception):
    """A reference that points nowhere within the schema; the text names it."""


class SchemaCost:
    """Counts how often parts of a schema are applied, at most, along any way through a value: a step is what one
    keyword takes. `character_steps`: what a regular expression takes for a character of a text."""

    def __init__(self, schema: Any, character_steps: float = 0.1) -> None:
        """Raises `UnresolvedError`."""
        self._steps = Counter(schema, _steps_of)
        self._patterns = Counter(schema, _patterns_of)
        self._character_steps = character_steps

    def of(self, value: Any) -> int:
        """An upper bound of the steps of validating `value`. Raises `UnresolvedError`, and `RecursionError` for
        a schema whose references are too many in a row."""
        depth, places, characters = measure(value)
        texts = self._patterns.count(depth) * characters * self._character_steps
        return min(self._steps.count(depth) * places + int(texts), MOST)


class Counter:
    """What the parts of a schema that apply at one place of a value, and below it, weigh together at most."""

    def __init__(self, schema: Any, weigh: Callable[[dict[str, Any]], int]) -> None:
        """`weigh`: what a schema weighs without the schemas in it. Raises `UnresolvedError`."""
        self._root = schema
        self._weigh = weigh
        self._anchors = _find_anchors(schema)
        self._weights: dict[int, int] = {}
        self._known: dict[tuple[int, int, str], tuple[int, bool]] = {}
        self._open: set[tuple[int, int, str]] = set()
        self._met: set[tuple[int, str]] = set()
        self._cut = False  # a schema would go deeper than was counted
        self._follow_references()

    def _follow_references(self) -> None:
        """Level by level, until all schemas that can be reached were met."""
        for level in range(_LOOK_AHEAD + 1):
            met = len(self._met)
            self.count(level)
            if len(self._met) == met:
                return

    def count(self, depth: int) -> int:
        """For a value of so many levels; from the lowest upwards, so that recursion in the schema is none here."""
        most = 0
        for level in range(depth + 1):
            self._cut = False
            most = max(most, self._count(self._root, level))
            if len(self._known) > _MOST_COUNTED:
                return MOST
            if not self._cut:
                break  # with more levels it is the same
        return most

    def _count(self, schema: Any, depth: int) -> int:
        """At one place of a value that is `depth` levels deep from there on."""
        return max(self._count_kind(schema, depth, kind) for kind in _BELOW)

    def _count_kind(self, schema: Any, depth: int, kind: str) -> int:
        if not isinstance(schema, dict):
            return self._weigh({})
        key = (id(schema), depth, kind)
        if key in self._known:
            total, cut = self._known[key]
            self._cut |= cut
            return total
        if key in self._open:  # refers to itself without going deeper
            raise UnresolvedError(str(schema.get("$ref", schema.get("$dynamicRef", "#"))))
        outer, self._cut = self._cut, False
        self._open.add(key)
        try:
            total = self._count_anew(schema, depth, kind)
        finally:
            self._open.discard(key)
        self._known[key] = total, self._cut
        self._met.add((id(schema), kind))
        self._cut |= outer
        return total

    def _count_anew(self, schema: dict[str, Any], depth: int, kind: str) -> int:
        here = sum(self._count_kind(part, depth, kind) for part in self._in_place(schema))
        named, parts = _below(schema, kind)
        below = 0
        if depth > 0:
            # One value inside has one key or place, but any number of the other parts may apply.
            below = max((self._count(part, depth - 1) for part in named), default=0)
            below += sum(self._count(part, depth - 1) for part in parts)
        elif named or parts:
            self._cut = True
        if "unevaluatedProperties" in schema or "unevaluatedItems" in schema:
            here *= 2  # they ask the other parts once more
        return min(self._weight_of(schema) + here + below, MOST)

    def _weight_of(self, schema: dict[str, Any]) -> int:
        if id(schema) not in self._weights:
            self._weights[id(schema)] = self._weigh(schema)
        return self._weights[id(schema)]

    def _in_place(self, schema: dict[str, Any]) -> list[Any]:
        parts = [part for name in _IN_PLACE_LISTS for part in _list(schema.get(name))]
        parts += [schema[name] for name in _IN_PLACE if name in schema]
        parts += _dict(schema.get("dependentSchemas")).values()
        for name in ("$ref", "$dynamicRef"):
            if isinstance(schema.get(name), str):
                parts.append(self._resolve(schema[name]))
        return parts

    def _resolve(self, reference: str) -> Any:
        """What `#`, `#/a/b` or `#anchor` stands for; nothing outside of the schema."""
        if not reference.startswith("#"):
            raise UnresolvedError(reference)
        fragment = unquote(reference[1:])
        if fragment and not fragment.startswith("/"):
            if fragment not in self._anchors:
                raise UnresolvedError(reference)
            return self._anchors[fragment]
        found = self._root
        for part in fragment.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isascii() and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                raise UnresolvedError(reference)
        return found


def measure(value: Any) -> tuple[int, int, int]:
    """(levels below the top, places, characters in texts and keys) of a JSON value."""
    deepest, count, characters, pending = 0, 0, 0, [(value, 0)]
    while pending:
        part, depth = pending.pop()
        count += 1
        deepest = max(deepest, depth)
        if isinstance(part, str):
            characters += len(part)
        elif isinstance(part, dict):
            characters += sum(map(len, part))
            pending += [(each, depth + 1) for each in part.values()]
        elif isinstance(part, list):
            pending += [(each, depth + 1) for each in part]
    return deepest, count, characters


def count_patterns(schema: Any) -> int:
    """Regular expressions of a schema and of all schemas in it."""
    return sum(map(_patterns_of, _objects_in(schema)))


def _patterns_of(schema: dict[str, Any]) -> int:
    return ("pattern" in schema) + len(_dict(schema.get("patternProperties")))


def _steps_of(schema: dict[str, Any]) -> int:
    """As measured: the validator compares a value with one after the other of an enumeration, and numbers with a
    fraction are exact to it, which is slow."""
    steps = 1 + len(_dict(schema.get("dependentRequired"))) // 3
    compared = _list(schema.get("enum")) + ([schema["const"]] if "const" in schema else [])
    steps += len(compared) // 10 + sum(map(_steps_to_compare, compared))
    return steps + (_MULTIPLE_STEPS if isinstance(schema.get("multipleOf"), float) else 0)


def _steps_to_compare(value: Any) -> int:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 4 + sum(map(_steps_to_compare, inner))
    return _FRACTION_STEPS if isinstance(value, float) else 0


def _below(schema: dict[str, Any], kind: str) -> tuple[list[Any], list[Any]]:
    """The schemas of which one applies to a value inside, and those that all may."""
    one_of, all_of = _BELOW[kind]
    named = [*_dict(schema.get(one_of)).values(), *_list(schema.get(one_of))]
    parts = [schema[name] for name in all_of if name in schema]
    if kind == "object":
        parts += _dict(schema.get("patternProperties")).values()
    return named, parts


def _find_anchors(schema: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in _objects_in(schema):
        for name in ("$anchor", "$dynamicAnchor"):
            if isinstance(part.get(name), str):
                found.setdefault(part[name], part)
    return found


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            yield part
            pending += part.values()
        elif isinstance(part, list):
            pending += part


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
