"""The bytes of media over HTTP, for whoever has a link: in, piece by piece to a file; out, piece by piece, whole or
a range. Memory holds a piece at a time, whatever the size.
"""

import asyncio
import base64
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from spyglass.api.media_tokens import UPLOAD_URL_EXPIRY_S, DownloadTicket, UploadTicket
from spyglass.api.state import AppState
from spyglass.core.clock import now_us
from spyglass.core.errors import Damaged, Invalid, NotFound, TooSlow
from spyglass.features.media.content_types import disposition
from spyglass.features.media.service import find_media, mark_arrived, read_media
from spyglass.stores.meta.tables import Media
from spyglass.stores.uploads import Upload

log = logging.getLogger(__name__)

_PIECE_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

# Whatever the bytes are: no script, no plug-in, no guess at another type, no look at the session of a reader.
# Pages may show a medium that they have a link to, whatever address they come from.
_SANDBOX = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
}


async def take_in(state: AppState, request: Request, ticket: UploadTicket) -> None:
    """Store the body of a request as what its link permits. Raises `Invalid` for anything else, `NotFound` when
    the medium was deleted, `TooSlow` and `Unavailable`; then nothing is stored."""
    _check_headers(request, ticket)
    state.pipeline.check_room()
    media = await run_in_threadpool(find_media, state.stores.meta, ticket.project_id, ticket.media_id)
    with Upload(state.stores.blobs, ticket.content_length, ticket.sha256) as upload:
        try:
            async with asyncio.timeout(UPLOAD_URL_EXPIRY_S):
                async for piece in _pieces(request.stream(), state.accept.body_timeout_s):
                    await run_in_threadpool(upload.write, piece)
        except TimeoutError:
            raise TooSlow("The upload did not arrive in time") from None
        await run_in_threadpool(upload.store, media.blob_key, ticket.content_type)
    await run_in_threadpool(mark_arrived, state.stores, media, ticket.content_length)


def give_out(state: AppState, request: Request, ticket: DownloadTicket) -> Response:
    """The medium, or the part of it that a `Range` header asks for; 304 and 416 as HTTP has them."""
    media = read_media(state.stores.meta, ticket.project_id, ticket.media_id)
    etag = f'"{base64.b64decode(media.sha256).hex()}"'
    left_s = max(0, (ticket.expires_us - now_us()) // 1_000_000)
    headers = {
        **_SANDBOX,
        "content-type": media.content_type,
        "content-disposition": disposition(media.id, media.content_type),
        "cache-control": f"private, max-age={left_s}",
        "etag": etag,
        "accept-ranges": "bytes",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    size = media.content_length
    wanted = request.headers.get("range", "")
    if request.headers.get("if-range", etag) != etag:
        wanted = ""
    asked = read_range(wanted, size)
    if asked is None:
        return _whole(state, media, headers)
    start, end = asked
    if start >= end:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
    headers |= {"content-range": f"bytes {start}-{end - 1}/{size}", "content-length": str(end - start)}
    return StreamingResponse(_chunks(state, media, start, end), status_code=206, headers=headers)


def read_range(text: str, size: int) -> tuple[int, int] | None:
    """[start, end) that a Range header asks for; an empty one cannot be satisfied. None for no header and for
    what a server may ignore: several ranges, other units, nonsense."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:  # the last so many bytes
        return max(0, size - int(match[2])), size
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    end = min(int(match[2]) + 1, size) if match[2] else size
    return start, end


def _whole(state: AppState, media: Media, headers: dict[str, str]) -> Response:
    chunks = _verified(_chunks(state, media, 0, media.content_length), media)
    if media.content_length <= _PIECE_BYTES:
        return Response(b"".join(chunks), headers=headers)
    headers |= {"content-length": str(media.content_length)}
    return StreamingResponse(chunks, headers=headers)


def _chunks(state: AppState, media: Media, start: int, end: int) -> Iterator[bytes]:
    try:
        return state.stores.blobs.chunks(media.blob_key, start, end, _PIECE_BYTES)
    except NotFound:
        log.error("the blob %s of medium %s is missing", media.blob_key, media.id)
        raise NotFound("The bytes of the media are missing") from None


def _verified(chunks: Iterator[bytes], media: Media) -> Iterator[bytes]:
    """The chunks, the last one only when all of them have the hash of the medium: who reads damaged bytes gets
    an error or a broken connection, not a wrong file (F05)."""
    found, held = hashlib.sha256(), b""
    for chunk in chunks:
        if held:
            yield held
        found.update(chunk)
        held = chunk
    if base64.b64encode(found.digest()).decode() != media.sha256:
        log.error("the blob %s of medium %s is damaged: its hash is another", media.blob_key, media.id)
        raise Damaged("The bytes of the media are damaged; upload them again or restore a backup")
    yield held


async def _pieces(stream: AsyncIterator[bytes], idle_s: int) -> AsyncIterator[bytes]:
    """The body in pieces worth a thread each. Raises TimeoutError when nothing arrives for `idle_s` seconds."""
    waiting: list[bytes] = []
    size = 0
    chunks = aiter(stream)
    while True:
        try:
            async with asyncio.timeout(idle_s):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            break
        waiting.append(chunk)
        size += len(chunk)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)


def _check_headers(request: Request, ticket: UploadTicket) -> None:
    """What a client states must be what it announced; it need not state it, because the bytes are checked."""
    expected = {
        "content-type": ticket.content_type,
        "content-length": str(ticket.content_length),
        "x-amz-checksum-sha256": ticket.sha256,
    }
    for name, value in expected.items():
        given = request.headers.get(name)
        if given is not None and given.strip() != value:
            raise Invalid(f"The header {name} must be {value}, as announced; it is {given[:200]!r}")
