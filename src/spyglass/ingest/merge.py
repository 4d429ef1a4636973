"""Folds patches into the state of a trace, an observation or a score (ingestion contract 1.9, 1.10).

The state of an entity is the fold of all that was ever said about it, by the time of the statement. Instead
of keeping every statement, each field keeps its winner together with the winner's stamp; then any order of
arrival, any repetition and any split into requests gives the same state. Pure: no clock, no I/O.

A stamp is (weight, time_us, rank, order): what a sender named (1) beats what only follows from a statement
(0), and that beats what was said in passing about a trace (-1); then the later time wins, creates come before
updates of the same instant, then the order of arrival decides.
"""

from enum import Enum, auto
from typing import Any

from spyglass.core.records import Kind, Observation, Patch, Rank

Stamp = tuple[int, int, int, int]

# A row that was not made of patches (a span) is what all later statements are laid over: named, but oldest.
BASE: Stamp = (1, -(1 << 62), 0, 0)
MAX_METADATA_PATCHES = 256

BATCH = "ingestion-api"  # the `source` of observations that came as batch events


class Rule(Enum):
    """How a later statement about a field meets an earlier one."""

    FIRST = auto()  # immutable: the earliest statement stays; null is no statement
    LAST = auto()  # the latest statement; null clears
    LAST_NOT_NULL = auto()  # the latest statement that is not null
    LAST_FILLED = auto()  # the latest that is not null, empty, zero or false
    UNION = auto()  # all statements together, sorted
    SET = auto()  # a person put the union right: what was stated before it, in the log, is forgotten
    WITHOUT = auto()  # the same for some members of it
    DEEP = auto()  # objects merge key by key, arrays index by index, anything else is replaced


# Enum members are looked up through descriptors; the hot loop below needs them as globals.
_FIRST, _LAST, _LAST_NOT_NULL = Rule.FIRST, Rule.LAST, Rule.LAST_NOT_NULL
_UNION, _DEEP = Rule.UNION, Rule.DEEP
_SET, _WITHOUT = Rule.SET, Rule.WITHOUT
_CREATE, _TRACES = Rank.CREATE, Kind.TRACE
_CREATED = {"created": True}

_TRACE = {
    "timestamp": Rule.FIRST,
    "environment": Rule.FIRST,
    "created": Rule.FIRST,
    "name": Rule.LAST,
    "user_id": Rule.LAST,
    "session_id": Rule.LAST,
    "release": Rule.LAST,
    "version": Rule.LAST,
    "public": Rule.LAST_NOT_NULL,
    "bookmarked": Rule.LAST_NOT_NULL,
    "tags": Rule.UNION,
    "tags_set": Rule.SET,
    "tags_removed": Rule.WITHOUT,
    "metadata": Rule.DEEP,
    "input": Rule.LAST_FILLED,
    "output": Rule.LAST_FILLED,
}
_OBSERVATION = {
    "trace_id": Rule.FIRST,
    "start_time": Rule.FIRST,
    "environment": Rule.FIRST,
    "type": Rule.LAST_NOT_NULL,
    "name": Rule.LAST,
    "model": Rule.LAST,
    "level": Rule.LAST,
    "metadata": Rule.DEEP,
    "input": Rule.LAST_FILLED,
    "output": Rule.LAST_FILLED,
    "model_parameters": Rule.LAST_FILLED,
    "provided_usage": Rule.LAST_FILLED,
    "provided_cost": Rule.LAST_FILLED,
}  # every other field: LAST_NOT_NULL
_SCORE = {
    "timestamp": Rule.FIRST,
    "trace_id": Rule.FIRST,
    "environment": Rule.FIRST,
    "metadata": Rule.DEEP,
}  # every other field: LAST

# (rule of each field that has one of its own, rule of all others)
RULES: dict[Kind, tuple[dict[str, Rule], Rule]] = {
    Kind.TRACE: (_TRACE, Rule.LAST),
    Kind.OBSERVATION: (_OBSERVATION, Rule.LAST_NOT_NULL),
    Kind.SCORE: (_SCORE, Rule.LAST),
}


class State:
    """What is known about one entity: a winner per field, and the metadata statements still apart."""

    __slots__ = ("cells", "created_at", "kind", "metadata", "tags")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.cells: dict[str, tuple[Stamp, Any]] = {}
        self.metadata: list[tuple[Stamp, dict[str, Any]]] = []
        self.tags: set[str] = set()
        self.created_at = 0

    def fold(self, patch: Patch, order: int, received_us: int) -> None:
        """Take one statement in; `order` is its place in the log, unique and ascending."""
        if not self.created_at or received_us < self.created_at:
            self.created_at = received_us
        time_us, rank = patch.time_us, patch.rank
        creates = rank is _CREATE
        place = 0 if creates else 1
        if patch.implied:
            # What spans and observations suggest of their trace gives way to what creating it implies.
            weight = 0 if creates or self.kind is not _TRACES else -1
            self._take(patch.implied, (weight, time_us, place, order))
        if patch.explicit:
            self._take(patch.explicit, (1, time_us, place, order))
        if creates and self.kind is _TRACES:
            self._take(_CREATED, (1, time_us, place, order))

    def _take(self, fields: dict[str, Any], stamp: Stamp) -> None:
        """The hot loop of merging: every span says something about its trace."""
        cells = self.cells
        rules, other = RULES[self.kind]
        for name, value in fields.items():
            rule = rules.get(name, other)
            if rule is _LAST:
                held = cells.get(name)
                if held is None or stamp >= held[0]:
                    cells[name] = (stamp, value)
            elif rule is _FIRST:
                held = cells.get(name)
                if value is not None and (held is None or _is_earlier(stamp, held[0])):
                    cells[name] = (stamp, value)
            elif rule is _UNION:
                self.tags.update(value or ())
            elif rule is _DEEP:
                if value:
                    self._state_metadata(stamp, value)
            elif rule is _SET or rule is _WITHOUT:
                self.tags = set(value) if rule is _SET else self.tags.difference(value)
            elif value or (value is not None and rule is _LAST_NOT_NULL):
                held = cells.get(name)
                if held is None or stamp >= held[0]:
                    cells[name] = (stamp, value)

    def _state_metadata(self, stamp: Stamp, patch: dict[str, Any]) -> None:
        """Of equal statements the latest is enough: it sets again all that the earlier one set. (Equal to
        Python is also 1 and true, so it must be the latest itself that is kept.)"""
        for index, (held, earlier) in enumerate(self.metadata):
            if earlier == patch:
                if stamp >= held:
                    self.metadata[index] = (stamp, patch)
                return
        self.metadata.append((stamp, patch))
        if len(self.metadata) > MAX_METADATA_PATCHES:
            ordered = sorted(self.metadata, key=_stamp_of)
            half = len(ordered) // 2
            self.metadata = [(ordered[half - 1][0], merge_all(ordered[:half])), *ordered[half:]]

    def value(self, name: str, default: Any = "") -> Any:
        held = self.cells.get(name)
        return default if held is None or held[1] is None else held[1]

    def merged_metadata(self) -> dict[str, Any]:
        if len(self.metadata) == 1:
            return self.metadata[0][1]
        return merge_all(sorted(self.metadata, key=_stamp_of))


def _stamp_of(statement: tuple[Stamp, Any]) -> Stamp:
    return statement[0]


def _is_earlier(new: Stamp, held: Stamp) -> bool:
    """What was named comes before what is implied, then the earlier statement."""
    return new < held if new[0] == held[0] else new[0] > held[0]


def merge_all(statements: list[tuple[Stamp, dict[str, Any]]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for _, patch in statements:
        result = deep_merge(result, patch)
    return result


def deep_merge(older: Any, newer: Any) -> Any:
    """Objects key by key, arrays index by index, anything else is replaced; neither argument is changed."""
    if isinstance(older, dict) and isinstance(newer, dict):
        merged = dict(older)
        for key, value in newer.items():
            merged[key] = deep_merge(merged[key], value) if key in merged else value
        return merged
    if isinstance(older, list) and isinstance(newer, list):
        pairs = [deep_merge(a, b) for a, b in zip(older, newer, strict=False)]
        return pairs + (older if len(older) > len(newer) else newer)[len(pairs) :]
    return newer


def suggest_trace(observations: list[Observation]) -> list[Patch]:
    """What observations say about their trace without naming it: that it exists, from when, and - a root of
    the batch API - how it may be called. Of such roots the earliest wins, so their time counts backwards; any
    value that a sender named beats them. (Spans name their trace in the OTLP dialect.)"""
    first = min(observations, key=_start_of)
    exists = {"timestamp": first.start_time, "environment": first.environment}
    patches = [Patch(Kind.TRACE, first.trace_id, first.start_time, Rank.UPDATE, {}, exists)]
    for row in observations:
        if row.source == BATCH and not row.parent_id:
            root = {"name": row.name, "input": row.input, "output": row.output}
            patches.append(Patch(Kind.TRACE, row.trace_id, -row.start_time - 1, Rank.UPDATE, {}, root))
    return patches


def _start_of(row: Observation) -> int:
    return row.start_time
