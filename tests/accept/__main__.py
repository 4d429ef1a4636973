"""`python -m tests.accept [--short] [--screen S07] [--theme dark]`: every screen in Debian's Chromium against a server
filled by `spyglass demo` and the seed. Pictures and `report.html` go to build/accept/; the exit code is 1 where
something was found. The short form looks at one state of each screen, with less data, and leaves out the slow checks.
"""

import argparse
import gzip
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Error

from . import checks
from .browser import DESKTOP, PHONE, TABLET, Window, chromium
from .report import Report
from .screens import SCREENS, Screen
from .timings import measure
from .world import FULL, OWNER, SHORT, VIEWER, AcceptServer, fill, project_id

OUT = Path("build/accept")
STATIC = Path("src/spyglass/static")
_SHELL_LIMIT = 170 * 1024
_WHEEL_LIMIT = 6 << 20
# The pictures of the README, from those of a run.
_README = {
    "home": "S05-home-light-1440.png",
    "trace": "S07-trace-agent-light-1440.png",
    "traces": "S06-traces-dark-1440.png",
}


def main() -> int:
    options = _options()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    began = time.monotonic()
    report = Report(OUT)
    _check_budgets(report)
    size = SHORT if options.short else FULL
    with tempfile.TemporaryDirectory(prefix="spyglass-accept-") as folder:
        server = AcceptServer(Path(folder))
        try:
            server.wait_until_ready()
            fill(server, size)
            report.figure("filled after", f"{time.monotonic() - began:.0f} s")
            with chromium() as browser:
                Run(browser, server.base, report, options).all()
        finally:
            server.stop()
    if options.readme:
        for name, file in _README.items():
            shutil.copyfile(OUT / file, Path("docs/images") / f"{name}.png")
    report.figure("took", f"{time.monotonic() - began:.0f} s")
    print(f"report: {report.write()}")
    print(f"{len(report.results) - report.failed} passed, {report.failed} failed")
    return 1 if report.failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.accept", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less data, no slow checks")
    parser.add_argument("--screen", help="only the screens whose id or name begins so")
    parser.add_argument("--readme", action="store_true", help="take the pictures into docs/images")
    parser.add_argument("--theme", choices=["light", "dark"], help="pictures of one theme only")
    return parser.parse_args()


def _check_budgets(report: Report) -> None:
    """What the browser must load before the first screen is drawn."""
    index = (STATIC / "index.html").read_text()
    first = re.findall(r'(?:src|href)="\.?/?(assets/[^"]+\.js)"', index)
    total = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in set(first))
    report.figure("JavaScript of the shell, gzip", f"{total / 1024:.0f} kB in {len(set(first))} files")
    too_large = [f"{total} bytes; at most {_SHELL_LIMIT}"] if total >= _SHELL_LIMIT else []
    report.add("budgets", "the shell is small", too_large)
    # Compressed copies stand beside the files; the files themselves are what is counted.
    files = [each for each in STATIC.rglob("*") if each.is_file() and each.suffix not in (".gz", ".br")]
    raw = sum(each.stat().st_size for each in files)
    report.figure("all assets", f"{raw / 1024:.0f} kB in {len(files)} files")
    report.add("budgets", "all assets together", [f"{raw} bytes"] if raw >= _WHEEL_LIMIT else [])


class Run:
    def __init__(self, browser: Browser, base: str, report: Report, options: argparse.Namespace) -> None:
        self._browser = browser
        self._base = base
        self._report = report
        self._short = options.short
        self._screens = [
            each
            for each in SCREENS
            if f"{each.id} {each.name}".lower().startswith((options.screen or "").lower())
            and (each.short or not self._short or options.screen)
        ]
        themes = [options.theme] if options.theme else ["light", "dark"]
        self._shots = [(theme, DESKTOP) for theme in themes]
        if not options.theme:
            self._shots += [("light", PHONE)] if self._short else [("light", TABLET), ("light", PHONE)]

    def all(self) -> None:
        for theme, size in self._shots:
            self._draw(theme, size)
        self._check_states([each for each in self._screens if each.signed_in], OWNER)
        self._check_states([each for each in self._screens if not each.signed_in], None)
        self._check_roles()
        if not self._short:
            measure(self._window(), self._report)

    def _window(
        self, theme: str = "light", size: tuple[int, int] = DESKTOP, who: tuple[str, ...] | None = OWNER
    ) -> Window:
        """Of this person; without one, a visitor's."""
        window = Window(self._browser, self._base, theme, size)
        if who:
            window.sign_in(who[0], who[2])
        return window

    def _draw(self, theme: str, size: tuple[int, int]) -> None:
        """Each screen once in this theme and size: picture, axe, quiet; on the desktop also the tab key."""
        known = self._window(theme, size)
        stranger = self._window(theme, size, who=None)
        for screen in self._screens:
            window = known if screen.signed_in else stranger
            name = f"{screen.id} {screen.name}"
            caption = f"{theme} {size[0]}×{size[1]}"
            if not self._tried(name, f"loads ({caption})", lambda w=window, s=screen: checks.loads(w, s)):
                continue
            file = f"{name}-{theme}-{size[0]}.png".replace(" ", "-").replace(",", "").replace("/", "")
            window.page.screenshot(path=OUT / file)
            self._report.shot(name, caption, file)
            if size == DESKTOP:
                self._tried(name, f"axe ({theme})", window.axe)
            if size == DESKTOP and theme == "light":
                self._tried(name, "tab key", lambda w=window: checks.tabs_through(w))
            self._tried(name, f"quiet ({caption})", lambda w=window, s=screen: _quiet(w, s), again=False)
        known.close()
        stranger.close()

    def _check_states(self, screens: list[Screen], who: tuple[str, ...] | None) -> None:
        if not screens:
            return
        window, fresh, slow = (self._window(who=who) for _ in range(3))
        narrow = self._window(size=PHONE, who=who)
        empty = project_id(self._base, "empty")
        for screen in screens:
            name = f"{screen.id} {screen.name}"
            if screen.restored:
                self._tried(
                    name, "the address restores it", lambda s=screen: checks.restores(window, fresh, s)
                )
            if screen.keys:
                self._tried(name, "keys", lambda s=screen: checks.follows_keys(window, s))
            if screen.asks:
                self._tried(name, "failing routes", lambda s=screen: checks.survives_failures(window, s))
            if screen.reading:
                self._tried(name, "320 px", lambda s=screen: checks.is_narrow(narrow, s))
            if screen.list:
                self._tried(
                    name, "emptiness", lambda s=screen: checks.tells_emptiness_apart(window, s, empty)
                )
            if not self._short:
                self._tried(name, "slow answers", lambda s=screen: checks.loads_slowly(slow, s, 700))
        for each in (window, fresh, slow, narrow):
            each.close()

    def _check_roles(self) -> None:
        window = self._window(who=VIEWER)
        for screen in (each for each in self._screens if each.writes):
            name = f"{screen.id} {screen.name}"
            self._tried(name, "a viewer's view", lambda s=screen: checks.hides_writes(window, s))
        window.close()

    def _tried(self, screen: str, check: str, ask: Callable[[], list[str]], *, again: bool = True) -> bool:
        """A check that breaks off has found something, and the next one goes on. What is found counts when it is
        found a second time: the data's clock goes on, and a slow machine may be late once."""
        findings = _ask(ask)
        if findings and again:
            self._report.figure("looked at again", f"{screen} · {check}: {findings[0][:120]}")
            findings = _ask(ask)
        self._report.add(screen, check, findings)
        return not findings or not findings[0].startswith("broke off")


def _ask(ask: Callable[[], list[str]]) -> list[str]:
    try:
        return ask()
    except (Error, AssertionError) as error:
        return [f"broke off: {str(error)[:300]}"]


def _quiet(window: Window, screen: Screen) -> list[str]:
    found = checks.is_quiet(window)
    if "missing" in screen.name or "not found" in screen.name:
        # The browser writes a line for an answer of 404, which is the point of these.
        found = [each for each in found if "404" not in each]
    return found


if __name__ == "__main__":
    sys.exit(main())
