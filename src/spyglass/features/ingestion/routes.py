"""The two main ways in: `POST /api/public/ingestion` (batches of events) and OTLP over HTTP. Their errors
look as the SDKs and exporters know them (contract 1.2, 2.1).
"""

from fastapi import Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import BatchWriter, Ingester
from spyglass.api.openapi import takes
from spyglass.api.state import state_of
from spyglass.core.errors import Invalid
from spyglass.core.permissions import Permission
from spyglass.features.ingestion import record_routes
from spyglass.features.ingestion.receive import discard, receive, refusing, submit
from spyglass.features.ingestion.schemas import BatchIn, BatchOut, OtlpAnswerOut, OtlpTracesIn
from spyglass.ingest.accept import check_ingestion_version
from spyglass.ingest.dialects import BATCH, OTLP_JSON, OTLP_PROTOBUF, langfuse, otlp

router = record_routes.router

_JSON = "application/json"
_PROTOBUF = "application/x-protobuf"


@router.post("/api/public/ingestion", status_code=207, response_model=BatchOut, openapi_extra=takes(BatchIn))
async def ingest_batch(caller: BatchWriter, request: Request) -> Response:
    """Write a batch of events. Each is accepted or refused by itself; `errors` names the refused ones.

    With a public key alone (Bearer) only scores are accepted.
    """
    state = state_of(request)
    facts = {} if Permission.INGEST in caller.permissions else {"scores_only": "1"}
    try:
        submission = await receive(request, caller, BATCH, state.accept.batch_body_bytes, **facts)
    except Invalid as error:
        return FastJSON(
            {"message": langfuse.INVALID, "errors": error.details or [error.message]}, status_code=400
        )
    await submit(state, submission)
    return FastJSON(langfuse.answer(submission.decoded), status_code=207)


@router.post("/api/public/otel/v1/traces", response_model=OtlpAnswerOut, openapi_extra=takes(OtlpTracesIn))
async def export_traces(caller: Ingester, request: Request) -> Response:
    """Write OpenTelemetry spans: an `ExportTraceServiceRequest` as protobuf or JSON, plain or gzipped."""
    state = state_of(request)
    try:
        async with refusing(request, caller):
            dialect = _choose_dialect(request.headers.get("content-type", ""))
            check_ingestion_version(request.headers)
        submission = await receive(request, caller, dialect, state.accept.otlp_body_bytes)
        decoded = submission.decoded
        if decoded.received and len(decoded.rejections) == decoded.received:
            await submit(state, submission)
            raise Invalid(f"{otlp.explain(decoded)}. Nothing was stored.")
    except Invalid as error:
        why = {"message": str(error.details[0])} if error.details else {}
        return FastJSON({"error": error.message, **why}, status_code=400)
    await submit(state, submission)
    is_json = dialect == OTLP_JSON
    return Response(otlp.answer(decoded, is_json=is_json), media_type=_JSON if is_json else _PROTOBUF)


@router.post("/v1/traces")
async def export_traces_at_standard_path(caller: Ingester, request: Request) -> Response:
    """The same at the path that OTLP exporters append to a bare host."""
    return await export_traces(caller, request)


@router.post("/api/public/otel/v1/metrics")
async def export_metrics(caller: Ingester, request: Request) -> Response:
    """Accepted and discarded, so that an exporter of both signals does not fail."""
    await discard(request, state_of(request).accept.otlp_body_bytes)
    return FastJSON({"message": "OK"})


def _choose_dialect(content_type: str) -> str:
    lowered = content_type.lower()
    if _PROTOBUF in lowered:
        return OTLP_PROTOBUF
    if _JSON in lowered:
        return OTLP_JSON
    named = f"{content_type[:100]!r} is named" if content_type else "none is named"
    raise Invalid("Invalid content type", [f"must be {_PROTOBUF} or {_JSON}; {named}"])
