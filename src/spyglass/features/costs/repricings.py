"""Asks for repricings of history, previews them, and shows how far they are."""

from decimal import Decimal
from typing import Any

import msgspec

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.cost_sums import compare_models
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import QueryTooExpensive
from spyglass.core.paging import page_meta
from spyglass.features.costs.schemas import RepricingIn, RepricingListParams
from spyglass.jobs.registry import find_job, jobs_of
from spyglass.jobs.repricing import REPRICE_JOB, Range, no_progress, request_repricing
from spyglass.query.views import OBSERVATIONS, within
from spyglass.stores.meta import read_page
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import Job
from spyglass.stores.meta.tables.jobs import JobState

_STATUS = {
    JobState.WAITING.value: "queued",
    JobState.RUNNING.value: "running",
    JobState.DONE.value: "done",
    JobState.FAILED.value: "failed",
}
_RESOURCE = "repricing"


def reprice(state: AppState, caller: Caller, body: RepricingIn) -> dict[str, Any]:
    """A dry run says what would change; else the job is recorded with what it will change."""
    project_id = project_of(caller)
    asked = Range(
        body.from_,
        body.to,
        tuple(dict.fromkeys(body.models)),
        msgspec.json.encode(body.filter).decode() if body.filter else "",
    )
    where = [*within(OBSERVATIONS, asked.from_us, asked.to_us), *asked.conditions(project_id)]
    find = state.lookups.models_of(project_id).match
    preview = None
    try:
        preview = compare_models(state.stores.analytics, project_id, where, find, asked.models)
    except QueryTooExpensive:
        if body.dry_run:
            raise
    if body.dry_run:
        return {**_render_range(asked), **_NOT_BEGUN, "id": None, "status": "preview", "preview": preview}
    with state.stores.meta.begin() as session:
        job_id = request_repricing(session, project_id, asked, preview)
        after = {**_render_range(asked), "preview": preview}
        record_change(session, actor_of(caller), "create", (_RESOURCE, job_id), after=after)
        return _render(session.get_one(Job, job_id))


def list_repricings(state: AppState, project_id: str, params: RepricingListParams) -> dict[str, Any]:
    newest = jobs_of(project_id, REPRICE_JOB).order_by(Job.created_at.desc(), Job.id)
    with state.stores.meta.read() as session:
        rows, total = read_page(session, newest, params.page, params.limit)
        data = [_render(row) for row in rows]
    return {"data": data, "meta": page_meta(params.page, params.limit, total)}


def read_repricing(state: AppState, project_id: str, repricing_id: str) -> dict[str, Any]:
    """Raises `NotFound` for an unknown one, also for one of another project."""
    with state.stores.meta.read() as session:
        return _render(find_job(session, project_id, REPRICE_JOB, repricing_id, "Repricing"))


_NOT_BEGUN = {
    "progress": None,
    "requestedAt": None,
    "startedAt": None,
    "finishedAt": None,
    "lastError": None,
}


def _render(job: Job) -> dict[str, Any]:
    arguments = job.arguments
    asked = Range(arguments["from_us"], arguments["to_us"], tuple(arguments["models"]), arguments["filter"])
    return {
        **_render_range(asked),
        "id": job.id,
        "status": _STATUS[job.state],
        "preview": arguments["preview"],
        "progress": _render_progress(asked, job.result or no_progress()),
        "requestedAt": iso_ms(to_us(job.created_at)),
        "startedAt": None if job.started_at is None else iso_ms(to_us(job.started_at)),
        "finishedAt": None if job.finished_at is None else iso_ms(to_us(job.finished_at)),
        "lastError": job.last_error,
    }


def _render_range(asked: Range) -> dict[str, Any]:
    return {
        "from": iso_ms(asked.from_us),
        "to": iso_ms(asked.to_us),
        "models": list(asked.models),
        "filter": msgspec.json.decode(asked.filter) if asked.filter else None,
    }


def _render_progress(asked: Range, progress: dict[str, Any]) -> dict[str, Any]:
    looked_us = progress["looked_us"] or asked.from_us
    share = 1.0 if progress["done"] else (looked_us - asked.from_us) / (asked.to_us - asked.from_us)
    return {
        "lookedAt": progress["looked_at"],
        "changed": progress["changed"],
        "oldTotal": float(Decimal(progress["old_total"])),
        "newTotal": float(Decimal(progress["new_total"])),
        "share": round(min(max(share, 0.0), 1.0), 4),
    }
