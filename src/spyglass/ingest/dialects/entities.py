"""The single-record routes (contract 1.13, 4.6): one trace, span, generation, event or score - or an array of
scores - to patches.

Pure and repeatable: what the server invents comes in with the headers (`entity`, `update`, `new_id`), and
"now" is the time of arrival.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.ids import derived_id
from spyglass.core.jsontext import MAX_DEPTH
from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank, Rejection
from spyglass.ingest.dialects.langfuse import (
    INVALID,
    MAX_EVENTS,
    check_text_encoding,
    parse_around_depth,
    read_record_id,
)
from spyglass.ingest.dialects.langfuse_bodies import (
    EventBody,
    RestObservationBody,
    RestScoreBody,
    TraceBody,
)
from spyglass.ingest.dialects.langfuse_records import build_observation, build_trace
from spyglass.ingest.dialects.langfuse_values import read_body, read_instant
from spyglass.ingest.dialects.scores import build_score
from spyglass.ingest.score_rules import RuleBroken

_decode_trace = msgspec.json.Decoder(TraceBody).decode
_decode_event = msgspec.json.Decoder(EventBody).decode
_decode_observation = msgspec.json.Decoder(RestObservationBody).decode
_decode_score = msgspec.json.Decoder(RestScoreBody).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def decode(body: bytes, headers: dict[str, str], arrival: Arrival) -> Decoded:
    """One patch - of an array of scores one each. `accepted` holds the ids; raises `Invalid` when the
    record is refused (items of an array are refused one by one)."""
    clean = check_text_encoding(body)
    entity, new_id = headers["entity"], headers["new_id"]
    if entity == "scores" and is_array(clean):
        return _decode_scores(clean, new_id, arrival)
    try:
        if entity == "spans" and "update" in headers:
            patch = _build_update(clean, "SPAN", arrival)
        elif entity == "generations" and "update" in headers:
            patch = _build_update(clean, "GENERATION", arrival)
        else:
            patch = _CREATE[entity](clean, new_id, arrival)
    except RecursionError:
        raise InvalidData([_issue(f"is nested deeper than {MAX_DEPTH} levels")]) from None
    except RuleBroken as error:
        raise Invalid(str(error)) from None
    except ValueError as error:
        raise InvalidData([_issue(str(error))]) from None
    return Decoded(patches=[patch], accepted=[patch.id], received=1)


def _issue(message: str) -> dict[str, Any]:
    return {"code": "custom", "path": [], "message": message}


def is_array(body: bytes) -> bool:
    return body.lstrip(b" \t\r\n")[:1] == b"["


def answer_scores(decoded: Decoded) -> tuple[int, dict[str, Any]]:
    """(status, body) for an array of scores."""
    if not decoded.rejections:
        return 202, {"message": "Accepted"}
    return 207, {
        "accepted": len(decoded.accepted),
        "rejected": len(decoded.rejections),
        "errors": [{"message": rejection.error} for rejection in decoded.rejections],
    }


def _decode_scores(body: bytes, new_id: str, arrival: Arrival) -> Decoded:
    try:
        items = parse_around_depth(_decode_list, body)
    except msgspec.DecodeError as error:
        raise Invalid(str(error)) from None
    if len(items) > MAX_EVENTS:
        raise InvalidData([f"has {len(items)} scores; at most {MAX_EVENTS} are allowed"])
    decoded = Decoded(received=len(items))
    for index, raw in enumerate(items):
        try:
            patch = _build_score(raw, derived_id(new_id, str(index)), arrival)
        except (ValueError, RecursionError) as error:
            why = f"scores[{index}]: {error}"
            decoded.rejections.append(
                Rejection(str(index), 400, INVALID, why, Kind.SCORE.value, read_record_id(raw))
            )
            continue
        decoded.patches.append(patch)
        decoded.accepted.append(patch.id)
    return decoded


def _build_trace(raw: bytes, new_id: str, arrival: Arrival) -> Patch:
    body: TraceBody = read_body(_decode_trace, raw)
    body.id = body.id or new_id
    return _stored(build_trace(body, arrival.received_us, Rank.CREATE, arrival))


def _build_event(raw: bytes, new_id: str, arrival: Arrival) -> Patch:
    body: EventBody = read_body(_decode_event, raw)
    body.id = body.id or new_id
    return _stored(build_observation(body, "EVENT", arrival.received_us, Rank.CREATE, arrival))


def _build_observation(type_: str) -> Callable[[bytes, str, Arrival], Patch]:
    def build(raw: bytes, new_id: str, arrival: Arrival) -> Patch:
        body = _read_observation(raw)
        body.id = body.id or new_id
        return _stored(build_observation(body, type_, arrival.received_us, Rank.CREATE, arrival))

    return build


def _build_update(raw: bytes, type_: str, arrival: Arrival) -> Patch:
    body = _read_observation(raw)
    name, body.id = ("spanId", body.span_id) if type_ == "SPAN" else ("generationId", body.generation_id)
    if not body.id:
        raise ValueError(f"{name}: is required")
    return _stored(build_observation(body, type_, arrival.received_us, Rank.UPDATE, arrival))


def _read_observation(raw: bytes) -> RestObservationBody:
    """`prompt` and `completion` are how these routes called input and output at first."""
    body: RestObservationBody = read_body(_decode_observation, raw)
    if body.input is UNSET:
        body.input = body.prompt
    if body.output is UNSET:
        body.output = body.completion
    return body


def _build_score(raw: bytes | msgspec.Raw, new_id: str, arrival: Arrival) -> Patch:
    body: RestScoreBody = read_body(_decode_score, raw)
    body.id = body.id or new_id
    body.execution_trace_id = UNSET
    patch = _stored(build_score(body, arrival.received_us, arrival))
    if body.timestamp is not None:
        notes: dict[str, Any] = {}
        patch.explicit["timestamp"] = read_instant("timestamp", body.timestamp, arrival, notes)
        del patch.implied["timestamp"]
        if notes:
            patch.explicit["metadata"] = {**patch.explicit.get("metadata", {}), **notes}
    return patch


def _stored(patch: Patch | None) -> Patch:
    assert patch is not None  # every record has an id here
    return patch


_CREATE: dict[str, Callable[[bytes, str, Arrival], Patch]] = {
    "traces": _build_trace,
    "spans": _build_observation("SPAN"),
    "generations": _build_observation("GENERATION"),
    "events": _build_event,
    "scores": _build_score,
}
