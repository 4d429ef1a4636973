"""A state that is too long for an address: the link is short, and opens the same rows for others."""

import re

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import OWNER, SHOP, VIEWER

from . import screens
from .conftest import OpenWindow
from .servers import Shop, many_ids

pytestmark = pytest.mark.e2e

_SHORT = re.compile(r"/traces\?s=[\w-]{8,40}$")


def test_long_state_has_a_short_link(shop: Shop, window: Window, open_window: OpenWindow) -> None:
    page = window.page
    ids = many_ids()[:190]
    wanted = f"id:({' OR '.join(ids)}) -name:{'x' * 1000}"
    page.goto(f"{window.base}/project/{SHOP}/traces?range=30d")
    screens.search(page, wanted)
    expect(page).to_have_url(_SHORT)
    expect(page.get_by_text(f"100 loaded of {len(ids)}")).to_be_visible()
    expect(page.get_by_role("combobox", name="Search and filter")).to_have_value(wanted)
    link = page.url
    first = screens.row_ids(page)[0]
    assert first in ids
    page.reload()
    expect(page.get_by_text(f"100 loaded of {len(ids)}")).to_be_visible()
    expect(page).to_have_url(link)

    # For somebody else, in another browser; what they change makes a link of its own.
    other = open_window(shop.base, VIEWER)
    other.page.goto(link)
    expect(other.page.get_by_text(f"100 loaded of {len(ids)}")).to_be_visible()
    assert screens.row_ids(other.page)[0] == first
    screens.row(other.page, first).click()
    expect(other.page.get_by_role("complementary", name="Trace")).to_be_visible()
    expect(other.page).to_have_url(_SHORT)
    expect(other.page).not_to_have_url(link)
    other.page.go_back()
    expect(other.page).to_have_url(link)
    screens.search(other.page, f"id:{first}")
    expect(other.page).to_have_url(re.compile(rf"\?range=30d&q=id:{first}$"))
    expect(screens.rows(other.page)).to_have_count(1)
    assert window.trouble.take() == []
    assert other.trouble.take() == []


def test_link_that_leads_nowhere(shop: Shop, open_window: OpenWindow) -> None:
    window = open_window(shop.base, OWNER)
    window.page.goto(f"{window.base}/project/{SHOP}/traces?s=was-never-made")
    expect(window.page.get_by_text("Ignored part of this link")).to_be_visible()
    expect(screens.rows(window.page).first).to_be_visible()
