"""Prompts that refer to other prompts: resolved on read, checked on write and on delete."""

from typing import Any

import pytest
from prompt_calls import Api
from starlette.testclient import TestClient

from spyglass.features.prompts import composition
from spyglass.server.wiring import Parts
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import PromptDependency


@pytest.fixture
def api(client: TestClient, project: Any) -> Api:
    return Api(client, project.basic)


def ref(name: str, version: int | None = None, label: str = "production") -> str:
    which = f"version={version}" if version is not None else f"label={label}"
    return f"@@@langfusePrompt:name={name}|{which}@@@"


def node(prompt: dict[str, Any]) -> dict[str, Any]:
    return {key: prompt[key] for key in ("name", "version", "id")}


class TestResolve:
    def test_texts_take_the_place_of_references(self, api: Api) -> None:
        leaf = api.create("f/leaf", "leaf {{x}} \\1", labels=["production"])
        middle = api.create("middle", f"<{ref('f/leaf')}>", labels=["production"])
        top = api.create("top", f"{ref('middle', 1)} and {ref('f/leaf', 1)}", labels=["production"])
        assert (top["prompt"], top["resolutionGraph"]) == (
            f"{ref('middle', 1)} and {ref('f/leaf', 1)}",
            None,
        )
        found = api.get("top")
        assert found["prompt"] == "<leaf {{x}} \\1> and leaf {{x}} \\1"
        assert found["resolutionGraph"] == {
            "root": node(top),
            "dependencies": {top["id"]: [node(middle), node(leaf)], middle["id"]: [node(leaf)]},
        }

    def test_raw_when_asked(self, api: Api) -> None:
        api.create("leaf", "leaf", labels=["production"])
        api.create("top", ref("leaf"), labels=["production"])
        raw = api.get("top", resolve="false")
        assert (raw["prompt"], raw["resolutionGraph"]) == (ref("leaf"), None)
        assert api.get("top", resolve="true")["prompt"] == "leaf"
        assert api.get("leaf")["resolutionGraph"] is None

    def test_messages_of_a_chat(self, api: Api) -> None:
        api.create("leaf", "leaf", labels=["production"])
        messages = [{"role": "system", "content": f"a {ref('leaf')}"}, {"type": "placeholder", "name": "h"}]
        api.create("chat", messages, type="chat", labels=["production"])
        assert api.get("chat")["prompt"] == [{"role": "system", "content": "a leaf"}, messages[1]]

    def test_a_label_that_moves_shows_at_once(self, api: Api) -> None:
        api.create("leaf", "old", labels=["production"])
        api.create("top", ref("leaf"), labels=["production"])
        assert api.get("top")["prompt"] == "old"
        api.create("leaf", "new", labels=["production"])
        assert api.get("top")["prompt"] == "new"

    def test_a_split_label_stands_for_its_heaviest_version(self, api: Api) -> None:
        for text in ("one", "two", "three"):
            api.create("leaf", text, labels=["production"])
        api.create("top", ref("leaf"), labels=["production"])
        for weights, expected in (
            ({1: 2, 2: 3, 3: 1}, "two"),
            ({1: 5, 2: 5, 3: 1}, "two"),
            ({1: 9, 2: 1}, "one"),
        ):
            api.split("leaf", "production", weights)
            assert api.get("top")["prompt"] == expected

    def test_what_is_no_reference_stays(self, api: Api) -> None:
        text = "@@@langfusePrompt:name=a@@@ @@@langfusePrompt:label=x|name=a@@@ @@@"
        api.create("p", text, labels=["production"])
        assert (api.get("p")["prompt"], api.get("p")["resolutionGraph"]) == (text, None)

    def test_a_reference_never_reaches_another_project(self, api: Api, stranger: Any) -> None:
        Api(api.client, stranger.basic).create("secret", "theirs", labels=["production"])
        refused = api.create("top", ref("secret"), 400)
        assert refused["message"] == "Prompt dependency not found: 'secret' with label 'production'"


class TestCreate:
    def test_what_is_missing(self, api: Api) -> None:
        api.create("leaf", "x")
        for reference, words in (
            (ref("leaf"), "'leaf' with label 'production'"),
            (ref("leaf", 2), "'leaf' with version 2"),
            (ref("leaf", 2**40), f"'leaf' with version {2**40}"),
            (ref("other", 1), "'other' with version 1"),
        ):
            refused = api.create("top", reference, 400)
            assert refused == {
                "message": f"Prompt dependency not found: {words}",
                "error": "InvalidRequestError",
            }
        assert [each["name"] for each in api.list()["data"]] == ["leaf"]

    def test_only_texts_can_be_referenced(self, api: Api) -> None:
        api.create("chat", [{"role": "user", "content": "x"}], type="chat", labels=["production"])
        assert "Only text prompts" in api.create("top", ref("chat"), 400)["message"]

    def test_circles(self, api: Api) -> None:
        api.create("a", "plain", labels=["production"])
        api.create("b", ref("a"), labels=["production"])
        refused = api.create("a", ref("b"), 400)
        assert refused["message"] == "Circular reference between prompts: 'a' -> 'b' -> 'a'"
        assert "Circular" in api.create("a", ref("a"), 400)["message"]
        assert api.list(name="a")["data"][0]["versions"] == [1]

    def test_five_levels_and_no_more(self, api: Api) -> None:
        api.create("p0", "deep", labels=["production"])
        for level in range(1, 6):
            api.create(f"p{level}", ref(f"p{level - 1}"), labels=["production"])
        assert api.get("p5")["prompt"] == "deep"
        assert "deeper than 5 levels" in api.create("p6", ref("p5"), 400)["message"]
        # A shallow way to the same prompt, taken first, hides no deep one.
        assert "deeper" in api.create("p6", ref("p0") + ref("p4") + ref("p5"), 400)["message"]

    def test_texts_that_multiply(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(composition, "MAX_CHARACTERS", 5000)
        api.create("p0", "x" * 100, labels=["production"])
        api.create("p1", ref("p0") * 10, labels=["production"])
        assert "more than 5000 characters" in api.create("p2", ref("p1") * 10, 400)["message"]

    def test_references_are_stored(self, api: Api, parts: Parts, project: Any) -> None:
        api.create("leaf", "x", labels=["production"])
        top = api.create("top", ref("leaf") + ref("leaf", 1) + ref("leaf"))
        with parts.stores.meta.read() as session:
            rows = session.scalars(scoped(PromptDependency, project.id)).all()
        found = {(row.parent_id, row.child_name, row.child_version, row.child_label) for row in rows}
        assert len(rows) == 2
        assert found == {(top["id"], "leaf", 1, None), (top["id"], "leaf", None, "production")}


class TestRead:
    def test_a_circle_that_a_label_closed(self, api: Api) -> None:
        api.create("b", "plain", labels=["staging"])
        api.create("a", ref("b", label="staging"), labels=["production"])
        api.create("c", "plain", labels=["x"])
        api.create("c", ref("a"))
        api.create("b", ref("c", label="x"), labels=["staging"])
        assert api.get("a")["prompt"] == "plain"
        api.label("c", 2, ["x"])
        assert api.get("a", 409) == {
            "message": "Circular reference between prompts: 'a' -> 'b' -> 'c' -> 'a'",
            "error": "LangfuseConflictError",
        }
        api.label("c", 1, ["x"])
        assert api.get("a")["prompt"] == "plain"

    def test_back_to_a_name_in_another_version_is_no_circle(self, api: Api) -> None:
        api.create("a", "plain", labels=["production"])
        api.create("b", "plain", labels=["production"])
        api.create("a", ref("b"))
        api.create("b", ref("a", 1), labels=["production"])
        assert api.get("a", version=2)["prompt"] == "plain"

    def test_a_level_too_many_that_came_later(self, api: Api) -> None:
        api.create("p0", "deep", labels=["production"])
        for level in range(1, 6):
            api.create(f"p{level}", ref(f"p{level - 1}"), labels=["production"])
        api.create("below", "x", labels=["production"])
        api.create("p0", ref("below"), labels=["production"])
        found = api.get("p5", 409)
        assert found["error"] == "LangfuseConflictError"
        assert "deeper than 5 levels" in found["message"]
        assert api.get("p5", 409) == found
        assert api.get("p4")["prompt"] == "x"
        assert api.get("p5", resolve="false")["prompt"] == ref("p4")


class TestDelete:
    def test_what_others_refer_to_stays(self, api: Api) -> None:
        api.create("leaf", "one", labels=["production"])
        api.create("leaf", "two")
        api.create("top", ref("leaf"))
        for params in ({}, {"version": 1}, {"label": "production"}):
            refused = api.delete("leaf", 400, **params)
            assert refused["error"] == "InvalidRequestError"
            assert "'top' version 1" in refused["message"]
        api.delete("leaf", version=2)
        api.delete("top")
        api.delete("leaf")

    def test_by_version_and_by_latest(self, api: Api) -> None:
        api.create("leaf", "one")
        api.create("leaf", "two")
        api.create("top", ref("leaf", 1) + ref("leaf", label="latest"))
        assert "'top' version 1" in api.delete("leaf", 400, version=1)["message"]
        api.delete("leaf", version=2)  # `latest` goes to version 1
        assert api.get("top", label="latest")["prompt"] == "oneone"
        assert "'top' version 1" in api.delete("leaf", 400)["message"]

    def test_one_version_of_a_split_may_go(self, api: Api) -> None:
        api.create("leaf", "one", labels=["production"])
        api.create("leaf", "two")
        api.split("leaf", "production", {1: 1, 2: 9})
        api.create("top", ref("leaf"), labels=["production"])
        api.delete("leaf", version=2)
        assert api.get("top")["prompt"] == "one"
        assert "'top' version 1" in api.delete("leaf", 400, version=1)["message"]
        url = api.url_of_label("leaf", "production")
        assert api.client.delete(url, headers=api.headers).status_code == 400
