"""What a role may not do, and a key that was taken back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.world import ORGANIZATION, SHOP, VIEWER

from . import screens
from .conftest import OpenWindow
from .sdk import run_python
from .servers import Shop

pytestmark = pytest.mark.e2e

HELLO = """
from langfuse import get_client

langfuse = get_client()
with langfuse.start_as_current_observation(as_type="span", name="{name}"):
    pass
langfuse.flush()
"""
# Names of buttons that change something; the filters beside a list have names of fields.
WRITES = re.compile(
    r"\b(bookmark|delete|save|create|revoke|invite|new|add|comment|publish|reprice|remove|import|erase)\b",
    re.IGNORECASE,
)
_BUTTONS = """() => [...document.querySelectorAll('button')]
  .filter(each => !each.closest('aside, nav'))
  .map(each => each.getAttribute('aria-label') || each.innerText.trim())"""


def test_revoked_key(window: Window, tmp_path: Path) -> None:
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/settings/keys")
    env = make_key(page, "nightly job")
    public_key = dict(re.findall(r'^(\w+)="(.*)"$', env, re.MULTILINE))["LANGFUSE_PUBLIC_KEY"]
    _, log = run_python(_write_program(tmp_path, "sent before"), env)
    assert "401" not in log, log

    setup = window.context.new_page()
    setup.goto(f"{window.base}/project/{SHOP}/setup")
    expect(setup.get_by_text("Arrived", exact=True)).to_be_visible()
    expect(setup.get_by_text("sent before", exact=True)).to_be_visible()

    page.get_by_role("button", name=f"Revoke {public_key}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name=f"Revoke {public_key}")).to_have_count(0)
    _, log = run_python(_write_program(tmp_path, "sent after"), env)
    assert "401" in log, log
    refused = setup.get_by_role("log").get_by_role("listitem")
    expect(refused.first).to_contain_text("401")
    expect(refused.first).to_contain_text(public_key[:12])
    expect(setup.get_by_text("sent before", exact=True)).to_be_visible()


def make_key(page: Page, note: str) -> str:
    """Gives the text of the .env file."""
    page.get_by_role("button", name="Create key").click()
    page.get_by_role("textbox", name="Note").fill(note)
    page.get_by_role("alertdialog").get_by_role("button", name="Create key").click()
    expect(page.get_by_role("dialog", name="Copy the secret now")).to_be_visible()
    env = screens.press_copy(page, "Copy .env")
    page.get_by_role("button", name="Done").click()
    return env


def _write_program(folder: Path, name: str) -> Path:
    program = folder / "hello.py"
    program.write_text(HELLO.format(name=name))
    return program


class TestViewer:
    @pytest.fixture
    def viewer(self, shop: Shop, open_window: OpenWindow) -> Window:
        return open_window(shop.base, VIEWER)

    @pytest.mark.parametrize(
        "path",
        [
            "traces?range=7d",
            "traces/turn-2",
            "traces/turn-2?observation=turn-2-llm&tab=scores",
            "traces/turn-2?observation=turn-2-llm&tab=comments",
            "sessions/session-with-a-gap",
            "users/grace",
            "scores?range=7d",
            "settings/general",
            "settings/keys",
            "settings/models",
            "settings/retention",
            "settings/score-configs",
        ],
    )
    def test_sees_no_control_that_writes(self, viewer: Window, path: str) -> None:
        viewer.go(f"/project/{SHOP}/{path}")
        buttons = viewer.page.evaluate(_BUTTONS)
        assert [each for each in buttons if WRITES.search(each)] == []
        assert viewer.trouble.take() == []

    @pytest.mark.parametrize("page", ["members", "audit-log"])
    def test_is_told_why_a_page_is_not_theirs(self, viewer: Window, page: str) -> None:
        viewer.go(f"/project/{SHOP}/settings/{page}")
        expect(viewer.page.get_by_role("main").get_by_role("alert")).to_contain_text(
            "Your role does not allow this"
        )
        pages = viewer.page.get_by_role("navigation").get_by_role("link")
        hrefs = [each.get_attribute("href") or "" for each in pages.all()]
        assert [each for each in hrefs if each.endswith(f"/settings/{page}")] == []

    @pytest.mark.parametrize(
        "path", ["/project/no-such-project/traces", f"/organization/{ORGANIZATION}-other/settings/members"]
    )
    def test_learns_nothing_of_other_places(self, viewer: Window, path: str) -> None:
        viewer.page.goto(viewer.base + path)
        expect(screens.heading(viewer.page, "Not here, or not yours")).to_be_visible()
