"""Erasing a project, an organization or a user of a project, by a job that may be repeated at any point and is finished
only once a check of every store finds nothing.

It is requested in `erasure_requests.py`; what each kind means is in the three modules beside this one; here is what
they share: the job and the end with its check, which is the proof.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from spyglass.core.clock import monotonic_s, now
from spyglass.core.errors import Unavailable
from spyglass.jobs.erasure_requests import ERASE_JOB, set_to_work
from spyglass.jobs.organization_erasure import erase_organization
from spyglass.jobs.project_erasure import count_project, erase_project
from spyglass.jobs.registry import Arguments, JobContext, JobKind
from spyglass.jobs.user_erasure import erase_user
from spyglass.stores.meta import Meta, across_projects
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.tables import Erasure
from spyglass.stores.meta.tables.erasures import ErasureKind

BUDGET_S = 240.0  # then the job makes way for others and goes on behind them
_SWEPT = timedelta(days=2)
_SWEEP_S = 3600
_RETRIES = 1000  # a week


def _erase(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    meta = context.stores.meta
    erasure = _begin(meta, arguments["erasure_id"])
    if erasure.finished_at is not None:  # and cut off just then
        meta.wipe()
        return {"counts": erasure.counts}
    deadline_s = monotonic_s() + BUDGET_S
    match ErasureKind(erasure.kind):
        case ErasureKind.PROJECT:
            remaining = erase_project(context, erasure)
        case ErasureKind.ORGANIZATION:
            remaining = erase_organization(context, erasure)
        case ErasureKind.USER:
            found = erase_user(context, erasure, deadline_s)
            if found is None:
                return _go_on_later(meta, erasure.id)
            remaining = found
    return _end(meta, erasure.id, remaining)


def _begin(meta: Meta, erasure_id: str) -> Erasure:
    with meta.begin() as session:
        erasure = session.get(Erasure, erasure_id)
        if erasure is None:
            raise ValueError(f"there is no erasure {erasure_id}")
        erasure.started_at = erasure.started_at or now()
    return erasure


def _go_on_later(meta: Meta, erasure_id: str) -> dict[str, Any]:
    with meta.begin() as session:
        erasure = session.get_one(Erasure, erasure_id)
        set_to_work(session, erasure)
        return {"counts": erasure.counts, "goes_on_in": erasure.job_id}


def _end(meta: Meta, erasure_id: str, remaining: dict[str, int]) -> dict[str, Any]:
    """Finished when nothing is left; else what is left is said and the job is tried again."""
    left = {name: count for name, count in remaining.items() if count}
    with meta.begin() as session:
        erasure = session.get_one(Erasure, erasure_id)
        erasure.remaining, erasure.checked_at = remaining, now()
        if not left:
            erasure.finished_at = now()
            erasure.user_id = erasure.work = None
            _audit(session, erasure)
    if left:
        raise Unavailable(f"Something is left and will be tried again: {left}")
    meta.wipe()
    return {"counts": erasure.counts, "remaining": remaining}


def _audit(session: Session, erasure: Erasure) -> None:
    actor = Actor(ActorType.SYSTEM, "", "", erasure.organization_id, erasure.project_id)
    done = {"erasure": erasure.id, "counts": erasure.counts, "remaining": erasure.remaining}
    record_change(session, actor, "erase", (erasure.kind, erasure.subject), after=done)


def _sweep(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    """A request that was on its way when its project was deleted may have written after the check: look again
    for two days."""
    recent = across_projects(Erasure).where(
        Erasure.kind == ErasureKind.PROJECT, Erasure.finished_at > now() - _SWEPT
    )
    with context.stores.meta.read() as session:
        erasures = session.scalars(recent).all()
    found: dict[str, dict[str, int]] = {}
    for erasure in erasures:
        assert erasure.project_id is not None
        left = {name: n for name, n in count_project(context.stores, erasure.project_id).items() if n}
        if left:
            found[erasure.project_id] = left
            erase_project(context, erasure)
    return found


ERASE = JobKind(ERASE_JOB, _erase, retries=_RETRIES)
ERASURE_SWEEP = JobKind("erasure_sweep", _sweep, every_s=_SWEEP_S)
