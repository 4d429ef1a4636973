"""Writes what can be read from the program itself: docs/reference/settings.md, cli.md, metrics.md and openapi.json.

`make docs` runs it; tests/docs compares the files with what it would write.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from spyglass.cli import commands
from spyglass.settings import Alias, Setting, Settings, describe

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by tools/reference.py (make docs); do not edit. -->"


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        NOTE,
        "",
        "Every setting is an environment variable, and a key of the TOML file that `SPYGLASS_CONFIG` names",
        "(without it `spyglass.toml` in the data directory): `SPYGLASS_SERVER__PORT=8080` is `port = 8080`",
        "under `[server]`. The command line wins over `SPYGLASS_*` variables, these over the other names,",
        "these over the file. A `SPYGLASS_*` name that does not exist, or a value that does not fit, ends",
        "the start with a message and exit code 78.",
        "`spyglass doctor` prints the effective values and where each comes from; secrets are masked.",
        "",
    ]
    for section, settings in _by_section():
        lines += [f"## {section}", ""]
        doc = type(getattr(Settings(), section)).__doc__
        lines += [(doc or "").strip().splitlines()[0], "", "| Setting | Default | Meaning |", "|---|---|---|"]
        lines += [_settings_row(setting) for setting in settings]
        lines.append("")
    return "\n".join(lines)


def _by_section() -> Iterator[tuple[str, list[Setting]]]:
    sections: dict[str, list[Setting]] = {}
    for setting in describe():
        sections.setdefault(setting.path.split(".")[0], []).append(setting)
    yield from sections.items()


def _settings_row(setting: Setting) -> str:
    names = "<br>".join([f"`{setting.variable}`", *map(_alias_text, setting.aliases)])
    default = "" if setting.default in (None, "", ()) else f"`{setting.default}`"
    allowed = "" if setting.allowed in ("a text", "a path") else f" ({setting.allowed})"
    secret = " Secret." if setting.secret else ""
    return f"| {names} | {default} | {setting.help}{allowed}.{secret} |"


def _alias_text(alias: Alias) -> str:
    return f"or `{alias.variable}`" + (f" ({alias.remark})" if alias.remark else "")


def cli_page() -> str:
    lines = [
        "# Command line",
        "",
        NOTE,
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 78 settings or data that forbid a start.",
        "",
    ]
    for path, command in walk_commands(commands, "spyglass"):
        # The settings of the group hold for all below it; click remembers the help option of the first call.
        context = click.Context(
            command,
            info_name=path,
            terminal_width=100,
            **{**commands.context_settings, **command.context_settings},
        )
        lines += [f"## {path}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def walk_commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The command and everything below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk_commands(command.commands[name], f"{path} {name}")


def compatibility_text(document: str) -> str:
    from contract import compatibility_page, facts_of

    return compatibility_page(facts_of(json.loads(document)))


def metrics_text() -> str:
    from metrics_page import metrics_page

    return metrics_page(NOTE)


def openapi_text() -> str:
    from spyglass.api.app import create_app
    from spyglass.server.wiring import ROUTERS

    return json.dumps(create_app(None, ROUTERS).openapi(), indent=2, ensure_ascii=False) + "\n"


def pages() -> dict[Path, str]:
    """Every generated file and its text."""
    sys.path.insert(0, str(Path(__file__).parent))  # the other tools, when a test loads this one
    document = openapi_text()
    return {
        ROOT / "docs" / "reference" / "settings.md": settings_page(),
        ROOT / "docs" / "reference" / "cli.md": cli_page(),
        ROOT / "docs" / "reference" / "metrics.md": metrics_text(),
        ROOT / "docs" / "reference" / "compatibility.md": compatibility_text(document),
        ROOT / "openapi.json": document,
    }


def main() -> int:
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
