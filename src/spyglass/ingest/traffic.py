"""What the LLM calls of each project add up to since the process began: calls, errors, tokens, cost, latency.

Counted as rows are applied, each call once: when it is settled, that is when its end, usage, cost or error is
known. What a later update adds is counted then; what it takes back is not, because these numbers only grow.
Bounded whatever clients send: the first models of a project by name, the rest as `other`.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from spyglass.core.counting import Histogram
from spyglass.core.records import Observation

LLM_TYPES = frozenset({"GENERATION", "EMBEDDING"})
OTHER = "other"
UNKNOWN = "unknown"  # a call that names no model

MOST_PROJECTS = 500  # the one that was quiet longest goes first
MOST_MODELS = 50
MOST_KINDS = 20
_NAME_CHARACTERS = 120
_MOST_UNSETTLED = 20_000

_LATENCY_S = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 60.0, 120.0, 300.0)
_FIRST_TOKEN_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)

SpanKey = tuple[str, str, str]  # project, trace, span


@dataclass(slots=True)
class ModelTraffic:
    """The calls of one model."""

    requests: int = 0
    errors: int = 0
    unpriced: int = 0  # had usage and no known price
    cost_usd: float = 0.0
    tokens: dict[str, int] = field(default_factory=dict)
    latency_s: Histogram = field(default_factory=lambda: Histogram(_LATENCY_S))
    first_token_s: Histogram = field(default_factory=lambda: Histogram(_FIRST_TOKEN_S))

    def copy(self) -> "ModelTraffic":
        return replace(
            self,
            tokens=dict(self.tokens),
            latency_s=self.latency_s.copy(),
            first_token_s=self.first_token_s.copy(),
        )

    def add(self, row: Observation, before: Observation | None) -> None:
        """Count a settled call, or what it has become since `before` was counted."""
        if before is None:
            self.requests += 1
            self.unpriced += bool(row.usage) and row.total_cost is None
        if row.level == "ERROR" and (before is None or before.level != "ERROR"):
            self.errors += 1
        known = _kinds(before.usage) if before is not None else {}
        for kind, count in _kinds(row.usage).items():
            self._add_tokens(kind, count - known.get(kind, 0))
        if row.total_cost is not None:
            known_cost = before.total_cost if before is not None else None
            self.cost_usd += max(0.0, float(row.total_cost - (known_cost or 0)))
        if row.end_time is not None and (before is None or before.end_time is None):
            _observe(self.latency_s, row.end_time - row.start_time)
        first = row.completion_start_time
        if first is not None and (before is None or before.completion_start_time is None):
            _observe(self.first_token_s, first - row.start_time)

    def _add_tokens(self, kind: str, count: int) -> None:
        if count <= 0:
            return
        kind = kind[:_NAME_CHARACTERS]
        if kind not in self.tokens and len(self.tokens) >= MOST_KINDS:
            kind = OTHER
        self.tokens[kind] = self.tokens.get(kind, 0) + count


class Traffic:
    """The worker's thread counts; any other may read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._projects: OrderedDict[str, dict[str, ModelTraffic]] = OrderedDict()
        self._unsettled: OrderedDict[int, None] = OrderedDict()  # hashes of spans that came without an end
        self._through = 0

    def count(
        self,
        spans: Mapping[SpanKey, Observation],
        known: Iterable[SpanKey],
        merged: Iterable[tuple[Observation, Observation | None]],
        version: int,
    ) -> None:
        """One run of entries, once its rows are written. `known`: spans that were written before; `merged`: rows
        made of patches, each with its former row; `version`: the highest of the run. A run that is repeated,
        because something failed after it, counts nothing."""
        known = frozenset(known)
        with self._lock:
            for key, row in spans.items():
                if row.type in LLM_TYPES and row.version_seq > self._through:
                    self._count_span(hash(key), row, key in known)
            for row, before in merged:
                if row.type in LLM_TYPES and row.version_seq > self._through and _is_settled(row):
                    counted = before is not None and before.type in LLM_TYPES and _is_settled(before)
                    self._of(row).add(row, before if counted else None)
            self._through = max(self._through, version)

    def read(self, project_id: str) -> list[tuple[str, ModelTraffic]]:
        """(model, its calls) of a project, by name."""
        with self._lock:
            models = self._projects.get(project_id, {})
            return sorted(((name, each.copy()) for name, each in models.items()), key=lambda pair: pair[0])

    def forget(self, project_id: str) -> None:
        """The project is erased."""
        with self._lock:
            self._projects.pop(project_id, None)

    def _count_span(self, number: int, row: Observation, known: bool) -> None:
        """Spans are whole: one that comes again says the same, unless it was open when it came before."""
        if not _is_settled(row):
            if not known:
                self._unsettled[number] = None
                if len(self._unsettled) > _MOST_UNSETTLED:
                    self._unsettled.popitem(last=False)
            return
        if known and number not in self._unsettled:
            return
        self._unsettled.pop(number, None)
        self._of(row).add(row, None)

    def _of(self, row: Observation) -> ModelTraffic:
        models = self._projects.get(row.project_id)
        if models is None:
            models = self._projects[row.project_id] = {}
            if len(self._projects) > MOST_PROJECTS:
                self._projects.popitem(last=False)
        else:
            self._projects.move_to_end(row.project_id)
        name = row.model[:_NAME_CHARACTERS] or UNKNOWN
        found = models.get(name)
        if found is None:
            if len(models) >= MOST_MODELS:
                name = OTHER
            found = models.setdefault(name, ModelTraffic())
        return found


def _is_settled(row: Observation) -> bool:
    return row.end_time is not None or bool(row.usage) or row.total_cost is not None or row.level == "ERROR"


def _kinds(usage: Mapping[str, int]) -> dict[str, int]:
    """Usage without its total, unless nothing else was stated: the kinds must add up."""
    parts = {kind: count for kind, count in usage.items() if kind != "total"}
    return parts or dict(usage)


def _observe(histogram: Histogram, duration_us: int) -> None:
    if duration_us >= 0:
        histogram.observe(duration_us / 1_000_000)
