"""Seeded traffic of two client kinds: Langfuse batch events and OTLP spans. The same seed gives the same units."""

import random
from typing import Any

from .history import Request, Statement, Unit
from .wire import to_batch_request, to_otlp_request

FIRST_MS = 1_790_000_000_000
WORDS = [
    "invoice",
    "customer",
    "refund",
    "policy",
    "answer",
    "retrieve",
    "vector",
    "prompt",
    "context",
    "summary",
    "latency",
    "budget",
]
PRICED_MODEL = "gpt-4o-mini"
REPEATED = 0.2


class Traffic:
    """An endless source of units; ids carry the seed, so that two sources never meet."""

    def __init__(self, source: str, seed: int) -> None:
        self._source = source
        self._seed = seed
        self._rng = random.Random(f"{source} {seed}")
        self._number = 0

    def next_unit(self) -> Unit:
        self._number += 1
        make, to_request = (
            (self._batch_trace, to_batch_request)
            if self._source == "batch"
            else (self._otlp_trace, to_otlp_request)
        )
        statements = [s for _ in range(self._rng.randint(1, 2)) for s in make()]
        requests = [to_request(part) for part in self._split(statements)]
        unit = Unit(self._source, self._number, requests)
        unit.schedule = self._schedule(requests)
        return unit

    def _split(self, statements: list[Statement]) -> list[list[Statement]]:
        self._rng.shuffle(statements)
        cuts = sorted(
            self._rng.sample(range(1, len(statements)), min(self._rng.randint(0, 3), len(statements) - 1))
        )
        return [statements[a:b] for a, b in zip([0, *cuts], [*cuts, len(statements)], strict=True)]

    def _schedule(self, requests: list[Request]) -> list[int]:
        """Each request once, in any order, and one in five again at a later place."""
        order = list(range(len(requests)))
        self._rng.shuffle(order)
        for index in range(len(requests)):
            if self._rng.random() < REPEATED:
                order.insert(self._rng.randint(order.index(index) + 1, len(order)), index)
        return order

    # --- parts of both kinds

    def _hex(self, digits: int) -> str:
        return f"{self._rng.getrandbits(4 * digits):0{digits}x}"

    def _mark(self) -> str:
        """A short text that cannot be taken for a number."""
        return "m" + self._hex(6)

    def _text(self) -> str:
        """Unique prose, so that a value in the wrong place cannot go unseen."""
        return " ".join(self._rng.choices(WORDS, k=self._rng.randint(20, 90))) + f" #{self._hex(12)}"

    def _start_ms(self) -> int:
        return FIRST_MS + self._rng.randrange(40 * 86_400_000)

    # --- batch API

    def _batch_trace(self) -> list[Statement]:
        rng, trace_id, start = self._rng, f"t{self._seed}-{self._hex(20)}", self._start_ms()
        shared = {"environment": rng.choice(["production", "staging"])}
        first = {
            **shared, "id": trace_id, "timestamp": start, "name": f"chat {self._hex(4)}",
            "userId": f"user-{rng.randrange(50)}", "input": self._text(), "tags": ["zeta", f"t{rng.randrange(9)}"],
            "metadata": {"first": self._mark(), "nested": {"a": rng.randrange(9)}},
        }  # fmt: skip
        second = {
            **shared, "id": trace_id, "timestamp": start, "sessionId": f"session-{rng.randrange(90)}",
            "output": self._text(), "tags": ["alpha"], "metadata": {"second": self._mark(), "nested": {"b": True}},
        }  # fmt: skip
        if rng.random() < 0.3:
            second["name"] = f"renamed {self._hex(4)}"
        statements = [
            self._event("trace-create", start + 1, first),
            self._event("trace-create", start + 900, second),
        ]
        statements += self._span(trace_id, start, shared)
        for _ in range(rng.randint(1, 2)):
            statements += self._generation(trace_id, start, shared)
        if rng.random() < 0.6:
            statements += self._score(trace_id, start, shared)
        return statements

    def _event(self, type_: str, time_ms: int, body: dict[str, Any]) -> Statement:
        return Statement(f"e{self._seed}-{self._hex(24)}", type_, time_ms, body)

    def _span(self, trace_id: str, start: int, shared: dict[str, Any]) -> list[Statement]:
        body = {
            **shared, "id": f"s{self._seed}-{self._hex(16)}", "traceId": trace_id, "name": "retrieve",
            "startTime": start + 5, "endTime": start + 5 + self._rng.randrange(4000),
            "input": self._text(), "output": self._text(), "metadata": {"documents": self._rng.randrange(20)},
        }  # fmt: skip
        return [self._event("span-create", start + 5, body)]

    def _generation(self, trace_id: str, start: int, shared: dict[str, Any]) -> list[Statement]:
        """Created, completed by an update that does not name the start time, sometimes corrected by another."""
        rng = self._rng
        key = {**shared, "id": f"g{self._seed}-{self._hex(16)}", "traceId": trace_id}
        create = {
            **key, "name": "answer", "startTime": start + 20, "model": PRICED_MODEL, "input": self._text(),
            "metadata": {"attempt": rng.randrange(3)},
        }  # fmt: skip
        update = {
            **key, "endTime": start + 1020 + rng.randrange(5000), "output": self._text(), **self._usage(),
            "metadata": {"finish": "stop"},
        }  # fmt: skip
        events = [
            self._event("generation-create", start + 20, create),
            self._event("generation-update", start + 300, update),
        ]
        if rng.random() < 0.3:
            failure = {
                **key,
                "level": "ERROR",
                "statusMessage": f"retry {self._hex(4)}",
                "output": self._text(),
            }
            events.append(self._event("generation-update", start + 400, failure))
        return events

    def _usage(self) -> dict[str, Any]:
        usage = {"input": self._rng.randint(1, 9000), "output": self._rng.randint(1, 900)}
        if self._rng.random() < 0.5:
            return {"usageDetails": usage}
        return {
            "usageDetails": usage,
            "costDetails": {"input": usage["input"] / 1024, "output": usage["output"] / 512},
        }

    def _score(self, trace_id: str, start: int, shared: dict[str, Any]) -> list[Statement]:
        body = {
            **shared, "id": f"c{self._seed}-{self._hex(16)}", "traceId": trace_id, "name": "quality",
            "value": self._rng.randrange(1000) / 8, "comment": self._text(),
        }  # fmt: skip
        events = [self._event("score-create", start + 50, body)]
        if self._rng.random() < 0.5:
            again = {**body, "value": self._rng.randrange(1000) / 8, "comment": self._text()}
            events.append(self._event("score-create", start + 60, again))
        return events

    # --- OTLP

    def _otlp_trace(self) -> list[Statement]:
        rng, trace_id, start = self._rng, self._hex(32), self._start_ms()
        root_id = self._hex(16)
        shared = {
            "traceId": trace_id, "environment": rng.choice(["production", "staging"]),
            "traceName": f"agent {self._hex(4)}", "userId": f"user-{rng.randrange(50)}",
            "sessionId": f"session-{rng.randrange(90)}", "tags": ["alpha", f"t{rng.randrange(9)}"],
        }  # fmt: skip
        root = self._otlp_span(shared, root_id, "", "SPAN", start, 5000)
        children = [
            self._otlp_span(
                shared,
                self._hex(16),
                root_id,
                rng.choice(["SPAN", "TOOL", "GENERATION"]),
                start + 10 * n,
                900,
            )
            for n in range(1, rng.randint(3, 6))
        ]
        return [root, *children]

    def _otlp_span(
        self, shared: dict[str, Any], span_id: str, parent_id: str, type_: str, start: int, took: int
    ) -> Statement:
        body = {
            **shared, "id": span_id, "parentObservationId": parent_id, "type": type_, "name": f"step {self._hex(4)}",
            "startTime": start, "endTime": start + self._rng.randint(1, took), "input": self._text(),
            "output": self._text(), "metadata": {"attempt": self._mark()},
        }  # fmt: skip
        if self._rng.random() < 0.1:
            body |= {"level": "ERROR", "statusMessage": f"failed {self._hex(4)}"}
        if type_ == "GENERATION":
            body |= {"model": PRICED_MODEL, **self._usage()}
        return Statement(span_id, "span", start, body)
