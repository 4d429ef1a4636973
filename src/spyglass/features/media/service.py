"""Media as rows: announce an upload, note how it went, find. The bytes are a matter of `transfer.py`."""

import base64
from dataclasses import dataclass

from sqlalchemy.orm import Session

from spyglass.core.clock import from_us, now, now_us
from spyglass.core.errors import Conflict, Invalid, InvalidData, NotFound
from spyglass.core.ids import new_id
from spyglass.core.references import project_prefix
from spyglass.features.media.schemas import MediaPatchIn, MediaUploadIn
from spyglass.stores import Stores
from spyglass.stores.meta import Meta, scoped, update_scoped
from spyglass.stores.meta.tables import Media, MediaLink, Project

# The statuses of an upload that succeeded (contract 5.1).
DONE = (200, 201)
_MAX_ERROR_CHARACTERS = 2000


@dataclass(frozen=True)
class Announced:
    """A medium for which an upload was announced; `needed` says whether its bytes are still to come."""

    media_id: str
    blob_key: str
    needed: bool


def announce(meta: Meta, project_id: str, body: MediaUploadIn, max_content_length: int) -> Announced:
    """Make the row of the medium and the link to where it is referred to, unless they exist. Raises
    `InvalidData` for one that is too large."""
    if body.content_length > max_content_length:
        message = f"must be at most {max_content_length} bytes"
        raise InvalidData([{"code": "too_big", "path": ["contentLength"], "message": message}])
    try:
        return _announce(meta, project_id, body)
    except Conflict:  # somebody announced the same at the same moment; what they wrote is found now
        return _announce(meta, project_id, body)


def record_upload(stores: Stores, project_id: str, media_id: str, body: MediaPatchIn) -> None:
    """Note what a client says about its upload. Raises `NotFound`, and `Invalid` when it says that bytes arrived
    which are not there: the next upload of the same content would be skipped for ever."""
    media = find_media(stores.meta, project_id, media_id)
    done = body.upload_http_status in DONE
    if done and stores.blobs.size(media.blob_key) != media.content_length:
        raise Invalid("The upload is reported as done, but its bytes did not arrive; upload them again")
    if not done and media.upload_status in DONE:
        return  # a repeated upload failed; the bytes of the first are there
    mark(
        stores.meta,
        media,
        uploaded_us=body.uploaded_at,
        status=body.upload_http_status,
        error=None if done else _cleaned(body.upload_http_error),
    )


def find_media(meta: Meta, project_id: str, media_id: str) -> Media:
    """Raises `NotFound`."""
    if "\0" in media_id:
        raise NotFound("Media not found")
    with meta.read() as session:
        media = session.scalars(scoped(Media, project_id).where(Media.id == media_id)).one_or_none()
        project = session.get(Project, project_id)
    if media is None or project is None or project.deleted_at is not None:
        raise NotFound("Media not found")
    return media


def read_media(meta: Meta, project_id: str, media_id: str) -> Media:
    """A medium whose bytes can be read. Raises `NotFound` also before its upload, and when that failed."""
    media = find_media(meta, project_id, media_id)
    if media.uploaded_at is None or media.upload_status is None:
        raise NotFound("Media not uploaded yet")
    if media.upload_status not in DONE:
        raise NotFound(f"The upload of the media failed with status {media.upload_status}")
    return media


def mark(meta: Meta, media: Media, *, uploaded_us: int, status: int, error: str | None, **facts: int) -> None:
    """Raises `NotFound` when the row was deleted meanwhile, even if another one of its id exists now."""
    values = {"uploaded_at": from_us(uploaded_us), "upload_status": status, "upload_error": error, **facts}
    with meta.begin() as session:
        statement = (
            update_scoped(Media, media.project_id)
            .where(Media.id == media.id, Media.blob_key == media.blob_key)
            .values(**values, updated_at=now())
        )
        if session.scalar(statement.returning(Media.id)) is None:
            raise NotFound("Media not found")


def mark_arrived(stores: Stores, media: Media, content_length: int) -> None:
    """Note that this server has stored and checked the bytes, so many: another announcement of them may have been
    wrong. Where the medium was deleted meanwhile, they go too."""
    facts = {"content_length": content_length}
    try:
        mark(stores.meta, media, uploaded_us=now_us(), status=200, error=None, **facts)
    except NotFound:
        stores.blobs.delete(media.blob_key)
        raise


def _announce(meta: Meta, project_id: str, body: MediaUploadIn) -> Announced:
    with meta.begin() as session:
        statement = scoped(Media, project_id).where(Media.sha256 == body.sha256_hash)
        media = session.scalars(statement.with_for_update()).one_or_none()
        if media is None:
            media = Media(
                project_id=project_id,
                id=_media_id(body.sha256_hash),
                sha256=body.sha256_hash,
                content_type=body.content_type,
                content_length=body.content_length,
                # A name that never comes again: deleting the blob of a deleted medium cannot hit a later one.
                blob_key=f"{project_prefix(project_id)}/media/{new_id()}",
            )
            session.add(media)
        there = media.upload_status == 200 and media.content_type == body.content_type
        media.content_type = body.content_type
        if media.upload_status not in DONE:
            media.content_length = body.content_length
        _link(session, project_id, media.id, body)
        session.flush()
        return Announced(media.id, media.blob_key, not there)


def _link(session: Session, project_id: str, media_id: str, body: MediaUploadIn) -> None:
    place = {
        "trace_id": body.trace_id or "",
        "observation_id": body.observation_id or "",
        "dataset_item_id": body.dataset_item_id or "",
        "field": body.field,
    }
    statement = scoped(MediaLink, project_id).where(MediaLink.media_id == media_id).filter_by(**place)
    if session.scalars(statement).one_or_none() is None:
        session.add(
            MediaLink(project_id=project_id, media_id=media_id, dataset_id=body.dataset_id or "", **place)
        )


def _media_id(sha256: str) -> str:
    """What SDKs make of the same hash, before they have asked (contract 5.1)."""
    return base64.urlsafe_b64encode(base64.b64decode(sha256)).decode()[:22]


def _cleaned(text: str | None) -> str | None:
    """What a database can hold of it."""
    if not text:
        return None
    return text[:_MAX_ERROR_CHARACTERS].replace("\0", "").encode("utf-8", "replace").decode()
