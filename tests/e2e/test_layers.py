"""What opens over a page is as accessible as the page."""

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

pytestmark = pytest.mark.e2e


def test_the_ledger_of_a_cost(window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/turn-2?observation=turn-2-llm")
    page.get_by_role("button", name="where it comes from").click()
    ledger = page.get_by_role("dialog", name="Where this cost comes from")
    expect(ledger.get_by_role("table")).to_be_visible()
    assert window.axe() == []
    page.keyboard.press("Escape")
    expect(ledger).to_be_hidden()
    expect(page.get_by_role("button", name="where it comes from")).to_be_focused()
    assert window.trouble.take() == []


def test_suggestions_of_a_field(window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/settings/models?tab=what-if")
    field = page.get_by_role("combobox", name="Model")
    field.click()
    page.keyboard.type("gpt-4o-mini")
    expect(page.get_by_role("option", name="gpt-4o-mini", exact=True)).to_be_visible()
    assert window.axe() == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_value("gpt-4o-mini")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("gpt-4o-mini", exact=True).first).to_be_visible()
    assert window.trouble.take() == []
