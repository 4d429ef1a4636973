"""Which scenario a visit is, and the traces of a window of visits. All of it follows from the seed and the
instant at which the window ends.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spyglass.core.ids import derived_id
from spyglass.features.demo import agents, chats, documents
from spyglass.features.demo.spans import Service, Trace
from spyglass.features.demo.story import Story
from spyglass.features.demo.visits import Timeline, Visit, release_at, slowness_at

# How many traces a visit has on average; measured, and checked by a test.
TRACES_A_VISIT = 2.23
_LONG_ROUNDS = (99, 22, 15)  # four observations each
_SHORTEST_PERIOD = 12


@dataclass(frozen=True)
class Scenario:
    """`weight` is its share of the visits; `tell` makes the trace of one turn; jobs have no user."""

    weight: int
    tell: Callable[[Story, Visit, int], None]
    count_turns: Callable[[Visit], int]
    is_job: bool = False


def _once(_visit: Visit) -> int:
    return 1


SCENARIOS = (
    Scenario(34, chats.tell_support_chat, chats.count_support_turns),
    Scenario(24, documents.tell_docs_question, documents.count_docs_turns),
    Scenario(14, chats.tell_assistant, chats.count_assistant_turns),
    Scenario(9, agents.tell_trip, agents.count_agent_turns),
    Scenario(9, agents.tell_analysis, agents.count_agent_turns),
    Scenario(5, documents.tell_digest, _once, is_job=True),
    Scenario(8, documents.tell_review, documents.count_review_turns),
)
_WEIGHTS = [scenario.weight for scenario in SCENARIOS]
_AUDITS = tuple(Scenario(0, agents.make_audit(rounds), _once, is_job=True) for rounds in _LONG_ROUNDS)
_EXPORT = Scenario(0, agents.tell_export, _once, is_job=True)


def make_traces(seed: int, count: int, days: int, now_us: int) -> list[Trace]:
    """The latest `count` traces that have ended by `now_us`, oldest first; they reach about `days` back."""
    timeline = Timeline(f"{seed}/{count}/{days}", count / TRACES_A_VISIT / days, weekly=days % 7 == 0)
    period = max(_SHORTEST_PERIOD, round(count / TRACES_A_VISIT * 0.8))
    traces: list[Trace] = []
    number = timeline.last_before(now_us)
    while len(traces) < count:
        visit = timeline.visit(number)
        traces += reversed([trace for trace in _tell(visit, period) if trace.end_us <= now_us])
        number -= 1
    return sorted(traces[:count], key=lambda trace: trace.start_us)


def _tell(visit: Visit, period: int) -> Iterator[Trace]:
    """The traces of a visit, oldest first; between two turns somebody reads and types."""
    scenario = _choose(visit, period)
    turns = scenario.count_turns(visit)
    start_us = visit.start_us
    for turn in range(turns):
        trace = _open_trace(visit, scenario, turn, turns, start_us)
        rng = visit.rng(f"turn {turn}")
        scenario.tell(Story(trace, rng, start_us, slowness_at(start_us)), visit, turn)
        yield trace
        start_us = trace.end_us + round(rng.uniform(15, 150) * 1_000_000)


def _choose(visit: Visit, period: int) -> Scenario:
    """Once in a period each: the very long traces and the large output."""
    place = visit.number % period
    if place < len(_AUDITS):
        return _AUDITS[place]
    if place == len(_AUDITS):
        return _EXPORT
    return visit.rng("scenario").choices(SCENARIOS, _WEIGHTS)[0]


def _open_trace(visit: Visit, scenario: Scenario, turn: int, turns: int, start_us: int) -> Trace:
    release, version, prompt_version = release_at(start_us)
    return Trace(
        id=derived_id("trace", visit.id, str(turn)),
        name="",
        service=Service(""),
        environment=visit.environment,
        release=release,
        version=version,
        user_id="" if scenario.is_job else visit.user_id,
        session_id=visit.session_id if turns > 1 else "",
        prompt_version=prompt_version,
    )
