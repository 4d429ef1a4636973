"""SQL text for the analytics store: the only place where it is joined.

An `Sql` is text plus bound values. `sql("name = {}", value("String", name))` keeps a typed placeholder in
the text and the value beside it; identifiers and keywords are literals of the program, never of a request.
Placeholders are numbered in order when the query is rendered, so equal questions give equal text.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """A bound value and its ClickHouse type, as in `Array(String)`."""

    type: str
    value: Any


@dataclass(frozen=True, slots=True)
class Sql:
    """A fragment: alternating literal text and bound values (always one more text than values)."""

    texts: tuple[str, ...]
    values: tuple[Value, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        right = Sql((other,)) if isinstance(other, str) else other
        middle = self.texts[-1] + right.texts[0]
        return Sql((*self.texts[:-1], middle, *right.texts[1:]), self.values + right.values)

    def __bool__(self) -> bool:
        return self.texts != ("",)

    def render(self) -> tuple[str, dict[str, Any]]:
        """The text with numbered typed placeholders, and the values under those names."""
        parts = [self.texts[0]]
        parameters: dict[str, Any] = {}
        for number, (bound, text) in enumerate(zip(self.values, self.texts[1:], strict=True)):
            parameters[f"p{number}"] = bound.value
            parts += [f"{{p{number}:{bound.type}}}", text]
        return "".join(parts), parameters


def value(type_: str, bound: Any) -> Value:
    return Value(type_, bound)


def sql(text: str, *arguments: "Value | Sql") -> Sql:
    """Put values and fragments into the `{}` of a literal text, in order. `text` is never user input."""
    pieces = text.split("{}")
    if len(pieces) - 1 != len(arguments):
        raise ValueError(f"{len(pieces) - 1} places for {len(arguments)} arguments in {text!r}")
    result = Sql((pieces[0],))
    for argument, piece in zip(arguments, pieces[1:], strict=True):
        inserted = argument if isinstance(argument, Sql) else Sql(("", ""), (argument,))
        result = result + inserted + piece
    return result


def double(bound: float) -> Sql:
    """A double, bit by bit: the engine reads the text of a `Float64` parameter with an error in its last digit, so
    that nothing would equal it."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", bound))
    return sql("reinterpretAsFloat64({})", value("UInt64", bits))


def name(identifier: str) -> Sql:
    """A table or column of ours as a fragment; anything that is not a plain identifier is refused."""
    if not identifier.isidentifier():
        raise ValueError(f"not an identifier: {identifier!r}")
    return Sql((identifier,))


def join(separator: str, fragments: Iterable[Sql]) -> Sql:
    """Fragments with a literal separator between them; empty ones are left out."""
    result = Sql(("",))
    for fragment in fragments:
        if fragment:
            result = result + (separator if result else "") + fragment
    return result


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Conditions joined with AND, each in brackets; `1` when there is none."""
    joined = join(" AND ", (Sql(("(",)) + condition + ")" for condition in conditions if condition))
    return joined if joined else Sql(("1",))
