"""A list looks through ever longer stretches of time: no row twice, none left out."""

from hypothesis import given
from hypothesis import strategies as st

from spyglass.query.entities import Bounds
from spyglass.query.ui_lists import cut


def test_each_begins_where_the_one_before_ended() -> None:
    pieces = list(cut(Bounds(from_us=0, to_us=1000), [10, 100]))
    assert [(piece.from_us, piece.to_us) for piece in pieces] == [(990, 1000), (900, 990), (0, 900)]


def test_the_last_has_no_beginning_where_none_was_given() -> None:
    pieces = list(cut(Bounds(to_us=1000, environments=("a",)), [10]))
    assert pieces == [Bounds(990, 1000, ("a",)), Bounds(None, 990, ("a",))]


@given(
    from_us=st.none() | st.integers(-100, 1000),
    to_us=st.integers(0, 1000),
    lengths=st.lists(st.integers(1, 2000), unique=True, max_size=6).map(sorted),
)
def test_every_instant_lies_in_exactly_one(from_us: int | None, to_us: int, lengths: list[int]) -> None:
    pieces = list(cut(Bounds(from_us=from_us, to_us=to_us), lengths))
    for at in range(-110, 1010):
        inside = at < to_us and (from_us is None or at >= from_us)
        held = [
            piece
            for piece in pieces
            if (piece.from_us is None or at >= piece.from_us) and piece.to_us is not None and at < piece.to_us
        ]
        assert len(held) == (1 if inside else 0)
