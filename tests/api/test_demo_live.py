"""The demo's requests against the real application: everything is accepted, sent twice it is there once."""

import time
from typing import Any

from starlette.testclient import TestClient

from spyglass.core.clock import now_us
from spyglass.features.demo.scenarios import make_traces
from spyglass.features.demo.service import send
from spyglass.features.demo.wire import build_requests


def test_a_demo_is_read_back(parts: Any, project: Any) -> None:
    made = make_traces(seed=11, count=60, days=7, now_us=now_us())
    spans = [span for trace in made for span in trace.spans]
    scores = [score for trace in made for score in trace.scores]
    with TestClient(parts.app, headers=project.basic) as client:

        def count(path: str) -> int:
            answer = client.get(f"/api/public/{path}", params={"limit": 1})
            assert answer.status_code == 200
            return int(answer.json()["meta"]["totalItems"])

        def counts() -> tuple[int, int, int]:
            return count("traces"), count("observations"), count("v2/scores")

        for _ in range(2):
            sent = send(client, build_requests(made), lambda _: None)
            assert (sent.traces, sent.observations, sent.scores) == (60, len(spans), len(scores))
            assert sent.refused == 0
            deadline = time.monotonic() + 20
            while parts.pipeline.lag and time.monotonic() < deadline:
                time.sleep(0.05)
            assert counts() == (60, len(spans), len(scores))

        chat = next(trace for trace in made if trace.name == "support-chat" and trace.spans[0].output)
        found = client.get(f"/api/public/traces/{chat.id}").json()
        assert (found["name"], found["userId"]) == (chat.name, chat.user_id)
        assert (found["input"], found["output"]) == (chat.spans[0].input, chat.spans[0].output)
        assert {row["id"] for row in found["observations"]} == {span.id for span in chat.spans}
        assert {row["id"] for row in found["scores"]} == {
            score.body["id"] for score in chat.scores if "traceId" in score.body
        }
        assert found["totalCost"] > 0
