"""Everything that matches a query: counted, confirmed, done by the server."""

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e

_MANY = 130  # more than a page of the list


def _take_all(page: Page) -> None:
    page.get_by_role("grid", name="Traces").get_by_role("checkbox").first.click()
    page.get_by_role("button", name="Select all that match").click()
    expect(page.get_by_text("All that match", exact=True)).to_be_visible()


def test_tag_and_delete_all_that_match(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    sends.send(iter(sends.trace(f"all-{n}", sends.at(9, n), name="one of many") for n in range(_MANY)))
    page.goto(f"{window.base}/project/{SHOP}/traces?q=name:%22one+of+many%22")
    expect(page.get_by_text(f"100 loaded of {_MANY}")).to_be_visible()
    _take_all(page)
    page.get_by_role("button", name="Tag", exact=True).last.click()
    dialog = page.get_by_role("alertdialog", name=f"Tag {_MANY} traces?")
    expect(dialog).to_contain_text(f"Exactly {_MANY} traces")
    # Too late to be meant.
    sends.send(iter([sends.trace("all-late", sends.at(9), name="one of many")]))
    dialog.get_by_label("Tag").fill("swept")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Tagged {_MANY} traces")).to_be_visible()
    page.get_by_role("button", name="Dismiss", exact=True).first.click()
    screens.search(page, 'name:"one of many" -tags:swept')
    expect(screens.rows(page)).to_have_count(1)
    assert screens.row_ids(page) == ["all-late"]

    screens.search(page, "tags:swept")
    expect(page.get_by_text(f"100 loaded of {_MANY}")).to_be_visible()
    _take_all(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("alertdialog", name=f"Delete {_MANY} traces?")
    confirm = dialog.get_by_role("button", name="Delete")
    expect(confirm).to_be_disabled()
    dialog.get_by_label(f"Type “{_MANY}” to confirm").fill(str(_MANY))
    confirm.click()
    expect(page.get_by_text(f"Deleted {_MANY} traces")).to_be_visible()
    expect(screens.rows(page)).to_have_count(0)
    assert window.trouble.take() == []
