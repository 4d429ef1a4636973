"""What LLM calls add up to: each counted once, only ever growing, bounded whatever is sent."""

from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.counting import CacheCounts, Histogram
from spyglass.core.records import Observation
from spyglass.ingest import traffic as module
from spyglass.ingest.traffic import OTHER, UNKNOWN, ModelTraffic, Traffic

START = 1_767_225_600_000_000
SECOND = 1_000_000


def call(id_: str = "a", version: int = 1, project: str = "p", **fields: Any) -> Observation:
    fields = {"type": "GENERATION", "model": "m", "end_time": START + SECOND, **fields}
    return Observation(
        project_id=project, trace_id="t", id=id_, start_time=START, version_seq=version, **fields
    )


class Counter:
    """Counts rows one run each, under ascending versions."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.version = 0

    def span(self, id_: str = "a", *, known: bool = False, project: str = "p", **fields: Any) -> None:
        self.version += 1
        key = (project, "t", id_)
        row = call(id_, self.version, project, **fields)
        self.traffic.count({key: row}, [key] if known else [], [], self.version)

    def merged(self, before: Observation | None, **fields: Any) -> Observation:
        self.version += 1
        row = call("a", self.version, **fields)
        self.traffic.count({}, [], [(row, before)], self.version)
        return row

    def of(self, model: str = "m", project: str = "p") -> ModelTraffic:
        return dict(self.traffic.read(project)).get(model, ModelTraffic())


@pytest.fixture
def counter() -> Counter:
    return Counter()


class TestSpans:
    def test_once(self, counter: Counter) -> None:
        counter.span(usage={"input": 3, "total": 3}, total_cost=Decimal("0.5"))
        counter.span(known=True, usage={"input": 3, "total": 3}, total_cost=Decimal("0.5"))
        counter.span("b")
        found = counter.of()
        assert (found.requests, found.tokens, found.cost_usd) == (2, {"input": 3}, 0.5)

    @pytest.mark.parametrize("type_", ["SPAN", "AGENT", "TOOL", "EVENT", "CHAIN"])
    def test_only_calls(self, counter: Counter, type_: str) -> None:
        counter.span(type=type_, usage={"input": 3})
        assert counter.traffic.read("p") == []

    def test_embeddings_are_calls(self, counter: Counter) -> None:
        counter.span(type="EMBEDDING")
        assert counter.of().requests == 1

    def test_one_that_is_open_counts_when_it_ends(self, counter: Counter) -> None:
        counter.span(end_time=None)
        assert counter.traffic.read("p") == []
        counter.span(known=True)
        counter.span(known=True)
        assert counter.of().requests == 1

    def test_of_each_project(self, counter: Counter) -> None:
        counter.span(project="p")
        counter.span(project="q")
        counter.span("b", project="q")
        assert (counter.of().requests, counter.of(project="q").requests) == (1, 2)
        counter.traffic.forget("q")
        assert (counter.of().requests, counter.of(project="q").requests) == (1, 0)

    def test_a_run_that_is_repeated(self, counter: Counter) -> None:
        rows = {("p", "t", "a"): call("a", 10), ("p", "t", "b"): call("b", 11)}
        counter.traffic.count(rows, [], [(call("c", 19), None)], 19)
        counter.traffic.count(rows, [], [(call("c", 19), None)], 19)
        assert counter.of().requests == 3
        counter.traffic.count({("p", "t", "d"): call("d", 20)}, [], [], 29)
        assert counter.of().requests == 4


class TestUpdates:
    def test_what_is_added_is_counted(self, counter: Counter) -> None:
        started = counter.merged(None, end_time=None)
        assert counter.traffic.read("p") == []
        with_usage = counter.merged(started, end_time=None, usage={"input": 10, "total": 10})
        found = counter.of()
        assert (found.requests, found.unpriced, sum(found.latency_s.counts)) == (1, 1, 0)
        more = {"input": 10, "output": 5, "total": 15}
        ended = counter.merged(with_usage, usage=more, total_cost=Decimal("0.25"), level="ERROR")
        counter.merged(ended, usage=more, total_cost=Decimal("0.75"), level="ERROR")
        found = counter.of()
        assert (found.requests, found.errors, found.cost_usd) == (1, 1, 0.75)
        assert found.tokens == {"input": 10, "output": 5}
        assert (sum(found.latency_s.counts), found.latency_s.total) == (1, 1.0)

    def test_what_is_taken_back_is_not(self, counter: Counter) -> None:
        much = counter.merged(
            None, usage={"input": 10, "total": 10}, total_cost=Decimal("0.5"), level="ERROR"
        )
        less = counter.merged(much, usage={"input": 4, "total": 4}, total_cost=Decimal("0.25"))
        counter.merged(less, usage={}, total_cost=None, end_time=None)
        found = counter.of()
        assert (found.requests, found.errors, found.cost_usd, found.tokens) == (1, 1, 0.5, {"input": 10})

    def test_a_span_that_becomes_a_call(self, counter: Counter) -> None:
        span = counter.merged(None, type="SPAN")
        counter.merged(span)
        assert counter.of().requests == 1

    def test_another_model(self, counter: Counter) -> None:
        first = counter.merged(None, usage={"input": 10})
        counter.merged(first, model="other-model", usage={"input": 12})
        assert (counter.of().requests, counter.of().tokens) == (1, {"input": 10})
        later = counter.of("other-model")
        assert (later.requests, later.tokens) == (0, {"input": 2})


class TestValues:
    def test_only_a_total(self, counter: Counter) -> None:
        counter.span(usage={"total": 7})
        assert counter.of().tokens == {"total": 7}

    def test_unpriced(self, counter: Counter) -> None:
        counter.span("a", usage={"input": 1})
        counter.span("b", usage={"input": 1}, total_cost=Decimal(0))
        counter.span("c")
        assert (counter.of().requests, counter.of().unpriced, counter.of().cost_usd) == (3, 1, 0.0)

    def test_times(self, counter: Counter) -> None:
        counter.span("a", completion_start_time=START + 200_000)
        counter.span("b", end_time=START - 1, completion_start_time=START - 1)
        found = counter.of()
        assert (sum(found.latency_s.counts), found.latency_s.total) == (1, 1.0)
        assert (sum(found.first_token_s.counts), found.first_token_s.total) == (1, 0.2)

    def test_what_is_read_does_not_change(self, counter: Counter) -> None:
        counter.span("a", usage={"input": 1})
        before = counter.of()
        counter.span("b", usage={"input": 1})
        assert (before.requests, before.tokens, sum(before.latency_s.counts)) == (1, {"input": 1}, 1)


class TestBounds:
    def test_models(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_MODELS", 3)
        for n in range(6):
            counter.span(f"s{n}", model=f"m{n}")
        counter.span("again", model="m0")
        counter.span("none", model="")
        assert [(name, each.requests) for name, each in counter.traffic.read("p")] == [
            ("m0", 2),
            ("m1", 1),
            ("m2", 1),
            (OTHER, 4),
        ]

    def test_no_model_and_a_long_name(self, counter: Counter) -> None:
        counter.span("a", model="")
        counter.span("b", model="x" * 1000)
        assert [name for name, _ in counter.traffic.read("p")] == [UNKNOWN, "x" * 120]

    def test_kinds(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_KINDS", 2)
        counter.span(usage={"a": 1, "b": 2, "c": 3, "d": 4})
        assert counter.of().tokens == {"a": 1, "b": 2, OTHER: 7}

    def test_projects(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_PROJECTS", 2)
        for project in ("p", "q", "p", "r"):
            counter.span(f"s{counter.version}", project=project)
        assert [counter.of(project=each).requests for each in "pqr"] == [2, 0, 1]


def test_histogram() -> None:
    histogram = Histogram((0.5, 1.0, 2.0))
    for value in (0.1, 0.5, 0.6, 2.0, 2.1, 9.0):
        histogram.observe(value)
    assert histogram.cumulative() == [("0.5", 2), ("1.0", 3), ("2.0", 4), ("+Inf", 6)]
    assert histogram.total == pytest.approx(14.3)
    copied = histogram.copy()
    histogram.observe(0.1)
    assert (sum(copied.counts), sum(histogram.counts)) == (6, 7)


def test_cache_counts() -> None:
    counts = CacheCounts()
    counts.hit()
    counts.hit()
    counts.miss()
    assert (counts.hits, counts.misses) == (2, 1)
