"""Brings the schema of the metadata store up to date: one transaction per revision, one program at a time.

The lock is part of that transaction (SQLite: the write lock, PostgreSQL: an advisory lock) and the version is
read after it is held. So a kill at any point leaves the last finished revision, and of several programs that
start together one works while the others wait and then find nothing to do.
"""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from spyglass.core.errors import Conflict, Misconfigured
from spyglass.stores.meta.database import Meta

_LOCK = 7_391_552_018  # any constant, the same in every Spyglass


def alembic_config() -> AlembicConfig:
    """Alembic's view of `migrations/`; used here and by tools/migration.py."""
    config = AlembicConfig()
    folder = Path(str(resources.files("spyglass.stores.meta"))) / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(meta: Meta, progress: Callable[[str], None]) -> str:
    """Apply what is missing; returns the version. Refuses a schema newer than this program."""
    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    newest = str(script.get_current_head())
    known = {revision.revision for revision in script.walk_revisions()}
    if not meta.sqlite:
        _create_schema(meta)
    while True:
        with meta.connect() as connection:
            _lock(meta, connection)
            version = _version(connection)
            if version == newest:
                return version
            if version is not None and version not in known:
                raise Conflict(
                    f"The metadata has schema version {version}, this program knows {newest}: "
                    "it was written by a newer Spyglass. Start that one, or restore a backup."
                )
            config.attributes["connection"] = connection
            progress(f"metadata migration after {version or 'nothing'}")
            command.upgrade(config, "+1")


def schema_version(meta: Meta) -> str | None:
    """The applied version, None before the first start."""
    with meta.read() as session:
        return _version(session.connection())


def newest_version() -> str:
    """The version that this program knows."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(meta: Meta, connection: Connection) -> None:
    if meta.sqlite:
        return  # a writing transaction holds the write lock from its start
    # Waiting for another program and building an index may both take longer than a request may.
    connection.execute(text("SET LOCAL statement_timeout TO 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _create_schema(meta: Meta) -> None:
    with meta.connect() as connection:
        _lock(meta, connection)
        exists = connection.execute(
            text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name"),
            {"name": meta.config.schema},
        ).first()
        if exists is not None:
            return
        try:
            connection.exec_driver_sql(f"CREATE SCHEMA {meta.config.schema}")
        except ProgrammingError as error:
            raise Misconfigured(
                f"The PostgreSQL user may not create the schema {meta.config.schema}. Let an administrator "
                f"run: CREATE SCHEMA {meta.config.schema} AUTHORIZATION {meta.engine.url.username}"
            ) from error
