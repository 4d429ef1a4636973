"""From an HTTP request to the pipeline: read within limits, decode (in a thread when large), submit.

Every write route passes here, so that what is refused is counted and taken down, and what is logged can be
decoded again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from spyglass.api.callers import Caller, project_of
from spyglass.api.state import AppState, state_of
from spyglass.core.clock import now_us
from spyglass.core.errors import SpyglassError, TooSlow
from spyglass.core.records import Arrival
from spyglass.features.ingestion.refusals import describe_refusal
from spyglass.ingest import score_rules
from spyglass.ingest.accept import inflate, log_headers, pack, read_body, read_client
from spyglass.ingest.dialects import DIALECTS
from spyglass.ingest.pipeline import Submission

# Below these the decoder is done before another thread would have begun.
_INLINE_BYTES = 32 << 10
_INLINE_COMPRESSED_BYTES = 4 << 10


async def receive(
    request: Request, caller: Caller, dialect: str, limit_bytes: int, **facts: str
) -> Submission:
    """The request, read and decoded, not submitted yet. `facts` go to the log for the dialect. Raises
    `TooLarge`, `UnsupportedEncoding`, or the `Invalid` of the dialect."""
    state = state_of(request)
    async with refusing(request, caller, facts.get("entity", "")) as refused:
        body = await _read(request, limit_bytes, state.accept.body_timeout_s)
        refused.body = body
        arrival = arrival_of(request, caller)
        encoding = request.headers.get("content-encoding", "")

        def make(may_wait: bool) -> Submission:
            plain = inflate(body, encoding, limit_bytes)
            rules = score_rules.RuleFinder(
                lambda: state.score_rules.get(arrival.project_id), may_wait=may_wait
            )
            knowing = msgspec.structs.replace(arrival, find_rule=rules)
            decoded = DIALECTS[dialect](plain, log_headers(arrival, **facts), knowing)
            packed, packing = pack(body, encoding)
            kept = {**facts, score_rules.HEADER: rules.remember(decoded)}
            headers = log_headers(arrival, encoding=packing, **kept)
            return Submission(dialect, packed, headers, arrival, decoded)

        inline = len(body) < (_INLINE_COMPRESSED_BYTES if encoding else _INLINE_BYTES)
        with state.pipeline.carry(len(body), state.accept.in_flight_bytes):
            if inline:
                try:
                    return make(False)
                except score_rules.MustWait:
                    pass
            return await run_in_threadpool(make, True)


def arrival_of(request: Request, caller: Caller) -> Arrival:
    sdk_name, sdk_version = read_client(request.headers)
    return Arrival(
        project_id=project_of(caller),
        received_us=now_us(),
        public_key=caller.public_key,
        sdk_name=sdk_name,
        sdk_version=sdk_version,
        author_user_id=caller.user_id,
    )


async def submit(state: AppState, submission: Submission) -> None:
    """Returns when what was accepted is durable. A request of which nothing is left is only counted."""
    decoded = submission.decoded
    if decoded.observations or decoded.patches:
        await state.pipeline.submit(submission)
    else:
        for rejection in decoded.rejections:
            state.pipeline.count_refused(f"status_{rejection.status}", 1)
    state.rejections.record(submission.arrival, decoded.rejections)


async def discard(request: Request, limit_bytes: int) -> None:
    """Read the body to its end and forget it."""
    await _read(request, limit_bytes, state_of(request).accept.body_timeout_s)


async def _read(request: Request, limit_bytes: int, timeout_s: int) -> bytes:
    try:
        async with asyncio.timeout(timeout_s):
            return await read_body(request.stream(), request.headers.get("content-length"), limit_bytes)
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {timeout_s} seconds") from None


@dataclass
class Refusable:
    """A request that may still be refused as a whole, and what is known of it by then."""

    body: bytes = b""


@asynccontextmanager
async def refusing(request: Request, caller: Caller, entity: str = "") -> AsyncIterator[Refusable]:
    """Whole requests that are refused count as one event: how many were in them nobody knows."""
    refusable = Refusable()
    try:
        yield refusable
    except SpyglassError as error:
        state = state_of(request)
        state.pipeline.count_refused(f"status_{error.status}", 1)
        if not error.retryable:
            refusal = describe_refusal(error, entity, refusable.body)
            state.rejections.record(arrival_of(request, caller), [refusal])
        raise
