"""What can be done with many records at once: delete, tag, bookmark, score. Each may be repeated for the same ids."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from spyglass.core.clock import now_us
from spyglass.core.errors import Unavailable
from spyglass.core.ids import derived_id
from spyglass.core.permissions import Permission
from spyglass.core.records import Arrival, Decoded, FindRule
from spyglass.ingest import score_rules
from spyglass.ingest.accept import log_headers
from spyglass.ingest.dialects import DIALECTS, ENTITY
from spyglass.ingest.dialects.edits import TraceEdit
from spyglass.ingest.edits import edit_traces
from spyglass.ingest.pipeline import Pipeline, Submission
from spyglass.jobs.deletion import delete_records
from spyglass.query.views import OBSERVATIONS, TRACES, build_select
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value

Ids = tuple[str, ...]  # of a trace, score or session; of an observation with its trace before it


class Action(StrEnum):
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"
    BOOKMARK = "bookmark"
    UNBOOKMARK = "unbookmark"
    SCORE = "score"


# (kind of row, action) -> what it takes to be allowed to.
NEEDS: Mapping[tuple[str, Action], Permission] = {
    ("traces", Action.DELETE): Permission.TRACES_DELETE,
    ("traces", Action.TAG): Permission.OBJECTS_TAG,
    ("traces", Action.UNTAG): Permission.OBJECTS_TAG,
    ("traces", Action.BOOKMARK): Permission.OBJECTS_BOOKMARK,
    ("traces", Action.UNBOOKMARK): Permission.OBJECTS_BOOKMARK,
    ("traces", Action.SCORE): Permission.SCORES_WRITE,
    ("observations", Action.SCORE): Permission.SCORES_WRITE,
    ("sessions", Action.SCORE): Permission.SCORES_WRITE,
    ("scores", Action.DELETE): Permission.SCORES_WRITE,
}


@dataclass(frozen=True)
class Work:
    """`seed`: makes the ids of new scores, so that a repeat replaces them. `author`: the person who asked, also of the
    scores. `rules`: what their config said when they were asked for, as the log keeps it; a change in the midst changes
    none of them."""

    project_id: str
    entity: str
    action: Action
    seed: str
    tag: str | None = None
    score: dict[str, Any] | None = None
    author: str = ""
    rules: str = ""


def edit_of(trace_id: str, action: Action, tag: str | None) -> TraceEdit:
    tags = [tag] if tag is not None else None
    match action:
        case Action.TAG:
            return TraceEdit(trace_id, tags=tags)
        case Action.UNTAG:
            return TraceEdit(trace_id, tags_removed=tags)
        case _:
            return TraceEdit(trace_id, bookmarked=action is Action.BOOKMARK)


def act(stores: Stores, pipeline: Pipeline, work: Work, piece: Sequence[Ids]) -> None:
    """Done, and visible, on return. Raises `Unavailable` when it is not; it may be repeated."""
    project_id = work.project_id
    match work.action:
        case Action.DELETE:
            asyncio.run(
                delete_records(stores, pipeline, project_id, {work.entity: [ids[-1] for ids in piece]})
            )
        case Action.SCORE:
            environments = _environments(stores.analytics, work, piece)
            rule = score_rules.recall(work.rules)
            asyncio.run(_submit(pipeline, score_of(work, piece, environments, rule)))
        case _:
            edits = [edit_of(ids[-1], work.action, work.tag) for ids in piece]
            asyncio.run(edit_traces(pipeline, project_id, edits))


def score_of(
    work: Work, piece: Sequence[Ids], environments: Mapping[Ids, str], find_rule: FindRule | None
) -> Submission:
    """The scores of these records as a client would send them; what is wrong with one is in its rejections."""
    assert work.score is not None
    items = [
        {
            **work.score,
            **_subject(work.entity, ids),
            "id": derived_id(work.seed, *ids),
            "environment": environments.get(ids, "default"),
        }
        for ids in piece
    ]
    body = msgspec.json.encode(items)
    arrival = Arrival(
        project_id=work.project_id, received_us=now_us(), find_rule=find_rule, author_user_id=work.author
    )
    kept = {"entity": "scores", "new_id": work.seed, score_rules.HEADER: work.rules}
    headers = log_headers(arrival, **kept)
    return Submission(ENTITY, body, headers, arrival, DIALECTS[ENTITY](body, headers, arrival))


def _subject(entity: str, ids: Ids) -> dict[str, str]:
    if entity == "sessions":
        return {"sessionId": ids[0]}
    return {"traceId": ids[0]} | ({"observationId": ids[1]} if entity == "observations" else {})


def _environments(analytics: Analytics, work: Work, piece: Sequence[Ids]) -> dict[Ids, str]:
    """A score is where its record is."""
    if work.entity == "sessions":
        return {}
    traces = sorted({ids[0] for ids in piece})
    if work.entity == "traces":
        where = [sql("id IN {}", value("Array(String)", traces))]
        found = analytics.query(build_select(TRACES, work.project_id, "id, environment", where))
        return {(id_,): environment for id_, environment in found}
    where = [
        sql("trace_id IN {}", value("Array(String)", traces)),
        sql("id IN {}", value("Array(String)", sorted({ids[1] for ids in piece}))),
    ]
    read = build_select(OBSERVATIONS, work.project_id, "trace_id, id, environment", where)
    return {(trace, id_): environment for trace, id_, environment in analytics.query(read)}


async def _submit(pipeline: Pipeline, submission: Submission) -> None:
    seq = await pipeline.submit(submission)
    if not await pipeline.applied(seq):
        raise Unavailable("The scores are recorded and will be there soon; they are not visible yet")


def refused(decoded: Decoded) -> str | None:
    """Why the first score of these is refused."""
    return decoded.rejections[0].error if decoded.rejections else None
