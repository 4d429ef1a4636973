"""What the administrator of the server does to its keys and jobs as a whole."""

from collections.abc import Sequence
from typing import Any, NoReturn

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.core.errors import NotSupported
from spyglass.features.administration.schemas import ApiKeysActionIn, JobsActionIn
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.job_counts import DELAYED, count_jobs, retry_failed
from spyglass.stores.meta.keys import end_key, keys_of, owner_of
from spyglass.stores.meta.tables import Project
from spyglass.stores.meta.tables.jobs import JobState
from spyglass.stores.meta.tables.revisions import API_KEYS, raise_revision

# How we call it -> how the contract does; the others are always 0 here.
_COUNTS = {
    JobState.WAITING.value: "waiting",
    JobState.RUNNING.value: "active",
    JobState.DONE.value: "completed",
    JobState.FAILED.value: "failed",
    DELAYED: "delayed",
}
_NEVER = ("paused", "prioritized", "waiting-children")


def act_on_keys(state: AppState, caller: Caller, body: ApiKeysActionIn) -> dict[str, str]:
    """`delete` ends all keys of the projects; both others make every process look keys up again."""
    if body.action == "delete":
        message = f"Deleted {_delete_keys(state, caller, body.project_ids)} API keys"
    else:
        with state.stores.meta.begin() as session:
            raise_revision(session, API_KEYS)
        message = "API keys are looked up again, by every process within two seconds"
    state.keys.forget()
    return {"message": message}


def _delete_keys(state: AppState, caller: Caller, project_ids: Sequence[str]) -> int:
    """Ids that are unknown are passed over, as a repetition would have them."""
    count = 0
    with state.stores.meta.begin() as session:
        for project_id in sorted(set(project_ids)):
            project = session.get(Project, project_id)
            for key in keys_of(session, owner_of(project)) if project is not None else []:
                end_key(session, key, actor_of(caller))
                count += 1
    return count


def count_by_queue(state: AppState) -> list[dict[str, Any]]:
    """One entry for each kind of job that was ever recorded."""
    with state.stores.meta.read() as session:
        found = count_jobs(session)
    empty = dict.fromkeys((*_COUNTS.values(), *_NEVER), 0)
    return [
        {"queueName": name, "jobCounts": empty | {_COUNTS[shown]: count for shown, count in counts.items()}}
        for name, counts in found.items()
    ]


def act_on_jobs(state: AppState, caller: Caller, body: JobsActionIn) -> dict[str, str]:
    """Raises `NotSupported` for `remove` and `add`."""
    if body.action == "remove":
        raise NotSupported("Jobs are not removed: what ended is kept as a record, what waits must run")
    if body.action == "add":
        raise NotSupported("There is no queue of events: send them to the ingestion API")
    with state.stores.meta.begin() as session:
        count = retry_failed(session, body.queue_names)
        if count:
            after = {"queueNames": body.queue_names, "jobs": count}
            record_change(session, actor_of(caller), "retry", ("job", ""), after=after)
    return {"message": f"{count} failed jobs run again"}


def refuse_replay() -> NoReturn:
    raise NotSupported(
        "There are no stored events by key: what was acknowledged stays in the ingest log until it is applied. "
        "Stop the server and run `spyglass replay` to apply again what was set aside (see `spyglass doctor`)."
    )
