"""Numbers that the process keeps about itself, cheap enough for the hot path: a histogram for one writing thread,
and hits and misses of a cache for many. They begin at zero with the process and only grow.
"""

import threading
from bisect import bisect_left
from collections.abc import Sequence


class Histogram:
    """Counts of values by bucket. One thread writes; others may read a `copy` at any time."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        """`bounds`: ascending; a value belongs to the first bound that is not below it, or to none."""
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def copy(self) -> "Histogram":
        made = Histogram(self.bounds)
        made.counts, made.total = self.counts.copy(), self.total
        return made

    def cumulative(self) -> list[tuple[str, float]]:
        """(upper bound as text, values up to it), the last one `+Inf`: the form of the exposition."""
        names = [*(str(float(bound)) for bound in self.bounds), "+Inf"]
        rows: list[tuple[str, float]] = []
        reached = 0
        for name, count in zip(names, self.counts, strict=True):
            reached += count
            rows.append((name, reached))
        return rows


class CacheCounts:
    """How often a cache knew the answer. Thread-safe: a lost increment could look like a counter that fell."""

    __slots__ = ("_lock", "hits", "misses")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def hit(self) -> None:
        with self._lock:
            self.hits += 1

    def miss(self) -> None:
        with self._lock:
            self.misses += 1
