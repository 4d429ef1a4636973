"""Texts as readers get them: a reference to the blob store becomes the whole text."""

import codecs
import logging

from spyglass.core.errors import NotFound
from spyglass.core.references import head_of, read_reference, size_of
from spyglass.stores.blobs import Blobs

log = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 20


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


def read_slice(text: str, project_id: str, blobs: Blobs, start: int, end: int) -> tuple[str, int]:
    """The characters from `start` up to `end` of the whole text behind a stored one, and how many it has. A large one
    passes through in chunks; no more than the slice is held."""
    key = read_reference(text, project_id)
    if key is None:
        return text[start:end], len(text)
    try:
        chunks = blobs.chunks(key, 0, size_of(text) or 0, _CHUNK_BYTES)
    except NotFound:
        log.error("the blob %s of an offloaded text is missing", key)
        head = head_of(text)
        return head[start:end], len(head)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    parts: list[str] = []
    passed = 0
    for chunk in chunks:
        piece = decode(chunk)
        if passed < end and passed + len(piece) > start:
            parts.append(piece[max(start - passed, 0) : end - passed])
        passed += len(piece)
    return "".join(parts), passed
