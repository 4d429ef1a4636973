"""The reference pages say everything that there is, and are what `make docs` would write now."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from spyglass.cli import commands
from spyglass.query.metrics.catalogue import V1, V2
from spyglass.settings import ALIASES, describe

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


reference = load_tool()


@pytest.mark.parametrize("setting", describe(), ids=lambda setting: setting.path)
def test_every_setting_has_its_row(setting: object) -> None:
    page = (PAGES / "settings.md").read_text()
    rows = [line for line in page.splitlines() if f"| `{setting.variable}`" in line]  # type: ignore[attr-defined]
    assert len(rows) == 1
    assert setting.help in rows[0]  # type: ignore[attr-defined]


def test_every_other_name_of_a_setting_is_there() -> None:
    page = (PAGES / "settings.md").read_text()
    assert [alias.variable for alias in ALIASES if f"`{alias.variable}`" not in page] == []


def test_every_command_and_option_is_there() -> None:
    page = (PAGES / "cli.md").read_text()
    found = list(reference.walk_commands(commands, "spyglass"))
    paths = {path for path, _ in found}
    assert {"spyglass serve", "spyglass migrate", "spyglass doctor", "spyglass replay"} <= paths
    assert {"spyglass keys create", "spyglass keys list", "spyglass keys revoke", "spyglass openapi"} <= paths
    for path, command in found:
        assert f"\n## {path}\n" in page
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[-1] in page, (path, parameter.opts)


def test_every_command_says_what_it_does() -> None:
    for path, command in reference.walk_commands(commands, "spyglass"):
        assert command.help, path


def test_the_files_are_up_to_date() -> None:
    stale = [path.name for path, text in reference.pages().items() if path.read_text() != text]
    assert stale == [], "run `make docs`"


def test_every_word_of_the_metrics_language_has_its_row() -> None:
    page = (PAGES / "metrics.md").read_text()
    for view in (*V1.values(), *V2.values()):
        section = page.split(f"## View `{view.name}`")[1].split("## View")[0]
        for name in (*view.dimensions, *view.measures):
            assert f"| `{name}`" in section, (view.name, name)
