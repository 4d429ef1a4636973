"""Jobs of all projects as the administrator of the server sees them: how many there are, and once more."""

from collections.abc import Sequence

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.stores.meta.tables.jobs import Job, JobState

DELAYED = "delayed"  # waits for its time


def count_jobs(session: Session) -> dict[str, dict[str, int]]:
    """Kind of job -> state (of `JobState`, or `DELAYED`) -> how many."""
    later = (Job.state == JobState.WAITING.value) & (Job.run_after > now())
    state = case((later, DELAYED), else_=Job.state).label("shown")
    counted = select(Job.name, state, func.count(Job.id)).group_by(Job.name, state).order_by(Job.name, state)
    found: dict[str, dict[str, int]] = {}
    for name, shown, count in session.execute(counted):
        found.setdefault(name, {})[shown] = count
    return found


def retry_failed(session: Session, names: Sequence[str]) -> int:
    """Let the jobs that gave up run again, with all their attempts. Returns how many there were."""
    again = (
        update(Job)
        .where(Job.name.in_(names), Job.state == JobState.FAILED.value)
        .values(state=JobState.WAITING.value, attempts=0, run_after=now(), finished_at=None)
        .returning(Job.id)
    )
    return len(session.scalars(again).all())
