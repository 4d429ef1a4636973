"""Reads with a budget: the whole answer when it comes in time, else that of the newest part of the rows, marked as an
estimate.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from spyglass.core.errors import QueryTooExpensive
from spyglass.query.entities import Bounds
from spyglass.query.tree_questions import Question
from spyglass.query.views import build_select, within

Answer = TypeVar("Answer")
Settings = dict[str, float]

_PARTS = (16, 256)


def within_budget(
    question: Question, budget_s: float, read: Callable[[Question, Settings], Answer]
) -> tuple[Answer | None, Bounds]:
    """What `read` says of the question, or of the largest sample that it can read in time, and of which stretch that
    is; None when even the shortest takes too long. `read` may take the budget for each of its queries."""
    settings = {"max_execution_time": budget_s}
    try:
        return read(question, settings), question.bounds
    except QueryTooExpensive:
        pass
    for bounds in _samples(question):
        try:
            return read(question.within(bounds), settings), bounds
        except QueryTooExpensive:
            continue
    return None, question.bounds


def _samples(question: Question) -> Iterator[Bounds]:
    """Ever shorter newest parts of the time that the rows within the bounds span."""
    view, bounds = question.entity.view, question.bounds
    what = f"count(), toUnixTimestamp64Micro(min({view.time})), toUnixTimestamp64Micro(max({view.time}))"
    rows = within(view, bounds.from_us, bounds.to_us)
    count, first, last = question.read(build_select(view, question.project_id, what, rows))[0]
    for part in _PARTS if count else ():
        yield replace(bounds, from_us=last - (last - first) // part, to_us=last + 1)
