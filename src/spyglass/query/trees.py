"""Filter trees -> SQL conditions on the rows of an entity. Every condition is made true or false, never null, so that
NOT and OR mean what they say: what has no value does not meet a condition and does meet its negation.

Texts are compared exactly by `is` and `in`, without regard to case by the others; `matches` takes `*` for anything.
Numbers that are not known and keys that are not there meet nothing but `exists: false`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from spyglass.core.filter_tree import AllOf, AnyOf, Leaf, Node, Not, leaves
from spyglass.query.comparisons import (
    PROSE,
    any_of,
    compare_number,
    compare_part,
    compare_text,
    is_word,
    on_row,
    whole_words,
    words_of,
)
from spyglass.query.entities import Bounds, Entity
from spyglass.query.fields import SCORE_TEXT, Field, Place
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, build_select, within
from spyglass.stores.analytics.sql import Sql, all_of, sql, value


class CountComments(Protocol):
    """Type of the record that comments are about -> its id -> how many it has; of `ids` alone where these are given."""

    def __call__(self, subject: str, ids: Sequence[str] | None = None) -> Mapping[str, int]: ...


_HOLDS: dict[str, Callable[[float, Any], bool]] = {
    "eq": lambda n, v: n == v,
    "is": lambda n, v: n == v,
    "gt": lambda n, v: n > v,
    "gte": lambda n, v: n >= v,
    "lt": lambda n, v: n < v,
    "lte": lambda n, v: n <= v,
    "between": lambda n, v: v[0] <= n <= v[1],
    "in": lambda n, v: n in v,
    "exists": lambda n, v: (n > 0) == v,
}


@dataclass(frozen=True, slots=True)
class Compiler:
    """For one entity, project and stretch of time. What is asked of observations of the traces is asked only of those
    that lie within the times of the traces of that stretch."""

    entity: Entity
    project_id: str
    bounds: Bounds
    comments: CountComments

    def compile(self, node: Node) -> Sql:
        """A condition that is 0 or 1 on each row."""
        match node:
            case AllOf():
                return all_of(self.compile(each) for each in node.nodes)
            case AnyOf():
                return any_of([self.compile(each) for each in node.nodes])
            case Not():
                return sql("NOT ({})", self.compile(node.node))
            case Leaf():
                return self._leaf(node, self.entity.fields[node.field])

    def _leaf(self, leaf: Leaf, field: Field) -> Sql:
        if field.place is Place.HAS:
            return self._has(leaf)
        if field.place is Place.COMMENTS:
            return self._comments(leaf)
        if leaf.op == "exists" and not leaf.value:
            return sql("NOT ({})", self._leaf(replace(leaf, value=True), field))
        if field.type in ("string", "option") and leaf.op in ("is", "in") and "" in _values(leaf):
            return self._with_missing(leaf, field)
        match field.place:
            case Place.TRACE:
                return self._on_trace(leaf, field)
            case Place.CALLS:
                return self._on_calls(leaf, field)
            case Place.SUMS:
                return self._on_sums(leaf, field)
            case Place.SCORES:
                return self._on_scores(leaf)
            case _ if field.type == "text" and field.indexed and leaf.op in ("words", "contains"):
                return self._on_indexed_text(leaf, field)
            case _:
                return on_row(leaf, field)

    def _on_indexed_text(self, leaf: Leaf, field: Field) -> Sql:
        """A word is answered by the index alone. What the text itself must be read for is asked of each column alone:
        no index helps a condition that another one may replace."""
        rows = within(TRACES, self.bounds.from_us, self.bounds.to_us)
        found = []
        for part in field.parts:
            test = compare_part(part, leaf.op, leaf.value, indexed=True)
            narrow = _by_index(part, leaf)
            if narrow is not None:
                test = sql("id IN ({})", build_select(TRACES, self.project_id, "id", [*rows, narrow, test]))
            found.append(test)
        return any_of(found)

    def _with_missing(self, leaf: Leaf, field: Field) -> Sql:
        """The empty text stands for none."""
        missing = self._leaf(replace(leaf, op="exists", value=False), field)
        others = tuple(each for each in _values(leaf) if each != "")
        if not others:
            return missing
        return any_of([missing, self._leaf(replace(leaf, op="in", value=others), field)])

    def _on_trace(self, leaf: Leaf, field: Field) -> Sql:
        found = build_select(TRACES, self.project_id, "id", [on_row(leaf, field)])
        return sql("trace_id IN ({})", found)

    def _on_calls(self, leaf: Leaf, field: Field) -> Sql:
        if leaf.op == "all":
            return all_of(self._on_calls(replace(leaf, op="is", value=each), field) for each in leaf.value)
        one = replace(field, place=Place.ROW, type="array" if field.many else "string")
        where = [*self._calls_of_the_stretch(), on_row(leaf, one)]
        return sql("id IN ({})", build_select(OBSERVATIONS, self.project_id, "trace_id", where))

    def _on_sums(self, leaf: Leaf, field: Field) -> Sql:
        having = sql("GROUP BY trace_id HAVING {}", on_row(leaf, replace(field, place=Place.ROW)))
        where = self._calls_of_the_stretch()
        return sql("id IN ({})", build_select(OBSERVATIONS, self.project_id, "trace_id", where, having))

    def _calls_of_the_stretch(self) -> list[Sql]:
        """Between the first start and the last end of the traces at hand; these are recomputed from the rows."""
        if self.bounds.from_us is None and self.bounds.to_us is None:
            return []
        rows = within(TRACES, self.bounds.from_us, self.bounds.to_us)
        return [
            sql(
                f"start_time {word} ifNull(({{}}), toDateTime64(0, 6, 'UTC'))",
                build_select(TRACES, self.project_id, what, rows),
            )
            for word, what in ((">=", "min(first_start)"), ("<=", "max(last_end)"))
        ]

    def _on_scores(self, leaf: Leaf) -> Sql:
        ours, theirs, of_some = _SUBJECTS[self.entity.name]
        where = [Sql((of_some,))]
        if leaf.key:
            where.append(sql("name = {}", value("String", leaf.key)))
        return any_of(
            [
                sql(f"{ours} IN ({{}})", build_select(SCORES, self.project_id, theirs, [*where, *more], tail))
                for more, tail in _score_tests(leaf, theirs)
            ]
        )

    def _comments(self, leaf: Leaf) -> Sql:
        holds = _HOLDS[leaf.op]
        counts = self.comments(self.entity.subject)
        without = holds(0, leaf.value)
        ids = sorted(id_ for id_, count in counts.items() if holds(count, leaf.value) is not without)
        word = "NOT IN" if without else "IN"
        return sql(f"{self.entity.ids[-1]} {word} {{}}", value("Array(String)", ids))

    def _has(self, leaf: Leaf) -> Sql:
        found = [self._has_one(name, leaf) for name in _values(leaf)]
        return all_of(found) if leaf.op == "all" else any_of(found)

    def _has_one(self, name: str, leaf: Leaf) -> Sql:
        """By the condition on the field that tells."""
        if name == "error":
            return Sql((f"({self.entity.error})",))
        if name == "comment" and self.entity.subject:
            return self._comments(replace(leaf, op="exists", value=True))
        field = _field_of(name, self.entity.fields)
        exists = replace(leaf, field=field.name, op="exists", value=True)
        if field.type == "number":
            return on_row(replace(exists, op="gt", value=0.0), field)
        return self._leaf(exists, field)


# Entity -> its columns, those of a score that name it, and which scores name one.
_SUBJECTS = {
    "traces": ("id", "trace_id", "trace_id != ''"),
    "observations": ("(trace_id, id)", "trace_id, observation_id", "observation_id != ''"),
    "sessions": ("group_id", "session_id", "session_id != ''"),
}


def is_dear(node: Node, fields: Mapping[str, Field]) -> bool:
    """Whether texts or other tables must be read for each row to tell whether it meets the tree."""
    return any(_is_dear(leaf, fields) for leaf in leaves(node))


def _is_dear(leaf: Leaf, fields: Mapping[str, Field]) -> bool:
    field = fields[leaf.field]
    if field.place is Place.HAS:
        return any(
            name not in ("error", "comment") and _field_of(name, fields).place is not Place.ROW
            for name in _values(leaf)
        )
    if field.place in (Place.ROW, Place.COMMENTS):
        reads_text = field.type == "text" and any(part in PROSE for part in field.parts)
        return reads_text and not (field.indexed and leaf.op == "words" and is_word(leaf.value))
    return True


def _field_of(name: str, fields: Mapping[str, Field]) -> Field:
    """What tells whether there is a thing of that name, as `has` names it."""
    other = {"session": "sessions", "comment": "comment"}.get(name, name)
    return fields.get(other) or fields[name]


def _by_index(part: str, leaf: Leaf) -> Sql | None:
    """What a text index can answer of a condition that goes on to read the text; None when it cannot help or when it
    is all there is. Of a part of a text it knows the words that stand whole in it."""
    if part not in PROSE:
        return None
    words = whole_words(leaf.value) if leaf.op == "contains" else words_of(leaf.value)
    if not words or (leaf.op == "words" and is_word(leaf.value)):
        return None
    return sql(f"hasAllTokens(lower({part}), {{}})", value("Array(String)", words))


_IN_WORDS = Sql(("data_type IN ('CATEGORICAL', 'TEXT')",))


def _values(leaf: Leaf) -> tuple[Any, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)


def _score_tests(leaf: Leaf, theirs: str) -> list[tuple[list[Sql], Sql | str]]:
    """(conditions, tail) of the scores to look for: a number is compared with the mean of those of a name, a category
    and a flag with each."""
    if leaf.op == "exists":
        return [([], "")]
    if leaf.op in ("contains", "starts", "ends", "matches"):
        return [([_IN_WORDS, compare_text(Sql((SCORE_TEXT,)), leaf.op, leaf.value)], "")]
    tests: list[tuple[list[Sql], Sql | str]] = []
    given = [leaf.value] if leaf.op == "between" else _values(leaf)
    for each in given:
        if isinstance(each, bool):
            flag = sql("data_type = 'BOOLEAN' AND ifNull(value, 0) = {}", value("UInt8", int(each)))
            tests.append(([flag], ""))
        elif isinstance(each, str):
            tests.append(([_IN_WORDS, compare_text(Sql((SCORE_TEXT,)), "is", each)], ""))
        else:
            op = "eq" if leaf.op in ("is", "in") else leaf.op
            mean = compare_number(Sql(("avg(value)",)), op, each)
            tests.append(
                ([Sql(("data_type IN ('NUMERIC', 'BOOLEAN')",))], sql(f"GROUP BY {theirs} HAVING {{}}", mean))
            )
    return tests
