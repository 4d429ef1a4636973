"""What the clients of a fault campaign sent and what they were told.

Traffic is made in units: a few traces whose events are shuffled over one to four requests, one in five of
which is sent again later. A request is the grain of acknowledgement: its events were all acknowledged or none.
"""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    UNSENT = "unsent"  # never left the client: must be absent
    UNKNOWN = "unknown"  # sent without a success: wholly there or wholly absent
    ACKNOWLEDGED = "acknowledged"  # must be there


@dataclass(frozen=True)
class Statement:
    """One event or span in plain terms; `model.py` folds them, `batch.py` and `otlp.py` put them on the wire."""

    id: str  # of the event (batch) or of the span (OTLP)
    type: str  # trace-create, span-create, ..., or "span" for OTLP
    time_ms: int  # when the event says it was made; decides which of two updates wins
    body: dict[str, Any]


@dataclass
class Request:
    statements: list[Statement]
    path: str
    headers: dict[str, str]
    body: bytes
    event_ids: frozenset[str]  # what a 207 must list among its successes; empty for OTLP
    state: State = State.UNSENT
    sends: int = 0


@dataclass
class Unit:
    """Traces that share requests with nothing else, and the order in which those are sent."""

    source: str  # "batch" or "otlp"
    number: int
    requests: list[Request]
    schedule: list[int] = field(default_factory=list)


class History:
    """Shared by all clients of a campaign; survives the servers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.units: list[Unit] = []
        self.violations: list[str] = []  # answers that no server may give, whatever happened to it
        self.answers: dict[str, int] = {}

    def add(self, unit: Unit) -> None:
        with self._lock:
            self.units.append(unit)

    def count(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] = self.answers.get(answer, 0) + 1

    def blame(self, violation: str) -> None:
        with self._lock:
            self.violations.append(violation)

    def acknowledged(self) -> int:
        """Events (repeats not counted) that the server promised to keep."""
        return sum(
            len(request.statements)
            for unit in list(self.units)
            for request in unit.requests
            if request.state is State.ACKNOWLEDGED
        )
