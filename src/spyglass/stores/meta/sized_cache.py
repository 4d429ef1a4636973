"""Ready values of a project under many keys, bounded by their bytes, dropped when a revision changes.

The sibling of `ProjectCache` for what is too much to load whole: prompts, of which a project may have
thousands and asks for a few, thousands of times a second.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from spyglass.core.counting import CacheCounts
from spyglass.core.errors import Unavailable
from spyglass.stores.meta.database import Meta


class Sized(Protocol):
    @property
    def size_bytes(self) -> int:
        """What the value takes in memory, its key included, roughly."""


Value = TypeVar("Value", bound=Sized)
_Key = tuple[str, Hashable]


class SizedCache(Generic[Value]):
    """Thread-safe. While the store is down, the last known value is served."""

    def __init__(self, meta: Meta, revision: str, capacity_bytes: int) -> None:
        self._meta = meta
        self._revision = revision
        self._capacity_bytes = capacity_bytes
        self._lock = threading.Lock()
        self.counts = CacheCounts()
        self._values: OrderedDict[_Key, tuple[tuple[int, int], Value]] = OrderedDict()
        self._bytes = 0

    def known(self, project_id: str, key: Hashable) -> Value | None:
        """The value when that can be said without I/O; None sends you to `get`."""
        current = self._meta.known_revision(self._revision, project_id)
        return None if current is None else self._look_up((project_id, key), current)

    def get(self, project_id: str, key: Hashable, load: Callable[[Session, Value | None], Value]) -> Value:
        """The value as of the last committed change. `load` also gets the outdated value, when there is one;
        what it raises passes through and is not remembered."""
        # Read before the value: what is committed between the two is then loaded once more, never missed.
        current = self._meta.revision(self._revision, project_id)
        place = (project_id, key)
        value = self._look_up(place, current)
        if value is not None:
            return value
        self.counts.miss()
        outdated = self._values.get(place)
        try:
            with self._meta.read() as session:
                value = load(session, outdated[1] if outdated else None)
        except Unavailable:
            if outdated is None:
                raise
            return outdated[1]
        self._keep(place, current, value)
        return value

    def _look_up(self, place: _Key, current: tuple[int, int]) -> Value | None:
        with self._lock:
            found = self._values.get(place)
            if found is None or found[0] != current:
                return None
            self._values.move_to_end(place)
            self.counts.hit()
            return found[1]

    def _keep(self, place: _Key, current: tuple[int, int], value: Value) -> None:
        with self._lock:
            former = self._values.pop(place, None)
            self._bytes -= former[1].size_bytes if former else 0
            if value.size_bytes > self._capacity_bytes:
                return
            self._values[place] = (current, value)
            self._bytes += value.size_bytes
            while self._bytes > self._capacity_bytes:
                _, (_, dropped) = self._values.popitem(last=False)
                self._bytes -= dropped.size_bytes
