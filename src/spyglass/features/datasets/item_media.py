"""Links an item to the media that it mentions, so that they outlive the trace that they came with."""

from sqlalchemy.orm import Session

from spyglass.features.datasets.media_references import find_mentioned
from spyglass.features.datasets.rendering import content_of
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import DatasetItem, Media, MediaLink


def link_media(session: Session, row: DatasetItem) -> None:
    """Within the transaction that writes a state of the item. Links of former states stay: they can be read."""
    wanted = {
        (media_id, field) for field, value in content_of(row).items() for media_id in find_mentioned(value)
    }
    if not wanted:
        return
    ids = sorted({media_id for media_id, _ in wanted})
    # Locked: a deletion looks for links of a medium under the same lock.
    known = scoped(Media, row.project_id).where(Media.id.in_(ids)).order_by(Media.id).with_for_update()
    found = {medium.id for medium in session.scalars(known)}
    links = scoped(MediaLink, row.project_id).where(MediaLink.dataset_item_id == row.id)
    there = {(link.media_id, link.field) for link in session.scalars(links)}
    for media_id, field in sorted(wanted - there):
        if media_id in found:
            link = MediaLink(project_id=row.project_id, media_id=media_id, field=field)
            link.dataset_id, link.dataset_item_id = row.dataset_id, row.id
            session.add(link)
