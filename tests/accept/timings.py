"""Figures of the large screens: shown in the report, never judged, since the machine's other work is in them."""

from .browser import Window
from .report import Report
from .screens import SCREENS
from .seed import GIANT
from .world import SHOP

# Time of each frame while the scroller of the screen goes down `steps` times.
_SCROLL = """async ([selector, step, steps]) => {
  const all = [...document.querySelectorAll(selector)];
  const at = all.find(each => each.scrollHeight > each.clientHeight + 100);
  if (!at) return null;
  const times = [];
  let before = performance.now();
  for (let n = 0; n < steps; n++) {
    at.scrollTop += step;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  times.sort((a, b) => a - b);
  return {p50: times[Math.floor(steps / 2)], p95: times[Math.floor(steps * 0.95)], max: times[steps - 1]};
}"""
_PAINT = """() => {
  const found = performance.getEntriesByType('paint').find(each => each.name === 'first-contentful-paint');
  return Math.round(found?.startTime ?? -1);
}"""
_SCROLLERS = "[role=tree], [role=grid], [data-scroller], main *"


def measure(window: Window, report: Report) -> None:
    _open_giant(window, report)
    _scroll(window, report, "trace of 50,000", 240)
    heap = window.page.evaluate("() => performance.memory?.usedJSHeapSize ?? 0")
    report.figure("trace of 50,000: JavaScript heap", f"{heap / 1e6:.0f} MB")
    window.go(f"/project/{SHOP}/traces?range=30d")
    _scroll(window, report, "list of traces", 240)
    for screen in SCREENS:
        if screen.id in ("S05", "S06", "S09", "S11"):
            window.go(screen.path)
            report.figure(f"{screen.id} {screen.name}: first paint", f"{window.page.evaluate(_PAINT)} ms")


def _open_giant(window: Window, report: Report) -> None:
    window.page.goto(f"{window.base}/project/{SHOP}/traces/{GIANT}", wait_until="commit")
    window.page.wait_for_selector("[role=treeitem]", timeout=30_000)
    took = window.page.evaluate("() => performance.now()")
    report.figure("trace of 50,000: first rows after navigation", f"{took:.0f} ms")


def _scroll(window: Window, report: Report, name: str, step: int) -> None:
    frames = window.page.evaluate(_SCROLL, [_SCROLLERS, step, 120])
    if frames is not None:
        report.figure(
            f"{name}: frames while scrolling",
            f"p50 {frames['p50']:.1f} ms, p95 {frames['p95']:.1f} ms, max {frames['max']:.0f} ms",
        )
