"""How much work a JSON Schema can make of a value. A validator tries every alternative at every place, so
references that double (`d0: anyOf [d1, d1]`, and so on) or recursion in several branches take 2^n steps. Pure.
"""

from typing import Any
from urllib.parse import unquote

MOST = 10**12  # counting stops here
_LOOK_AHEAD = 64  # levels of a value for which the references of a schema are followed when it is set

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
    """Counts how often parts of a schema are applied, at most, along any way through a value."""

    def __init__(self, schema: Any) -> None:
        """Raises `UnresolvedError`."""
        self._root = schema
        self._anchors = _find_anchors(schema)
        self._known: dict[tuple[int, int, str], int] = {}
        self._open: set[tuple[int, int, str]] = set()
        self._count_root(_LOOK_AHEAD)

    def of(self, value: Any) -> int:
        """An upper bound of the steps of validating `value`. Raises `UnresolvedError`, and `RecursionError` for
        a schema whose references are too many in a row."""
        depth, nodes = measure(value)
        return min(self._count_root(depth) * nodes, MOST)

    def _count_root(self, depth: int) -> int:
        """From the lowest level upwards, so that recursion in the schema is none here."""
        return max(self._count(self._root, level) for level in range(depth + 1))

    def _count(self, schema: Any, depth: int) -> int:
        """At one place of a value that is `depth` levels deep from there on."""
        if not isinstance(schema, dict):
            return 1
        return max(self._count_kind(schema, depth, kind) for kind in _BELOW)

    def _count_kind(self, schema: Any, depth: int, kind: str) -> int:
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), depth, kind)
        if key in self._known:
            return self._known[key]
        if key in self._open:  # refers to itself without going deeper
            raise UnresolvedError(str(schema.get("$ref", schema.get("$dynamicRef", "#"))))
        self._open.add(key)
        try:
            here = sum(self._count_kind(part, depth, kind) for part in self._in_place(schema))
            below = self._below(schema, depth - 1, kind) if depth > 0 else 0
        finally:
            self._open.discard(key)
        if "unevaluatedProperties" in schema or "unevaluatedItems" in schema:
            here *= 2  # they ask the other parts once more
        total = self._known[key] = min(1 + here + below, MOST)
        return total

    def _in_place(self, schema: dict[str, Any]) -> list[Any]:
        parts = [part for name in _IN_PLACE_LISTS for part in _list(schema.get(name))]
        parts += [schema[name] for name in _IN_PLACE if name in schema]
        parts += _dict(schema.get("dependentSchemas")).values()
        for name in ("$ref", "$dynamicRef"):
            if isinstance(schema.get(name), str):
                parts.append(self._resolve(schema[name]))
        return parts

    def _below(self, schema: dict[str, Any], depth: int, kind: str) -> int:
        """For one value inside: it has one key or place, but any number of the other parts may apply."""
        one_of, all_of = _BELOW[kind]
        named = [*_dict(schema.get(one_of)).values(), *_list(schema.get(one_of))]
        parts = [schema[name] for name in all_of if name in schema]
        if kind == "object":
            parts += _dict(schema.get("patternProperties")).values()
        most = max((self._count(part, depth) for part in named), default=0)
        return min(most + sum(self._count(part, depth) for part in parts), MOST)

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


def measure(value: Any) -> tuple[int, int]:
    """(levels below the top, places) of a JSON value."""
    deepest, count, pending = 0, 0, [(value, 0)]
    while pending:
        part, depth = pending.pop()
        count += 1
        deepest = max(deepest, depth)
        if isinstance(part, dict | list):
            inner = part.values() if isinstance(part, dict) else part
            pending += [(each, depth + 1) for each in inner]
    return deepest, count


def _find_anchors(schema: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pending = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            for name in ("$anchor", "$dynamicAnchor"):
                if isinstance(part.get(name), str):
                    found.setdefault(part[name], part)
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
