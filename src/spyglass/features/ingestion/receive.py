"""From an HTTP request to the pipeline: read within limits, decode (in a thread when large), submit.

Every write route passes here, so that what is refused is counted and what is logged can be decoded again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from spyglass.api.callers import Caller, project_of
from spyglass.api.state import state_of
from spyglass.core.clock import now_us
from spyglass.core.errors import SpyglassError, TooSlow
from spyglass.core.records import Arrival
from spyglass.ingest.accept import inflate, log_headers, pack, read_body, read_client
from spyglass.ingest.dialects import DIALECTS
from spyglass.ingest.pipeline import Pipeline, Submission

# Below these the decoder is done before another thread would have begun.
_INLINE_BYTES = 32 << 10
_INLINE_COMPRESSED_BYTES = 4 << 10


async def receive(
    request: Request, caller: Caller, dialect: str, limit_bytes: int, **facts: str
) -> Submission:
    """The request, read and decoded, not submitted yet. `facts` go to the log for the dialect. Raises
    `TooLarge`, `UnsupportedEncoding`, or the `Invalid` of the dialect."""
    state = state_of(request)
    async with _counted(state.pipeline):
        body = await _read(request, limit_bytes, state.accept.body_timeout_s)
        sdk_name, sdk_version = read_client(request.headers)
        arrival = Arrival(
            project_id=project_of(caller),
            received_us=now_us(),
            public_key=caller.public_key,
            sdk_name=sdk_name,
            sdk_version=sdk_version,
        )
        encoding = request.headers.get("content-encoding", "")

        def make() -> Submission:
            plain = inflate(body, encoding, limit_bytes)
            decoded = DIALECTS[dialect](plain, log_headers(arrival, **facts), arrival)
            packed, packing = pack(body, encoding)
            headers = log_headers(arrival, encoding=packing, **facts)
            return Submission(dialect, packed, headers, arrival, decoded)

        inline = len(body) < (_INLINE_COMPRESSED_BYTES if encoding else _INLINE_BYTES)
        with state.pipeline.carry(len(body), state.accept.in_flight_bytes):
            return make() if inline else await run_in_threadpool(make)


async def submit(pipeline: Pipeline, submission: Submission) -> None:
    """Returns when what was accepted is durable. A request of which nothing is left is only counted."""
    decoded = submission.decoded
    if decoded.observations or decoded.patches:
        await pipeline.submit(submission)
        return
    for rejection in decoded.rejections:
        pipeline.count_refused(f"status_{rejection.status}", 1)


async def discard(request: Request, limit_bytes: int) -> None:
    """Read the body to its end and forget it."""
    await _read(request, limit_bytes, state_of(request).accept.body_timeout_s)


async def _read(request: Request, limit_bytes: int, timeout_s: int) -> bytes:
    try:
        async with asyncio.timeout(timeout_s):
            return await read_body(request.stream(), request.headers.get("content-length"), limit_bytes)
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {timeout_s} seconds") from None


@asynccontextmanager
async def _counted(pipeline: Pipeline) -> AsyncIterator[None]:
    """Whole requests that are refused count as one event: how many were in them nobody knows."""
    try:
        yield
    except SpyglassError as error:
        pipeline.count_refused(f"status_{error.status}", 1)
        raise
