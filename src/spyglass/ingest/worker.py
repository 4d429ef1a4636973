"""The worker's thread: takes entries in the order of the log, gathers them into batches, applies each batch
and only then advances the log. Retries what may succeed later, sets aside what never will.

Entries come decoded from the committer; what is not at hand (after a crash, or when too much waited in
memory) is read from the log and decoded again.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from spyglass.core.clock import monotonic_s, now_us
from spyglass.core.errors import Invalid, SpyglassError, Unavailable
from spyglass.core.records import Arrival, Decoded
from spyglass.core.retry import delays_s
from spyglass.ingest.apply import Applier, Item
from spyglass.ingest.repricing import decode_costs
from spyglass.ingest.stats import IngestStats
from spyglass.stores.log import Entry, Log

log = logging.getLogger(__name__)

DELETE = "delete"  # the dialect of an entry that deletes: JSON, table -> ids
REPRICE = "reprice"  # of one that gives rows other costs: `ingest/repricing.py`
_ORDERS = frozenset({DELETE, REPRICE})  # entries that hold no records
_READ_BYTES = 32 << 20
_MOST_STRIKES = 3
_IDLE_S = 1.0

Decode = Callable[[Entry], Decoded]
_decode_deletes = msgspec.json.Decoder(dict[str, list[str]]).decode


@dataclass
class _Held:
    item: Item
    size: int
    since_s: float


class Worker:
    """One owner of all entities. `offer` and `wake` are called by the committer, in order of `seq`."""

    def __init__(
        self,
        log_: Log,
        applier: Applier,
        decode: Decode,
        *,
        gather_s: float,
        batch_rows: int,
        backlog_bytes: int,
        gone: Iterable[str] = (),
    ) -> None:
        """`gone`: projects whose requests are dropped (see `drop`)."""
        self._log = log_
        self._applier = applier
        self._decode = decode
        self._gather_s = gather_s
        self._batch_rows = batch_rows
        self._backlog_bytes = backlog_bytes
        self._gone = set(gone)
        self._held: deque[_Held] = deque()
        self._held_bytes = 0
        self._held_rows = 0
        self._changed = threading.Condition()
        self._advanced = threading.Condition()
        self._last = log_.last_seq()
        self.applied_seq, self._begun = log_.position()
        self._stopping = False
        self.stalled = ""  # why nothing can be applied at the moment
        self.failure = ""  # why nothing will be applied any more
        self.stats = IngestStats()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Apply what is left and end; False when that took longer (the log keeps the rest)."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and self.applied_seq >= self._last

    def offer(self, seq: int, arrival: Arrival, dialect: str, body: bytes, decoded: Decoded) -> None:
        """Hand over a decoded entry, unless too much is held already."""
        size = 4 * len(body) + 1000
        if self._held_bytes + size > self._backlog_bytes:
            return
        item = _make_item(seq, arrival.project_id, arrival.received_us, dialect, body, decoded)
        with self._changed:
            self._held.append(_Held(item, size, monotonic_s()))
            self._held_bytes += size
            self._held_rows += _rows(decoded)

    def wake(self, last_seq: int) -> None:
        with self._changed:
            self._last = last_seq
            self._changed.notify_all()

    def drop(self, project_id: str) -> None:
        """Apply nothing more of this project. What was appended before this call may be in the batch at hand:
        once `wait_applied` says that all of it is applied, nothing of the project is written any more."""
        self._gone.add(project_id)
        self._applier.traffic.forget(project_id)

    def wait_applied(self, seq: int, timeout_s: float) -> bool:
        deadline = monotonic_s() + timeout_s
        with self._advanced:
            while self.applied_seq < seq:
                left_s = deadline - monotonic_s()
                if left_s <= 0 or not self._thread.is_alive():
                    return self.applied_seq >= seq
                self._advanced.wait(left_s)
        return True

    def lag(self) -> int:
        """Entries that are acknowledged and not applied yet."""
        return self._last - self.applied_seq

    # --- the thread

    def _run(self) -> None:
        try:
            self._recover()
            while self._wait():
                self._apply(*self._take())
        except Unavailable as error:  # the log itself failed, or we stop while the store is away
            log.error("the worker stops: %s", error)
        except BaseException as error:
            log.exception("the worker died; what is acknowledged stays in the log")
            self.failure = f"the worker died of {type(error).__name__}"
            raise

    def _recover(self) -> None:
        """First the batch that was begun before the last end, as the same batch."""
        while self._begun > self.applied_seq and not self._stopping:
            items, last = self._read(self.applied_seq, self._begun)
            strikes = self._log.strikes()
            if strikes < _MOST_STRIKES or not items:
                self._apply(items, last)
            elif len(items) > 1:  # something in it may end the process: the first half alone, and so on
                half = items[: len(items) // 2]
                log.warning("a batch was begun %d times and not finished: taking half of it", strikes)
                self._apply(half, half[-1].seq)
            else:
                self._set_aside(items[0].seq, f"Applying it alone ended the process {strikes} times")
                self._apply([], last)

    def _wait(self) -> bool:
        """Until a batch is worth taking; False when it is time to end. What came while the last batch was
        applied has waited already."""
        untidy = True
        with self._changed:
            while self._last <= self.applied_seq:
                if self._stopping:
                    return False
                if not self._changed.wait(_IDLE_S if untidy else None):
                    untidy = self._log.tidy()
            deadline = (self._held[0].since_s if self._held else monotonic_s()) + self._gather_s
            while self._held_rows < self._batch_rows and not self._stopping:
                left_s = deadline - monotonic_s()
                if left_s <= 0:
                    break
                self._changed.wait(left_s)
        return True

    def _take(self) -> tuple[list[Item], int]:
        """The next entries, without a gap, and the number of the last: from memory while they are there,
        else from the log."""
        items: list[Item] = []
        rows = 0
        expected = self.applied_seq + 1
        with self._changed:
            while self._held and self._held[0].item.seq < expected:
                self._drop_held()
            while self._held and self._held[0].item.seq == expected and rows < self._batch_rows:
                item = self._drop_held()
                items.append(item)
                rows += _rows(item.decoded)
                expected += 1
        return (items, expected - 1) if items else self._read(self.applied_seq, self._last)

    def _drop_held(self) -> Item:
        held = self._held.popleft()
        self._held_bytes -= held.size
        self._held_rows -= _rows(held.item.decoded)
        return held.item

    def _read(self, after: int, last: int) -> tuple[list[Item], int]:
        """Entries from the log, decoded, and the number up to which they are complete. Those that cannot be
        decoded are set aside; numbers without an entry were set aside before."""
        items: list[Item] = []
        rows = 0
        reached = after
        for entry in self._log.read(after, _READ_BYTES):
            if entry.seq > last or rows >= self._batch_rows:
                return items, reached
            reached = entry.seq
            try:
                item = self._item(entry)
            except Exception as error:  # noqa: BLE001 - a decoder bug must not stop the others
                reason = f"Decoding failed: {type(error).__name__}: {error}"
                log.error("entry %d is set aside: %s", entry.seq, reason)
                self._log.quarantine(entry.seq, reason, entry)
                continue
            items.append(item)
            rows += _rows(item.decoded)
        return items, reached if reached > after else last

    def _item(self, entry: Entry) -> Item:
        if entry.project_id in self._gone:
            uncounted = Decoded(received=entry.events)
            return Item(entry.seq, entry.project_id, entry.received_us, entry.dialect, uncounted, {})
        decoded = Decoded() if entry.dialect in _ORDERS else self._decode(entry)
        return _make_item(entry.seq, entry.project_id, entry.received_us, entry.dialect, entry.body, decoded)

    def _apply(self, items: list[Item], last: int) -> None:
        """Apply one batch, then say so in the log. Without items all up to `last` is set aside."""
        gone = {item.project_id for item in items} & self._gone
        deleted = 0
        if gone:
            deleted = sum(_events(item.decoded) for item in items if item.project_id in gone)
            items = [item for item in items if item.project_id not in gone]
        if items:
            self._log.begin(last)
            deleted += self._try(items)
        if deleted:
            self._log.add({"deleted": deleted})
        self._log.commit(last)
        for project_id in gone:
            self._log.erase(project_id)
        self._advance(last)

    def _try(self, items: list[Item]) -> int:
        """Apply, again and again while the store is away; halves where the data is at fault."""
        for delay_s in delays_s():
            try:
                began_s = monotonic_s()
                deleted = self._applier.apply(items)
                self.stalled = ""
                self._measure(items, monotonic_s() - began_s)
                return deleted
            except Unavailable as error:
                self.stalled = error.message
                self.stats.retried()
                log.warning("applying entries %d-%d waits: %s", items[0].seq, items[-1].seq, error.message)
                with self._changed:
                    if self._stopping:
                        raise
                    self._changed.wait(delay_s)
            except Exception as error:  # noqa: BLE001 - whatever it is, the good entries must go on
                return self._isolate(items, error)
        raise AssertionError("delays_s never ends")

    def _measure(self, items: list[Item], seconds: float) -> None:
        rows = sum(_rows(item.decoded) for item in items)
        self.stats.applied(seconds, rows, [item.received_us for item in items], now_us())

    def _isolate(self, items: list[Item], error: Exception) -> int:
        if len(items) > 1:
            middle = len(items) // 2
            return self._try(items[:middle]) + self._try(items[middle:])
        reason = error.message if isinstance(error, SpyglassError) else f"{type(error).__name__}: {error}"
        log.error("entry %d is set aside: %s", items[0].seq, reason, exc_info=not isinstance(error, Invalid))
        self._set_aside(items[0].seq, reason)
        return 0

    def _set_aside(self, seq: int, reason: str) -> None:
        for entry in self._log.read(seq - 1, 1):
            if entry.seq == seq:
                self._log.quarantine(seq, reason, entry)

    def _advance(self, seq: int) -> None:
        with self._advanced:
            self.applied_seq = seq
            self._advanced.notify_all()


def _make_item(
    seq: int, project_id: str, received_us: int, dialect: str, body: bytes, decoded: Decoded
) -> Item:
    deletes = _decode_deletes(body) if dialect == DELETE else {}
    costs = decode_costs(body) if dialect == REPRICE else None
    return Item(seq, project_id, received_us, dialect, decoded, deletes, costs)


def _events(decoded: Decoded) -> int:
    """Accepted ones, as the log counts them."""
    return decoded.received - len(decoded.rejections)


def _rows(decoded: Decoded) -> int:
    return len(decoded.observations) + len(decoded.patches)
