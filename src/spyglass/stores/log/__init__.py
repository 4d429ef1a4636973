"""The ingest log: what was acknowledged, in order, until it is durable in the tables.

The contract that every backend keeps:

- `append` returns only when the entry survives a power cut; entries get ascending numbers (`seq`), and a
  reader never sees a later one before an earlier one.
- `read(after, limit_bytes)` yields entries in order of `seq`.
- `commit(seq)` says that all up to `seq` are durable elsewhere; they may be removed.
- Nothing is changed once appended. A failed fsync makes the log unusable for good: it raises `Unavailable`
  from then on and the process is expected to exit (a retried fsync may lie).
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """One acknowledged request: the raw body and what is needed to decode it again."""

    project_id: str
    dialect: str  # a name of ingest/dialects: DIALECTS
    received_us: int
    headers: dict[str, str]  # what the dialect needs of the request: content type, client name and version
    body: bytes
    events: int  # accepted events or spans in it, for the counters
    seq: int = 0


class Log(Protocol):
    def append(self, entries: list[Entry]) -> int:
        """Make the entries durable in one commit; returns the `seq` of the first, the others follow it."""
        ...

    def read(self, after: int, limit_bytes: int) -> Iterator[Entry]: ...

    def position(self) -> tuple[int, int]:
        """(all up to here are applied, the batch begun after it ends here); equal when none was begun."""
        ...

    def begin(self, last: int) -> None:
        """Fix the end of the next batch, so that a repeat after a crash is the same batch."""
        ...

    def commit(self, last: int) -> None: ...

    def quarantine(self, seq: int, reason: str, entry: Entry) -> None:
        """Set an entry aside that cannot be applied: its bytes and the reason stay for `spyglass replay`."""
        ...

    def quarantined(self) -> list[tuple[int, str, Entry]]: ...

    def release(self, seq: int) -> None:
        """Forget a quarantined entry, after it was replayed or given up."""
        ...

    def is_quarantined(self, seq: int) -> bool: ...

    def erase(
        self, project_id: str, *, last: int | None = None, before_us: int | None = None
    ) -> dict[str, int]:
        """Remove what a project sent: applied requests that are kept, and those set aside (they count as
        released); up to number `last`, received before an instant. Returns how many `requests` and
        `set_aside`. What waits to be applied stays."""
        ...

    def count_kept(self, project_id: str, *, last: int | None = None) -> int:
        """How many requests `erase` would remove."""
        ...

    def wipe(self) -> None:
        """Leave nothing readable in the files of what was removed."""
        ...

    def strikes(self) -> int: ...

    def tidy(self) -> bool:
        """Give room back that a backlog took, a piece at a time; True when there is more to give. For when
        nothing waits."""
        ...

    def last_seq(self) -> int: ...

    def size_bytes(self) -> int:
        """Bytes of entries that are not committed yet."""
        ...

    def add(self, counts: dict[str, int]) -> None:
        """Raise durable counters, beside those that the log keeps itself."""
        ...

    def counters(self) -> dict[str, int]:
        """Events since the log was made: acknowledged = applied + pending + quarantined + released."""
        ...

    @property
    def broken(self) -> str:
        """Why nothing is accepted any more, or an empty text."""
        ...

    def close(self) -> None: ...
