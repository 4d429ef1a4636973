"""Random filters through the compiler and the engine, and through plain Python, on the same rows."""

from typing import Any

import pytest
from filter_oracle import matching
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_rows import METADATA_VALUES, MINUTE_US, NAMES, START_US, TAGS, TEXTS, World

from spyglass.core.filters import Condition
from spyglass.core.ids import new_id
from spyglass.query.columns import (
    OBSERVATION_FILTERS,
    OBSERVATION_V2_FILTERS,
    SCORE_FILTERS,
    TRACE_FILTERS,
    FilterSet,
)
from spyglass.query.filters import compile_filter
from spyglass.query.views import build_select
from spyglass.stores.analytics import Analytics

WORDS = [*NAMES, *TEXTS, "hat", "u1", "s1", "gpt-4o", "SPAN", "t1", "o1", "good", "p1", "hello", "wörld"]
TEXT = ("=", "contains", "does not contain", "starts with", "ends with")
NUMBER = ("=", ">", "<", ">=", "<=")


@pytest.fixture(scope="module")
def world(analytics: Analytics) -> World:
    found = World(new_id())
    found.insert(analytics)
    other = World(new_id())  # the same ids in another project must never matter
    for trace in other.traces:
        trace.tags, trace.user_id, trace.name = [], "u2", "chat"
    other.insert(analytics)
    return found


def build(column: str, type_: str, operators: tuple[str, ...], value: Any, key: str = "") -> Any:
    return st.builds(
        Condition, st.just(column), st.just(type_), st.sampled_from(operators), value, st.just(key)
    )


def texts(*columns: str) -> list[Any]:
    words = st.sampled_from(WORDS)
    some = st.lists(words, min_size=1, max_size=3).map(tuple)
    made = []
    for column in columns:
        made.append(build(column, "string", TEXT, words))
        made.append(build(column, "stringOptions", ("any of", "none of"), some))
        made.append(build(column, "null", ("is null", "is not null"), st.none()))
    return made


def numbers(*columns: str) -> list[Any]:
    values = st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 1.75, 2.0, 3.0, 10.0, 25.0])
    made = [build(column, "number", NUMBER, values) for column in columns]
    return made + [build(column, "null", ("is null", "is not null"), st.none()) for column in columns]


def arrays(*columns: str) -> list[Any]:
    some = st.lists(st.sampled_from([*TAGS, "search", "open"]), min_size=1, max_size=2).map(tuple)
    return [
        *(build(column, "arrayOptions", ("any of", "none of", "all of"), some) for column in columns),
        *(build(column, "stringOptions", ("any of", "none of"), some) for column in columns),
        *(build(column, "null", ("is null", "is not null"), st.none()) for column in columns),
    ]


def instants(column: str) -> list[Any]:
    values = st.integers(-1, 16).map(lambda n: START_US + n * MINUTE_US)
    return [build(column, "datetime", (">", "<", ">=", "<="), values)]


def flags(*columns: str) -> list[Any]:
    return [build(column, "boolean", ("=", "<>"), st.booleans()) for column in columns]


def metadata() -> list[Any]:
    return [
        *(
            build("metadata", "stringObject", TEXT, st.sampled_from(METADATA_VALUES[1:]), key)
            for key in ("k", "no")
        ),
        build("metadata", "null", ("is null", "is not null"), st.none(), "k"),
        build("metadata", "null", ("is null", "is not null"), st.none()),
    ]


def of_scores() -> list[Any]:
    averages = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    words = st.lists(st.sampled_from(["good", "bad"]), min_size=1, max_size=2).map(tuple)
    pairs = st.lists(st.sampled_from(["quality:good", "verdict:bad"]), min_size=1, max_size=2).map(tuple)
    options = ("any of", "none of")
    return [
        build("scores_avg", "numberObject", NUMBER, averages, "quality"),
        build("score_categories", "categoryOptions", options, words, "verdict"),
        build("score_categories", "stringOptions", options, pairs),
        build("score_booleans", "booleanObject", ("=", "<>"), st.booleans(), "quality"),
    ]


def bodies() -> list[st.SearchStrategy[Condition]]:
    words = st.sampled_from([*TEXTS[1:], "hello", "hell", "!"])
    return [build(column, "string", (*TEXT, "matches"), words) for column in ("input", "output")]


TRACES = st.lists(
    st.one_of(
        *texts("id", "name", "userId", "sessionId", "environment", "level"),
        *numbers("errorCount", "latency", "inputTokens", "totalTokens", "totalCost"),
        *(
            build(column, "number", NUMBER, st.sampled_from([0.25, 0.5, 1.5, 3.0]))
            for column in ("inputCost", "outputCost")
        ),
        *arrays("tags"),
        *instants("timestamp"),
        *flags("bookmarked"),
        *bodies(),
        *metadata(),
        *of_scores(),
    ),
    min_size=1,
    max_size=3,
)
OBSERVED = [
    *texts("id", "name", "type", "level", "model", "parentObservationId", "traceName", "userId", "sessionId"),
    *numbers("promptVersion", "latency", "timeToFirstToken", "outputTokens", "totalTokens", "outputCost"),
    *numbers("totalCost", "toolDefinitions"),
    *arrays("traceTags", "toolNames", "calledToolNames"),
    *instants("startTime"),
    *instants("endTime"),
    *metadata(),
]
OBSERVATIONS = st.lists(st.one_of(*OBSERVED, *of_scores()), min_size=1, max_size=3)
OBSERVATIONS_V2 = st.lists(
    st.one_of(
        *OBSERVED,
        *flags("isRootObservation", "hasParentObservation", "hasInput"),
        *bodies(),
        build("metadata", "numberObject", NUMBER, st.sampled_from([1.0, 2.0, 2.5]), "size"),
        build(
            "metadata",
            "stringObject",
            ("matches",),
            st.sampled_from(["here", "words", "some words", "her"]),
            "k",
        ),
    ),
    min_size=1,
    max_size=3,
)
SCORES = st.lists(
    st.one_of(
        *texts("id", "name", "dataType", "stringValue", "observationId", "traceName", "userId"),
        *numbers("value"),
        *arrays("trace_tags"),
        *instants("timestamp"),
        *flags("booleanValue"),
        *metadata(),
    ),
    min_size=1,
    max_size=3,
)
THOROUGH = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def found(analytics: Analytics, filters: FilterSet, world: World, conditions: list[Condition]) -> list[str]:
    where = compile_filter(filters, world.project_id, [], conditions)
    rows = analytics.query(build_select(filters.view, world.project_id, "id", where))
    return sorted(row[0] for row in rows)


@THOROUGH
@given(conditions=TRACES)
def test_traces(analytics: Analytics, world: World, conditions: list[Condition]) -> None:
    assert found(analytics, TRACE_FILTERS, world, conditions) == matching(world, world.traces, conditions)


@THOROUGH
@given(conditions=OBSERVATIONS)
def test_observations(analytics: Analytics, world: World, conditions: list[Condition]) -> None:
    expected = matching(world, world.observations, conditions)
    assert found(analytics, OBSERVATION_FILTERS, world, conditions) == expected


@THOROUGH
@given(conditions=OBSERVATIONS_V2)
def test_observations_v2(analytics: Analytics, world: World, conditions: list[Condition]) -> None:
    expected = matching(world, world.observations, conditions)
    assert found(analytics, OBSERVATION_V2_FILTERS, world, conditions) == expected


@THOROUGH
@given(conditions=SCORES)
def test_scores(analytics: Analytics, world: World, conditions: list[Condition]) -> None:
    assert found(analytics, SCORE_FILTERS, world, conditions) == matching(world, world.scores, conditions)
