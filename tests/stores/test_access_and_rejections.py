"""Roles in a project, and rejections written past the request, on both databases."""

import pytest
from sqlalchemy import update

from spyglass.core.clock import now
from spyglass.core.permissions import Role
from spyglass.core.records import Arrival, Rejection
from spyglass.ingest.rejections import RejectionRecorder
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.access import role_in_project
from spyglass.stores.meta.tables import (
    Organization,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)
from spyglass.stores.meta.tables import Rejection as Row


@pytest.fixture
def places(meta: Meta) -> None:
    with meta.begin() as session:
        session.add_all([Organization(id="o", name="o"), Organization(id="other", name="other")])
        session.add(User(id="u", email="u@example.com", name="u"))
        session.flush()
        session.add_all([Project(id=id_, organization_id="o", name=id_) for id_ in ("p", "q")])


class TestRoleInProject:
    def role(self, meta: Meta, project_id: str = "p", user_id: str = "u") -> Role:
        with meta.read() as session:
            return role_in_project(session, "o", project_id, user_id)

    def test_nobody(self, meta: Meta, places: None) -> None:
        with meta.begin() as session:
            session.add(OrganizationMembership(organization_id="other", user_id="u", role="OWNER"))
        assert (self.role(meta), self.role(meta, user_id="none")) == (Role.NONE, Role.NONE)

    def test_that_of_the_project_replaces_that_of_the_organization(self, meta: Meta, places: None) -> None:
        with meta.begin() as session:
            session.add(OrganizationMembership(organization_id="o", user_id="u", role="MEMBER"))
            session.add(ProjectMembership(project_id="q", user_id="u", role="ADMIN"))
        assert (self.role(meta), self.role(meta, "q")) == (Role.MEMBER, Role.ADMIN)
        with meta.begin() as session:
            session.execute(update(User).values(disabled_at=now()))
        assert (self.role(meta), self.role(meta, "q")) == (Role.NONE, Role.NONE)

    def test_one_of_a_project_alone_is_none(self, meta: Meta, places: None) -> None:
        with meta.begin() as session:
            session.add(ProjectMembership(project_id="p", user_id="u", role="ADMIN"))
        assert self.role(meta) is Role.NONE


def test_rejections_are_cut_cleaned_and_few(meta: Meta, places: None) -> None:
    recorder = RejectionRecorder(meta, kept=3)
    recorder.record(Arrival("gone", 1), [Rejection("", 400, "lost")])
    for second in range(4):
        arrival = Arrival("p", second * 1_000_000 + 10, "pk", "sdk", "1")
        refused = Rejection("e", 400, "no", "x" * 600, "score", f"{second}\0" + "é" * 300)
        recorder.record(arrival, [refused])
    recorder.record(Arrival("q", 1), [Rejection("", 401, "no")])
    assert recorder.flush()
    with meta.read() as session:
        rows = session.scalars(scoped(Row, "p").order_by(Row.created_at)).all()
        (other,) = session.scalars(scoped(Row, "q"))
    assert [row.record_id for row in rows] == [f"{second}\ufffd" + "é" * 198 for second in (1, 2, 3)]
    assert {(row.message, row.count, row.kind) for row in rows} == {("no: " + "x" * 496, 1, "score")}
    assert (other.kind, other.status, other.record_id) == ("request", 401, "")
