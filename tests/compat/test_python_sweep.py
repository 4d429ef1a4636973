"""The generated clients of the Python SDKs: each method of each area is called, each answer parses."""

import functools
from collections.abc import Callable

import pytest

from .administration import make_organization_keys
from .live_server import Target
from .programs import run_program
from .reading import Json
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

NAMES = ("python-v3", "python-v4", "python-v5")
# Areas of the clients that the sweep leaves out; all methods of all others are called.
LEFT_OUT = (
    "evaluation_rules.",
    "evaluators.",
    "feedback.",
    "ingestion.",
    "legacy.metrics_v1.",
    "metrics.",
    "metrics_v_2.",
    "opentelemetry.",
    "unstable.",
)


@pytest.fixture(scope="module")
def runs(target: Target) -> Callable[[str], Json]:
    """Sweeps with a client when it is first asked for, and gives what the program reports."""

    @functools.cache
    def run(name: str) -> Json:
        keys = make_organization_keys(target)
        return run_program(name, "python_sweep.py", target, COMPAT_PROJECT=target.project_id, **keys).report

    return run


@pytest.fixture(params=list_clients(NAMES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def test_every_answer_parses(report: Json) -> None:
    assert report["failures"] == {}


def test_every_method_was_called(report: Json) -> None:
    wanted = {method for method in report["methods"] if not method.startswith(LEFT_OUT)}
    assert wanted - set(report["called"]) == set()
    assert len(wanted) > 60


class TestWhatWasRead:
    def test_prompts(self, name: str, report: Json) -> None:
        labels = ["latest", "production", "staging"]
        assert report["seen"]["prompts"] == ["text", "chat", "Hi {{name}}", labels, [1]]
        missing = f"Prompt not found: '{name} swept chat' with label 'production'"
        assert report["seen"]["missing prompt"] == ["NotFoundError", 404, missing]
        assert report["seen"]["bad label"] == ["Error", 400, "Invalid request data"]

    def test_datasets(self, name: str, report: Json) -> None:
        schema = {"type": "object", "required": ["q"]}
        assert report["seen"]["datasets"] == [schema, "a", report["generation"], 1]
        assert report["seen"]["schema"] == ["Error", 400]
        assert report["seen"]["run"] == (None if name == "python-v5" else ["described", [True]])

    def test_scores(self, name: str, report: Json) -> None:
        by_number = [["sweep-score", "0.5"], ["sweep-word", "0.0"]]
        by_word = [["sweep-score", "0.5"], ["sweep-word", "good"]]
        expected = {
            "python-v3": {"score_v_2.get": by_number, "created score": "python-v3-made"},
            "python-v4": {
                "scores.get_many": by_number,
                "scores_v3.get_many_v3": by_word,
                "created score": "python-v4-made",
            },
            "python-v5": {"scores.get_many": by_word, "created score": "CreateScoreBatchResponse"},
        }[name]
        assert {key: report["seen"][key] for key in expected} == expected
        if name != "python-v5":
            assert report["seen"]["read score"] == ["made", 2.0, "c"]

    def test_configs_queues_comments(self, report: Json) -> None:
        assert report["seen"]["configs"] == [["bad", "good"], 7.0, True]
        assert report["seen"]["queues"] == ["COMPLETED", True]
        assert report["seen"]["comments"] == ["« fine »", True, [True]]

    def test_models(self, name: str, report: Json) -> None:
        assert report["seen"]["models"] == [0.5, ["Standard", "Long"], 100]
        assert report["seen"]["changed model"] == (None if name == "python-v3" else [True, 0.75, None])

    def test_secrets_stay_secret(self, report: Json) -> None:
        assert report["seen"]["connections"] == ["...1234", ["mine"], False]
        assert report["seen"]["exports"] == ["swept-bucket", True, False]

    def test_media(self, report: Json) -> None:
        assert report["seen"]["media"] == ["text/plain", True, True]

    def test_organization(self, name: str, report: Json) -> None:
        assert report["seen"]["scim"] == [1, [f"{name}@example.com"]]
        assert report["seen"]["role"] == ["MEMBER", f"{name}@example.com"]
        assert report["seen"]["projects"] == [{"team": "a"}, f"{name} renamed", 7, "pk-lf-", 1]
        assert report["seen"]["same user"] is True

    def test_who_leaves_is_gone(self, report: Json) -> None:
        deleted, read = report["seen"]["leaving"]
        assert deleted == ["ApiError", 204]  # done: SCIM answers without a body, and the SDKs want one
        assert read == ["NotFoundError", 404]
