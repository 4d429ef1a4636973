"""From an empty data directory to the slow span: what somebody does on the first day."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accept.browser import Window
from tests.compat.live_server import Target
from tests.compat.reading import PublicApi

from . import screens
from .conftest import OpenWindow
from .sdk import CLIENTS, run_python
from .servers import EmptyServer

pytestmark = [pytest.mark.e2e, pytest.mark.e2e_short]

AGENT_COSTS = {"gpt-4o": "$3.60", "gpt-4o-mini": "$0.54"}  # three runs of clients/agent.py


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., EmptyServer]]:
    servers: list[EmptyServer] = []

    def start(**environment: str) -> EmptyServer:
        servers.append(EmptyServer(tmp_path, **environment))
        servers[-1].wait_until_ready()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_first_day(start_server: Callable[..., EmptyServer], open_window: OpenWindow, tmp_path: Path) -> None:
    server = start_server()
    window = open_window(server.target.url)
    become_owner(window, server)
    project = make_project(window)
    env = run_the_snippet(window, project, tmp_path)
    page = window.page
    page.get_by_role("link", name="Traces", exact=True).first.click()
    expect(screens.rows(page)).to_have_count(1)
    screens.mark_page(page)
    runs = json.loads(run_python(CLIENTS / "agent.py", env)[0])
    expect(screens.rows(page)).to_have_count(4)
    assert screens.is_same_page(page), "the list was loaded again"
    link = find_the_slow_span(window, project, runs[0])
    share_with_a_member(window, open_window, project, link)
    filter_by_user(window, project, runs)
    compare_costs(window, project, server.target, env)
    assert window.trouble.take() == []


def test_first_account(start_server: Callable[..., EmptyServer], open_window: OpenWindow) -> None:
    """Nobody takes a fresh server over without the link that it printed, which works once, also after a restart."""
    server = start_server(LANGFUSE_INIT_ORG_ID="engines", LANGFUSE_INIT_ORG_NAME="Engines")
    link = server.read_setup_link()
    stranger = open_window(server.target.url)
    for path in ("/", "/auth/sign-in", "/auth/sign-up", "/auth/setup"):
        stranger.page.goto(stranger.base + path)
        expect(screens.heading(stranger.page, "Set up this server")).to_be_visible()
        expect(stranger.page.get_by_text("spyglass users setup-link")).to_be_visible()
        expect(stranger.page.get_by_role("textbox")).to_have_count(0)
    stranger.page.goto(f"{stranger.base}/auth/setup?token=guessed")
    fill_owner(stranger.page, "Mallory", "mallory@example.com")
    expect(stranger.page.get_by_role("alert")).to_contain_text("This set-up link does not fit")

    assert server.stop() == 0
    server.start()
    server.wait_until_ready()
    assert server.read_setup_link() == link
    window = open_window(server.target.url)
    page = window.page
    page.goto(link)
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill("analytical engine")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("textbox", name="Project").fill("Jacquard")
    page.get_by_role("button", name="Create project").click()
    expect(screens.heading(page, "Set up")).to_be_visible()
    expect(page.get_by_role("button", name="Switch project")).to_contain_text("Engines")
    late = open_window(server.target.url)
    late.page.goto(link)
    expect(screens.heading(late.page, "Sign in")).to_be_visible()
    screens.expect_path(late, "/auth/sign-in")


def fill_owner(page: Page, name: str, email: str) -> None:
    expect(screens.heading(page, "Create the owner account")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("analytical engine")
    page.get_by_role("button", name="Create account").click()


def become_owner(window: Window, server: EmptyServer) -> None:
    """By the printed link to the set-up of the one project that there is, with keys for it; nothing was sent to it."""
    page = window.page
    page.goto(server.read_setup_link())
    fill_owner(page, "Ada Lovelace", "ada@example.com")
    expect(screens.heading(page, "Set up")).to_be_visible()
    expect(page.get_by_role("button", name="Switch project")).to_contain_text("My project")
    env = screens.press_copy(page, "Copy .env")
    assert re.search(r'^LANGFUSE_SECRET_KEY="sk-lf-[\w-]{43}"$', env, re.MULTILINE), env
    # The browser writes a line for each answer from 400; such a one said that nobody was signed in.
    assert [each for each in window.trouble.take() if "401" not in each] == []


def make_project(window: Window) -> str:
    page = window.page
    page.get_by_role("button", name="Switch project").click()
    page.get_by_role("menuitem", name="All projects").click()
    page.get_by_role("link", name="New organization").click()
    page.get_by_role("textbox", name="Organization").fill("Engines")
    page.get_by_role("button", name="Create organization").click()
    page.get_by_role("textbox", name="Project").fill("Loom")
    page.get_by_role("button", name="Create project").click()
    expect(screens.heading(page, "Set up")).to_be_visible()
    found = re.fullmatch(rf"{re.escape(window.base)}/project/([^/]+)/setup", page.url)
    assert found, page.url
    return found[1]


def run_the_snippet(window: Window, project: str, folder: Path) -> str:
    """Gives the text of the .env file."""
    page = window.page
    env = screens.press_copy(page, "Copy .env")
    assert f'LANGFUSE_BASE_URL="{window.base}"' in env.splitlines()
    program = folder / "hello.py"
    program.write_text(screens.press_copy(page, "Copy program"))
    expect(page.get_by_text("Listening for traces")).to_be_visible()
    screens.mark_page(page)
    _, log = run_python(program)
    assert not re.search(r"error|exception|failed", log, re.IGNORECASE), log
    expect(page.get_by_text("Arrived", exact=True)).to_be_visible()
    assert screens.is_same_page(page), "the setup page was loaded again"
    page.get_by_role("link", name="Open trace").click()
    expect(screens.heading(page, "hello")).to_be_visible()
    screens.expect_place(window, f"/project/{project}/traces/{page.url.rsplit('/', 1)[-1]}")
    expect(screens.spans(page)).to_have_count(2)
    expect(screens.spans(page).nth(1)).to_contain_text("answer")
    return env


def find_the_slow_span(window: Window, project: str, run: dict[str, str]) -> str:
    """Opens one of the runs from the list, and the longest span of it; gives the link that was copied."""
    page = window.page
    screens.row(page, run["trace"]).click()
    screens.expect_path(window, f"/project/{project}/traces?peek={run['trace']}")
    page.get_by_role("button", name="Open as page").click()
    expect(screens.heading(page, "plan a trip for ada")).to_be_visible()
    expect(screens.spans(page)).to_have_count(5)
    slowest = max(range(1, 5), key=lambda place: _duration_ms(page, place))
    screens.spans(page).nth(slowest).click()
    expect(screens.span_name(page)).to_have_text("search flights")
    expect(screens.selected_span(page)).to_contain_text("search flights")
    link = screens.press_copy(page, "Copy link to this span")
    assert link == f"{window.base}/project/{project}/traces/{run['trace']}?observation={run['slow']}"
    return link


def _duration_ms(page: Page, place: int) -> float:
    text = screens.spans(page).nth(place).get_by_title("Duration", exact=True).inner_text()
    number, unit = text.lstrip("<").split()
    return float(number) * {"ms": 1, "s": 1000}[unit]


def share_with_a_member(window: Window, open_window: OpenWindow, project: str, link: str) -> None:
    """Invites somebody, who makes an account and then opens the link in a browser of their own."""
    page = window.page
    page.goto(f"{window.base}/project/{project}/settings/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill("charles@example.com")
    page.get_by_role("button", name="Create link").click()
    invitation = screens.press_copy(page, "Copy link")
    page.get_by_role("button", name="Done").click()

    other = open_window(window.base)
    other.page.goto(invitation)
    expect(screens.heading(other.page, "Join Engines")).to_be_visible()
    other.page.get_by_label("Name", exact=True).fill("Charles Babbage")
    other.page.get_by_label("Password", exact=True).fill("difference engine")
    other.page.get_by_role("button", name="Create account and accept").click()
    expect(screens.heading(other.page, "Home")).to_be_visible()
    state = other.context.storage_state()

    fresh = open_window(window.base, storage_state=state)
    fresh.page.goto(link)
    expect(screens.selected_span(fresh.page)).to_contain_text("search flights")
    expect(screens.span_name(fresh.page)).to_have_text("search flights")
    expect(fresh.page).to_have_url(link)
    assert fresh.trouble.take() == []


def filter_by_user(window: Window, project: str, runs: list[dict[str, str]]) -> None:
    page = window.page
    page.get_by_role("link", name="Traces", exact=True).first.click()
    expect(screens.rows(page)).to_have_count(4)
    screens.search(page, "user:grace")
    expect(screens.rows(page)).to_have_count(1)
    screens.expect_path(window, f"/project/{project}/traces?q=user:grace")
    assert screens.row_ids(page) == [runs[2]["trace"]]
    screens.search(page, "user:ada")
    expect(screens.rows(page)).to_have_count(2)
    assert set(screens.row_ids(page)) == {runs[0]["trace"], runs[1]["trace"]}
    page.go_back()
    expect(screens.rows(page)).to_have_count(1)


def compare_costs(window: Window, project: str, target: Target, env: str) -> None:
    """The list on the home page against the public API with the keys of the application."""
    page = window.page
    page.goto(f"{window.base}/project/{project}?q=user:(ada+OR+grace)")
    table = page.get_by_role("table", name="Models by cost")
    expect(table.get_by_role("row")).to_have_count(3)
    shown = {cells[0]: cells[4] for cells in screens.cell_texts(page, "Models by cost")}
    assert shown == AGENT_COSTS
    api = PublicApi(_with_keys(target, env))
    assert {model: f"${cost:.2f}" for model, cost in _costs_by_model(api).items()} == shown


def _costs_by_model(api: PublicApi) -> dict[str, float]:
    """Of the agent's runs, by the metrics of the public API."""
    users = [{"column": "userId", "operator": "any of", "value": ["ada", "grace"], "type": "stringOptions"}]
    query = {
        "view": "observations",
        "metrics": [{"measure": "totalCost", "aggregation": "sum"}],
        "dimensions": [{"field": "providedModelName"}],
        "filters": [*users, {"column": "type", "operator": "=", "value": "GENERATION", "type": "string"}],
        "fromTimestamp": "2020-01-01T00:00:00Z",
        "toTimestamp": "2100-01-01T00:00:00Z",
    }
    rows = api.get("/metrics", query=json.dumps(query))["data"]
    return {row["providedModelName"]: float(row["sum_totalCost"]) for row in rows}


def _with_keys(target: Target, env: str) -> Target:
    keys = dict(re.findall(r'^(\w+)="(.*)"$', env, re.MULTILINE))
    return Target(
        target.url,
        target.grpc_port,
        public_key=keys["LANGFUSE_PUBLIC_KEY"],
        secret_key=keys["LANGFUSE_SECRET_KEY"],
    )
