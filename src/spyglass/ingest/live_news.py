"""What the applier has to tell of a batch, by project."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spyglass.core.clock import iso_ms
from spyglass.core.records import Observation, Score, Trace
from spyglass.ingest.live import Change, News


@dataclass(frozen=True)
class Arrived:
    """Events of a project that were accepted, and when the last of them came."""

    project_id: str
    events: int
    received_us: int


def gather(
    arrived: Iterable[Arrived],
    traces: Sequence[tuple[Trace, bool]],
    observations: Iterable[Observation],
    scores: Iterable[Score],
) -> dict[str, News]:
    """`traces`: the rows that were written, each with whether the trace is new."""
    found: dict[str, News] = {}
    for each in arrived:
        news = found.setdefault(each.project_id, News())
        news.accepted += each.events
        news.last_us = max(news.last_us, each.received_us)
    for trace, is_new in traces:
        news = found.setdefault(trace.project_id, News())
        news.traces[trace.id] = describe(trace, is_new)
        news.touched[trace.id] += 1
        if trace.session_id:
            news.sessions[trace.session_id] += 1
    for row in observations:
        found.setdefault(row.project_id, News()).touched[row.trace_id] += 1
    for score in scores:
        news = found.setdefault(score.project_id, News())
        if score.trace_id:
            news.touched[score.trace_id] += 1
        if score.session_id:
            news.sessions[score.session_id] += 1
    return found


def describe(trace: Trace, is_new: bool) -> Change:
    """Enough for a list to tell whether the trace is one of its rows."""
    return {
        "id": trace.id,
        "time": iso_ms(trace.timestamp),
        "name": trace.name or None,
        "env": trace.environment,
        "user": trace.user_id or None,
        "session": trace.session_id or None,
        "level": _level(trace),
        "tags": trace.tags,
        "isNew": is_new,
    }


def deleted(trace_ids: Iterable[str]) -> News:
    ids = list(trace_ids)
    news = News(traces={id_: {"id": id_, "isNew": False, "deleted": True} for id_ in ids})
    news.touched.update(ids)
    return news


def _level(trace: Trace) -> str:
    if trace.error_count:
        return "ERROR"
    if trace.warning_count:
        return "WARNING"
    return "DEBUG" if trace.debug_count and not trace.default_count else "DEFAULT"
