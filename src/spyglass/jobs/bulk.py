"""An action on everything that matches a query: the rows are found piece by piece, newest first, and each piece is
done before the next one is looked for.

Which rows these are was fixed when the job was asked for: only what had come in by then. The ids of a piece stand in
the result of the job until the piece is done, so after a crash the same piece is done again, and counted once. Whoever
asked for it must be allowed to before each piece: who loses the role or the key loses the job, too.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Select
from sqlalchemy.orm import Session

from spyglass.core.clock import iso_ms, monotonic_s
from spyglass.core.filter_tree import parse_tree
from spyglass.core.permissions import of_project_role
from spyglass.jobs.bulk_actions import NEEDS, Work, act
from spyglass.jobs.registry import Arguments, JobContext, JobKind, Later, add_job
from spyglass.query.entities import ENTITIES, Bounds
from spyglass.query.tree_questions import Question
from spyglass.query.ui_lists import Sort, find_page
from spyglass.stores import Stores
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.access import role_in_project
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.comments import comment_counter
from spyglass.stores.meta.tables import ApiKey, Job, Project

BULK_JOB = "bulk"
BUDGET_S = 5.0  # then the job makes way for others and goes on behind them
_PIECE = 500  # records at a time
RESOURCE = "bulkJob"


@dataclass(frozen=True)
class Which:
    """Rows of an entity under a filter (JSON of a tree), as of a moment: what came in later is not meant."""

    entity: str
    filter: Any
    from_us: int | None
    to_us: int | None
    environments: tuple[str, ...]
    as_of_us: int

    def question(self, stores: Stores, project_id: str) -> Question:
        """Raises `InvalidData` for a filter that the entity does not take."""
        entity = ENTITIES[self.entity]
        declared = {each.name: each.declared for each in entity.fields.values() if each.filter}
        bounds = Bounds(self.from_us, self.to_us, self.environments, self.as_of_us)
        comments = comment_counter(stores.meta, project_id)
        tree = parse_tree(self.filter, declared)
        return Question(stores.analytics, entity, project_id, bounds, tree, comments)


def request_bulk(session: Session, actor: Actor, which: Which, work: Work, count: int) -> str:
    """Record the job and its entry in the audit log within the caller's transaction; returns its id."""
    job_id = add_job(session, BULK, {}, project_id=work.project_id)
    described = msgspec.to_builtins(which)
    arguments = {"job_id": job_id, "which": described, "work": msgspec.to_builtins(work), "count": count}
    session.get_one(Job, job_id).arguments = {**arguments, "requested_by": actor.id, "cancelled": False}
    record_change(
        session, actor, f"{work.action.value} all", (RESOURCE, job_id), after=_said(which, work, count)
    )
    return job_id


def _said(which: Which, work: Work, count: int) -> dict[str, Any]:
    ends = {"from": which.from_us, "to": which.to_us, "asOf": which.as_of_us}
    said = {name: None if at_us is None else iso_ms(at_us) for name, at_us in ends.items()}
    more = {"tag": work.tag, "score": work.score}
    return {
        "entity": which.entity,
        "filter": which.filter,
        **said,
        "count": count,
        **{name: each for name, each in more.items() if each is not None},
    }


def cancel_bulk(session: Session, job: Job) -> None:
    """The piece at hand is still done."""
    job.arguments = {**job.arguments, "cancelled": True}


def no_progress() -> dict[str, Any]:
    """The result of a job that has not begun. `cursor`: behind which to go on; `piece`: the ids that are being done
    and the cursor behind them."""
    return {"done": 0, "cursor": None, "piece": None, "finished": False, "cancelled": False}


def _run(context: JobContext, arguments: Arguments) -> Any:
    run = _Run(context, arguments)
    deadline_s = monotonic_s() + BUDGET_S
    while not run.progress["finished"]:
        if monotonic_s() > deadline_s:
            return Later(run.progress)
        run.do_piece()
    return run.progress


BULK = JobKind(BULK_JOB, _run, retries=1000)


class _Run:
    """One run of the job, and how far it is."""

    def __init__(self, context: JobContext, arguments: Arguments) -> None:
        self._context = context
        self._arguments = arguments
        self._which = msgspec.convert(arguments["which"], Which)
        self._work = msgspec.convert(arguments["work"], Work)
        entity = ENTITIES[self._which.entity]
        self._sort = Sort(entity.fields[entity.default_sort], True)
        with context.stores.meta.read() as session:
            job = session.scalars(self._mine()).one()
            self.progress: dict[str, Any] = job.result or no_progress()

    def _mine(self) -> Select[Job]:
        return scoped(Job, self._work.project_id).where(Job.id == self._arguments["job_id"])

    def do_piece(self) -> None:
        """Do the next rows; or find that there are none left, or that it is not wanted any more."""
        piece = self.progress["piece"] or self._find()
        if piece is None:
            return
        act(self._context.stores, self._context.pipeline, self._work, [tuple(ids) for ids in piece["ids"]])
        done = self.progress["done"] + len(piece["ids"])
        rest = {"piece": None, "cursor": piece["cursor"], "finished": piece["cursor"] is None}
        self._save({**self.progress, **rest, "done": done})

    def _find(self) -> dict[str, Any] | None:
        """The next piece, noted; None when there is nothing more to do."""
        question = self._which.question(self._context.stores, self._work.project_id)
        places, following = find_page(question, self._sort, self.progress["cursor"], _PIECE)
        if not places:
            self._save({**self.progress, "finished": True})
            return None
        # Each once, whatever the places are: what is counted is what is done.
        ids = dict.fromkeys(place.ids for place in places)
        piece = {"ids": [list(each) for each in ids], "cursor": following}
        self._save({**self.progress, "piece": piece})
        return None if self.progress["finished"] else piece

    def _save(self, progress: dict[str, Any]) -> None:
        """Also the end of the job, with its entry in the audit log, in one transaction. A piece that was only noted
        is not begun any more once the job is cancelled, or nobody stands behind it."""
        meta: Meta = self._context.stores.meta
        with meta.begin() as session:
            job = session.scalars(self._mine()).one()
            if not progress["finished"] and (job.arguments["cancelled"] or not self._is_allowed(session)):
                progress = {**progress, "piece": None, "finished": True, "cancelled": True}
            job.result = progress
            if progress["finished"]:
                self._record_end(session, progress)
        self.progress = progress

    def _is_allowed(self, session: Session) -> bool:
        """Whether the person, or the key, may still do such a thing. The administrator's key stands in no table."""
        asker, work = self._arguments["requested_by"], self._work
        if not work.author:
            return not asker or session.get(ApiKey, asker) is not None
        project = session.get_one(Project, work.project_id)
        role = role_in_project(session, project.organization_id, project.id, work.author)
        return NEEDS[work.entity, work.action] in of_project_role(role)

    def _record_end(self, session: Session, progress: dict[str, Any]) -> None:
        project = session.get_one(Project, self._work.project_id)
        actor = Actor(ActorType.SYSTEM, "", "", project.organization_id, project.id)
        after = {
            "action": self._work.action.value,
            "done": progress["done"],
            "cancelled": progress["cancelled"],
        }
        record_change(session, actor, "finish", (RESOURCE, self._arguments["job_id"]), after=after)
