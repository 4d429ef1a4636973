"""A run of an export, and its integration's row: what the planner, the export job and the routes share."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from sqlalchemy.orm import Session

from spyglass.core.errors import Misconfigured
from spyglass.stores.buckets import Bucket, Target
from spyglass.stores.egress import Guard
from spyglass.stores.meta import scoped, update_scoped
from spyglass.stores.meta.tables import BlobStorageIntegration
from spyglass.stores.sealed import BUCKET_SECRET
from spyglass.stores.vault import Vault

LAG = timedelta(minutes=20)
FREQUENCIES = {
    "every_20_minutes": timedelta(minutes=20),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
}


class Run(msgspec.Struct):
    """A run in the making, as it is kept with its integration: the window (`after`, `last`], and how far it is."""

    id: str
    after: int
    last: int
    since_us: int | None
    from_us: int | None
    to_us: int
    step: int = 0  # which of its jobs is at work
    table: int = 0
    part: int = 0
    key: list[int | str] | None = None
    files: list[dict[str, Any]] = []


def read_run(row: BlobStorageIntegration) -> Run | None:
    return None if row.run is None else msgspec.convert(row.run, Run)


def step_key(run: Run) -> str:
    return f"export:{run.id}:{run.step}"


def open_bucket(row: BlobStorageIntegration, vault: Vault, guard: Guard) -> Bucket:
    """The bucket of an integration. Raises `Invalid` and `Misconfigured` where it cannot be used."""
    if row.access_key_id is None or row.secret_access_key is None:
        raise Misconfigured("The integration has no credentials")
    secret = vault.open(row.secret_access_key, *BUCKET_SECRET.place(row.project_id))
    target = Target(
        row.type, row.bucket_name, row.endpoint, row.region, row.access_key_id, secret, row.force_path_style
    )
    return Bucket(target, guard)


def folder_of(row: BlobStorageIntegration) -> str:
    """Where the objects of a project lie in its bucket."""
    return f"{row.prefix}{quote(row.project_id, safe='')}"


def lock_integration(session: Session, project_id: str) -> BlobStorageIntegration | None:
    return session.scalars(scoped(BlobStorageIntegration, project_id).with_for_update()).one_or_none()


def write_integration(session: Session, project_id: str, **values: Any) -> None:
    """Without a new `updated_at`: that is about the settings."""
    kept = {"updated_at": BlobStorageIntegration.updated_at}
    session.execute(update_scoped(BlobStorageIntegration, project_id).values({**kept, **values}))
