"""Applies `migrations/NNNN_*.sql` in order and records each in `schema_migrations`.

Every statement is made idempotent (`IF NOT EXISTS`) before it runs and a migration is recorded only after its
last statement, so a kill at any point leaves a state from which the next start goes on (F30).
"""

import importlib.resources
import re
from collections.abc import Callable

from spyglass.core.clock import now_us
from spyglass.core.errors import Conflict
from spyglass.stores.analytics.client import Analytics
from spyglass.stores.analytics.sql import sql

# No `non_replicated_deduplication_window`: the engine notes the token of a block before it renames the part into
# place, so a death or an error in between makes the repeat a "duplicate" and its rows are lost (decision 0005).
_DURABLE = (
    "fsync_after_insert = 1, fsync_part_directory = 1, "
    "min_rows_for_wide_part = 0, min_bytes_for_wide_part = 10485760"
)


def migrations() -> list[tuple[int, str, str]]:
    """(number, name, text) of each migration, ascending."""
    folder = importlib.resources.files("spyglass.stores.analytics") / "migrations"
    found = []
    for entry in folder.iterdir():
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", entry.name)
        if match:
            found.append((int(match[1]), match[2], entry.read_text()))
    return sorted(found)


def migrate(analytics: Analytics, progress: Callable[[str], None]) -> int:
    """Bring the schema up to date; returns its version. Refuses a schema newer than this program."""
    on_cluster = f"ON CLUSTER '{analytics.config.cluster}'" if analytics.config.cluster else ""
    replicated = "Replicated" if analytics.config.cluster else ""
    words = {
        "{on_cluster}": on_cluster,
        "{replacing}": f"{replicated}ReplacingMergeTree(version_seq, is_deleted)",
        "{durable}": _DURABLE,
    }
    analytics.command(
        f"CREATE TABLE IF NOT EXISTS schema_migrations {on_cluster} (number UInt32, name String, applied_us Int64) "
        f"ENGINE = {replicated}MergeTree ORDER BY number"
    )
    known = migrations()
    done = {int(row[0]) for row in analytics.lookup(sql("SELECT number FROM schema_migrations"))}
    newest = known[-1][0]
    if done and max(done) > newest:
        raise Conflict(
            f"The analytics data has schema version {max(done)}, this program knows {newest}: "
            "it was written by a newer Spyglass. Start that one, or restore a backup."
        )
    for number, name, text in known:
        if number in done:
            continue
        progress(f"analytics migration {number:04d} {name}")
        for word, replacement in words.items():
            text = text.replace(word, replacement)
        for statement in _statements(text):
            analytics.command(_idempotent(statement))
        analytics.insert(
            "schema_migrations",
            ("number", "name", "applied_us"),
            [[number], [name], [now_us()]],
        )
    return newest


def _statements(text: str) -> list[str]:
    """The statements without comment lines, which would hide their first word from `_idempotent`."""
    text = re.sub(r"^\s*--.*\n", "", text, flags=re.MULTILINE)
    return [statement.strip() for statement in text.split(";\n") if statement.strip().rstrip(";")]


def _idempotent(statement: str) -> str:
    statement = re.sub(
        r"^CREATE (TABLE|VIEW|MATERIALIZED VIEW) (?!IF)", r"CREATE \1 IF NOT EXISTS ", statement
    )
    return re.sub(r"\b(ADD (?:COLUMN|INDEX|PROJECTION)) (?!IF)", r"\1 IF NOT EXISTS ", statement)


def applied_version(analytics: Analytics) -> int:
    """The newest applied migration, 0 when there is none; for looking without changing anything."""
    rows = analytics.lookup(
        sql(
            "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'"
        )
    )
    if not rows[0][0]:
        return 0
    return int(analytics.lookup(sql("SELECT max(number) FROM schema_migrations"))[0][0])
