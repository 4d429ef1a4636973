"""The dialects by name: how the bytes in the log become records again. The routes decode with them too.

    DIALECTS[entry.dialect](entry.body, entry.headers, arrival)

Headers that matter here: `encoding` (of the body), `scores_only`, and those of `entities.py`. What score configs
ask comes with the arrival (`ingest/score_rules.py`).
"""

from collections.abc import Callable

from spyglass.core.records import Arrival, Decoded
from spyglass.ingest.accept import inflate
from spyglass.ingest.dialects import edits, entities, langfuse, otlp

BATCH = "langfuse-batch"
ENTITY = "langfuse-entity"
EDIT = "edit"
OTLP_JSON = "otlp-json"
OTLP_PROTOBUF = "otlp-protobuf"

Dialect = Callable[[bytes, dict[str, str], Arrival], Decoded]


def _decode_batch(body: bytes, headers: dict[str, str], arrival: Arrival) -> Decoded:
    return langfuse.decode(_plain(body, headers), arrival=arrival, scores_only="scores_only" in headers)


def _decode_entity(body: bytes, headers: dict[str, str], arrival: Arrival) -> Decoded:
    return entities.decode(_plain(body, headers), headers, arrival)


def _decode_edits(body: bytes, _headers: dict[str, str], arrival: Arrival) -> Decoded:
    return edits.decode(body, arrival)


def _decode_otlp_json(body: bytes, headers: dict[str, str], arrival: Arrival) -> Decoded:
    return otlp.decode(_plain(body, headers), is_json=True, arrival=arrival)


def _decode_otlp_protobuf(body: bytes, headers: dict[str, str], arrival: Arrival) -> Decoded:
    return otlp.decode(_plain(body, headers), is_json=False, arrival=arrival)


def _plain(body: bytes, headers: dict[str, str]) -> bytes:
    return inflate(body, headers.get("encoding", ""))


DIALECTS: dict[str, Dialect] = {
    BATCH: _decode_batch,
    ENTITY: _decode_entity,
    EDIT: _decode_edits,
    OTLP_JSON: _decode_otlp_json,
    OTLP_PROTOBUF: _decode_otlp_protobuf,
}
