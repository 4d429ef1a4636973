"""A small world of traces, observations and scores for the tests of this folder: fixed, varied, with empty
values and odd texts."""

import random
from decimal import Decimal

from spyglass.core.records import LEVELS, Observation, Score, Trace
from spyglass.ingest.writer import write
from spyglass.stores.analytics import Analytics

NAMES = ["", "chat", "chat turn", "Chat", "it's \\ odd\n", "räksmörgås", "100%_"]
TAGS = ["a", "b", "c", "it's"]
TEXTS = ["", "Hello World", "hello there, world!", "say hello", "Hellö wörld", "helloworld", "HELLO"]
METADATA_VALUES = ["", "1", "2.5", "x", "some words here", "here"]
MINUTE_US = 60_000_000
START_US = 1_767_225_600_000_000


class World:
    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        dice = random.Random(7)
        self.traces = [_trace(project_id, number, dice) for number in range(30)]
        self.observations: list[Observation] = []
        for trace in self.traces:
            for _ in range(dice.randrange(4)):
                self.observations.append(_observation(trace, len(self.observations), dice))
        self.scores = [_score(self, number, dice) for number in range(60)]
        for score, trace_id in zip(self.scores, ["", "t99"], strict=False):  # without a trace
            score.trace_id, score.observation_id = trace_id, ""

    def insert(self, analytics: Analytics) -> None:
        write(analytics, "traces", self.traces)
        write(analytics, "observations", self.observations)
        write(analytics, "scores", self.scores)


def _usage(dice: random.Random) -> dict[str, int]:
    if dice.random() < 0.3:
        return {}
    usage = {dice.choice(["input", "Input"]): dice.randrange(50), "output": dice.randrange(50)}
    if dice.random() < 0.5:
        usage["cache_read_Input"] = dice.randrange(9)
    if dice.random() < 0.7:
        usage["total"] = sum(usage.values())
    return usage


def _metadata(dice: random.Random) -> dict[str, str]:
    return {key: dice.choice(METADATA_VALUES) for key in ("k", "size") if dice.random() < 0.7}


def _trace(project_id: str, number: int, dice: random.Random) -> Trace:
    first = START_US + dice.randrange(5) * MINUTE_US if dice.random() < 0.8 else None
    return Trace(
        project_id=project_id,
        id=f"t{number}",
        timestamp=START_US + number // 2 * MINUTE_US,
        name=dice.choice(NAMES),
        environment=dice.choice(["default", "production"]),
        user_id=dice.choice(["", "u1", "u2"]),
        session_id=dice.choice(["", "s1", "s2"]),
        tags=[tag for tag in TAGS if dice.random() < 0.4],
        public=dice.random() < 0.3,
        bookmarked=dice.random() < 0.3,
        input=TEXTS[number % len(TEXTS)],
        output=TEXTS[number // 2 % len(TEXTS)],
        metadata=_metadata(dice),
        error_count=dice.randrange(2),
        warning_count=dice.randrange(2),
        default_count=dice.randrange(2),
        first_start=first,
        last_end=first + dice.choice([0, 1_499_999, 2_500_000]) if first is not None else None,
        usage=_usage(dice),
        total_cost=dice.choice([None, Decimal("0.5"), Decimal("2")]),
        created_at=START_US,
        updated_at=START_US,
        version_seq=1,
    )


def _observation(trace: Trace, number: int, dice: random.Random) -> Observation:
    start = trace.timestamp + dice.randrange(3) * 1_000
    cost = {"input": Decimal("0.25"), "output": Decimal("1.5")} if dice.random() < 0.5 else {}
    return Observation(
        project_id=trace.project_id,
        trace_id=trace.id,
        id=f"o{number}",
        start_time=start,
        end_time=dice.choice([None, start, start + 1_500_000, start + 3_000_001, start - 5_000_000]),
        completion_start_time=dice.choice([None, start + 250_000]),
        parent_id=dice.choice(["", "p1"]),
        is_app_root=dice.random() < 0.3,
        type=dice.choice(["SPAN", "GENERATION", "TOOL"]),
        name=dice.choice(NAMES),
        level=dice.choice(LEVELS),
        model=dice.choice(["", "gpt-4o"]),
        prompt_version=dice.choice([None, 1, 2]),
        input=dice.choice(TEXTS),
        output=dice.choice(TEXTS),
        metadata=_metadata(dice),
        tool_definitions={"search": "{}"} if dice.random() < 0.4 else {},
        tool_call_names=["search", "open"] if dice.random() < 0.4 else [],
        usage=_usage(dice),
        cost=cost,
        total_cost=sum(cost.values()) if cost else None,
        created_at=START_US,
        updated_at=START_US,
        version_seq=1,
    )


def _score(world: World, number: int, dice: random.Random) -> Score:
    kind = dice.choice(["NUMERIC", "CATEGORICAL", "BOOLEAN"])
    observation = dice.choice(world.observations) if dice.random() < 0.5 else None
    trace_id = observation.trace_id if observation else dice.choice(world.traces).id
    number_value = {"NUMERIC": dice.choice([0.0, 0.25, 1.0]), "BOOLEAN": float(dice.randrange(2))}.get(
        kind, 0.0
    )
    return Score(
        project_id=world.project_id,
        id=f"c{number}",
        timestamp=START_US + number * MINUTE_US,
        name=dice.choice(["quality", "verdict"]),
        data_type=kind,
        value=number_value,
        string_value=dice.choice(["good", "bad"]) if kind == "CATEGORICAL" else "",
        trace_id=trace_id,
        observation_id=observation.id if observation else "",
        metadata=_metadata(dice),
        comment=dice.choice(["", "fine"]),
        created_at=START_US,
        updated_at=START_US,
        version_seq=1,
    )
