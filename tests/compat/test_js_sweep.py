"""The generated API client of the newest JavaScript SDK against a filled server: every answer has what it declares."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from .administration import make_organization_keys
from .live_server import Target
from .programs import run_program
from .reading import Json

pytestmark = [pytest.mark.compat, pytest.mark.compat_short]

AREAS = (
    "traces",
    "sessions",
    "score configs",
    "scores",
    "prompts",
    "datasets",
    "experiments",
    "media",
    "deletion",
    "SCIM",
    "members",
    "health",
    "project",
    "comments",
    "annotation queues",
    "models",
    "LLM connections",
    "projects",
    "exports",
    "leaving",
)
# What the client has and the sweep does not call: evaluators of this form came to the API after the version that
# Spyglass follows, the others are no part of the sweep.
UNCALLED_GROUPS = {
    "evaluationRules",
    "evaluators",
    "feedback",
    "legacy.metricsV1",
    "metrics",
    "opentelemetry",
    "unstable.dashboardWidgets",
    "unstable.dashboards",
}


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    """An S3 server with the bucket `exports`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def report(target: Target, bucket_url: str) -> Json:
    variables = {"COMPAT_PROJECT": target.project_id, "COMPAT_BUCKET_URL": bucket_url}
    return run_program(
        "js-v5", "js_v5_sweep.mjs", target, **variables, **make_organization_keys(target)
    ).report


@pytest.mark.parametrize("area", AREAS)
def test_answers_are_as_declared(report: Json, area: str) -> None:
    assert report["areas"][area] == []


def test_every_method_is_called(report: Json) -> None:
    assert set(report["areas"]) == set(AREAS)
    uncalled = set(report["uncalled"])
    assert {method for method in uncalled if method.rpartition(".")[0] not in UNCALLED_GROUPS} == set()


def test_the_check_finds_what_is_wrong(report: Json) -> None:
    absent = ("createdAt", "updatedAt", "authorUserId", "configId", "queueId", "environment")
    first = "answer.data[0]"
    assert set(report["found"]) == {
        f"{first}.id: string expected, not number",
        f'{first}.source: "NOBODY" is not "ANNOTATION"',
        f"{first}.timestamp: 2026-01-01T00:00:00Z has not the form of a time",
        *(f"{first}.{name}: missing" for name in absent),
        "answer.meta.limit: number expected, not null",
        "answer.meta.totalItems: number expected, not string",
        "answer.meta.totalPages: missing",
    }


class TestRefusals:
    """The client turns a refusal into the class that it declares for the status."""

    @pytest.mark.parametrize(
        ("key", "error", "status"),
        [
            ("stranger", "UnauthorizedError", 401),
            ("missing", "NotFoundError", 404),
            ("invalid", "Error", 400),
            ("forbidden", "AccessDeniedError", 403),
            ("organization", "AccessDeniedError", 403),
        ],
    )
    def test_class_and_status(self, report: Json, key: str, error: str, status: int) -> None:
        assert report["refusals"][key][:2] == [error, status]
        assert report["refusals"][key][2]["message"]
