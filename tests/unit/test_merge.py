"""The merge rules of the ingestion contract, 1.9 and 1.10: exact values, and the same state in any order."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.jsontext import read_text, to_text
from spyglass.core.records import Kind, Observation, Patch, Rank, Score, Trace
from spyglass.ingest.merge import (
    BATCH,
    MAX_METADATA_PATCHES,
    State,
    deep_merge,
    suggest_trace,
)
from spyglass.ingest.state_rows import restore, to_row

CREATE, UPDATE = Rank.CREATE, Rank.UPDATE


def state_of(kind: Kind, patches: list[Patch], orders: list[int] | None = None) -> State:
    state = State(kind)
    for index, patch in enumerate(patches):
        state.fold(patch, orders[index] if orders else index, 100 + index)
    return state


def row_of(kind: Kind, patches: list[Patch]) -> Any:
    return to_row(state_of(kind, patches), "p", "x", to_text)


def trace(time: int, rank: Rank = CREATE, **explicit: Any) -> Patch:
    return Patch(Kind.TRACE, "x", time, rank, explicit, {"timestamp": time, "environment": "default"})


def observation(time: int, rank: Rank = CREATE, **explicit: Any) -> Patch:
    implied = {"start_time": time, "environment": "default", "trace_id": "random", "source": BATCH}
    return Patch(Kind.OBSERVATION, "x", time, rank, explicit, implied)


def test_a_later_statement_wins_whatever_the_order_of_arrival() -> None:
    early, late = trace(1, name="a", user_id="u"), trace(2, name="b")
    for patches in ([early, late], [late, early]):
        row = row_of(Kind.TRACE, patches)
        assert (row.name, row.user_id) == ("b", "u")


def test_null_clears_where_the_contract_says_so() -> None:
    row = row_of(
        Kind.TRACE,
        [
            trace(1, name="a", user_id="u", session_id="s", release="r", version="v", input="i", tags=["t"]),
            trace(
                2, name=None, user_id=None, session_id=None, release=None, version=None, input=None, tags=None
            ),
        ],
    )
    assert (row.name, row.user_id, row.session_id, row.release, row.version) == ("", "", "", "", "")
    assert (row.input, row.tags) == ("i", ["t"])


def test_null_is_ignored_or_resets_on_observations() -> None:
    row = row_of(
        Kind.OBSERVATION,
        [
            observation(
                1, end_time=9, status_message="m", parent_id="q", version="v", level="ERROR", model="gpt"
            ),
            observation(
                2,
                UPDATE,
                end_time=None,
                status_message=None,
                parent_id=None,
                version=None,
                level=None,
                model=None,
            ),
        ],
    )
    assert (row.end_time, row.status_message, row.parent_id, row.version) == (9, "m", "q", "v")
    assert (row.level, row.model) == ("DEFAULT", "")


def test_first_statement_stays_and_named_beats_implied() -> None:
    """JS v3 sends updates that are stamped before their create (contract 8.2)."""
    update = observation(5, UPDATE, end_time=50)
    create = observation(9, start_time=10, trace_id="t", environment="prod")
    for patches in ([update, create], [create, update]):
        row = row_of(Kind.OBSERVATION, patches)
        assert (row.start_time, row.trace_id, row.environment, row.end_time) == (10, "t", "prod", 50)
    again = row_of(Kind.OBSERVATION, [create, observation(3, start_time=77, trace_id="t2")])
    assert (again.start_time, again.trace_id) == (77, "t2")  # the earliest named statement


def test_public_is_unchanged_where_it_is_not_named() -> None:
    assert row_of(Kind.TRACE, [trace(1, public=True), trace(2, name="n")]).public is True
    assert row_of(Kind.TRACE, [trace(1, public=True), trace(2, public=None)]).public is True
    assert row_of(Kind.TRACE, [trace(1, public=True), trace(2, public=False)]).public is False


def test_usage_is_replaced_whole_and_metadata_merges_deep() -> None:
    row = row_of(
        Kind.OBSERVATION,
        [
            observation(
                1, provided_usage={"input": 1, "output": 2}, metadata={"a": {"b": 1}, "l": [1, {"x": 1}, 3]}
            ),
            observation(
                2, UPDATE, provided_usage={"input": 5}, metadata={"a": {"c": None}, "l": [9, {"y": 2}]}
            ),
            observation(3, UPDATE, provided_usage={}, metadata={}),
        ],
    )
    assert row.provided_usage == {"input": 5}
    assert {k: msgspec.json.decode(v) for k, v in row.metadata.items()} == {
        "a": {"b": 1, "c": None},
        "l": [9, {"x": 1, "y": 2}, 3],
    }


def test_golden_trace_of_the_contract() -> None:
    """Contract 9.1, trace t1."""
    row = row_of(
        Kind.TRACE,
        [
            trace(0, name="a", tags=["b"], public=True, metadata={"x": {"p": 1}, "l": [1, 2]}),
            trace(1, name=None, tags=["a"], metadata={"x": {"q": 2}, "l": [9]}),
        ],
    )
    assert (row.name, row.tags, row.public, row.output) == ("", ["a", "b"], True, "")
    assert row.metadata == {"x": '{"p":1,"q":2}', "l": "[9,2]"}


def test_equal_instants_take_creates_before_updates_then_arrival() -> None:
    update, create = observation(1, UPDATE, name="update"), observation(1, CREATE, name="create")
    assert row_of(Kind.OBSERVATION, [update, create]).name == "update"
    assert row_of(Kind.OBSERVATION, [observation(1, name="one"), observation(1, name="two")]).name == "two"


def test_a_score_comment_is_cleared_and_its_trace_stays() -> None:
    patches = [
        Patch(Kind.SCORE, "x", 1, CREATE, {"trace_id": "t", "comment": "c", "value": 1.0}, {"timestamp": 1}),
        Patch(
            Kind.SCORE, "x", 2, CREATE, {"trace_id": "t2", "comment": None, "value": 2.0}, {"timestamp": 2}
        ),
    ]
    row = row_of(Kind.SCORE, patches)
    assert isinstance(row, Score)
    assert (row.trace_id, row.comment, row.value, row.timestamp) == ("t", "", 2.0, 1)


def span(start: int, name: str, parent: str = "", source: str = BATCH) -> Observation:
    return Observation(
        project_id="p",
        trace_id="x",
        id=name,
        start_time=start,
        name=name,
        parent_id=parent,
        input="in-" + name,
        source=source,
    )


def test_a_trace_that_nobody_created_is_called_after_its_earliest_root() -> None:
    spans = [span(5, "second"), span(3, "first"), span(1, "child", "first")]
    hints = [*suggest_trace(spans[:2]), *suggest_trace(spans[2:])]
    for order in itertools.permutations(hints):
        row = row_of(Kind.TRACE, list(order))
        assert (row.name, row.input, row.timestamp) == ("first", "in-first", 1)
    for order in itertools.permutations([*hints, trace(9)]):  # an explicit creation overrules all of it
        created = row_of(Kind.TRACE, list(order))
        assert (created.name, created.input, created.timestamp) == ("", "", 9)


def test_a_created_trace_has_its_own_environment() -> None:
    """Contract 1.10: an event without it contributes `default`, whatever its observations say."""
    staged = span(1, "root")
    staged.environment = "staging"
    assert row_of(Kind.TRACE, suggest_trace([staged])).environment == "staging"
    assert row_of(Kind.TRACE, [*suggest_trace([staged]), trace(9)]).environment == "default"
    assert row_of(Kind.TRACE, [*suggest_trace([staged]), trace(9, environment="prod")]).environment == "prod"


def test_an_end_before_the_start_is_what_was_said_again_when_the_start_comes_after_a_restart() -> None:
    state = state_of(Kind.OBSERVATION, [observation(500, UPDATE, end_time=400)])
    row: Any = to_row(state, "p", "x", to_text)
    assert (row.start_time, row.end_time) == (500, 500)

    state = restore(Kind.OBSERVATION, row, read_text)
    state.fold(observation(501, start_time=100), 1, 1)
    row = to_row(state, "p", "x", to_text)
    assert (row.start_time, row.end_time) == (100, 400)


def test_metadata_that_python_calls_equal_keeps_the_later_spelling() -> None:
    for patches in (
        [trace(1, metadata={"a": True}), trace(2, metadata={"a": 1})],
        [trace(2, metadata={"a": 1}), trace(1, metadata={"a": True})],
    ):
        assert row_of(Kind.TRACE, patches).metadata == {"a": "1"}


def test_identical_metadata_on_every_span_is_kept_once() -> None:
    patches = [trace(n, UPDATE, metadata={"k": "v", "n": n % 3}) for n in range(1000)]
    state = state_of(Kind.TRACE, patches)
    assert len(state.metadata) == 3
    assert state.merged_metadata() == {"k": "v", "n": 0}
    many = state_of(Kind.TRACE, [trace(n, UPDATE, metadata={str(n): n}) for n in range(1000)])
    assert len(many.metadata) <= MAX_METADATA_PATCHES
    assert many.merged_metadata() == {str(n): n for n in range(1000)}


def test_a_span_is_the_base_of_later_statements() -> None:
    base = Observation(
        project_id="p",
        trace_id="t",
        id="x",
        start_time=50,
        name="span",
        model="m",
        metadata={"a": "1"},
        created_at=5,
    )
    state = restore(Kind.OBSERVATION, base, read_text)
    state.fold(observation(10, UPDATE, name="renamed", start_time=1, metadata={"b": 2}), 7, 9)
    row = to_row(state, "p", "x", to_text)
    assert isinstance(row, Observation)
    assert (row.name, row.model, row.start_time, row.trace_id) == ("renamed", "m", 50, "t")
    assert (row.metadata, row.created_at) == ({"a": "1", "b": "2"}, 5)


values = st.sampled_from([None, "", "a", "b", "c"])
metadata = st.recursive(
    st.one_of(st.none(), st.integers(0, 3), st.text("ab", max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=6,
)
trace_fields = st.fixed_dictionaries(
    {},
    optional={
        "name": values,
        "user_id": values,
        "public": st.sampled_from([None, True, False]),
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
        "input": values,
        "environment": st.sampled_from(["prod", "dev"]),
        "timestamp": st.integers(0, 50),
        "metadata": st.dictionaries(st.sampled_from("xyz"), metadata, max_size=3),
    },
)
patches_strategy = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([CREATE, UPDATE]), trace_fields), min_size=1, max_size=6
)


@given(patches_strategy, st.randoms(use_true_random=False), st.lists(st.booleans(), min_size=12, max_size=12))
def test_any_order_any_repetition_and_any_restart_give_the_same_row(
    drawn: list[tuple[int, Rank, dict[str, Any]]], random: Any, restarts: list[bool]
) -> None:
    statements = [(n, trace(time, rank, **fields)) for n, (time, rank, fields) in enumerate(drawn)]
    expected = fold_with_restarts(statements, [False] * 12)
    shuffled = statements + random.sample(statements, len(statements) // 2)
    random.shuffle(shuffled)
    assert fold_with_restarts(shuffled, restarts) == expected


def fold_with_restarts(statements: list[tuple[int, Patch]], restarts: list[bool]) -> dict[str, Any]:
    state = State(Kind.TRACE)
    for position, (order, patch) in enumerate(statements):
        state.fold(patch, order, 100)
        if restarts[position % 12]:
            row = to_row(state, "p", "x", to_text)
            state = restore(Kind.TRACE, row, read_text)
    row = to_row(state, "p", "x", to_text)
    assert isinstance(row, Trace)
    plain = msgspec.structs.asdict(row)
    plain.pop("merge_state")
    plain["metadata"] = {key: read_text(text) for key, text in row.metadata.items()}
    return plain


@pytest.mark.parametrize(
    ("older", "newer", "merged"),
    [
        ({"a": 1}, 5, 5),
        (5, {"a": 1}, {"a": 1}),
        ([1, 2, 3], [9], [9, 2, 3]),
        ([1], [9, 8], [9, 8]),
        ({"a": [1, {"b": 2}]}, {"a": [0, {"c": 3}]}, {"a": [0, {"b": 2, "c": 3}]}),
    ],
)
def test_deep_merge(older: Any, newer: Any, merged: Any) -> None:
    assert deep_merge(older, newer) == merged


def test_an_edit_puts_the_tags_right_until_somebody_adds_to_them() -> None:
    added, more = trace(5, tags=["a", "b"]), trace(9, tags=["c"])
    put = Patch(Kind.TRACE, "x", 6, UPDATE, {"tags_set": ["b", "z"]})
    less = Patch(Kind.TRACE, "x", 7, UPDATE, {"tags_removed": ["b", "unknown"]})
    assert row_of(Kind.TRACE, [added, put]).tags == ["b", "z"]
    assert row_of(Kind.TRACE, [added, less]).tags == ["a"]
    assert row_of(Kind.TRACE, [added, put, less, more]).tags == ["c", "z"]
    # The same batch once more, as after a crash, ends the same.
    row = row_of(Kind.TRACE, [added, put, less, more] * 2)
    assert row.tags == ["c", "z"]
    assert "tags_set" not in row.merge_state
