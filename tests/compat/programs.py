"""Runs a client program in its own environment and gives back the report that it prints as its last line."""

import json
import shutil
import subprocess
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
    environment_name: str, program: str, target: Target, *arguments: str, **extra: str
) -> Finished:
    """Run `clients/<program>` against the target; a program that fails is an error with all its output."""
    environment = ensure_environment(environment_name)
    script = _place_script(environment, program)
    done = subprocess.run(
        [str(environment.interpreter), str(script), *arguments],
        env=clean_environment() | _describe_target(target) | {"COMPAT_RUN": environment_name} | extra,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{program} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return Finished(json.loads(lines[-1]), "\n".join([*lines[:-1], done.stderr]))


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
