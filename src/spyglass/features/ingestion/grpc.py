"""OTLP over gRPC: `TraceService/Export` on a port of its own, with the keys, decoder and pipeline of HTTP.

The request stays bytes, because they are what the log keeps. Statuses: UNAUTHENTICATED, PERMISSION_DENIED,
INVALID_ARGUMENT, RESOURCE_EXHAUSTED (too large), UNAVAILABLE with the delay after which to try again.
"""

import asyncio
import logging
from typing import Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration

from spyglass.api.callers import Caller, authenticate, check_permission, project_of
from spyglass.api.limits import INGESTION, check_limit
from spyglass.api.state import AppState
from spyglass.core.clock import now_us
from spyglass.core.errors import Forbidden, Invalid, SpyglassError, TooLarge, Unauthorized
from spyglass.core.permissions import Permission
from spyglass.core.records import Arrival
from spyglass.features.ingestion.receive import submit
from spyglass.features.ingestion.refusals import describe_refusal
from spyglass.ingest.accept import log_headers, pack, read_client
from spyglass.ingest.dialects import DIALECTS, OTLP_PROTOBUF, otlp
from spyglass.ingest.pipeline import Submission

log = logging.getLogger(__name__)

_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
_RETRY_S = 1
_INLINE_BYTES = 32 << 10


async def serve_grpc(state: AppState, host: str, port: int) -> Any:
    """A started `grpc.aio` server; `await server.stop(grace)` ends it. Port 0 picks a free one, which is then
    in `server.spyglass_port`."""
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", state.accept.otlp_body_bytes)])
    export = grpc.unary_unary_rpc_method_handler(_Exporter(state).export)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Export": export}),))
    server.spyglass_port = server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    await server.start()
    return server


class _Exporter:
    def __init__(self, state: AppState) -> None:
        self._state = state

    async def export(self, body: bytes, context: Any) -> bytes:
        try:
            return await self._export(body, context)
        except SpyglassError as error:
            await _abort(context, error)
        except Exception:
            log.exception("OTLP export over gRPC failed")
            await context.abort(grpc.StatusCode.INTERNAL, "Internal Server Error")
            raise

    async def _export(self, body: bytes, context: Any) -> bytes:
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        header = metadata.get("authorization")
        caller = await self._caller(header)
        check_permission(caller, Permission.INGEST)
        if self._state.limiter is not None:
            check_limit(self._state.limiter, caller.organization_id, INGESTION)
        sdk_name, sdk_version = read_client(metadata)
        arrival = Arrival(
            project_id=project_of(caller),
            received_us=now_us(),
            public_key=caller.public_key,
            sdk_name=sdk_name,
            sdk_version=sdk_version,
        )
        headers = log_headers(arrival)
        pipeline = self._state.pipeline
        try:
            decode = DIALECTS[OTLP_PROTOBUF]
            with pipeline.carry(len(body), self._state.accept.in_flight_bytes):
                if len(body) < _INLINE_BYTES:
                    decoded = decode(body, headers, arrival)
                else:
                    decoded = await asyncio.to_thread(decode, body, headers, arrival)
        except SpyglassError as error:
            pipeline.count_refused(f"status_{error.status}", 1)
            if not error.retryable:
                self._state.rejections.record(arrival, [describe_refusal(error)])
            raise
        packed, packing = pack(body, "")
        headers = log_headers(arrival, encoding=packing)
        await submit(self._state, Submission(OTLP_PROTOBUF, packed, headers, arrival, decoded))
        if decoded.received and len(decoded.rejections) == decoded.received:
            raise Invalid(f"{otlp.explain(decoded)}. Nothing was stored.")
        return otlp.answer(decoded, is_json=False)

    async def _caller(self, header: str | None) -> Caller:
        known = self._state.keys.known(header)
        return known if known is not None else await asyncio.to_thread(authenticate, header, self._state)


async def _abort(context: Any, error: SpyglassError) -> NoReturn:
    code = grpc.StatusCode.INTERNAL
    if error.retryable:
        code = grpc.StatusCode.UNAVAILABLE
        context.set_trailing_metadata((("grpc-status-details-bin", _retry_details(error.message)),))
    elif isinstance(error, Unauthorized):
        code = grpc.StatusCode.UNAUTHENTICATED
    elif isinstance(error, Forbidden):
        code = grpc.StatusCode.PERMISSION_DENIED
    elif isinstance(error, Invalid):
        code = grpc.StatusCode.INVALID_ARGUMENT
    elif isinstance(error, TooLarge):
        code = grpc.StatusCode.RESOURCE_EXHAUSTED
    await context.abort(code, error.message)
    raise AssertionError("abort does not return")


def _retry_details(message: str) -> bytes:
    """A `google.rpc.Status` with a `RetryInfo`, without which exporters treat UNAVAILABLE as final.

    Written out by hand: it is two small messages, and their generated classes are one more package.
    """
    delay = _field(1, Duration(seconds=_RETRY_S).SerializeToString())
    retry = AnyMessage(type_url="type.googleapis.com/google.rpc.RetryInfo", value=delay)
    code: int = grpc.StatusCode.UNAVAILABLE.value[0]
    text = message.encode()[:100].decode(errors="ignore")
    return bytes([1 << 3, code]) + _field(2, text.encode()) + _field(3, retry.SerializeToString())


def _field(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field of fewer than 128 bytes."""
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data
