"""Keeps the operator's price list up to date: a file is read again when it changes, an address is asked once a day.

A list is used only once it was checked; until then, and when it cannot be had, the prices of before stay, and below
them the built-in ones. What was fetched is kept in the blob store, so that a start needs no network.
"""

import hashlib
import logging

from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Invalid, NotFound, SpyglassError, Unavailable
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.price_list import MOST_BYTES
from spyglass.jobs.registry import Arguments, JobContext, JobKind
from spyglass.stores.blobs import Blobs
from spyglass.stores.download import download

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 60
_FETCH_EVERY_S = 24 * 3600


def restore_prices(catalogue: Catalogue, blobs: Blobs) -> None:
    """Use what was fetched from the same address before, at the start."""
    if not catalogue.config.url:
        return
    try:
        catalogue.put_first(catalogue.parse(blobs.get(_key(catalogue.config.url))))
    except NotFound:
        return
    except SpyglassError as error:
        log.error("the price list fetched before is not used: %s", error.message)


def _refresh(context: JobContext, arguments: Arguments) -> None:
    """Raises `Unavailable` when what is due cannot be had: then it is tried again soon."""
    assert context.lookups is not None
    catalogue = context.lookups.catalogue
    if catalogue.config.file:
        catalogue.read_file()
    elif catalogue.fetched_s is None or monotonic_s() - catalogue.fetched_s >= _FETCH_EVERY_S:
        _fetch(catalogue, context.stores.blobs)


def _fetch(catalogue: Catalogue, blobs: Blobs) -> None:
    data = download(catalogue.config.url, MOST_BYTES)
    try:
        prices = catalogue.parse(data)
    except Invalid as error:
        raise Unavailable(f"The price list is not used: {error.message}") from None
    blobs.put(_key(catalogue.config.url), data)
    catalogue.put_first(prices)
    catalogue.fetched_s = monotonic_s()
    log.info("prices of %d models were fetched, as of %s", len(prices.ids), prices.as_of)


def _key(url: str) -> str:
    return f"prices/{hashlib.sha256(url.encode()).hexdigest()[:32]}"


REFRESH_PRICES = JobKind("refresh_prices", _refresh, every_s=_LOOK_EVERY_S)
