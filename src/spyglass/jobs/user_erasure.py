"""All that a project holds of one of its end users, up to the moment of the request: the traces that are theirs or
have an observation of theirs, with all that belongs to those traces.

A piece of traces at a time. The ids of the piece stand in the row of the erasure until all of it is gone, because
after its deletion it could not be found by the user any more; so a repeat at any point goes on with the same piece.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from spyglass.core.clock import monotonic_s, to_us
from spyglass.core.errors import Unavailable
from spyglass.ingest.deletion import purge
from spyglass.jobs import user_notes as notes
from spyglass.jobs import user_records as records
from spyglass.jobs.media_removal import remove_unlinked
from spyglass.jobs.project_erasure import wait_applied
from spyglass.jobs.registry import JobContext
from spyglass.stores.analytics.mutations import count_rows, remove_everywhere
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES
from spyglass.stores.meta.erasures import add_up
from spyglass.stores.meta.tables import Erasure

_SAYING = (TRACES, OBSERVATIONS)  # the tables with a column for the user
Work = dict[str, Any]  # traces, sessions, media: ids; counts: kind of thing -> number


def erase_user(context: JobContext, erasure: Erasure, deadline_s: float) -> dict[str, int] | None:
    """Returns what is left, or None when the time ran out and there is more to do."""
    project_id, user_id = erasure.project_id, erasure.user_id
    assert project_id is not None
    assert user_id is not None
    stores = context.stores
    position = _position(context, erasure)
    wait_applied(context, position)
    until_us = to_us(erasure.created_at)
    work = erasure.work
    while True:
        if work is None:
            work = records.find_piece(stores.analytics, project_id, user_id, until_us)
            if work is None:
                break
            _save(context, erasure.id, work)
        _erase_piece(context, erasure.id, project_id, work, until_us)
        work = None
        if monotonic_s() > deadline_s:
            return None
    mine = records.theirs(project_id, user_id, until_us)
    for table in _SAYING:  # earlier versions of rows that are another user's by now
        remove_everywhere(stores.analytics, table, mine)
    requests = stores.log.erase(project_id, last=position)
    stores.log.wipe()
    _finish_piece(context, erasure.id, requests, None)
    left = {table: count_rows(stores.analytics, table, mine) for table in _SAYING}
    return {**left, "requests": stores.log.count_kept(project_id, last=position)}


def _position(context: JobContext, erasure: Erasure) -> int:
    """Where the ingest log ended when the work began: all of it is gone in the end."""
    if erasure.position is not None:
        return erasure.position
    position = context.pipeline.last_seq()
    with context.stores.meta.begin() as session:
        session.get_one(Erasure, erasure.id).position = position
    return position


def _erase_piece(context: JobContext, erasure_id: str, project_id: str, work: Work, until_us: int) -> None:
    stores = context.stores
    traces = work["traces"]
    work = _remove_notes(context, erasure_id, project_id, work)
    version, blobs = _delete(context, project_id, {"traces": traces})
    media = remove_unlinked(stores, project_id, work["media"])
    empty = records.find_empty(stores.analytics, project_id, work["sessions"])
    scores = records.find_session_scores(stores.analytics, project_id, empty)
    if scores:
        _delete(context, project_id, {"scores": scores})
    if empty:
        remove_everywhere(stores.analytics, SCORES, records.of_sessions(project_id, empty, until_us))
    with stores.meta.begin() as session:
        of_sessions = notes.remove_notes(session, project_id, notes.SESSION, empty)
        left = notes.count_left(session, project_id, traces)
        items = notes.list_dataset_items(session, project_id, traces)
    left |= records.count_stored(stores.analytics, project_id, traces, version)
    if any(left.values()):
        raise Unavailable(f"Something is left and will be tried again: {left}")
    counts = add_up(work["counts"], of_sessions)
    more = {"blobs": blobs, "media": media, "scores": len(scores), "sessions": len(empty)}
    _finish_piece(context, erasure_id, add_up(counts, more), items)


def _remove_notes(context: JobContext, erasure_id: str, project_id: str, work: Work) -> Work:
    """Before the records, which say which observations are of the traces. What was removed, and which media lost
    a link, is saved with it."""
    analytics, meta = context.stores.analytics, context.stores.meta
    traces = work["traces"]
    with meta.read() as session:
        candidates = notes.noted(session, project_id, notes.OBSERVATION)
    observations = records.find_observations(analytics, project_id, traces, candidates)
    with meta.begin() as session:
        counts, media = notes.remove_links(session, project_id, traces)
        counts = add_up(counts, notes.remove_notes(session, project_id, notes.TRACE, traces))
        counts = add_up(counts, notes.remove_notes(session, project_id, notes.OBSERVATION, observations))
        work = {
            **work,
            "counts": add_up(work["counts"], counts),
            "media": sorted({*media, *work.get("media", ())}),
        }
        session.get_one(Erasure, erasure_id).work = work
    return work


def _delete(context: JobContext, project_id: str, deletes: dict[str, list[str]]) -> tuple[int, int]:
    """Gone from reads, then from the tables; returns the version of the deletion and how many blobs went."""
    version = asyncio.run(context.pipeline.delete(project_id, deletes))
    stores = context.stores
    purged = purge(stores.analytics, stores.blobs, project_id, deletes, version)
    return version, purged["blobs"]


def _save(context: JobContext, erasure_id: str, work: Work) -> None:
    with context.stores.meta.begin() as session:
        session.get_one(Erasure, erasure_id).work = work


def _finish_piece(
    context: JobContext, erasure_id: str, counts: Mapping[str, int], items: list[str] | None
) -> None:
    with context.stores.meta.begin() as session:
        erasure = session.get_one(Erasure, erasure_id)
        erasure.work = None
        erasure.counts = {name: n for name, n in add_up(erasure.counts, counts).items() if n}
        if items:
            known = sorted({*erasure.kept.get("dataset_items", []), *items})
            erasure.kept = {"dataset_items": known[: notes.LISTED]}
