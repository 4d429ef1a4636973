"""The one live server of the session, its readers, and the report of how soon data was visible."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .fake_openai import FakeOpenAI
from .live_server import LiveServer, Target
from .reading import PublicApi
from .sdk_runs import RunBook

VISIBILITY = pytest.StashKey[dict[str, float]]()


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A running server; at the end it must stop on SIGTERM with exit code 0."""
    directory: Path = tmp_path_factory.mktemp("spyglass")
    server = LiveServer(directory)
    try:
        server.wait_until_ready()
        yield server.target
    finally:
        exit_code = server.stop()
    assert exit_code == 0, f"the server stopped with {exit_code}:\n{server.read_log()}"


@pytest.fixture(scope="session")
def api(target: Target) -> PublicApi:
    """The public API of the running server."""
    return PublicApi(target)


@pytest.fixture(scope="session")
def openai_url() -> Iterator[str]:
    """The base URL of a local server that speaks the OpenAI API."""
    with FakeOpenAI() as fake:
        yield fake.base_url


@pytest.fixture(scope="session")
def visibility(pytestconfig: pytest.Config) -> dict[str, float]:
    """Seconds from the end of each client's flush until all of it was readable; printed, never judged."""
    return pytestconfig.stash.setdefault(VISIBILITY, {})


@pytest.fixture(scope="session")
def run_book(target: Target, api: PublicApi, visibility: dict[str, float]) -> RunBook:
    """The runs of the SDKs, each made when a test first asks for it."""
    return RunBook(target, api, visibility)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    seconds = config.stash.get(VISIBILITY, {})
    if seconds:
        terminalreporter.section("seconds from flush to visible (informative)")
    for name, waited_s in sorted(seconds.items()):
        terminalreporter.write_line(f"{waited_s:7.3f}  {name}")
