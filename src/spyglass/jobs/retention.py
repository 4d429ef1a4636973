"""Removes what is older than a project keeps it: whole records after `retention_days`, their texts (inputs, outputs,
metadata, media) after `body_retention_days`.

The limit is the begin of a day in UTC, so a record stays for at least that many whole days and there is work once a
day. Each step finds its work in the tables themselves and may be cut off anywhere: the next run does what is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from spyglass.core.clock import from_us, monotonic_s, now, to_us
from spyglass.core.options import option
from spyglass.jobs import retention_records as records
from spyglass.jobs.media_removal import remove_unlinked
from spyglass.jobs.registry import Arguments, JobContext, JobKind, enqueue
from spyglass.jobs.retention_blobs import remove_old_blobs
from spyglass.stores import Stores
from spyglass.stores.analytics.sql import all_of
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.tables import Media, MediaLink, Project, Rejection

EVERY_S = 3600
_BUDGET_S = 240.0  # then the rest is done by a job behind the others

Cutoffs = dict[str, int]  # project -> the first microsecond that is kept
Result = dict[str, dict[str, int]]  # project -> what was removed of it


@dataclass(frozen=True)
class Config:
    """Whether data goes when its time is over."""

    enabled: bool = option(True, "Remove records and texts when they are older than their project keeps them")


@dataclass(frozen=True)
class Limits:
    """What projects want: two instants for each, where they have them."""

    rows: Cutoffs
    bodies: Cutoffs


def find_limits(stores: Stores, moment: datetime) -> Limits:
    """Of the projects that are not deleted. Texts go with their record at the latest."""
    limited = or_(Project.retention_days > 0, Project.body_retention_days > 0)
    with stores.meta.read() as session:
        projects = session.scalars(select(Project).where(Project.deleted_at.is_(None), limited)).all()
    rows = {p.id: cutoff_us(moment, p.retention_days) for p in projects if p.retention_days}
    bodies = {p.id: cutoff_us(moment, p.body_retention_days) for p in projects if p.body_retention_days}
    return Limits(rows, bodies)


def cutoff_us(moment: datetime, days: int) -> int:
    """The begin of the day in UTC that lies `days` days before this one."""
    today = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return max(0, to_us(today - timedelta(days=days)))
    except OverflowError:
        return 0


def remove_expired(stores: Stores, limits: Limits, out_of_time: Callable[[], bool]) -> tuple[Result, bool]:
    """What was removed, and whether that was all. Returns early when `out_of_time`, after a whole step."""
    result: Result = {}
    steps: list[tuple[str, Cutoffs, bool]] = [
        *((table, limits.bodies, False) for table in records.TIMES),
        *((table, limits.rows, True) for table in records.TIMES),
    ]
    cleaned: set[tuple[str, int]] = set()
    for table, cutoffs, whole in steps:
        if not cutoffs:
            continue
        condition = records.old_rows(table, cutoffs)
        if not whole:
            condition = all_of([condition, records.with_bodies(table)])
        for partition, counts in records.count_old(stores.analytics, table, condition).items():
            if out_of_time():
                return result, False
            _remove_blobs(stores, cutoffs, counts, cleaned, result)
            mine = {project_id: cutoffs[project_id] for project_id in counts}
            work = records.remove_old if whole else records.clear_bodies
            work(stores.analytics, table, mine, partition)
            for project_id, count in counts.items():
                _add(result, project_id, table if whole else f"{table}_texts", count)
    for project_id, limit_us in _latest(limits).items():
        _remove_beside(stores, project_id, limit_us, limits.rows.get(project_id), result)
    return result, True


def _remove_blobs(
    stores: Stores,
    cutoffs: Cutoffs,
    counts: Mapping[str, int],
    cleaned: set[tuple[str, int]],
    result: Result,
) -> None:
    """Once a run for each project that has something to clear, before its rows."""
    for project_id in counts:
        place = (project_id, cutoffs[project_id])
        if place not in cleaned:
            cleaned.add(place)
            _add(result, project_id, "blobs", remove_old_blobs(stores, *place))


def _latest(limits: Limits) -> Cutoffs:
    """Until when the texts of a project go."""
    projects = {*limits.rows, *limits.bodies}
    return {each: max(limits.rows.get(each, 0), limits.bodies.get(each, 0)) for each in projects}


def _remove_beside(
    stores: Stores, project_id: str, bodies_us: int, rows_us: int | None, result: Result
) -> None:
    """Media, requests that the ingest log keeps, and the list of refused records."""
    before = from_us(bodies_us)
    with stores.meta.begin() as session:
        links = delete_scoped(MediaLink, project_id).where(
            MediaLink.created_at < before, MediaLink.dataset_item_id == ""
        )
        session.execute(links)
        if rows_us is not None:
            refused = delete_scoped(Rejection, project_id).where(Rejection.created_at < from_us(rows_us))
            _add(result, project_id, "rejections", _removed(session.execute(refused)))
        old = session.scalars(scoped(Media, project_id).where(Media.created_at < before)).all()
    _add(result, project_id, "media", remove_unlinked(stores, project_id, [medium.id for medium in old]))
    requests = stores.log.erase(project_id, before_us=bodies_us)
    _add(result, project_id, "requests", sum(requests.values()))


def _removed(outcome: Any) -> int:
    return int(outcome.rowcount)


def _add(result: Result, project_id: str, what: str, count: int) -> None:
    if count:
        mine = result.setdefault(project_id, {})
        mine[what] = mine.get(what, 0) + count


def _run(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    deadline_s = monotonic_s() + _BUDGET_S
    limits = find_limits(context.stores, now())
    result, complete = remove_expired(context.stores, limits, lambda: monotonic_s() > deadline_s)
    if not complete:
        enqueue(context.stores.meta, RETENTION, {})
    return {"removed": result, "complete": complete}


RETENTION = JobKind("retention", _run, every_s=EVERY_S)
