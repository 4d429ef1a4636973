"""The demo's traces: the same for the same seed, well formed, and read by the OTLP dialect as they were meant."""

import gzip
import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import msgspec
import pytest

from spyglass.core.clock import parse_iso
from spyglass.core.errors import Invalid, SpyglassError, Unauthorized, Unavailable
from spyglass.core.records import Arrival, Observation, Patch
from spyglass.core.usage import with_total
from spyglass.features.demo import scenarios, service, wire
from spyglass.features.demo.spans import Span, Trace
from spyglass.features.demo.visits import HOUR_US, USERS, WEEK_US, Timeline, slowness_at
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.dialects.entities import decode as decode_entity
from spyglass.ingest.dialects.otlp import decode


def us(text: str) -> int:
    found = parse_iso(text)
    assert found is not None
    return found


# A Thursday, so that the latest Tuesday and Wednesday are both inside the week.
NOW_US = us("2026-03-12T15:20:00Z")
ARRIVAL = Arrival("p-1", received_us=NOW_US)


@pytest.fixture(scope="module")
def traces() -> list[Trace]:
    return scenarios.make_traces(seed=1, count=1247, days=7, now_us=NOW_US)


@pytest.fixture(scope="module")
def requests(traces: list[Trace]) -> list[wire.Request]:
    return list(wire.build_requests(traces))


@pytest.fixture(scope="module")
def decoded(requests: list[wire.Request]) -> tuple[dict[str, Observation], list[Patch]]:
    """(observations by span id, patches of traces) of everything that is sent."""
    observations: dict[str, Observation] = {}
    patches: list[Patch] = []
    for request in requests:
        if request.path == wire.OTLP_PATH:
            found = decode(gzip.decompress(request.body), is_json=True, arrival=ARRIVAL)
            assert found.rejections == []
            assert found.received == len(found.observations) == request.observations
            observations |= {row.id: row for row in found.observations}
            patches += found.patches
    return observations, patches


def all_spans(traces: list[Trace]) -> list[Span]:
    return [span for trace in traces for span in trace.spans]


class TestTimeline:
    def test_the_same_seed_gives_the_same_bytes(self, requests: list[wire.Request]) -> None:
        again = scenarios.make_traces(seed=1, count=1247, days=7, now_us=NOW_US)
        assert list(wire.build_requests(again)) == requests

    def test_another_seed_shares_no_id(self, traces: list[Trace]) -> None:
        other = scenarios.make_traces(seed=2, count=300, days=7, now_us=NOW_US)
        assert not {trace.id for trace in traces} & {trace.id for trace in other}

    def test_later_the_window_has_moved_and_what_it_keeps_is_unchanged(self, traces: list[Trace]) -> None:
        later = scenarios.make_traces(seed=1, count=1247, days=7, now_us=NOW_US + 5 * HOUR_US)
        before = {trace.id: trace for trace in traces}
        kept = [trace for trace in later if trace.id in before]
        assert 1000 < len(kept) < 1247
        assert all(before[trace.id] == trace for trace in kept)
        assert min(trace.end_us for trace in later if trace.id not in before) > NOW_US

    def test_everything_has_ended_and_is_recent(self, traces: list[Trace]) -> None:
        assert max(trace.end_us for trace in traces) <= NOW_US
        assert NOW_US - traces[-1].start_us < HOUR_US
        assert 0.9 * WEEK_US < NOW_US - traces[0].start_us < 1.1 * WEEK_US
        assert [trace.start_us for trace in traces] == sorted(trace.start_us for trace in traces)

    @pytest.mark.parametrize(("count", "days"), [(1, 1), (20, 1), (500, 3), (900, 30)])
    def test_other_windows(self, count: int, days: int) -> None:
        made = scenarios.make_traces(seed=3, count=count, days=days, now_us=NOW_US)
        assert len({trace.id for trace in made}) == count
        if count >= 500:
            reach = (NOW_US - made[0].start_us) / (24 * HOUR_US)
            assert 0.8 * days < reach < 1.2 * days

    def test_visits_are_in_order_of_their_numbers(self) -> None:
        timeline = Timeline("any", 80, weekly=True)
        last = timeline.last_before(NOW_US)
        starts = [timeline.visit(number).start_us for number in range(last - 1200, last + 2)]
        assert starts == sorted(starts)
        assert starts[-2] < NOW_US <= starts[-1]

    def test_office_hours_and_weekends(self, traces: list[Trace]) -> None:
        day_us = 24 * HOUR_US
        by_hour = Counter(trace.start_us % day_us // HOUR_US for trace in traces)
        by_weekday = Counter((trace.start_us // day_us + 3) % 7 for trace in traces)
        assert sum(by_hour[hour] for hour in range(9, 17)) > 8 * sum(by_hour[hour] for hour in range(6))
        assert min(by_weekday[day] for day in range(5)) > 2 * max(by_weekday[5], by_weekday[6])

    def test_the_slow_afternoon(self, traces: list[Trace]) -> None:
        assert slowness_at(us("2026-03-10T13:00:00Z")) == 4.0
        assert slowness_at(us("2026-03-10T12:59:59Z")) == 1.0
        assert slowness_at(us("2026-03-10T17:00:00Z")) == 1.0
        assert slowness_at(us("2026-03-11T14:00:00Z")) == 1.0
        chats = [trace for trace in traces if trace.name == "support-chat"]
        took = {
            slow: sorted(t.end_us - t.start_us for t in chats if (slowness_at(t.start_us) > 1) is slow)
            for slow in (True, False)
        }
        assert len(took[True]) > 20
        assert took[True][len(took[True]) // 2] > 2.5 * took[False][len(took[False]) // 2]

    def test_the_release_of_wednesday(self, traces: list[Trace]) -> None:
        at_us = us("2026-03-11T10:00:00Z")
        before = {(t.release, t.version, t.prompt_version) for t in traces if t.start_us < at_us}
        after = {(t.release, t.version, t.prompt_version) for t in traces if t.start_us >= at_us}
        assert len(before) == len(after) == 1
        assert before.isdisjoint(after)

    def test_what_a_visit_has_on_average(self) -> None:
        timeline = Timeline("any", 80, weekly=True)
        turns = [
            scenario.count_turns(visit)
            for visit in map(timeline.visit, range(4000))
            if (scenario := scenarios._choose(visit, 400))
        ]
        assert sum(turns) / len(turns) == pytest.approx(scenarios.TRACES_A_VISIT, rel=0.04)


class TestTraces:
    def test_every_parent_exists_and_there_is_one_root(self, traces: list[Trace]) -> None:
        for trace in traces:
            ids = {span.id for span in trace.spans}
            assert len(ids) == len(trace.spans)
            assert [span.id for span in trace.spans if not span.parent_id] == [trace.spans[0].id]
            assert {span.parent_id for span in trace.spans[1:]} <= ids

    def test_ids_are_what_otlp_asks_for(self, traces: list[Trace]) -> None:
        spans = all_spans(traces)
        assert len({span.id for span in spans}) == len(spans)
        assert all(len(bytes.fromhex(span.id)) == 8 for span in spans)
        assert all(len(bytes.fromhex(trace.id)) == 16 for trace in traces)

    def test_children_lie_inside_their_parents(self, traces: list[Trace]) -> None:
        for trace in traces:
            by_id = {span.id: span for span in trace.spans}
            for span in trace.spans:
                assert span.start_us <= span.end_us
                if span.completion_start_us is not None:
                    assert span.start_us < span.completion_start_us <= span.end_us
                if span.parent_id:
                    parent = by_id[span.parent_id]
                    assert parent.start_us <= span.start_us
                    assert span.end_us <= parent.end_us

    def test_what_is_in_a_week(self, traces: list[Trace]) -> None:
        names = Counter(trace.name for trace in traces)
        assert set(names) == {
            "support-chat",
            "docs-question",
            "assistant",
            "plan-trip",
            "ask-database",
            "nightly-digest",
            "review-pull-request",
            "catalogue-audit",
            "export-orders",
        }
        sizes = sorted((len(trace.spans) for trace in traces), reverse=True)
        assert sizes[0] == 398
        assert names["catalogue-audit"] >= 3
        agents = [len(t.spans) for t in traces if t.name in ("plan-trip", "ask-database")]
        assert 5 <= sorted(agents)[len(agents) // 2] <= 25
        assert {span.type for span in all_spans(traces)} == {
            *("SPAN", "GENERATION", "AGENT", "TOOL", "CHAIN"),
            *("RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL"),
        }
        assert {trace.environment for trace in traces} == {"production", "staging"}

    def test_errors_of_several_kinds(self, traces: list[Trace]) -> None:
        kinds = {span.exception[0] for span in all_spans(traces) if span.exception}
        assert {"RateLimitError", "APITimeoutError", "BadRequestError", "ThrottlingException"} <= kinds
        assert {"JSONDecodeError", "ProgrammingError", "KeyError", "ConnectError"} <= kinds

    def test_a_failed_call_that_was_not_tried_again_fails_the_trace(self, traces: list[Trace]) -> None:
        late = [
            t for t in traces if any(s.exception and s.exception[0] == "APITimeoutError" for s in t.spans)
        ]
        chats = [trace for trace in late if trace.name == "support-chat"]
        assert chats
        assert all(trace.spans[0].level == "ERROR" and trace.spans[0].output is None for trace in chats)

    def test_users_differ_in_how_much_they_do(self, traces: list[Trace]) -> None:
        by_user = Counter(trace.user_id for trace in traces if trace.user_id)
        assert set(by_user) <= set(USERS)
        assert len(by_user) >= 35
        assert by_user.most_common(1)[0][1] > 5 * min(by_user.values())

    def test_a_session_is_one_users_conversation(self, traces: list[Trace]) -> None:
        sessions: dict[str, list[Trace]] = {}
        for trace in traces:
            if trace.session_id:
                sessions.setdefault(trace.session_id, []).append(trace)
        assert max(len(session) for session in sessions.values()) in (7, 8)
        for session in sessions.values():
            assert len({(t.user_id, t.name, t.environment) for t in session}) == 1
            assert all(a.end_us < b.start_us for a, b in pairwise(session))

    def test_a_large_output(self, traces: list[Trace]) -> None:
        sizes = [len(s.output) for s in all_spans(traces) if s.name == "export_csv"]
        assert sizes
        assert min(sizes) > 262_144


class TestWire:
    def test_requests_are_of_about_a_hundred_spans(
        self, traces: list[Trace], requests: list[wire.Request]
    ) -> None:
        exports = [request for request in requests if request.path == wire.OTLP_PATH]
        assert {request.observations for request in exports[:-1]} == {100}
        assert sum(request.observations for request in exports) == len(all_spans(traces))
        assert sum(request.traces for request in exports) == len(traces) == 1247
        assert sum(r.scores for r in requests) == sum(len(trace.scores) for trace in traces)

    def test_rows_are_what_was_meant(
        self, traces: list[Trace], decoded: tuple[dict[str, Observation], list[Patch]]
    ) -> None:
        rows = decoded[0]
        for trace in traces:
            for span in trace.spans:
                row = rows[span.id]
                assert (row.trace_id, row.parent_id, row.name) == (trace.id, span.parent_id, span.name)
                assert (row.start_time, row.end_time) == (span.start_us, span.end_us)
                assert (row.type, row.level) == (span.type, span.level or "DEFAULT")
                assert (row.model, row.status_message) == (span.model, span.status_message)
                assert with_total(row.provided_usage) == span.usage
                assert (row.environment, row.release) == (trace.environment, trace.release)
                assert (row.user_id, row.session_id) == (trace.user_id, trace.session_id)
                assert (row.version, row.service_name) == (trace.version, trace.service.name)

    def test_inputs_outputs_and_parameters(
        self, traces: list[Trace], decoded: tuple[dict[str, Observation], list[Patch]]
    ) -> None:
        for trace in traces:
            for span in trace.spans:
                row = decoded[0][span.id]
                assert is_same(row.input, span.input)
                assert json.loads(row.model_parameters or "{}") == span.parameters
                if not trace.service.is_genai:
                    assert is_same(row.output, span.output)
                    assert (row.prompt_name, row.prompt_version) == (span.prompt or ("", None))
                    started = span.completion_start_us
                    assert row.completion_start_time == (started and started // 1000 * 1000)

    def test_genai_conventions(
        self, traces: list[Trace], decoded: tuple[dict[str, Observation], list[Patch]]
    ) -> None:
        trace = next(t for t in traces if t.service.is_genai and t.spans[0].output)
        row = decoded[0][trace.spans[-1].id]
        assert row.type == "GENERATION"
        assert json.loads(row.output) == [{"role": "assistant", "content": trace.spans[-1].output}]
        assert row.provided_usage.keys() == {"input", "output"}

    def test_what_is_said_about_traces(
        self, traces: list[Trace], decoded: tuple[dict[str, Observation], list[Patch]]
    ) -> None:
        said: dict[str, dict[str, Any]] = {}
        for patch in decoded[1]:
            for name, value in patch.explicit.items():
                assert said.setdefault(patch.id, {}).setdefault(name, value) == value
        for trace in traces:
            found = said[trace.id]
            assert found["name"] == trace.name
            assert found.get("user_id", "") == trace.user_id
            assert found.get("session_id", "") == trace.session_id
            assert found["tags"] == trace.tags
            assert found.get("metadata", {}) == trace.metadata

    def test_every_model_has_a_price_if_only_zero(self, traces: list[Trace]) -> None:
        catalogue = Catalogue()
        models = {span.model for span in all_spans(traces) if span.model}
        unpriced = {name for name in models if catalogue.match(name) is None}
        assert unpriced == set()
        assert {"us.anthropic.claude-3-7-sonnet-20250219-v1:0", "openai.gpt-oss-20b-1:0"} <= models

    def test_usage_with_cached_and_reasoning_tokens(self, traces: list[Trace]) -> None:
        spans = [span for span in all_spans(traces) if span.usage]
        assert {"gpt-4o-mini", "o4-mini"} <= {s.model for s in spans if "input_cached_tokens" in s.usage}
        reasoning = {s.model for s in spans if "output_reasoning_tokens" in s.usage}
        assert reasoning == {"o4-mini", "openai.gpt-oss-20b-1:0"}
        for span in spans:
            parts = {name: count for name, count in span.usage.items() if name != "total"}
            assert sum(parts.values()) == span.usage["total"]
            assert min(parts.values()) >= 0

    def test_scores(self, traces: list[Trace], requests: list[wire.Request]) -> None:
        patches: list[Patch] = []
        for request in requests:
            if request.path == wire.SCORES_PATH:
                headers = {"entity": "scores", "new_id": "n"}
                found = decode_entity(gzip.decompress(request.body), headers, ARRIVAL)
                assert found.rejections == []
                patches += found.patches
        assert len({patch.id for patch in patches}) == len(patches) > 300
        assert {patch.explicit["data_type"] for patch in patches} == {"NUMERIC", "BOOLEAN", "CATEGORICAL"}
        ends = {trace.id: trace.end_us for trace in traces}
        spans = {span.id: span.type for span in all_spans(traces)}
        for patch in patches:
            if "trace_id" in patch.explicit:
                assert patch.explicit["timestamp"] > ends[patch.explicit["trace_id"]]
            else:
                assert patch.explicit["session_id"].startswith("session-")
            if "observation_id" in patch.explicit:
                assert spans[patch.explicit["observation_id"]] == "GENERATION"


def is_same(text: str, value: Any) -> bool:
    """Whether a column holds `value`: text as it is, other values as JSON, nothing for None."""
    if value is None or isinstance(value, str):
        return text == (value or "")
    return bool(json.loads(text) == json.loads(msgspec.json.encode(value)))


# --- sending


def client_of(handle: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handle), base_url="http://server")


def some_requests() -> list[wire.Request]:
    return list(wire.build_requests(scenarios.make_traces(seed=1, count=60, days=7, now_us=NOW_US)))


class TestSending:
    def test_all_arrives_and_is_counted(self) -> None:
        bodies: list[bytes] = []

        def handle(request: httpx.Request) -> httpx.Response:
            assert request.headers["content-encoding"] == "gzip"
            bodies.append(request.content)
            is_scores = request.url.path == wire.SCORES_PATH
            return (
                httpx.Response(202, json={"message": "Accepted"})
                if is_scores
                else httpx.Response(200, json={})
            )

        requests = some_requests()
        sent = service.send(client_of(handle), requests, lambda _: None)
        assert sorted(bodies) == sorted(request.body for request in requests)
        assert sent.traces == 60
        assert sent.observations == sum(request.observations for request in requests)
        assert (sent.refused, sent.waits_for) == (0, "")

    def test_a_busy_server_is_asked_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "_PROGRESS_S", 0)
        seen: Counter[bytes] = Counter()

        def handle(request: httpx.Request) -> httpx.Response:
            seen[request.content] += 1
            if seen[request.content] == 1:
                return httpx.Response(503, headers={"retry-after": "0"}, json={"message": "busy"})
            return httpx.Response(200, json={})

        requests = some_requests()[:2]
        reasons: set[str] = set()
        sent = service.send(client_of(handle), requests, lambda sent: reasons.add(sent.waits_for))
        assert set(seen.values()) == {2}
        assert reasons == {"The server asks to try again later: busy", ""}
        assert sent.observations == sum(request.observations for request in requests)

    def test_a_server_that_stays_busy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "_PATIENCE_S", 0)
        client = client_of(lambda _: httpx.Response(503, json={"message": "The disk is full"}))
        with pytest.raises(Unavailable, match="try again later: The disk is full"):
            service.send(client, some_requests()[:1], lambda _: None)

    def test_what_is_refused_is_counted(self) -> None:
        def handle(request: httpx.Request) -> httpx.Response:
            if request.url.path == wire.SCORES_PATH:
                return httpx.Response(207, json={"accepted": 1, "rejected": 2, "errors": []})
            return httpx.Response(200, json={"partialSuccess": {"rejectedSpans": "3", "errorMessage": "x"}})

        requests = some_requests()
        sent = service.send(client_of(handle), requests, lambda _: None)
        assert sent.refused == sum(2 if request.scores else 3 for request in requests)

    def test_an_answer_that_ends_it(self) -> None:
        client = client_of(lambda _: httpx.Response(413, json={"message": "too large"}))
        with pytest.raises(SpyglassError, match=r"POST http://server/api/public/.* answers 413: too large"):
            service.send(client, some_requests(), lambda _: None)

    def test_wrong_keys(self) -> None:
        client = client_of(lambda _: httpx.Response(401, json={"message": "Invalid credentials."}))
        with pytest.raises(Unauthorized, match="not accepted: Invalid credentials"):
            service.read_project_name(client)

    def test_nobody_there(self) -> None:
        def handle(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Connection refused", request=request)

        with pytest.raises(Unavailable, match="Nobody answers at http://server"):
            service.read_project_name(client_of(handle))

    @pytest.mark.parametrize("text", ["<html>hello</html>", '{"data": []}', '{"other": 1}'])
    def test_something_else_answers(self, text: str) -> None:
        with pytest.raises(SpyglassError, match="is no Spyglass"):
            service.read_project_name(client_of(lambda _: httpx.Response(200, text=text)))

    def test_the_project_of_the_keys(self) -> None:
        answer = {"data": [{"id": "p", "name": "Shop", "metadata": {}}]}
        assert service.read_project_name(client_of(lambda _: httpx.Response(200, json=answer))) == "Shop"

    @pytest.mark.parametrize(
        "url", ["127.0.0.1:3000", "localhost", "ftp://x", "", "http://", "http://a:port"]
    )
    def test_addresses_that_are_none(self, url: str) -> None:
        with pytest.raises(Invalid, match="is no address of a server"):
            service.open_client(url, "pk", "sk")

    def test_this_machine(self) -> None:
        assert service.is_this_machine("http://127.0.0.1:3000")
        assert service.is_this_machine("http://[::1]:3000")
        assert not service.is_this_machine("https://spyglass.example")
