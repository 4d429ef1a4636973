"""States of pages that are too long for an address: stored once, found by a short id that follows from the contents."""

from typing import Any

from spyglass.api.callers import Caller, project_of
from spyglass.api.state import AppState
from spyglass.core.errors import Conflict, NotFound
from spyglass.core.ids import derived_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Snapshot

_ID_CHARACTERS = 20


def create_snapshot(state: AppState, caller: Caller, text: str) -> dict[str, Any]:
    """The same state has the same id, so repeating it stores nothing."""
    project_id = project_of(caller)
    id_ = derived_id(project_id, text)[:_ID_CHARACTERS]
    try:
        with state.stores.meta.begin() as session:
            if session.get(Snapshot, (project_id, id_)) is None:
                session.add(Snapshot(project_id=project_id, id=id_, state=text))
    except Conflict:  # somebody else stored it this moment
        read_snapshot(state, caller, id_)
    return {"id": id_}


def read_snapshot(state: AppState, caller: Caller, snapshot_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        found = session.scalars(
            scoped(Snapshot, project_of(caller)).where(Snapshot.id == snapshot_id)
        ).one_or_none()
    if found is None:
        raise NotFound("This short link leads nowhere: its state is not stored here")
    return {"state": found.state}
