"""Everything that outlives a request; the only package that imports drivers."""

from dataclasses import dataclass

from spyglass.stores.analytics import Analytics
from spyglass.stores.blobs import Blobs
from spyglass.stores.log import Log
from spyglass.stores.meta import Meta


@dataclass(frozen=True)
class Stores:
    """The handles, opened together by `server` and closed together, the log last."""

    analytics: Analytics
    meta: Meta
    blobs: Blobs
    log: Log

    def close(self) -> None:
        self.analytics.close()
        self.meta.close()
        self.log.close()
