"""One embedded engine per test process: it can open only one directory in its life."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from spyglass.stores.analytics import Analytics, Config, open_analytics
from spyglass.stores.analytics.sql import sql

settings.register_profile("fuzz", max_examples=200)


@pytest.fixture(scope="session")
def analytics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    store = open_analytics(Config(), tmp_path_factory.mktemp("analytics"), lambda _: None)
    yield store
    store.close()


@pytest.fixture
def months_of_its_own(analytics: Analytics) -> Iterator[None]:
    """For a test that writes to many months: they are taken away again. The engine is that of all tests of a process,
    and whatever changes rows later would look into each of them."""
    before = _months(analytics)
    yield
    for table, month in sorted(_months(analytics) - before):
        analytics.command(f"ALTER TABLE {table} DROP PARTITION ID '{month}'")


def _months(analytics: Analytics) -> set[tuple[str, str]]:
    rows = analytics.lookup(
        sql(
            "SELECT DISTINCT table, partition_id FROM system.parts WHERE active AND database = currentDatabase()"
        )
    )
    return {(table, month) for table, month in rows if table != "schema_migrations"}
