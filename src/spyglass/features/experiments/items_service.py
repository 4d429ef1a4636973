"""Items of experiments, the latest first: roots that spans tell of, and links of runs for which no span tells the same
(experiment, item, trace). Spans are ordered by their start, links by when they were made.
"""

from collections.abc import Iterator
from typing import Any

from spyglass.api.state import AppState
from spyglass.core.clock import from_us, to_us
from spyglass.core.paging import Key, decode_cursor, encode_cursor
from spyglass.core.records import Observation
from spyglass.features.experiments.items_rendering import ItemRenderer, Link, Row
from spyglass.features.experiments.schemas import ExperimentItemListParams
from spyglass.features.experiments.selection import Selection, select
from spyglass.query import experiments
from spyglass.query.experiments import ITEM_FILTERS, Window
from spyglass.stores.meta.datasets import Stretch, deleted_runs, links_behind, read_runs

_CURSOR = (int, str, str)  # time, trace, id; the trace is empty for a link
_NARROWING = {
    "runs": "experimentId",
    "items": "experimentItemId",
    "names": "experimentName",
    "datasets": "datasetId",
}
_BATCH = 500
_DEFAULT_GROUPS = ("core", "dataset")


def list_items(state: AppState, project_id: str, params: ExperimentItemListParams) -> dict[str, Any]:
    named = {
        "experimentId": params.experiment_id,
        "experimentName": params.experiment_name,
        "experimentItemId": params.experiment_item_id,
        "datasetId": params.dataset_id,
    }
    selection = select(ITEM_FILTERS, named, params.filter)
    after = decode_cursor(params.cursor, _CURSOR) if params.cursor else None
    with state.stores.meta.read() as session:
        window = Window(params.from_start_time, params.to_start_time, deleted_runs(session, project_id))
    roots = experiments.list_items_after(
        state.stores.analytics,
        project_id,
        window,
        selection.compiled(project_id),
        after=after,
        limit=params.limit + 1,
    )
    links = _list_links(state, project_id, selection, params, after)
    rows: list[Row] = sorted([*roots, *links], key=key_of, reverse=True)
    shown = rows[: params.limit]
    meta = {"cursor": encode_cursor(key_of(shown[-1]))} if len(rows) > len(shown) else {}
    renderer = ItemRenderer(
        state, project_id, frozenset(params.fields or _DEFAULT_GROUPS), params.score_limit
    )
    return {"data": renderer.render(shown), "meta": meta}


def key_of(row: Row) -> Key:
    """Where a row stands in the list. At one instant links come after spans: their trace is left empty."""
    if isinstance(row, Observation):
        return row.start_time, row.trace_id, row.id
    return to_us(row.item.created_at), "", row.item.id


def _list_links(
    state: AppState,
    project_id: str,
    selection: Selection,
    params: ExperimentItemListParams,
    after: Key | None,
) -> list[Link]:
    """The first ones behind the cursor, one more than the page has."""
    stretch = selection.stretch(params.from_start_time, params.to_start_time, _NARROWING)
    found: list[Link] = []
    for links in _batches(state, project_id, stretch, after):
        chosen = [each for each in links if selection.keeps(_values_of(each))]
        told = experiments.find_roots(
            state.stores.analytics, project_id, (each.item.trace_id for each in chosen)
        )
        found += [each for each in chosen if each.key not in told]
        if len(found) > params.limit:
            break
    return found[: params.limit + 1]


def _batches(state: AppState, project_id: str, stretch: Stretch, after: Key | None) -> Iterator[list[Link]]:
    place = None
    if after is not None:
        time_us, trace_id, id_ = after
        # Behind a span, the links of its instant are still to come.
        place = (from_us(int(time_us)), "" if trace_id else str(id_))
    while True:
        with state.stores.meta.read() as session:
            rows = links_behind(session, project_id, stretch, place, _BATCH)
            runs = read_runs(session, project_id, (row.run_id for row in rows))
        yield [Link(row, runs[row.run_id]) for row in rows if row.run_id in runs]
        if len(rows) < _BATCH:
            return
        place = (rows[-1].created_at, rows[-1].id)


def _values_of(link: Link) -> dict[str, str]:
    return {
        "experimentId": link.run.id,
        "experimentName": link.run.name,
        "experimentItemId": link.item.item_id,
        "datasetId": link.run.dataset_id,
    }
