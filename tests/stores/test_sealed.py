"""Every sealed column is found and sealed again under a new key; what cannot be read is told and left alone."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from spyglass.cli.commands import commands
from spyglass.core.clock import from_us
from spyglass.stores.meta import Config, Meta, open_meta, scoped
from spyglass.stores.meta.tables import AuditLog, BlobStorageIntegration, LlmConnection, Organization, Project
from spyglass.stores.meta.tables.columns import Table
from spyglass.stores.sealed import BUCKET_SECRET, LLM_EXTRA_HEADERS, LLM_SECRET_KEY, SEALED_COLUMNS, reseal
from spyglass.stores.vault import Vault

OLD, NEW, LOST = b"1" * 32, b"2" * 32, b"3" * 32
CREATED = from_us(1_767_268_800_000_000)


def fill(meta: Meta, vault: Vault) -> str:
    """A project with an LLM connection `c`, one without a secret, and an integration."""
    with meta.begin() as session:
        organization = Organization(name="o")
        session.add(organization)
        session.flush()
        project = Project(organization_id=organization.id, name="p")
        session.add(project)
        session.flush()
        for id_, secret in (("c", "key-of-c"), ("bare", None)):
            session.add(
                LlmConnection(
                    id=id_,
                    project_id=project.id,
                    provider=id_,
                    adapter="openai",
                    secret_key=vault.seal(secret, *LLM_SECRET_KEY.place(id_)) if secret else None,
                    extra_headers=vault.seal("{}", *LLM_EXTRA_HEADERS.place(id_)) if secret else None,
                    display_secret_key="...",
                    updated_at=CREATED,
                )
            )
        session.add(
            BlobStorageIntegration(
                project_id=project.id,
                type="S3",
                bucket_name="b",
                region="r",
                access_key_id="AK",
                secret_access_key=vault.seal("bucket-secret", *BUCKET_SECRET.place(project.id)),
                export_frequency="daily",
                file_type="CSV",
                export_mode="FULL_HISTORY",
                export_source="OBSERVATIONS_V2",
                updated_at=CREATED,
            )
        )
    return project.id


def connection(meta: Meta, project_id: str) -> LlmConnection:
    with meta.read() as session:
        return session.scalars(scoped(LlmConnection, project_id).where(LlmConnection.id == "c")).one()


def test_all_columns_are_sealed_again_once(meta: Meta) -> None:
    project_id = fill(meta, Vault([OLD]))
    found = reseal(meta, Vault([NEW, OLD]))
    assert (found.renewed, found.current, found.unreadable) == (3, 0, [])
    again = reseal(meta, Vault([NEW, OLD]))
    assert (again.renewed, again.current, again.unreadable) == (0, 3, [])
    alone = Vault([NEW])
    row = connection(meta, project_id)
    assert row.secret_key and row.extra_headers
    assert alone.open(row.secret_key, *LLM_SECRET_KEY.place("c")) == "key-of-c"
    assert alone.open(row.extra_headers, *LLM_EXTRA_HEADERS.place("c")) == "{}"
    assert row.updated_at == CREATED
    with meta.read() as session:
        integration = session.scalars(scoped(BlobStorageIntegration, project_id)).one()
        entries = session.scalars(scoped(AuditLog, project_id)).all()
    assert integration.secret_access_key
    assert alone.open(integration.secret_access_key, *BUCKET_SECRET.place(project_id)) == "bucket-secret"
    assert sorted(
        (each.action, each.resource_type, each.resource_id, each.after["column"]) for each in entries
    ) == [
        ("reseal", "blobStorageIntegration", project_id, "secret_access_key"),
        ("reseal", "llmConnection", "c", "extra_headers"),
        ("reseal", "llmConnection", "c", "secret_key"),
    ]
    assert {each.actor_type for each in entries} == {"SYSTEM"}


def test_what_no_key_opens_is_told_and_kept(meta: Meta) -> None:
    project_id = fill(meta, Vault([LOST]))
    before = connection(meta, project_id)
    found = reseal(meta, Vault([NEW, OLD]))
    assert (found.renewed, found.current) == (0, 0)
    assert sorted(found.unreadable) == [
        ("blob_storage_integrations.secret_access_key", project_id),
        ("llm_connections.extra_headers", "c"),
        ("llm_connections.secret_key", "c"),
    ]
    assert connection(meta, project_id).secret_key == before.secret_key


def test_a_credential_that_changes_meanwhile_stays_as_it_is(meta: Meta) -> None:
    project_id = fill(meta, Vault([OLD]))

    class Racing(Vault):
        def open(self, sealed: str, *place: str) -> str:
            if place[-1] == "secret_key":
                with meta.begin() as session:
                    session.get_one(LlmConnection, "c").secret_key = self.seal("newer", *place)
            return super().open(sealed, *place)

    vault = Racing([NEW, OLD])
    assert reseal(meta, vault).renewed == 2
    sealed = connection(meta, project_id).secret_key
    assert sealed and Vault([NEW]).open(sealed, *LLM_SECRET_KEY.place("c")) == "newer"


def test_no_sealed_column_is_missing() -> None:
    """A table whose comment says `sealed` has its columns on the list."""
    known = {(each.table.__tablename__, each.column.key) for each in SEALED_COLUMNS}
    found = set()
    import spyglass.stores.meta.tables as tables

    for file in sorted(Path(tables.__file__).parent.glob("*.py")):
        for line in file.read_text().splitlines():
            name, comment, _ = line.partition("# sealed")
            if comment and ": Mapped" in name:
                found.add((file.stem, name.split(":")[0].strip()))
    assert found == known
    assert all(issubclass(each.table, Table) for each in SEALED_COLUMNS)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ENCRYPTION_KEY", NEW.hex())

    def run(former: bytes | None) -> Any:
        value = former.hex() if former else ""
        if value:
            monkeypatch.setenv("SPYGLASS_SECRETS__FORMER_ENCRYPTION_KEYS", value)
        return CliRunner().invoke(commands, ["keys", "reseal", "--data-dir", str(tmp_path)])

    return run


def test_the_command(run: Any, tmp_path: Path) -> None:
    assert "There is no Spyglass data" in str(run(None).exception)
    meta = open_meta(Config(), tmp_path, lambda _: None)
    fill(meta, Vault([OLD]))
    refused = run(None)
    assert refused.exit_code == 1
    assert "llm_connections.secret_key of c was encrypted with another key" in refused.output
    assert run(OLD).output.splitlines()[-1] == "3 encrypted anew, 0 were current already"
    repeated = run(OLD)
    assert (repeated.exit_code, repeated.output.splitlines()[-1]) == (
        0,
        "0 encrypted anew, 3 were current already",
    )
    with meta.read() as session:
        assert len(session.scalars(select(AuditLog).where(AuditLog.action == "reseal")).all()) == 3
    meta.close()
