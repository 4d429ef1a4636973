"""`/media`: announce an upload, say how it went, get a link. And the two routes of this server that move the bytes:
they take no key, because their link says what it permits, to whom it was given, and until when.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Ingester, Reader, project_of
from spyglass.api.media_links import media_link, upload_link
from spyglass.api.media_tokens import UploadTicket, read_download_token, read_upload_token
from spyglass.api.openapi import errors
from spyglass.api.schemas import MessageOut
from spyglass.api.state import state_of
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Forbidden
from spyglass.features.media import service, transfer
from spyglass.features.media.schemas import MediaOut, MediaPatchIn, MediaUploadIn, MediaUploadOut

router = APIRouter(prefix="/api/public", tags=["Media"])

_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.post("/media", status_code=201, response_model=MediaUploadOut, responses=errors(400, 401, 403, 503))
def create_media_upload(request: Request, caller: Ingester, body: MediaUploadIn) -> Response:
    """Announce a file: its id, and where to PUT its bytes unless they are here already."""
    state, project_id = state_of(request), project_of(caller)
    found = service.announce(state.stores.meta, project_id, body, state.media.max_content_length)
    url = None
    if found.needed:
        ticket = UploadTicket(
            project_id, found.media_id, body.content_type, body.content_length, body.sha256_hash
        )
        url = upload_link(state, request, ticket, found.blob_key)
    return FastJSON({"mediaId": found.media_id, "uploadUrl": url}, status_code=201)


@router.patch("/media/{media_id}", response_model=MessageOut, responses=errors(400, 401, 403, 404, 503))
def update_media(request: Request, caller: Ingester, media_id: str, body: MediaPatchIn) -> Response:
    """Say how the upload went."""
    service.record_upload(state_of(request).stores, project_of(caller), media_id, body)
    return FastJSON({"message": "OK"})


@router.get("/media/{media_id}", response_model=MediaOut, responses=errors(401, 403, 404, 503))
def get_media(request: Request, caller: Reader, media_id: str) -> Response:
    """An uploaded file, with a link to its bytes."""
    state, project_id = state_of(request), project_of(caller)
    media = service.read_media(state.stores.meta, project_id, media_id)
    url, expiry = media_link(state, request, project_id, media.id, own=bool(caller.user_id))
    assert media.uploaded_at is not None
    return FastJSON(
        {
            "mediaId": media.id,
            "contentType": media.content_type,
            "contentLength": media.content_length,
            "uploadedAt": iso_ms(to_us(media.uploaded_at)),
            "url": url,
            "urlExpiry": expiry,
        }
    )


@router.put(
    "/spyglass/media/{token}",
    response_class=Response,
    responses=errors(400, 403, 404, 503),
    openapi_extra={"requestBody": {"required": True, **_BYTES}},
)
async def upload_media_bytes(request: Request, token: str) -> Response:
    """Store the bytes that were announced. Needs no key: the link is the permission. May be repeated."""
    state = state_of(request)
    ticket = read_upload_token(state.session_secret, token)
    if ticket is None:
        raise Forbidden("The upload link is not valid or has expired")
    await transfer.take_in(state, request, ticket)
    return Response(status_code=200)


@router.get(
    "/spyglass/media/{token}",
    response_class=Response,
    responses={200: _BYTES, 206: {**_BYTES, "description": "A part of it"}, **errors(403, 404, 503)},
)
def download_media_bytes(request: Request, token: str) -> Response:
    """The bytes of a file. Needs no key: the link is the permission."""
    state = state_of(request)
    ticket = read_download_token(state.session_secret, token)
    if ticket is None:
        raise Forbidden("The link is not valid or has expired")
    return transfer.give_out(state, request, ticket)
