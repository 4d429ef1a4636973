"""Edits of traces through the way in, like all that changes a trace: durable and readable on return."""

from collections.abc import Sequence

from spyglass.core.clock import now_us
from spyglass.core.errors import Unavailable
from spyglass.core.records import Arrival
from spyglass.ingest.dialects import DIALECTS, EDIT
from spyglass.ingest.dialects.edits import TraceEdit, encode
from spyglass.ingest.pipeline import Pipeline, Submission


async def edit_traces(pipeline: Pipeline, project_id: str, edits: Sequence[TraceEdit]) -> None:
    """Apply `edits` to traces of the project that exist (the caller checks that). Raises `Unavailable` when that is
    not done yet; repeating it does no harm."""
    arrival = Arrival(project_id=project_id, received_us=now_us())
    body = encode(list(edits))
    decoded = DIALECTS[EDIT](body, {}, arrival)
    seq = await pipeline.submit(Submission(EDIT, body, {}, arrival, decoded))
    if not await pipeline.applied(seq):
        raise Unavailable("The change is recorded and will be done; it is not visible yet")
