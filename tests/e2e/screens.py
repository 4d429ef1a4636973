"""What people do on the screens, in the words of the screens."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.accept.browser import Window

# Set in a page that must not be loaded again while something arrives on it.
_MARK = "() => { window.__same = true; }"


def mark_page(page: Page) -> None:
    page.evaluate(_MARK)


def is_same_page(page: Page) -> bool:
    """Whether the page has lived on since `mark_page`."""
    return page.evaluate("() => window.__same === true") is True


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_path(window: Window, path: str) -> None:
    """The address is this one, query and all."""
    expect(window.page).to_have_url(window.base + path)


def expect_place(window: Window, path: str) -> None:
    """The address is this one, whatever its query."""
    expect(window.page).to_have_url(re.compile(f"^{re.escape(window.base + path)}(\\?.*)?$"))


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=1, name=text, exact=True)


def press_copy(page: Page, name: str) -> str:
    """Presses a button that copies, and gives what is in the clipboard then."""
    page.evaluate("() => navigator.clipboard.writeText('nothing was copied')")
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) !== 'nothing was copied'")
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def search(page: Page, query: str) -> None:
    """Into the bar of a list, and Enter."""
    bar = page.get_by_role("combobox", name="Search and filter")
    bar.fill(query)
    bar.press("Enter")


def rows(page: Page, grid: str = "Traces") -> Locator:
    """The rows of a list, without the header."""
    return page.get_by_role("grid", name=grid).locator("[data-row]")


def row(page: Page, id_: str) -> Locator:
    return page.locator(f"[data-row={_quoted(id_)}]")


def row_ids(page: Page) -> list[str]:
    """Ids of the rows in sight, as they stand."""
    found = page.evaluate(
        "() => [...document.querySelectorAll('[data-row]')]"
        ".sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(each => each.dataset.row)"
    )
    return [str(each) for each in found]


def spans(page: Page) -> Locator:
    return page.get_by_role("tree", name="Spans").get_by_role("treeitem")


def selected_span(page: Page) -> Locator:
    return page.get_by_role("tree", name="Spans").get_by_role("treeitem", selected=True)


def span_name(page: Page) -> Locator:
    """The name of the span whose detail is shown."""
    return page.get_by_role("region", name="Span", exact=True).get_by_role("heading").first


def cell_texts(page: Page, table: str) -> list[list[str]]:
    """The cells of a simple table, row by row, without its header."""
    found = page.get_by_role("table", name=table).evaluate(
        "at => [...at.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return [[str(cell) for cell in line] for line in found]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
