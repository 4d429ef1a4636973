"""Getting in, and coming back to the same place when the session has ended meanwhile."""

import time

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import OWNER, SHOP, VIEWER

from . import screens
from .conftest import PATIENCE_MS, OpenWindow
from .servers import Shop

pytestmark = pytest.mark.e2e

TRACES = f"/project/{SHOP}/traces?range=7d"
SIGN_IN = "/auth/sign-in?next="
FILTERED = f"/project/{SHOP}/traces?range=7d&q=user:grace"


def test_wrong_password(shop: Shop, open_window: OpenWindow) -> None:
    window = open_window(shop.base)
    page = window.page
    page.goto(window.base + FILTERED)
    screens.expect_path(window, f"{SIGN_IN}/project/{SHOP}/traces%3Frange%3D7d%26q%3Duser:grace")
    screens.sign_in(page, OWNER[0], "not the password")
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail address or password")
    expect(page.get_by_label("E-mail")).to_have_value(OWNER[0])
    screens.sign_in(page, "nobody@example.com", OWNER[2])
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail address or password")
    screens.sign_in(page, OWNER[0], OWNER[2])
    screens.expect_path(window, FILTERED)
    expect(screens.rows(page)).to_have_count(4)


def test_session_ends_by_time(shop: Shop, window: Window) -> None:
    page = window.page
    page.goto(window.base + TRACES)
    expect(screens.rows(page).first).to_be_visible()
    shop.expire_sessions(OWNER[0])
    _wait_until_signed_out(window)
    screens.search(page, "user:grace")
    expect(screens.heading(page, "Sign in")).to_be_visible()
    screens.sign_in(page, OWNER[0], OWNER[2])
    screens.expect_path(window, FILTERED)
    expect(screens.rows(page)).to_have_count(4)


def test_signed_out_elsewhere(shop: Shop, open_window: OpenWindow) -> None:
    here, there = open_window(shop.base, VIEWER), open_window(shop.base, VIEWER)
    here.page.goto(here.base + FILTERED)
    expect(screens.rows(here.page)).to_have_count(4)
    page = there.page
    page.goto(there.base + "/account/sessions")
    page.get_by_role("button", name="Sign out all others").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Sign out all others").click()
    expect(page.get_by_role("table", name="Sessions").get_by_role("row")).to_have_count(2)
    # The next action leads to sign-in, and from there to what it asked for.
    screens.row(here.page, "turn-2").click()
    expect(screens.heading(here.page, "Sign in")).to_be_visible()
    screens.sign_in(here.page, VIEWER[0], VIEWER[2])
    screens.expect_path(here, f"{FILTERED}&peek=turn-2")
    expect(screens.spans(here.page)).to_have_count(2)


def test_signing_out_ends_the_session(shop: Shop, window: Window) -> None:
    page = window.page
    page.goto(window.base + TRACES)
    page.get_by_role("button", name=f"Account: {OWNER[1]}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(screens.heading(page, "Sign in")).to_be_visible()
    assert window.context.request.get(f"{window.base}/api/ui/boot").status == 401
    page.go_back()
    expect(screens.heading(page, "Sign in")).to_be_visible()


def _wait_until_signed_out(window: Window) -> None:
    """The server remembers a session for a second."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while window.context.request.get(f"{window.base}/api/ui/boot").status != 401:
        assert time.monotonic() < until, "the session goes on"
        time.sleep(0.1)
