"""Experiments of a stretch of time, the latest active first. One that is told of by spans and recorded by links is one
experiment: its name and description are those of the record, its times and items those of both.
"""

from dataclasses import dataclass, replace
from typing import Any

from spyglass.api.records import Bodies
from spyglass.api.scores_v3 import GROUPS, render_v3
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.paging import decode_cursor, encode_cursor
from spyglass.features.experiments.schemas import ExperimentListParams
from spyglass.features.experiments.selection import Selection, select
from spyglass.query import experiments
from spyglass.query.experiments import EXPERIMENT_FILTERS, Details, Experiment, Window
from spyglass.stores.meta.datasets import (
    LinkSpan,
    Stretch,
    deleted_runs,
    links_behind,
    read_runs,
    spans_of_runs,
)
from spyglass.stores.meta.tables import DatasetRun

_CURSOR = (int, str)  # end, id
_NARROWING = {"runs": "id", "names": "name", "datasets": "datasetId"}
_MOST_LINKS = 1_000_000


@dataclass(frozen=True)
class _Found:
    """An experiment and where it is known from."""

    experiment: Experiment
    traced: bool
    links: LinkSpan | None


def list_experiments(state: AppState, project_id: str, params: ExperimentListParams) -> dict[str, Any]:
    named = {"id": params.id, "name": params.name, "datasetId": params.dataset_id}
    selection = select(EXPERIMENT_FILTERS, named, params.filter)
    stretch = selection.stretch(params.from_start_time, params.to_start_time, _NARROWING)
    after = decode_cursor(params.cursor, _CURSOR) if params.cursor else None
    with state.stores.meta.read() as session:
        window = Window(params.from_start_time, params.to_start_time, deleted_runs(session, project_id))
        links = spans_of_runs(session, project_id, stretch)
    traced = experiments.list_experiments(
        state.stores.analytics, project_id, window, selection.compiled(project_id, "id")
    )
    with state.stores.meta.read() as session:
        runs = read_runs(session, project_id, [*links, *(each.id for each in traced)])
    found = [each for each in _merge(traced, links, runs) if _is_asked_for(selection, each.experiment)]
    found.sort(key=lambda each: _key(each.experiment), reverse=True)
    if after is not None:
        found = [each for each in found if _key(each.experiment) < after]
    shown = found[: params.limit]
    meta = {"cursor": encode_cursor(_key(shown[-1].experiment))} if len(found) > len(shown) else {}
    counts = _count_items(state, project_id, window, stretch, shown)
    return {"data": _render(state, project_id, params, window, shown, counts, runs), "meta": meta}


def _merge(traced: list[Experiment], links: dict[str, LinkSpan], runs: dict[str, DatasetRun]) -> list[_Found]:
    found = {}
    for each in traced:
        run = runs.get(each.id)
        if run is not None:
            each = replace(each, name=run.name, dataset_id=run.dataset_id)
        found[each.id] = _Found(each, True, None)
    for id_, span in links.items():
        run = runs.get(id_)
        if run is None:
            continue
        first_us, last_us = to_us(span.first), to_us(span.last)
        known = found.get(id_)
        if known is None:
            linked = Experiment(id_, run.name, run.dataset_id, first_us, last_us, span.count)
            found[id_] = _Found(linked, False, span)
        else:
            both = replace(
                known.experiment,
                start_us=min(known.experiment.start_us, first_us),
                end_us=max(known.experiment.end_us, last_us),
            )
            found[id_] = _Found(both, True, span)
    return list(found.values())


def _is_asked_for(selection: Selection, experiment: Experiment) -> bool:
    return selection.keeps({"id": experiment.id, "name": experiment.name, "datasetId": experiment.dataset_id})


def _key(experiment: Experiment) -> tuple[int, str]:
    return experiment.end_us, experiment.id


def _count_items(
    state: AppState, project_id: str, window: Window, stretch: Stretch, shown: list[_Found]
) -> dict[str, int]:
    """Run id -> items, each (item, trace) once, of those that both spans and links tell of."""
    both = [each.experiment.id for each in shown if each.traced and each.links is not None]
    if not both:
        return {}
    pairs: dict[str, set[tuple[str, str]]] = {id_: set() for id_ in both}
    for row in experiments.list_items(state.stores.analytics, project_id, window, both):
        pairs[row.experiment["id"]].add((row.experiment["item_id"], row.trace_id))
    counts = {each.experiment.id: each.experiment.item_count for each in shown}
    with state.stores.meta.read() as session:
        for link in links_behind(session, project_id, replace(stretch, runs=both), None, _MOST_LINKS):
            counts[link.run_id] += (link.item_id, link.trace_id) not in pairs[link.run_id]
    return counts


def _render(
    state: AppState,
    project_id: str,
    params: ExperimentListParams,
    window: Window,
    shown: list[_Found],
    counts: dict[str, int],
    runs: dict[str, DatasetRun],
) -> list[dict[str, Any]]:
    ids = [each.experiment.id for each in shown]
    groups = frozenset(params.fields or ())
    traced = [each.experiment.id for each in shown if each.traced]
    details = experiments.read_details(state.stores.analytics, project_id, window, traced)
    scores = _read_scores(state, project_id, ids, params.score_limit) if "scores" in groups else {}
    data = []
    for each in shown:
        one = each.experiment
        description, metadata = _describe(runs.get(one.id), details.get(one.id))
        row: dict[str, Any] = {
            "id": one.id,
            "name": one.name or one.id,
            "description": description,
            "startTime": iso_ms(one.start_us),
            "endTime": iso_ms(one.end_us),
            "itemCount": counts.get(one.id, one.item_count),
            "datasetId": one.dataset_id or None,
        }
        if "metadata" in groups:
            row["metadata"] = metadata
        if "scores" in groups:
            row["scores"] = scores.get(one.id, [])
        data.append(row)
    return data


def _describe(run: DatasetRun | None, details: Details | None) -> tuple[str | None, dict[str, Any] | None]:
    """Description and metadata: as they are recorded, else as spans tell them."""
    description = run.description if run else None
    metadata = as_object(run.extra) if run else None
    if details is not None:
        description = description or details.description or None
        metadata = metadata or experiments.read_metadata(details.metadata)
    return description, metadata


def as_object(value: Any) -> dict[str, Any] | None:
    """Metadata of any kind as an object; a value without a name stands under `metadata`."""
    return value if value is None or isinstance(value, dict) else {"metadata": value}


def _read_scores(
    state: AppState, project_id: str, ids: list[str], limit: int
) -> dict[str, list[dict[str, Any]]]:
    bodies = Bodies(project_id, state.stores.blobs)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in experiments.scores_of_experiments(state.stores.analytics, project_id, ids, limit):
        found.setdefault(row.dataset_run_id, []).append(render_v3(row, GROUPS, bodies))
    return found
