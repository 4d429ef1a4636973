"""Prompts through the Python SDKs: versions, labels, compiling, the SDK's cache, fallbacks, linked generations."""

import functools
from collections.abc import Callable

import pytest

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi, find_only
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

NAMES = ("python-v2", "python-v3", "python-v4", "python-v5")
FIRST = "Hello {{name}}, welcome to {{ place }}. {{name}}!"
SECOND = "Hi {{name}} <b>&amp;</b> 🙂"
CONFIG = {"temperature": 0.3, "stop": ["\n"], "nested": {"deep": None}}


@pytest.fixture(scope="module")
def runs(target: Target) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""
    return functools.cache(lambda name: run_program(name, "python_prompts.py", target).report)


@pytest.fixture(params=list_clients(NAMES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def version(name: str, number: int, *labels: str) -> Json:
    """The first or the second version of the text prompt as an SDK shows it."""
    return {
        "name": f"{name}/greeting",
        "version": number,
        "prompt": FIRST if number == 1 else SECOND,
        "config": CONFIG if number == 1 else {},
        "labels": list(labels),
        "tags": ["compat", "greeting"],
        "is_fallback": False,
        "commit_message": "first version" if number == 1 else None,
    }


def message(role: str, content: str) -> Json:
    return {"role": role, "content": content}


class TestTextPrompts:
    def test_create(self, name: str, report: Json) -> None:
        assert report["text"]["created"] == [
            version(name, 1, "latest", "production"),
            version(name, 2, "latest", "staging"),
        ]

    def test_read_by_label_and_version(self, name: str, report: Json) -> None:
        first, second = version(name, 1, "production"), version(name, 2, "latest", "staging")
        assert report["text"]["reads"] == {
            "default": first,
            "staging": second,
            "latest": second,
            "first": first,
        }

    def test_compile(self, report: Json) -> None:
        assert report["text"]["compiled"] == "Hello Ada, welcome to Zürich. Ada!"
        assert report["text"]["langchain"] == "Hello {name}, welcome to {place}. {name}!"
        assert report["text"]["variables"] == ["name", "place"]

    def test_references_are_resolved(self, report: Json) -> None:
        assert report["composed"]["read"] == f"Begin. {FIRST} Then: {SECOND} End."

    def test_the_server_lists_both_versions(self, name: str, report: Json, api: PublicApi) -> None:
        [row] = api.get("/v2/prompts", name=f"{name}/greeting")["data"]
        assert [row["type"], sorted(row["versions"]), row["tags"], row["lastConfig"]] == [
            "text",
            [1, 2],
            ["compat", "greeting"],
            {},
        ]
        assert sorted(row["labels"]) == ["latest", "production", "release-1", "staging"]


class TestChatPrompts:
    def test_read(self, name: str, report: Json) -> None:
        read = report["chat"]["read"]
        assert [read["version"], read["labels"]] == [1, ["latest", "production"]]
        messages = [message("system", "You are {{who}}."), message("user", "{{question}}")]
        if name != "python-v2":
            messages = [{"type": "message", **each} for each in messages]
            messages.insert(1, {"type": "placeholder", "name": "history"})
        assert read["prompt"] == messages

    def test_compile(self, name: str, report: Json) -> None:
        system, question = message("system", "You are Ada."), message("user", "Why?")
        history = [message("user", "Salut Ada 👋"), message("assistant", "Bonjour.")]
        placeholder = [{"type": "placeholder", "name": "history"}]
        if name == "python-v2":
            history = placeholder = []
        assert report["chat"]["compiled"] == [system, *history, question]
        assert report["chat"]["unfilled"] == [system, *placeholder, question]


class TestRefusals:
    def test_another_type_and_a_circle(self, report: Json) -> None:
        assert [report["chat"]["other_type"][0], report["composed"]["cycle"][0]] == [400, 400]

    def test_unknown(self, name: str, report: Json) -> None:
        assert report["fallbacks"]["missing"] == [
            404,
            f"Prompt not found: '{name}-missing' with label 'production'",
        ]
        assert report["fallbacks"]["version"] == [404, f"Prompt not found: '{name}/greeting' with version 99"]


class TestCache:
    def test_stale_fresh_and_forgotten(self, report: Json) -> None:
        # First read, read after a change elsewhere, read without cache, read after the SDK's own change.
        assert report["cache"]["versions"] == [1, 1, 2, 1]

    def test_labels_are_added(self, report: Json) -> None:
        assert report["cache"]["labels"] == ["production", "release-1"]

    def test_expired_is_served_once_more_and_refreshed(self, report: Json) -> None:
        assert report["cache"]["expiry"] == [2, 2, 2, 1]


class TestFallbacks:
    def test_unknown_prompt(self, name: str, report: Json) -> None:
        text, chat = report["fallbacks"]["text"], report["fallbacks"]["chat"]
        assert [text["is_fallback"], text["version"], text["name"]] == [True, 0, f"{name}-missing"]
        assert [chat["is_fallback"], chat["labels"]] == [True, ["beta"]]
        assert report["fallbacks"]["compiled"] == [
            "Fallback for Ada",
            [message("user", "Fallback for Ada")],
        ]

    def test_no_server(self, report: Json) -> None:
        assert report["fallbacks"]["down"] == [True, "Nobody is there, Ada", True]


class TestLinkedGenerations:
    def test_prompt_of_the_generation(self, name: str, report: Json, api: PublicApi) -> None:
        trace = api.wait_for_trace(report["trace"], 3 if name == "python-v2" else 5)
        ids = {
            key: api.get(f"/v2/prompts/{key}")["id"] for key in (f"{name}%2Fgreeting", f"{name}-interview")
        }
        text = [ids[f"{name}%2Fgreeting"], f"{name}/greeting", 1]
        expected = {
            "text": text,
            "chat": [ids[f"{name}-interview"], f"{name}-interview", 1],
            "fallback": [None, None, None],
        }
        expected |= {} if name == "python-v2" else {"decorated": text}
        found = {key: find_only(trace["observations"], key) for key in expected}
        fields = ("promptId", "promptName", "promptVersion")
        assert {key: [each[field] for field in fields] for key, each in found.items()} == expected


@pytest.mark.parametrize("name", ["python-v2", "python-v5"])
class TestSplitLabels:
    """One label over two versions, three to one: no SDK knows of it, and each stays with what it got."""

    FLEET, SUBJECTS = 24, 40

    @pytest.fixture
    def split(self, name: str, target: Target, api: PublicApi) -> Json:
        prompt = f"{name}-split"
        if api.try_get(f"/v2/prompts/{prompt}", version=2)[0] == 404:
            for text in ("one", "two"):
                api.send("POST", "/v2/prompts", {"name": prompt, "prompt": text})
        weights = [{"version": 1, "weight": 3}, {"version": 2, "weight": 1}]
        api.send("PUT", f"/spyglass/prompts/{prompt}/labels/split", {"versions": weights})
        counts = (str(self.FLEET), str(self.SUBJECTS))
        return run_program(name, "python_split.py", target, prompt, *counts).report

    def test_shares(self, split: Json) -> None:
        firsts = [first for first, _ in split["fleet"]]
        assert len(firsts) == self.FLEET and 16 <= firsts.count(1) <= 20
        assert [second for _, second in split["fleet"]] == firsts  # from the cache
        one, other = split["subjects"]
        assert one == other and len(one) == self.SUBJECTS
        assert 20 <= one.count(1) <= 38 and one.count(1) + one.count(2) == self.SUBJECTS
