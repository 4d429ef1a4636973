"""Removes media that nothing refers to any more: the blob first, then the row, so that a repeat finds both or none."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from spyglass.stores import Stores
from spyglass.stores.blobs import Blobs
from spyglass.stores.meta.erasures import linked_media
from spyglass.stores.meta.tables import Media


def drop_unlinked(session: Session, blobs: Blobs, project_id: str, media_id: str) -> bool:
    """Whether it is gone now. Within the caller's transaction, so that no link appears in between."""
    medium = session.get(Media, (project_id, media_id), with_for_update=True)
    if medium is None or linked_media(session, project_id, [media_id]):
        return False
    blobs.delete(medium.blob_key)
    session.delete(medium)
    return True


def remove_unlinked(stores: Stores, project_id: str, media_ids: Iterable[str]) -> int:
    """Returns how many are gone now; each in a transaction of its own."""
    count = 0
    for media_id in media_ids:
        with stores.meta.begin() as session:
            count += drop_unlinked(session, stores.blobs, project_id, media_id)
    return count
