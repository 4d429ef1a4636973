"""The single-record dialect and the register of dialects: contract 1.13 and 4.6."""

import gzip
import json
from typing import Any

import pytest

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank
from spyglass.ingest.dialects import DIALECTS, entities

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z
ARRIVAL = Arrival("p1", T0)
LEGACY = {"source": "ingestion-api", "environment": "default", "trace_id": "t", "start_time": T0}


def decode(entity: str, body: Any, *, update: bool = False) -> Decoded:
    headers = {"entity": entity, "new_id": "made"} | ({"update": "1"} if update else {})
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return entities.decode(raw, headers, ARRIVAL)


def patch_of(entity: str, body: Any, *, update: bool = False) -> Patch:
    decoded = decode(entity, body, update=update)
    (patch,) = decoded.patches
    assert (decoded.accepted, decoded.rejections, decoded.received) == ([patch.id], [], 1)
    return patch


class TestRecords:
    def test_trace(self) -> None:
        assert patch_of("traces", {"id": "t", "name": "a", "environment": "Prod", "public": True}) == Patch(
            Kind.TRACE,
            "t",
            T0,
            Rank.CREATE,
            {"name": "a", "environment": "prod", "public": True},
            {"timestamp": T0},
        )

    @pytest.mark.parametrize("entity", ["traces", "spans", "generations", "events"])
    @pytest.mark.parametrize("body", [{}, {"id": None}, {"id": ""}])
    def test_an_id_is_made(self, entity: str, body: Any) -> None:
        assert patch_of(entity, body).id == "made"

    def test_span(self) -> None:
        body = {"id": "s", "traceId": "t", "endTime": "2026-01-01T00:00:01Z", "environment": "prod"}
        patch = patch_of("spans", body)
        assert patch.explicit == {"type": "SPAN", "trace_id": "t", "end_time": T0 + 1_000_000}
        assert patch.implied == {key: LEGACY[key] for key in ("source", "environment", "start_time")}
        assert (patch.kind, patch.rank, patch.time_us) == (Kind.OBSERVATION, Rank.CREATE, T0)

    def test_generation(self) -> None:
        body = {
            "traceId": "t",
            "startTime": "2026-01-01T00:00:01Z",
            "model": "gpt-4o",
            "modelParameters": {"temperature": 0.5},
            "prompt": [{"role": "user"}],
            "completion": "hello",
            "usage": {"promptTokens": 1, "completionTokens": 2},
            "promptName": "p",
        }
        assert patch_of("generations", body).explicit == {
            "type": "GENERATION",
            "trace_id": "t",
            "start_time": T0 + 1_000_000,
            "model": "gpt-4o",
            "model_parameters": '{"temperature": 0.5}',
            "input": '[{"role": "user"}]',
            "output": "hello",
            "provided_usage": {"input": 1, "output": 2, "total": 3},
        }

    def test_input_beats_prompt(self) -> None:
        body = {"input": "in", "prompt": "p", "output": "out", "completion": "c"}
        said = patch_of("generations", body).explicit
        assert (said["input"], said["output"]) == ("in", "out")

    def test_event(self) -> None:
        patch = patch_of("events", {"id": "e", "traceId": "t", "name": "n", "environment": "prod"})
        assert patch.explicit == {"type": "EVENT", "trace_id": "t", "name": "n", "environment": "prod"}

    @pytest.mark.parametrize(
        ("entity", "name", "type_"),
        [("spans", "spanId", "SPAN"), ("generations", "generationId", "GENERATION")],
    )
    def test_updates(self, entity: str, name: str, type_: str) -> None:
        patch = patch_of(entity, {name: "o", "id": "ignored", "output": "x"}, update=True)
        assert (patch.id, patch.rank, patch.explicit) == ("o", Rank.UPDATE, {"type": type_, "output": "x"})
        for body in ({}, {name: None}, {name: ""}, {"id": "o"}):
            with pytest.raises(InvalidData) as caught:
                decode(entity, body, update=True)
            assert caught.value.details == [{"code": "custom", "path": [], "message": f"{name}: is required"}]

    @pytest.mark.parametrize(
        ("entity", "body"),
        [
            ("traces", {"name": 5}),
            ("traces", {"id": "a\x00"}),
            ("traces", []),
            ("traces", None),
            ("spans", {"level": "warn"}),
            ("generations", {"usage": {"input": 1.5}}),
            ("events", {"startTime": "now"}),
            ("scores", {"name": "q"}),
            ("scores", b"{"),
            ("scores", b"\xff"),
            ("traces", b""),
        ],
    )
    def test_refused(self, entity: str, body: Any) -> None:
        with pytest.raises(Invalid):
            decode(entity, body)


class TestScores:
    BODY = {"id": "s", "name": "q", "value": 1, "traceId": "t"}

    def test_one(self) -> None:
        patch = patch_of("scores", {**self.BODY, "executionTraceId": "x"})
        assert patch.explicit == {
            "value": 1.0,
            "string_value": None,
            "long_string_value": None,
            "data_type": "NUMERIC",
            "name": "q",
            "source": "API",
            "trace_id": "t",
        }
        assert patch.implied == {"timestamp": T0, "environment": "default"}

    @pytest.mark.parametrize("id_", [None, ""])
    def test_an_id_is_made(self, id_: Any) -> None:
        assert patch_of("scores", {**self.BODY, "id": id_}).id == "made"

    @pytest.mark.parametrize("wrong", [{"environment": None}, {"source": "EVAL"}, {"timestamp": "soon"}])
    def test_it_is_stricter_than_the_batch(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(InvalidData):
            decode("scores", {**self.BODY, **wrong})

    def test_a_stated_time(self) -> None:
        patch = patch_of("scores", {**self.BODY, "timestamp": "2026-01-01T00:00:05Z"})
        assert patch.explicit["timestamp"] == T0 + 5_000_000
        assert (patch.time_us, "timestamp" in patch.implied) == (T0, False)
        late = patch_of("scores", {**self.BODY, "timestamp": "2999-01-01T00:00:00Z"})
        assert late.explicit["timestamp"] == T0
        assert late.explicit["metadata"] == {"original_timestamp": "2999-01-01T00:00:00Z"}

    def test_an_array(self) -> None:
        decoded = decode("scores", [self.BODY, {**self.BODY, "id": "s2", "value": "good"}])
        assert (decoded.accepted, decoded.received) == (["s", "s2"], 2)
        assert entities.answer_scores(decoded) == (202, {"message": "Accepted"})

    def test_an_array_with_bad_items(self) -> None:
        decoded = decode("scores", [{**self.BODY, "value": True}, self.BODY, 7])
        assert decoded.accepted == ["s"]
        status, body = entities.answer_scores(decoded)
        assert (status, body["accepted"], body["rejected"]) == (207, 1, 2)
        assert [error["message"].partition(":")[0] for error in body["errors"]] == ["scores[0]", "scores[2]"]

    def test_ids_of_an_array_are_made_and_repeatable(self) -> None:
        bodies = [{"name": "q", "value": 1, "traceId": "t"}] * 2
        first, second = decode("scores", bodies).accepted
        assert first != second
        assert decode("scores", bodies).accepted == [first, second]

    def test_an_empty_array(self) -> None:
        assert entities.answer_scores(decode("scores", b" [ ] ")) == (202, {"message": "Accepted"})

    def test_too_many(self) -> None:
        with pytest.raises(InvalidData):
            decode("scores", [1] * 10_001)


class TestRegister:
    def test_names(self) -> None:
        assert set(DIALECTS) == {"edit", "langfuse-batch", "langfuse-entity", "otlp-json", "otlp-protobuf"}

    def test_a_gzipped_entry_decodes_as_the_plain_one(self) -> None:
        event = {"id": "e", "timestamp": "2026-01-01T00:00:00Z", "type": "trace-create", "body": {"id": "t"}}
        body = json.dumps({"batch": [event]}).encode()
        plain = DIALECTS["langfuse-batch"](body, {}, ARRIVAL)
        assert plain.accepted == ["e"]
        assert DIALECTS["langfuse-batch"](gzip.compress(body), {"encoding": "gzip"}, ARRIVAL) == plain
        assert DIALECTS["langfuse-batch"](body, {"scores_only": "1"}, ARRIVAL).rejections[0].status == 401

    def test_entities(self) -> None:
        decoded = DIALECTS["langfuse-entity"](b"{}", {"entity": "traces", "new_id": "made"}, ARRIVAL)
        assert decoded.accepted == ["made"]

    def test_otlp(self) -> None:
        assert DIALECTS["otlp-json"](b"{}", {}, ARRIVAL) == Decoded()
        assert DIALECTS["otlp-protobuf"](b"", {}, ARRIVAL) == Decoded()
        assert DIALECTS["otlp-json"](gzip.compress(b"{}"), {"encoding": "gzip"}, ARRIVAL) == Decoded()
