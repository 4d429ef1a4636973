"""Getting in, and coming back to the same place when the session has ended meanwhile."""

import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.world import OWNER, SHOP, VIEWER, AcceptServer, Person

from . import screens
from .conftest import PATIENCE_MS, OpenWindow
from .servers import Shop

pytestmark = pytest.mark.e2e

TRACES = f"/project/{SHOP}/traces?range=7d"
SIGN_IN = "/auth/sign-in?next="
FILTERED = f"/project/{SHOP}/traces?range=7d&q=user:grace"


def test_wrong_password(shop: Shop, open_window: OpenWindow) -> None:
    window = open_window(shop.base)
    page = window.page
    page.goto(window.base + FILTERED)
    screens.expect_path(window, f"{SIGN_IN}/project/{SHOP}/traces%3Frange%3D7d%26q%3Duser:grace")
    screens.sign_in(page, OWNER[0], "not the password")
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail address or password")
    expect(page.get_by_label("E-mail")).to_have_value(OWNER[0])
    screens.sign_in(page, "nobody@example.com", OWNER[2])
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail address or password")
    screens.sign_in(page, OWNER[0], OWNER[2])
    screens.expect_path(window, FILTERED)
    expect(screens.rows(page)).to_have_count(4)


def test_session_ends_by_time(shop: Shop, window: Window) -> None:
    page = window.page
    page.goto(window.base + TRACES)
    expect(screens.rows(page).first).to_be_visible()
    shop.expire_sessions(OWNER[0])
    _wait_until_signed_out(window)
    screens.search(page, "user:grace")
    expect(screens.heading(page, "Sign in")).to_be_visible()
    screens.sign_in(page, OWNER[0], OWNER[2])
    screens.expect_path(window, FILTERED)
    expect(screens.rows(page)).to_have_count(4)


def test_signed_out_elsewhere(shop: Shop, open_window: OpenWindow) -> None:
    here, there = open_window(shop.base, VIEWER), open_window(shop.base, VIEWER)
    here.page.goto(here.base + FILTERED)
    expect(screens.rows(here.page)).to_have_count(4)
    page = there.page
    page.goto(there.base + "/account/sessions")
    page.get_by_role("button", name="Sign out all others").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Sign out all others").click()
    expect(page.get_by_role("table", name="Sessions").get_by_role("row")).to_have_count(2)
    # The next action leads to sign-in, and from there to what it asked for.
    screens.row(here.page, "turn-2").click()
    expect(screens.heading(here.page, "Sign in")).to_be_visible()
    screens.sign_in(here.page, VIEWER[0], VIEWER[2])
    screens.expect_path(here, f"{FILTERED}&peek=turn-2")
    expect(screens.spans(here.page)).to_have_count(2)


def test_signing_out_ends_the_session(shop: Shop, window: Window) -> None:
    page = window.page
    page.goto(window.base + TRACES)
    page.get_by_role("button", name=f"Account: {OWNER[1]}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(screens.heading(page, "Sign in")).to_be_visible()
    assert window.context.request.get(f"{window.base}/api/ui/boot").status == 401
    page.go_back()
    expect(screens.heading(page, "Sign in")).to_be_visible()


def test_invited_by_name(tmp_path: Path, open_window: OpenWindow) -> None:
    """An account that somebody named by its id is asked, and answers by keyboard; one by a link signs in first."""
    server = AcceptServer(tmp_path)
    try:
        server.wait_until_ready()
        fill_people(server)
        guest = open_window(server.base, VIEWER)
        page = guest.page
        page.goto(guest.base + "/")
        expect(page.get_by_role("heading", name="Join Looms?")).to_be_visible()
        page.get_by_role("button", name="Accept").press("Enter")
        expect(page.get_by_role("heading", name="Looms", exact=True)).to_be_visible()
        expect(page.get_by_role("list", name="Invitations")).to_have_count(0)
        assert guest.trouble.take() == []

        with httpx.Client(base_url=server.base, timeout=30) as client:
            link = Person(client, *OWNER).invite(VIEWER[0], "NONE", SHOP, "MEMBER")
        late = open_window(server.base)
        late.page.goto(link)
        expect(screens.heading(late.page, "Join Acme")).to_be_visible()
        late.page.get_by_role("link", name="Sign in", exact=True).click()
        screens.sign_in(late.page, VIEWER[0], VIEWER[2])
        expect(late.page).to_have_url(link)
        late.page.get_by_role("button", name="Accept", exact=True).click()
        screens.expect_path(late, f"/project/{SHOP}")
    finally:
        assert server.stop() == 0


def fill_people(server: AcceptServer) -> None:
    """A viewer without any organization, and an organization that names them."""
    with httpx.Client(base_url=server.base, timeout=30) as client:
        owner = Person(client, *OWNER)
        url = owner.invite(VIEWER[0], "NONE", SHOP, "VIEWER")
        made = client.post("/api/ui/organizations", json={"name": "Looms"}, headers=owner.headers).json()
        with httpx.Client(base_url=server.base, timeout=30) as guest:
            path = f"/api/ui/auth/invitations/{url.rsplit('/', 1)[-1]}/accept"
            body = {"name": VIEWER[1], "password": VIEWER[2]}
            user_id = guest.post(path, json=body).raise_for_status().json()["user"]["id"]
        member = f"/api/ui/organizations/acme/members/{user_id}"
        client.delete(member, headers=owner.headers).raise_for_status()
        named = {**owner.headers, "x-spyglass-organization": made["id"]}
        body = {"userId": user_id, "role": "MEMBER"}
        answer = client.put("/api/public/organizations/memberships", json=body, headers=named)
        assert answer.status_code == 202, answer.text


def _wait_until_signed_out(window: Window) -> None:
    """The server remembers a session for a second."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while window.context.request.get(f"{window.base}/api/ui/boot").status != 401:
        assert time.monotonic() < until, "the session goes on"
        time.sleep(0.1)
