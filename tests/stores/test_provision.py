"""What exists after a start: LANGFUSE_INIT_* with Langfuse's rules, or a generated set on an empty store; and the
link with which the owner makes the first account."""

import re
from dataclasses import replace

import pytest
from argon2 import extract_parameters
from sqlalchemy import func, select

from spyglass.core.errors import Misconfigured, NotFound
from spyglass.core.keys import secret_matches
from spyglass.features.accounts.operator_service import make_setup_link
from spyglass.features.projects import service
from spyglass.features.projects.provision import Config, Provisioned, provision
from spyglass.stores.meta import Meta
from spyglass.stores.meta.people import add_user
from spyglass.stores.meta.setup_link import opens_setup
from spyglass.stores.meta.tables import ApiKey, Fact, Organization, OrganizationMembership, Project, User
from spyglass.stores.passwords import password_matches

PEPPER = b"pepper of this test"
FULL = Config(
    org_id="org",
    org_name="Org",
    project_id="project",
    project_name="Project",
    project_retention=30,
    project_public_key="pk-lf-1",
    project_secret_key="sk-lf-1",
    user_email="Ada@Example.com",
    user_name="Ada",
    user_password="correct horse",
)


def count(meta: Meta) -> list[int]:
    tables = (Organization, Project, ApiKey, User, OrganizationMembership)
    with meta.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


class TestNamed:
    def test_creates_what_it_names(self, meta: Meta) -> None:
        assert provision(meta, PEPPER, FULL) == Provisioned()
        with meta.read() as session:
            assert session.get_one(Organization, "org").name == "Org"
            project = session.get_one(Project, "project")
            assert (project.name, project.organization_id, project.retention_days) == ("Project", "org", 30)
            key = session.scalars(select(ApiKey)).one()
            assert (key.public_key, key.project_id, key.scope) == ("pk-lf-1", "project", "PROJECT")
            assert secret_matches(PEPPER, "sk-lf-1", key.secret_hash)
            assert not secret_matches(PEPPER, "sk-lf-2", key.secret_hash)
            assert not secret_matches(b"another pepper", "sk-lf-1", key.secret_hash)
            user = session.scalars(select(User)).one()
            assert (user.email, user.name) == ("ada@example.com", "Ada")
            assert user.password_hash is not None
            assert password_matches("correct horse", user.password_hash)
            assert not password_matches("correct hors", user.password_hash)
            membership = session.scalars(select(OrganizationMembership)).one()
            assert (membership.user_id, membership.organization_id, membership.role) == (
                user.id,
                "org",
                "OWNER",
            )

    def test_names_have_langfuses_defaults_and_retention_is_for_ever(self, meta: Meta) -> None:
        provision(meta, PEPPER, Config(org_id="o", project_id="p", user_email="a@b", user_password="x"))
        with meta.read() as session:
            assert session.get_one(Organization, "o").name == "Provisioned Org"
            assert session.get_one(Project, "p").name == "Provisioned Project"
            assert session.get_one(Project, "p").retention_days is None
            assert session.scalars(select(User.name)).one() == "Provisioned User"

    def test_again_changes_nothing(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        changed = replace(
            FULL, org_name="X", project_name="X", project_retention=7, user_name="X", user_password="other"
        )
        provision(meta, PEPPER, changed)
        assert count(meta) == [1, 1, 1, 1, 1]
        with meta.read() as session:
            assert session.get_one(Organization, "org").name == "Org"
            project = session.get_one(Project, "project")
            assert (project.name, project.retention_days) == ("Project", 30)
            user = session.scalars(select(User)).one()
            assert user.name == "Ada"
            assert password_matches("correct horse", user.password_hash or "")

    def test_an_organization_alone(self, meta: Meta) -> None:
        provision(meta, PEPPER, Config(org_id="o"))
        assert count(meta) == [1, 0, 0, 0, 0]

    def test_a_key_of_another_project_is_moved(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        provision(
            meta,
            PEPPER,
            replace(FULL, project_id="second", project_name="Second", project_secret_key="sk-lf-9"),
        )
        with meta.read() as session:
            key = session.scalars(select(ApiKey)).one()
            assert key.project_id == "second"
            assert secret_matches(PEPPER, "sk-lf-9", key.secret_hash)

    def test_an_existing_key_keeps_its_secret_and_that_is_told(
        self, meta: Meta, caplog: pytest.LogCaptureFixture
    ) -> None:
        provision(meta, PEPPER, FULL)
        provision(meta, PEPPER, replace(FULL, project_secret_key="sk-lf-canary"))
        with meta.read() as session:
            assert secret_matches(PEPPER, "sk-lf-1", session.scalars(select(ApiKey.secret_hash)).one())
        assert "pk-lf-1 exists with another secret" in caplog.text
        assert "canary" not in caplog.text

    @pytest.mark.parametrize(
        "partial",
        [
            Config(org_id="o", project_id="p", project_public_key="pk-lf-1"),
            Config(org_id="o", project_id="p", project_secret_key="sk-lf-1"),
            Config(org_id="o", project_public_key="pk-lf-1", project_secret_key="sk-lf-1"),
        ],
    )
    def test_half_a_key_or_one_without_a_project_makes_none(
        self, meta: Meta, partial: Config, caplog: pytest.LogCaptureFixture
    ) -> None:
        provision(meta, PEPPER, partial)
        assert count(meta)[2] == 0
        assert "No key is made" in caplog.text

    @pytest.mark.parametrize("partial", [{"user_email": "a@b"}, {"user_password": "x"}])
    def test_a_user_needs_an_address_and_a_password(
        self, meta: Meta, partial: dict[str, str], caplog: pytest.LogCaptureFixture
    ) -> None:
        provision(meta, PEPPER, Config(org_id="o", **partial))
        assert count(meta)[3] == 0
        assert "No user is made" in caplog.text

    def test_an_existing_user_becomes_owner(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        with meta.begin() as session:
            session.scalars(select(OrganizationMembership)).one().role = "VIEWER"
        provision(meta, PEPPER, replace(FULL, org_id="other", project_id="", user_password="ignored"))
        provision(meta, PEPPER, FULL)
        with meta.read() as session:
            roles = session.execute(
                select(OrganizationMembership.organization_id, OrganizationMembership.role)
            ).all()
        assert sorted(tuple(row) for row in roles) == [("org", "OWNER"), ("other", "OWNER")]
        assert count(meta)[3] == 1

    def test_a_project_name_in_use_is_told_clearly(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        with pytest.raises(Misconfigured, match="'Project' is the name of the project project"):
            provision(meta, PEPPER, replace(FULL, project_id="second"))

    @pytest.mark.parametrize("days", [1, 2])
    def test_retention_is_at_least_three_days(self, days: int) -> None:
        with pytest.raises(Misconfigured, match="at least 3 days"):
            Config(org_id="o", project_retention=days)
        assert Config(org_id="o", project_retention=3).project_retention == 3


class TestFirstStart:
    def test_makes_a_set_and_shows_it_once(self, meta: Meta) -> None:
        first = provision(meta, PEPPER, Config()).first
        assert first is not None
        assert provision(meta, PEPPER, Config()) == Provisioned()
        assert count(meta) == [1, 1, 1, 0, 0]  # nobody has an account
        with meta.read() as session:
            assert session.scalars(select(Organization.name)).one() == "My organization"
            assert session.scalars(select(Project.name)).one() == "My project"
            key = session.scalars(select(ApiKey)).one()
            assert (key.public_key, key.project_id) == (first.public_key, first.project_id)
            assert secret_matches(PEPPER, first.secret_key, key.secret_hash)
            assert first.secret_key not in (key.secret_hash, key.display_secret_key)

    def test_its_secrets_are_long_random_and_in_the_lines_only(self, meta: Meta) -> None:
        provisioned = provision(meta, PEPPER, Config())
        first = provisioned.first
        assert first is not None
        assert re.fullmatch(r"pk-lf-[\w-]{43}", first.public_key)
        assert re.fullmatch(r"sk-lf-[\w-]{43}", first.secret_key)
        assert first.secret_key not in repr(provisioned)
        shown = "\n".join(provisioned.lines("http://host:3000"))
        for part in ("http://host:3000", first.public_key, first.secret_key):
            assert part in shown
        assert Provisioned().lines("x") == []

    def test_values_without_an_organization_are_ignored_with_a_warning(
        self, meta: Meta, caplog: pytest.LogCaptureFixture
    ) -> None:
        provision(meta, PEPPER, Config(project_id="p", user_password="canary"))
        assert "LANGFUSE_INIT_PROJECT_ID, LANGFUSE_INIT_USER_PASSWORD" in caplog.text
        assert "canary" not in caplog.text
        with meta.read() as session:
            assert session.get(Project, "p") is None

    def test_a_store_with_data_is_left_alone(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        assert provision(meta, PEPPER, Config()) == Provisioned()
        assert count(meta) == [1, 1, 1, 1, 1]


class TestSetupLink:
    SECRET = b"s" * 32

    def test_is_the_same_at_each_start_until_somebody_has_an_account(self, meta: Meta) -> None:
        provision(meta, PEPPER, Config())
        link = make_setup_link(meta, self.SECRET, "http://host:3000")
        assert re.fullmatch(r"http://host:3000/auth/setup\?token=[\w-]{43}", link)
        assert provision(meta, PEPPER, Config()) == Provisioned()
        assert make_setup_link(meta, self.SECRET, "http://host:3000") == link
        with meta.begin() as session:
            add_user(session, "ada@example.com", "Ada", None)
        with pytest.raises(NotFound, match="this server has users"):
            make_setup_link(meta, self.SECRET, "http://host:3000")

    def test_the_database_alone_does_not_give_it(self, meta: Meta) -> None:
        token = make_setup_link(meta, self.SECRET, "").partition("=")[2]
        with meta.read() as session:
            kept = session.get_one(Fact, "setup").value
            assert kept != token
            assert opens_setup(session, self.SECRET, token)
            for secret, given in [
                (b"t" * 32, token),
                (self.SECRET, kept),
                (self.SECRET, ""),
                (self.SECRET, "ü"),
            ]:
                assert not opens_setup(session, secret, given)

    def test_is_void_for_good_once_there_was_anybody(self, meta: Meta) -> None:
        token = make_setup_link(meta, self.SECRET, "").partition("=")[2]
        with meta.begin() as session:
            user = add_user(session, "ada@example.com", "Ada", None)
            session.delete(user)
        with meta.read() as session:
            assert not opens_setup(session, self.SECRET, token)
        again = make_setup_link(meta, self.SECRET, "").partition("=")[2]
        assert again != token
        with meta.read() as session:
            assert opens_setup(session, self.SECRET, again)
            assert not opens_setup(session, self.SECRET, token)

    def test_a_named_owner_needs_none(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        with pytest.raises(NotFound):
            make_setup_link(meta, self.SECRET, "")
        with meta.read() as session:
            assert session.get(Fact, "setup") is None


class TestPepper:
    def test_another_one_than_that_of_the_keys_is_refused(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        for config in (Config(), FULL):
            with pytest.raises(Misconfigured, match="none of them would work"):
                provision(meta, b"another pepper", config)
        with pytest.raises(Misconfigured):
            service.create_key(meta, b"another pepper", "project")
        assert count(meta) == [1, 1, 1, 1, 1]
        provision(meta, PEPPER, FULL)

    def test_without_keys_a_new_one_is_taken(self, meta: Meta) -> None:
        provision(meta, PEPPER, FULL)
        service.revoke_key(meta, "pk-lf-1")
        provision(meta, b"another pepper", FULL)
        with meta.read() as session:
            assert secret_matches(
                b"another pepper", "sk-lf-1", session.scalars(select(ApiKey.secret_hash)).one()
            )
        with pytest.raises(Misconfigured):
            provision(meta, PEPPER, FULL)


def test_password_hashes_have_the_parameters_of_the_checklist(meta: Meta) -> None:
    provision(meta, PEPPER, FULL)
    with meta.read() as session:
        stored = session.scalars(select(User.password_hash)).one() or ""
    found = extract_parameters(stored)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19456, 2, 1)


def test_a_password_is_neither_cut_nor_normalised(meta: Meta) -> None:
    long = "ü" * 100 + "a"
    provision(meta, PEPPER, replace(FULL, user_password=long))
    with meta.read() as session:
        stored = session.scalars(select(User.password_hash)).one() or ""
    assert password_matches(long, stored)
    assert not password_matches(long[:-1] + "b", stored)
    assert not password_matches(long, "not a hash")
