"""Chromium for the acceptance and the journeys: contexts that keep a log of what went wrong in them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# Without a GPU and as root; nothing is asked of the maker's servers.
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESKTOP, TABLET, PHONE = (1440, 900), (768, 1024), (390, 844)
AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Present while something of the page is still to come.
_BUSY = "[aria-busy=true], .animate-shimmer"


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Trouble:
    """What a context did that no page may do."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """All of it since the last call."""
        found = [*self.console, *(f"request to {url}" for url in self.foreign), *self.errors]
        self.console.clear()
        self.foreign.clear()
        self.errors.clear()
        return found


class Window:
    """One context with one page, in a theme and a size."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        theme: str = "light",
        size: tuple[int, int] = DESKTOP,
        **options: Any,
    ) -> None:
        width, height = size
        self.base = base.rstrip("/")
        self.trouble = Trouble()
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion=options.pop("reduced_motion", "reduce"),
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **options,
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.trouble.errors.append(f"uncaught: {error}"))
        self.page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        # The browser itself writes a line for every answer from 400; the checks that provoke one clear it.
        if message.type in ("error", "warning"):
            self.trouble.console.append(f"console {message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        own = urlsplit(self.base)
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != own.netloc:
            self.trouble.foreign.append(request.url)

    def sign_in(self, email: str, password: str) -> None:
        """Over HTTP in the context of the page, so that its cookie is there."""
        answer = self.context.request.post(
            f"{self.base}/api/ui/auth/sign-in", data={"email": email, "password": password}
        )
        assert answer.ok, f"sign-in as {email}: {answer.status} {answer.text()}"

    def go(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="domcontentloaded")
        self.settle()

    def settle(self, timeout_ms: float = 20_000) -> None:
        """Until a heading is there and nothing is busy for a moment."""
        self.page.wait_for_selector("h1, [role=alert]", state="attached", timeout=timeout_ms)
        self.page.wait_for_function(
            "busy => !document.querySelector(busy)", arg=_BUSY, timeout=timeout_ms, polling=50
        )
        self.page.wait_for_timeout(150)
        self.page.wait_for_function(
            "busy => !document.querySelector(busy)", arg=_BUSY, timeout=timeout_ms, polling=50
        )

    def axe(self) -> list[str]:
        """Violations, one line each, and contrasts that could not be judged."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            # Through the debugger, past the page's own content policy.
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            _AXE_TAGS,
        )
        return [
            f"{each['id']}: {each['help']} · {len(each['nodes'])}× {each['nodes'][0]['html'][:160]}"
            for each in found["violations"]
        ]

    def close(self) -> None:
        self.context.close()
