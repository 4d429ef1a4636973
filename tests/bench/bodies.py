"""Request bodies for the load, built before anything is measured: OTLP (protobuf, gzip) and batch API (JSON).

An observation carries about 2 KB; a trace has five, like `corpus.py`, whose prose and code fill the texts.
Every id is new, times are now.
"""

import gzip
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .corpus import Corpus, build_corpus

TRACE = 5  # observations of a trace
OTLP_TRACES = 20  # of a request
BATCH_TRACES = 8
TEXT_BYTES = 1_500  # of input and output together; the rest of the 2 KB is attributes, ids, keys
_SHAPE = (
    ("chain", "answer"),
    ("retriever", "search"),
    ("generation", "plan"),
    ("tool", "run"),
    ("generation", "say"),
)


@dataclass(frozen=True)
class Bodies:
    """Requests of one kind; `observation_bytes` is what one observation has on the wire before compression."""

    kind: str
    content: list[bytes]
    headers: dict[str, str]
    observations: int  # of all requests
    observation_bytes: int


class BodyBuilder:
    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._corpus: Corpus = build_corpus()

    def otlp(self, observations: int) -> Bodies:
        count = max(1, observations // (OTLP_TRACES * TRACE))
        raw = [self._otlp_request(OTLP_TRACES) for _ in range(count)]
        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        total = count * OTLP_TRACES * TRACE
        return Bodies(
            "otlp", [gzip.compress(one, 6) for one in raw], headers, total, sum(map(len, raw)) // total
        )

    def batch(self, observations: int) -> Bodies:
        count = max(1, observations // (BATCH_TRACES * TRACE))
        content = []
        for _ in range(count):
            events = [event for _ in range(BATCH_TRACES) for event in self._batch_events()]
            content.append(json.dumps({"batch": events, "metadata": {"sdk_name": "bench"}}).encode())
        total = count * BATCH_TRACES * TRACE
        return Bodies(
            "batch", content, {"Content-Type": "application/json"}, total, sum(map(len, content)) // total
        )

    def probe(self) -> tuple[str, bytes]:
        """The id of a trace of one span, and the request that carries it."""
        message = ExportTraceServiceRequest()
        spans = message.resource_spans.add().scope_spans.add().spans
        self._add_trace(spans, self._shape(1))
        return spans[0].trace_id.hex(), gzip.compress(message.SerializeToString(), 1)

    # --- texts

    def _texts(self) -> tuple[str, str]:
        rng, corpus = self._rng, self._corpus
        question, answer = rng.choice(corpus.questions), rng.choice(corpus.paragraphs)
        context = rng.choice(corpus.paragraphs) + " " + rng.choice(corpus.snippets)
        messages = [
            {"role": "system", "content": rng.choice(corpus.systems)[:200]},
            {"role": "user", "content": question},
        ]
        room = TEXT_BYTES - len(answer[:600]) - len(json.dumps(messages))
        messages.append({"role": "user", "content": context[: max(100, room)]})
        return json.dumps(messages), answer[:600]

    def _hex(self, digits: int) -> str:
        return f"{self._rng.getrandbits(4 * digits):0{digits}x}"

    def _shape(self, count: int) -> list[tuple[str, str]]:
        return list(_SHAPE[:count])

    # --- OTLP

    def _otlp_request(self, traces: int) -> bytes:
        message = ExportTraceServiceRequest()
        resource = message.resource_spans.add()
        resource.resource.attributes.append(_attribute("service.name", "bench"))
        scope = resource.scope_spans.add()
        scope.scope.name, scope.scope.version = "langfuse-sdk", "4.14.0"
        for _ in range(traces):
            self._add_trace(scope.spans, self._shape(TRACE))
        return message.SerializeToString()

    def _add_trace(self, spans: Any, shape: list[tuple[str, str]]) -> None:
        rng, trace_id, root_id = self._rng, rng_bytes(self._rng, 16), rng_bytes(self._rng, 8)
        session = rng.randrange(2_000)
        shared = {
            "langfuse.environment": "production", "langfuse.trace.name": f"answer-{rng.randrange(7)}",
            "user.id": f"user-{session % 200}", "session.id": f"session-{session}",
        }  # fmt: skip
        now = time.time_ns()
        for number, (type_, name) in enumerate(shape):
            span = Span(
                trace_id=trace_id, span_id=rng_bytes(rng, 8) if number else root_id, name=name,
                parent_span_id=root_id if number else b"", start_time_unix_nano=now + number * 1_000_000,
                end_time_unix_nano=now + number * 1_000_000 + rng.randrange(2_000_000_000),
            )  # fmt: skip
            input_, output = self._texts()
            attributes = {
                **shared, "langfuse.observation.type": type_, "langfuse.observation.input": input_,
                "langfuse.observation.output": output, "langfuse.observation.metadata.request": self._hex(16),
            }  # fmt: skip
            if type_ == "generation":
                attributes["langfuse.observation.model.name"] = "gpt-4o-mini"
                usage = {"input": rng.randrange(300, 4000), "output": rng.randrange(20, 900)}
                attributes["langfuse.observation.usage_details"] = json.dumps(usage)
            span.attributes.extend(_attribute(key, value) for key, value in attributes.items())
            spans.append(span)

    # --- batch API

    def _batch_events(self) -> Iterator[dict[str, Any]]:
        """A trace, and five generations that are created and then completed."""
        rng, trace_id, now = self._rng, self._hex(32), time.time()
        shared = {"environment": "production"}
        question, answer = self._texts()
        session = rng.randrange(2_000)
        yield self._event("trace-create", now, {
            **shared, "id": trace_id, "timestamp": _iso(now), "name": f"answer-{rng.randrange(7)}",
            "userId": f"user-{session % 200}", "sessionId": f"session-{session}", "input": question[:200],
            "output": answer[:200], "tags": [f"tag-{rng.randrange(40)}"],
        })  # fmt: skip
        for number in range(TRACE):
            input_, output = self._texts()
            key = {**shared, "id": self._hex(32), "traceId": trace_id}
            start = now + number / 1000
            yield self._event("generation-create", start, {
                **key, "name": "answer", "startTime": _iso(start), "model": "gpt-4o-mini",
                "input": json.loads(input_), "modelParameters": {"temperature": 0.2},
            })  # fmt: skip
            yield self._event("generation-update", start + 0.5, {
                **key, "endTime": _iso(start + rng.random() * 2), "output": output,
                "usageDetails": {"input": rng.randrange(300, 4000), "output": rng.randrange(20, 900)},
            })  # fmt: skip

    def _event(self, type_: str, at_s: float, body: dict[str, Any]) -> dict[str, Any]:
        return {"id": self._hex(32), "type": type_, "timestamp": _iso(at_s), "body": body}


def rng_bytes(rng: random.Random, count: int) -> bytes:
    return rng.getrandbits(8 * count).to_bytes(count, "big")


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))
