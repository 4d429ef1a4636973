"""Texts as readers get them: a reference to the blob store becomes the whole text."""

import logging

from spyglass.core.errors import NotFound
from spyglass.core.references import head_of, read_reference
from spyglass.stores.blobs import Blobs

log = logging.getLogger(__name__)


def resolve_text(text: str, project_id: str, blobs: Blobs) -> str:
    """The whole text behind a stored one. A blob that is gone leaves the head, with a line in the log."""
    key = read_reference(text, project_id)
    if key is None:
        return text
    try:
        return blobs.get(key).decode()
    except NotFound:
        log.error("the blob %s of an offloaded text is missing", key)
        return head_of(text)


def resolve_texts(texts: dict[str, str], project_id: str, blobs: Blobs) -> dict[str, str]:
    """The same for every value of a metadata map."""
    return {key: resolve_text(text, project_id, blobs) for key, text in texts.items()}
