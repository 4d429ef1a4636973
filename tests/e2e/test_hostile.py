"""Texts that want to run: every screen that shows them only shows them."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.accept.browser import Window
from tests.accept.hostile import XSS
from tests.accept.seed import HOSTILE
from tests.accept.world import SHOP

pytestmark = [pytest.mark.e2e, pytest.mark.e2e_short]

_TRACE = f"traces/{HOSTILE}"
_SPAN = f"{_TRACE}?observation=hostile-1"
_USER, _SESSION = quote(XSS[3], safe=""), quote(XSS[11], safe="")
SCREENS = [
    *(f"{_TRACE}?mode={mode}" for mode in ("tree", "timeline", "graph", "chat", "log", "json")),
    *(f"{_SPAN}&tab={tab}" for tab in ("messages", "metadata", "scores", "comments", "raw")),
    f"{_TRACE}?tab=metadata",
    f"{_TRACE}?tab=scores",
    "traces?range=7d&q=level:ERROR&row=tall&cols=time,name,input,output,tags,user,session,scores,metadata,models",
    f"traces?range=7d&peek={HOSTILE}",
    "observations?range=7d&q=level:ERROR&row=tall",
    "sessions?range=7d",
    f"sessions/{_SESSION}",
    "users?range=7d",
    f"users/{_USER}?range=7d",
    "scores?range=7d",
    "?range=7d",
]
# What may never be in the document, whatever the data says.
_FORBIDDEN = """() => {
  const found = [];
  const known = new Set(['http:', 'https:', 'mailto:', 'blob:']);
  for (const a of document.querySelectorAll('a[href], area[href]'))
    if (!known.has(new URL(a.href, location.href).protocol)) found.push(a.outerHTML);
  for (const form of document.querySelectorAll('form[action]')) found.push(form.outerHTML);
  for (const each of document.querySelectorAll('main :is(script, iframe, object, embed, base, meta, link, style)'))
    found.push(each.outerHTML);
  for (const each of document.querySelectorAll('main :is(img, video, audio, source)[src]')) {
    const url = new URL(each.src, location.href);
    if (url.origin !== location.origin && !['data:', 'blob:'].includes(url.protocol)) found.push(each.outerHTML);
  }
  for (const each of document.querySelectorAll('main *'))
    for (const {name} of each.attributes) if (/^on/i.test(name)) found.push(each.outerHTML.slice(0, 200));
  return found;
}"""


@pytest.mark.parametrize("path", SCREENS)
def test_hostile_texts(window: Window, path: str) -> None:
    window.go(f"/project/{SHOP}/{path}" if not path.startswith("?") else f"/project/{SHOP}{path}")
    _provoke(window.page)
    assert window.page.evaluate("() => window.__hit") is None, "a script from the data ran"
    assert window.page.evaluate(_FORBIDDEN) == []
    assert window.trouble.take() == []


def _provoke(page: Page) -> None:
    """What runs only when somebody opens, focuses or points at it."""
    page.evaluate(
        """() => {
          for (const each of document.querySelectorAll('main details')) each.open = true;
          for (const each of document.querySelectorAll('main *'))
            for (const type of ['mouseover', 'focus', 'load', 'error', 'toggle'])
              each.dispatchEvent(new Event(type));
        }"""
    )


def test_the_texts_are_there(window: Window) -> None:
    """Or the rest would prove nothing."""
    window.go(f"/project/{SHOP}/{_SPAN}&tab=raw")
    text = window.page.get_by_role("main").inner_text()
    for each in (XSS[2], XSS[8]):
        assert each in text
