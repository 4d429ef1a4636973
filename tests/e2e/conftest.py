"""One browser and one filled server for the folder; a picture of every window of a journey that failed."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.accept.browser import CHROMIUM, Window, chromium
from tests.accept.world import OWNER

from .servers import Shop, fill

STATIC = Path(__file__).parents[2] / "src/spyglass/static/index.html"
PICTURES = Path("build/e2e")
PATIENCE_MS = 30_000  # the machine may be busy; a check goes on as soon as it is satisfied
FAILED = pytest.StashKey[bool]()

OpenWindow = Callable[..., Window]
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.fail(
            f"There is no Chromium at {CHROMIUM}. On Debian: apt-get install chromium; or set CHROMIUM to one."
        )
    if not STATIC.exists():
        pytest.fail("The web UI is not built: make ui")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    # The model provider of the journeys is on this machine.
    allowed = {"LANGFUSE_LLM_CONNECTION_WHITELISTED_IPS": "127.0.0.1"}
    server = Shop(tmp_path_factory.mktemp("shop"), **allowed)
    try:
        server.wait_until_ready()
        fill(server)
        yield server
    finally:
        code = server.stop()
    assert code == 0, f"the server stopped with {code}:\n{server.read_log()}"


@pytest.fixture
def open_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenWindow]:
    """Makes windows of contexts of their own, `who` signed in; closes them all in the end."""
    windows: list[Window] = []

    def make(base: str, who: tuple[str, str, str] | None = None, **options: Any) -> Window:
        options.setdefault("permissions", ["clipboard-read", "clipboard-write"])
        window = Window(browser, base, **options)
        window.context.set_default_timeout(PATIENCE_MS)
        windows.append(window)
        if who:
            window.sign_in(who[0], who[2])
        return window

    yield make
    for n, window in enumerate(windows):
        if request.node.stash.get(FAILED, False):
            _keep_picture(window, f"{request.node.name}-{n}")
        window.close()


@pytest.fixture
def window(shop: Shop, open_window: OpenWindow) -> Window:
    """The owner at the filled server."""
    return open_window(shop.base, OWNER)


def _keep_picture(window: Window, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}.png"
    try:
        window.page.screenshot(path=file)
    except Error as error:
        print(f"no picture of {window.page.url}: {error}")
        return
    print(f"{file}: {window.page.url}\n" + "\n".join(window.trouble.take()))
