"""The OTLP dialect: an export request (protobuf, JSON, a gRPC message) -> records -> the answer.

Pure. One bad span is refused by itself; the others of its request are stored (contract 2).
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from spyglass.core.errors import Invalid, TooLarge
from spyglass.core.jsontext import TooDeep, cut_deeper, loads
from spyglass.core.records import Arrival, Decoded, Kind, Rejection
from spyglass.ingest.dialects.otlp_json import MAX_DOCUMENT_DEPTH, read_document
from spyglass.ingest.dialects.otlp_observation import build_records
from spyglass.ingest.dialects.otlp_repair import DamagedError, repair
from spyglass.ingest.dialects.otlp_span import Source, Span, SpanRefused
from spyglass.ingest.dialects.otlp_wire import read_message

# A span is two kilobytes here whatever it was on the wire, where it may be thirty bytes before compression.
MAX_SPANS = 100_000

_BAD_REQUEST = 400
_NAMED_REJECTIONS = 20
_ID_CHARACTERS = 100


def decode(body: bytes, *, is_json: bool, arrival: Arrival) -> Decoded:
    """The records of one request body, already unzipped. Raises `Invalid` when it is no export request."""
    if is_json:
        return _decode_json(body, arrival)
    try:
        message = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        return _decode_damaged(body, arrival)
    return decode_request(message, arrival)


def decode_request(message: ExportTraceServiceRequest, arrival: Arrival) -> Decoded:
    """The records of a parsed request, as gRPC hands it over."""
    return _collect(read_message(message, arrival), arrival)


def _decode_json(body: bytes, arrival: Arrival) -> Decoded:
    try:
        return _collect(read_document(_load(body), arrival), arrival)
    except Invalid as error:
        raise Invalid("Failed to parse OTel JSON Trace", [error.message]) from error


def _load(body: bytes) -> Any:
    """The document; a value that is nested too deep comes cut, which refuses its own span only."""
    try:
        return loads(body, max_depth=MAX_DOCUMENT_DEPTH)
    except TooDeep:
        return loads(cut_deeper(body, MAX_DOCUMENT_DEPTH - 1), max_depth=MAX_DOCUMENT_DEPTH)


def _decode_damaged(body: bytes, arrival: Arrival) -> Decoded:
    try:
        return _collect(read_document(repair(body), arrival), arrival)
    except DamagedError as error:
        raise Invalid("Failed to parse OTel Protobuf Trace", [str(error)]) from error


def _collect(spans: Iterable[tuple[Source | None, Span | SpanRefused]], arrival: Arrival) -> Decoded:
    decoded = Decoded()
    observations, patches, received = decoded.observations, decoded.patches, 0
    for source, span in spans:
        received += 1
        if received > MAX_SPANS:
            raise TooLarge(f"The request has more than {MAX_SPANS} spans; send them in several requests")
        if source is None or isinstance(span, SpanRefused):
            decoded.rejections.append(_reject(span, received))
            continue
        try:
            observation, patch = build_records(source, span, arrival)
        except SpanRefused as refusal:
            decoded.rejections.append(_reject(refusal, received))
            continue
        observations.append(observation)
        if patch is not None:
            patches.append(patch)
    decoded.received = received
    return decoded


def _reject(refusal: Span | SpanRefused, position: int) -> Rejection:
    reason = refusal.reason if isinstance(refusal, SpanRefused) else "scope:absent"
    span_id = refusal.span_id if isinstance(refusal, SpanRefused) else refusal.id
    return Rejection(
        id=span_id,
        status=_BAD_REQUEST,
        message=reason,
        error=f"span {position} was refused",
        kind=Kind.OBSERVATION.value,
        record_id=span_id,
    )


def answer(decoded: Decoded, *, is_json: bool) -> bytes:
    """An `ExportTraceServiceResponse`: empty when all is well, else it names what was refused."""
    rejected = len(decoded.rejections)
    if not rejected:
        return b"{}" if is_json else b""
    text = explain(decoded)
    if is_json:
        # int64 is text in the JSON form of protobuf
        return msgspec.json.encode({"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": text}})
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = rejected
    response.partial_success.error_message = text
    return response.SerializeToString()


def explain(decoded: Decoded) -> str:
    """Which spans were refused and why; the first ones by name."""
    rejections = decoded.rejections
    named = [
        f"{rejection.id[:_ID_CHARACTERS] or 'without id'} ({rejection.error}: {rejection.message})"
        for rejection in rejections[:_NAMED_REJECTIONS]
    ]
    if len(rejections) > len(named):
        named.append(f"and {len(rejections) - len(named)} more")
    return f"{len(rejections)} of {decoded.received} spans were refused: {'; '.join(named)}"
