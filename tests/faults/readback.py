"""Reads a whole project back over the public API: pages of traces, the cursor of observations v2 and scores v3,
and single traces. Answers are flattened to the vocabulary of `model.py`."""

import base64
import http.client
import json
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

Fields = dict[str, Any]
PAGE = 100


@dataclass
class Actual:
    """Rows by id, and how often the lists showed each id."""

    traces: dict[str, Fields] = field(default_factory=dict)
    observations: dict[str, Fields] = field(default_factory=dict)
    scores: dict[str, Fields] = field(default_factory=dict)
    seen: dict[str, Counter[str]] = field(
        default_factory=lambda: {"trace": Counter(), "observation": Counter(), "score": Counter()}
    )
    total_traces: int = 0


class Reader:
    """One keep-alive connection with a project's keys."""

    def __init__(self, port: int, public_key: str, secret_key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        token = base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def get(self, path: str, **params: Any) -> Any:
        """The parsed answer; raises on any status but 200."""
        query = urllib.parse.urlencode({key: value for key, value in params.items() if value is not None})
        self._connection.request("GET", f"/api/public{path}?{query}", headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {path}?{query} answered {answer.status}: {text[:300]!r}")
        return json.loads(text, parse_float=Decimal)

    def read_all(self) -> Actual:
        actual = Actual()
        self._read_traces(actual)
        for row in self._follow("/v2/observations", limit=1000, fields="core,basic,io,metadata,model,usage"):
            actual.seen["observation"][row["id"]] += 1
            actual.observations[row["id"]] = read_observation(row)
        for row in self._follow("/v3/scores", limit=PAGE, fields="core,details,subject"):
            actual.seen["score"][row["id"]] += 1
            actual.scores[row["id"]] = {
                **{name: row[name] for name in ("name", "comment", "environment")},
                "value": float(row["value"]),
                "traceId": row["subject"]["id"],
            }
        return actual

    def read_trace(self, trace_id: str) -> tuple[Fields, dict[str, Fields]]:
        """One trace as the single read shows it, and its observations."""
        row = self.get(f"/traces/{urllib.parse.quote(trace_id)}")
        observations = {each["id"]: read_observation(each) for each in row["observations"]}
        trace = _trace(
            {**row, "observations": list(observations), "scores": [each["id"] for each in row["scores"]]}
        )
        if len(observations) != len(row["observations"]):
            trace["observations"] = sorted(each["id"] for each in row["observations"])
        return trace, observations

    def _read_traces(self, actual: Actual) -> None:
        page, pages = 1, 1
        while page <= pages:
            answer = self.get("/traces", page=page, limit=PAGE)
            for row in answer["data"]:
                actual.seen["trace"][row["id"]] += 1
                actual.traces[row["id"]] = _trace(row)
            pages = answer["meta"]["totalPages"]
            actual.total_traces = answer["meta"]["totalItems"]
            page += 1

    def _follow(self, path: str, **params: Any) -> Any:
        cursor = None
        while True:
            answer = self.get(path, cursor=cursor, **params)
            yield from answer["data"]
            cursor = answer["meta"].get("cursor")
            if not cursor:
                return


def _trace(row: Fields) -> Fields:
    names = ("name", "userId", "sessionId", "environment", "input", "output", "metadata")
    return {
        **{name: row[name] for name in names},
        "tags": sorted(row["tags"]),
        "timestamp": to_ms(row["timestamp"]),
        "observations": sorted(row["observations"]),
        "scores": sorted(row["scores"]),
        "cost": row["totalCost"],
    }


def read_observation(row: Fields) -> Fields:
    """Of v1 (inside a trace) and v2."""
    names = (
        "traceId",
        "type",
        "name",
        "level",
        "statusMessage",
        "environment",
        "input",
        "output",
        "metadata",
    )
    return {
        **{name: row[name] for name in names},
        "parentObservationId": row["parentObservationId"],
        "startTime": to_ms(row["startTime"]),
        "endTime": to_ms(row["endTime"]) if row["endTime"] else None,
        "model": row["model"] if "model" in row else row["providedModelName"],
        "usage": row["usageDetails"],
        "cost": row["calculatedTotalCost"] if "calculatedTotalCost" in row else row["totalCost"],
    }


def to_ms(text: str) -> int:
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
