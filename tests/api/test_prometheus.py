"""`/metrics` and a project's own: who may read them, exact values, and that they hold no more than they should."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.testclient import TestClient

from spyglass import __version__
from spyglass.api.app import create_app
from spyglass.api.key_ring import KeyRefused
from spyglass.api.scrapers import check_scraper
from spyglass.api.telemetry_options import Config
from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.server.wiring import ROUTERS

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
PROJECT_PATH = "/api/public/spyglass/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Scrape:
    """Samples by name and labels; reading the text checks its form."""

    samples: dict[tuple[str, frozenset[tuple[str, str]]], float]

    @classmethod
    def of(cls, text: str) -> "Scrape":
        samples: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        for family in text_string_to_metric_families(text):
            assert family.documentation, family.name
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in samples, f"twice: {key}"
                samples[key] = sample.value
        return cls(samples)

    def get(self, name: str, **labels: str) -> float | None:
        return self.samples.get((name, frozenset(labels.items())))

    def labels(self) -> dict[str, set[str]]:
        """Name of each sample -> the names of its labels."""
        found: dict[str, set[str]] = {}
        for name, labels in self.samples:
            found.setdefault(name, set()).update(label for label, _ in labels)
        return found

    def values_of(self, label: str) -> set[str]:
        return {text for _, labels in self.samples for name, text in labels if name == label}


def scrape(client: TestClient, admin: dict[str, str]) -> Scrape:
    answer = client.get("/metrics", headers=admin)
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    return Scrape.of(answer.text)


def scrape_project(client: TestClient, project: Any) -> Scrape:
    answer = client.get(PROJECT_PATH, headers=project.basic)
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    return Scrape.of(answer.text)


def send(client: TestClient, project: Any, *events: tuple[str, dict[str, Any]]) -> None:
    batch = [
        {"id": new_id(), "type": kind, "timestamp": f"2026-01-01T00:00:{n:02d}Z", "body": body}
        for n, (kind, body) in enumerate(events)
    ]
    answer = client.post("/api/public/ingestion", json={"batch": batch}, headers=project.basic)
    assert (answer.status_code, answer.json()["errors"]) == (207, [])


def apply_all(parts: Any) -> None:
    parts.pipeline.wait_applied(parts.pipeline.last_seq())


def generation(id_: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "traceId": f"trace-{id_}",
        "startTime": "2026-01-01T00:00:00.000Z",
        "completionStartTime": "2026-01-01T00:00:00.400Z",
        "endTime": "2026-01-01T00:00:02.500Z",
        "model": "gpt-4o",
        "usageDetails": {"input": 1000, "output": 200},
        **fields,
    }


class TestWhoMayReadTheServer:
    """What decides is asked directly, with every way a request can come."""

    def may(self, client: tuple[str, int] | None, config: Config, url: str = "", **headers: str) -> bool:
        sent = {"host": "127.0.0.1:3000", **{name.replace("_", "-"): text for name, text in headers.items()}}
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/metrics",
            "query_string": b"",
            "server": ("127.0.0.1", 3000),
            "scheme": "http",
            "client": client,
            "headers": [(name.encode(), text.encode()) for name, text in sent.items()],
        }
        try:
            check_scraper(Request(scope), config, "the admin key", url)
        except KeyRefused:
            return False
        return True

    HERE = ("127.0.0.1", 50000)
    ELSEWHERE = ("192.0.2.7", 50000)

    @pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
    def test_this_machine(self, peer: str) -> None:
        assert self.may((peer, 1), Config())
        assert self.may((peer, 1), Config(), host="localhost:3000")
        assert self.may((peer, 1), Config(), host="[::1]:3000")

    @pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "::2", "testclient", ""])
    def test_others(self, peer: str) -> None:
        assert not self.may((peer, 1), Config())

    def test_a_socket_without_an_address(self) -> None:
        assert not self.may(None, Config())

    @pytest.mark.parametrize(
        "header", ["x_forwarded_for", "forwarded", "via", "x_real_ip", "x_forwarded_proto"]
    )
    def test_a_proxy_on_this_machine_is_not_this_machine(self, header: str) -> None:
        assert not self.may(self.HERE, Config(), **{header: "127.0.0.1"})

    def test_neither_is_what_comes_under_another_name(self) -> None:
        assert not self.may(self.HERE, Config(), host="spyglass.example")
        assert not self.may(self.HERE, Config(), url="https://spyglass.example")

    def test_a_token_is_asked_of_everyone(self) -> None:
        config = Config(metrics_token="let me in")
        assert not self.may(self.HERE, config)
        for peer in (self.HERE, self.ELSEWHERE):
            assert self.may(peer, config, authorization="Bearer let me in")
            assert self.may(peer, config, authorization="bearer the admin key")
            assert not self.may(peer, config, authorization="Bearer let me")
            assert not self.may(peer, config, authorization="Bearer lét me in")
            assert not self.may(peer, config, authorization="Basic let me in")

    def test_no_token_is_not_an_empty_token(self) -> None:
        assert not self.may(self.ELSEWHERE, Config(), authorization="Bearer ")
        assert not self.may(self.ELSEWHERE, Config(), authorization="Bearer")
        assert self.may(self.ELSEWHERE, Config(), authorization="Bearer the admin key")

    def test_a_wrong_key_is_refused_here_too(self) -> None:
        assert not self.may(self.HERE, Config(), authorization="Bearer wrong")

    def test_public(self) -> None:
        assert self.may(self.ELSEWHERE, Config(metrics_public=True))
        assert self.may(self.ELSEWHERE, Config(metrics_public=True), authorization="Bearer wrong")


class TestServer:
    def test_anonymous_and_keys_of_projects(self, client, project, organization) -> None:
        for headers in ({}, project.basic, project.bearer, organization.basic):
            answer = client.get("/metrics", headers=headers)
            assert answer.status_code == 401
            assert "spyglass_" not in answer.text

    def test_build_and_process(self, client, admin) -> None:
        found = scrape(client, admin)
        (build,) = [dict(labels) for name, labels in found.samples if name == "spyglass_build_info"]
        assert build["version"] == __version__
        assert build["clickhouse"].count(".") >= 2
        for name in ("process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"):
            assert found.get(name)

    def test_requests_by_template_method_and_status(self, client, project, admin) -> None:
        route = {"route": "/api/public/traces/{trace_id}", "method": "GET"}
        missing = {**route, "status": "4xx"}
        before = scrape(client, admin)
        for n in range(3):
            client.get(f"/api/public/traces/secret-{n}", headers=project.basic)
        client.get("/api/nowhere/secret-4")
        client.request("BREW", "/api/public/health")
        after = scrape(client, admin)
        grown = (after.get("spyglass_http_requests_total", **missing) or 0) - (
            before.get("spyglass_http_requests_total", **missing) or 0
        )
        assert grown == 3
        count = after.get("spyglass_http_request_duration_seconds_count", **route)
        assert count == after.get("spyglass_http_request_duration_seconds_bucket", **route, le="+Inf")
        assert after.get("spyglass_http_requests_total", route="other", method="GET", status="4xx")
        assert after.get(
            "spyglass_http_requests_total", route="/api/public/health", method="other", status="4xx"
        )
        assert after.get("spyglass_http_requests_in_progress") == 1
        assert not any("secret" in text for text in after.values_of("route"))

    def test_an_unexpected_error_is_counted(self, client, project, admin, monkeypatch) -> None:
        place = {"route": "/api/public/sessions", "method": "GET", "status": "5xx"}

        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError

        before = scrape(client, admin).get("spyglass_http_requests_total", **place) or 0
        monkeypatch.setattr("spyglass.features.sessions.service.list_sessions", fail)
        assert client.get("/api/public/sessions", headers=project.basic).status_code == 500
        assert scrape(client, admin).get("spyglass_http_requests_total", **place) == before + 1

    def test_events_have_their_places(self, client, project, admin, parts) -> None:
        apply_all(parts)
        before = scrape(client, admin)
        send(client, project, ("trace-create", {"id": "a"}), ("trace-create", {"id": "b"}))
        wrong = {"id": "x", "type": "trace-create", "timestamp": "2026-01-01T00:00:00Z", "body": {"id": 5}}
        client.post("/api/public/ingestion", json={"batch": [wrong]}, headers=project.basic)
        apply_all(parts)
        after = scrape(client, admin)

        def grown(name: str, **labels: str) -> float:
            return (after.get(name, **labels) or 0) - (before.get(name, **labels) or 0)

        assert grown("spyglass_ingest_received_events_total") == 3
        assert grown("spyglass_ingest_acknowledged_events_total") == 2
        assert grown("spyglass_ingest_refused_events_total", reason="status_400") == 1
        assert grown("spyglass_ingest_visible_events") == 2
        assert grown("spyglass_ingest_applied_rows_total") == 2
        assert grown("spyglass_ingest_batch_seconds_count") == 1
        assert grown("spyglass_ingest_log_commit_seconds_count") == 1
        assert grown("spyglass_ingest_delay_seconds_count") == 1
        assert grown("spyglass_ingest_body_bytes_total") > 50
        assert (after.get("spyglass_ingest_pending_requests"), after.get("spyglass_ingest_log_bytes")) == (
            0,
            0,
        )
        assert after.get("spyglass_ingest_stalled") == 0
        assert (after.get("spyglass_disk_free_bytes") or 0) > 1 << 20

    def test_stores_jobs_and_caches(self, client, project, admin) -> None:
        first = scrape(client, admin).get("spyglass_cache_hits_total", cache="keys") or 0
        for _ in range(3):
            assert client.get("/api/public/projects", headers=project.basic).status_code == 200
        found = scrape(client, admin)
        assert (found.get("spyglass_cache_hits_total", cache="keys") or 0) >= first + 1
        assert (found.get("spyglass_cache_misses_total", cache="keys") or 0) > 0
        assert {"prompts", "models", "prompt_ids", "score_rules", "metric_answers"} < found.values_of("cache")
        assert (found.get("spyglass_metadata_up"), found.get("spyglass_analytics_up")) == (1, 1)
        assert found.get("spyglass_analytics_parts", table="traces") is not None
        assert found.get("spyglass_analytics_merges") is not None
        assert (found.get("spyglass_analytics_memory_bytes") or 0) > 0
        assert "plan_exports" in found.values_of("kind")

    def test_stores_that_are_away(self, client, admin, parts, monkeypatch) -> None:
        def away(*_: Any, **__: Any) -> None:
            raise Unavailable("away")

        monkeypatch.setattr(parts.stores.analytics, "query", away)
        monkeypatch.setattr(type(parts.stores.meta), "read", away)
        monkeypatch.setattr(parts.pipeline, "counters", away)
        found = scrape(client, admin)
        assert (found.get("spyglass_metadata_up"), found.get("spyglass_analytics_up")) == (0, 0)
        assert found.get("spyglass_ingest_received_events_total") is None
        assert found.get("spyglass_ingest_log_bytes") is not None

    def test_traffic_only_of_the_projects_that_are_named(
        self, client, project, stranger, admin, parts
    ) -> None:
        for each in (project, stranger):
            send(client, each, ("generation-create", generation(new_id())))
        apply_all(parts)
        assert scrape(client, admin).values_of("project") == set()
        telemetry = Config(projects=(project.id,))
        with TestClient(create_app(replace(parts.state, telemetry=telemetry), ROUTERS)) as other:
            found = scrape(other, admin)
        assert found.values_of("project") == {project.id}
        assert found.get("spyglass_llm_requests_total", project=project.id, model="gpt-4o") == 1


class TestProject:
    def test_anonymous_and_a_public_key_alone(self, client, project, organization) -> None:
        assert client.get(PROJECT_PATH).status_code == 401
        assert client.get(PROJECT_PATH, headers=project.bearer).status_code == 403
        assert client.get(PROJECT_PATH, headers=organization.basic).status_code == 403

    def test_nothing_yet(self, client, project) -> None:
        assert scrape_project(client, project).samples == {}

    def test_of_this_project_only(self, client, project, stranger, parts) -> None:
        send(client, stranger, ("generation-create", generation(new_id(), model="secret-model")))
        apply_all(parts)
        assert scrape_project(client, project).samples == {}
        assert scrape_project(client, stranger).values_of("model") == {"secret-model"}

    def test_a_call_counts_once_whatever_is_said_about_it_later(self, client, project, parts) -> None:
        id_ = new_id()
        labels = {"project": project.id, "model": "gpt-4o"}
        started = {"id": id_, "traceId": "t", "startTime": "2026-01-01T00:00:00Z", "model": "gpt-4o"}
        send(client, project, ("generation-create", started))
        apply_all(parts)
        assert scrape_project(client, project).samples == {}

        send(client, project, ("generation-update", generation(id_, traceId="t")))
        apply_all(parts)
        first = scrape_project(client, project)
        assert first.get("spyglass_llm_requests_total", **labels) == 1
        assert first.get("spyglass_llm_errors_total", **labels) == 0
        assert first.get("spyglass_llm_unpriced_requests_total", **labels) == 0
        assert first.get("spyglass_llm_tokens_total", **labels, kind="input") == 1000
        assert first.get("spyglass_llm_tokens_total", **labels, kind="output") == 200
        assert first.get("spyglass_llm_tokens_total", **labels, kind="total") is None
        assert first.get("spyglass_llm_cost_usd_total", **labels) == pytest.approx(0.0045)
        assert first.get("spyglass_llm_request_duration_seconds_sum", **labels) == pytest.approx(2.5)
        assert first.get("spyglass_llm_request_duration_seconds_bucket", **labels, le="2.0") == 0
        assert first.get("spyglass_llm_request_duration_seconds_bucket", **labels, le="3.0") == 1
        assert first.get("spyglass_llm_time_to_first_token_seconds_sum", **labels) == pytest.approx(0.4)

        send(client, project, ("generation-update", generation(id_, traceId="t")))
        apply_all(parts)
        assert scrape_project(client, project) == first

        failed = {"id": id_, "traceId": "t", "level": "ERROR", "usageDetails": {"input": 1000, "output": 250}}
        send(client, project, ("generation-update", failed))
        apply_all(parts)
        last = scrape_project(client, project)
        assert last.get("spyglass_llm_requests_total", **labels) == 1
        assert last.get("spyglass_llm_errors_total", **labels) == 1
        assert last.get("spyglass_llm_tokens_total", **labels, kind="output") == 250
        assert last.get("spyglass_llm_request_duration_seconds_count", **labels) == 1

    def test_spans_are_no_calls(self, client, project, parts) -> None:
        span = {"id": new_id(), "traceId": "t", "startTime": "2026-01-01T00:00:00Z", "name": "step"}
        send(client, project, ("span-create", {**span, "endTime": "2026-01-01T00:00:01Z"}))
        apply_all(parts)
        assert scrape_project(client, project).samples == {}

    def test_no_id_and_no_name_of_a_user_is_in_a_label(self, client, project, parts) -> None:
        trace = {
            "id": "secret-trace",
            "userId": "secret-user",
            "sessionId": "secret-session",
            "name": "secret",
        }
        call = generation("secret-call", traceId="secret-trace", name="secret-name", model="m")
        send(client, project, ("trace-create", trace), ("generation-create", call))
        apply_all(parts)
        found = scrape_project(client, project)
        assert set().union(*found.labels().values()) == {"project", "model", "kind", "le"}
        assert not any("secret" in text for _, labels in found.samples for _, text in labels)


@pytest.fixture(scope="module")
def everything(client, make_project: Callable[[], Any], parts: Any, admin_of_module) -> Iterator[Scrape]:
    """All metrics there are, of a server that has had some traffic."""
    project = make_project()
    send(client, project, ("generation-create", generation(new_id())))
    send(client, project, ("generation-create", generation(new_id(), model="home-made", level="ERROR")))
    apply_all(parts)
    state = replace(parts.state, telemetry=Config(projects=(project.id,)))
    client.post("/api/public/ingestion", json={"batch": [{"id": 1}]}, headers=project.basic)
    with TestClient(create_app(state, ROUTERS)) as other:
        other.get("/api/public/health")
        yield scrape(other, admin_of_module)


@pytest.fixture(scope="module")
def admin_of_module(parts: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {parts.state.admin_key}"}


_METRIC = re.compile(r"\b(?:spyglass|process)_[a-z0-9_]+")
_SELECTED = re.compile(r"\b((?:spyglass|process)_[a-z0-9_]+)\{([^}]*)\}")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_FROM_PROMETHEUS = {"job", "instance", "le"}


def panels_of(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queries_of(dashboard: dict[str, Any]) -> Iterator[str]:
    for panel in panels_of(dashboard):
        for target in panel.get("targets", []):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
class TestDashboards:
    def test_every_metric_and_label_of_a_query_exists(self, path: Path, everything: Scrape) -> None:
        known = everything.labels()
        queries = list(queries_of(json.loads(path.read_text())))
        assert len(queries) > 8
        for query in queries:
            names = _METRIC.findall(query)
            assert names, query
            assert [name for name in names if name not in known] == [], query
            allowed = set().union(*(known[name] for name in names)) | _FROM_PROMETHEUS
            for name, selector in _SELECTED.findall(query):
                asked = set(_LABEL.findall(re.sub(r'"[^"]*"', "", selector)))
                assert asked <= known[name] | _FROM_PROMETHEUS, query
            for group in _GROUPED.findall(query):
                assert {label.strip() for label in group.split(",")} <= allowed, query

    def test_it_can_be_imported(self, path: Path, everything: Scrape) -> None:
        dashboard = json.loads(path.read_text())
        assert dashboard["id"] is None
        assert dashboard["uid"] == f"spyglass-{path.stem}"
        variables = {each["name"]: each for each in dashboard["templating"]["list"]}
        assert variables["datasource"]["type"] == "datasource"
        assert variables["datasource"]["query"] == "prometheus"
        ids = [panel["id"] for panel in panels_of(dashboard)]
        assert len(ids) == len(set(ids))
        for panel in panels_of(dashboard):
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24
            if panel["type"] != "row":
                assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
                assert panel["title"]
                assert panel["description"]
                assert panel["targets"]

    def test_no_two_panels_overlap(self, path: Path, everything: Scrape) -> None:
        taken: set[tuple[int, int]] = set()
        for panel in panels_of(json.loads(path.read_text())):
            place = panel["gridPos"]
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    assert (x, y) not in taken, panel["title"]
                    taken.add((x, y))


def test_the_alerts_ask_for_metrics_that_exist(everything: Scrape) -> None:
    known = everything.labels()
    text = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text()
    names = _METRIC.findall(text)
    assert len(names) > 8
    assert [name for name in names if name not in known] == []
    for name, selector in _SELECTED.findall(text):
        assert set(_LABEL.findall(re.sub(r'"[^"]*"', "", selector))) <= known[name]


def test_there_are_two_dashboards() -> None:
    assert [path.name for path in DASHBOARDS] == ["llm-traffic.json", "server-health.json"]


def test_the_guide_names_every_metric(everything: Scrape) -> None:
    guide = (ROOT / "docs" / "guide" / "monitoring.md").read_text()
    shown = set(re.findall(r"`(spyglass_[a-z0-9_]+)", guide))
    found = {re.sub(r"_(bucket|sum|count)$", "", name) for name in everything.labels()}
    found = {name for name in found if name.startswith("spyglass_")}
    assert found - shown == set()
    assert {
        name for name in shown if name not in found and f"{name}_bucket" not in everything.labels()
    } == set()
