"""URLs under which the bytes of media are stored and read, for whoever has just been given them.

They are of this server, or with `media.direct` of the bucket where that can sign (contract 5.1).
"""

from starlette.requests import Request

from spyglass.api.media_tokens import (
    PATH,
    UPLOAD_URL_EXPIRY_S,
    UploadTicket,
    download_token,
    upload_token,
)
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Media


def media_link(
    state: AppState, request: Request, project_id: str, media_id: str, *, own: bool = False
) -> tuple[str, str]:
    """(URL, until when it works as ISO 8601) to read a medium of this project that was uploaded. `own`: of this
    server in any case, for the web UI, whose pages load nothing from elsewhere."""
    expires_s = state.media.download_url_expiry_s
    expires_us = now_us() + expires_s * 1_000_000
    url = _direct_link(state, project_id, media_id, expires_s) if state.media.direct and not own else None
    if url is None:
        url = _own(state, request, download_token(state.session_secret, project_id, media_id, expires_us))
    return url, iso_ms(expires_us)


def upload_link(state: AppState, request: Request, ticket: UploadTicket, blob_key: str) -> str:
    """The URL to PUT the bytes of `ticket` to; it works for an hour."""
    url = None
    if state.media.direct:
        url = state.stores.blobs.link_for_writing(
            blob_key,
            UPLOAD_URL_EXPIRY_S,
            content_type=ticket.content_type,
            content_length=ticket.content_length,
            sha256=ticket.sha256,
        )
    return url or _own(state, request, upload_token(state.session_secret, ticket))


def _direct_link(state: AppState, project_id: str, media_id: str, expires_s: int) -> str | None:
    with state.stores.meta.read() as session:
        media = session.scalars(scoped(Media, project_id).where(Media.id == media_id)).one_or_none()
    return state.stores.blobs.link_for_reading(media.blob_key, expires_s) if media else None


def _own(state: AppState, request: Request, token: str) -> str:
    """Under the public address where one is set, else under the one that the client used itself."""
    return (state.url or str(request.base_url).rstrip("/")) + PATH + token
