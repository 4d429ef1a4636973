"""The analytics store: observations, traces and scores in ClickHouse, embedded or as a server."""

from collections.abc import Callable
from pathlib import Path

from spyglass.stores.analytics.client import Analytics, Config, Ticket
from spyglass.stores.analytics.migrate import migrate

__all__ = ["Analytics", "Config", "Ticket", "open_analytics"]


def open_analytics(config: Config, data_dir: Path, progress: Callable[[str], None]) -> Analytics:
    """Open the engine (embedded under `data_dir/analytics` unless a URL is set) and migrate its schema."""
    directory = None if config.url else data_dir / "analytics"
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    analytics = Analytics(config, directory)
    migrate(analytics, progress)
    return analytics
