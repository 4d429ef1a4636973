"""What arrives while somebody watches: it comes by itself, and it never moves what is being read."""

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e

# The ids of the rows that are wholly in sight, and how far the list is scrolled.
_SEEN = """() => {
  const grid = document.querySelector('[role=grid]');
  const box = grid.getBoundingClientRect();
  const rows = [...grid.querySelectorAll('[data-row]')]
    .map(row => [row.getBoundingClientRect(), row.dataset.row])
    .filter(([at]) => at.top >= box.top + 32 && at.bottom <= box.bottom)
    .sort(([a], [b]) => a.top - b.top);
  return [grid.scrollTop, ...rows.map(([at, id]) => `${Math.round(at.top)} ${id}`)];
}"""


def test_running_trace_grows_in_place(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    common = {"parentObservationId": "grow-root"}
    sends.send(
        iter(
            [
                sends.trace("growing", sends.at(1), name="long run"),
                sends.span("growing", "grow-root", sends.at(1), None, name="root"),
                sends.span("growing", "grow-5", sends.at(1, 500), sends.at(1, 900), name="step 5", **common),
            ]
        )
    )
    page.goto(f"{window.base}/project/{SHOP}/traces/growing?observation=grow-5")
    expect(screens.spans(page)).to_have_count(2)
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    expect(screens.spans(page).first.get_by_title("No end yet")).to_be_visible()
    screens.mark_page(page)
    # Before and behind the selected one.
    for n in (1, 9, 2):
        start = sends.at(1, n * 100)
        sends.send(iter([sends.span("growing", f"grow-{n}", start, start, name=f"step {n}", **common)]))
        expect(screens.spans(page).filter(has_text=f"step {n}")).to_be_visible()
        expect(screens.selected_span(page)).to_contain_text("step 5")
        expect(screens.span_name(page)).to_have_text("step 5")
    names = [text.split("\n")[0] for text in screens.spans(page).all_inner_texts()]
    assert names == ["root", "step 1", "step 2", "step 5", "step 9"]
    end = {"traceId": "growing", "endTime": sends.at(0)}
    sends.send(iter([sends.event("span-update", sends.at(0), id="grow-root", **end)]))
    expect(screens.spans(page).first).to_contain_text("1 m 00 s")
    expect(screens.selected_span(page)).to_contain_text("step 5")
    screens.expect_path(window, f"/project/{SHOP}/traces/growing?observation=grow-5")
    assert screens.is_same_page(page)
    assert window.trouble.take() == []


def test_new_rows_wait_until_the_reader_is_back(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?range=7d")
    expect(screens.rows(page).first).to_be_visible()
    screens.mark_page(page)
    _scroll_away(page)
    before = page.evaluate(_SEEN)
    ids = [f"waits-{n}" for n in range(3)]
    for n, id_ in enumerate(ids):
        sends.send(iter([sends.trace(id_, sends.at(0, n), name=id_)]))
    pill = page.get_by_role("button", name="3 new", exact=True)
    expect(pill).to_be_visible()
    assert page.evaluate(_SEEN) == before, "the rows moved"
    pill.click()
    expect(screens.row(page, "waits-0")).to_be_visible()
    assert screens.row_ids(page)[:3] == ids[::-1]
    expect(pill).to_have_count(0)
    # At the top they come by themselves.
    sends.send(iter([sends.trace("slides-in", sends.at(0, 10), name="slides in")]))
    expect(screens.row(page, "slides-in")).to_be_visible()
    assert screens.row_ids(page)[:4] == ["slides-in", *ids[::-1]]
    assert screens.is_same_page(page)
    assert window.trouble.take() == []


def test_filter_holds_for_what_arrives(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?q=user:live-ada+level:ERROR")
    expect(page.get_by_text("Live", exact=True).first).to_be_attached()
    expect(page.get_by_role("grid", name="Traces")).not_to_have_attribute("aria-busy", "true")
    for id_, user, level in (
        ("no-1", "live-eve", "ERROR"),
        ("no-2", "live-ada", "DEFAULT"),
        ("yes", "live-ada", "ERROR"),
    ):
        span = sends.span(id_, f"{id_}-span", sends.at(0), sends.at(0, 1), name="step", level=level)
        sends.send(iter([sends.trace(id_, sends.at(0), name=id_, userId=user), span]))
    expect(screens.row(page, "yes")).to_be_visible()
    assert screens.row_ids(page) == ["yes"]


def _scroll_away(page: Page) -> None:
    page.get_by_role("grid", name="Traces").hover()
    page.mouse.wheel(0, 700)
    page.wait_for_function("() => document.querySelector('[role=grid]').scrollTop >= 600")
    # More rows may be on their way; the list is read once it stands still.
    expect(page.get_by_role("grid", name="Traces")).not_to_have_attribute("aria-busy", "true")
