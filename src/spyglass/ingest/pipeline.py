"""The way in, as the routes see it: `submit` a decoded request, get an acknowledgement that is durable.

routes -> submit -> inbox -> committer thread: one fsync for all that wait -> acknowledge
                                  |
                                  +-> worker (ingest/worker.py): apply to the tables, advance the log
"""

import asyncio
import queue
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from spyglass.core.clock import monotonic_s, now_us
from spyglass.core.errors import Unavailable
from spyglass.core.options import option
from spyglass.core.records import Arrival, Decoded
from spyglass.ingest.apply import ORDER_BITS
from spyglass.ingest.repricing import NewCost, encode_costs
from spyglass.ingest.stats import IngestStats
from spyglass.ingest.worker import DELETE, REPRICE, Worker
from spyglass.stores.log import Entry, Log

REFUSED = "refused_"  # counters of refused events begin so, and end with the reason

_GATHER_ENTRIES = 256
_GATHER_BYTES = 16 << 20


@dataclass(frozen=True)
class Config:
    """How much the way in may hold, and when it refuses."""

    gather_ms: int = option(
        150, "How long requests are gathered before they are written to the tables", low=1, high=5000
    )
    batch_rows: int = option(
        8000, "Write to the tables at once when this many events wait", low=1, high=100_000
    )
    backlog_bytes: int = option(
        256 << 20, "Decoded requests held in memory; beyond it they wait in the log only", low=0
    )
    waiting_requests: int = option(2000, "Answer 503 when this many requests wait for the log", low=1)
    max_log_bytes: int = option(10 << 30, "Answer 503 when this much waits to be applied", low=1 << 20)
    min_free_bytes: int = option(1 << 30, "Answer 503 when the disk has less room than this", low=0)
    offload_bytes: int = option(
        256 << 10, "Longer inputs, outputs and metadata values go to the blob store", low=1 << 10
    )
    memory_bytes: int = option(
        64 << 20, "Recent traces, observations and scores held for updates", low=1 << 20
    )


@dataclass(frozen=True)
class Submission:
    """A decoded request with the raw bytes that it was decoded from (they go to the log)."""

    dialect: str
    body: bytes
    headers: dict[str, str]
    arrival: Arrival
    decoded: Decoded


_Waiting = tuple[Submission, "asyncio.Future[int]", asyncio.AbstractEventLoop]


class Pipeline:
    """Thread-safe. `start` before the first `submit`; `stop` drains: what was acknowledged is applied."""

    def __init__(self, log: Log, worker: Worker, config: Config, data_dir: Path) -> None:
        self._log = log
        self._worker = worker
        self._config = config
        self._data_dir = data_dir
        self._inbox: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._committer = threading.Thread(target=self._commit_forever, name="committer", daemon=True)
        self._counting = threading.Lock()  # the loop counts; whoever asks for the counters takes them away
        self._refused: Counter[str] = Counter()
        self._received = 0
        self._disk_checked_s = float("-inf")
        self._disk_free = 0
        self._closed = False
        self._in_flight_bytes = 0  # changed by the event loop only
        self.ready = False
        self.draining = False  # a stop was asked for; requests that still come are served

    def start(self) -> None:
        self._recount()
        self._worker.start()
        self._committer.start()
        self.ready = True

    def stop(self, timeout_s: float) -> bool:
        """Refuse what is new, commit and apply what is in; False when the time ran out (nothing is lost)."""
        deadline = monotonic_s() + timeout_s
        self.draining = self._closed = True
        self._inbox.put(None)
        self._committer.join(timeout_s)
        applied = self._worker.stop(max(0.0, deadline - monotonic_s()))
        self._flush_counts()
        return applied

    @contextmanager
    def carry(self, size: int, limit_bytes: int) -> Iterator[None]:
        """Count a body as in flight while it is decoded; `Unavailable` when too much is already."""
        if self._in_flight_bytes and self._in_flight_bytes + size > limit_bytes:
            raise Unavailable("Too much is being received at once")
        self._in_flight_bytes += size
        try:
            yield
        finally:
            self._in_flight_bytes -= size

    async def submit(self, submission: Submission) -> int:
        """Append to the log and return its `seq` once it is durable; raises `Unavailable` when overloaded."""
        self._count(submission.decoded.received)
        try:
            self._admit()
            loop = asyncio.get_running_loop()
            future: asyncio.Future[int] = loop.create_future()
            self._inbox.put((submission, future, loop))
            seq = await future
        except Unavailable:
            self._count(0, {"unavailable": submission.decoded.received})
            raise
        except asyncio.CancelledError:  # the client went away; what was accepted is stored all the same
            self._count_rejections(submission.decoded)
            raise
        self._count_rejections(submission.decoded)
        return seq

    def _count_rejections(self, decoded: Decoded) -> None:
        if decoded.rejections:
            self._count(0, Counter(f"status_{rejection.status}" for rejection in decoded.rejections))

    def _count(self, received: int, refused: Mapping[str, int] = {}) -> None:
        with self._counting:
            self._received += received
            self._refused.update(refused)

    @property
    def stats(self) -> IngestStats:
        """Commits and batches since the process began."""
        return self._worker.stats

    @property
    def log_bytes(self) -> int:
        """Bytes of requests that are acknowledged and not readable yet."""
        return self._log.size_bytes()

    @property
    def free_bytes(self) -> int:
        """Room on the disk of the data directory, as of a second ago. Raises `Unavailable`."""
        return self._free_bytes()

    @property
    def stalled(self) -> str:
        """Why acknowledged data is not being applied at the moment, or an empty text."""
        return self._worker.stalled

    @property
    def failure(self) -> str:
        """Why nothing will be accepted or applied any more until a restart, or an empty text."""
        return self._log.broken or self._worker.failure

    @property
    def lag(self) -> int:
        """Requests that are acknowledged and not readable yet."""
        return self._worker.lag()

    async def applied(self, seq: int, timeout_s: float = 10.0) -> bool:
        """Wait until everything up to `seq` can be read; False when the time runs out (it stays durable)."""
        return await asyncio.to_thread(self._worker.wait_applied, seq, timeout_s)

    async def delete(self, project_id: str, deletes: dict[str, list[str]]) -> int:
        """Delete records ("traces" with their observations and scores, or "scores", by id): durable, and gone
        from reads on return. Returns the version below which their rows may be purged. Raises `Unavailable`
        when it is not done; repeating it does no harm."""
        seq = await self._order(DELETE, project_id, msgspec.json.encode(deletes), "deletion")
        return seq << ORDER_BITS

    async def reprice(self, project_id: str, costs: list[NewCost]) -> None:
        """Give rows other costs, as far as nothing wrote them since: durable, and seen by reads on return. Raises
        `Unavailable` when it is not done; repeating it does no harm."""
        await self._order(REPRICE, project_id, encode_costs(costs), "repricing")

    async def _order(self, dialect: str, project_id: str, body: bytes, word: str) -> int:
        arrival = Arrival(project_id=project_id, received_us=now_us())
        seq = await self.submit(Submission(dialect, body, {}, arrival, Decoded()))
        if not await self.applied(seq):
            raise Unavailable(f"The {word} is recorded and will be done; it is not visible yet")
        if await asyncio.to_thread(self._log.is_quarantined, seq):
            raise Unavailable(f"The {word} could not be applied and was set aside; try again")
        return seq

    def drop_project(self, project_id: str) -> None:
        """Apply nothing more of a project that is erased (see `Worker.drop`)."""
        self._worker.drop(project_id)

    def last_seq(self) -> int:
        """The number of the latest acknowledged request."""
        return self._log.last_seq()

    def wait_applied(self, seq: int) -> None:
        """Block until everything up to `seq` is applied or set aside, or the worker has ended."""
        while not self._worker.wait_applied(seq, 60.0) and not self.failure:
            pass

    def wake(self, last_seq: int) -> None:
        """Entries up to `last_seq` were appended to the log past `submit` (`spyglass replay`)."""
        self._worker.wake(last_seq)

    def count_refused(self, reason: str, events: int) -> None:
        """Events that were turned away before `submit`, under a short reason."""
        self._count(events, {reason: events})

    def counters(self) -> dict[str, int]:
        """received = acknowledged + refused; acknowledged = visible + pending + quarantined + released +
        deleted. Counts events; since the data directory was made."""
        self._flush_counts()
        return add_up(self._log.counters())

    def _recount(self) -> None:
        """What came in shortly before the process was killed is known by what the log acknowledged of it."""
        counts = self.counters()
        lost = counts.get("acknowledged", 0) + counts["refused"] - counts.get("received", 0)
        if lost > 0:
            self._log.add({"received": lost})

    def _flush_counts(self) -> None:
        with self._counting:
            counts = {f"{REFUSED}{reason}": n for reason, n in self._refused.items()}
            received, self._received = self._received, 0
            self._refused.clear()
        if received or counts:
            self._log.add({**counts, "received": received})

    # --- admission

    def _admit(self) -> None:
        if self._closed or not self.ready:
            raise Unavailable("Spyglass is shutting down" if self._closed else "Spyglass is starting")
        if self._log.broken:
            raise Unavailable(self._log.broken)
        if self._inbox.qsize() > self._config.waiting_requests:
            raise Unavailable("Too many requests are waiting")
        if self._log.size_bytes() > self._config.max_log_bytes:
            raise Unavailable("Too much data is waiting to be applied")
        self.check_room()

    def check_room(self) -> None:
        """Raise `Unavailable` when the disk is almost full; also for what is stored beside the log."""
        if self._free_bytes() < self._config.min_free_bytes:
            raise Unavailable("The disk is almost full: nothing more is stored")

    def _free_bytes(self) -> int:
        now_s = monotonic_s()
        if now_s - self._disk_checked_s > 1.0:
            self._disk_checked_s = now_s
            try:
                self._disk_free = shutil.disk_usage(self._data_dir).free
            except OSError as error:
                raise Unavailable(f"The data directory cannot be read: {error.strerror}") from error
        return self._disk_free

    # --- the committer's thread

    def _commit_forever(self) -> None:
        while True:
            first = self._inbox.get()
            if first is None:
                return
            waiting, last = self._gather(first)
            self._commit(waiting)
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """All that waits by now, within bounds; True when the end was among it."""
        waiting, size = [first], len(first[0].body)
        while len(waiting) < _GATHER_ENTRIES and size < _GATHER_BYTES:
            try:
                more = self._inbox.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return waiting, True
            waiting.append(more)
            size += len(more[0].body)
        return waiting, False

    def _commit(self, waiting: list[_Waiting]) -> None:
        entries = [
            Entry(
                project_id=submission.arrival.project_id,
                dialect=submission.dialect,
                received_us=submission.arrival.received_us,
                headers=submission.headers,
                body=submission.body,
                events=submission.decoded.received - len(submission.decoded.rejections),
            )
            for submission, _, _ in waiting
        ]
        began_s = monotonic_s()
        try:
            first = self._log.append(entries)
        except Unavailable as error:
            refusal = error  # `error` itself is unbound when the loop gets to it
            _resolve(waiting, lambda future, _: future.set_exception(refusal))
            return
        self.stats.committed(monotonic_s() - began_s, sum(len(entry.body) for entry in entries))
        for offset, (submission, _, _) in enumerate(waiting):
            self._worker.offer(
                first + offset, submission.arrival, submission.dialect, submission.body, submission.decoded
            )
        self._worker.wake(first + len(waiting) - 1)
        _resolve(waiting, lambda future, offset: future.set_result(first + offset))


_TOTALS = ("received", "acknowledged", "pending", "quarantined", "released")


def add_up(counts: Mapping[str, int]) -> dict[str, int]:
    """The counters of a log, all of them present, with the sums `refused` and `visible`. A deletion counts the
    records that it reached, and a trace may have been made by no event of its own: so never more than applied."""
    found = {name: 0 for name in _TOTALS} | dict(counts)
    applied = found.get("applied", 0)
    found["deleted"] = min(found.get("deleted", 0), applied)
    found["visible"] = applied - found["deleted"]
    found["refused"] = sum(n for name, n in found.items() if name.startswith(REFUSED))
    return found


def _resolve(waiting: list[_Waiting], settle: Callable[["asyncio.Future[int]", int], None]) -> None:
    """Settle the futures, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[int], int]]] = {}
    for offset, (_, future, loop) in enumerate(waiting):
        by_loop.setdefault(loop, []).append((future, offset))

    def settle_all(futures: list[tuple["asyncio.Future[int]", int]]) -> None:
        for future, offset in futures:
            if not future.done():
                settle(future, offset)

    for loop, futures in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle_all, futures)
