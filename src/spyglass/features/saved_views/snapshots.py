"""States of pages that are too long for an address: stored once, found by a short id that follows from the contents."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import now
from spyglass.core.errors import Conflict, Invalid, NotFound
from spyglass.core.ids import derived_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Snapshot

MOST_OF_ONE = 500  # of one person, or of all keys, in a project
KEPT = timedelta(days=90)
_ID_CHARACTERS = 20


def create_snapshot(state: AppState, caller: Caller, text: str) -> dict[str, Any]:
    """The same state has the same id, so repeating it stores nothing. Raises `Invalid` where one person stores too many
    within `KEPT`."""
    project_id = project_of(caller)
    id_ = derived_id(project_id, text)[:_ID_CHARACTERS]
    try:
        with state.stores.meta.begin() as session:
            if session.get(Snapshot, (project_id, id_)) is None:
                _make_room(session, project_id, caller.user_id)
                row = Snapshot(project_id=project_id, id=id_, state=text, owner_id=caller.user_id)
                session.add(row)
    except Conflict:  # somebody else stored it this moment
        read_snapshot(state, caller, id_)
    return {"id": id_}


def _make_room(session: Session, project_id: str, owner_id: str) -> None:
    """The oldest of the same owner goes. What people share stays for `KEPT` at least; of keys nobody knows who they
    are, and theirs make room at once."""
    mine = scoped(Snapshot, project_id).where(Snapshot.owner_id == owner_id)
    count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    if count < MOST_OF_ONE:
        return
    oldest = session.scalars(mine.order_by(Snapshot.created_at, Snapshot.id).limit(1)).one()
    if owner_id and oldest.created_at > now() - KEPT:
        raise Invalid(
            f"You have made {MOST_OF_ONE:,} short links in this project within {KEPT.days} days, which is the most. "
            "Share a view with fewer conditions, or save it under a name"
        )
    session.delete(oldest)
    session.flush()


def read_snapshot(state: AppState, caller: Caller, snapshot_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        found = session.scalars(
            scoped(Snapshot, project_of(caller)).where(Snapshot.id == snapshot_id)
        ).one_or_none()
    if found is None:
        raise NotFound("This short link leads nowhere: its state is not stored here")
    return {"state": found.state}
