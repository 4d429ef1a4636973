"""What roles and keys may do."""

import pytest

from spyglass.core.permissions import (
    IN_ORGANIZATION,
    IN_PROJECT,
    ORGANIZATION_KEY,
    PROJECT_KEY,
    PUBLIC_KEY,
    Permission,
    Role,
    may_grant,
    of_organization_role,
    of_project_role,
)


@pytest.mark.parametrize(
    ("role", "in_organization", "in_project"),
    [(Role.OWNER, 8, 58), (Role.ADMIN, 6, 57), (Role.MEMBER, 1, 44), (Role.VIEWER, 0, 18), (Role.NONE, 0, 0)],
)
def test_each_role_has_what_those_below_it_have(role: Role, in_organization: int, in_project: int) -> None:
    assert (len(of_organization_role(role)), len(of_project_role(role))) == (in_organization, in_project)


def test_only_an_owner_ends_things_and_makes_organization_keys() -> None:
    owner_only = of_organization_role(Role.OWNER) - of_organization_role(Role.ADMIN)
    assert owner_only == {Permission.ORGANIZATION_API_KEYS, Permission.ORGANIZATION_DELETE}
    assert of_project_role(Role.OWNER) - of_project_role(Role.ADMIN) == {Permission.PROJECT_DELETE}


def test_a_viewer_only_reads() -> None:
    assert all(each.value.endswith(":read") for each in of_project_role(Role.VIEWER))


def test_every_permission_belongs_somewhere() -> None:
    assert set(Permission) - set(IN_ORGANIZATION) - set(IN_PROJECT) == {Permission.INSTANCE_ADMIN}


def test_keys_do_not_give_themselves_more() -> None:
    assert {Permission.SCORES_CREATE} == PUBLIC_KEY
    assert not PROJECT_KEY & {Permission.API_KEYS_WRITE, Permission.PROJECT_DELETE, Permission.PROJECT_UPDATE}
    assert Permission.INGEST not in ORGANIZATION_KEY
    assert Permission.PROJECT_READ not in ORGANIZATION_KEY


def test_nobody_grants_above_their_own_role() -> None:
    roles = [role.value for role in Role]
    for place, own in enumerate(roles):
        assert [may_grant(own, granted) for granted in roles] == [at >= place for at in range(len(roles))]
    with pytest.raises(KeyError):
        may_grant("OWNER", "GOD")
