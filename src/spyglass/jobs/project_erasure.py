"""Everything of one project, in every store. The row of the project stays as a mark without content.

The order lets a repeat at any point end the same: first nothing new is written, then what is there goes, then it is
counted. Nothing here needs what an earlier step removed.
"""

import asyncio

from spyglass.core.errors import Unavailable
from spyglass.core.references import project_prefix
from spyglass.jobs.registry import JobContext
from spyglass.stores import Stores
from spyglass.stores.analytics.mutations import count_rows, of_project, remove_everywhere
from spyglass.stores.analytics.sql import name, sql
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES
from spyglass.stores.meta import scoped
from spyglass.stores.meta.audit import forget_project
from spyglass.stores.meta.erasures import count_owned, empty_project, remove_owned
from spyglass.stores.meta.tables import Erasure, Media

TABLES = (TRACES, OBSERVATIONS, SCORES)
_WAIT_S = 60.0


def erase_project(context: JobContext, erasure: Erasure) -> dict[str, int]:
    """Returns what is left of it: all zeros unless something went wrong."""
    project_id = erasure.project_id
    assert project_id is not None
    stores = context.stores
    context.pipeline.drop_project(project_id)
    wait_applied(context, context.pipeline.last_seq())
    live = {table: _count_live(stores, project_id, table) for table in TABLES}
    _note(stores, erasure.id, {**count_project(stores, project_id), **live})
    stores.log.erase(project_id)
    for table in TABLES:
        remove_everywhere(stores.analytics, table, of_project(project_id))
    if any(live.values()):
        stores.log.add({"deleted": sum(live.values())})
    stores.blobs.delete_all(_blob_keys(stores, project_id))
    remove_owned(stores.meta, project_id)
    with stores.meta.begin() as session:
        empty_project(session, project_id)
        forget_project(session, project_id)
    stores.log.wipe()
    return count_project(stores, project_id)


def count_project(stores: Stores, project_id: str) -> dict[str, int]:
    """Kind of thing -> how much of the project is stored; of records also what was replaced or deleted."""
    with stores.meta.read() as session:
        owned = count_owned(session, project_id)
    return {
        **{table: count_rows(stores.analytics, table, of_project(project_id)) for table in TABLES},
        "blobs": len(_blob_keys(stores, project_id)),
        "requests": stores.log.count_kept(project_id),
        **owned,
    }


def wait_applied(context: JobContext, seq: int) -> None:
    """Until all that was acknowledged up to `seq` is in the tables. Raises `Unavailable` when that takes long."""
    if not asyncio.run(context.pipeline.applied(seq, _WAIT_S)):
        raise Unavailable("What was acknowledged before is not applied yet; the erasure waits for it")


def _count_live(stores: Stores, project_id: str, table: str) -> int:
    found = sql("SELECT count() FROM {} FINAL WHERE {}", name(table), of_project(project_id))
    return int(stores.analytics.maintain(found)[0][0])


def _blob_keys(stores: Stores, project_id: str) -> list[str]:
    """Of offloaded texts and of media, wherever the rows of media say that they lie."""
    with stores.meta.read() as session:
        media = [row.blob_key for row in session.scalars(scoped(Media, project_id))]
    kept = [key for key in media if stores.blobs.exists(key)]
    return list(dict.fromkeys([*stores.blobs.keys(project_prefix(project_id)), *kept]))


def _note(stores: Stores, erasure_id: str, found: dict[str, int]) -> None:
    """What there was to delete. A repeat finds less, so the larger number stays."""
    with stores.meta.begin() as session:
        erasure = session.get_one(Erasure, erasure_id)
        names = {*erasure.counts, *(name for name, count in found.items() if count)}
        erasure.counts = {name: max(erasure.counts.get(name, 0), found.get(name, 0)) for name in names}
