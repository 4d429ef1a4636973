"""Home: each number leads to the rows that it counts."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.accept.browser import Window
from tests.accept.world import SHOP

pytestmark = pytest.mark.e2e

# Card, the column of its links, the column of the number of their rows.
LISTS = [
    ("Trace names by volume", "Name", "Traces"),
    ("Users by cost", "Traces", "Traces"),
    ("Models by cost", "Model", "Requests"),
    ("Tools by error rate", "Tool", "Calls"),
    ("Tools by error rate", "Errors", "Errors"),
    ("Errors by kind", "Error", "Count"),
    ("Scores by name", "Score", "Count"),
]


def test_numbers_lead_to_their_rows(window: Window) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}?range=7d")
    window.settle()
    links = [link for card, at, count in LISTS for link in _links(page, card, at, count)]
    links += [
        (each.get_attribute("href") or "", _number(each.locator("xpath=..").inner_text()))
        for each in page.get_by_role("region", name="Traces by status").get_by_role("link").all()
    ]
    traces = page.get_by_role("main").get_by_role("link", name=re.compile(r"^Traces \d"))
    links.append((traces.get_attribute("href") or "", _number(traces.inner_text().split("\n")[1])))
    assert len(links) > 8
    wrong = [(href, said, found) for href, said in links if (found := _count(window, href)) != said]
    assert wrong == []
    assert window.trouble.take() == []


def _links(page: Page, card: str, at: str, count: str) -> list[tuple[str, int]]:
    table = page.get_by_role("region", name=card).get_by_role("table")
    if table.count() == 0:
        return []
    names = [each.strip() for each in table.get_by_role("columnheader").all_inner_texts()]
    found = []
    for row in table.get_by_role("row").all()[1:]:
        cells: list[Locator] = row.get_by_role("cell").all()
        link = cells[names.index(at)].get_by_role("link")
        if link.count():
            found.append((link.get_attribute("href") or "", _number(cells[names.index(count)].inner_text())))
    return found


def _number(text: str) -> int:
    """Of `2,027`, also after words."""
    return int(re.sub(r"\D", "", text.strip().split()[-1]))


def _count(window: Window, href: str) -> Any:
    """How many rows the list has that the link opens: by the question that the page itself asks."""
    entity = re.split(r"[/?]", href.split(f"/project/{SHOP}/")[1])[0]
    with window.page.expect_request(lambda request: request.url.endswith(f"/{entity}/query")) as asked:
        window.page.goto(window.base + href)
    body = json.loads(asked.value.post_data or "{}")
    which = {name: body[name] for name in ("filter", "from", "to") if name in body}
    csrf = window.context.request.get(f"{window.base}/api/ui/boot").json()["csrf"]
    answer = window.context.request.post(
        f"{window.base}/api/ui/projects/{SHOP}/{entity}/count",
        data=which,
        headers={"x-spyglass-csrf": csrf},
    )
    return answer.json()["count"]
