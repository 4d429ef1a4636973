"""Large texts leave the row: the whole goes to the blob store, the row keeps a reference and the head
(`core/references.py` has the form).

    <project>/<trace>/<observation, or the trace itself>/<version of the row>-<hash of the text>

The blobs of a deleted trace are found by its folder, also those of rows that were replaced since and of which the
tables know nothing any more; the version tells them from what was sent again afterwards. A text from outside that
looks like a reference is moved too: a reference in a row is always ours and within its trace.
"""

import hashlib
import logging

from spyglass.core.errors import NotFound
from spyglass.core.records import Observation, Trace
from spyglass.core.references import MARKER, project_prefix, read_reference
from spyglass.stores.blobs import Blobs

log = logging.getLogger(__name__)

HEAD_CHARACTERS = 2000


def offload(row: Observation | Trace, blobs: Blobs, limit_bytes: int) -> None:
    """Move each text of the row that is longer than `limit_bytes`."""
    row.input = _moved(row.input, row, blobs, limit_bytes)
    row.output = _moved(row.output, row, blobs, limit_bytes)
    for key, text in row.metadata.items():
        moved = _moved(text, row, blobs, limit_bytes)
        if moved is not text:
            row.metadata = {**row.metadata, key: moved}


def bring_back(text: str, project_id: str, blobs: Blobs) -> str:
    """The whole text of a stored one. Where the blob is gone, the reference itself: nothing gets worse."""
    key = read_reference(text, project_id)
    if key is None:
        return text
    try:
        return blobs.get(key).decode()
    except NotFound:
        log.error("the blob %s of an offloaded text is missing", key)
        return text


def folder(project_id: str, trace_id: str) -> str:
    """Where the blobs of a trace and of its observations lie."""
    return f"{project_prefix(project_id)}/{_name(trace_id)}"


def _place(row: Observation | Trace) -> str:
    """The folder of a record. Its name is also made in `jobs/retention_blobs.py`."""
    trace_id, observation_id = (row.trace_id, row.id) if isinstance(row, Observation) else (row.id, "")
    name = _name(f"{trace_id}\n{observation_id}")
    return f"{folder(row.project_id, trace_id)}/{name}"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def version_of(key: str) -> int:
    """The version of the row that wrote this blob."""
    return int(key.rsplit("/", 1)[1].split("-", 1)[0], 16)


def _moved(text: str, row: Observation | Trace, blobs: Blobs, limit_bytes: int) -> str:
    pretends = text.startswith(MARKER)
    if len(text) * 4 <= limit_bytes and not pretends:
        return text
    place = _place(row)
    if pretends:
        key = read_reference(text, row.project_id)
        if key is not None and blobs.exists(key):
            if key.startswith(place.rpartition("/")[0] + "/"):
                return text
            text = bring_back(text, row.project_id, blobs)  # of an observation that is in another trace now
    data = text.encode()
    if len(data) <= limit_bytes and not pretends:
        return text
    key = f"{place}/{row.version_seq:016x}-{hashlib.sha256(data).hexdigest()[:32]}"
    if not blobs.exists(key):
        blobs.put(key, data)
    return f"{MARKER}key={key}|bytes={len(data)}@@@{text[:HEAD_CHARACTERS]}"
