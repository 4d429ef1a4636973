"""What the world may see of a published trace: the trace itself, and nothing of the project around it.

Left out are the people (who wrote, who rated, whose request it was), what they said, and what leads elsewhere.
"""

from typing import Any

from sqlalchemy import select
from starlette.requests import Request

from spyglass.api.media_links import media_link
from spyglass.api.state import AppState
from spyglass.core.errors import NotFound
from spyglass.features.trace_view import heads, spans
from spyglass.query.presence import list_publishers
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Media, MediaLink, Project

_UPLOADED = (200, 201)
_HIDDEN_OF_TRACE: dict[str, Any] = {"user": None, "session": None, "bookmarked": False, "comments": 0}
_HIDDEN_OF_SPAN: dict[str, Any] = {"user": None, "session": None, "experiment": None, "comments": 0}
_WORDS = frozenset({"TEXT", "CORRECTION"})  # kinds of scores whose value is a text that somebody wrote
_HIDDEN_OF_SCORE: dict[str, Any] = {
    "author": None,
    "authorUserId": None,
    "configId": None,
    "executionTraceId": None,
}


def find_publisher(state: AppState, trace_id: str, project_id: str | None) -> str:
    """The project that has published a trace. Raises `NotFound`, with the same words for a trace that is not
    published, for one that is not there, and for an id that several projects have published when none is named."""
    with state.stores.meta.read() as session:
        there = select(Project.id).where(Project.deleted_at.is_(None))
        if project_id is not None:
            there = there.where(Project.id == project_id)
        projects = list(session.scalars(there))
    found = list_publishers(state.stores.analytics, projects, trace_id)
    if len(found) != 1:
        raise NotFound("This trace is not here, or it is not published")
    return found[0]


def read_trace(state: AppState, project_id: str, trace_id: str, near_us: int | None) -> dict[str, Any]:
    found = heads.read_head(state, project_id, trace_id, near_us)
    return {**found, **_HIDDEN_OF_TRACE, "scores": _shown(found["scores"])}


def read_span(
    state: AppState, project_id: str, trace_id: str, span_id: str, near_us: int | None
) -> dict[str, Any]:
    found = spans.read_span(state, project_id, trace_id, span_id, near_us)
    return {**found, **_HIDDEN_OF_SPAN, "scores": _shown(found["scores"])}


def _shown(scores: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What an evaluator or the program says of a score belongs to it; what a person says is theirs: their comment, and
    a score that is nothing but their words."""
    shown = []
    for score in scores:
        by_person = score["source"] == "ANNOTATION"
        if not by_person or score["dataType"] not in _WORDS:
            shown.append({**score, **_HIDDEN_OF_SCORE, "comment": None if by_person else score["comment"]})
    return shown


def read_media(
    state: AppState, request: Request, project_id: str, trace_id: str, media_id: str
) -> dict[str, Any]:
    """A medium that the trace or one of its observations refers to, with a link to its bytes. Raises `NotFound`."""
    link = scoped(MediaLink, project_id).where(MediaLink.trace_id == trace_id, MediaLink.media_id == media_id)
    with state.stores.meta.read() as session:
        media = None
        if session.scalars(link.limit(1)).first() is not None:
            media = session.scalars(scoped(Media, project_id).where(Media.id == media_id)).one_or_none()
    if media is None or media.uploaded_at is None or media.upload_status not in _UPLOADED:
        raise NotFound("Media not found")
    url, expiry = media_link(state, request, project_id, media.id, own=True)
    return {
        "mediaId": media.id,
        "contentType": media.content_type,
        "contentLength": media.content_length,
        "url": url,
        "urlExpiry": expiry,
    }
