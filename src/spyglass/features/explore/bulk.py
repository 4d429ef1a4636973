"""Actions on many traces at once: delete, tag, bookmark. What is not there is passed over, and what was done is in the
audit log, written before it is done.
"""

import asyncio
from typing import Any

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.errors import Forbidden, Invalid
from spyglass.core.ids import id_problem
from spyglass.features.explore.schemas import BulkIn
from spyglass.ingest.edits import edit_traces
from spyglass.jobs.bulk_actions import NEEDS, Action, edit_of
from spyglass.jobs.deletion import delete_records
from spyglass.query.views import TRACES, build_select
from spyglass.stores.analytics.sql import sql, value
from spyglass.stores.meta.audit import record_change


async def act_on_traces(state: AppState, caller: Caller, body: BulkIn) -> dict[str, Any]:
    """How many traces were there to act on. Done, and visible, on return; raises `Unavailable` when it is not."""
    action = Action(body.action)
    check_allowed(caller, "traces", action, body.tag)
    project_id = project_of(caller)
    ids = await asyncio.to_thread(_existing, state, project_id, body.ids)
    if ids:
        await asyncio.to_thread(_record, state, caller, body, ids)
        if body.action == "delete":
            await delete_records(state.stores, state.pipeline, project_id, {"traces": ids})
        else:
            await edit_traces(state.pipeline, project_id, [edit_of(id_, action, body.tag) for id_ in ids])
    return {"affected": len(ids)}


def check_allowed(caller: Caller, entity: str, action: Action, tag: str | None) -> None:
    """Raises `Invalid` for what cannot be done with such rows, `Forbidden` for what the caller may not."""
    needed = NEEDS.get((entity, action))
    if needed is None:
        known = ", ".join(each.value for of, each in NEEDS if of == entity) or "nothing"
        raise Invalid(f"action: {action.value} cannot be done with {entity}: expected {known}")
    if needed not in caller.permissions:
        raise Forbidden(f"This action needs the permission {needed}")
    if action in (Action.TAG, Action.UNTAG) and tag is None:
        raise Invalid("tag: the name of the tag is needed")


def _existing(state: AppState, project_id: str, ids: list[str]) -> list[str]:
    asked = sorted({id_ for id_ in ids if not id_problem(id_)})
    if not asked:
        return []
    where = [sql("id IN {}", value("Array(String)", asked))]
    rows = state.stores.analytics.query(build_select(TRACES, project_id, "DISTINCT id", where))
    return sorted(row[0] for row in rows)


def _record(state: AppState, caller: Caller, body: BulkIn, ids: list[str]) -> None:
    after: dict[str, Any] = {"ids": ids} | ({"tag": body.tag} if body.tag is not None else {})
    what = ids[0] if len(ids) == 1 else f"{len(ids)} traces"
    with state.stores.meta.begin() as session:
        record_change(session, actor_of(caller), body.action, ("trace", what), after=after)
