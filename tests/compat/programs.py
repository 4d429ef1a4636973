"""Runs a client program in its own environment and gives back the report that it prints as a line of JSON."""

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .environments import Environment, ensure_environment
from .live_server import Target, clean_environment

CLIENTS_DIR = Path(__file__).parent / "clients"
TIMEOUT_S = 180
ENVIRONMENT_NAME = "compat-tests"
RELEASE = "2026.11-rc1"


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program printed: its report, and what its SDK logged."""

    report: dict[str, Any]
    log: str


def run_program(
    environment_name: str,
    program: str,
    target: Target,
    *arguments: str,
    on_report: Callable[[dict[str, Any]], None] | None = None,
    **extra: str,
) -> Finished:
    """Run `clients/<program>` against the target; a program that fails is an error with all its output.

    `on_report` is called as soon as the report is there, while the program may still be shutting down.
    """
    environment = ensure_environment(environment_name)
    command = [str(environment.interpreter), str(_place_script(environment, program)), *arguments]
    variables = clean_environment() | _describe_target(target) | {"COMPAT_RUN": environment_name} | extra
    with (
        tempfile.TemporaryFile("w+") as stderr,
        subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        watchdog = threading.Timer(TIMEOUT_S, process.kill)
        watchdog.start()
        try:
            report, lines = _read_report(process, on_report)
            exit_code = process.wait()
        finally:
            watchdog.cancel()
        stderr.seek(0)
        log = "".join([*lines, stderr.read()])
    if exit_code or report is None:
        raise RuntimeError(f"{program} exited with {exit_code} after at most {TIMEOUT_S} s:\n{log}")
    return Finished(report, log)


def _read_report(
    process: subprocess.Popen[str], on_report: Callable[[dict[str, Any]], None] | None
) -> tuple[dict[str, Any] | None, list[str]]:
    """The report, which is the line of JSON, and the other lines that the program printed."""
    report, lines = None, []
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            report = json.loads(line)
            if on_report:
                on_report(report)
        else:
            lines.append(line)
    return report, lines


def _describe_target(target: Target) -> dict[str, str]:
    return {
        "LANGFUSE_HOST": target.url,  # Python 2 to 4, LiteLLM
        "LANGFUSE_BASE_URL": target.url,  # Python 4 and 5, JavaScript 4 and 5
        "LANGFUSE_BASEURL": target.url,  # JavaScript 3
        "LANGFUSE_PUBLIC_KEY": target.public_key,
        "LANGFUSE_SECRET_KEY": target.secret_key,
        "LANGFUSE_TRACING_ENVIRONMENT": ENVIRONMENT_NAME,
        "LANGFUSE_RELEASE": RELEASE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _place_script(environment: Environment, program: str) -> Path:
    """JavaScript finds its packages from the script's own folder, so its programs are copied beside them."""
    if not program.endswith(".mjs"):
        return CLIENTS_DIR / program
    for source in [*CLIENTS_DIR.glob("*.mjs"), CLIENTS_DIR / "scenario.json"]:
        shutil.copyfile(source, environment.directory / source.name)
    return environment.directory / program
