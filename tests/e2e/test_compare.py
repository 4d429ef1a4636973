"""Two traces beside each other: from the list, by an address, and the other one asked for."""

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP

from . import screens
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e


def _pair(page: Page) -> list[str]:
    """Name and badge of each row."""
    rows = page.get_by_role("tree", name="Spans of both traces").get_by_role("treeitem")
    return [text.split("Duration")[0].strip().replace("\n", " ") for text in rows.all_inner_texts()]


def _send(shop: Shop) -> None:
    sends = seeder(shop)
    for id_, steps, answer in (
        ("left", ("plan", "search", "search"), "the red fox"),
        ("right", ("plan", "search", "check"), "the brown fox"),
    ):
        sends.send(
            iter(
                [
                    sends.trace(id_, sends.at(3), name="fox hunt"),
                    sends.span(id_, f"{id_}-root", sends.at(3), sends.at(2), name="hunt"),
                    *(
                        sends.span(
                            id_,
                            f"{id_}-{n}",
                            sends.at(3, n),
                            sends.at(3, n + 1),
                            name=step,
                            output=answer,
                            parentObservationId=f"{id_}-root",
                        )
                        for n, step in enumerate(steps)
                    ),
                ]
            )
        )


def test_two_of_the_list_are_compared(shop: Shop, window: Window) -> None:
    _send(shop)
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces?q=name:%22fox+hunt%22")
    expect(screens.rows(page)).to_have_count(2)
    boxes = page.get_by_role("grid", name="Traces").get_by_role("checkbox")
    boxes.nth(1).click()
    compare = page.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    boxes.nth(2).click()
    compare.click()
    screens.expect_place(window, f"/project/{SHOP}/traces/compare")
    expect(screens.heading(page, "Compare traces")).to_be_visible()

    page.goto(f"{window.base}/project/{SHOP}/traces/compare?a=left&b=right")
    tree = page.get_by_role("tree", name="Spans of both traces")
    expect(tree.get_by_role("treeitem")).to_have_count(5)
    assert _pair(page) == ["hunt", "plan", "search", "search Only in A", "check Only in B"]
    # By keyboard alone, and the address has it.
    tree.focus()
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    screens.expect_path(window, f"/project/{SHOP}/traces/compare?a=left&b=right&span=a.left-0")
    output = page.get_by_role("region", name="Output")
    expect(output.locator("del")).to_have_text(["red"])
    expect(output.locator("ins")).to_have_text(["brown"])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.get_by_text("Only differences").click()
    expect(tree.get_by_role("treeitem")).to_have_count(3)
    address = page.url
    page.reload()
    expect(tree.get_by_role("treeitem")).to_have_count(3)
    page.get_by_role("button", name="Swap A and B").click()
    expect(tree.get_by_role("treeitem").filter(has_text="Only in A")).to_contain_text("check")
    page.go_back()
    expect(page).to_have_url(address)
    assert window.trouble.take() == []


def test_the_other_trace_is_asked_for(shop: Shop, window: Window) -> None:
    _send(shop)
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/compare?a=left")
    field = page.get_by_label("Trace B")
    field.fill(f"{window.base}/project/other/traces/right")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This link leads to another project.")).to_be_visible()
    field.fill(f"{window.base}/project/{SHOP}/traces/right?mode=timeline")
    page.keyboard.press("Enter")
    screens.expect_path(window, f"/project/{SHOP}/traces/compare?a=left&b=right")
    expect(page.get_by_role("tree", name="Spans of both traces").get_by_role("treeitem")).to_have_count(5)
    page.go_back()
    # The latest of the same name.
    page.get_by_role("table", name="Latest traces named").get_by_role("link").first.click()
    screens.expect_path(window, f"/project/{SHOP}/traces/compare?a=left&b=right")
    assert window.trouble.take() == []
