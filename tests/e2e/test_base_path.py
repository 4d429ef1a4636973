"""Everything below a prefix, as behind a proxy that serves more than this."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect

from tests.accept.world import OWNER, SHOP

from . import screens
from .conftest import OpenWindow
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e

PREFIX = "/llm"


@pytest.fixture
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    server = Shop(tmp_path_factory.mktemp("prefixed"), PREFIX, SPYGLASS_SERVER__ROOT_PATH=PREFIX)
    try:
        server.wait_until_ready()
        sends = seeder(server)
        sends.send(sends.conversation())
        yield server
    finally:
        server.stop()


def test_base_path(prefixed: Shop, open_window: OpenWindow) -> None:
    window = open_window(prefixed.base)
    page, outside = window.page, []

    def note(request: Request) -> None:
        if not urlsplit(request.url).path.startswith(f"{PREFIX}/"):
            outside.append(request.url)

    page.on("request", note)
    page.goto(f"{window.base}/project/{SHOP}/sessions/session-with-a-gap")
    expect(screens.heading(page, "Sign in")).to_be_visible()
    screens.sign_in(page, OWNER[0], OWNER[2])
    screens.expect_path(window, f"/project/{SHOP}/sessions/session-with-a-gap")
    expect(page.get_by_text("Still nothing here!").first).to_be_visible()
    page.get_by_role("link", name="Traces", exact=True).first.click()
    screens.expect_place(window, f"/project/{SHOP}/traces")
    expect(screens.rows(page)).to_have_count(4)
    # Live news come from below the prefix too.
    sends = seeder(prefixed)
    sends.send(iter([sends.trace("below", sends.at(0), name="below the prefix")]))
    expect(screens.row(page, "below")).to_be_visible()
    screens.row(page, "turn-2").click()
    page.get_by_role("button", name="Open as page").click()
    screens.spans(page).filter(has_text="answer").click()
    link = screens.press_copy(page, "Copy link to this span")
    assert link == f"{window.base}/project/{SHOP}/traces/turn-2?observation=turn-2-llm"
    page.goto(link)
    expect(screens.span_name(page)).to_have_text("answer")
    page.goto(f"{window.base}/project/{SHOP}/setup")
    expect(page.get_by_text(f'LANGFUSE_HOST"] = "{window.base}"')).to_be_visible()
    cookie = next(each for each in window.context.cookies() if each["name"] == "spyglass_session")
    assert cookie["path"] == PREFIX
    assert outside == []
    assert [each for each in window.trouble.take() if "401" not in each] == []
