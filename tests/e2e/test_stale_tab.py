"""A tab that is older than the server: one reload brings it back, and where that does not help it says so."""

import re

import pytest
from playwright.sync_api import Request, Route, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

pytestmark = pytest.mark.e2e

CHUNK = re.compile(r"/assets/.*\.js$")


class Update:
    """The server was updated: files that a tab did not load yet are gone, until it reads the page anew. The answer for
    a file that is not there is the server's own. `is_for_good`: the new page refers to files that are gone as well."""

    def __init__(self, window: Window, *, is_for_good: bool = False) -> None:
        self.loads = 0
        self._is_gone = True
        self._is_for_good = is_for_good
        window.page.on("request", self._count)
        window.page.route(CHUNK, self._answer)

    def _count(self, request: Request) -> None:
        if request.is_navigation_request():
            self.loads += 1
            self._is_gone = self._is_for_good

    def _answer(self, route: Route) -> None:
        loaded = route.request.url.endswith(self._kept) if self._is_for_good else False
        if self._is_gone and not loaded:
            route.continue_(url=re.sub(r"/assets/.*", "/assets/gone-0123abcd.js", route.request.url))
        else:
            route.continue_()

    _kept: tuple[str, ...] = ()

    def keep(self, *names: str) -> None:
        self._kept = names


def test_one_reload_brings_it_back(window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?range=7d")
    window.settle()
    update = Update(window)
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("heading", name="General")).to_be_visible()
    assert "/settings" in page.url
    assert update.loads == 1
    window.trouble.take()  # the browser writes a line for the file that was gone
    page.get_by_role("link", name="API keys").first.click()
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    assert update.loads == 1
    assert window.trouble.take() == []


def test_what_a_reload_does_not_help_is_explained(window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?range=7d")
    window.settle()
    loaded = page.evaluate("() => performance.getEntriesByType('resource').map(each => each.name)")
    update = Update(window, is_for_good=True)
    update.keep(*(name.rsplit("/", 1)[-1] for name in loaded if CHUNK.search(name)))
    page.get_by_role("link", name="Settings", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This tab is older than the server")
    page.wait_for_timeout(500)
    assert update.loads == 1
    window.trouble.take()
    page.unroute(CHUNK)
    alert.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="General")).to_be_visible()
