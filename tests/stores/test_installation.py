"""The id of an installation: one for each database, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spyglass.stores.meta import Config, Meta, open_meta
from spyglass.stores.meta.installation import read_installation_id


def test_processes_that_start_together_agree(meta: Meta) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: read_installation_id(meta), range(8)))
    assert found == {read_installation_id(meta)}


def test_another_database_is_another_installation(meta: Meta, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = open_meta(Config(), tmp_path / "other", lambda line: None)
    assert read_installation_id(other) != read_installation_id(meta)
    other.close()
