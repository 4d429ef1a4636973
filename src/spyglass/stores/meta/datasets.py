"""What datasets, runs and experiments share: look-ups by name, the ids of runs, items as of an instant."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_
from sqlalchemy.orm import Session

from spyglass.core.errors import NotFound
from spyglass.stores.meta.scope import scoped
from spyglass.stores.meta.tables import Dataset, DatasetItem, DatasetRun, DatasetRunItem

_RUN_KIND = "langfuse-experiment-v1"
_MOST_VALUES = 5000  # of one IN: SQLite takes 32,766 parameters in a statement


def run_id_of(project_id: str, dataset_id: str, run_name: str) -> str:
    """The id that clients compute too, to name it in their spans: 16 hex digits (contract 1.7)."""
    text = msgspec.json.encode([_RUN_KIND, project_id, dataset_id, run_name])
    return hashlib.sha256(text).hexdigest()[:16]


def find_dataset(session: Session, project_id: str, name: str, *, lock: bool = False) -> Dataset:
    """The dataset of a name. Older clients encode a name twice, so one that is not there is decoded once more.

    `lock`: until the transaction ends no other one changes this dataset, its items or its runs.
    """
    for text in dict.fromkeys((name, unquote(name))):
        statement = scoped(Dataset, project_id).where(Dataset.name == text)
        found = session.scalars(statement.with_for_update() if lock else statement).first()
        if found is not None:
            return found
    raise NotFound("Dataset not found")


def lock_dataset(session: Session, project_id: str, dataset_id: str) -> Dataset:
    """The same by id, always locked."""
    statement = scoped(Dataset, project_id).where(Dataset.id == dataset_id).with_for_update()
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound("Dataset not found")
    return found


def dataset_names(session: Session, project_id: str, ids: Iterable[str]) -> dict[str, str]:
    rows = session.scalars(scoped(Dataset, project_id).where(Dataset.id.in_(sorted(set(ids)))))
    return {row.id: row.name for row in rows}


def state_at(at: datetime | None) -> ColumnElement[bool]:
    """The condition for the rows of items that were valid then (None: that are valid now) and not deleted."""
    if at is None:
        return DatasetItem.valid_to.is_(None) & DatasetItem.is_deleted.is_(False)
    ended = or_(DatasetItem.valid_to.is_(None), DatasetItem.valid_to > at)
    return (DatasetItem.valid_from <= at) & ended & DatasetItem.is_deleted.is_(False)


def find_item(session: Session, project_id: str, item_id: str, at: datetime | None = None) -> DatasetItem:
    statement = scoped(DatasetItem, project_id).where(DatasetItem.id == item_id, state_at(at))
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound("Dataset item not found")
    return found


def last_row(session: Session, project_id: str, item_id: str) -> DatasetItem | None:
    """The present row of an item, which may say that it is deleted."""
    statement = scoped(DatasetItem, project_id).where(
        DatasetItem.id == item_id, DatasetItem.valid_to.is_(None)
    )
    return session.scalars(statement).first()


def deleted_items(session: Session, project_id: str, item_ids: Iterable[str]) -> set[str]:
    """Those of the items that were deleted and not made anew."""
    found: set[str] = set()
    ids = sorted(set(item_ids))
    for start in range(0, len(ids), _MOST_VALUES):
        statement = scoped(DatasetItem, project_id).where(
            DatasetItem.id.in_(ids[start : start + _MOST_VALUES]),
            DatasetItem.valid_to.is_(None),
            DatasetItem.is_deleted.is_(True),
        )
        found.update(session.scalars(statement.with_only_columns(DatasetItem.id)))
    return found


def deleted_runs(session: Session, project_id: str) -> dict[str, datetime]:
    """Run id -> when it was deleted, also where it was made anew since."""
    statement = scoped(DatasetRun, project_id).where(DatasetRun.deleted_at.is_not(None))
    columns = statement.with_only_columns(DatasetRun.id, DatasetRun.deleted_at)
    return {id_: at for id_, at in session.execute(columns) if at is not None}


@dataclass(frozen=True, slots=True)
class LinkSpan:
    """What links tell of a run within a stretch of time: how many, the first and the last."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of the times of links: from inclusive, to exclusive. `runs`, `items`, `names` and `datasets` (ids) narrow it;
    None: any."""

    begin: datetime
    end: datetime | None
    runs: Sequence[str] | None = None
    items: Sequence[str] | None = None
    names: Sequence[str] | None = None
    datasets: Sequence[str] | None = None

    def links(self, project_id: str) -> Select[DatasetRunItem]:
        statement = scoped(DatasetRunItem, project_id).where(DatasetRunItem.created_at >= self.begin)
        if self.end is not None:
            statement = statement.where(DatasetRunItem.created_at < self.end)
        if self.runs is not None:
            statement = statement.where(DatasetRunItem.run_id.in_(self.runs))
        if self.items is not None:
            statement = statement.where(DatasetRunItem.item_id.in_(self.items))
        if self.names is not None or self.datasets is not None:
            runs = scoped(DatasetRun, project_id)
            if self.names is not None:
                runs = runs.where(DatasetRun.name.in_(self.names))
            if self.datasets is not None:
                runs = runs.where(DatasetRun.dataset_id.in_(self.datasets))
            ids = runs.with_only_columns(DatasetRun.id).scalar_subquery()
            statement = statement.where(DatasetRunItem.run_id.in_(ids))
        return statement


def spans_of_runs(session: Session, project_id: str, stretch: Stretch) -> dict[str, LinkSpan]:
    """Run id -> what its links within the stretch tell."""
    at = DatasetRunItem.created_at
    statement = stretch.links(project_id).with_only_columns(
        DatasetRunItem.run_id, func.count(), func.min(at), func.max(at)
    )
    rows = session.execute(statement.group_by(DatasetRunItem.run_id))
    return {run_id: LinkSpan(count, first, last) for run_id, count, first, last in rows}


def links_behind(
    session: Session, project_id: str, stretch: Stretch, after: tuple[datetime, str] | None, limit: int
) -> Sequence[DatasetRunItem]:
    """Links newest first, behind a time and an id; with an empty id those of the time itself are among them.
    Ids are hex digits, which every database sorts alike."""
    at, id_ = DatasetRunItem.created_at, DatasetRunItem.id
    statement = stretch.links(project_id)
    if after is not None:
        moment, last_id = after
        same = (at == moment) & (id_ < last_id) if last_id else at == moment
        statement = statement.where((at < moment) | same)
    return session.scalars(statement.order_by(at.desc(), id_.desc()).limit(limit)).all()


def read_runs(session: Session, project_id: str, ids: Iterable[str]) -> dict[str, DatasetRun]:
    """Those of the runs that are recorded and not deleted."""
    found: dict[str, DatasetRun] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _MOST_VALUES):
        statement = scoped(DatasetRun, project_id).where(
            DatasetRun.id.in_(wanted[start : start + _MOST_VALUES]), DatasetRun.is_deleted.is_(False)
        )
        found.update({row.id: row for row in session.scalars(statement)})
    return found


def states_of_items(session: Session, project_id: str, ids: Iterable[str]) -> dict[str, list[DatasetItem]]:
    """Item id -> its states, oldest first, without those that only say that it is deleted."""
    statement = scoped(DatasetItem, project_id).where(
        DatasetItem.id.in_(sorted(set(ids))), DatasetItem.is_deleted.is_(False)
    )
    found: dict[str, list[DatasetItem]] = {}
    for row in session.scalars(statement.order_by(DatasetItem.id, DatasetItem.valid_from)):
        found.setdefault(row.id, []).append(row)
    return found
