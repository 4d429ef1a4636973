"""Actions on everything that matches a query: counted first, then confirmed, done by a job, seen and stopped here."""

from dataclasses import replace
from typing import Any

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us, to_us
from spyglass.core.errors import Conflict, Invalid
from spyglass.core.ids import new_id
from spyglass.features.explore.asking import in_window
from spyglass.features.explore.bulk import check_allowed
from spyglass.features.explore.schemas import BulkJobIn, EntityName, WhichIn
from spyglass.ingest.score_rules import RuleFinder
from spyglass.jobs.bulk import BULK_JOB, Which, cancel_bulk, no_progress, request_bulk
from spyglass.jobs.bulk_actions import Action, Ids, Work, refused, score_of
from spyglass.jobs.registry import find_job, jobs_of
from spyglass.stores.analytics import Ticket
from spyglass.stores.meta.tables import Job
from spyglass.stores.meta.tables.jobs import JobState

LISTED = 20
_STATUS = {
    JobState.WAITING.value: "queued",
    JobState.RUNNING.value: "running",
    JobState.DONE.value: "done",
    JobState.FAILED.value: "failed",
}


def preview_bulk(
    state: AppState, project_id: str, name: EntityName, body: WhichIn, ticket: Ticket
) -> dict[str, Any]:
    """How many rows there are at this moment, exactly."""
    as_of_us = now_us() // 1000 * 1000  # as the answer says it
    which = _which(name, body, as_of_us)
    return {"count": _count(state, project_id, which, ticket), "asOf": iso_ms(as_of_us)}


def start_bulk(state: AppState, caller: Caller, name: EntityName, body: BulkJobIn) -> dict[str, Any]:
    """Raises `Conflict` when there are not as many rows as were confirmed."""
    project_id = project_of(caller)
    check_allowed(caller, name.value, body.action, body.tag)
    work = Work(
        project_id,
        name.value,
        body.action,
        seed=new_id(),
        tag=body.tag,
        score=_score(caller, body),
        author=caller.user_id,
    )
    work = _held_to_its_config(state, work)
    which = _which(name, body, min(body.as_of, now_us()))
    found = _count(state, project_id, which)
    if found != body.count:
        raise Conflict(f"{found} {name.value} match by now, not {body.count}: look at them and confirm again")
    with state.stores.meta.begin() as session:
        job_id = request_bulk(session, actor_of(caller), which, work, found)
        return _render(session.get_one(Job, job_id))


def list_bulk(state: AppState, project_id: str) -> dict[str, Any]:
    """Newest first."""
    newest = jobs_of(project_id, BULK_JOB).order_by(Job.created_at.desc(), Job.id).limit(LISTED)
    with state.stores.meta.read() as session:
        return {"data": [_render(job) for job in session.scalars(newest)]}


def read_bulk(state: AppState, project_id: str, job_id: str) -> dict[str, Any]:
    """Raises `NotFound` for an unknown one, also for one of another project."""
    with state.stores.meta.read() as session:
        return _render(find_job(session, project_id, BULK_JOB, job_id, "Bulk job"))


def stop_bulk(state: AppState, caller: Caller, job_id: str) -> dict[str, Any]:
    """What is done stays done. Whoever may do such a thing may stop it."""
    with state.stores.meta.begin() as session:
        job = find_job(session, project_of(caller), BULK_JOB, job_id, "Bulk job")
        work = job.arguments["work"]
        check_allowed(caller, work["entity"], Action(work["action"]), work["tag"])
        if job.state in (JobState.WAITING, JobState.RUNNING):
            cancel_bulk(session, job)
        return _render(job)


def _which(name: EntityName, body: WhichIn, as_of_us: int) -> Which:
    ends = (in_window(body.from_), in_window(body.to))
    return Which(name.value, body.filter, *ends, tuple(body.environments), as_of_us)


def _count(state: AppState, project_id: str, which: Which, ticket: Ticket | None = None) -> int:
    question = which.question(state.stores, project_id)
    what = "count()"
    return int(state.stores.analytics.query(question.select(what), ticket=ticket)[0][0])


def _score(caller: Caller, body: BulkJobIn) -> dict[str, Any] | None:
    """A person's score is an annotation, which follows a score config; that of a key may."""
    if body.action is not Action.SCORE:
        return None
    if body.score is None:
        raise Invalid("score: name and value of the score are needed")
    if caller.user_id and not body.score.config_id:
        raise Invalid("score.configId: the score of a person follows a score config of the project; name one")
    source = "ANNOTATION" if caller.user_id else "API"
    return {**body.score.model_dump(by_alias=True, exclude_none=True), "source": source}


def _held_to_its_config(state: AppState, work: Work) -> Work:
    """What would be refused of each score is refused now; what its config says goes with the work."""
    if work.score is None:
        return work
    ids: Ids = ("t", "o") if work.entity == "observations" else ("t",)
    rules = RuleFinder(lambda: state.score_rules.get(work.project_id), may_wait=True)
    decoded = score_of(work, [ids], {}, rules).decoded
    problem = refused(decoded)
    if problem is not None:
        raise Invalid(problem.replace("scores[0]", "score"))
    return replace(work, rules=rules.remember(decoded))


def _render(job: Job) -> dict[str, Any]:
    work, progress = job.arguments["work"], job.result or no_progress()
    return {
        "id": job.id,
        "entity": work["entity"],
        "action": work["action"],
        "tag": work["tag"],
        "scoreName": None if work["score"] is None else work["score"]["name"],
        "status": _status(job, progress),
        "count": job.arguments["count"],
        "done": progress["done"],
        "requestedAt": iso_ms(to_us(job.created_at)),
        "finishedAt": None if job.finished_at is None else iso_ms(to_us(job.finished_at)),
        "lastError": job.last_error,
    }


def _status(job: Job, progress: dict[str, Any]) -> str:
    if progress["finished"]:
        return "cancelled" if progress["cancelled"] else "done"
    if job.arguments["cancelled"] and job.state in (JobState.WAITING, JobState.RUNNING):
        return "stopping"
    # Between two turns it waits for others, but it has begun.
    if job.state == JobState.WAITING and progress["done"]:
        return "running"
    return _STATUS[job.state]
