"""Rules of memberships that two changes at the same time must not get around, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from spyglass.core.errors import Forbidden
from spyglass.core.permissions import Role
from spyglass.stores.meta import Meta
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.memberships import Former, find_former, give_role, remove_member
from spyglass.stores.meta.tables import Organization, OrganizationMembership, User

SYSTEM = Actor(ActorType.SYSTEM, "", "", None, None)


def test_two_owners_who_remove_each_other(meta: Meta) -> None:
    with meta.begin() as session:
        session.add(Organization(id="org", name="Org"))
        session.add_all([User(id=each, email=each, name=each) for each in ("a", "b")])
        session.flush()
        for each in ("a", "b"):
            give_role(session, SYSTEM, Role.OWNER, "org", each, Role.OWNER)
    together = Barrier(2)

    def remove(user_id: str) -> bool:
        together.wait(10)
        try:
            with meta.begin() as session:
                remove_member(session, SYSTEM, Role.OWNER, "org", user_id)
        except Forbidden:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        outcomes = dict(zip(("a", "b"), threads.map(remove, ("a", "b")), strict=True))
    assert sorted(outcomes.values()) == [False, True]
    with meta.read() as session:
        (left,) = session.scalars(select(OrganizationMembership.user_id)).all()
        assert outcomes[left] is False
        assert {each: find_former(session, "org", each) for each in ("a", "b")} == {
            left: None,
            "b" if left == "a" else "a": Former(Role.OWNER, {}),
        }
