"""Tells one trace: opens and closes spans along a clock of its own, so that children lie inside their parents
and nothing ends before it starts. Scenarios only say what happens and how long it takes.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spyglass.core.ids import derived_id
from spyglass.features.demo.language_models import EMBEDDER, LanguageModel, count_tokens
from spyglass.features.demo.spans import Span, Trace

_STEP_US = 3_000  # between the end of one span and the start of the next
_CACHED_FROM_TOKENS = 256

Message = dict[str, Any]


class Story:
    """`slowness` stretches all waiting: 1 on an ordinary day."""

    def __init__(self, trace: Trace, rng: random.Random, start_us: int, slowness: float) -> None:
        self.trace = trace
        self.rng = rng
        self.clock_us = start_us
        self._slowness = slowness
        self._open: list[Span] = []

    @contextmanager
    def span(self, name: str, type_: str = "SPAN", **fields: Any) -> Iterator[Span]:
        """A span around what happens inside the block."""
        span = self._start(name, type_, **fields)
        self._open.append(span)
        yield span
        self._open.pop()
        span.end_us = self.clock_us
        self.clock_us += _STEP_US

    def step(self, name: str, type_: str, took_ms: float, **fields: Any) -> Span:
        """A span without children that takes about so long."""
        with self.span(name, type_, **fields) as span:
            self.wait(took_ms)
        return span

    def wait(self, typical_ms: float) -> None:
        """Let time pass: never exactly the typical time, and now and then much more."""
        self.clock_us += round(typical_ms * 1000 * self._slowness * self.rng.lognormvariate(0, 0.35))

    def wait_exactly(self, ms: float) -> None:
        """A timer of the program itself, which a slow provider does not stretch."""
        self.clock_us += round(ms * 1000)

    @contextmanager
    def together(self) -> Iterator["Together"]:
        """Branches that run at the same time: each `with branches.branch():` starts at the same instant."""
        branches = Together(self)
        yield branches
        self.clock_us = branches.last_us

    def generate(
        self,
        name: str,
        model: LanguageModel,
        messages: list[Message],
        answer: Any,
        *,
        seen: bool = False,
        **fields: Any,
    ) -> Span:
        """A model call that streams its answer. `seen`: the beginning of the messages was sent before."""
        text = answer if isinstance(answer, str) else answer.get("content") or answer
        output_tokens = count_tokens(text)
        reasoning_tokens = round(output_tokens * self.rng.uniform(0.6, 3)) if model.reasons else 0
        with self.span(name, "GENERATION", input=messages, output=answer, model=model.name, **fields) as span:
            self.wait(model.first_token_ms + 1000 * reasoning_tokens / model.tokens_per_s)
            span.completion_start_us = self.clock_us
            self.wait(1000 * output_tokens / model.tokens_per_s)
        span.parameters = dict(model.parameters)
        input_tokens = count_tokens(messages)
        cached_tokens = _round_down(input_tokens, 128) if seen and model.caches else 0
        if cached_tokens < _CACHED_FROM_TOKENS:
            cached_tokens = 0
        span.usage = {"input": input_tokens - cached_tokens, "output": output_tokens}
        if cached_tokens:
            span.usage["input_cached_tokens"] = cached_tokens
        if reasoning_tokens:
            span.usage["output_reasoning_tokens"] = reasoning_tokens
        span.usage["total"] = input_tokens + output_tokens + reasoning_tokens
        return span

    def embed(self, name: str, text: str) -> Span:
        """A call of the embedding model. The vector itself nobody traces."""
        span = self.step(name, "EMBEDDING", EMBEDDER.first_token_ms, input=text, model=EMBEDDER.name)
        span.parameters = dict(EMBEDDER.parameters)
        span.usage = {"input": count_tokens(text), "total": count_tokens(text)}
        return span

    def _start(self, name: str, type_: str, **fields: Any) -> Span:
        spans = self.trace.spans
        span = Span(
            id=derived_id(self.trace.id, str(len(spans)))[:16],
            parent_id=self._open[-1].id if self._open else "",
            name=name,
            type=type_,
            start_us=self.clock_us,
            end_us=self.clock_us,
            **fields,
        )
        spans.append(span)
        self.clock_us += _STEP_US
        return span


class Together:
    """Made by `Story.together`."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._start_us = story.clock_us
        self.last_us = story.clock_us

    @contextmanager
    def branch(self) -> Iterator[None]:
        self._story.clock_us = self._start_us
        yield
        self.last_us = max(self.last_us, self._story.clock_us)


def chat(system: str, *turns: str) -> list[Message]:
    """The messages of a conversation: the system prompt, then user and assistant in turns."""
    roles = ("user", "assistant")
    said = [{"role": roles[index % 2], "content": text} for index, text in enumerate(turns)]
    return [{"role": "system", "content": system}, *said]


def _round_down(count: int, step: int) -> int:
    return count // step * step
