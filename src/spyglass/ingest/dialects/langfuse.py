"""The Langfuse batch dialect: the body of `POST /api/public/ingestion` to patches (contract 1.2 - 1.6).

Pure and repeatable: the same body and arrival always give the same records, because the log is decoded again
after a crash. One bad event never affects another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.jsontext import MAX_DEPTH, cut_deeper, replace_lone_surrogates
from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank, Rejection
from spyglass.ingest.dialects.langfuse_bodies import (
    Batch,
    Envelope,
    EnvelopeId,
    EventBody,
    GenerationBody,
    LegacyObservationBody,
    ScoreBody,
    SdkLogBody,
    SpanBody,
    TraceBody,
)
from spyglass.ingest.dialects.langfuse_records import build_observation, build_trace
from spyglass.ingest.dialects.langfuse_values import check_id, read_body, read_instant
from spyglass.ingest.dialects.scores import build_score

MAX_EVENTS = 10_000
# A value may have MAX_DEPTH levels and the batch has its own; what is cut off below is refused above.
_DEEPEST = MAX_DEPTH + 20
INVALID = "Invalid request data"

Build = Callable[[Any, int, Rank, Arrival], Patch | None]


class _BodyId(msgspec.Struct):
    id: Any = None


class _Traits(msgspec.Struct):
    """What is told of a refused event: which record it was about."""

    type: Any = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class EventType(NamedTuple):
    decode: Callable[[bytes | msgspec.Raw], Any]
    build: Build
    rank: Rank = Rank.CREATE
    scores_only: bool = False  # also for callers that may only write scores
    silent: bool = False  # answered in neither list


def _observation(type_: str) -> Build:
    def build(body: Any, time_us: int, rank: Rank, arrival: Arrival) -> Patch | None:
        return build_observation(body, type_, time_us, rank, arrival)

    return build


def _legacy_observation(body: LegacyObservationBody, time_us: int, rank: Rank, arrival: Arrival) -> Any:
    return build_observation(body, body.type, time_us, rank, arrival)


def _score(body: ScoreBody, time_us: int, rank: Rank, arrival: Arrival) -> Patch | None:
    return build_score(body, time_us, arrival)


def _sdk_log(body: SdkLogBody, time_us: int, rank: Rank, arrival: Arrival) -> Patch | None:
    if bytes(body.log) == b"null":
        raise ValueError("body.log: must not be null")
    return None


_decode_generation = msgspec.json.Decoder(GenerationBody).decode
_decode_span = msgspec.json.Decoder(SpanBody).decode
_decode_legacy = msgspec.json.Decoder(LegacyObservationBody).decode

EVENT_TYPES: dict[str, EventType] = {
    "trace-create": EventType(msgspec.json.Decoder(TraceBody).decode, build_trace),
    "span-create": EventType(_decode_span, _observation("SPAN")),
    "span-update": EventType(_decode_span, _observation("SPAN"), Rank.UPDATE),
    "generation-create": EventType(_decode_generation, _observation("GENERATION")),
    "generation-update": EventType(_decode_generation, _observation("GENERATION"), Rank.UPDATE),
    "event-create": EventType(msgspec.json.Decoder(EventBody).decode, _observation("EVENT")),
    "score-create": EventType(msgspec.json.Decoder(ScoreBody).decode, _score, scores_only=True),
    "sdk-log": EventType(msgspec.json.Decoder(SdkLogBody).decode, _sdk_log, scores_only=True, silent=True),
    "observation-create": EventType(_decode_legacy, _legacy_observation),
    "observation-update": EventType(_decode_legacy, _legacy_observation, Rank.UPDATE),
} | {
    f"{name}-create": EventType(_decode_generation, _observation(name.upper()))
    for name in ("agent", "tool", "chain", "retriever", "evaluator", "embedding", "guardrail")
}

_decode_batch = msgspec.json.Decoder(Batch).decode
_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_envelope_id = msgspec.json.Decoder(EnvelopeId).decode
_decode_traits = msgspec.json.Decoder(_Traits).decode
_decode_body_id = msgspec.json.Decoder(_BodyId).decode


class _Accepted(NamedTuple):
    rank: Rank
    time_us: int
    id: str
    patch: Patch | None


def decode(body: bytes, *, arrival: Arrival, scores_only: bool = False) -> Decoded:
    """Patches and the answer's two lists; raises `Invalid` when the body as a whole is no batch."""
    events = _split(body)
    accepted: list[_Accepted] = []
    malformed: list[Rejection] = []
    denied: list[Rejection] = []
    silent = 0
    for raw in events:
        try:
            envelope = _read_envelope(raw)
            type_ = EVENT_TYPES[envelope.type]
            time_us = read_instant("timestamp", envelope.timestamp, arrival, {})
            patch = type_.build(read_body(type_.decode, envelope.body), time_us, type_.rank, arrival)
        except (ValueError, RecursionError) as error:
            malformed.append(Rejection(_read_id(raw), 400, INVALID, str(error), *_read_record(raw)))
            continue
        if scores_only and not type_.scores_only:
            why = ("Authentication error", "Access Scope Denied")
            denied.append(Rejection(envelope.id, 401, *why, *_read_record(raw)))
        elif type_.silent:
            silent += 1
        else:
            accepted.append(_Accepted(type_.rank, time_us, envelope.id, patch))
    accepted.sort(key=lambda event: (event.rank, event.time_us))
    return Decoded(
        patches=[event.patch for event in accepted if event.patch is not None],
        accepted=[event.id for event in accepted],
        rejections=malformed + denied,
        received=len(events) - silent,
    )


def answer(decoded: Decoded) -> dict[str, list[dict[str, Any]]]:
    """The body of the 207."""
    errors: list[dict[str, Any]] = []
    for rejection in decoded.rejections:
        error = {"id": rejection.id, "status": rejection.status, "message": rejection.message}
        if rejection.error:
            error["error"] = rejection.error
        errors.append(error)
    return {"successes": [{"id": id_, "status": 201} for id_ in decoded.accepted], "errors": errors}


def check_text_encoding(body: bytes) -> bytes:
    """The body without lone surrogates; `Invalid` when it is not UTF-8, which raw values do not show."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise Invalid(f"JSON is not valid UTF-8: {error.reason} at byte {error.start}") from None
    return replace_lone_surrogates(body)


def parse_around_depth(parse: Callable[[bytes], Any], body: bytes) -> Any:
    """A body in raw parts. A part too deep for the parser comes cut: its own checks refuse it, and it alone."""
    try:
        return parse(body)
    except RecursionError:
        return parse(cut_deeper(body, _DEEPEST))


def _split(body: bytes) -> list[msgspec.Raw]:
    clean = check_text_encoding(body)
    try:
        events: list[msgspec.Raw] = parse_around_depth(_decode_batch, clean).batch
    except msgspec.ValidationError as error:
        raise InvalidData([str(error)]) from None
    except msgspec.DecodeError as error:
        raise Invalid(str(error)) from None
    if len(events) > MAX_EVENTS:
        raise InvalidData([f"batch: has {len(events)} events; at most {MAX_EVENTS} are allowed"])
    return events


def _read_envelope(raw: msgspec.Raw) -> Envelope:
    try:
        envelope = _decode_envelope(raw)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
    check_id("id", envelope.id)
    if envelope.type not in EVENT_TYPES:
        raise ValueError(f"type: {envelope.type[:100]!r} is not one of {', '.join(sorted(EVENT_TYPES))}")
    return envelope


def _read_id(raw: msgspec.Raw) -> str:
    """The envelope's id as it is named in an error, however broken the rest is."""
    try:
        id_ = _decode_envelope_id(raw).id
    except (msgspec.MsgspecError, RecursionError):
        return "unknown"
    return id_ if isinstance(id_, str) else "unknown"


def _read_record(raw: msgspec.Raw) -> tuple[str, str]:
    """(kind, id) of the record that an event is about, as far as they can be read."""
    try:
        traits = _decode_traits(raw)
    except (msgspec.MsgspecError, RecursionError):
        return "event", ""
    return _kind_of(traits.type), read_record_id(traits.body)


def _kind_of(type_: Any) -> str:
    match type_:
        case "trace-create":
            return Kind.TRACE.value
        case "score-create":
            return Kind.SCORE.value
        case str() if type_ in EVENT_TYPES and not EVENT_TYPES[type_].silent:
            return Kind.OBSERVATION.value
        case _:
            return "event"


def read_record_id(body: bytes | msgspec.Raw) -> str:
    """The `id` of a record, however broken the rest is; empty when there is none."""
    try:
        id_ = _decode_body_id(body).id
    except (msgspec.MsgspecError, RecursionError):
        return ""
    return id_ if isinstance(id_, str) else ""
