"""A stretch of time by the calendar and by the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop

pytestmark = pytest.mark.e2e

_WEEK = "2026-03-23T23:00Z~2026-03-25T23:00Z"  # of Berlin: 24 and 25 March


def _open(page: Page) -> None:
    page.keyboard.press("r")
    expect(page.get_by_role("grid", name="March 2026")).to_be_visible()


def test_days_of_the_calendar(shop: Shop, window: Window) -> None:
    page, place = window.page, f"/project/{SHOP}/traces"
    page.goto(f"{window.base}{place}?range={_WEEK}")
    expect(page.get_by_role("button", name="Time range: 24 Mar 00:00")).to_be_visible()
    _open(page)
    chosen = page.locator("[role=gridcell][aria-selected=true]")
    expect(chosen).to_have_text(["24", "25"])
    # The day on which the clocks are put forward has 23 hours.
    for _ in range(2):
        page.get_by_role("button", name="29 March 2026").click()
    page.get_by_role("button", name="Apply").click()
    screens.expect_path(window, f"{place}?range=2026-03-28T23:00Z~2026-03-29T22:00Z")
    # In UTC it is another stretch of the same length; nothing is applied that is not asked for.
    _open(page)
    page.get_by_role("radio", name="UTC", exact=True).click()
    expect(page.get_by_role("group", name="From").get_by_role("spinbutton", name="hour")).to_have_text("23")
    page.keyboard.press("Escape")
    screens.expect_path(window, f"{place}?range=2026-03-28T23:00Z~2026-03-29T22:00Z")
    assert window.trouble.take() == []


def test_by_keyboard_alone(shop: Shop, window: Window) -> None:
    page, place = window.page, f"/project/{SHOP}/traces"
    page.goto(f"{window.base}{place}?range={_WEEK}")
    expect(page.get_by_role("button", name="Time range: 24 Mar 00:00")).to_be_visible()
    _open(page)
    for _ in range(4):  # Go, two months, the day
        page.keyboard.press("Tab")
    for key in ("ArrowUp", "Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[role=gridcell][aria-selected=true]")).to_have_text(["18", "19", "20"])
    page.keyboard.press("Tab")
    page.keyboard.type("190320260830")
    page.get_by_role("button", name="Apply").press("Enter")
    screens.expect_path(window, f"{place}?range=2026-03-19T07:30Z~2026-03-20T23:00Z")
    # An end before its start cannot be applied.
    _open(page)
    page.get_by_role("group", name="To").get_by_role("spinbutton", name="month").press("ArrowDown")
    expect(page.get_by_text("The start must come before the end.")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    assert window.trouble.take() == []
