"""Prompts through the JavaScript SDKs: versions, labels, compiling, the SDK's cache, fallbacks, linked generations."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi, find_only
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

PROGRAMS = {"js-v3": "js_v3_prompts.mjs", "js-v4": "js_v5_prompts.mjs", "js-v5": "js_v5_prompts.mjs"}
FIRST = "Hello {{name}}, welcome to {{ place }}. {{name}}!"
SECOND = "Hi {{name}} <b>&amp;</b> 🙂"
CONFIG = {"temperature": 0.3, "stop": ["\n"], "nested": {"deep": None}}


@pytest.fixture(scope="module")
def runs(target: Target) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""
    return functools.cache(lambda name: run_program(name, PROGRAMS[name], target).report)


@pytest.fixture(params=list_clients(PROGRAMS))
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
        "type": "text",
        "config": CONFIG if number == 1 else {},
        "labels": list(labels),
        "tags": ["compat", "greeting"],
        "isFallback": False,
        "commitMessage": "first version" if number == 1 else None,
    }


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
        assert report["text"]["forLangchain"] == "Hello {name}, welcome to {{ place }}. {name}!"

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
    def test_read(self, report: Json) -> None:
        read = report["chat"]["read"]
        assert [read["type"], read["version"], read["labels"]] == ["chat", 1, ["latest", "production"]]
        assert read["prompt"] == [
            {"type": "chatmessage", "role": "system", "content": "You are {{persona}}."},
            {"type": "placeholder", "name": "history"},
            {"type": "chatmessage", "role": "user", "content": "{{question}}"},
        ]

    def test_compile_with_placeholders(self, report: Json) -> None:
        system, question = message("system", "You are Ada."), message("user", "Why?")
        history = [message("user", "Salut Ada 👋"), message("assistant", "Bonjour.")]
        assert report["chat"]["compiled"] == [system, *history, question]
        placeholder = {"type": "placeholder", "name": "history"}
        assert report["chat"]["unfilled"] == [system, placeholder, question]

    def test_for_langchain(self, name: str, report: Json) -> None:
        system, placeholder, question = report["chat"]["forLangchain"]
        assert [system, question] == [
            message("system", "You are {persona}."),
            message("user", "{question}"),
        ]
        unfilled: Any = {"variableName": "history", "optional": False}
        assert placeholder == (["placeholder", "{history}"] if name != "js-v3" else unfilled)


class TestCache:
    def test_stale_fresh_and_forgotten(self, report: Json) -> None:
        # First read, read after a change elsewhere, read without cache, read after the SDK's own change.
        assert report["cache"]["versions"] == [1, 1, 2, 1]

    def test_labels_are_added(self, report: Json) -> None:
        assert report["cache"]["updatedLabels"] == ["production", "release-1"]


class TestFallbacks:
    def test_text_and_chat(self, name: str, report: Json) -> None:
        text, chat = report["fallbacks"]["text"], report["fallbacks"]["chat"]
        assert [text["isFallback"], text["version"], text["name"]] == [True, 0, f"{name}-missing"]
        assert [chat["isFallback"], chat["labels"]] == [True, ["beta"]]
        assert report["fallbacks"]["compiled"] == [
            "Fallback for Ada",
            [message("user", "Fallback for Ada")],
        ]

    def test_what_the_server_said(self, name: str, report: Json) -> None:
        refusals = report["fallbacks"]["refusals"]
        assert {key: each["message"] for key, each in refusals.items()} == {
            "label": f"Prompt not found: '{name}-missing' with label 'production'",
            "version": f"Prompt not found: '{name}/greeting' with version 99",
        }
        status = None if name == "js-v3" else 404  # the 3.x client keeps the status to itself
        assert {each["status"] for each in refusals.values()} == {status}


class TestLinkedGenerations:
    def test_prompt_of_the_generation(self, name: str, report: Json, api: PublicApi) -> None:
        trace = api.wait_for_trace(report["links"]["trace"], 3 if name == "js-v3" else 4)
        fields = ("promptId", "promptName", "promptVersion", "input")
        found = {key: find_only(trace["observations"], key) for key in ("text", "chat", "fallback")}
        assert {key: [each[field] for field in fields] for key, each in found.items()} == {
            "text": [report["ids"]["text"], f"{name}/greeting", 1, "text"],
            "chat": [report["ids"]["chat"], f"{name}-interview", 1, "chat"],
            "fallback": [None, None, None, "fallback"],
        }


class TestRefusalsAndDeletion:
    """Only where the SDK can delete and fails with what the server refused."""

    @pytest.fixture(params=list_clients(["js-v4", "js-v5"]))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_delete(self, name: str, report: Json) -> None:
        deleted = report["deleted"]
        assert [deleted["latest"], deleted["left"]] == ["b", [2]]
        message = f"Prompt not found: '{name}/short lived' with label 'latest'"
        assert deleted["gone"] == {"status": 404, "message": message}

    def test_a_prompt_in_use_stays(self, name: str, report: Json) -> None:
        assert report["deleted"]["inUse"]["status"] == 400
        assert f"{name}-composed" in report["deleted"]["inUse"]["message"]

    def test_another_type_and_a_circle_are_refused(self, report: Json) -> None:
        refused = [report["chat"]["otherType"], report["composed"]["cycle"]]
        assert [each["status"] for each in refused] == [400, 400]


def message(role: str, content: str) -> Json:
    return {"role": role, "content": content}
