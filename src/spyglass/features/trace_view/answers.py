"""Answers that the reads of members and of visitors share."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from isal import igzip
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.reads import read_while_connected
from spyglass.api.state import state_of
from spyglass.features.trace_view.skeletons import SkeletonAsked
from spyglass.stores.analytics import Ticket

# Of what is published: to be read by those who got the link, not to be found.
NO_INDEX = {"x-robots-tag": "noindex, nofollow"}
TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The characters"}
}

_SMALL_BYTES = 4096


async def answer_skeleton(
    request: Request, asked: SkeletonAsked, since: int | None, more: Mapping[str, str] | None = None
) -> Response:
    """The columns, or 304 for who has them."""
    known = {
        "etag": asked.etag,
        "cache-control": "private, no-cache",
        "vary": "Accept-Encoding, Cookie",
        **(more or {}),
    }
    if request.headers.get("if-none-match") == asked.etag:
        return Response(status_code=304, headers=known)
    return await answer_columns(request, lambda ticket: asked.read(since, ticket), known)


async def answer_columns(
    request: Request, read: Callable[[Ticket], dict[str, Any]], headers: Mapping[str, str] | None = None
) -> Response:
    """The columns that `read` gives, which ends when the asker leaves."""
    found = await read_while_connected(request, state_of(request).stores.analytics, read)
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    return await run_in_threadpool(_pack, found, dict(headers or {}), accepts_gzip)


def _pack(found: dict[str, Any], headers: dict[str, str], gzip: bool) -> Response:
    """The fastest level: megabytes in some milliseconds."""
    answer = FastJSON(found, headers=headers)
    if gzip and len(answer.body) > _SMALL_BYTES:
        answer.body = igzip.compress(bytes(answer.body), 1)
        answer.headers["content-length"] = str(len(answer.body))
        answer.headers["content-encoding"] = "gzip"
    return answer


def answer_text(text: str, total: int, more: Mapping[str, str] | None = None) -> Response:
    """A piece of a text of `total` characters; never shown as a page of this origin, whatever is in it."""
    headers = {"x-total-length": str(total), "content-security-policy": "sandbox", **(more or {})}
    return Response(text, media_type="text/plain", headers=headers)
