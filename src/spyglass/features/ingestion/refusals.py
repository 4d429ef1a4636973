"""What is kept of a request that was refused as a whole: which record it was about and why, never its content."""

from typing import Any

from spyglass.core.errors import SpyglassError
from spyglass.core.records import Kind, Rejection
from spyglass.ingest.dialects.langfuse import read_record_id

_KINDS = {
    "traces": Kind.TRACE,
    "spans": Kind.OBSERVATION,
    "generations": Kind.OBSERVATION,
    "events": Kind.OBSERVATION,
    "scores": Kind.SCORE,
}
_SMALL_BYTES = 32 << 10  # beyond it a body is not read again only to find an id


def describe_refusal(error: SpyglassError, entity: str = "", body: bytes = b"") -> Rejection:
    """`entity`: what a route of single records writes; its body, when it is small and plain, names an id."""
    if entity not in _KINDS:
        return Rejection("", error.status, _explain(error), kind="request")
    record_id = read_record_id(body) if len(body) < _SMALL_BYTES else ""
    return Rejection("", error.status, _explain(error), kind=_KINDS[entity].value, record_id=record_id)


def _explain(error: SpyglassError) -> str:
    return "; ".join([error.message, *map(_text_of, error.details or ())])


def _text_of(detail: Any) -> str:
    return str(detail.get("message", "")) if isinstance(detail, dict) else str(detail)
