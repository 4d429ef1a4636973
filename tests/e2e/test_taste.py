"""What a person chooses: views of a list and how everything looks."""

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import OWNER, SHOP, VIEWER

from . import screens
from .conftest import OpenWindow
from .servers import Shop

pytestmark = pytest.mark.e2e

GRACE = ["turn-3", "turn-2", "turn-1", "turn-0"]  # the newest first


def test_saved_view(shop: Shop, window: Window, open_window: OpenWindow) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?range=7d")
    screens.search(page, "user:grace")
    expect(screens.rows(page)).to_have_count(4)
    page.get_by_role("columnheader", name="Time").get_by_role("button").first.click()
    expect(screens.rows(page).first).to_have_attribute("data-row", GRACE[-1])
    _choose_view(page, "Save as a view…")
    page.get_by_role("textbox", name="Name", exact=True).fill("Grace first")
    page.get_by_text("Share with everybody in this project").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Grace first")).to_be_visible()

    other = open_window(shop.base, VIEWER)
    other.page.goto(f"{other.base}/project/{SHOP}/traces?range=7d")
    expect(screens.rows(other.page).first).to_be_visible()
    _choose_view(other.page, "Grace first")
    expect(screens.rows(other.page)).to_have_count(4)
    assert screens.row_ids(other.page) == GRACE[::-1]
    address = other.page.url
    assert (
        "q=user:grace" in address and "sort=time" in address and "view=" in address and "range=7d" in address
    )
    # A change is marked, and can be taken back.
    screens.search(other.page, "user:grace turn")
    expect(other.page.get_by_role("img", name="changed")).to_be_visible()
    _choose_view(other.page, "Reset to the saved view")
    expect(other.page).to_have_url(address)

    page.reload()
    expect(page.get_by_role("button", name="Grace first")).to_be_visible()
    assert window.trouble.take() == []


def _choose_view(page: Page, item: str) -> None:
    page.get_by_role("search").locator("xpath=../..").get_by_role("button").filter(has_text="Views").or_(
        page.get_by_role("button", name="Grace first")
    ).first.click()
    page.get_by_role("menuitem", name=item).click()


def test_theme(shop: Shop, window: Window, open_window: OpenWindow) -> None:
    page, root = window.page, window.page.locator("html")
    page.goto(f"{window.base}/project/{SHOP}/traces")
    expect(root).to_have_attribute("data-theme", "light")
    light = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    _choose_theme(page, "Dark")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).not_to_have_css("background-color", light)
    # Before anything of the page is drawn, and before the server is asked who this is.
    page.route("**/api/**", lambda route: route.abort())
    page.goto(f"{window.base}/project/{SHOP}/traces", wait_until="domcontentloaded")
    expect(root).to_have_attribute("data-theme", "dark")
    page.unroute_all(behavior="ignoreErrors")
    # With the account it goes to another browser.
    other = open_window(shop.base, OWNER)
    other.page.goto(f"{other.base}/project/{SHOP}/traces")
    expect(other.page.locator("html")).to_have_attribute("data-theme", "dark")
    _choose_theme(other.page, "As the system")
    expect(other.page.locator("html")).to_have_attribute("data-theme", "light")
    other.page.emulate_media(color_scheme="dark")
    expect(other.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_less_motion(window: Window) -> None:
    """Who asks for none gets none, not a very short one: what has the focus is in sight at once."""
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces")
    link = page.get_by_role("link", name="Skip to content")
    bottom = "each => each.getBoundingClientRect().bottom"
    assert link.evaluate(bottom) < 0
    assert link.evaluate(f"each => {{ each.focus(); return ({bottom})(each); }}") > 0
    assert link.evaluate(f"each => {{ each.blur(); return ({bottom})(each); }}") < 0


def _choose_theme(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Account: {OWNER[1]}").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/ui/account") and answer.ok):
        page.get_by_role("menuitem", name=name).click()


def test_preferences_act(shop: Shop, open_window: OpenWindow) -> None:
    window = open_window(shop.base, VIEWER)
    page = window.page

    def choose(group: str, word: str) -> None:
        page.goto(f"{window.base}/account/preferences")
        page.get_by_role("radiogroup", name=group).get_by_role("radio", name=word, exact=True).click()

    choose("The week begins on", "Sunday")
    page.get_by_role("button", name="Written as").click()
    page.get_by_role("option", name="1.234.567,8").click()
    choose("Time zone", "UTC")
    page.goto(f"{window.base}/project/{SHOP}?range=7d")
    expect(page.get_by_role("main").get_by_role("link", name="Traces 2.0")).to_be_visible()
    page.get_by_role("button", name="Past 7 d").click()
    page.get_by_role("button", name="This week").click()
    expect(page).to_have_url(f"{window.base}/project/{SHOP}?range=sun..now")

    json = page.get_by_role("main").get_by_text('"turn-2"', exact=True).first
    for word, size in (("Large", "14px"), ("Small", "11px")):
        choose("Size of code", word)
        page.goto(f"{window.base}/project/{SHOP}/traces/turn-2?mode=json")
        expect(json).to_have_css("font-size", size)
    # All of it stays with the account.
    page.goto(f"{window.base}/account/preferences")
    expect(page.get_by_role("button", name="Written as")).to_contain_text("1.234.567,8")
    expect(page.get_by_role("radio", name="Sunday")).to_be_checked()
    assert window.trouble.take() == []
