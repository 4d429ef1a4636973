"""One trace: shown to the world, opened line by line, searched, and written about."""

import json
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.accept.seed import Seeder
from tests.accept.world import OWNER, SHOP, VIEWER

from . import screens
from .conftest import OpenWindow
from .servers import Shop, seeder

pytestmark = pytest.mark.e2e

UNKNOWN = "This trace is not here, or it is not published"


def send_talk(sends: Seeder, id_: str, **more: Any) -> None:
    """A root with a model call below it."""
    call = {
        "name": "answer", "model": "gpt-4o-mini", "parentObservationId": f"{id_}-root",
        "input": [{"role": "user", "content": "Where is the harbour?"}], "modelParameters": {"temperature": 0.2},
        "output": {"role": "assistant", "content": "Behind the lighthouse."},
    }  # fmt: skip
    sends.send(
        iter(
            [
                sends.trace(id_, sends.at(1), name=f"talk {id_}", userId="ada", sessionId="s-public", **more),
                sends.span(
                    id_, f"{id_}-root", sends.at(1), sends.at(1, 900), name="root", input="the way in"
                ),
                sends.span(id_, f"{id_}-call", sends.at(1, 100), sends.at(1, 800), "generation", **call),
            ]
        )
    )


def test_published_trace(shop: Shop, window: Window, open_window: OpenWindow) -> None:
    send_talk(seeder(shop), "to-publish")
    visitor = open_window(shop.base)
    visitor.page.goto(f"{shop.base}/public/traces/to-publish")
    expect(visitor.page.get_by_text(UNKNOWN)).to_be_visible()
    visitor.trouble.take()
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/to-publish")
    expect(screens.heading(page, "talk to-publish")).to_be_visible()
    page.get_by_role("button", name="More actions", exact=True).click()
    page.get_by_role("menuitem", name="Publish a read-only link").click()
    expect(page.get_by_text("Published", exact=True)).to_be_visible()
    expect(page.get_by_text("the link is copied")).to_be_visible()
    link = str(page.evaluate("() => navigator.clipboard.readText()"))
    assert link == f"{shop.base}/public/traces/to-publish?project={SHOP}"
    _read_as_visitor(visitor, link)
    page.get_by_role("button", name="More actions", exact=True).click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_role("menuitem", name="Unpublish").click()
    expect(page.get_by_text("Published", exact=True)).to_have_count(0)
    visitor.page.goto(link)
    expect(visitor.page.get_by_text(UNKNOWN)).to_be_visible()


def _read_as_visitor(visitor: Window, link: str) -> None:
    page = visitor.page
    page.goto(link)
    expect(screens.heading(page, "talk to-publish")).to_be_visible()
    expect(page.get_by_text("Read-only", exact=True)).to_be_visible()
    screens.spans(page).filter(has_text="answer").click()
    expect(page.get_by_text("Behind the lighthouse.")).to_be_visible()
    # Nothing to write with, nothing of the project, nobody.
    hidden = ("Bookmark", "Add a score", "More actions", "Edit tags")
    for name in hidden:
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("tab", name="Comments")).to_have_count(0)
    expect(page.get_by_role("link")).to_have_count(0)
    expect(page.get_by_text("ada", exact=True)).to_have_count(0)
    for key in ("a", "m", "b"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()
    expect(screens.span_name(page)).to_have_text("answer")
    assert visitor.trouble.take() == []


def test_line_of_the_log_opens(shop: Shop, window: Window) -> None:
    send_talk(seeder(shop), "log-lines")
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/log-lines?mode=log")
    log = page.get_by_role("treegrid", name="Spans by time")
    lines = log.get_by_role("row")
    expect(lines).to_have_count(2)
    log.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(log.get_by_text("the way in")).to_be_visible()
    # The next line makes room, and is where the keys go.
    first, second = (lines.nth(n).bounding_box() for n in (0, 1))
    assert first and second and second["y"] >= first["y"] + first["height"] - 1 and first["height"] > 80
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(log.get_by_text("Behind the lighthouse.")).to_be_visible()
    expect(log.get_by_role("row", expanded=True)).to_have_count(2)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(log.get_by_text("the way in")).to_have_count(0)
    expect(log.get_by_role("row", expanded=True)).to_have_count(1)
    assert window.trouble.take() == []


def test_search_finds_texts(shop: Shop, window: Window) -> None:
    send_talk(seeder(shop), "search-texts")
    page = window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/search-texts")
    expect(screens.spans(page)).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("LIGHTHOUSE")
    mark = screens.spans(page).get_by_role("img", name="The text is in its input or output")
    expect(mark).to_have_count(1)
    page.keyboard.press("Enter")
    expect(screens.span_name(page)).to_have_text("answer")
    expect(page.get_by_text("1/1")).to_be_visible()
    screens.expect_path(
        window, f"/project/{SHOP}/traces/search-texts?find=LIGHTHOUSE&observation=search-texts-call"
    )


def test_partial_output_arrives_in_place(shop: Shop, window: Window) -> None:
    sends, page = seeder(shop), window.page
    lines = [f"Line {n} of a long answer." for n in range(400)]

    def tell(count: int, end: str | None = None) -> None:
        body = {"traceId": "streams", "output": "\n\n".join(lines[:count]), "endTime": end}
        update = sends.event("generation-update", sends.at(0, count), id="streams-call", **body)
        sends.send(iter([{**update, "id": f"streams-{count}"}]))

    sends.send(
        iter(
            [
                sends.trace("streams", sends.at(1), name="streams"),
                sends.span(
                    "streams", "streams-call", sends.at(1), None, "generation", name="answer", input="Go on"
                ),
            ]
        )
    )
    tell(100)
    page.goto(f"{window.base}/project/{SHOP}/traces/streams?observation=streams-call")
    box = page.get_by_role("tabpanel")
    page.get_by_role("radio", name="Plain text").or_(page.get_by_text("Plain text", exact=True)).first.click()
    expect(box.get_by_text("Line 10 of a long answer.")).to_be_visible()
    screens.mark_page(page)
    at = (
        "() => { const e = document.querySelector('[role=tabpanel]'); return [e.scrollTop, e.scrollHeight]; }"
    )
    page.evaluate("() => { document.querySelector('[role=tabpanel]').scrollTop = 40; }")
    before, height = page.evaluate(at)
    tell(250)
    page.wait_for_function(
        "height => document.querySelector('[role=tabpanel]').scrollHeight > height"
        " || document.querySelector('[role=tabpanel]').innerText.includes('Line 249')",
        arg=height,
    )
    assert page.evaluate(at)[0] == before
    tell(400, sends.at(0))
    expect(page.get_by_text("Running", exact=True)).to_have_count(0)
    assert screens.is_same_page(page)
    assert window.trouble.take() == []


def test_draft_of_a_comment_comes_back(shop: Shop, window: Window) -> None:
    send_talk(seeder(shop), "drafts")
    page = window.page
    address = f"{window.base}/project/{SHOP}/traces/drafts?tab=comments"
    page.goto(address)
    expect(screens.spans(page)).to_have_count(2)
    page.get_by_label("New comment").fill("half a thou")
    # Of this trace, and not of its span.
    screens.spans(page).first.click()
    expect(screens.span_name(page)).to_have_text("root")
    expect(page.get_by_label("New comment")).to_have_value("")
    page.goto(f"{window.base}/project/{SHOP}/traces")
    page.goto(address)
    expect(page.get_by_label("New comment")).to_have_value("half a thou")
    expect(page.get_by_text("Your draft from")).to_be_visible()
    page.get_by_label("New comment").fill("half a thought, whole")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("half a thought, whole")).to_be_visible()
    page.reload()
    expect(page.get_by_text("half a thought, whole")).to_be_visible()
    expect(page.get_by_label("New comment")).to_have_value("")
    expect(page.get_by_text("Your draft from")).to_have_count(0)


def test_call_is_copied_as_a_program(shop: Shop, open_window: OpenWindow) -> None:
    send_talk(seeder(shop), "call-again")
    window = open_window(shop.base, VIEWER)
    page = window.page
    page.goto(f"{shop.base}/project/{SHOP}/traces/call-again?observation=call-again-call")
    expect(screens.span_name(page)).to_have_text("answer")
    program = _copy_call(page, "Copy as Python")
    compile(program, "call.py", "exec")
    # Where it would go, without going there.
    shown = program.split("request = urllib")[0] + "print(json.dumps([url, body]))\n"
    done = subprocess.run(
        [sys.executable, "-c", shown], env={"OPENAI_API_KEY": "k"}, capture_output=True, check=True, text=True
    )
    assert json.loads(done.stdout) == [
        "https://api.openai.com/v1/chat/completions",
        {
            "model": "gpt-4o-mini",
            "messages": [{"role": "user", "content": "Where is the harbour?"}],
            "temperature": 0.2,
        },
    ]
    command = _copy_call(page, "Copy as curl")
    echoed = command.replace("curl ", "printf '%s\\n' ", 1)
    run = subprocess.run(
        ["sh", "-c", echoed], env={"OPENAI_API_KEY": "k"}, capture_output=True, check=True, text=True
    )
    assert run.stdout.splitlines()[:3] == [
        "https://api.openai.com/v1/chat/completions",
        "-H",
        "authorization: Bearer k",
    ]


def _copy_call(page: Page, item: str) -> str:
    page.evaluate("() => navigator.clipboard.writeText('nothing was copied')")
    page.get_by_role("button", name="More actions for this span").click()
    page.get_by_role("menuitem", name=item).click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) !== 'nothing was copied'")
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_trace_is_compared(shop: Shop, open_window: OpenWindow) -> None:
    send_talk(seeder(shop), "compare-me")
    window = open_window(shop.base, OWNER)
    window.page.goto(f"{shop.base}/project/{SHOP}/traces/compare-me")
    window.page.get_by_role("button", name="More actions", exact=True).click()
    window.page.get_by_role("menuitem", name="Compare with").click()
    screens.expect_path(window, f"/project/{SHOP}/traces/compare?a=compare-me")
