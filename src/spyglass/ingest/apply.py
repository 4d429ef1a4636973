"""One batch of decoded requests into the tables: fold, finish, sum, write.

Deterministic: the same entries of the log give the same rows under the same versions, whether they
are applied once, again after a failed insert, or again after a crash. Never acknowledges, never advances the
log: `ingest/worker.py` does, after this returned.

    whole rows ----------------------------+
    observation patches -> fold -> row ----+-> steps -> offload -> observations
    trace patches, hints of observations ------> fold -> row -> sums -> traces
    score patches -> fold -> row -------------------------------------> scores
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spyglass.core.records import Decoded, Kind, Observation, Patch, Score, Trace
from spyglass.core.references import MARKER
from spyglass.ingest.deletion import delete
from spyglass.ingest.entities import Entities, Key, Known, Row, row_of
from spyglass.ingest.live import Live, Nobody
from spyglass.ingest.live_news import Arrived, deleted, gather
from spyglass.ingest.merge import State, suggest_trace
from spyglass.ingest.offload import offload
from spyglass.ingest.repricing import NewCost, apply_costs
from spyglass.ingest.steps import preview
from spyglass.ingest.sums import find_starts, sum_rows, sum_stored
from spyglass.ingest.tombstones import SpanKey, tombstone, tombstone_span
from spyglass.ingest.traffic import Traffic
from spyglass.ingest.writer import write
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES
from spyglass.stores.blobs import Blobs

log = logging.getLogger(__name__)

ORDER_BITS = 20  # an entry of the log holds fewer than a million events
_ENTRY_END = (1 << ORDER_BITS) - 1
_RECENT_SPANS = 100_000


@dataclass(frozen=True)
class Item:
    """One entry of the log, decoded."""

    seq: int
    project_id: str
    received_us: int
    dialect: str
    decoded: Decoded
    deletes: dict[str, list[str]]  # table -> ids, for entries of the dialect "delete"
    costs: list[NewCost] | None = None  # for entries of the dialect "reprice"

    @property
    def alone(self) -> bool:
        """Whether it is an order that reads what was written before it."""
        return bool(self.deletes) or self.costs is not None


class Applier:
    """Holds what is remembered from batch to batch. Used by one thread only."""

    def __init__(
        self,
        analytics: Analytics,
        blobs: Blobs,
        finish: Callable[[Observation], None],
        *,
        offload_bytes: int,
        memory_bytes: int,
        guard: bool = True,
        live: Live | None = None,
    ) -> None:
        """`guard`: count tokens once that an observation repeats from those below it. `live` is told what has
        become readable."""
        self._analytics = analytics
        self._blobs = blobs
        self._finish = finish
        self._offload_bytes = offload_bytes
        self._guard = guard
        self._live: Live = live or Nobody()
        self._entities = Entities(analytics, blobs, memory_bytes)
        self._starts: OrderedDict[int, int] = OrderedDict()  # hash of a span's key -> its start
        self.traffic = Traffic()
        # Of the batch at hand: its entities, the spans that are not remembered from before, and those that
        # were written before.
        self._loaded: dict[tuple[Kind, Key], Known] = {}
        self._unseen: dict[Key, list[Observation]] = {}
        self._written: set[SpanKey] = set()
        self._told: list[tuple[Trace, bool]] = []  # traces that were written, and whether each is new

    def apply(self, items: list[Item]) -> int:
        """Write all items, in order; returns how many rows were deleted. Raises what the store raises, with
        everything forgotten that may not be stored."""
        count = 0
        try:
            for run in _runs(items):
                if run[0].deletes:
                    item = run[0]
                    count += delete(self._analytics, item.project_id, item.deletes, item.seq << ORDER_BITS)
                    self._entities.forget_all()
                    self._live.publish(item.project_id, deleted(item.deletes.get(TRACES, ())))
                elif run[0].costs is not None:
                    self._reprice(run[0], run[0].costs)
                else:
                    self._apply_run(run)
        except BaseException:
            self._entities.forget_all()
            self._starts.clear()
            raise
        return count

    def _reprice(self, item: Item, costs: list[NewCost]) -> None:
        """What is remembered stays true: costs are made anew whenever an observation changes."""
        apply_costs(
            self._analytics,
            item.project_id,
            costs,
            version=(item.seq << ORDER_BITS) | _ENTRY_END,
            now_us=item.received_us,
            guard=self._guard,
        )

    def _apply_run(self, items: list[Item]) -> None:
        self._loaded.clear()
        version = (items[-1].seq << ORDER_BITS) | _ENTRY_END
        now_us = max(item.received_us for item in items)
        spans, stale = self._take_spans(items)
        patches = _sort_patches(items)
        merged, outdated = self._merge(Kind.OBSERVATION, patches[Kind.OBSERVATION], version, now_us)
        observations: list[Observation] = [*spans.values(), *merged]  # type: ignore[list-item]
        for row in observations:
            self._finish(row)
            offload(row, self._blobs, self._offload_bytes)
        traces, moved = self._fold_traces(observations, outdated, patches[Kind.TRACE], version, now_us)
        stale += self._find_moved(spans)
        write(self._analytics, OBSERVATIONS, [*stale, *outdated, *observations])
        self._count(spans, merged, version)
        self._write_traces(traces, moved, observations, version)
        scores, outdated_scores = self._merge(Kind.SCORE, patches[Kind.SCORE], version, now_us)
        write(self._analytics, SCORES, [*outdated_scores, *scores])
        self._keep(Kind.OBSERVATION, merged)
        self._keep(Kind.SCORE, scores)
        self._tell(items, observations, scores)

    def _tell(self, items: list[Item], observations: list[Observation], scores: list[Row]) -> None:
        """Whoever watches a project learns what can be read now. Nothing here may fail the batch."""
        watched = {item.project_id for item in items if self._live.watches(item.project_id)}
        if not watched:
            return
        try:
            arrived = [
                Arrived(
                    item.project_id, item.decoded.received - len(item.decoded.rejections), item.received_us
                )
                for item in items
            ]
            news = gather(
                arrived, self._told, observations, (row for row in scores if isinstance(row, Score))
            )
            for project_id in watched & news.keys():
                self._live.publish(project_id, news[project_id])
        except Exception:
            log.exception("watchers were not told of a batch")

    def _count(self, spans: dict[SpanKey, Observation], merged: list[Row], version: int) -> None:
        """Before `_keep` lets go of the former rows."""
        changed: list[tuple[Observation, Observation | None]] = []
        for row in merged:
            before = self._loaded[(Kind.OBSERVATION, (row.project_id, row.id))].row
            if isinstance(row, Observation):
                changed.append((row, before if isinstance(before, Observation) else None))
        self.traffic.count(spans, self._written, changed, version)

    # --- spans: whole rows

    def _take_spans(self, items: list[Item]) -> tuple[dict[SpanKey, Observation], list[Observation]]:
        """The latest row of each span, and a tombstone where a span came again under another start."""
        spans: dict[SpanKey, Observation] = {}
        stale: list[Observation] = []
        self._unseen = {}
        self._written = set()
        for item in items:
            for index, row in enumerate(item.decoded.observations):
                row.version_seq = (item.seq << ORDER_BITS) | index
                row.created_at = row.updated_at = item.received_us
                key = (row.project_id, row.trace_id, row.id)
                held = self._remember_start(key, row.start_time)
                if held is None:
                    self._unseen.setdefault((row.project_id, row.trace_id), []).append(row)
                elif held != row.start_time:
                    stale.append(tombstone_span(key, held, row.version_seq))
                if held is not None and key not in spans:
                    self._written.add(key)
                spans[key] = row
                # it replaces what was merged
                self._entities.forget(Kind.OBSERVATION, (row.project_id, row.id))
        return spans, stale

    def _remember_start(self, key: SpanKey, start: int) -> int | None:
        """The start under which the span was written before, None when it is not remembered."""
        number = hash(key)
        held = self._starts.pop(number, None)
        self._starts[number] = start
        if len(self._starts) > _RECENT_SPANS:
            self._starts.popitem(last=False)
        return held

    def _find_moved(self, spans: dict[SpanKey, Observation]) -> list[Observation]:
        """Tombstones for rows that spans of this batch left at another start, written longer ago than is
        remembered. Only a trace that existed before can have such rows, and its times say where."""
        stale: list[Observation] = []
        older: dict[str, list[Trace]] = {}
        for key in self._unseen:
            before = self._loaded[(Kind.TRACE, key)].row
            if isinstance(before, Trace) and before.first_start is not None:
                older.setdefault(key[0], []).append(before)
        for project_id, traces in older.items():
            ids = [row.id for trace in traces for row in self._unseen[(project_id, trace.id)]]
            for trace_id, id_, start, version in find_starts(self._analytics, project_id, traces, ids):
                place = (project_id, trace_id, id_)
                span = spans.get(place)
                if span is None or version >= span.version_seq:
                    continue
                self._written.add(place)
                if span.start_time != start:
                    stale.append(tombstone_span(place, start, span.version_seq))
        return stale

    # --- patches

    def _merge(
        self, kind: Kind, patches: dict[Key, list[tuple[Patch, int, int]]], version: int, now_us: int
    ) -> tuple[list[Row], list[Row]]:
        """Rows of the folded entities, and tombstones of rows that moved to another key."""
        rows: list[Row] = []
        outdated: list[Row] = []
        for key, known in self._entities.load(kind, patches).items():
            for patch, order, received_us in patches[key]:
                known.state.fold(patch, order, received_us)
            row = row_of(known.state, key)
            row.version_seq, row.updated_at = version, now_us
            if known.row is not None and _sort_key(known.row) != _sort_key(row):
                outdated.append(tombstone(known.row, version))
            self._loaded[(kind, key)] = known
            rows.append(row)
        return rows, outdated

    def _keep(self, kind: Kind, rows: list[Row]) -> None:
        for row in rows:
            key = (row.project_id, row.id)
            known = self._loaded[(kind, key)]
            known.row = row
            if not isinstance(row, Score) and _forget_moved(known.state, row):
                self._entities.forget(kind, key)
            else:
                self._entities.keep(kind, key, known)

    # --- traces

    def _fold_traces(
        self,
        observations: list[Observation],
        outdated: list[Row],
        patches: dict[Key, list[tuple[Patch, int, int]]],
        version: int,
        now_us: int,
    ) -> tuple[list[Row], list[Row]]:
        """Rows of the traces that are touched, without their sums, and tombstones of those that moved."""
        for key, rows in _by_trace(observations).items():
            said = patches.setdefault(key, [])
            said.extend((hint, rows[0].version_seq, rows[0].created_at) for hint in suggest_trace(rows))
        for left in outdated:  # the trace that an observation moved away from
            if isinstance(left, Observation):
                patches.setdefault((left.project_id, left.trace_id), [])
        return self._merge(Kind.TRACE, patches, version, now_us)

    def _write_traces(
        self,
        traces: list[Row],
        moved: list[Row],
        observations: list[Observation],
        version: int,
    ) -> None:
        self._sum(traces, _by_trace(observations))
        written: list[Row] = []
        for trace in traces:
            assert isinstance(trace, Trace)
            key = (trace.project_id, trace.id)
            if trace.observation_count == 0 and not _was_named(self._loaded[(Kind.TRACE, key)]):
                self._entities.forget(Kind.TRACE, key)
                moved.append(tombstone(trace, version))
                continue
            trace.input_preview, trace.output_preview = preview(trace.input), preview(trace.output)
            offload(trace, self._blobs, self._offload_bytes)
            written.append(trace)
        write(self._analytics, TRACES, [*moved, *written])
        self._told = [
            (row, self._loaded[(Kind.TRACE, (row.project_id, row.id))].row is None)
            for row in written
            if isinstance(row, Trace)
        ]
        self._keep(Kind.TRACE, written)

    def _sum(self, traces: list[Row], by_trace: dict[Key, list[Observation]]) -> None:
        stored: list[Trace] = []
        for trace in traces:
            assert isinstance(trace, Trace)
            key = (trace.project_id, trace.id)
            fresh = by_trace.get(key, [])
            before = self._loaded[(Kind.TRACE, key)].row
            if before is None:
                sum_rows(trace, fresh, guard=self._guard)
                continue
            assert isinstance(before, Trace)
            if not fresh and before.observation_count == 0:
                continue
            starts = [row.start_time for row in fresh]
            ends = [max(row.start_time, row.end_time or 0) for row in fresh]
            if before.first_start is not None and before.last_end is not None:
                starts.append(before.first_start)
                ends.append(before.last_end)
            trace.first_start, trace.last_end = min(starts), max(ends)
            stored.append(trace)
        if stored:
            sum_stored(self._analytics, stored, guard=self._guard)


def _runs(items: list[Item]) -> Iterator[list[Item]]:
    """Items that can be applied together, in order: a deletion and a repricing stand alone, and an observation that
    comes as a span and as patches is taken one after the other."""
    run: list[Item] = []
    spans: set[str] = set()
    patched: set[str] = set()
    for item in items:
        mine = {row.id for row in item.decoded.observations}
        theirs = {patch.id for patch in item.decoded.patches if patch.kind is Kind.OBSERVATION}
        if run and (item.alone or run[-1].alone or mine & patched or theirs & spans):
            yield run
            run, spans, patched = [], set(), set()
        run.append(item)
        spans |= mine
        patched |= theirs
    if run:
        yield run


def _by_trace(observations: list[Observation]) -> dict[Key, list[Observation]]:
    grouped: dict[Key, list[Observation]] = {}
    for row in observations:
        grouped.setdefault((row.project_id, row.trace_id), []).append(row)
    return grouped


def _sort_patches(items: list[Item]) -> dict[Kind, dict[Key, list[tuple[Patch, int, int]]]]:
    """Patches by entity, each with its place in the log and its arrival."""
    sorted_: dict[Kind, dict[Key, list[tuple[Patch, int, int]]]] = {kind: {} for kind in Kind}
    for item in items:
        for index, patch in enumerate(item.decoded.patches):
            entry = (patch, (item.seq << ORDER_BITS) | index, item.received_us)
            sorted_[patch.kind].setdefault((item.project_id, patch.id), []).append(entry)
    return sorted_


def _was_named(known: Known) -> bool:
    """Whether a sender spoke of the trace itself; otherwise it lives only by its observations. What nobody gave a
    time is an edit of a trace that was deleted meanwhile."""
    if "timestamp" not in known.state.cells:
        return False
    return any(stamp[0] == 1 for stamp, _ in known.state.cells.values()) or bool(known.state.tags)


def _forget_moved(state: State, row: Observation | Trace) -> bool:
    """Hold no text that was offloaded: the reference stands for it, as it would after a restart, and is not
    written again. True when the state cannot be held at all, because its metadata must be whole."""
    for field in ("input", "output"):
        held = state.cells.get(field)
        text = getattr(row, field)
        if held is not None and text.startswith(MARKER):
            state.cells[field] = (held[0], text)
    return any(text.startswith(MARKER) for text in row.metadata.values())


def _sort_key(row: Row) -> tuple[int, str]:
    if isinstance(row, Observation):
        return (row.start_time, row.trace_id)
    return (row.timestamp, "")
