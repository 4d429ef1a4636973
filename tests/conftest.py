"""One embedded engine per test process: it can open only one directory in its life."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from spyglass.stores.analytics import Analytics, Config, open_analytics

settings.register_profile("fuzz", max_examples=200)


@pytest.fixture(scope="session")
def analytics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    store = open_analytics(Config(), tmp_path_factory.mktemp("analytics"), lambda _: None)
    yield store
    store.close()
