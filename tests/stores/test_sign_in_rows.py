"""Sessions, attempts, links and invitations as rows, on both databases, also of several processes at once."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from spyglass.api.sessions import SessionRefused, SessionRing
from spyglass.core.clock import now
from spyglass.core.errors import Conflict
from spyglass.core.permissions import Role
from spyglass.stores.meta import Meta, sign_in_failures
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.invitations import Host, Offer, accept_invitation, add_invitation, find_invitation
from spyglass.stores.meta.people import add_user, places_of
from spyglass.stores.meta.sign_in import (
    Client,
    Lifetimes,
    add_reset,
    end_session,
    end_sessions,
    find_live_session,
    open_session,
    sessions_of,
    take_reset,
)
from spyglass.stores.meta.sign_in_failures import Attempt, begin_attempt, forget_failures, note_success
from spyglass.stores.meta.tables import (
    Organization,
    OrganizationMembership,
    Project,
    ProjectMembership,
    SignInFailure,
    User,
    UserSession,
)

HERE = Client("192.0.2.1", "a browser")
LIFETIMES = Lifetimes(timedelta(days=1), timedelta(days=7))


def add_member(meta: Meta, role: str = "MEMBER") -> tuple[User, Project]:
    with meta.begin() as session:
        organization = Organization(name="org")
        user = User(email=f"{now().timestamp()}@example.com", name="user")
        session.add_all([organization, user])
        session.flush()
        project = Project(organization_id=organization.id, name="p")
        session.add_all(
            [project, OrganizationMembership(organization_id=organization.id, user_id=user.id, role=role)]
        )
    return user, project


def open_for(meta: Meta, user: User) -> tuple[str, str]:
    with meta.begin() as session:
        return open_session(session, user.id, HERE, LIFETIMES)


class TestSessions:
    def test_live_until_unused_ended_or_too_old(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        session_id, token = open_for(meta, user)
        moment = now()

        def lives(at: timedelta) -> bool:
            with meta.read() as session:
                return find_live_session(session, token, LIFETIMES, moment + at) is not None

        assert lives(timedelta(hours=23)) and not lives(timedelta(days=1, seconds=1))
        with meta.begin() as session:
            session.get_one(UserSession, session_id).last_used_at = moment + timedelta(days=6, hours=23)
        assert lives(timedelta(days=6, hours=23)) and not lives(timedelta(days=7, seconds=1))
        with meta.begin() as session:
            end_session(session, user.id, session_id)
        assert not lives(timedelta())

    def test_those_that_are_over_go_when_another_begins(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        old, _ = open_for(meta, user)
        with meta.begin() as session:
            session.get_one(UserSession, old).last_used_at = now() - timedelta(days=2)
        new, _ = open_for(meta, user)
        with meta.read() as session:
            assert session.scalars(select(UserSession.id)).all() == [new]

    def test_all_but_one_are_ended_of_this_user_alone(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        other, _ = add_member(meta)
        kept, _ = open_for(meta, user)
        open_for(meta, user)
        theirs, _ = open_for(meta, other)
        with meta.begin() as session:
            end_sessions(session, user.id, but=kept)
        with meta.read() as session:
            assert [each.id for each in sessions_of(session, user.id, LIFETIMES)] == [kept]
            assert [each.id for each in sessions_of(session, other.id, LIFETIMES)] == [theirs]

    def test_a_user_who_is_removed_takes_everything_along(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        _, token = open_for(meta, user)
        with meta.begin() as session:
            add_reset(session, user.id)
            session.delete(session.get_one(User, user.id))
        with meta.read() as session:
            assert find_live_session(session, token, LIFETIMES, now()) is None


class TestRing:
    def test_another_process_sees_the_end_within_a_second(self, meta: Meta) -> None:
        user, project = add_member(meta)
        session_id, token = open_for(meta, user)
        elsewhere = SessionRing(meta, b"s", LIFETIMES)
        assert elsewhere.authenticate(token).projects == {project.id: (project.organization_id, Role.MEMBER)}
        with meta.begin() as session:  # as a process does that raises no revision here
            session.delete(session.get_one(UserSession, session_id))

        time.sleep(1.05)
        assert elsewhere.known(token) is None
        with pytest.raises(SessionRefused):
            elsewhere.authenticate(token)

    def test_the_same_process_sees_it_at_once(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        session_id, token = open_for(meta, user)
        ring = SessionRing(meta, b"s", LIFETIMES)
        assert ring.authenticate(token).session_id == session_id
        assert ring.known(token) is not None
        with meta.begin() as session:
            end_session(session, user.id, session_id)
        assert ring.known(token) is None
        with pytest.raises(SessionRefused):
            ring.authenticate(token)


class TestAttempts:
    def test_many_at_once_are_counted_one_by_one(self, meta: Meta) -> None:
        attempt = Attempt("a@example.com", "192.0.2.1")
        waits: list[int] = []

        def attack() -> None:
            with meta.begin() as session:
                waits.append(begin_attempt(session, attempt))

        threads = [threading.Thread(target=attack) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(waits)[:5] == [0] * 5 and all(wait > 0 for wait in sorted(waits)[5:])
        with meta.read() as session:
            counts = session.scalars(select(SignInFailure.count)).all()
        assert list(counts) == [5, 5, 5]  # of the network, of the address, of all networks

    def test_a_success_takes_back_what_is_its_own(self, meta: Meta) -> None:
        mine, other = Attempt("a@example.com", "192.0.2.1"), Attempt("a@example.com", "198.51.100.1")
        with meta.begin() as session:
            for attempt in (mine, mine, other):
                assert begin_attempt(session, attempt) == 0
            note_success(session, mine)
            counts = session.scalars(select(SignInFailure.count).order_by(SignInFailure.count)).all()
        assert list(counts) == [1, 1, 1, 2]  # the other's two, my address, all networks

    def test_a_new_password_starts_afresh_everywhere_and_others_stay(self, meta: Meta) -> None:
        with meta.begin() as session:
            for email, address in [("a@x.com", "192.0.2.1"), ("a@x.com", "198.51.100.1"), ("b@x.com", "::1")]:
                begin_attempt(session, Attempt(email, address))
            forget_failures(session, "a@x.com")
            kept = session.scalars(select(SignInFailure.name)).all()
        assert sorted(each.partition(":")[0] for each in kept) == ["account"] * 2 + ["address"] * 3

    def test_there_is_room_for_so_many(self, meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sign_in_failures, "MOST_ROWS", 30)
        for number in range(40):
            with meta.begin() as session:
                begin_attempt(session, Attempt(f"{number}@example.com", f"10.0.{number}.1"))
        with meta.read() as session:
            names = set(session.scalars(select(SignInFailure.name)))
        assert 20 <= len(names) < 30 + 3
        assert Attempt("39@example.com", "10.0.39.1").account in names
        assert Attempt("0@example.com", "10.0.0.1").account not in names


class TestReset:
    def test_only_the_latest_link_works_and_once(self, meta: Meta) -> None:
        user, _ = add_member(meta)
        with meta.begin() as session:
            first, _ = add_reset(session, user.id)
            second, _ = add_reset(session, user.id)
        with meta.begin() as session:
            assert take_reset(session, first) is None
            taken = take_reset(session, second)
            assert taken is not None and taken.id == user.id
            assert take_reset(session, second) is None


class TestInvitations:
    def test_makes_a_member_with_a_role_in_a_project(self, meta: Meta) -> None:
        host, project = add_member(meta, "OWNER")
        actor = Actor(ActorType.USER, host.id, "OWNER", project.organization_id, None)
        offer = Offer("new@example.com", Role.VIEWER, project, Role.ADMIN)
        with meta.begin() as session:
            _, token = add_invitation(
                session, project.organization_id, Host(actor, Role.OWNER, Role.OWNER), offer
            )
        with meta.begin() as session:
            user = add_user(session, "new@example.com", "New", None)
            accept_invitation(session, find_invitation(session, token, lock=True), user)
        with meta.read() as session:
            [place] = places_of(session, user.id)
            own = session.get_one(ProjectMembership, (project.id, user.id))
        assert (place.role, [role for _, role in place.projects], own.role) == (
            Role.VIEWER,
            [Role.ADMIN],
            "ADMIN",
        )

    def test_an_address_has_one_account(self, meta: Meta) -> None:
        with meta.begin() as session:
            add_user(session, "a@example.com", "A", None)
        with pytest.raises(Conflict), meta.begin() as session:
            add_user(session, "a@example.com", "B", None)
