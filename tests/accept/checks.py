"""The checks of every screen. Each takes an open window and gives its findings; nothing found is a pass."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Error, Route

from .browser import PHONE, Window
from .screens import Screen

API = "**/api/**"
_TABS = 40

# Where the focus is, whether it can be seen there, and whether something else lies over it.
_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const label = at.getAttribute('aria-label') || at.textContent?.trim().slice(0, 40) || at.tagName;
  const hidden = box.width > 1 && box.height > 1 && top && !at.contains(top) && !top.contains(at) && !at.labels?.length;
  const off = box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth;
  const place = [...document.querySelectorAll('*')].indexOf(at);
  return {label, place, hidden: Boolean(hidden), off};
}"""

_OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return wide > 1 ? `the page is ${wide} px wider than the window` : '';
}"""

_DIGEST = """() => {
  const main = (document.querySelector('main') ?? document.body).cloneNode(true);
  // Counts of the facets are estimates within a budget of time; times go on.
  for (const each of main.querySelectorAll('aside, time, [role=status]')) each.remove();
  const selected = [...main.querySelectorAll('[aria-selected=true],[aria-pressed=true],[aria-current]')];
  const text = main.textContent.replace(/\\d+(\\.\\d+)? ?(ms|s|m|h|d)( \\d\\d s)? ?(ago)?/g, '#').replace(/\\s+/g, ' ');
  return text + '|' + selected.map(each => each.textContent.trim().slice(0, 60)).join('|');
}"""

_SAYS_FAILURE = "() => /broken on purpose|req-1/.test(document.body.innerText)"

# How far things moved since the page began, and what moved farthest.
_SHIFTS = """() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({type: 'layout-shift', buffered: true});
  const found = observer.takeRecords().filter(each => !each.hadRecentInput);
  const name = node => node ? `${node.nodeName} ${node.textContent.trim().slice(0, 40)}` : 'what is gone';
  const way = ({node, previousRect: a, currentRect: b}) => `${name(node)} (${a.x},${a.y} to ${b.x},${b.y})`;
  const worst = found.toSorted((a, b) => b.value - a.value).slice(0, 3);
  return {
    total: found.reduce((sum, each) => sum + each.value, 0),
    moved: worst.map(each => `${each.value.toFixed(3)}: ${each.sources.slice(0, 3).map(way).join(', ')}`),
  };
}"""
_MOST_SHIFT = 0.02


def loads(window: Window, screen: Screen) -> list[str]:
    window.go(screen.path)
    headings = window.page.locator("h1").count()
    found = [] if headings == 1 else [f"{headings} h1 elements; expected exactly one"]
    if not window.page.title():
        found.append("the page has no title")
    if screen.shows and screen.shows not in window.page.inner_text("body"):
        found.append(f"the text {screen.shows!r} is not there")
    if window.page.evaluate("() => Boolean(window.__hit)"):
        found.append("a script from the data ran")
    return found


def is_quiet(window: Window) -> list[str]:
    """Nothing on the console, nothing asked of another origin, no policy violated."""
    return window.trouble.take()


def tabs_through(window: Window) -> list[str]:
    """Each stop of the tab key is visible and not covered, and the focus comes out again."""
    window.page.evaluate("() => document.activeElement?.blur?.()")
    found, labels, places = [], [], []
    for _ in range(_TABS):
        window.page.keyboard.press("Tab")
        window.page.wait_for_timeout(40)  # what the last stop showed slides away
        at = window.page.evaluate(_FOCUS)
        if at is None and not labels:
            continue  # the browser's own controls come first
        if at is None:
            break
        labels.append(at["label"])
        places.append(at["place"])
        if at["off"]:
            found.append(f"the focus is out of sight on {at['label']!r}")
        elif at["hidden"]:
            found.append(f"something covers the focus on {at['label']!r}")
    if not labels:
        found.append("the tab key reaches nothing")
    if len(labels) == _TABS and len(set(places[-6:])) == 1:
        found.append(f"the focus is caught on {labels[-1]!r}")
    return list(dict.fromkeys(found))


def follows_keys(window: Window, screen: Screen) -> list[str]:
    found = []
    for keys in screen.keys:
        window.go(screen.path)
        for key in keys.press:
            window.page.keyboard.press(key)
            window.page.wait_for_timeout(80)
        try:
            window.page.wait_for_selector(keys.then, timeout=4_000)
        except Error:
            found.append(f"{keys.why}: after {' '.join(keys.press)} there is no {keys.then}")
    return found


def restores(window: Window, fresh: Window, screen: Screen) -> list[str]:
    """The address alone brings the same state back, in another context."""
    window.go(screen.path)
    address = window.page.url
    before = window.page.evaluate(_DIGEST)
    fresh.go(address.removeprefix(fresh.base))
    after = fresh.page.evaluate(_DIGEST)
    found = []
    if fresh.page.url != address:
        found.append(f"the address became {fresh.page.url}, it was {address}")
    if before != after:
        found.append(f"the state differs: {_difference(before, after)}")
    return found


def _difference(before: str, after: str) -> str:
    place = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return f"…{before[max(0, place - 30) : place + 60]}… became …{after[max(0, place - 30) : place + 60]}…"


@contextmanager
def _answering(window: Window, answer: Callable[[Route], None]) -> Iterator[None]:
    """The API answers so meanwhile. What is on its way at the end is waited for: the browser would give it an answer of
    its own when the routes go, and the late one would break off the check that comes next."""
    window.page.route(API, answer)
    try:
        yield
    finally:
        window.page.unroute_all(behavior="wait")


def survives_failures(window: Window, screen: Screen) -> list[str]:
    """Every data route answers 500: that is said, and the way out stays. A visitor, who has no navigation, can read
    again where he is."""

    def fail(route: Route) -> None:
        if "/boot" in route.request.url or "/live" in route.request.url:
            route.continue_()
            return
        body = '{"message": "broken on purpose", "error": "InternalServerError", "requestId": "req-1"}'
        route.fulfill(status=500, content_type="application/json", body=body)

    found = []
    with _answering(window, fail):
        window.page.goto(window.base + screen.path, wait_until="domcontentloaded")
        try:  # a failing question is asked three times
            window.page.wait_for_function(_SAYS_FAILURE, timeout=8_000)
        except Error:
            found.append("all data routes failed and the page does not say so")
        if screen.signed_in and window.page.locator("nav").count() == 0:
            found.append("the navigation is gone")
    if not screen.signed_in:
        found += _reads_again(window, screen)
    window.trouble.take()
    return found


def _reads_again(window: Window, screen: Screen) -> list[str]:
    retry = window.page.get_by_role("button", name="Retry", exact=True)
    if retry.count() == 0:
        return ["nothing offers to read again"]
    try:
        retry.first.click()
        window.page.wait_for_function(f"() => !({_SAYS_FAILURE})()", timeout=8_000)
        window.settle()
    except Error:
        return ["reading again leaves the failure where it was"]
    if screen.shows not in window.page.inner_text("body"):
        return [f"after reading again the text {screen.shows!r} is not there"]
    return []


def loads_slowly(window: Window, screen: Screen, delay_ms: int) -> list[str]:
    """Skeletons in the final geometry: nothing moves when the data comes."""

    def wait(route: Route) -> None:
        if "/live" not in route.request.url:
            window.page.wait_for_timeout(delay_ms)
        route.continue_()

    with _answering(window, wait):
        window.go(screen.path)
        shift = window.page.evaluate(_SHIFTS)
    if shift["total"] <= _MOST_SHIFT:
        return []
    return [f"layout shift {shift['total']:.3f}; at most {_MOST_SHIFT} is allowed", *shift["moved"]]


def is_narrow(window: Window, screen: Screen) -> list[str]:
    window.page.set_viewport_size({"width": 320, "height": 700})
    window.go(screen.path)
    found = window.page.evaluate(_OVERFLOW)
    window.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return [found] if found else []


def tells_emptiness_apart(window: Window, screen: Screen, empty_project: str) -> list[str]:
    """Nothing was ever sent; nothing in this range; the filters exclude all: three texts."""
    bare = urlsplit(screen.path).path
    paths = [
        screen.empty.format(empty=empty_project),
        f"{bare}?range=2020-01-01T00:00Z~2020-01-02T00:00Z",
        f"{bare}?range=7d&q=%22no-such-word-anywhere-4711%22",
    ]
    texts = []
    for path in paths:
        window.go(path)
        texts.append(window.page.locator("main").inner_text())
    found = []
    said = [set(_sentences(text)) for text in texts]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        if said[one] == said[other]:
            found.append(f"{paths[one]} and {paths[other]} say the same")
    return found


def _sentences(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def hides_writes(window: Window, screen: Screen) -> list[str]:
    window.go(screen.path)
    return [
        f"a viewer sees the button {name!r}"
        for name in screen.writes
        if window.page.get_by_role("button", name=name, exact=True).count()
    ]


Check = Callable[[Window, Screen], list[str]]
