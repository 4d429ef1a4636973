"""What a Python client program notes while it sends: ids, and the edges of each observation in milliseconds.

The program prints the report as its last line; the tests compare it with what the server gives back.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCENARIO: dict[str, Any] = json.loads((Path(__file__).parent / "scenario.json").read_text(encoding="utf-8"))
SESSION_ID = f"session-{os.environ['COMPAT_RUN']}"


class Recorder:
    """Collects what the client made; a time is kept as the window in which it must lie."""

    def __init__(self) -> None:
        self.report: dict[str, Any] = {"session": SESSION_ID, "observations": {}, "times": {}, "scores": {}}

    def note_observation(self, key: str, observation_id: str) -> None:
        """Keep the id of an observation of the scenario."""
        self.report["observations"][key] = observation_id

    def note_trace(self, earliest_ms: int) -> None:
        """Keep the window in which the trace began: from then to now."""
        self.report["trace_window"] = [earliest_ms, read_clock_ms()]

    def note_times(self, key: str, edge: str, earliest_ms: int, latest_ms: int) -> None:
        """Keep the window of one edge (start, end, first_token)."""
        self.report["times"].setdefault(key, {})[edge] = [earliest_ms, latest_ms]

    def open_window(self, key: str, edge: str) -> None:
        """Say that the client takes this time from now on."""
        self.note_times(key, edge, read_clock_ms(), 0)

    def close_window(self, key: str, edge: str) -> None:
        """Say that the client has taken this time by now."""
        self.report["times"][key][edge][1] = read_clock_ms()

    @contextmanager
    def time_edge(self, key: str, edge: str) -> Iterator[None]:
        """Keep the window of an edge that the client takes inside this block."""
        self.open_window(key, edge)
        yield
        self.close_window(key, edge)

    def print_report(self, **more: Any) -> None:
        """Print everything as one line of JSON."""
        print(json.dumps({**self.report, **more, "flushed_ms": read_clock_ms()}), flush=True)


def read_clock_ms() -> int:
    """Milliseconds since 1970, rounded down as the API does."""
    return time.time_ns() // 1_000_000
