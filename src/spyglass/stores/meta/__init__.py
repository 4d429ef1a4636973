"""The metadata store: organizations, projects, users, keys, jobs - on SQLite or PostgreSQL, same code.

`with meta.begin() as session:` is one transaction, committed when the block ends and rolled back when it
raises. Outside a block there is no session; nothing else commits.
"""

from collections.abc import Callable
from pathlib import Path

from spyglass.stores.meta.cache import ProjectCache
from spyglass.stores.meta.config import Config
from spyglass.stores.meta.database import Meta
from spyglass.stores.meta.migrate import migrate
from spyglass.stores.meta.pages import read_page
from spyglass.stores.meta.scope import across_projects, delete_scoped, find_project, scoped, update_scoped

__all__ = [
    "Config",
    "Meta",
    "ProjectCache",
    "across_projects",
    "connect_meta",
    "delete_scoped",
    "find_project",
    "open_meta",
    "read_page",
    "scoped",
    "update_scoped",
]


def connect_meta(config: Config, data_dir: Path) -> Meta:
    """The store as it is, without bringing its schema up to date (for looking beside a running server)."""
    return Meta(config, data_dir / "meta.db")


def open_meta(config: Config, data_dir: Path, progress: Callable[[str], None]) -> Meta:
    """Open the store (SQLite under `data_dir` unless a URL is set) and bring its schema up to date."""
    meta = connect_meta(config, data_dir)
    try:
        migrate(meta, progress)
    except BaseException:
        meta.close()
        raise
    return meta
