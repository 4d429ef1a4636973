"""Removing all that the metadata store holds of a project or an organization, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from spyglass.core.clock import now
from spyglass.stores.meta import Meta
from spyglass.stores.meta import erasures as rows
from spyglass.stores.meta.tables import (
    ApiKey,
    AuditLog,
    Comment,
    Dataset,
    DatasetItem,
    Erasure,
    Job,
    Organization,
    OrganizationMembership,
    Project,
    ProjectMembership,
    Prompt,
    PromptLabel,
    PromptVersion,
    Table,
    User,
)

# Of the whole installation, or of an organization.
WITHOUT_PROJECT = {
    *("facts", "organization_memberships", "organizations", "projects", "revisions", "users"),
    *("user_sessions", "password_resets", "oidc_identities", "sign_in_failures"),
}


def add_organization(meta: Meta, name: str) -> tuple[str, str]:
    """An organization with a project that has rows in tables with keys of every kind."""
    with meta.begin() as session:
        organization = Organization(name=name)
        user = User(email=f"{name}@example.com", name=name)
        session.add_all([organization, user])
        session.flush()
        session.add(OrganizationMembership(organization_id=organization.id, user_id=user.id, role="OWNER"))
        project = Project(organization_id=organization.id, name=name, extra={"k": 1}, retention_days=7)
        session.add(project)
        session.flush()
        owned = {"project_id": project.id}
        session.add(ProjectMembership(**owned, user_id=user.id, role="OWNER"))
        session.add(Prompt(**owned, name="p", type="text"))
        session.flush()
        session.add(PromptVersion(**owned, name="p", version=1, prompt="x", created_by="API"))
        session.flush()
        session.add(PromptLabel(**owned, name="p", label="l", version=1))
        dataset = Dataset(**owned, name="d")
        session.add(dataset)
        session.flush()
        for age in range(5):  # more than are removed at a time below
            session.add(
                DatasetItem(**owned, id="i", dataset_id=dataset.id, valid_from=now() - timedelta(seconds=age))
            )
        session.add(Comment(**owned, object_type="TRACE", object_id="t", content="c", author_user_id=user.id))
        session.add(Job(name="purge", **owned))
        for scope, project_id in (("PROJECT", project.id), ("ORGANIZATION", None)):
            key = ApiKey(
                public_key=f"pk-{name}-{scope}",
                secret_hash="h",
                display_secret_key="d",
                scope=scope,
                organization_id=organization.id,
                project_id=project_id,
            )
            session.add(key)
        said = {"organization_id": organization.id, "project_id": project.id}
        session.add(Erasure(kind="project", subject=project.id, requested_by="k", **said))
        session.add(
            AuditLog(
                actor_type="SYSTEM",
                actor_id="",
                actor_role="",
                resource_type="project",
                resource_id=project.id,
                action="delete",
                **said,
            )
        )
        return organization.id, project.id


def test_every_table_goes_with_its_project_or_is_on_the_list() -> None:
    owned = {table.name for table in rows.tables_with("project_id")}
    assert set(Table.metadata.tables) - owned == WITHOUT_PROJECT | {"audit_logs", "erasures"}


def test_all_rows_of_a_project_go_and_no_others(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_CHUNK", 2)
    _, mine = add_organization(meta, "mine")
    _, other = add_organization(meta, "other")
    expected = {
        "api_keys": 1,
        "comments": 1,
        "dataset_items": 5,
        "datasets": 1,
        "jobs": 1,
        "project_memberships": 1,
        "prompt_labels": 1,
        "prompt_versions": 1,
        "prompts": 1,
    }
    with meta.read() as session:
        assert rows.count_owned(session, mine) == expected
    rows.remove_owned(meta, mine)
    rows.remove_owned(meta, mine)
    with meta.begin() as session:
        rows.empty_project(session, mine)
    with meta.read() as session:
        assert rows.count_owned(session, mine) == {}
        assert rows.count_owned(session, other) == expected
        project = session.get_one(Project, mine)
        assert (project.name, project.extra, project.retention_days) == ("", {}, None)
        assert session.scalar(select(func.count()).select_from(AuditLog)) == 2
    assert rows.erased_projects(meta) == [mine, other]


def test_an_organization_goes_with_the_marks_of_its_projects(meta: Meta) -> None:
    mine, project = add_organization(meta, "mine")
    other, _ = add_organization(meta, "other")
    rows.remove_owned(meta, project)
    with meta.begin() as session:
        assert rows.remove_organization(session, mine) == {
            "api_keys": 1,
            "organization_memberships": 1,
            "projects": 1,
        }
    with meta.read() as session:
        assert session.scalars(select(Organization.id)).all() == [other]
        assert session.scalar(select(func.count()).select_from(User)) == 2  # people may be elsewhere too
        assert session.scalar(select(func.count()).select_from(Erasure)) == 2
        assert rows.was_erased(session, project)
        assert not rows.was_erased(session, mine)
    meta.wipe()
