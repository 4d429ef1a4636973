"""Answers in memory, each true as long as its project's watermark stands; the least used ones go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from spyglass.core.counting import CacheCounts
from spyglass.stores.analytics.watermarks import Mark

_OVERHEAD = 500


class AnswerCache:
    """Thread-safe. Holds at most so many bytes of answers."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self.counts = CacheCounts()
        self._held: OrderedDict[Hashable, tuple[Mark, bytes]] = OrderedDict()

    def get(self, key: Hashable, mark: Mark) -> bytes | None:
        """The answer to this question, unless something was written since it was given."""
        with self._lock:
            found = self._held.get(key)
            if found is not None and found[0] != mark:
                self._drop(key)
                found = None
            if found is None:
                self.counts.miss()
                return None
            self.counts.hit()
            self._held.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, mark: Mark, answer: bytes) -> None:
        """`mark`: of before the question was asked."""
        with self._lock:
            if key in self._held:
                self._drop(key)
            self._held[key] = (mark, answer)
            self._bytes += _size(key, answer)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._held)))

    def _drop(self, key: Hashable) -> None:
        _, answer = self._held.pop(key)
        self._bytes -= _size(key, answer)


def _size(key: Hashable, answer: bytes) -> int:
    return len(answer) + len(str(key)) + _OVERHEAD
