"""References from a row to a text in the blob store: `@@@spyglassBlob:key=<key>|bytes=<n>@@@` and the head of
the text. Pure: who moves texts out is `ingest/offload.py`, who brings them back is `query/bodies.py`.
"""

import hashlib
import re

MARKER = "@@@spyglassBlob:"
_REFERENCE = re.compile(r"@@@spyglassBlob:key=([\w./-]+)\|bytes=(\d+)@@@", re.ASCII)


def project_prefix(project_id: str) -> str:
    """Where the blobs of a project's texts lie."""
    return "bodies/" + hashlib.sha256(project_id.encode()).hexdigest()[:24]


def read_reference(text: str, project_id: str) -> str | None:
    """The blob key that a stored text refers to, or None when it is no reference of this project."""
    if not text.startswith(MARKER):
        return None
    match = _REFERENCE.match(text)
    if match is None or not match[1].startswith(project_prefix(project_id) + "/"):
        return None
    return match[1]


def head_of(text: str) -> str:
    """What the row itself keeps of a referenced text, or the text."""
    match = _REFERENCE.match(text)
    return text[match.end() :] if match else text


def size_of(text: str) -> int | None:
    """How many bytes a referenced text has, or None when the text is no reference."""
    match = _REFERENCE.match(text)
    return int(match[2]) if match else None
