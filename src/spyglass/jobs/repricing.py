"""Gives stored observations the costs that they would get if they came in now, piece by piece in the order of time.

A piece goes through the ingest log (`ingest/repricing.py`), so whatever is written at the same time keeps its order.
What a piece will do is noted before it is sent: after a crash it is sent again, does nothing twice, and is counted
once. A cost that a client stated stays, and so does a known one where today's prices say nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from spyglass.core.clock import MAX_US, iso_ms, monotonic_s
from spyglass.core.cost import compute_cost
from spyglass.core.filters import parse_filter
from spyglass.core.paging import Key
from spyglass.core.records import Observation
from spyglass.ingest.own_models import ProjectModels
from spyglass.ingest.repricing import MOST_ROWS, NewCost
from spyglass.ingest.steps import read_parameters
from spyglass.jobs.registry import Arguments, JobContext, JobKind, Later, add_job
from spyglass.query.columns import OBSERVATION_FILTERS
from spyglass.query.costs import find_first, read_priceable
from spyglass.query.filters import compile_filter
from spyglass.query.lists import key_of
from spyglass.query.views import OBSERVATIONS, within
from spyglass.stores.analytics.sql import Sql, sql, value
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.tables import Job, ModelDefinition, Project

REPRICE_JOB = "reprice"
BUDGET_S = 20.0  # then the job makes way for others and goes on behind them
_DAY_US = 86_400_000_000  # looked through at a time
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Range:
    """Which observations: by start time (from inclusive, to exclusive), names of models (empty: all) and the text of
    a `filter`."""

    from_us: int
    to_us: int
    models: tuple[str, ...] = ()
    filter: str = ""

    def conditions(self, project_id: str) -> list[Sql]:
        """All but the time. Raises `Invalid` for a filter that breaks the grammar."""
        where = []
        if self.models:
            where.append(sql("model IN {}", value("Array(String)", list(self.models))))
        if self.filter:
            advanced = parse_filter(self.filter, OBSERVATION_FILTERS.columns)
            where += compile_filter(OBSERVATION_FILTERS, project_id, (), advanced)
        return where


def request_repricing(session: Session, project_id: str, asked: Range, preview: Any = None) -> str:
    """Record the job within the caller's transaction, with what was said about it; returns its id."""
    job_id = add_job(session, REPRICE, {}, project_id=project_id)
    session.get_one(Job, job_id).arguments = {
        "job_id": job_id,
        "project_id": project_id,
        "from_us": asked.from_us,
        "to_us": asked.to_us,
        "models": list(asked.models),
        "filter": asked.filter,
        "preview": preview,
    }
    return job_id


def no_progress() -> dict[str, Any]:
    """The result of a job that has not begun. `after`: the key up to which all is done; `looked_us`: the time; `piece`:
    what the piece at hand will add."""
    counts = {"looked_at": 0, "changed": 0, "old_total": "0", "new_total": "0"}
    return {**counts, "after": None, "looked_us": None, "piece": None, "done": False}


def _reprice(context: JobContext, arguments: Arguments) -> Any:
    work = _Work(context, arguments)
    deadline_s = monotonic_s() + BUDGET_S
    while not work.progress["done"]:
        if monotonic_s() > deadline_s:
            return Later(work.progress)
        work.do_piece()
    return work.progress


REPRICE = JobKind(REPRICE_JOB, _reprice, retries=1000)


class _Work:
    """One run of the job: its range, the models of the project as they are now, and how far it is."""

    def __init__(self, context: JobContext, arguments: Arguments) -> None:
        assert context.lookups is not None
        self._context = context
        self._job_id: str = arguments["job_id"]
        self._project_id: str = arguments["project_id"]
        self._range = Range(
            arguments["from_us"], arguments["to_us"], tuple(arguments["models"]), arguments["filter"]
        )
        self._where = self._range.conditions(self._project_id)
        meta = context.stores.meta
        with meta.read() as session:
            own = session.scalars(scoped(ModelDefinition, self._project_id)).all()
            job = session.scalars(self._mine()).one()
            self.progress: dict[str, Any] = job.result or no_progress()
        self._models = ProjectModels(context.lookups.catalogue, own)

    def _mine(self) -> Select[Job]:
        return scoped(Job, self._project_id).where(Job.id == self._job_id)

    def do_piece(self) -> None:
        """Look at the next rows and give them their costs; or find that there are none left."""
        noted = self.progress["piece"]
        from_us = self._range.from_us if self.progress["looked_us"] is None else self.progress["looked_us"]
        until_us = noted["until_us"] if noted else min(from_us + _DAY_US, self._range.to_us)
        rows = self._read(from_us, until_us)
        piece = noted or self._note(rows, from_us, until_us)
        upto = tuple(piece["after"]) if piece["after"] else None
        costs = [cost for row in rows if (cost := self._new_cost(row)) and _is_within(row, upto)]
        if noted is None and costs:
            self._save({**self.progress, "piece": piece})
        if costs:
            asyncio.run(self._context.pipeline.reprice(self._project_id, costs))
        self._finish(piece)

    def _read(self, from_us: int, until_us: int) -> list[Observation]:
        after: Key | None = tuple(self.progress["after"]) if self.progress["after"] else None
        return read_priceable(
            self._context.stores.analytics,
            self._project_id,
            [*self._where, *within(OBSERVATIONS, from_us, until_us)],
            after=after,
            limit=MOST_ROWS,
            with_metadata=self._models.look_at_metadata,
        )

    def _next_time(self, from_us: int) -> int:
        """From when on there is something again."""
        where = [*self._where, *within(OBSERVATIONS, from_us, self._range.to_us)]
        found = find_first(self._context.stores.analytics, self._project_id, where)
        return self._range.to_us if found is None else found

    def _note(self, rows: Sequence[Observation], from_us: int, until_us: int) -> dict[str, Any]:
        """What a piece will have done: the key or the time that it reaches, and its sums."""
        pairs = [(row, cost) for row in rows if (cost := self._new_cost(row))]
        whole = len(rows) < MOST_ROWS  # nothing more before `until_us`
        if not rows:
            until_us = self._next_time(until_us)
        return {
            "from_us": from_us,
            "until_us": until_us,
            "after": None if whole else list(key_of(OBSERVATIONS, rows[-1])),
            "looked_at": len(rows),
            "changed": len(pairs),
            "old_total": str(sum((row.total_cost or _NOTHING for row, _ in pairs), _NOTHING)),
            "new_total": str(sum((cost.total for _, cost in pairs), _NOTHING)),
        }

    def _new_cost(self, row: Observation) -> NewCost | None:
        """None where nothing would change."""
        model = self._models.match(row.model)
        if model is None:
            return None
        cost = compute_cost(model, row.usage, read_parameters(row, model), row.metadata)
        if cost.total is None:
            return None
        label = (model.id, cost.tier_name)
        if (cost.total, cost.details, *label) == (
            row.total_cost,
            row.cost,
            row.model_id,
            row.pricing_tier,
        ):
            return None
        return NewCost(
            row.start_time, row.trace_id, row.id, row.version_seq, *label, cost.total, cost.details
        )

    def _finish(self, piece: dict[str, Any]) -> None:
        """Count the piece, and move on to what lies behind it."""
        progress = dict(self.progress)
        for name in ("looked_at", "changed"):
            progress[name] += piece[name]
        for name in ("old_total", "new_total"):
            progress[name] = str(Decimal(progress[name]) + Decimal(piece[name]))
        reached_us = piece["until_us"] if piece["after"] is None else piece["after"][0]
        progress |= {"after": piece["after"], "looked_us": reached_us, "piece": None}
        progress["done"] = piece["after"] is None and reached_us >= min(self._range.to_us, MAX_US)
        self._save(progress)

    def _save(self, progress: dict[str, Any]) -> None:
        """Also the end of the job, with its entry in the audit log, in one transaction."""
        meta: Meta = self._context.stores.meta
        with meta.begin() as session:
            session.scalars(self._mine()).one().result = progress
            if progress["done"]:
                self._record_end(session, progress)
        self.progress = progress

    def _record_end(self, session: Session, progress: dict[str, Any]) -> None:
        project = session.get_one(Project, self._project_id)
        actor = Actor(ActorType.SYSTEM, "", "", project.organization_id, project.id)
        after = {
            "from": iso_ms(self._range.from_us),
            "to": iso_ms(self._range.to_us),
            **{name: progress[name] for name in ("looked_at", "changed", "old_total", "new_total")},
        }
        record_change(session, actor, "finish", ("repricing", self._job_id), after=after)


def _is_within(row: Observation, upto: Key | None) -> bool:
    return upto is None or key_of(OBSERVATIONS, row) <= upto
