"""The columns that hold sealed credentials, and sealing them again after a change of the encryption key."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from spyglass.core.errors import Misconfigured
from spyglass.stores.meta import Meta, across_projects, update_scoped
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.tables import BlobStorageIntegration, LlmConnection, Table
from spyglass.stores.vault import Vault


@dataclass(frozen=True)
class SealedColumn:
    """`row_id` is part of the place at which a value is sealed."""

    table: type[Table]
    row_id: InstrumentedAttribute[str]
    column: InstrumentedAttribute[str | None]
    resource: str  # how the audit log names the row

    def place(self, row_id: str) -> tuple[str, str, str]:
        return (self.table.__tablename__, row_id, self.column.key)


LLM_SECRET_KEY = SealedColumn(LlmConnection, LlmConnection.id, LlmConnection.secret_key, "llmConnection")
LLM_EXTRA_HEADERS = SealedColumn(
    LlmConnection, LlmConnection.id, LlmConnection.extra_headers, "llmConnection"
)
BUCKET_SECRET = SealedColumn(
    BlobStorageIntegration,
    BlobStorageIntegration.project_id,
    BlobStorageIntegration.secret_access_key,
    "blobStorageIntegration",
)
SEALED_COLUMNS = (LLM_SECRET_KEY, LLM_EXTRA_HEADERS, BUCKET_SECRET)


@dataclass
class Resealed:
    """What `reseal` found: sealed again, current already, and values that no known key opens (column, row)."""

    renewed: int = 0
    current: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def reseal(meta: Meta, vault: Vault) -> Resealed:
    """Seal every credential with the first key of the vault. May be repeated, and interrupted at any row; a
    value that changes meanwhile was sealed with the current key anyway and is left alone."""
    found = Resealed()
    for sealed in SEALED_COLUMNS:
        for project_id, row_id, value in _values(meta, sealed):
            if vault.is_current(value):
                found.current += 1
                continue
            try:
                text = vault.open(value, *sealed.place(row_id))
            except Misconfigured:
                found.unreadable.append((f"{sealed.table.__tablename__}.{sealed.column.key}", row_id))
                continue
            with meta.begin() as session:
                found.renewed += _replace(session, sealed, project_id, row_id, (value, text), vault)
    return found


def _values(meta: Meta, sealed: SealedColumn) -> Iterator[Any]:
    """(project, id of the row, sealed value)."""
    project = sealed.table.__table__.c["project_id"]
    statement = (
        across_projects(sealed.table)
        .where(sealed.column.is_not(None))
        .with_only_columns(project, sealed.row_id, sealed.column)
        .order_by(sealed.row_id)
    )
    with meta.read() as session:
        rows = session.execute(statement).all()
    yield from rows


def _replace(
    session: Session,
    sealed: SealedColumn,
    project_id: str,
    row_id: str,
    change: tuple[str, str],
    vault: Vault,
) -> int:
    """`change`: the sealed value that is replaced, and its text."""
    before, text = change
    values: dict[str, Any] = {sealed.column.key: vault.seal(text, *sealed.place(row_id))}
    if "updated_at" in sealed.table.__table__.c:  # nothing that its users see has changed
        values["updated_at"] = sealed.table.__table__.c["updated_at"]
    statement = update_scoped(sealed.table, project_id).where(
        sealed.row_id == row_id, sealed.column == before
    )
    count: int = session.execute(statement.values(values)).rowcount  # type: ignore[attr-defined]
    if count:
        actor = Actor(ActorType.SYSTEM, "", "", None, project_id)
        record_change(
            session, actor, "reseal", (sealed.resource, row_id), after={"column": sealed.column.key}
        )
    return count
