"""Rate limits over HTTP, through an application of its own with tiny rates on the stores of the others."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace

import grpc
import pytest
from starlette.testclient import TestClient

from spyglass.api.app import create_app
from spyglass.api.limits import Config, make_limiter
from spyglass.core.clock import now_us, parse_iso
from spyglass.features.ingestion.grpc import serve_grpc
from spyglass.server.wiring import ROUTERS, Parts
from spyglass.settings import Settings
from tests.api.conftest import OrganizationKeys, ProjectKeys

RATES = ("public-api=2/hour", "ingestion=1/minute", "public-api-legacy=1/day")
SCORES, LEGACY = "/api/public/v2/scores", "/api/public/sessions"


@pytest.fixture
def limited(parts: Parts) -> Iterator[TestClient]:
    state = replace(parts.state, limiter=make_limiter(Config(enabled=True, rates=RATES)))
    with TestClient(create_app(state, ROUTERS)) as made:
        yield made


def statuses(client: TestClient, path: str, headers: dict[str, str], count: int) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(count)]


class TestRefusal:
    def test_one_too_many(self, limited: TestClient, project: ProjectKeys) -> None:
        passed = [limited.get(SCORES, headers=project.basic) for _ in range(2)]
        assert [answer.status_code for answer in passed] == [200, 200]
        names = {name for answer in passed for name in answer.headers}
        assert not any(name.startswith("x-ratelimit") for name in names)
        answer = limited.get(SCORES, headers=project.basic)
        assert answer.status_code == 429
        body = answer.json()
        assert set(body) == {"message", "code", "details"}
        assert body["code"] == "rate_limited"
        details = body["details"]
        assert set(details) == {"retryAfterSeconds", "limit", "remaining", "resetAt"}
        assert (details["limit"], details["remaining"]) == (2, 0)
        assert 3595 < details["retryAfterSeconds"] <= 3600
        reset_us = parse_iso(details["resetAt"])
        assert reset_us is not None
        assert 3590 < (reset_us - now_us()) / 1e6 <= 3600
        headers = answer.headers
        assert headers["retry-after"] == str(details["retryAfterSeconds"])
        assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("2", "0")
        form = r"\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT\+0000 \(Coordinated Universal Time\)"
        assert re.fullmatch(form, headers["x-ratelimit-reset"])

    def test_browsers_may_read_the_headers(self, limited: TestClient, project: ProjectKeys) -> None:
        headers = project.basic | {"origin": "https://app.example"}
        for _ in range(3):
            answer = limited.get(SCORES, headers=headers)
        assert answer.status_code == 429
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        assert {"retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(
            exposed
        )

    def test_of_a_batch(self, limited: TestClient, project: ProjectKeys) -> None:
        for expected in (207, 429):
            answer = limited.post("/api/public/ingestion", json={"batch": []}, headers=project.basic)
            assert answer.status_code == expected
        assert answer.json()["code"] == "rate_limited"
        assert answer.headers["x-ratelimit-limit"] == "1"


class TestCounting:
    def test_resources_count_apart(self, limited: TestClient, project: ProjectKeys) -> None:
        assert statuses(limited, LEGACY, project.basic, 2) == [200, 429]
        assert statuses(limited, SCORES, project.basic, 3) == [200, 200, 429]

    def test_organizations_count_apart(
        self, limited: TestClient, project: ProjectKeys, stranger: ProjectKeys
    ) -> None:
        assert statuses(limited, LEGACY, project.basic, 2) == [200, 429]
        assert statuses(limited, LEGACY, stranger.basic, 2) == [200, 429]

    def test_the_keys_of_an_organization_count_together(
        self, limited: TestClient, project: ProjectKeys, parts: Parts
    ) -> None:
        assert statuses(limited, SCORES, project.basic, 1) == [200]
        # A public key alone is of the same organization, and what it is refused is not counted.
        assert statuses(limited, SCORES, project.bearer, 3) == [403, 403, 403]
        assert statuses(limited, SCORES, project.basic, 2) == [200, 429]

    def test_who_is_not_known_is_not_counted(self, limited: TestClient, project: ProjectKeys) -> None:
        assert statuses(limited, SCORES, {}, 3) == [401, 401, 401]
        assert statuses(limited, SCORES, project.basic, 1) == [200]

    @pytest.mark.parametrize("path", ["/api/public/projects", "/api/public/health"])
    def test_what_is_never_limited(self, limited: TestClient, project: ProjectKeys, path: str) -> None:
        assert statuses(limited, path, project.basic, 4) == [200] * 4

    def test_prompts_are_never_limited(self, limited: TestClient, project: ProjectKeys) -> None:
        assert 429 not in statuses(limited, "/api/public/v2/prompts/x", project.basic, 4)


def test_over_grpc(parts: Parts, project: ProjectKeys) -> None:
    state = replace(parts.state, limiter=make_limiter(Config(enabled=True, rates=RATES)))
    method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    async def send_two() -> grpc.aio.AioRpcError:
        server = await serve_grpc(state, "127.0.0.1", 0)
        metadata = tuple(project.basic.items())
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{server.spyglass_port}") as channel:
                call = channel.unary_unary(method)
                assert await call(b"", metadata=metadata, timeout=20) == b""
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await call(b"", metadata=metadata, timeout=20)
                return caught.value
        finally:
            await server.stop(grace=1)

    error = asyncio.run(send_two())
    assert error.code() is grpc.StatusCode.UNAVAILABLE  # which exporters try again, as they do a 429
    assert "Rate limit of 1 requests per 60 seconds" in (error.details() or "")


def test_with_errors_of_another_form(limited: TestClient, organization: OrganizationKeys) -> None:
    for expected in (200, 200, 429):
        answer = limited.get("/api/public/scim/Users", headers=organization.basic)
        assert answer.status_code == expected
    assert answer.json()["code"] == "rate_limited"
    assert answer.headers["x-ratelimit-limit"] == "2"


def test_off_by_default(client: TestClient, parts: Parts, project: ProjectKeys) -> None:
    assert Settings().limits.enabled is False
    assert parts.state.limiter is None
    assert statuses(client, SCORES, project.basic, 4) == [200] * 4
