"""Prompts on both databases: rows as they are kept, writers at the same time, the sized cache."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select

from spyglass.api.callers import Caller
from spyglass.core.errors import Invalid, NotFound, SpyglassError, Unavailable
from spyglass.core.permissions import PROJECT_KEY
from spyglass.features.prompts import labels, service
from spyglass.features.prompts.listing import list_prompts
from spyglass.features.prompts.schemas import ArmIn, DeletionParams, NewPrompt, PromptListParams
from spyglass.stores.meta import Meta, scoped, update_scoped
from spyglass.stores.meta.prompts import find_labelled, find_version, read_labels
from spyglass.stores.meta.sized_cache import SizedCache
from spyglass.stores.meta.tables import (
    Organization,
    Project,
    Prompt,
    PromptDependency,
    PromptLabel,
    PromptVersion,
)
from spyglass.stores.meta.tables.revisions import PROMPTS, raise_revision

BODY: TypeAdapter[Any] = TypeAdapter(NewPrompt)


@pytest.fixture
def caller(meta: Meta) -> Caller:
    with meta.begin() as session:
        session.add(Organization(id="org", name="org"))
        session.flush()
        session.add(Project(id="p", organization_id="org", name="p"))
    return Caller("p", "org", PROJECT_KEY, "pk", "key")


def create(meta: Meta, caller: Caller, name: str, prompt: Any = "text", **more: Any) -> dict[str, Any]:
    body = BODY.validate_python({"name": name, "prompt": prompt, **more})
    return service.create_prompt(meta, caller, body)


def listed(meta: Meta, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = list_prompts(meta, "p", PromptListParams.model_validate(params))["data"]
    return found


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except SpyglassError as error:
        return type(error)


def test_create_label_list_and_delete(meta: Meta, caller: Caller) -> None:
    create(meta, caller, "leaf", "x", labels=["production"], tags=["a"], config={"z": 1, "a": "ü"})
    create(meta, caller, "leaf", "y")
    messages = [{"role": "user", "content": "@@@langfusePrompt:name=leaf|version=1@@@"}]
    create(meta, caller, "top", messages, type="chat", tags=["ü"])
    assert service.add_labels(meta, caller, "leaf", 2, ["production", "b"])["labels"] == [
        "b",
        "latest",
        "production",
    ]
    assert [(each["name"], each["versions"]) for each in listed(meta)] == [("leaf", [1, 2]), ("top", [1])]
    assert [each["versions"] for each in listed(meta, label="production")] == [[2]]
    assert [each["name"] for each in listed(meta, tag="ü")] == ["top"]
    assert listed(meta, name="leaf", version=1)[0]["lastConfig"] == {"z": 1, "a": "ü"}
    assert listed(meta, toUpdatedAt="2000-01-01T00:00:00Z") == []
    with pytest.raises(Invalid):
        service.delete_versions(meta, caller, "leaf", DeletionParams(version=1))
    service.delete_versions(meta, caller, "top", DeletionParams())
    service.delete_versions(meta, caller, "leaf", DeletionParams(label="b"))
    with meta.read() as session:
        assert read_labels(session, "p", "leaf") == {1: ["latest"]}
    service.delete_versions(meta, caller, "leaf", DeletionParams(version=1))
    with meta.read() as session:
        for table in (Prompt, PromptVersion, PromptLabel, PromptDependency):
            assert session.scalars(select(table)).all() == []


def filtered(meta: Meta, *conditions: dict[str, Any], **params: Any) -> dict[str, list[int]]:
    found = listed(meta, filter=json.dumps(conditions), **params)
    return {each["name"]: each["versions"] for each in found}


def asked(type_: str, column: str, operator: str, value: Any, key: str = "") -> dict[str, Any]:
    return {"type": type_, "column": column, "operator": operator, "value": value, "key": key}


FILTERS: list[tuple[dict[str, Any], dict[str, list[int]]]] = [
    (asked("string", "name", "=", "top/Ü"), {"top/Ü": [1]}),
    (asked("string", "name", "=", "LEAF_x"), {}),
    (asked("string", "name", "contains", "EAF"), {"leaf_x": [1, 2]}),
    (asked("string", "name", "contains", "_"), {"leaf_x": [1, 2], "top/Ü": [1]}),
    (asked("string", "name", "contains", r"\_"), {"leaf_x": [1, 2]}),
    (asked("string", "name", "contains", r"\%"), {}),
    (asked("string", "name", "contains", r"\\"), {}),
    (asked("string", "name", "ends with", "/_"), {"top/Ü": [1]}),
    (asked("string", "name", "starts with", "TOP/ü"), {"top/Ü": [1]}),
    (asked("string", "name", "does not contain", "ü"), {"leaf_x": [1, 2]}),
    (asked("string", "name", "does not contain", "L%X"), {"top/Ü": [1]}),
    (asked("string", "name", "is not empty", ""), {"leaf_x": [1, 2], "top/Ü": [1]}),
    (asked("string", "type", "contains", "CHA"), {"top/Ü": [1]}),
    (asked("stringOptions", "type", "none of", ["chat", "x"]), {"leaf_x": [1, 2]}),
    (asked("stringOptions", "name", "any of", ["leaf_x", "Leaf_x"]), {"leaf_x": [1, 2]}),
    (asked("number", "version", "=", 1.5), {}),
    (asked("number", "version", ">", 1.5), {"leaf_x": [2]}),
    (asked("number", "version", "<=", 1e300), {"leaf_x": [1, 2], "top/Ü": [1]}),
    (asked("datetime", "createdAt", "<", "2026-01-02T01:00:00+01:00"), {"leaf_x": [1]}),
    (asked("datetime", "createdAt", "<=", "2026-01-02T00:00:00Z"), {"leaf_x": [1, 2]}),
    (asked("datetime", "createdAt", ">", "2026-01-02T00:00:00.000Z"), {"top/Ü": [1]}),
    (asked("datetime", "updatedAt", "<", "2026-01-04T00:00:00Z"), {}),
    (asked("datetime", "updatedAt", ">=", "0001-01-01T00:00:00Z"), {"leaf_x": [1, 2], "top/Ü": [1]}),
    (asked("arrayOptions", "labels", "any of", ["a", "b", "b"]), {"leaf_x": [1, 2]}),
    (asked("arrayOptions", "labels", "all of", ["latest", "b", "b"]), {"leaf_x": [2]}),
    (asked("arrayOptions", "labels", "none of", ["a"]), {"leaf_x": [2], "top/Ü": [1]}),
    (asked("arrayOptions", "tags", "all of", ["ü", "x"]), {"top/Ü": [1]}),
    (asked("arrayOptions", "tags", "none of", ["ü"]), {"leaf_x": [1, 2]}),
    (asked("stringObject", "config", "contains", "Ü%", "a"), {"leaf_x": [1]}),
    (asked("stringObject", "config", "=", "true", "a"), {"leaf_x": [2]}),
    (asked("stringObject", "config", "is not set", "", "a"), {"top/Ü": [1]}),
]


def test_filters_mean_the_same_on_both(meta: Meta, caller: Caller) -> None:
    create(meta, caller, "leaf_x", "x", labels=["a"], config={"a": "xüy"})
    create(meta, caller, "leaf_x", "y", labels=["b"], config={"a": True})
    create(meta, caller, "top/Ü", [{"role": "user", "content": "x"}], type="chat", tags=["ü", "x"])
    for day, (name, version) in enumerate([("leaf_x", 1), ("leaf_x", 2), ("top/Ü", 1)], start=1):
        with meta.begin() as session:
            session.execute(
                update_scoped(PromptVersion, "p")
                .where(PromptVersion.name == name, PromptVersion.version == version)
                .values(
                    created_at=datetime(2026, 1, day, tzinfo=UTC), updated_at=datetime(2026, 1, 4, tzinfo=UTC)
                )
            )
    for given, expected in FILTERS:
        assert filtered(meta, given) == expected, given
    by_config = asked("stringObject", "config", "=", "true", "a")
    assert filtered(meta, by_config, asked("string", "type", "=", "text")) == {"leaf_x": [2]}
    assert filtered(meta, by_config, asked("string", "type", "=", "chat")) == {}
    latest = asked("arrayOptions", "labels", "any of", ["latest"])
    assert filtered(meta, latest, asked("string", "type", "=", "text")) == {"leaf_x": [2]}
    assert filtered(meta, latest, asked("stringOptions", "type", "any of", ["text"]), FILTERS[0][0]) == {}


def test_a_page_is_in_the_same_order_whoever_filters(meta: Meta, caller: Caller) -> None:
    names = ["b", "B", "a-b", "ab", "a_c", "é", "Z", "z"]
    for name in names:
        create(meta, caller, name, "x", config={"k": "v"}, tags=["t"])
    order = [each["name"] for each in listed(meta)]
    assert sorted(order) == sorted(names)
    by_config = asked("stringObject", "config", "is set", "", "k")
    by_tag = asked("arrayOptions", "tags", "any of", ["t"])
    for given in ([by_config], [by_tag], [asked("number", "version", "=", 1)], []):
        pages = [list(filtered(meta, *given, page=page, limit=3)) for page in (1, 2, 3, 4)]
        assert pages == [order[:3], order[3:6], order[6:], []]


def test_splits_and_protected_labels(meta: Meta, caller: Caller) -> None:
    for text in ("one", "two"):
        create(meta, caller, "p", text)
    arms = [ArmIn(version=2, weight=10), ArmIn(version=1, weight=90)]
    labels.set_split(meta, caller, "p", "production", arms)
    with meta.read() as session:
        found = find_labelled(session, "p", "p", "production")
        assert [(row.version, weight) for row, weight in found] == [(1, 90), (2, 10)]
    labels.delete_split(meta, caller, "p", "production")
    with pytest.raises(NotFound):
        labels.read_split(meta, "p", "p", "production")


def test_what_the_database_cannot_hold_is_not_found(meta: Meta, caller: Caller) -> None:
    with meta.read() as session:
        assert find_version(session, "p", "a\0", 1) is None
        assert find_version(session, "p", "a", 2**40) is None
        assert find_labelled(session, "p", "a\0", "x") == find_labelled(session, "p", "a", "x\0") == []
    for call in (
        lambda: labels.read_split(meta, "p", "a\0", "x"),
        lambda: labels.set_split(meta, caller, "a\0", "x", [ArmIn(version=1, weight=1)]),
        lambda: service.delete_versions(meta, caller, "a\0", DeletionParams()),
    ):
        assert outcome(call) is NotFound


def test_writers_at_the_same_time_take_turns(meta: Meta, caller: Caller) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: create(meta, caller, "p", str(n), labels=["a", f"l{n}"]), range(16)))
    assert sorted(each["version"] for each in made) == list(range(1, 17))
    with meta.read() as session:
        rows = session.scalars(scoped(PromptLabel, "p")).all()
    assert len([row for row in rows if row.label == "a"]) == 1
    assert [row.version for row in rows if row.label == "latest"] == [16]
    assert len(rows) == 18


def test_no_reference_outlives_its_target(meta: Meta, caller: Caller) -> None:
    """One deletes what another begins to refer to: one of them is refused, whoever was first."""
    for attempt in range(6):
        create(meta, caller, f"leaf{attempt}", "x")
        reference = f"@@@langfusePrompt:name=leaf{attempt}|version=1@@@"
        calls: list[Callable[[], Any]] = [
            lambda n=attempt: service.delete_versions(meta, caller, f"leaf{n}", DeletionParams()),
            lambda n=attempt, text=reference: create(meta, caller, f"top{n}", text)["version"],
        ]
        with ThreadPoolExecutor(2) as pool:
            deleted, made = pool.map(outcome, calls)
        assert (deleted, made) in ((None, Invalid), (Invalid, 1))


@dataclass(frozen=True)
class Text:
    text: str
    size_bytes: int


class TestSizedCache:
    @pytest.fixture
    def cache(self, meta: Meta) -> SizedCache[Text]:
        return SizedCache(meta, PROMPTS, 100)

    def test_a_value_is_loaded_once_until_a_revision(self, meta: Meta, cache: SizedCache[Text]) -> None:
        former: list[Text | None] = []

        def load(_session: Any, outdated: Text | None) -> Text:
            former.append(outdated)
            return Text(str(len(former)), 10)

        assert cache.known("a", "k") is None
        assert [cache.get("a", "k", load).text, cache.get("a", "k", load).text] == ["1", "1"]
        assert cache.known("a", "k") == Text("1", 10)
        assert cache.known("b", "k") is None
        with meta.begin() as session:
            raise_revision(session, PROMPTS, "a")
        assert cache.known("a", "k") is None
        assert cache.get("a", "k", load).text == "2"
        assert former == [None, Text("1", 10)]

    def test_it_is_bounded_in_bytes_and_keeps_what_was_used_last(self, cache: SizedCache[Text]) -> None:
        for key in "abc":
            cache.get("p", key, lambda _s, _o, key=key: Text(key, 30))
        assert cache.known("p", "a") is not None
        cache.get("p", "d", lambda _s, _o: Text("d", 30))
        assert [cache.known("p", key) is not None for key in "abcd"] == [True, False, True, True]
        assert cache.get("p", "large", lambda _s, _o: Text("large", 101)).text == "large"
        assert [cache.known("p", key) is not None for key in ("large", "a", "c", "d")] == [
            False,
            True,
            True,
            True,
        ]

    def test_the_last_value_serves_while_the_store_is_down(
        self, meta: Meta, cache: SizedCache[Text], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache.get("p", "k", lambda _s, _o: Text("old", 1))
        with meta.begin() as session:
            raise_revision(session, PROMPTS, "p")

        def down() -> Any:
            raise Unavailable("down")

        monkeypatch.setattr(meta, "read", down)
        assert cache.get("p", "k", lambda _s, _o: Text("new", 1)).text == "old"
        with pytest.raises(Unavailable):
            cache.get("p", "other", lambda _s, _o: Text("new", 1))
