"""The observations of a list as a chart, and back to the rows behind a number."""

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e

_ROWS = f"/project/{SHOP}/observations?q=name:probe*"


def test_filter_drawn_as_a_chart(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    steps = [("probe a", "DEFAULT"), ("probe a", "ERROR"), ("probe b", "DEFAULT"), ("other", "DEFAULT")]
    spans = [
        sends.span("charted", f"charted-{n}", sends.at(5), sends.at(4), name=name, level=level)
        for n, (name, level) in enumerate(steps)
    ]
    sends.send(iter([sends.trace("charted", sends.at(5), name="charted"), *spans]))
    page.goto(window.base + _ROWS)
    expect(screens.rows(page, "Observations")).to_have_count(3)
    page.get_by_role("radio", name="Chart").click()
    screens.expect_path(window, f"{_ROWS}&as=chart")
    expect(page.get_by_role("figure", name="Observations")).to_contain_text("Observations: 3 in total")
    page.get_by_role("button", name="By").click()
    page.get_by_role("option", name="Name", exact=True).click()
    screens.expect_path(window, f"{_ROWS}&as=chart&by=name")
    table = "Observations by name, the whole range"
    expect(page.get_by_role("table", name=table)).to_contain_text("probe b")
    assert screens.cell_texts(page, table) == [["probe a", "2"], ["probe b", "1"]]
    page.get_by_role("button", name="Measure").click()
    page.get_by_role("option", name="Error rate").click()
    errors = "Error rate by name, the whole range"
    expect(page.get_by_role("table", name=errors)).to_contain_text("probe b")
    assert screens.cell_texts(page, errors) == [["probe a", "50.0%", "2"], ["probe b", "0%", "1"]]
    page.get_by_role("button", name="View as table: Error rate by name").click()
    figures = page.get_by_role("table", name="Error rate by name", exact=True)
    expect(figures.get_by_role("columnheader")).to_have_text(["Time", "probe a", "probe b"])
    address = page.url
    page.reload()
    expect(page.get_by_role("table", name=errors)).to_contain_text("probe a")
    # The rows behind a number.
    page.get_by_role("table", name=errors).get_by_role("link", name="probe a").click()
    expect(screens.rows(page, "Observations")).to_have_count(2)
    page.go_back()
    expect(page).to_have_url(address)
    assert window.trouble.take() == []


def test_other_ways_to_the_chart(shop: Shop, window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}{_ROWS}&view=chart")
    screens.expect_path(window, f"{_ROWS}&as=chart")
    page.keyboard.press("v")
    screens.expect_path(window, _ROWS)
    page.keyboard.press("v")
    screens.expect_path(window, f"{_ROWS}&as=chart")
    assert window.trouble.take() == []
