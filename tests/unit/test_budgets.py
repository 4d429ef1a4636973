"""Estimates: what is read when the whole takes too long. The engine is one that is always too slow for more."""

from typing import Any

from spyglass.core.errors import QueryTooExpensive
from spyglass.core.filter_tree import EVERYTHING
from spyglass.query.budgets import within_budget
from spyglass.query.entities import ENTITIES, Bounds
from spyglass.query.tree_questions import Question

DAY_US = 86_400_000_000


class Extent:
    """Answers from when to when there are rows."""

    def __init__(self, first: int, last: int, count: int = 5) -> None:
        self.row = (count, first, last)

    def query(self, question: Any, **_: Any) -> list[Any]:
        return [self.row]


def ask(extent: Extent, longest_us: int) -> tuple[list[Bounds], Any, Bounds]:
    asked: list[Bounds] = []

    def read(question: Question, settings: dict[str, float]) -> str:
        assert settings == {"max_execution_time": 0.5}
        asked.append(question.bounds)
        bounds = question.bounds
        if bounds.from_us is None or bounds.to_us is None or bounds.to_us - bounds.from_us > longest_us:
            raise QueryTooExpensive("too slow")
        return "answer"

    bounds = Bounds(0, 20 * DAY_US, ("dev",))
    question = Question(extent, ENTITIES["traces"], "p", bounds, EVERYTHING, lambda *_: {})  # type: ignore[arg-type]
    answer, used = within_budget(question, 0.5, read)
    return asked, answer, used


def test_the_whole_when_there_is_time() -> None:
    asked, answer, used = ask(Extent(0, DAY_US), 100 * DAY_US)
    assert (answer, used, len(asked)) == ("answer", Bounds(0, 20 * DAY_US, ("dev",)), 1)


def test_else_the_newest_part_of_the_rows_and_not_of_the_range() -> None:
    _, answer, used = ask(Extent(0, 16 * DAY_US), 2 * DAY_US)
    assert (answer, used) == ("answer", Bounds(15 * DAY_US, 16 * DAY_US + 1, ("dev",)))
    asked, answer, used = ask(Extent(0, 16 * DAY_US), DAY_US // 8)
    assert (answer, used, len(asked)) == (
        "answer",
        Bounds(16 * DAY_US - DAY_US // 16, 16 * DAY_US + 1, ("dev",)),
        3,
    )


def test_nothing_when_even_that_takes_too_long() -> None:
    whole = Bounds(0, 20 * DAY_US, ("dev",))
    assert ask(Extent(0, 16 * DAY_US), 10)[1:] == (None, whole)
    assert ask(Extent(0, 0, count=0), 10)[1:] == (None, whole)
