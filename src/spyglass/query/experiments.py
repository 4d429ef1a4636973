"""Experiments as spans tell of them (contract 2.14): what carries the same experiment id is one experiment, and the
observation that an item names as its root is that item. Runs that were recorded by links are in the metadata store.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from spyglass.core.clock import to_us
from spyglass.core.filters import Column
from spyglass.core.jsontext import read_text
from spyglass.core.paging import Key
from spyglass.core.records import Observation, Score
from spyglass.query import scores
from spyglass.query.columns import Filterable, FilterSet
from spyglass.query.lists import read_after, read_rows
from spyglass.query.views import OBSERVATIONS, SCORES, build_select, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

_ID = "experiment['id']"
_CARRIES = Sql((f"{_ID} != ''",))
# The root of an item. Where it is not named, it is the observation without a parent.
_IS_ROOT = (
    "experiment['item_id'] != '' AND (experiment['item_root_observation_id'] = id "
    "OR (experiment['item_root_observation_id'] = '' AND parent_id = ''))"
)
ROOTS: tuple[Sql, ...] = (_CARRIES, Sql((_IS_ROOT,)))

# The columns that each `fields` group of items needs.
ITEM_COLUMNS = ("end_time", "level", "environment", "experiment", "updated_at")
ITEM_GROUPS: dict[str, tuple[str, ...]] = {"io": ("input", "output"), "metadata": ("metadata",)}


def _filters(columns: Mapping[str, tuple[str, str]]) -> FilterSet:
    entries = {
        id_: Filterable(Column(id_, name, "stringOptions"), f"experiment['{field}']")
        for id_, (name, field) in columns.items()
    }
    return FilterSet(OBSERVATIONS, entries)


EXPERIMENT_FILTERS = _filters(
    {"id": ("ID", "id"), "name": ("Name", "name"), "datasetId": ("Dataset ID", "dataset_id")}
)
ITEM_FILTERS = _filters(
    {
        "experimentId": ("Experiment ID", "id"),
        "experimentName": ("Experiment Name", "name"),
        "experimentItemId": ("Experiment Item ID", "item_id"),
        "datasetId": ("Dataset ID", "dataset_id"),
    }
)


@dataclass(frozen=True, slots=True)
class Window:
    """Of start times, in microseconds: from inclusive, to exclusive. `deleted`: run id -> when it was deleted;
    what began before then is not shown."""

    from_us: int
    to_us: int | None
    deleted: Mapping[str, datetime]

    def conditions(self) -> list[Sql]:
        return [*within(OBSERVATIONS, self.from_us, self.to_us), *self._not_deleted()]

    def _not_deleted(self) -> list[Sql]:
        if not self.deleted:
            return []
        ids = sorted(self.deleted)
        limits = value("Array(Int64)", [to_us(self.deleted[id_]) for id_ in ids])
        known = sql("mapFromArrays({}, {})", value("Array(String)", ids), limits)
        return [sql(f"toUnixTimestamp64Micro(start_time) >= {{}}[{_ID}]", known)]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Instants are microseconds: of the earliest start and the latest end within the window."""

    id: str
    name: str
    dataset_id: str
    start_us: int
    end_us: int
    item_count: int


@dataclass(frozen=True, slots=True)
class Details:
    description: str
    metadata: str  # JSON text, as the last span had it


def list_experiments(
    analytics: Analytics, project_id: str, window: Window, where: Iterable[Sql] = ()
) -> list[Experiment]:
    """All of a window, in no order."""
    what = (
        f"{_ID} AS run, {_last('name')}, {_last('dataset_id')}, toUnixTimestamp64Micro(min(start_time)), "
        "toUnixTimestamp64Micro(max(ifNull(end_time, start_time))), "
        f"uniqExactIf((trace_id, id), {_IS_ROOT})"
    )
    conditions = [*window.conditions(), _CARRIES, *where]
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, conditions, "GROUP BY run"))
    return [Experiment(*row) for row in rows]


def read_details(
    analytics: Analytics, project_id: str, window: Window, ids: Sequence[str]
) -> dict[str, Details]:
    if not ids:
        return {}
    what = f"{_ID} AS run, {_last('description')}, {_last('metadata')}"
    conditions = [*window.conditions(), any_experiment(ids)]
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, conditions, "GROUP BY run"))
    return {run: Details(description, metadata) for run, description, metadata in rows}


def any_experiment(ids: Sequence[str]) -> Sql:
    return sql(f"{_ID} IN {{}}", value("Array(String)", sorted(ids)))


def of_datasets(ids: Sequence[str]) -> Sql:
    return sql("experiment['dataset_id'] IN {}", value("Array(String)", sorted(ids)))


def read_metadata(text: str) -> dict[str, Any] | None:
    """Metadata of an experiment or item as an object; a value without a name stands under `metadata`."""
    if not text:
        return None
    found = read_text(text)
    return found if isinstance(found, dict) else {"metadata": found}


def list_items_after(
    analytics: Analytics,
    project_id: str,
    window: Window,
    where: Sequence[Sql],
    *,
    after: Key | None,
    limit: int,
) -> list[Observation]:
    """Keys of roots, newest first, behind the key `after`; `read_items` has the rest."""
    conditions = [*window.conditions(), *ROOTS, *where]
    rows, _ = read_after(
        analytics,
        OBSERVATIONS,
        project_id,
        ("experiment",),
        conditions,
        after=after,
        limit=limit,
        before_us=window.to_us,
    )
    return rows


def list_items(
    analytics: Analytics, project_id: str, window: Window, experiment_ids: Sequence[str]
) -> list[Observation]:
    """All roots of some experiments, newest first."""
    if not experiment_ids:
        return []
    conditions = [*window.conditions(), *ROOTS, any_experiment(experiment_ids)]
    order = "ORDER BY start_time DESC, trace_id DESC, id DESC"
    return read_rows(analytics, OBSERVATIONS, project_id, ("experiment", "updated_at"), conditions, order)


def read_observations(
    analytics: Analytics, project_id: str, keys: Iterable[tuple[str, str]], names: Sequence[str]
) -> dict[tuple[str, str], Observation]:
    """Observations by (trace id, id)."""
    wanted = set(keys)
    if not wanted:
        return {}
    where = [
        sql("trace_id IN {}", value("Array(String)", sorted({trace_id for trace_id, _ in wanted}))),
        sql("id IN {}", value("Array(String)", sorted({id_ for _, id_ in wanted}))),
    ]
    rows: list[Observation] = read_rows(analytics, OBSERVATIONS, project_id, names, where)
    return {(row.trace_id, row.id): row for row in rows if (row.trace_id, row.id) in wanted}


def find_roots(analytics: Analytics, project_id: str, trace_ids: Iterable[str]) -> set[tuple[str, str, str]]:
    """(experiment, item, trace) of the items that spans of these traces tell of."""
    ids = sorted(set(trace_ids))
    if not ids:
        return set()
    what = f"{_ID}, experiment['item_id'], trace_id"
    conditions = [sql("trace_id IN {}", value("Array(String)", ids)), *ROOTS]
    return set(analytics.query(build_select(OBSERVATIONS, project_id, what, conditions)))


def find_trace_of(analytics: Analytics, project_id: str, observation_id: str) -> str | None:
    """The trace of an observation; of the latest written one where two traces use the same id."""
    rows = read_rows(
        analytics,
        OBSERVATIONS,
        project_id,
        (),
        [sql("id = {}", value("String", observation_id))],
        "ORDER BY version_seq DESC LIMIT 1",
    )
    return rows[0].trace_id if rows else None


def scores_of_experiments(
    analytics: Analytics, project_id: str, ids: Sequence[str], limit: int
) -> list[Score]:
    """Those of the experiments themselves, newest first, up to `limit` for each."""
    if not ids:
        return []
    where = [sql("dataset_run_id IN {}", value("Array(String)", sorted(ids)))]
    order = "ORDER BY timestamp DESC, id DESC"
    tail = sql(f"{order} LIMIT {{}} BY dataset_run_id", value("UInt64", limit))
    return read_rows(analytics, SCORES, project_id, scores.ALL, where, tail)


def scores_of_items(
    analytics: Analytics, project_id: str, items: Iterable[tuple[str, str]], limit: int
) -> list[Score]:
    """Those of the traces and root observations of items, (trace id, observation id or empty), newest first, up
    to `limit` for each trace and each observation."""
    keys = set(items)
    if not keys:
        return []
    where = [
        sql("trace_id IN {}", value("Array(String)", sorted({trace_id for trace_id, _ in keys}))),
        sql("observation_id IN {}", value("Array(String)", sorted({"", *(id_ for _, id_ in keys)}))),
    ]
    order = "ORDER BY timestamp DESC, id DESC"
    tail = sql(f"{order} LIMIT {{}} BY trace_id, observation_id", value("UInt64", limit))
    return read_rows(analytics, SCORES, project_id, scores.ALL, where, tail)


def _last(field: str) -> str:
    """The value of the latest span that has one."""
    return f"argMaxIf(experiment['{field}'], start_time, experiment['{field}'] != '')"
