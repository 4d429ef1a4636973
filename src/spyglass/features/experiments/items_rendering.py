"""Items of experiments as answers show them, group by group of `fields`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.api.records import Bodies, iso_or_none
from spyglass.api.scores_v3 import GROUPS, render_v3
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, parse_iso, to_us
from spyglass.core.records import Observation, Score, Trace
from spyglass.features.experiments.service import as_object
from spyglass.query import experiments
from spyglass.query.traces import read_traces
from spyglass.stores.meta.datasets import states_of_items
from spyglass.stores.meta.tables import DatasetItem, DatasetRun, DatasetRunItem

_OF_TRACE = ("environment", "first_start", "last_end", "error_count", "warning_count")


@dataclass(frozen=True)
class Link:
    """An item that was linked to a trace, and its run."""

    item: DatasetRunItem
    run: DatasetRun

    @property
    def key(self) -> tuple[str, str, str]:
        return self.run.id, self.item.item_id, self.item.trace_id


Row = Observation | Link


class ItemRenderer:
    """Renders one page of items; everything that it needs of the stores is read at once."""

    def __init__(self, state: AppState, project_id: str, groups: frozenset[str], score_limit: int) -> None:
        self._state = state
        self._analytics = state.stores.analytics
        self._project_id = project_id
        self._groups = groups
        self._score_limit = score_limit
        self._bodies = Bodies(project_id, state.stores.blobs)
        self._columns = [
            column
            for group, columns in experiments.ITEM_GROUPS.items()
            if group in groups
            for column in columns
        ]

    def render(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        links = [row for row in rows if isinstance(row, Link)]
        keys = [_place_of(row) for row in rows]
        spans = experiments.read_observations(
            self._analytics, self._project_id, keys, [*experiments.ITEM_COLUMNS, *self._columns]
        )
        lone = [link.item.trace_id for link in links if _place_of(link) not in spans]
        traces = read_traces(self._analytics, self._project_id, lone, [*_OF_TRACE, *self._columns])
        items = self._read_items(links)
        scores = self._read_scores(keys) if "scores" in self._groups else {}
        data = []
        for row, key in zip(rows, keys, strict=True):
            span = spans.get(key)
            if isinstance(row, Link):
                found = self._render_link(row, span or traces.get(row.item.trace_id), items.get(row.item.id))
            else:
                found = self._render_root(span or row)
            if "scores" in self._groups:
                found["scores"] = self._pick_scores(scores, key)
            data.append(found)
        return data

    def _render_root(self, row: Observation) -> dict[str, Any]:
        about = row.experiment
        found = {
            "id": row.id,
            "traceId": row.trace_id,
            **_times(row.start_time, row.end_time),
            "level": row.level,
            "environment": row.environment,
            "experimentId": about["id"],
            "experimentName": about.get("name") or about["id"],
            "experimentItemId": about["item_id"],
            **self._contents(row),
        }
        if "dataset" in self._groups:
            version = parse_iso(about.get("item_version", ""), zone_required=False)
            found["experimentDatasetId"] = about.get("dataset_id") or None
            found["experimentItemVersion"] = iso_or_none(version)
        if "io" in self._groups:
            found["expectedOutput"] = self._bodies.value(about.get("item_expected_output", ""))
        if "itemMetadata" in self._groups:
            found["experimentItemMetadata"] = experiments.read_metadata(about.get("item_metadata", ""))
        if "experimentMetadata" in self._groups:
            found["experimentMetadata"] = experiments.read_metadata(about.get("metadata", ""))
            found["experimentDescription"] = about.get("description") or None
        return found

    def _render_link(
        self, link: Link, subject: Observation | Trace | None, item: DatasetItem | None
    ) -> dict[str, Any]:
        found = {
            "id": link.item.observation_id or link.item.id,
            "traceId": link.item.trace_id,
            **_times_of_subject(link, subject),
            "level": _level_of(subject),
            "environment": subject.environment if subject else "default",
            "experimentId": link.run.id,
            "experimentName": link.run.name,
            "experimentItemId": link.item.item_id,
            **self._contents(subject),
        }
        if "dataset" in self._groups:
            version = link.item.dataset_version
            found["experimentDatasetId"] = link.run.dataset_id
            found["experimentItemVersion"] = None if version is None else iso_ms(to_us(version))
        if "io" in self._groups:
            found["expectedOutput"] = item.expected_output if item else None
        if "itemMetadata" in self._groups:
            found["experimentItemMetadata"] = as_object(item.extra) if item else None
        if "experimentMetadata" in self._groups:
            found["experimentMetadata"] = as_object(link.run.extra)
            found["experimentDescription"] = link.run.description
        return found

    def _contents(self, row: Observation | Trace | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "io" in self._groups:
            found["input"] = self._bodies.value(row.input) if row else None
            found["output"] = self._bodies.value(row.output) if row else None
        if "metadata" in self._groups:
            found["metadata"] = self._bodies.metadata(row.metadata) if row else None
        return found

    def _read_items(self, links: Sequence[Link]) -> dict[str, DatasetItem]:
        """Id of a link -> the state of its item that was run, as far as that is known."""
        if not links or not self._groups & {"io", "itemMetadata"}:
            return {}
        with self._state.stores.meta.read() as session:
            states = states_of_items(session, self._project_id, (link.item.item_id for link in links))
        found = {}
        for link in links:
            at = link.item.dataset_version or link.item.created_at
            known = states.get(link.item.item_id, [])
            earlier = [state for state in known if state.valid_from <= at]
            if known:
                found[link.item.id] = earlier[-1] if earlier else known[0]
        return found

    def _read_scores(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Score]]:
        found: dict[tuple[str, str], list[Score]] = {}
        for row in experiments.scores_of_items(self._analytics, self._project_id, keys, self._score_limit):
            found.setdefault((row.trace_id, row.observation_id), []).append(row)
        return found

    def _pick_scores(
        self, scores: dict[tuple[str, str], list[Score]], key: tuple[str, str]
    ) -> list[dict[str, Any]]:
        """Of the trace and of the root observation, newest first."""
        trace_id, observation_id = key
        rows = {row.id: row for each in {"", observation_id} for row in scores.get((trace_id, each), [])}
        newest = sorted(rows.values(), key=lambda row: (row.timestamp, row.id), reverse=True)
        return [render_v3(row, GROUPS, self._bodies) for row in newest[: self._score_limit]]


def _place_of(row: Row) -> tuple[str, str]:
    """(trace, observation); the observation is empty where only a trace is linked."""
    if isinstance(row, Link):
        return row.item.trace_id, row.item.observation_id or ""
    return row.trace_id, row.id


def _times(start_us: int, end_us: int | None) -> dict[str, Any]:
    return {"startTime": iso_ms(start_us), "endTime": iso_or_none(end_us)}


def _times_of_subject(link: Link, subject: Observation | Trace | None) -> dict[str, Any]:
    match subject:
        case Observation():
            return _times(subject.start_time, subject.end_time)
        case Trace():
            start_us = subject.timestamp if subject.first_start is None else subject.first_start
            return _times(start_us, subject.last_end)
        case _:  # nothing of the trace has arrived
            return _times(to_us(link.item.created_at), None)


def _level_of(subject: Observation | Trace | None) -> str:
    if isinstance(subject, Observation):
        return subject.level
    if subject is not None and subject.error_count:
        return "ERROR"
    return "WARNING" if subject is not None and subject.warning_count else "DEFAULT"
