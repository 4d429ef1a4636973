"""Settings -> stores, opened and up to date. Needs nothing of the features, so that they can be loaded meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spyglass.settings import Settings
from spyglass.stores import Stores
from spyglass.stores.analytics import open_analytics
from spyglass.stores.blobs import Blobs
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import open_meta

Say = Callable[[str], None]


def open_stores(settings: Settings, data_dir: Path, say: Say) -> Stores:
    """Open and migrate every store of the data directory; the engine, which takes longest, beside the others."""
    with ThreadPoolExecutor(1) as beside:
        analytics = beside.submit(open_analytics, settings.analytics, data_dir, say)
        return Stores(
            meta=open_meta(settings.meta, data_dir, say),
            blobs=Blobs(settings.blobs, data_dir),
            log=SqliteLog(data_dir / "log.db", settings.log),
            analytics=analytics.result(),
        )
