"""The batch dialect's answer: golden case 9.1, every row of 1.3, limits of 1.4, failures of 1.2."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.errors import Invalid, InvalidData
from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank
from spyglass.ingest.dialects.langfuse import MAX_EVENTS, answer, decode

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z
ARRIVAL = Arrival(
    project_id="p1", received_us=T0 + 60_000_000, public_key="pk-1", sdk_name="python", sdk_version="2.60.10"
)

GOLDEN = b"""{"batch":[
 {"id":"e1","timestamp":"2026-01-01T00:00:00.000Z","type":"trace-create","body":{"id":"t1","name":"a","tags":["b"],"public":true,"metadata":{"x":{"p":1},"l":[1,2]}}},
 {"id":"e2","timestamp":"2026-01-01T00:00:01.000Z","type":"trace-create","body":{"id":"t1","name":null,"output":"","tags":["a"],"metadata":{"x":{"q":2},"l":[9]}}},
 {"id":"e3","timestamp":"2026-01-01T00:00:01.000Z","type":"generation-create","body":{"id":"g1","traceId":"t1","model":"gpt-4o","startTime":"2026-01-01T00:00:01Z"}},
 {"id":"e4","timestamp":"2026-01-01T00:00:02.000Z","type":"generation-update","body":{"id":"g1","usage":{"promptTokens":10,"completionTokens":5},"endTime":"2026-01-01T00:00:00Z"}},
 {"id":"e5","timestamp":"2026-01-01T00:00:02.000Z","type":"generation-create","body":{"id":"g2","usage":{"input":1.5}}},
 {"id":"e6","timestamp":"2026-01-01 00:00:02","type":"span-create","body":{"id":"s1"}},
 {"id":"e7","timestamp":"2026-01-01T00:00:02.000Z","type":"sdk-log","body":{"log":"x"}},
 {"id":"e8","timestamp":"2026-01-01T00:00:02.000Z","type":"trace-create","body":{"name":"no id"}}
]}"""


def event(type_: str = "trace-create", body: Any = None, **envelope: Any) -> dict[str, Any]:
    return {
        "id": "e1",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "type": type_,
        "body": {"id": "x"} if body is None else body,
        **envelope,
    }


def decode_events(*events: Any, scores_only: bool = False) -> Decoded:
    return decode(json.dumps({"batch": events}).encode(), arrival=ARRIVAL, scores_only=scores_only)


def reject(raw: Any) -> str:
    """The error text of the only event, which must be refused with 400."""
    decoded = decode_events(raw)
    assert (decoded.accepted, decoded.patches, decoded.received) == ([], [], 1)
    (rejection,) = decoded.rejections
    assert (rejection.status, rejection.message) == (400, "Invalid request data")
    return rejection.error


class TestGoldenBatch:
    def test_answer(self) -> None:
        body = answer(decode(GOLDEN, arrival=ARRIVAL))
        assert body["successes"] == [{"id": i, "status": 201} for i in ("e1", "e2", "e3", "e8", "e4")]
        assert [(e["id"], e["status"], e["message"], e["error"]) for e in body["errors"]] == [
            ("e5", 400, "Invalid request data", "usage.input: must be an integer"),
            (
                "e6",
                400,
                "Invalid request data",
                "timestamp: must be an ISO 8601 date-time with Z or an offset",
            ),
        ]

    def test_patches(self) -> None:
        decoded = decode(GOLDEN, arrival=ARRIVAL)
        client = {"public_key": "pk-1", "sdk_name": "python", "sdk_version": "2.60.10"}
        observation = {"source": "ingestion-api", **client, "environment": "default"}
        assert decoded.patches == [
            Patch(
                Kind.TRACE,
                "t1",
                T0,
                Rank.CREATE,
                {"name": "a", "tags": ["b"], "public": True, "metadata": {"x": {"p": 1}, "l": [1, 2]}},
                {"timestamp": T0, "environment": "default"},
            ),
            Patch(
                Kind.TRACE,
                "t1",
                T0 + 1_000_000,
                Rank.CREATE,
                {"name": None, "tags": ["a"], "metadata": {"x": {"q": 2}, "l": [9]}},
                {"timestamp": T0 + 1_000_000, "environment": "default"},
            ),
            Patch(
                Kind.OBSERVATION,
                "g1",
                T0 + 1_000_000,
                Rank.CREATE,
                {"type": "GENERATION", "trace_id": "t1", "model": "gpt-4o", "start_time": T0 + 1_000_000},
                observation,
            ),
            Patch(
                Kind.OBSERVATION,
                "g1",
                T0 + 2_000_000,
                Rank.UPDATE,
                {
                    "type": "GENERATION",
                    "provided_usage": {"input": 10, "output": 5, "total": 15},
                    "end_time": T0,
                },
                observation
                | {"start_time": T0 + 2_000_000, "trace_id": decoded.patches[3].implied["trace_id"]},
            ),
        ]
        assert decoded.received == 7

    def test_a_second_decode_is_equal(self) -> None:
        assert decode(GOLDEN, arrival=ARRIVAL) == decode(GOLDEN, arrival=ARRIVAL)


class TestLists:
    def test_creates_go_before_updates_and_each_by_time(self) -> None:
        def at(id_: str, type_: str, second: int) -> dict[str, Any]:
            return event(type_, {"id": "o"}, id=id_, timestamp=f"2026-01-01T00:00:0{second}Z")

        decoded = decode_events(
            at("u2", "span-update", 2),
            at("u1", "generation-update", 1),
            at("c9", "span-create", 9),
            at("c3", "event-create", 3),
            at("c3b", "agent-create", 3),
        )
        assert decoded.accepted == ["c3", "c3b", "c9", "u1", "u2"]
        assert [patch.rank for patch in decoded.patches] == [Rank.CREATE] * 3 + [Rank.UPDATE] * 2

    def test_times_of_different_zones_are_compared(self) -> None:
        decoded = decode_events(
            event(id="later", timestamp="2026-01-01T00:00:01Z"),
            event(id="earlier", timestamp="2026-01-01T01:00:00+01:00"),
        )
        assert decoded.accepted == ["earlier", "later"]

    def test_schema_errors_go_before_access_errors(self) -> None:
        score = {"id": "s", "name": "n", "value": 1, "traceId": "t"}
        decoded = decode_events(
            event(id="denied"),
            event("score-create", {"value": 1}, id="broken score"),
            event("score-create", score, id="score"),
            event(id="broken trace", body={"id": 7}),
            event("sdk-log", {"log": {}}, id="log"),
            scores_only=True,
        )
        assert answer(decoded)["successes"] == [{"id": "score", "status": 201}]
        assert [(e["id"], e["status"]) for e in answer(decoded)["errors"]] == [
            ("broken score", 400),
            ("broken trace", 400),
            ("denied", 401),
        ]
        assert answer(decoded)["errors"][2] == {
            "id": "denied",
            "status": 401,
            "message": "Authentication error",
            "error": "Access Scope Denied",
        }
        assert [patch.kind for patch in decoded.patches] == [Kind.SCORE]

    def test_sdk_log_is_in_neither_list(self) -> None:
        decoded = decode_events(event("sdk-log", {"log": "x", "id": None}))
        assert decoded == Decoded()
        assert answer(decoded) == {"successes": [], "errors": []}

    @pytest.mark.parametrize("body", [{}, {"log": None}, {"log": "x", "id": 7}])
    def test_a_broken_sdk_log_is_an_error(self, body: Any) -> None:
        assert "log" in reject(event("sdk-log", body)) or "id" in reject(event("sdk-log", body))

    @pytest.mark.parametrize(
        ("type_", "body"),
        [
            ("trace-create", {"name": "a"}),
            ("trace-create", {"id": None}),
            ("score-create", {"name": "n", "value": 1, "traceId": "t"}),
            ("score-create", {"id": None, "name": "n", "value": 1, "traceId": "t"}),
            ("observation-create", {"type": "SPAN"}),
            ("observation-update", {"type": "SPAN", "id": None}),
        ],
    )
    def test_without_a_body_id_it_is_accepted_and_not_stored(self, type_: str, body: Any) -> None:
        decoded = decode_events(event(type_, body))
        assert (decoded.accepted, decoded.patches, decoded.rejections) == (["e1"], [], [])

    @pytest.mark.parametrize("type_", ["span-create", "span-update", "generation-create", "event-create"])
    def test_an_observation_needs_an_id(self, type_: str) -> None:
        assert reject(event(type_, {"name": "a"})) == "body.id: is required"
        assert reject(event(type_, {"id": None})) == "body.id: is required"

    def test_one_bad_event_among_a_thousand(self) -> None:
        events = [event(id=f"e{i}", body={"id": f"t{i}"}) for i in range(1000)]
        events[437]["timestamp"] = "yesterday"
        decoded = decode_events(*events)
        assert [r.id for r in decoded.rejections] == ["e437"]
        assert len(decoded.patches) == len(decoded.accepted) == 999
        assert decoded.received == 1000

    def test_an_empty_batch(self) -> None:
        assert answer(decode_events()) == {"successes": [], "errors": []}


class TestEnvelope:
    @pytest.mark.parametrize("raw", [7, None, "x", [], [[]], {"id": 7}, {}, {"id": None}])
    def test_the_id_of_a_broken_event_is_unknown(self, raw: Any) -> None:
        decoded = decode_events(raw)
        assert [(r.id, r.status) for r in decoded.rejections] == [("unknown", 400)]

    def test_the_id_of_a_broken_event_is_named_when_it_is_text(self) -> None:
        assert decode_events({"id": "e9"}).rejections[0].id == "e9"
        assert decode_events(event(id="")).rejections[0].id == ""

    @pytest.mark.parametrize("id_", ["", "a" * 801, "a\rb", "a\nb", "a\x00b", "\x7f", 7, None])
    def test_bad_ids(self, id_: Any) -> None:
        assert reject(event(id=id_))
        if id_ is not None:
            assert reject(event(body={"id": id_}))
            assert reject(event("span-create", {"id": "x", "traceId": id_}))

    @pytest.mark.parametrize("id_", ["a" * 800, "../../etc/passwd", "a/b", "😀", "__proto__", "a ", " "])
    def test_good_ids(self, id_: str) -> None:
        assert decode_events(event(id=id_, body={"id": id_})).patches[0].id == id_

    @pytest.mark.parametrize(
        ("text", "time_us"),
        [
            ("2026-01-01T00:00:00Z", T0),
            ("2026-01-01T00:00:00.123456789Z", T0 + 123_456),
            ("2026-01-01T02:00:00.5+02:00", T0 + 500_000),
            ("2025-12-31T19:00:00-05:00", T0),
        ],
    )
    def test_good_timestamps(self, text: str, time_us: int) -> None:
        assert decode_events(event(timestamp=text)).patches[0].time_us == time_us

    @pytest.mark.parametrize(
        "text",
        [
            "2026-01-01T00:00:00",
            "2026-01-01",
            "",
            "now",
            1767225600,
            None,
            "2026-13-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
        ],
    )
    def test_bad_timestamps(self, text: Any) -> None:
        assert "timestamp" in reject(event(timestamp=text))

    @pytest.mark.parametrize("text", ["1969-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
    def test_what_the_tables_cannot_hold_becomes_the_time_of_arrival(self, text: str) -> None:
        patch = decode_events(event(timestamp=text, body={"id": "t", "timestamp": text})).patches[0]
        assert patch.time_us == ARRIVAL.received_us
        assert patch.explicit["timestamp"] == ARRIVAL.received_us
        assert patch.explicit["metadata"] == {"original_timestamp": text}

    @pytest.mark.parametrize(
        "type_", ["dataset-run-item-create", "trace-update", "agent-update", "", None, 5]
    )
    def test_unknown_types(self, type_: Any) -> None:
        assert "type" in reject(event(type_))

    @pytest.mark.parametrize("body", [[], "x", 7, False])
    def test_a_body_must_be_an_object(self, body: Any) -> None:
        assert "object" in reject(event(body=body))
        assert "body" in reject({"id": "e", "timestamp": "2026-01-01T00:00:00Z", "type": "trace-create"})

    def test_unknown_keys_and_envelope_metadata_are_ignored(self) -> None:
        plain = decode_events(event())
        assert decode_events(event(metadata={"a": [1]}, more=1, body={"id": "x", "start_time": 3})) == plain


class TestWholeBatch:
    @pytest.mark.parametrize("body", [b"[]", b"{}", b"7", b"null", b'{"batch":{}}', b'{"batch":null}'])
    def test_no_batch(self, body: bytes) -> None:
        with pytest.raises(InvalidData, match="Invalid request data") as caught:
            decode(body, arrival=ARRIVAL)
        assert all(isinstance(text, str) for text in caught.value.details or [None])

    @pytest.mark.parametrize(
        "body", [b"", b"{", b'{"batch":[NaN]}', b'{"batch":[]}x', b'{"batch":["\xff"]}', b'{"batch":[1e]}']
    )
    def test_malformed_json(self, body: bytes) -> None:
        with pytest.raises(Invalid):
            decode(body, arrival=ARRIVAL)

    def test_extreme_depth(self) -> None:
        decoded = decode(b'{"batch":' + b"[" * 100_000 + b"]" * 100_000 + b"}", arrival=ARRIVAL)
        assert [(rejection.id, rejection.error) for rejection in decoded.rejections] == [
            ("unknown", "Expected `object`, got `array`")
        ]
        with pytest.raises(Invalid):
            decode(b'{"batch":' + b"[" * 100_000, arrival=ARRIVAL)

    @pytest.mark.parametrize("depth", [1_000, 100_000])
    def test_an_event_of_extreme_depth_is_refused_alone(self, depth: int) -> None:
        deep = b"[" * depth + b"]" * depth
        events = [
            b'{"id":"e%d","timestamp":"2026-01-01T00:00:00Z","type":"trace-create","body":{"id":"t","%s":%s}}'
            % (number, field, value)
            for number, (field, value) in enumerate(
                [(b"input", deep), (b"input", b'"[[["'), (b"metadata", b'{"a":' + deep + b"}")]
            )
        ]
        decoded = decode(b'{"batch":[' + b",".join(events) + b"]}", arrival=ARRIVAL)
        assert decoded.accepted == ["e1"]
        assert decoded.patches[0].explicit["input"] == "[[["
        assert [(rejection.id, rejection.error) for rejection in decoded.rejections] == [
            ("e0", "input: is nested deeper than 100 levels"),
            ("e2", "metadata: JSON is nested deeper than 100 levels"),
        ]

    def test_too_many_events(self) -> None:
        with pytest.raises(InvalidData) as caught:
            decode(b'{"batch":[' + b"1," * MAX_EVENTS + b"1]}", arrival=ARRIVAL)
        assert caught.value.details == [
            f"batch: has {MAX_EVENTS + 1} events; at most {MAX_EVENTS} are allowed"
        ]

    def test_batch_metadata_is_ignored(self) -> None:
        assert decode(b'{"metadata":[1,{"a":2}],"batch":[],"x":1}', arrival=ARRIVAL) == Decoded()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3),
    max_leaves=8,
)
TYPES = ["trace-create", "generation-create", "span-update", "score-create", "sdk-log", "observation-create"]
FIELDS = [
    "id",
    "traceId",
    "name",
    "input",
    "output",
    "metadata",
    "usage",
    "usageDetails",
    "costDetails",
    "modelParameters",
    "tags",
    "value",
    "dataType",
    "public",
    "type",
    "startTime",
    "environment",
    "promptName",
    "promptVersion",
    "level",
    "comment",
]


@given(JSON | st.fixed_dictionaries({"batch": JSON}))
def test_any_json_decodes_or_is_invalid(value: Any) -> None:
    try:
        decoded = decode(json.dumps(value).encode(), arrival=ARRIVAL)
    except Invalid:
        return
    assert decoded.received == len(decoded.accepted) + len(decoded.rejections)


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_any_body_is_accepted_or_refused_alone(type_: str, body: dict[str, Any]) -> None:
    decoded = decode_events(event(type_, body), event("trace-create", {"id": "good"}, id="e2"))
    assert "e2" in decoded.accepted
    assert decoded == decode_events(event(type_, body), event("trace-create", {"id": "good"}, id="e2"))


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_invalid(body: bytes) -> None:
    for whole in (body, b'{"batch":[' + body + b"]}"):
        try:
            decode(whole, arrival=ARRIVAL)
        except Invalid:
            continue
