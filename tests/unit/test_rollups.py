"""Tokens that an observation repeats from those below it count once, and nothing else is lost."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.rollups import Node, add_up, repeats, rollups_of

D = Decimal


def node(
    id_: str,
    parent: str = "",
    input: int | None = None,
    output: int = 0,
    cost: str | None = None,
    **more: int,
) -> Node:
    usage: dict[str, int] = {}
    if input is not None:
        usage = {"input": input, "output": output, **more}
        usage["total"] = sum(usage.values())
    return Node(id_, parent, usage, None if cost is None else D(cost))


def test_an_agent_that_repeats_its_calls() -> None:
    sums = add_up(
        [
            node("agent", input=30, output=7, cost="5"),
            node("call 1", "agent", 10, 3, "1"),
            node("call 2", "agent", 20, 4, "2"),
        ]
    )
    assert sums.usage == {"input": 30, "output": 7, "total": 37}
    assert (sums.cost, sums.rollups) == (D(3), {"agent"})


def test_through_observations_without_tokens_and_several_layers() -> None:
    nodes = [
        node("agent", input=30, cost="9"),
        node("chain", "agent"),
        node("wrapper", "chain", 30, cost="8"),
        node("step", "wrapper"),
        node("call 1", "step", 10, cost="1"),
        node("call 2", "step", 20, cost="2"),
        node("beside", "chain"),
    ]
    random.Random(1).shuffle(nodes)
    sums = add_up(nodes)
    assert (sums.usage, sums.cost) == ({"input": 30, "output": 0, "total": 30}, D(3))
    assert sums.rollups == {"agent", "wrapper"}


@pytest.mark.parametrize(
    "call",
    [
        node("call", "agent", 29, 7),
        node("call", "agent", 30, 6),
        node("call", "agent", 7, 30),
        node("call", "agent"),
    ],
)
def test_anything_but_the_exact_sum_is_added(call: Node) -> None:
    agent = node("agent", input=30, output=7)
    sums = add_up([agent, call])
    assert sums.rollups == set()
    assert sums.usage["total"] == 37 + call.usage.get("total", 0)


def test_two_calls_side_by_side_are_two() -> None:
    sums = add_up([node("a", input=5, cost="1"), node("b", input=5, cost="1")])
    assert (sums.usage["total"], sums.cost, sums.rollups) == (10, D(2), frozenset())


def test_finer_kinds_on_one_side_only() -> None:
    """A wrapper that reports cached and reasoning tokens as input and output, its call that tells them apart."""
    call = node("call", "agent", 4, 3, input_cached_tokens=6, output_reasoning_tokens=2)
    sums = add_up([node("agent", input=10, output=5), call])
    assert sums.rollups == {"agent"}
    assert sums.usage == call.usage


def test_zeros_repeat_nothing() -> None:
    assert add_up([node("agent", input=0), node("call", "agent", 0)]).rollups == set()
    assert not repeats({}, {})
    assert not repeats({"total": 3}, {})


@pytest.mark.parametrize(
    ("agent", "calls", "expected"),
    [
        ("5", ["1", "2"], "3"),  # all calls have a cost: it is theirs
        ("5", [None, None], "5"),  # none has one: the agent's is all there is
        ("5", ["1", None], "5"),  # some have one: only the agent's is whole
        (None, ["1", None], "1"),  # and where it has none, what is known
        (None, [None, None], None),
    ],
)
def test_whose_cost_counts(agent: str | None, calls: list[str | None], expected: str | None) -> None:
    nodes = [node("agent", input=20, cost=agent)]
    nodes += [node(f"call {n}", "agent", 10, cost=cost) for n, cost in enumerate(calls)]
    sums = add_up(nodes)
    assert sums.rollups == {"agent"}
    assert sums.cost == (None if expected is None else D(expected))


def test_a_cost_without_tokens_is_added() -> None:
    sums = add_up([node("span", cost="1"), node("call", "span", 10, cost="2")])
    assert (sums.cost, sums.usage["total"]) == (D(3), 10)


def test_parents_that_are_not_there_and_circles() -> None:
    nodes = [
        node("orphan", "gone", 1, cost="1"),
        node("itself", "itself", 2, cost="2"),
        node("x", "y", 4, cost="4"),
        node("y", "x", 8, cost="8"),
        node("below", "x", 16, cost="16"),
    ]
    sums = add_up(nodes)
    assert (sums.usage["total"], sums.cost) == (31, D(31))
    assert add_up([]) == ({}, None, frozenset())


@pytest.mark.parametrize("seed", range(30))
def test_without_rollups_it_is_the_plain_sum(seed: int) -> None:
    """Powers of two: no observation's tokens can be those of others."""
    chance = random.Random(seed)
    nodes = [
        node(
            str(n),
            chance.choice(["", "gone", *map(str, range(12))]),
            1 << n if chance.random() < 0.7 else None,
            0,
            str(1 << n) if chance.random() < 0.7 else None,
        )
        for n in range(12)
    ]
    sums = add_up(nodes)
    assert sums.rollups == set()
    assert sums.usage.get("total", 0) == sum(each.usage.get("total", 0) for each in nodes)
    costs = [each.cost for each in nodes if each.cost is not None]
    assert sums.cost == (sum(costs, D(0)) if costs else None)


def test_a_deep_trace_needs_no_stack() -> None:
    nodes = [node("0", input=5, cost="1")]
    nodes += [node(str(n), str(n - 1), 5, cost="1") for n in range(1, 20_000)]
    sums = add_up(nodes)
    assert (sums.usage["total"], sums.cost, len(sums.rollups)) == (5, D(1), 19_999)


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """(parent, input, output, total) of each node; parents may form circles, be missing or be the node itself."""
    count = draw(st.integers(1, 12))
    few = st.integers(0, 2)
    return [(draw(st.integers(-2, count - 1)), draw(few), draw(few), draw(few)) for _ in range(count)]


@given(trees())
def test_the_fast_search_for_rollups_finds_those_that_the_sums_leave_out(
    tree: list[tuple[int, int, int, int]],
) -> None:
    nodes = [
        Node(str(place), str(parent) if parent >= 0 else "gone" if parent == -2 else "",
             {"input": into, "output": out, "total": total}, None)
        for place, (parent, into, out, total) in enumerate(tree)
    ]  # fmt: skip
    found = rollups_of(*zip(*tree, strict=True))
    assert {str(place) for place in found} == add_up(nodes).rollups
