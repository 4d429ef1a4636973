"""Random filter trees through the compiler and the engine, and through plain Python, on the same rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_rows import METADATA_VALUES, MINUTE_US, NAMES, START_US, TAGS, TEXTS, World
from tree_oracle import COMMENTS, Row, Session, holds

from spyglass.core.clock import iso_ms
from spyglass.core.filter_tree import parse_tree
from spyglass.core.ids import new_id
from spyglass.query.entities import ENTITIES, Bounds
from spyglass.query.tree_questions import Question
from spyglass.stores.analytics import Analytics

WORDS = [
    *NAMES,
    *TEXTS,
    "hat",
    "u1",
    "s1",
    "gpt-4o",
    "SPAN",
    "TOOL",
    "t1",
    "o1",
    "o3",
    "default",
    "WARNING",
    "p1",
]
PARTS = [
    "hat",
    "ell",
    "HELLO",
    "wörld",
    "o wor",
    "there, w",
    "\\ o",
    "%",
    "_",
    "1",
    "räk",
    "gpt",
    "say hello",
]
PHRASES = [*PARTS, "hello", "Hello there", "there", "hello there, wörld", "chat", "s1", "?"]
GLOBS = ["*", "h*d", "Chat*", "*ell*", "*\\*", "100%_", "*%*", "g*-4*", "?hat", "u*", "HELLO there*"]
NUMBERS = [0.0, 0.25, 0.5, 1.0, 1.499, 1.5, 2.0, 3.0, 10.0, 25.0, 60.0, 120.0]


def leaf(field: str, op: str, value: st.SearchStrategy[Any], key: str | None = None) -> Any:
    fixed = {"field": st.just(field), "op": st.just(op), "value": value}
    return st.fixed_dictionaries(fixed | ({"key": st.just(key)} if key else {}))


def some(values: list[Any]) -> Any:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


def exists(field: str, key: str | None = None) -> Any:
    return leaf(field, "exists", st.booleans(), key)


def texts(*fields: str, key: str | None = None, full: bool = False) -> list[Any]:
    made = []
    for field in fields:
        made += [
            leaf(field, "is", st.sampled_from(WORDS), key),
            leaf(field, "contains", st.sampled_from(PARTS), key),
            leaf(field, "starts", st.sampled_from(PARTS), key),
            leaf(field, "ends", st.sampled_from(PARTS), key),
            leaf(field, "matches", st.sampled_from(GLOBS), key),
            exists(field, key),
        ]
        made += (
            [leaf(field, "words", st.sampled_from(PHRASES), key)]
            if full
            else [leaf(field, "in", some(WORDS), key)]
        )
    return made


def numbers(*fields: str, key: str | None = None) -> list[Any]:
    number = st.sampled_from(NUMBERS)
    made = []
    for field in fields:
        made += [leaf(field, op, number, key) for op in ("eq", "gt", "gte", "lt", "lte")]
        made.append(leaf(field, "between", st.tuples(number, number).map(list), key))
        made.append(exists(field, key))
    return made


def arrays(*fields: str) -> list[Any]:
    words = [*TAGS, "search", "open", "u1", "gpt-4o", "default", "chat"]
    made = []
    for field in fields:
        made += [leaf(field, op, some(words)) for op in ("in", "all")]
        made += [
            leaf(field, "is", st.sampled_from(words)),
            leaf(field, "contains", st.sampled_from(["A", "ear", "4"])),
        ]
        made += [leaf(field, "matches", st.sampled_from(["*", "*4*", "s*h"])), exists(field)]
    return made


def instants(*fields: str) -> list[Any]:
    at = st.integers(-1, 16).map(lambda n: iso_ms(START_US + n * MINUTE_US))
    made = [leaf(field, op, at) for field in fields for op in ("gt", "gte", "lt", "lte")]
    return [*made, *(leaf(field, "between", st.tuples(at, at).map(list)) for field in fields)]


def scores() -> list[Any]:
    made = [exists("score")]
    for key in ("quality", "verdict", "no such"):
        made += [
            *numbers("score", key=key),
            leaf("score", "contains", st.sampled_from(["GOO", "d", "x"]), key),
        ]
        values: list[Any] = ["good", "bad", True, False, 0, 1, 0.25]
        made += [leaf("score", "is", st.sampled_from(values), key), leaf("score", "in", some(values), key)]
    return made


def metadata() -> list[Any]:
    made = [exists("metadata")]
    for key in ("k", "size", "no"):
        made += [*texts("metadata", key=key), *numbers("metadata", key=key)]
        made.append(leaf("metadata", "is", st.sampled_from(METADATA_VALUES), key))
    return made


def flags(*fields: str) -> list[Any]:
    return [leaf(field, "is", st.booleans()) for field in fields]


def has(*what: str) -> list[Any]:
    return [
        leaf("has", "is", st.sampled_from(what)),
        *(leaf("has", op, some(list(what))) for op in ("in", "all")),
    ]


def comments() -> list[Any]:
    return [*numbers("comments"), leaf("comments", "in", some([0, 1, 3]))]


def trees(*leaves: Any) -> Any:
    return st.recursive(
        st.one_of(*leaves),
        lambda inner: st.one_of(
            st.builds(lambda node: {"not": node}, inner),
            st.lists(inner, min_size=1, max_size=3).map(lambda nodes: {"and": nodes}),
            st.lists(inner, min_size=1, max_size=3).map(lambda nodes: {"or": nodes}),
        ),
        max_leaves=6,
    )


USAGE = ("tokens", "tokens.in", "tokens.out", "tokens.cached", "cost")
TRACES = trees(
    *texts("id", "name", "user", "session", "env"),
    leaf("level", "is", st.sampled_from(["ERROR", "WARNING", "DEFAULT", "DEBUG"])),
    *numbers("latency", "errors", "warnings", "ttft", "cost.in", *USAGE),
    *arrays("tags", "model", "tool"),
    *texts("input", "output", "text", full=True),
    *instants("time"),
    *flags("bookmarked"),
    *metadata(),
    *scores(),
    *comments(),
    *has("error", "score", "comment", "session", "user", "tags"),
)
OBSERVATIONS = trees(
    *texts("id", "name", "type", "parent", "model", "tracename", "user", "session"),
    leaf("level", "in", some(["ERROR", "WARNING", "DEFAULT", "DEBUG"])),
    *numbers("latency", "ttft", "cost.out", "promptversion", *USAGE),
    *arrays("tags", "tool.called", "tool.offered"),
    *texts("input", "text", full=True),
    *instants("time", "end"),
    *flags("isroot"),
    *metadata(),
    *scores(),
    *comments(),
    *has("error", "score", "comment", "session", "user", "tags"),
)
SCORES = trees(
    *texts("id", "name", "type", "trace", "observation", "tracename", "user"),
    *numbers("value"),
    *arrays("tags"),
    *texts("comment", "text", full=True),
    *instants("time"),
    *metadata(),
    *has("comment", "user"),
)
SESSIONS = trees(
    *texts("id"),
    *numbers("duration", "traces", "errors", "tokens", "cost"),
    *arrays("user", "env", "tags"),
    *instants("time", "last"),
    *flags("bookmarked"),
    *scores(),
    *comments(),
    *has("error", "score", "comment", "user", "tags"),
)
BOUNDS = st.tuples(st.none() | st.integers(-1, 16), st.none() | st.integers(-1, 16)).map(
    lambda pair: Bounds(*(None if n is None else START_US + n * MINUTE_US for n in pair))
)
ALWAYS = Bounds()
THOROUGH = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def world(analytics: Analytics) -> World:
    found = World(new_id())
    for trace in found.traces:  # as the applier keeps them
        calls = [each for each in found.observations if each.trace_id == trace.id]
        if calls:
            trace.first_start = min(each.start_time for each in calls)
            trace.last_end = max(max(each.start_time, each.end_time or 0) for each in calls)
    for score, session in zip(found.scores[2:], ["s1", "s1", "s2"], strict=False):
        score.trace_id, score.observation_id, score.session_id = "", "", session
    found.insert(analytics)
    other = World(new_id())  # the same ids in another project must never matter
    for trace in other.traces:
        trace.tags, trace.user_id, trace.name = [], "u2", "chat"
    other.insert(analytics)
    return found


def count_comments(subject: str, ids: Sequence[str] | None = None) -> Mapping[str, int]:
    return {id_: n for id_, n in COMMENTS.get(subject, {}).items() if ids is None or id_ in ids}


def found(analytics: Analytics, world: World, entity: str, raw: Any, bounds: Bounds = ALWAYS) -> list[str]:
    kind = ENTITIES[entity]
    declared = {name: field.declared for name, field in kind.fields.items() if field.filter}
    tree = parse_tree(raw, declared)
    question = Question(analytics, kind, world.project_id, bounds, tree, count_comments)
    return sorted(row[0] for row in question.ask(kind.ids[-1]))


def expected(world: World, rows: list[Any], entity: str, raw: Any) -> list[str]:
    declared = {name: field.declared for name, field in ENTITIES[entity].fields.items() if field.filter}
    tree = parse_tree(raw, declared)
    return sorted(row.id for row in rows if holds(world, row, tree))


def lies_in(at: int, bounds: Bounds) -> bool:
    return (bounds.from_us is None or at >= bounds.from_us) and (bounds.to_us is None or at < bounds.to_us)


@THOROUGH
@given(raw=TRACES, bounds=BOUNDS)
def test_traces(analytics: Analytics, world: World, raw: Any, bounds: Bounds) -> None:
    rows = [each for each in world.traces if lies_in(each.timestamp, bounds)]
    assert found(analytics, world, "traces", raw, bounds) == expected(world, rows, "traces", raw)


@THOROUGH
@given(raw=OBSERVATIONS, bounds=BOUNDS)
def test_observations(analytics: Analytics, world: World, raw: Any, bounds: Bounds) -> None:
    rows = [each for each in world.observations if lies_in(each.start_time, bounds)]
    assert found(analytics, world, "observations", raw, bounds) == expected(world, rows, "observations", raw)


@THOROUGH
@given(raw=SCORES)
def test_scores(analytics: Analytics, world: World, raw: Any) -> None:
    assert found(analytics, world, "scores", raw) == expected(world, world.scores, "scores", raw)


@THOROUGH
@given(raw=SESSIONS, bounds=BOUNDS)
def test_sessions(analytics: Analytics, world: World, raw: Any, bounds: Bounds) -> None:
    grouped: dict[str, list[Any]] = {}
    for trace in world.traces:
        if trace.session_id and lies_in(trace.timestamp, bounds):
            grouped.setdefault(trace.session_id, []).append(trace)
    rows: list[Row] = [Session(id_, traces) for id_, traces in grouped.items()]
    assert found(analytics, world, "sessions", raw, bounds) == expected(world, rows, "sessions", raw)


def test_what_has_no_value_meets_the_negation(analytics: Analytics, world: World) -> None:
    """`-user:u1` shows those without a user too."""
    everything = sorted(each.id for each in world.traces)
    mine = found(analytics, world, "traces", {"field": "user", "op": "is", "value": "u1"})
    others = found(analytics, world, "traces", {"not": {"field": "user", "op": "is", "value": "u1"}})
    assert sorted(mine + others) == everything
    assert set(others) >= {each.id for each in world.traces if not each.user_id}
    slow = {"field": "latency", "op": "gt", "value": 1}
    fast = found(analytics, world, "traces", {"not": slow})
    assert sorted(fast + found(analytics, world, "traces", slow)) == everything
    assert set(fast) >= {each.id for each in world.traces if each.first_start is None}
