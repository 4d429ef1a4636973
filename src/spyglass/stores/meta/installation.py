"""What tells an installation from others that use the same Redis: a random id in its database."""

from contextlib import suppress

from spyglass.core.errors import Conflict
from spyglass.core.ids import new_id
from spyglass.stores.meta.database import Meta
from spyglass.stores.meta.tables import Fact
from spyglass.stores.meta.tables.facts import INSTALLATION


def read_installation_id(meta: Meta) -> str:
    """The same for all processes on one database, also for those that start together. Made at the first call."""
    found = _find(meta)
    if found is None:
        # A conflict: another process made it this moment.
        with suppress(Conflict), meta.begin() as session:
            session.add(Fact(name=INSTALLATION, value=new_id()))
        found = _find(meta)
    assert found is not None
    return found


def _find(meta: Meta) -> str | None:
    with meta.read() as session:
        fact = session.get(Fact, INSTALLATION)
    return None if fact is None else fact.value
