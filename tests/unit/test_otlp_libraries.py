"""Spans as each library sends them (contract 2.17), and the records that they become, in both encodings."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spyglass.core.records import Arrival, Decoded, Kind, Rank
from spyglass.ingest.dialects.otlp import decode, decode_request

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures" / "otlp").glob("*.json"))
START_US = 1767225600000000


def to_message(request: dict[str, Any]) -> ExportTraceServiceRequest:
    """OTLP/JSON -> protobuf: the only difference to protobuf's own JSON are the hexadecimal ids."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: base64.b64encode(bytes.fromhex(item)).decode()
                if key in ("traceId", "spanId", "parentSpanId")
                else walk(item)
                for key, item in value.items()
            }
        return [walk(item) for item in value] if isinstance(value, list) else value

    return ParseDict(walk(request), ExportTraceServiceRequest())


def load(path: Path) -> tuple[dict[str, Any], Arrival]:
    fixture = json.loads(path.read_text())
    name, version = fixture["sdk"]
    return fixture, Arrival("p-1", received_us=5, public_key="pk-lf-1", sdk_name=name, sdk_version=version)


def decode_fixture(path: Path) -> tuple[dict[str, Any], Decoded]:
    fixture, arrival = load(path)
    return fixture, decode(json.dumps(fixture["request"]).encode(), is_json=True, arrival=arrival)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_observation_of_library(path: Path) -> None:
    fixture, decoded = decode_fixture(path)
    assert decoded.rejections == []
    assert decoded.received == 1
    (observation,) = decoded.observations
    assert {key: getattr(observation, key) for key in fixture["observation"]} == fixture["observation"]
    assert observation.project_id == "p-1"
    assert observation.public_key == "pk-lf-1"
    assert observation.start_time == START_US


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_trace_of_library(path: Path) -> None:
    fixture, decoded = decode_fixture(path)
    expected = fixture["trace"]
    if expected is None:
        assert decoded.patches == []
        return
    (patch,) = decoded.patches
    assert (patch.kind, patch.id) == (Kind.TRACE, "0af7651916cd43dd8448eb211c80319c")
    assert (patch.time_us, patch.rank) == (START_US, Rank.UPDATE)
    assert patch.explicit == expected["explicit"]
    metadata = patch.implied.pop("metadata", None)
    if "metadata" in expected["implied"]:
        assert metadata == expected["implied"].pop("metadata")
    assert patch.implied == expected["implied"]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_protobuf_equals_json(path: Path) -> None:
    fixture, arrival = load(path)
    _, from_json = decode_fixture(path)
    message = to_message(fixture["request"])
    assert decode(message.SerializeToString(), is_json=False, arrival=arrival) == from_json
    assert decode_request(message, arrival) == from_json


def test_every_row_of_the_library_table_has_a_fixture() -> None:
    stems = {path.stem.split("_")[0] for path in FIXTURES}
    assert stems >= {
        *("langfuse", "vercel", "genai", "openllmetry", "openinference", "pydantic", "logfire"),
        *("google", "genkit", "mlflow", "livekit", "pipecat", "flue", "litellm", "traceloop", "golden"),
    }
