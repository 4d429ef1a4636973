"""Health and readiness, and what every answer carries."""

from collections.abc import Iterator
from typing import Any

import pytest
from rows import insert, trace

from spyglass import __version__
from spyglass.core.clock import iso_ms, now_us
from spyglass.core.errors import Unavailable

OK = {"status": "OK", "version": __version__}


class TestHealth:
    def test_anyone_may_ask(self, client) -> None:
        answer = client.get("/api/public/health")
        assert (answer.status_code, answer.json()) == (200, OK)
        assert not __version__.startswith("v")

    def test_recent_events(self, client, project, parts) -> None:
        insert(parts.stores.analytics, trace(project.id, "recent", at=iso_ms(now_us())))
        answer = client.get("/api/public/health?failIfNoRecentEvents=true")
        assert (answer.status_code, answer.json()) == (200, OK)

    def test_no_recent_events(self, client, monkeypatch) -> None:
        monkeypatch.setattr("spyglass.features.health.routes._RECENT_US", -100 * 365 * 86_400_000_000)
        answer = client.get("/api/public/health?failIfNoRecentEvents=true")
        assert answer.status_code == 503
        assert answer.json() == {
            "status": "No recent events within the last 3 minutes",
            "version": __version__,
        }
        assert client.get("/api/public/health?failIfNoRecentEvents=false").status_code == 200

    def test_database_unavailable(self, client, parts, monkeypatch) -> None:
        assert client.get("/api/public/health?failIfDatabaseUnavailable=true").status_code == 200
        monkeypatch.setattr(type(parts.stores.meta), "healthy", lambda _: False)
        answer = client.get("/api/public/health?failIfDatabaseUnavailable=true")
        assert (answer.status_code, answer.json()["status"]) == (503, "Database not available")
        assert client.get("/api/public/health").status_code == 200

    def test_a_flag_that_is_none(self, client) -> None:
        assert client.get("/api/public/health?failIfNoRecentEvents=perhaps").status_code == 400


class TestReady:
    def test_ready(self, client) -> None:
        answer = client.get("/api/public/ready")
        assert (answer.status_code, answer.json()) == (200, OK)

    def test_starting(self, client, parts, monkeypatch) -> None:
        monkeypatch.setattr(parts.pipeline, "ready", False)
        answer = client.get("/api/public/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "Starting")

    def test_draining(self, client, parts, monkeypatch) -> None:
        monkeypatch.setattr(parts.pipeline, "draining", True)
        answer = client.get("/api/public/ready")
        assert (answer.status_code, answer.json()["status"]) == (500, "Shutting down")


class TestIngestCounters:
    PATH = "/api/public/spyglass/ingest"

    def read(self, client, project) -> dict[str, Any]:
        answer = client.get(self.PATH, headers=project.basic)
        assert answer.status_code == 200
        counts: dict[str, Any] = answer.json()
        assert counts["received"] == counts["acknowledged"] + counts["refused"]
        assert counts["refused"] == sum(counts["refusedByReason"].values())
        places = ("visible", "pending", "quarantined", "released", "deleted")
        assert counts["acknowledged"] == sum(counts[place] for place in places)
        assert counts["stalled"] == ""
        return counts

    def test_anonymous(self, client) -> None:
        assert client.get(self.PATH).status_code == 401

    def test_a_public_key_alone_may_not_read(self, client, project) -> None:
        assert client.get(self.PATH, headers=project.bearer).status_code == 403

    def create(self, client, project, ids: list[Any]) -> Any:
        events = [
            {"id": f"e{n}", "type": "trace-create", "timestamp": "2026-01-01T00:00:00Z", "body": {"id": id_}}
            for n, id_ in enumerate(ids)
        ]
        return client.post("/api/public/ingestion", json={"batch": events}, headers=project.basic)

    def test_each_event_has_its_place(self, client, project) -> None:
        # Other tests delete rows that never were events; `deleted` is cut at what was applied.
        self.create(client, project, [f"many-{n}" for n in range(3000)])
        assert client.delete("/api/public/traces/many-0", headers=project.basic).status_code == 200
        before = self.read(client, project)
        assert before["visible"] > 2
        answer = self.create(client, project, ["counted-1", "counted-2", 5])
        assert (answer.status_code, len(answer.json()["errors"])) == (207, 1)
        assert client.delete("/api/public/traces/counted-1", headers=project.basic).status_code == 200
        after = self.read(client, project)
        grown = {name: after[name] - before[name] for name in after if isinstance(after[name], int)}
        assert {name: n for name, n in grown.items() if n} == {
            "received": 3,
            "acknowledged": 2,
            "refused": 1,
            "visible": 1,
            "deleted": 1,
        }
        assert after["refusedByReason"]["status_400"] - before["refusedByReason"].get("status_400", 0) == 1


class TestEveryAnswer:
    def test_security_headers(self, client) -> None:
        for path in ("/api/public/health", "/api/public/traces", "/api/public/nope"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["content-type"] == "application/json"
            assert headers["x-request-id"]

    def test_a_sane_request_id_is_kept_and_another_is_replaced(self, client) -> None:
        given = client.get("/api/public/health", headers={"x-request-id": "abc-1"})
        assert given.headers["x-request-id"] == "abc-1"
        odd = client.get("/api/public/health", headers={"x-request-id": "a b<script>"})
        assert odd.headers["x-request-id"] != "a b<script>"

    def test_unknown_path_and_method(self, client) -> None:
        missing = client.get("/api/public/nope")
        assert (missing.status_code, missing.json()) == (
            404,
            {"message": "Not Found", "error": "LangfuseNotFoundError"},
        )
        wrong = client.put("/api/public/health")
        assert (wrong.status_code, wrong.json()) == (
            405,
            {"message": "Method not allowed", "error": "MethodNotAllowedError"},
        )

    def test_an_unexpected_error_says_nothing(self, client, project, monkeypatch, caplog) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret detail")

        monkeypatch.setattr("spyglass.features.traces.service.list_traces", fail)
        answer = client.get("/api/public/traces", headers={**project.basic, "x-request-id": "find-me"})
        assert (answer.status_code, answer.json()) == (
            500,
            {"message": "Internal Server Error", "error": "Internal Server Error"},
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "find-me" in caplog.text
        assert "secret detail" in caplog.text

    def test_unavailable_says_when_to_come_back(self, client, project, monkeypatch) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise Unavailable("All read connections are busy; try again")

        monkeypatch.setattr("spyglass.features.traces.service.list_traces", fail)
        answer = client.get("/api/public/traces", headers=project.basic)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json() == {
            "message": "All read connections are busy; try again",
            "error": "ServiceUnavailableError",
        }


class TestCors:
    def test_any_origin_is_reflected_without_credentials(self, client, project) -> None:
        headers = {**project.basic, "origin": "https://app.example"}
        answer = client.get("/api/public/traces", headers=headers)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers

    def test_errors_too(self, client) -> None:
        answer = client.get("/api/public/traces", headers={"origin": "https://app.example"})
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "https://app.example"

    def test_preflight(self, client) -> None:
        answer = client.options(
            "/api/public/ingestion",
            headers={
                "origin": "https://app.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": "authorization,x-langfuse-sdk-name",
            },
        )
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert answer.headers["access-control-allow-headers"] == "authorization,x-langfuse-sdk-name"

    @pytest.mark.parametrize("path", ["/openapi.json", "/api/ui/anything", "/"])
    def test_not_where_cookies_may_count(self, client, path: str) -> None:
        answer = client.get(path, headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


def test_the_openapi_document_is_complete(client) -> None:
    document = client.get("/openapi.json").json()
    operations = [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert {"list_traces", "get_trace", "list_observations_v2", "list_scores_v3", "get_session"} <= set(ids)
    assert not any("422" in operation["responses"] for operation in operations)
    answers = {
        operation["operationId"]: answer["content"]["application/json"]["schema"]
        for operation in operations
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "application/json" in answer.get("content", {})
    }
    assert answers["get_trace"] == {"$ref": "#/components/schemas/TraceWithDetailsOut"}
    assert answers["list_scores_v3"] == {"$ref": "#/components/schemas/ScoreV3PageOut"}
    assert [id_ for id_, schema in answers.items() if schema.get("type") == "string"] == []
    schema = document["components"]["schemas"]["TraceWithIdsOut"]
    assert {"id", "timestamp", "htmlPath", "userId", "tags", "public", "environment"} <= set(
        schema["required"]
    )


class TestBodyLimit:
    """Routes that read JSON take 16 MiB; the write routes have limits of their own."""

    def test_a_body_that_says_it_is_too_large(self, client, project) -> None:
        response = client.post(
            "/api/public/v2/datasets", content=b" " * ((16 << 20) + 1), headers=project.basic
        )
        assert response.status_code == 413
        assert response.json() == {
            "message": "The request body is larger than 16777216 bytes",
            "error": "PayloadTooLargeError",
        }

    def test_a_body_that_does_not_say_so(self, client, project) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(17):
                yield b" " * (1 << 20)

        response = client.post("/api/public/comments", content=pieces(), headers=project.basic)
        assert response.status_code == 413
        assert response.json()["error"] == "PayloadTooLargeError"
