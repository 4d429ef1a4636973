"""What our API promises covers what the published one promises; each intended difference has its reason."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from spyglass.api.app import create_app
from spyglass.server.wiring import ROUTERS

ROOT = Path(__file__).resolve().parents[2]


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contract", ROOT / "tools" / "contract.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["contract"] = module
    spec.loader.exec_module(module)
    return module


contract = load_tool()
PUBLISHED = contract.read_published()
OURS = contract.facts_of(create_app(None, ROUTERS).openapi())
INTENDED = contract.read_intended()
FOUND = sorted(set(contract.compare(PUBLISHED, OURS)))


def test_the_published_document_is_there_whole() -> None:
    assert len(PUBLISHED) == 114


@pytest.mark.parametrize("operation", PUBLISHED)
def test_an_operation_differs_only_as_intended(operation: str) -> None:
    unintended = [
        f"{each.place or 'operation'}: {each.what}"
        for each in FOUND
        if each.operation == operation and not any(rule.covers(each) for rule in INTENDED)
    ]
    assert unintended == []


@pytest.mark.parametrize("rule", INTENDED, ids=lambda rule: rule.reason[:40])
def test_every_intended_difference_still_exists(rule: object) -> None:
    assert any(rule.covers(each) for each in FOUND)  # type: ignore[attr-defined]


def facts(schema: dict[str, object], **more: object) -> dict[str, object]:
    operation = {
        "parameters": more.get("parameters", []),
        "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
    }
    document = {"paths": {"/x": {"get": operation}}, "components": {"schemas": more.get("schemas", {})}}
    found: dict[str, object] = contract.facts_of(json.loads(json.dumps(document)))
    return found


def differences(published: dict[str, object], ours: dict[str, object]) -> list[tuple[str, str]]:
    return [(each.place, each.what) for each in contract.compare(published, ours)]


def test_the_comparison_sees_what_breaks_a_client() -> None:
    text, number = {"type": "string"}, {"type": "number"}
    theirs = facts({"type": "object", "properties": {"a": text, "b": number}, "required": ["a", "b"]})
    same = facts(
        {
            "type": "object",
            "properties": {"a": text, "b": {"type": "integer"}, "c": text},
            "required": ["a", "b"],
        }
    )
    assert differences(theirs, same) == []
    absent = facts({"type": "object", "properties": {"a": text}, "required": ["a"]})
    assert differences(theirs, absent) == [("response b", "missing")]
    optional = facts({"type": "object", "properties": {"a": text, "b": number}, "required": ["a"]})
    assert differences(theirs, optional) == [("response b", "may be absent")]
    nullable = facts(
        {
            "type": "object",
            "properties": {"a": {"anyOf": [text, {"type": "null"}]}, "b": text},
            "required": ["a", "b"],
        }
    )
    assert differences(theirs, nullable) == [("response a", "may be null"), ("response b", "may be string")]


def test_the_comparison_follows_references_and_alternatives() -> None:
    schemas = {
        "One": {
            "type": "object",
            "properties": {"kind": {"enum": ["one"], "type": "string"}},
            "required": ["kind"],
        },
        "Two": {
            "allOf": [{"$ref": "#/components/schemas/One"}],
            "properties": {"more": {"type": "string", "nullable": True}},
        },
    }
    both = {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]}
    found = facts({"type": "array", "items": both}, schemas=schemas)["GET /x"]["response"]  # type: ignore[index]
    assert found == {
        "[]": {"types": ["object"], "required": True},
        "[].kind": {"types": ["string"], "values": ["one"], "required": True},
        "[].more": {"types": ["null", "string"], "required": False},
    }


def test_the_comparison_sees_what_a_client_may_no_longer_send() -> None:
    def limit(**schema: object) -> list[dict[str, object]]:
        return [{"name": "limit", "in": "query", "schema": schema}]

    anything: dict[str, object] = {}
    theirs = facts(anything, parameters=limit(type="string", enum=["a", "b"]))
    assert differences(theirs, facts(anything, parameters=limit(type="string"))) == []
    assert differences(theirs, facts(anything)) == [("parameter limit", "missing")]
    fewer = facts(anything, parameters=limit(type="string", enum=["a"]))
    assert differences(theirs, fewer) == [("parameter limit", "does not accept b")]
    needed = facts(anything, parameters=[{**limit(type="string")[0], "required": True}])
    assert differences(theirs, needed) == [("parameter limit", "required")]
