"""Invitations: who may invite to what, who may accept, once, and what becomes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from people import PASSWORD, Browser, add_person, signed_in
from sqlalchemy import select

from spyglass.core.clock import now
from spyglass.core.permissions import Role
from spyglass.server.wiring import Parts
from spyglass.stores.meta.memberships import give_project_role, give_role
from spyglass.stores.meta.people import actor_of_user
from spyglass.stores.meta.tables import (
    AuditLog,
    Invitation,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)

NEW = {"name": "Newcomer", "password": "a long password"}


def path_of(organization_id: str) -> str:
    return f"/api/ui/organizations/{organization_id}/invitations"


def invite(browser: Browser, organization_id: str, email: str, role: str = "MEMBER", **more: Any) -> Any:
    return browser.post(path_of(organization_id), {"email": email, "role": role, **more})


def accept(browser: Browser, url: str, body: Any = None) -> Any:
    """`url`: of the page; its token goes to the API."""
    token = url.rpartition("/")[2]
    return browser.post(f"/api/ui/auth/invitations/{token}/accept", body)


def role_in(parts: Parts, organization_id: str, email: str) -> str | None:
    with parts.stores.meta.read() as session:
        return session.scalar(
            select(OrganizationMembership.role)
            .join(User, User.id == OrganizationMembership.user_id)
            .where(User.email == email, OrganizationMembership.organization_id == organization_id)
        )


@pytest.fixture
def admin(parts: Parts, organization: Any) -> Browser:
    return signed_in(parts, add_person(parts, organization.id, "ADMIN"))


@pytest.fixture
def email() -> str:
    return f"new-{now().timestamp()}@example.com"


class TestInviting:
    def test_the_link_is_shown_once_and_its_token_is_not_stored(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        answer = invite(admin, organization.id, email.upper())
        assert answer.status_code == 201
        made = answer.json()
        assert made["url"].startswith("http://testserver/auth/invite/")
        token = made["url"].rpartition("/")[2]
        listed = admin.get(path_of(organization.id))
        assert [each["email"] for each in listed.json()["data"]] == [email]
        assert token not in listed.text
        with parts.stores.meta.read() as session:
            row = session.get_one(Invitation, made["id"])
            entry = session.scalars(select(AuditLog).where(AuditLog.resource_id == made["id"])).one()
        assert len(token) == 43 and token not in (row.token_hash, row.id)
        assert timedelta(days=6, hours=23) < row.expires_at - now() <= timedelta(days=7)
        assert (entry.action, entry.actor_type, entry.organization_id) == ("create", "USER", organization.id)
        assert entry.after["email"] == email and token not in str(entry.after)

    def test_nobody_invites_to_more_than_they_have(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        assert invite(admin, organization.id, email, "OWNER").status_code == 403
        member = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
        assert invite(member, organization.id, email, "VIEWER").status_code == 403
        lesser = add_person(parts, organization.id, "ADMIN", {organization.project.id: "VIEWER"})
        offer = {"projectId": organization.project.id, "projectRole": "MEMBER"}
        assert invite(signed_in(parts, lesser), organization.id, email, "NONE", **offer).status_code == 403
        assert admin.get(path_of(organization.id)).json()["data"] == []

    def test_a_project_of_others_is_unknown(
        self, organization: Any, admin: Browser, email: str, make_organization: Callable[[], Any]
    ) -> None:
        for project_id in (make_organization().project.id, "none"):
            offer = {"projectId": project_id, "projectRole": "VIEWER"}
            assert invite(admin, organization.id, email, "VIEWER", **offer).status_code == 404
        answer = invite(admin, organization.id, email, "VIEWER", projectId="p")
        assert answer.status_code == 400 and "both" in answer.json()["message"]

    def test_a_member_is_not_invited(self, parts: Parts, organization: Any, admin: Browser) -> None:
        member = add_person(parts, organization.id)
        assert invite(admin, organization.id, member.email).status_code == 409

    def test_the_latest_invitation_of_an_address_counts(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        first = invite(admin, organization.id, email, "VIEWER").json()["url"]
        second = invite(admin, organization.id, email, "MEMBER").json()["url"]
        assert accept(Browser(parts), first, NEW).status_code == 404
        assert accept(Browser(parts), second, NEW).status_code == 200
        assert role_in(parts, organization.id, email) == "MEMBER"

    def test_a_withdrawn_one_stops_working(
        self,
        parts: Parts,
        organization: Any,
        admin: Browser,
        email: str,
        make_organization: Callable[[], Any],
    ) -> None:
        made = invite(admin, organization.id, email).json()
        other = make_organization()
        foreign = signed_in(parts, add_person(parts, other.id, "OWNER"))
        assert foreign.ask("DELETE", f"{path_of(other.id)}/{made['id']}").status_code == 404
        assert foreign.ask("DELETE", f"{path_of(organization.id)}/{made['id']}").status_code == 404
        assert admin.ask("DELETE", f"{path_of(organization.id)}/{made['id']}").status_code == 204
        assert accept(Browser(parts), made["url"], NEW).status_code == 404


class TestProjectsBelowOnesOwn:
    """A role in the organization counts in each of its projects: also where who invites has less."""

    @pytest.fixture
    def limited(self, parts: Parts, organization: Any) -> Browser:
        person = add_person(parts, organization.id, "ADMIN", {organization.project.id: "NONE"})
        return signed_in(parts, person)

    @pytest.mark.parametrize("role", ["VIEWER", "MEMBER", "ADMIN"])
    def test_no_second_account_sees_what_its_maker_may_not(
        self, organization: Any, limited: Browser, email: str, role: str
    ) -> None:
        answer = invite(limited, organization.id, email, role)
        assert answer.status_code == 403
        assert "in one of the projects" in answer.json()["message"]
        assert limited.get(path_of(organization.id)).json()["data"] == []

    def test_what_is_not_more_can_be_given(
        self, parts: Parts, organization: Any, limited: Browser, email: str
    ) -> None:
        assert invite(limited, organization.id, email, "NONE").status_code == 201
        lesser = add_person(parts, organization.id, "ADMIN", {organization.project.id: "VIEWER"})
        browser = signed_in(parts, lesser)
        assert invite(browser, organization.id, email, "VIEWER").status_code == 201
        assert invite(browser, organization.id, email, "MEMBER").status_code == 403
        # In this project the other role replaces it.
        offer = {"projectId": organization.project.id, "projectRole": "VIEWER"}
        assert invite(browser, organization.id, email, "MEMBER", **offer).status_code == 201

    def test_it_counts_by_the_time_it_is_accepted(self, parts: Parts, organization: Any, email: str) -> None:
        host = add_person(parts, organization.id, "ADMIN")
        url = invite(signed_in(parts, host), organization.id, email, "MEMBER").json()["url"]
        with parts.stores.meta.begin() as session:
            project = session.get_one(Project, organization.project.id)
            give_project_role(session, actor_of_user(host), Role.OWNER, project, host.id, Role.NONE)
        assert accept(Browser(parts), url, NEW).status_code == 404

    def test_nor_is_a_member_raised(self, parts: Parts, organization: Any, limited: Browser) -> None:
        members = f"/api/ui/organizations/{organization.id}/members"
        nobody, viewer, kept = (
            add_person(parts, organization.id, "NONE"),
            add_person(parts, organization.id, "VIEWER"),
            add_person(parts, organization.id, "VIEWER", {organization.project.id: "NONE"}),
        )
        for user in (nobody, viewer):
            assert limited.ask("PUT", f"{members}/{user.id}", json={"role": "MEMBER"}).status_code == 403
            public = {"userId": user.id, "role": "MEMBER"}
            headers = {"x-spyglass-organization": organization.id}
            path = "/api/public/organizations/memberships"
            assert limited.ask("PUT", path, json=public, headers=headers).status_code == 403
        assert limited.ask("PUT", f"{members}/{viewer.id}", json={"role": "NONE"}).status_code == 204
        assert limited.ask("PUT", f"{members}/{kept.id}", json={"role": "MEMBER"}).status_code == 204

    def test_nor_is_a_lower_role_in_a_project_taken_away(self, parts: Parts, organization: Any) -> None:
        project_id = organization.project.id
        owner = add_person(parts, organization.id, "OWNER", {project_id: "VIEWER"})
        member = add_person(parts, organization.id, "MEMBER", {project_id: "VIEWER"})
        browser = signed_in(parts, add_person(parts, organization.id, "NONE", {project_id: "ADMIN"}))
        path = f"/api/ui/organizations/{organization.id}/members/{{}}/projects/{project_id}"
        assert browser.ask("DELETE", path.format(owner.id)).status_code == 403
        assert browser.ask("DELETE", path.format(member.id)).status_code == 204

    def test_nor_a_higher_one_by_ending_the_membership(self, parts: Parts, organization: Any) -> None:
        project_id = organization.project.id
        above = add_person(parts, organization.id, "MEMBER", {project_id: "OWNER"})
        beside = add_person(parts, organization.id, "MEMBER", {project_id: "ADMIN"})
        browser = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        members = f"/api/ui/organizations/{organization.id}/members"
        answer = browser.ask("DELETE", f"{members}/{above.id}")
        assert (answer.status_code, answer.json()["message"]) == (
            403,
            "The role OWNER is above your own, ADMIN",
        )
        assert browser.ask("DELETE", f"{members}/{beside.id}").status_code == 204
        assert role_in(parts, organization.id, above.email) == "MEMBER"


class TestNamedAccounts:
    """A person who adds an account by its id invites it: whose it is agrees first."""

    PATH = "/api/public/organizations/memberships"
    PENDING = "/api/ui/account/invitations"

    def add(self, browser: Browser, organization_id: str, user_id: str, role: str = "MEMBER") -> Any:
        headers = {"x-spyglass-organization": organization_id}
        return browser.ask("PUT", self.PATH, json={"userId": user_id, "role": role}, headers=headers)

    def test_the_membership_begins_when_the_account_accepts(
        self, parts: Parts, organization: Any, admin: Browser
    ) -> None:
        user = add_person(parts)
        answer = self.add(admin, organization.id, user.id)
        assert answer.status_code == 202
        assert answer.json() == {
            "message": "Invited: the membership begins when this person accepts",
            "userId": user.id,
        }
        assert role_in(parts, organization.id, user.email) is None
        browser = signed_in(parts, user)
        assert browser.get("/api/ui/boot").json()["invitations"] == 1
        [pending] = browser.get(self.PENDING).json()["data"]
        assert (pending["organization"], pending["role"]) == ({"name": "org"}, "MEMBER")
        assert pending["invitedBy"].startswith("person ")
        assert browser.post(f"{self.PENDING}/{pending['id']}/accept").status_code == 204
        assert role_in(parts, organization.id, user.email) == "MEMBER"
        assert browser.get("/api/ui/boot").json()["invitations"] == 0
        assert browser.post(f"{self.PENDING}/{pending['id']}/accept").status_code == 404

    def test_it_can_be_declined_and_withdrawn(self, parts: Parts, organization: Any, admin: Browser) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        self.add(admin, organization.id, user.id)
        [pending] = browser.get(self.PENDING).json()["data"]
        assert browser.ask("DELETE", f"{self.PENDING}/{pending['id']}").status_code == 204
        assert browser.get(self.PENDING).json()["data"] == []
        self.add(admin, organization.id, user.id)
        [pending] = admin.get(path_of(organization.id)).json()["data"]
        assert admin.ask("DELETE", f"{path_of(organization.id)}/{pending['id']}").status_code == 204
        assert browser.post(f"{self.PENDING}/{pending['id']}/accept").status_code == 404
        assert role_in(parts, organization.id, user.email) is None
        with parts.stores.meta.read() as session:
            actions = session.scalars(
                select(AuditLog.action).where(
                    AuditLog.organization_id == organization.id, AuditLog.resource_type == "invitation"
                )
            ).all()
        assert sorted(actions) == ["create", "create", "decline", "delete"]

    def test_nobody_else_sees_or_answers_it(self, parts: Parts, organization: Any, admin: Browser) -> None:
        user = add_person(parts)
        self.add(admin, organization.id, user.id)
        [pending] = signed_in(parts, user).get(self.PENDING).json()["data"]
        for other in (signed_in(parts, add_person(parts)), admin):
            assert other.get(self.PENDING).json()["data"] == []
            assert other.post(f"{self.PENDING}/{pending['id']}/accept").status_code == 404
            assert other.ask("DELETE", f"{self.PENDING}/{pending['id']}").status_code == 404

    def test_one_by_address_waits_for_its_link(self, parts: Parts, organization: Any, admin: Browser) -> None:
        """An account may have been made under an address that is not its owner's."""
        user = add_person(parts)
        made = invite(admin, organization.id, user.email).json()
        browser = signed_in(parts, user)
        assert browser.get(self.PENDING).json()["data"] == []
        assert browser.post(f"{self.PENDING}/{made['id']}/accept").status_code == 404

    def test_rules_of_invitations_hold(self, parts: Parts, organization: Any, admin: Browser) -> None:
        user, member = add_person(parts), add_person(parts, organization.id, "VIEWER")
        assert self.add(admin, organization.id, user.id, "OWNER").status_code == 403
        assert self.add(admin, organization.id, "nobody").status_code == 404
        assert self.add(admin, organization.id, member.id).status_code == 200
        assert role_in(parts, organization.id, member.email) == "MEMBER"

    def test_a_key_makes_members_at_once_as_published(
        self, parts: Parts, organization: Any, client: Any
    ) -> None:
        user = add_person(parts)
        body = {"userId": user.id, "role": "VIEWER"}
        answer = client.put(self.PATH, json=body, headers=organization.basic)
        assert answer.status_code == 200
        assert answer.json() == {**body, "email": user.email, "name": user.name}
        assert role_in(parts, organization.id, user.email) == "VIEWER"


class TestOffer:
    def test_the_link_shows_what_it_is(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        offer = {"projectId": organization.project.id, "projectRole": "ADMIN"}
        made = invite(admin, organization.id, email, "VIEWER", **offer).json()
        token = made["url"].rpartition("/")[2]
        shown = Browser(parts).get(f"/api/ui/auth/invitations/{token}").json()
        assert shown["email"] == email and shown["organization"] == {"name": "org"}
        assert (shown["role"], shown["projectRole"]) == ("VIEWER", "ADMIN")
        assert shown["invitedBy"].startswith("person ") and shown["expiresAt"] == made["expiresAt"]
        assert Browser(parts).get("/api/ui/auth/invitations/no-such-token").status_code == 404


class TestAccepting:
    def test_makes_an_account_that_is_signed_in_once(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        offer = {"projectId": organization.project.id, "projectRole": "ADMIN"}
        url = invite(admin, organization.id, email, "VIEWER", **offer).json()["url"]
        browser = Browser(parts)
        answer = accept(browser, url, NEW)
        assert answer.status_code == 200 and answer.json()["user"]["email"] == email
        [place] = browser.get("/api/ui/boot").json()["organizations"]
        assert (place["id"], place["role"]) == (organization.id, "VIEWER")
        assert [(each["id"], each["role"]) for each in place["projects"]] == [
            (organization.project.id, "ADMIN")
        ]
        assert accept(Browser(parts), url, NEW).status_code == 404
        with parts.stores.meta.read() as session:
            actions = session.scalars(
                select(AuditLog.action).where(
                    AuditLog.organization_id == organization.id, AuditLog.resource_type == "invitation"
                )
            ).all()
        assert sorted(actions) == ["accept", "create"]
        Browser(parts).sign_in(User(email=email), NEW["password"])

    @pytest.mark.parametrize(
        "body", [{}, {"name": "x"}, {"password": "a long password"}, {**NEW, "password": "short"}]
    )
    def test_a_new_account_needs_a_name_and_a_password(
        self, parts: Parts, organization: Any, admin: Browser, email: str, body: Any
    ) -> None:
        url = invite(admin, organization.id, email).json()["url"]
        assert accept(Browser(parts), url, body).status_code == 400
        assert role_in(parts, organization.id, email) is None

    def test_who_is_signed_in_needs_no_password(
        self, parts: Parts, organization: Any, admin: Browser
    ) -> None:
        user = add_person(parts)
        url = invite(admin, organization.id, user.email).json()["url"]
        browser = signed_in(parts, user)
        assert accept(browser, url).status_code == 200
        assert browser.get("/api/ui/boot").json()["organizations"][0]["id"] == organization.id
        assert len(browser.get("/api/ui/account/sessions").json()["data"]) == 1

    def test_a_session_alone_does_not_accept_without_the_csrf_token(
        self, parts: Parts, organization: Any, admin: Browser
    ) -> None:
        user = add_person(parts)
        url = invite(admin, organization.id, user.email).json()["url"]
        browser = signed_in(parts, user)
        browser.csrf = ""
        assert accept(browser, url).status_code == 403
        assert role_in(parts, organization.id, user.email) is None

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 400),
            ({"name": "Newcomer"}, 400),
            ({"password": PASSWORD}, 400),
            ({"password": "wrong password"}, 400),
            ({"name": "Newcomer", "password": "short"}, 400),
        ],
    )
    def test_the_answer_does_not_tell_whether_there_is_an_account(
        self, parts: Parts, organization: Any, admin: Browser, email: str, body: Any, status: int
    ) -> None:
        user = add_person(parts)
        urls = [invite(admin, organization.id, each).json()["url"] for each in (email, user.email)]
        offers = [Browser(parts).get(f"/api/ui/auth/invitations/{url.rpartition('/')[2]}") for url in urls]
        assert offers[0].json().keys() == offers[1].json().keys()
        answers = [accept(Browser(parts), url, body) for url in urls]
        assert [each.status_code for each in answers] == [status, status]
        told = [{**each.json(), "requestId": ""} for each in answers]
        assert told[0] == told[1]
        assert role_in(parts, organization.id, user.email) is None

    def test_who_has_an_account_signs_in_first(self, parts: Parts, organization: Any, admin: Browser) -> None:
        user = add_person(parts)
        url = invite(admin, organization.id, user.email).json()["url"]
        for password in ("another password", PASSWORD):  # its own is no way in here either
            answer = accept(Browser(parts), url, {"name": "Mallory", "password": password})
            assert answer.status_code == 401 and "set-cookie" not in answer.headers
        assert role_in(parts, organization.id, user.email) is None
        assert accept(signed_in(parts, user), url).status_code == 200
        with parts.stores.meta.read() as session:
            assert session.get_one(User, user.id).name == user.name
        Browser(parts).sign_in(user)

    def test_somebody_else_who_is_signed_in_is_told_so(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        other = add_person(parts)
        url = invite(admin, organization.id, email).json()["url"]
        answer = accept(signed_in(parts, other), url, NEW)
        assert answer.status_code == 403
        assert email in answer.json()["message"] and other.email in answer.json()["message"]
        assert role_in(parts, organization.id, email) is None

    def test_it_ends_after_seven_days(
        self, parts: Parts, organization: Any, admin: Browser, email: str
    ) -> None:
        made = invite(admin, organization.id, email).json()
        with parts.stores.meta.begin() as session:
            session.get_one(Invitation, made["id"]).expires_at = now()
        assert accept(Browser(parts), made["url"], NEW).status_code == 404
        assert admin.get(path_of(organization.id)).json()["data"] == []

    def test_it_is_worth_no_more_than_who_invited_is_by_then(
        self, parts: Parts, organization: Any, email: str
    ) -> None:
        host = add_person(parts, organization.id, "ADMIN")
        url = invite(signed_in(parts, host), organization.id, email, "ADMIN").json()["url"]
        with parts.stores.meta.begin() as session:
            give_role(session, actor_of_user(host), Role.OWNER, organization.id, host.id, Role.MEMBER)
        assert accept(Browser(parts), url, NEW).status_code == 404
        assert role_in(parts, organization.id, email) is None

    @pytest.mark.parametrize("offered", ["NONE", "VIEWER", "MEMBER"])
    def test_nor_does_it_outlive_the_right_to_invite(
        self, parts: Parts, organization: Any, email: str, offered: str
    ) -> None:
        host, named = add_person(parts, organization.id, "ADMIN"), add_person(parts)
        browser, invited = signed_in(parts, host), signed_in(parts, named)
        url = invite(browser, organization.id, email, offered).json()["url"]
        body, headers = {"userId": named.id, "role": offered}, {"x-spyglass-organization": organization.id}
        put = browser.ask("PUT", "/api/public/organizations/memberships", json=body, headers=headers)
        assert put.status_code == 202
        [pending] = invited.get("/api/ui/account/invitations").json()["data"]
        with parts.stores.meta.begin() as session:
            give_role(session, actor_of_user(host), Role.OWNER, organization.id, host.id, Role.MEMBER)
        assert accept(Browser(parts), url, NEW).status_code == 404
        assert invited.get("/api/ui/account/invitations").json()["data"] == []
        assert invited.post(f"/api/ui/account/invitations/{pending['id']}/accept").status_code == 404
        for address in (email, named.email):
            assert role_in(parts, organization.id, address) is None

    @pytest.mark.parametrize(
        ("has", "offered", "then"), [("VIEWER", "MEMBER", "MEMBER"), ("ADMIN", "MEMBER", "ADMIN")]
    )
    def test_who_became_a_member_meanwhile_keeps_the_higher_role(
        self, parts: Parts, organization: Any, admin: Browser, has: str, offered: str, then: str
    ) -> None:
        user = add_person(parts)
        offer = {"projectId": organization.project.id, "projectRole": "VIEWER"}
        url = invite(admin, organization.id, user.email, offered, **offer).json()["url"]
        with parts.stores.meta.begin() as session:
            actor = actor_of_user(user)
            give_role(session, actor, Role.OWNER, organization.id, user.id, Role(has))
            session.add(ProjectMembership(project_id=organization.project.id, user_id=user.id, role="ADMIN"))
        assert accept(signed_in(parts, user), url).status_code == 200
        assert role_in(parts, organization.id, user.email) == then
        with parts.stores.meta.read() as session:
            own = session.get_one(ProjectMembership, (organization.project.id, user.id))
        assert own.role == "ADMIN"
