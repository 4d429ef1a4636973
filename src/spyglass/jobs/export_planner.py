"""Finds the integrations whose export is due and fixes the window of each. Runs every minute."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import or_
from sqlalchemy.orm import Session

from spyglass.core.clock import now, to_us
from spyglass.core.ids import new_id
from spyglass.ingest.apply import ORDER_BITS
from spyglass.jobs.export_run import LAG, Run, lock_integration, read_run, step_key, write_integration
from spyglass.jobs.exports import add_step
from spyglass.jobs.registry import Arguments, JobContext, JobKind
from spyglass.stores.meta import across_projects, scoped
from spyglass.stores.meta.tables import BlobStorageIntegration, Job, Project
from spyglass.stores.meta.tables.jobs import JobState


def plan_exports(context: JobContext, _: Arguments) -> dict[str, int]:
    """Plan a run for each integration that is due, and go on with runs whose job gave up."""
    moment = now()
    due = (
        across_projects(BlobStorageIntegration)
        .join(Project, Project.id == BlobStorageIntegration.project_id)
        .where(
            Project.deleted_at.is_(None),
            BlobStorageIntegration.enabled,
            or_(
                BlobStorageIntegration.next_sync_at.is_(None),
                BlobStorageIntegration.next_sync_at <= moment + LAG,
            ),
        )
        .with_only_columns(BlobStorageIntegration.project_id)
        .order_by(BlobStorageIntegration.project_id)
    )
    with context.stores.meta.read() as session:
        project_ids = session.scalars(due).all()
    return {"planned": sum(_plan(context, project_id, moment) for project_id in project_ids)}


def _plan(context: JobContext, project_id: str, moment: datetime) -> bool:
    applied = context.stores.log.position()[0]
    with context.stores.meta.begin() as session:
        row = lock_integration(session, project_id)
        if row is None or not row.enabled:
            return False
        run = read_run(row)
        if run is not None:
            waits = row.next_sync_at is not None and row.next_sync_at > moment
            if waits or _is_at_work(session, project_id, run):
                return False
            run.step += 1
            write_integration(session, project_id, run=msgspec.to_builtins(run))
            add_step(session, project_id, run, timedelta(0))
            return True
        run = _begin_run(row, applied, moment)
        write_integration(session, project_id, run=msgspec.to_builtins(run), next_sync_at=moment + LAG)
        add_step(session, project_id, run, LAG)
        return True


def _begin_run(row: BlobStorageIntegration, applied: int, moment: datetime) -> Run:
    since = row.export_start_date if row.export_mode != "FULL_HISTORY" else None
    return Run(
        id=new_id(),
        after=row.exported_version or 0,
        last=((applied + 1) << ORDER_BITS) - 1,
        since_us=None if since is None else to_us(since),
        from_us=None if row.last_sync_at is None else to_us(row.last_sync_at),
        to_us=to_us(moment),
    )


def _is_at_work(session: Session, project_id: str, run: Run) -> bool:
    alive = scoped(Job, project_id).where(
        Job.unique_key == step_key(run), Job.state.in_((JobState.WAITING, JobState.RUNNING))
    )
    return session.scalars(alive).first() is not None


PLAN_EXPORTS = JobKind("plan_exports", plan_exports, every_s=60)
