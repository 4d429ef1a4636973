"""How the way in fares, as numbers since the process began: commits of the log, batches, and how long a request
takes until it can be read. Written by the committer's and the worker's thread, each its own fields.
"""

from collections.abc import Iterable

from spyglass.core.counting import Histogram

_COMMIT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_BATCH_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DELAY_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class IngestStats:
    def __init__(self) -> None:
        # Of the committer.
        self.commit_s = Histogram(_COMMIT_S)
        self.body_bytes = 0  # as they are kept in the log
        # Of the worker.
        self.batch_s = Histogram(_BATCH_S)
        self.delay_s = Histogram(_DELAY_S)  # from the arrival of a request until it can be read
        self.rows = 0
        self.retries = 0

    def committed(self, seconds: float, size: int) -> None:
        """One commit of the log with `size` bytes of bodies."""
        self.commit_s.observe(seconds)
        self.body_bytes += size

    def applied(self, seconds: float, rows: int, received_us: Iterable[int], now_us: int) -> None:
        """One batch is in the tables: its rows, and when each of its requests came."""
        self.batch_s.observe(seconds)
        self.rows += rows
        for moment_us in received_us:
            self.delay_s.observe(max(0, now_us - moment_us) / 1_000_000)

    def retried(self) -> None:
        """A batch waits, because the store is away."""
        self.retries += 1
