"""What of a large forest is shown first."""

from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.levels import below, children_of, path_to, top_levels

#      0
#    1   2
#  3 4   5
#  6
TREE = [-1, 0, 0, 1, 1, 2, 3]


def test_levels() -> None:
    children = children_of(TREE)
    assert children == {0: [1, 2], 1: [3, 4], 2: [5], 3: [6]}
    assert [top_levels(TREE, children, most) for most in (1, 3, 4, 6, 9)] == [
        [0],
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 2, 3, 4, 5],
        [0, 1, 2, 3, 4, 5, 6],
    ]
    assert below(1, children, 9) == [3, 4, 6]
    assert below(1, children, 1) == [3]
    assert below(6, children, 9) == []
    assert path_to(6, TREE) == [0, 1, 3, 6]


def test_a_circle() -> None:
    parents = [1, 0, -2, 2]
    children = children_of(parents)
    assert top_levels(parents, children, 3) == [0, 2, 3]
    assert top_levels(parents, children, 9) == [0, 1, 2, 3]
    assert below(0, children, 9) == [1]
    assert path_to(0, parents) == [0, 1]


@given(st.lists(st.integers(-2, 29), max_size=30), st.integers(0, 35))
def test_any_forest(parents: list[int], most: int) -> None:
    parents = [parent if parent < len(parents) else -1 for parent in parents]
    children = children_of(parents)
    shown = top_levels(parents, children, most)
    assert len(shown) == min(most, len(parents)) and shown == sorted(set(shown))
    rooted = [place for place in shown if _is_rooted(place, parents)]
    # Whoever hangs on a root is shown with all that stands above.
    for place in rooted:
        assert set(path_to(place, parents)) <= set(shown)


def _is_rooted(place: int, parents: list[int]) -> bool:
    seen = set()
    while place >= 0 and place not in seen:
        seen.add(place)
        place = parents[place]
    return place < 0
