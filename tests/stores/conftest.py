"""The metadata store on both of its databases. `meta` is an open, migrated, empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import NoServerError, PostgresServer, find_binaries

from spyglass.core.ids import new_id
from spyglass.stores.meta import Config, Meta, open_meta


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer(find_binaries())
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL for the metadata suite: {error}")
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def meta_config(request: pytest.FixtureRequest) -> Config:
    """A place for a store that does not exist yet, of each kind."""
    if request.param == "sqlite":
        return Config()
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return Config(url=server.url, schema=f"test_{new_id().replace('-', '')}")


@pytest.fixture
def meta(meta_config: Config, tmp_path: Path) -> Iterator[Meta]:
    opened = open_meta(meta_config, tmp_path, lambda line: None)
    yield opened
    opened.close()
