"""What is asked often and changes seldom, per project: loaded once, dropped when its revision changes.

A writer calls `raise_revision(session, PROMPTS, project_id)` in its transaction: this process sees the change
as soon as that is committed, others within a second.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from spyglass.core.clock import monotonic_s
from spyglass.core.counting import CacheCounts
from spyglass.core.errors import Unavailable
from spyglass.stores.meta.database import Meta

Value = TypeVar("Value")


class ProjectCache(Generic[Value]):
    """Thread-safe and bounded. While the store is down, the last known value is served; it is asked again
    `retry_s` after it was found down, because asking may last as long as a connection takes to fail."""

    def __init__(
        self,
        meta: Meta,
        revision: str,
        load: Callable[[Session, str], Value],
        capacity: int = 1024,
        *,
        retry_s: float = 0.0,
    ) -> None:
        self._meta = meta
        self._revision = revision
        self._load = load
        self._capacity = capacity
        self._retry_s = retry_s
        self._retry_at_s = 0.0
        self._lock = threading.Lock()
        self.counts = CacheCounts()
        self._values: OrderedDict[str, tuple[tuple[int, int], Value]] = OrderedDict()

    def get(self, project_id: str) -> Value:
        """The value as of the last committed change. Raises what `load` raises, and `Unavailable`."""
        # Read before the value: what is committed between the two is then loaded once more, never missed.
        current = self._meta.revision(self._revision, project_id)
        known = self._values.get(project_id)
        if known is not None and known[0] == current:
            self.counts.hit()
            return known[1]
        self.counts.miss()
        try:
            value = self._read(project_id)
        except Unavailable:
            if known is None:
                raise
            return known[1]
        with self._lock:
            self._values[project_id] = (current, value)
            self._values.move_to_end(project_id)
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)
        return value

    def _read(self, project_id: str) -> Value:
        if monotonic_s() < self._retry_at_s:
            raise Unavailable("The metadata store is unavailable; try again")
        try:
            with self._meta.read() as session:
                return self._load(session, project_id)
        except Unavailable:
            self._retry_at_s = monotonic_s() + self._retry_s
            raise
