"""How long the campaigns run: `--rounds`, `--seconds`, `--points`, `--seed` or SPYGLASS_FAULTS_ROUNDS and so on."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .supervisor import Supervisor

SHORT = {"rounds": 3, "seconds": 2.0, "points": 8, "seed": 1}
NAMES = {
    "rounds": "how often the server is killed, or stopped, under load",
    "seconds": "the longest time between two kills",
    "points": "how many system call points are swept; 0 sweeps until the work is done without reaching one",
    "seed": "of the traffic and of the moments",
}
NOTES = pytest.StashKey[list[str]]()


@dataclass(frozen=True)
class Effort:
    rounds: int
    seconds: float
    points: int
    seed: int


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    for name, help_ in NAMES.items():
        group.addoption(
            f"--{name}", type=float, default=None, help=f"fault campaigns: {help_} (short: {SHORT[name]})"
        )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "faults_short: the fault campaigns that CI runs")


@pytest.fixture(scope="session")
def effort(pytestconfig: pytest.Config) -> Effort:
    def chosen(name: str) -> float:
        given = pytestconfig.getoption(f"--{name}", None)
        return float(
            os.environ.get(f"SPYGLASS_FAULTS_{name.upper()}", SHORT[name]) if given is None else given
        )

    return Effort(int(chosen("rounds")), chosen("seconds"), int(chosen("points")), int(chosen("seed")))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Supervisor]:
    """Not started yet; whatever runs at the end is killed."""
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.kill()


@pytest.fixture
def note(pytestconfig: pytest.Config) -> Iterator[list[str]]:
    """Lines for the end of the report: what a campaign went through."""
    lines: list[str] = []
    yield lines
    pytestconfig.stash.setdefault(NOTES, []).extend(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    notes = config.stash.get(NOTES, [])
    if notes:
        terminalreporter.section("fault campaigns")
    for line in notes:
        terminalreporter.write_line(line)
