"""The server goes away under open pages and comes back: said, and nothing is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop, seeder

pytestmark = [pytest.mark.e2e, pytest.mark.e2e_short]

SILENT = "What you see may be old; this page goes on by itself."
COMMENT = "The parcel was in the depot all the time; see order 4711."


@pytest.fixture
def stopping(shop: Shop) -> Iterator[Shop]:
    """The server, which runs again afterwards whatever happened."""
    yield shop
    if shop.process.poll() is not None:
        shop.start()
        shop.wait_until_ready()


def test_restart_under_open_pages(stopping: Shop, window: Window) -> None:
    shop = stopping
    writing, watching = window.page, window.context.new_page()
    writing.goto(f"{window.base}/project/{SHOP}/traces/turn-2?observation=turn-2-llm&tab=comments")
    writing.get_by_role("textbox", name="New comment").fill(COMMENT)
    watching.goto(f"{window.base}/project/{SHOP}/traces?q=name:%22after+the+restart%22")
    expect(watching.get_by_text("Live", exact=True).first).to_be_attached()
    screens.mark_page(writing)
    screens.mark_page(watching)

    assert shop.stop() == 0, shop.read_log()
    writing.get_by_role("button", name="Comment", exact=True).click()
    expect(writing.get_by_text(SILENT)).to_be_visible()
    expect(watching.get_by_text(SILENT)).to_be_visible()
    expect(writing.get_by_role("textbox", name="New comment")).to_have_value(COMMENT)

    shop.start()
    shop.wait_until_ready()
    expect(writing.get_by_text(SILENT)).to_have_count(0)
    expect(watching.get_by_text(SILENT)).to_have_count(0)
    expect(screens.span_name(writing)).to_have_text("answer")
    expect(writing.get_by_role("textbox", name="New comment")).to_have_value(COMMENT)
    writing.get_by_role("button", name="Comment", exact=True).click()
    expect(writing.get_by_role("listitem").filter(has_text=COMMENT)).to_have_count(1)
    expect(writing.get_by_role("textbox", name="New comment")).to_have_value("")

    sends = seeder(shop)
    sends.send(iter([sends.trace("after-restart", sends.at(0), name="after the restart")]))
    expect(screens.row(watching, "after-restart")).to_be_visible()
    assert screens.is_same_page(writing), "the page with the comment was loaded again"
    assert screens.is_same_page(watching), "the list was loaded again"
