"""An id may hold anything, and its address opens exactly that trace: nothing is rounded, decoded twice or cut."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.accept.browser import Window
from tests.accept.hostile import AWKWARD_IDS
from tests.accept.world import SHOP

from . import screens
from .servers import MANY, NUMBERS, many_ids

pytestmark = pytest.mark.e2e

# Each address is put in place within the page; what the page then asks the server for is noted and never answered.
_ASKED = """async (addresses) => {
  const real = window.fetch;
  const asked = [];
  let notice = () => {};
  window.fetch = (request, options) => {
    const url = new URL(request.url ?? request, location.href);
    if (!url.pathname.endsWith('/trace/skeleton')) return new Promise(() => {});
    notice(url.searchParams.get('id'));
    return new Promise(() => {});
  };
  for (const address of addresses) {
    asked.push(await new Promise((resolve) => {
      notice = resolve;
      setTimeout(() => resolve(`nothing was asked for ${address}`), 15_000);
      history.pushState(null, '', address);
    }));
  }
  window.fetch = real;
  return asked;
}"""


def address_part(id_: str, safe: str = "") -> str:
    """The end of the address of what has this id. Two ids are steps through folders to a browser, however encoded."""
    return f"~?id={id_}" if id_ in (".", "..") else quote(id_, safe=safe)


@pytest.mark.parametrize("n", range(len(AWKWARD_IDS)))
def test_awkward_id(window: Window, n: int) -> None:
    id_, page = AWKWARD_IDS[n], window.page
    page.goto(f"{window.base}/project/{SHOP}/traces/{address_part(id_)}")
    expect(screens.heading(page, f"awkward id {n}")).to_be_visible()
    screens.spans(page).click()
    expect(screens.span_name(page)).to_have_text("only span")
    copied = screens.press_copy(page, "Copy trace id")
    assert copied == id_
    link = screens.press_copy(page, "Copy link to this span")
    page.goto(link)
    expect(screens.span_name(page)).to_have_text("only span")
    # From the list, by the peek that the address holds, and on to the user and the session of the same name.
    page.goto(f"{window.base}/project/{SHOP}/traces?range=7d&q=name:%22awkward+id+{n}%22")
    screens.row(page, id_).click()
    expect(
        page.get_by_role("region", name="Trace").or_(page.get_by_role("complementary", name="Trace"))
    ).to_contain_text(f"awkward id {n}")
    page.reload()
    expect(screens.spans(page)).to_have_count(1)
    page.goto(f"{window.base}/project/{SHOP}/sessions/{address_part(id_)}")
    expect(screens.heading(page, id_)).to_be_visible()
    expect(page.get_by_text(f"awkward id {n}", exact=True).first).to_be_visible()
    part = address_part(id_)
    page.goto(f"{window.base}/project/{SHOP}/users/{part}{'&' if '?' in part else '?'}range=7d")
    expect(screens.heading(page, id_)).to_be_visible()
    assert window.trouble.take() == []


@pytest.mark.parametrize(
    ("address", "count"),
    [
        pytest.param("traces/ID", MANY, id="page"),
        # In the query is where a number could be made of one; these look like numbers.
        pytest.param("traces?range=7d&peek=ID", NUMBERS, id="peek"),
    ],
)
def test_many_ids(window: Window, address: str, count: int) -> None:
    page, ids = window.page, [*many_ids()[-count:], ".", ".."]
    page.goto(f"{window.base}/project/{SHOP}/{address.replace('ID', ids[0])}")
    expect(page.get_by_role("heading", name=f"trace {ids[0]}").first).to_be_visible()
    place = f"{window.base}/project/{SHOP}/{address}"
    write = quote if "peek" in address else address_part
    asked = page.evaluate(_ASKED, [place.replace("ID", write(id_, safe="")) for id_ in ids[1:]])
    assert asked == ids[1:]


def test_ids_that_readers_of_numbers_round(window: Window) -> None:
    """Those that are numbers to the one or the other, loaded whole."""
    page, ids = window.page, many_ids()
    for id_ in [*ids[-NUMBERS:][:4], *ids[-4:]]:
        page.goto(f"{window.base}/project/{SHOP}/traces?range=7d&peek={id_}")
        expect(page.get_by_role("heading", name=f"trace {id_}").first).to_be_visible()
