"""Programs with a real SDK, in the environments that the tests of compatibility keep."""

import subprocess
from pathlib import Path

from tests.compat.environments import ensure_environment
from tests.compat.live_server import clean_environment

SDK = "python-v5"
CLIENTS = Path(__file__).parent / "clients"
TIMEOUT_S = 120


def run_python(program: Path, env_block: str = "") -> tuple[str, str]:
    """What it printed: the standard output, and what the SDK logged. `env_block` is the text of a .env file."""
    lines = [line.partition("=") for line in env_block.splitlines()]
    variables = {name: value.strip('"') for name, _, value in lines}
    done = subprocess.run(
        [str(ensure_environment(SDK).interpreter), str(program)],
        env=clean_environment() | variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, f"{program.name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout, done.stderr
