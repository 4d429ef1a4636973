"""A connection to a provider of models: stored, tried, and its key never seen again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accept.browser import Window
from tests.accept.world import SHOP, VIEWER
from tests.api.fake_llm import KEY, FakeLlm, run_fake_llm

from .conftest import OpenWindow
from .servers import Shop

pytestmark = pytest.mark.e2e

PAGE = f"/project/{SHOP}/settings/llm-connections"


@pytest.fixture(scope="module")
def llm() -> Iterator[FakeLlm]:
    with run_fake_llm() as fake:
        yield fake


@pytest.mark.parametrize(
    ("protocol", "name", "path", "model"),
    [
        ("OpenAI, or compatible", "compatible", "/v1", "gpt-4o-mini"),
        ("Anthropic", "claude", "", "claude-haiku-4-5"),
    ],
)
def test_a_test_call(window: Window, llm: FakeLlm, protocol: str, name: str, path: str, model: str) -> None:
    page = window.page
    page.goto(window.base + PAGE)
    _add(page, name, protocol, llm.url + path, KEY)
    dialog = _open_test(page, name)
    dialog.get_by_role("button", name="Call", exact=True).click()
    result = dialog.get_by_role("status", name="Result")
    expect(result).to_contain_text("It works")
    expect(result).to_contain_text(f"{model}status 200")
    expect(result.get_by_label("What the model said")).to_have_text("OK")
    assert window.axe() == []

    llm.fault = "empty"
    dialog.get_by_role("button", name="Call again").click()
    failed = dialog.get_by_role("alert", name="Result")
    expect(failed).to_contain_text("status 500")
    llm.fault = ""
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert KEY not in page.content()
    assert window.trouble.take() == []


def test_what_the_provider_says_is_shown(window: Window, llm: FakeLlm) -> None:
    page = window.page
    page.goto(window.base + PAGE)
    _add(page, "wrong key", "OpenAI, or compatible", llm.url, "sk-not-the-right-one")
    dialog = _open_test(page, "wrong key")
    page.keyboard.press("Enter")
    said = dialog.get_by_label("What the provider said")
    expect(said).to_have_text('{"error": {"message": "Incorrect API key: ***"}}')
    expect(dialog.get_by_role("alert", name="Result")).to_contain_text("It failed")
    assert window.trouble.take() == []


def test_an_address_of_the_own_network_is_refused_at_the_field(window: Window) -> None:
    page = window.page
    page.goto(window.base + PAGE)
    dialog = _fill(page, "inside", "OpenAI, or compatible", "http://169.254.169.254/v1", KEY)
    dialog.get_by_role("button", name="Add connection").click()
    expect(dialog).to_contain_text("The host '169.254.169.254' is not allowed")
    window.trouble.take()  # the browser writes a line for the 400


def test_who_may_only_read_cannot_call(shop: Shop, window: Window, open_window: OpenWindow) -> None:
    page = window.page
    page.goto(window.base + PAGE)
    _add(page, "for readers", "Anthropic", "", KEY)
    viewer = open_window(shop.base, VIEWER).page
    viewer.goto(shop.base + PAGE)
    expect(viewer.get_by_role("cell", name="for readers")).to_be_visible()
    expect(viewer.get_by_role("button", name="Actions for for readers")).to_have_count(0)


def _fill(page: Page, name: str, protocol: str, url: str, secret: str) -> Locator:
    page.get_by_role("button", name="New connection").click()
    dialog = page.get_by_role("dialog", name="New connection")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("button", name="Protocol").click()
    page.get_by_role("option", name=protocol).click()
    dialog.get_by_label("Secret key").fill(secret)
    if url:
        dialog.get_by_role("textbox", name="Base URL").fill(url)
    return dialog


def _add(page: Page, name: str, protocol: str, url: str, secret: str) -> None:
    dialog = _fill(page, name, protocol, url, secret)
    dialog.get_by_role("button", name="Add connection").click()
    expect(page.get_by_role("button", name=f"Actions for {name}")).to_be_visible()


def _open_test(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Test call").click()
    return page.get_by_role("dialog", name=f"Test {name}")
