"""Newer prices from an address: fetched only when one is set, checked, kept for the next start."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.errors import Unavailable
from spyglass.ingest.catalogue import Catalogue, Config
from spyglass.ingest.lookups import Lookups
from spyglass.jobs import prices
from spyglass.jobs.prices import REFRESH_PRICES, restore_prices
from spyglass.jobs.registry import JobContext
from spyglass.stores import Stores
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.download import download


def price_list(price: str) -> bytes:
    tiers = [{"name": "Standard", "prices": {"input": price}}]
    model = {"id": "acme", "name": "acme", "pattern": "^acme$", "spelling": "openai", "tiers": tiers}
    return json.dumps({"as_of": "2026-12-01", "models": [model]}).encode()


class Site:
    """An HTTP server; `answers` are taken one by one, the last one stays."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = [(200, price_list("1"))]
        self.asked = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += 1
                status, body = site.answers[0] if len(site.answers) == 1 else site.answers.pop(0)
                self.send_response(status)
                if status == 302:
                    self.send_header("location", body.decode())
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/prices.json"


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def context_of(catalogue: Catalogue, blobs: Blobs) -> Any:
    lookups = Lookups.__new__(Lookups)
    lookups.catalogue = catalogue
    stores = Stores(meta=None, blobs=blobs, log=None, analytics=None)  # type: ignore[arg-type]
    return JobContext(stores, None, None, lookups=lookups)  # type: ignore[arg-type]


def price_of(catalogue: Catalogue) -> str | None:
    model = catalogue.match("acme")
    return None if model is None else str((model.tiers[0].prices["input"] * 1_000_000).normalize())


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(BlobConfig(), tmp_path)


def test_fetched_once_a_day_and_kept(site: Site, blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue(Config(url=site.url))
    assert (price_of(catalogue), site.asked) == (None, 0)
    now_s = 1000.0
    monkeypatch.setattr(prices, "monotonic_s", lambda: now_s)
    for asked, seconds in ((1, 0.0), (1, 86_399.0), (2, 1.0)):
        now_s += seconds
        REFRESH_PRICES.run(context_of(catalogue, blobs), {})
        assert (price_of(catalogue), site.asked) == ("1", asked)
    again = Catalogue(Config(url=site.url))
    restore_prices(again, blobs)
    assert (price_of(again), site.asked) == ("1", 2)
    elsewhere = Catalogue(Config(url=site.url + "?other"))
    restore_prices(elsewhere, blobs)
    assert price_of(elsewhere) is None


@pytest.mark.parametrize("answer", [(200, b"broken"), (404, b""), (200, b"x" * (17 << 20))])
def test_what_cannot_be_used_changes_nothing(site: Site, blobs: Blobs, answer: tuple[int, bytes]) -> None:
    catalogue = Catalogue(Config(url=site.url))
    REFRESH_PRICES.run(context_of(catalogue, blobs), {})
    catalogue.fetched_s = None
    site.answers = [answer]
    with pytest.raises(Unavailable):
        REFRESH_PRICES.run(context_of(catalogue, blobs), {})
    assert price_of(catalogue) == "1"
    site.answers = [(200, price_list("2"))]
    REFRESH_PRICES.run(context_of(catalogue, blobs), {})
    assert price_of(catalogue) == "2"


def test_a_damaged_copy_is_left_out(site: Site, blobs: Blobs, caplog: pytest.LogCaptureFixture) -> None:
    catalogue = Catalogue(Config(url=site.url))
    blobs.put(prices._key(site.url), b"damaged")
    restore_prices(catalogue, blobs)
    assert price_of(catalogue) is None
    assert "is not used" in caplog.text


def test_a_file_is_looked_at(tmp_path: Path, blobs: Blobs) -> None:
    file = tmp_path / "prices.json"
    file.write_bytes(price_list("1"))
    catalogue = Catalogue(Config(file=str(file)))
    file.write_bytes(price_list("2.5"))
    REFRESH_PRICES.run(context_of(catalogue, blobs), {})
    assert price_of(catalogue) == "2.5"


def test_redirects_and_addresses_that_are_none(site: Site) -> None:
    site.answers = [(302, site.url.encode()), (200, b"data")]
    assert download(site.url, 100) == b"data"
    for url in ("http://127.0.0.1:1/", "nonsense", "ftp://example.com", "http://[::bad"):
        with pytest.raises(Unavailable):
            download(url, 100)
