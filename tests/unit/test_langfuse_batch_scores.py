"""Scores of the batch dialect: types, values and targets of contract 4.1 and 4.2, rows of 9.3."""

import json
from typing import Any

import pytest

from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank
from spyglass.ingest.dialects.langfuse import decode

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z
ARRIVAL = Arrival(project_id="p1", received_us=T0 + 60_000_000, public_key="pk")


def decode_score(body: dict[str, Any]) -> Decoded:
    envelope = {"id": "e", "timestamp": "2026-01-01T00:00:00Z", "type": "score-create", "body": body}
    return decode(json.dumps({"batch": [envelope]}).encode(), arrival=ARRIVAL)


def patch_of(**body: Any) -> Patch:
    decoded = decode_score({"id": "s", "name": "q", "traceId": "t", **body})
    assert not decoded.rejections, decoded.rejections
    return decoded.patches[0]


def error_of(**body: Any) -> str:
    decoded = decode_score({"id": "s", "name": "q", "traceId": "t", **body})
    assert decoded.patches == []
    assert decoded.rejections[0].status == 400
    return decoded.rejections[0].error


VALUES = [
    ({"value": 0.5}, "NUMERIC", 0.5, None, None),
    ({"value": 0}, "NUMERIC", 0.0, None, None),
    ({"value": "good"}, "CATEGORICAL", 0.0, "good", None),
    ({"value": ""}, "CATEGORICAL", 0.0, "", None),
    ({"value": 2, "dataType": "NUMERIC"}, "NUMERIC", 2.0, None, None),
    ({"value": 1, "dataType": "BOOLEAN"}, "BOOLEAN", 1.0, "True", None),
    ({"value": 0.0, "dataType": "BOOLEAN"}, "BOOLEAN", 0.0, "False", None),
    ({"value": "x", "dataType": "CATEGORICAL"}, "CATEGORICAL", 0.0, "x", None),
    ({"value": "a" * 500, "dataType": "TEXT"}, "TEXT", 0.0, "a" * 500, None),
    ({"value": "fixed " * 200, "dataType": "CORRECTION"}, "CORRECTION", 0.0, None, "fixed " * 200),
]


@pytest.mark.parametrize(("body", "data_type", "value", "string", "long"), VALUES)
def test_values(body: dict[str, Any], data_type: str, value: float, string: Any, long: Any) -> None:
    said = patch_of(**body).explicit
    assert (said["data_type"], said["value"], said["string_value"], said["long_string_value"]) == (
        data_type,
        value,
        string,
        long,
    )
    assert said["name"] == ("output" if data_type == "CORRECTION" else "q")


@pytest.mark.parametrize(
    "body",
    [
        {"value": True, "dataType": "BOOLEAN"},
        {"value": True},
        {"value": 1, "dataType": None},
        {"value": None},
        {},
        {"value": [1]},
        {"value": "1", "dataType": "NUMERIC"},
        {"value": 2, "dataType": "BOOLEAN"},
        {"value": 0.5, "dataType": "BOOLEAN"},
        {"value": "True", "dataType": "BOOLEAN"},
        {"value": 1, "dataType": "CATEGORICAL"},
        {"value": "", "dataType": "TEXT"},
        {"value": "a" * 501, "dataType": "TEXT"},
        {"value": 1, "dataType": "TEXT"},
        {"value": 1, "dataType": "CORRECTION"},
        {"value": 1, "dataType": "numeric"},
        {"value": 10**400},
        {"value": 1, "name": ""},
        {"value": 1, "name": None},
        {"value": 1, "name": "a\x00"},
        {"value": 1, "source": "SDK"},
        {"value": 1, "source": None},
        {"value": 1, "source": "ANNOTATION"},
        {"value": "x", "dataType": "CORRECTION", "configId": "c"},
        {"value": 1, "comment": 5},
        {"value": 1, "environment": 5},
        {"value": 1, "id": ""},
        {"value": 1, "sessionId": "a\x00"},
    ],
)
def test_wrong_values(body: dict[str, Any]) -> None:
    assert error_of(**body)


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ({"traceId": "t"}, {"trace_id": "t"}),
        ({"traceId": "t", "observationId": "o"}, {"trace_id": "t", "observation_id": "o"}),
        (
            {"traceId": "t", "observationId": None, "sessionId": ""},
            {"trace_id": "t", "observation_id": None, "session_id": None},
        ),
        ({"traceId": None, "sessionId": "s"}, {"session_id": "s"}),
        ({"datasetRunId": "r"}, {"dataset_run_id": "r"}),
    ],
)
def test_targets(target: dict[str, Any], stored: dict[str, Any]) -> None:
    said = decode_score({"id": "s", "name": "q", "value": 1, **target}).patches[0].explicit
    assert {key: said[key] for key in said if key.endswith("_id")} == stored


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"traceId": ""},
        {"observationId": "o"},
        {"sessionId": "s", "observationId": "o"},
        {"traceId": "t", "sessionId": "s"},
        {"traceId": "t", "datasetRunId": "r"},
        {"sessionId": "s", "datasetRunId": "r"},
        {"sessionId": "s", "dataType": "CORRECTION", "value": "x"},
    ],
)
def test_wrong_targets(target: dict[str, Any]) -> None:
    decoded = decode_score({"id": "s", "name": "q", "value": 1, **target})
    assert (decoded.patches, decoded.rejections[0].status) == ([], 400)


def test_a_whole_patch() -> None:
    patch = patch_of(
        value=1,
        source="ANNOTATION",
        configId="c",
        queueId="qu",
        executionTraceId="x",
        comment=None,
        metadata={"a": 1},
        environment="Prod",
        parent_observation_id="ignored",
    )
    assert patch == Patch(
        Kind.SCORE,
        "s",
        T0,
        Rank.CREATE,
        {
            "value": 1.0,
            "string_value": None,
            "long_string_value": None,
            "name": "q",
            "source": "ANNOTATION",
            "trace_id": "t",
            "config_id": "c",
            "queue_id": "qu",
            "execution_trace_id": "x",
            "comment": None,
            "environment": "prod",
            "metadata": {"a": 1},
        },
        {"timestamp": T0, "data_type": "NUMERIC", "public_key": "pk"},
    )


def test_without_a_config_the_type_is_said() -> None:
    patch = patch_of(value=1)
    assert patch.explicit["data_type"] == "NUMERIC"
    assert patch.implied == {"timestamp": T0, "environment": "default", "public_key": "pk"}
    assert patch.explicit["source"] == "API"
    assert "comment" not in patch.explicit
