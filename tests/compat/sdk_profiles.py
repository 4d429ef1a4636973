"""What each Langfuse SDK does with the one scenario: the differences that are the client's own, as data."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .programs import CLIENTS_DIR

SCENARIO: dict[str, Any] = json.loads((CLIENTS_DIR / "scenario.json").read_text(encoding="utf-8"))
CHILDREN = ("retriever", "tool", "answer", "draft", "event", "broken")
OBSERVATIONS = ("agent", *CHILDREN)

ANSWER_USAGE = {"input": 1200, "output": 345, "input_cached_tokens": 200, "total": 1745}
ANSWER_COST = {
    "input": Decimal("0.000180000000"),
    "output": Decimal("0.000207000000"),
    "input_cached_tokens": Decimal("0.000015000000"),
    "total": Decimal("0.000402000000"),
}
DRAFT_COST = {
    "input": Decimal("0.000123456789"),
    "output": Decimal("0.002000000000"),
    "total": Decimal("0.002123456789"),
}
TRACE_COST = Decimal("0.002525456789")


@dataclass(frozen=True, slots=True)
class Profile:
    """One SDK: how it is run, and what of the scenario it cannot say or says in its own way."""

    name: str
    program: str
    reader: str
    spans: bool = (
        True  # speaks OTLP: has observation types and a root observation; the batch endpoint has neither
    )
    version_of_children: str | None = None
    trace_metadata: dict[str, Any] = field(default_factory=lambda: SCENARIO["trace"]["metadata"])
    answer_parameters: dict[str, Any] = field(default_factory=lambda: SCENARIO["answer"]["model_parameters"])
    broken_message: str = SCENARIO["broken"]["status_message"]
    slack_ms: int = 0  # how far the SDK's own clock may be from the program's

    @property
    def observation_count(self) -> int:
        return len(OBSERVATIONS) + (1 if self.spans else 0)

    @property
    def score_count(self) -> int:
        return sum(not key.startswith("session") for key in SCENARIO["scores"])


RAISED = f"RuntimeError: {SCENARIO['broken']['status_message']}"
TRACE_VERSION = SCENARIO["trace"]["version"]
# Python 4 writes values that travel with str(), so a flag and an object arrive as Python text.
SPOKEN_METADATA = {
    "plan": "pro",
    "seats": 3,
    "trial": "False",
    "limits": "{'rpm': 60, 'models': ['small', 'large']}",
}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "python-v2",
            "python_v2.py",
            "python_v2_read.py",
            spans=False,
            answer_parameters={"temperature": "0.2", "max_tokens": 256},
        ),
        Profile("python-v3", "python_v3.py", "python_v3_read.py", broken_message=RAISED),
        Profile(
            "python-v4",
            "python_v4.py",
            "python_v3_read.py",
            version_of_children=TRACE_VERSION,
            trace_metadata=SPOKEN_METADATA,
            broken_message=RAISED,
        ),
        Profile(
            "python-v5",
            "python_v5.py",
            "python_v5_read.py",
            version_of_children=TRACE_VERSION,
            broken_message=RAISED,
        ),
        Profile("js-v3", "js_v3.mjs", "js_v3_read.mjs", spans=False),
        Profile(
            "js-v5",
            "js_v5.mjs",
            "js_v5_read.mjs",
            version_of_children=TRACE_VERSION,
            slack_ms=1,
        ),
    )
}
