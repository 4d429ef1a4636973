"""Signing in, first user, sign-up, links for a new password: what works, and what nobody learns."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from people import PASSWORD, Browser, add_person, signed_in
from sqlalchemy import delete, select

from spyglass.core.clock import now
from spyglass.core.permissions import Role
from spyglass.features.accounts.operator_service import disable_user, make_setup_link
from spyglass.server.wiring import Parts
from spyglass.stores.meta import sign_in_failures
from spyglass.stores.meta.memberships import give_project_role, give_role, remove_member
from spyglass.stores.meta.people import actor_of_user, add_user
from spyglass.stores.meta.setup_link import end_setup
from spyglass.stores.meta.sign_in_failures import ACCOUNT, ADDRESS, Limit
from spyglass.stores.meta.tables import (
    AuditLog,
    Organization,
    OrganizationMembership,
    PasswordReset,
    Project,
    SignInFailure,
    User,
    UserSession,
)

FIRST_USER = "/api/ui/auth/first-user"
SIGN_IN = "/api/ui/auth/sign-in"


@pytest.fixture(scope="module")
def shared(make_server: Callable[..., Parts]) -> Parts:
    return make_server()


@pytest.fixture
def server(shared: Parts) -> Parts:
    """With nobody in it and no failures behind it."""
    with shared.stores.meta.begin() as session:
        session.execute(delete(SignInFailure))
        for table in (OrganizationMembership, User):  # sessions and links go with their user
            session.execute(delete(table))
    return shared


class TestSignIn:
    def test_the_answer_has_the_person_and_a_cookie_that_scripts_cannot_read(self, server: Parts) -> None:
        user = add_person(server)
        browser = Browser(server)
        answer = browser.post(SIGN_IN, {"email": f" {user.email.upper()} ", "password": PASSWORD})
        assert answer.status_code == 200
        body = answer.json()
        assert body["user"] == {"id": user.id, "email": user.email, "name": user.name}
        assert len(body["csrf"]) == 64
        cookie = answer.headers["set-cookie"]
        name, _, rest = cookie.partition("=")
        token = rest.partition(";")[0]
        assert name == "spyglass_session" and len(token) == 43
        facts = {each.strip().lower() for each in cookie.split(";")[1:]}
        assert {"httponly", "path=/", "samesite=lax", f"max-age={90 * 86400}"} <= facts
        assert "secure" not in facts
        with server.stores.meta.read() as session:
            row = session.scalars(select(UserSession)).one()
        assert token not in (row.token_hash, row.id) and row.user_id == user.id

    @pytest.mark.parametrize("how", ["https", "public url"])
    def test_the_cookie_is_secure_where_browsers_come_by_https(
        self, make_server: Callable[..., Parts], how: str
    ) -> None:
        server = make_server(public_url="https://spyglass.example.com" if how == "public url" else "")
        browser = Browser(server, base_url="https://testserver" if how == "https" else "http://testserver")
        user = add_person(server)
        answer = browser.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        assert "; Secure" in answer.headers["set-cookie"]

    def test_nobody_learns_which_addresses_have_an_account(self, server: Parts) -> None:
        user, disabled, without = add_person(server), add_person(server), add_person(server)
        with server.stores.meta.begin() as session:
            session.get_one(User, disabled.id).disabled_at = now()
            session.get_one(User, without.id).password_hash = None
        tries = [
            (user.email, "wrong password"),
            ("nobody@example.com", PASSWORD),
            (disabled.email, PASSWORD),
            (without.email, PASSWORD),
        ]
        bodies = []
        for email, password in tries:
            answer = Browser(server).post(SIGN_IN, {"email": email, "password": password})
            assert answer.status_code == 401 and "set-cookie" not in answer.headers
            bodies.append({**answer.json(), "requestId": ""})
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0]["message"] == "Wrong e-mail address or password"

    def test_an_error_says_its_request_and_a_form_its_fields(self, server: Parts) -> None:
        answer = Browser(server).post(SIGN_IN, {"email": "no address", "password": "x", "more": 1})
        body = answer.json()
        assert answer.status_code == 400
        assert body["requestId"] == answer.headers["x-request-id"]
        assert body["error"] == "InvalidRequestError"
        assert set(body["fields"]) == {"email", "more"}
        assert body["fields"]["email"] == "must be an e-mail address"
        assert "no address" not in answer.text

    def test_a_page_of_another_site_signs_nobody_in(self, server: Parts) -> None:
        user = add_person(server)
        body = {"email": user.email, "password": PASSWORD}
        for site in ("cross-site", "same-site"):
            answer = Browser(server).post(SIGN_IN, body, headers={"sec-fetch-site": site})
            assert answer.status_code == 403 and "set-cookie" not in answer.headers

    def test_signing_in_again_ends_the_session_that_the_browser_had(self, server: Parts) -> None:
        user = add_person(server)
        browser = signed_in(server, user)
        browser.sign_in(user)
        with server.stores.meta.read() as session:
            assert len(session.scalars(select(UserSession)).all()) == 1

    def test_signing_out_ends_the_session(self, server: Parts) -> None:
        browser = signed_in(server, add_person(server))
        stolen = browser.as_headers
        answer = browser.post("/api/ui/auth/sign-out")
        assert answer.status_code == 204
        assert 'spyglass_session=""' in answer.headers["set-cookie"]
        assert Browser(server).get("/api/ui/boot", headers=stolen).status_code == 401


class TestThrottle:
    def fail(self, server: Parts, email: str, times: int, address: str = "testclient") -> list[int]:
        body = {"email": email, "password": "wrong password"}
        return [Browser(server, address=address).post(SIGN_IN, body).status_code for _ in range(times)]

    def test_nobody_keeps_the_owner_of_a_known_address_waiting(self, server: Parts) -> None:
        user = add_person(server)
        assert self.fail(server, user.email, 6, "203.0.113.7") == [401] * 5 + [429]
        # Of one network are those who share its first three numbers.
        assert self.fail(server, user.email, 1, "203.0.113.200") == [429]
        Browser(server, address="198.51.100.1").sign_in(user)
        assert self.fail(server, user.email, 1, "203.0.113.7") == [429]  # which helps nobody elsewhere

    def test_many_networks_together_gain_little(self, server: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sign_in_failures, "ELSEWHERE", Limit(free=10, most_s=300))
        user = add_person(server)
        Browser(server, address="198.51.100.1").sign_in(user)
        places = [f"203.0.{number}.1" for number in range(12)]
        statuses = [self.fail(server, user.email, 1, each)[0] for each in places]
        assert statuses == [401] * 10 + [429] * 2
        # Where the owner is signed in, all that does not count.
        Browser(server, address="198.51.100.2").sign_in(user)
        assert self.fail(server, user.email, 1, "203.0.99.1") == [429]

    def test_who_changes_the_password_is_not_kept_waiting_by_those_outside(self, server: Parts) -> None:
        user = add_person(server)
        browser = signed_in(server, user)
        self.fail(server, user.email, 6)
        body = {"current": PASSWORD, "password": "another password"}
        assert browser.post("/api/ui/account/password", body).status_code == 204

    def test_after_five_failures_also_the_right_password_has_to_wait(self, server: Parts) -> None:
        user = add_person(server)
        assert self.fail(server, user.email, 5) == [401] * 5
        answer = Browser(server).post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 2
        assert f"{answer.headers['retry-after']} seconds" in answer.json()["message"]

    def test_an_account_that_does_not_exist_is_counted_like_others(self, server: Parts) -> None:
        assert self.fail(server, "nobody@example.com", 6) == [401] * 5 + [429]

    def test_others_sign_in_meanwhile_and_a_success_starts_afresh(self, server: Parts) -> None:
        user, other = add_person(server), add_person(server)
        self.fail(server, user.email, 5)
        signed_in(server, other)
        with server.stores.meta.begin() as session:
            for row in session.scalars(select(SignInFailure)):
                row.blocked_until = None  # the time is over
        signed_in(server, user)
        assert self.fail(server, user.email, 5) == [401] * 5

    def test_one_address_that_tries_many_accounts_has_to_wait_too(self, server: Parts) -> None:
        with server.stores.meta.begin() as session:
            assert session.scalars(select(SignInFailure)).all() == []
        emails = [f"{number}@example.com" for number in range(ADDRESS.free + 1)]
        statuses = [self.fail(server, email, 1)[0] for email in emails]
        assert statuses == [401] * ADDRESS.free + [429]

    def test_the_waits_double_up_to_a_limit(self) -> None:
        assert [ACCOUNT.wait_s(count) for count in (1, 4, 5, 6, 7, 12, 13, 1000)] == [
            *(0, 0, 2, 4, 8, 256, 300, 300),
        ]

    def test_failures_are_forgotten_after_a_day(self, server: Parts) -> None:
        user = add_person(server)
        self.fail(server, user.email, 5)
        with server.stores.meta.begin() as session:
            for row in session.scalars(select(SignInFailure)):
                row.failed_at = now() - timedelta(days=1, seconds=1)
        assert self.fail(server, user.email, 5) == [401] * 5


class TestFirstUser:
    BODY = {"email": "Owner@Example.com", "name": "The Owner", "password": "a long password"}

    @pytest.fixture
    def token(self, server: Parts) -> str:
        """Of the link that the server prints."""
        link = make_setup_link(server.stores.meta, server.state.session_secret, "http://testserver")
        return link.partition("?token=")[2]

    def make(self, server: Parts, token: str, **more: str) -> Any:
        return Browser(server).post(FIRST_USER, {**self.BODY, "token": token, **more})

    def test_the_link_makes_the_owner_of_what_there_is_once(self, server: Parts, token: str) -> None:
        with server.stores.meta.begin() as session:
            organization = Organization(name="My organization")
            session.add(organization)
            session.flush()
            session.add(Project(organization_id=organization.id, name="My project"))
        browser = Browser(server)
        assert browser.get("/api/ui/auth/options").json()["needsFirstUser"] is True
        answer = browser.post(FIRST_USER, {**self.BODY, "token": token})
        assert answer.status_code == 200 and token not in answer.text
        assert answer.json()["user"]["email"] == "owner@example.com"
        [place] = browser.get("/api/ui/boot").json()["organizations"]
        assert (place["name"], place["role"]) == ("My organization", "OWNER")
        assert [(each["name"], each["role"]) for each in place["projects"]] == [("My project", "OWNER")]
        assert browser.get("/api/ui/auth/options").json()["needsFirstUser"] is False
        again = self.make(server, token, email="b@example.com")
        assert again.status_code == 409 and "set-cookie" not in again.headers
        with server.stores.meta.read() as session:
            assert len(session.scalars(select(User)).all()) == 1
        with server.stores.meta.begin() as session:
            session.execute(delete(OrganizationMembership))
            for table in (Project, Organization):
                session.execute(delete(table))

    def test_it_may_name_an_organization_and_a_project(self, server: Parts, token: str) -> None:
        browser = Browser(server)
        body = {**self.BODY, "token": token, "organization": "Acme", "project": "Bot"}
        assert browser.post(FIRST_USER, body).status_code == 200
        boot = browser.get("/api/ui/boot").json()
        places = {each["name"]: [part["name"] for part in each["projects"]] for each in boot["organizations"]}
        assert places["Acme"] == ["Bot"]

    @pytest.mark.parametrize("given", ["", "guessed", "x" * 43, None])
    def test_nobody_takes_over_without_the_link(self, server: Parts, token: str, given: str | None) -> None:
        body = {**self.BODY, "token": given} if given is not None else self.BODY
        answer = Browser(server).post(FIRST_USER, body)
        assert answer.status_code == (400 if given is None else 403)
        assert "set-cookie" not in answer.headers and token not in answer.text
        with server.stores.meta.read() as session:
            assert session.scalars(select(User)).all() == []
        assert self.make(server, token).status_code == 200  # and the link stands all the while

    def test_without_a_link_that_was_printed_nothing_fits(self, server: Parts) -> None:
        with server.stores.meta.begin() as session:
            end_setup(session)
        assert self.make(server, "").status_code == 403

    def test_whoever_else_gets_an_account_first_ends_it(self, server: Parts, token: str) -> None:
        with server.stores.meta.begin() as session:
            user = add_user(session, "else@example.com", "Else", None)
        assert self.make(server, token).status_code == 409
        with server.stores.meta.begin() as session:
            session.delete(session.get_one(User, user.id))
        assert self.make(server, token).status_code == 403

    def test_of_several_at_once_one_is_the_first(self, server: Parts, token: str) -> None:
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda place: self.make(server, token, email=f"{place}@example.com"), range(4))
            assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
        with server.stores.meta.read() as session:
            assert len(session.scalars(select(User)).all()) == 1

    @pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "x" * 257])
    def test_a_weak_password_is_refused_at_its_field(self, server: Parts, token: str, password: str) -> None:
        answer = self.make(server, token, password=password)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == ["password"]
        assert password not in answer.text and token not in answer.text


class TestSignUp:
    BODY = {"email": "new@example.com", "name": "New", "password": "a long password"}

    def test_is_off_by_default(self, server: Parts) -> None:
        assert Browser(server).get("/api/ui/auth/options").json()["signUp"] is False
        answer = Browser(server).post("/api/ui/auth/sign-up", self.BODY)
        assert answer.status_code == 403 and "invitation" in answer.json()["message"]
        with server.stores.meta.read() as session:
            assert session.scalars(select(User)).all() == []

    def test_turned_on_it_makes_an_account_without_any_organization(
        self, make_server: Callable[..., Parts]
    ) -> None:
        server = make_server(disable_sign_up=False)
        browser = Browser(server)
        assert browser.get("/api/ui/auth/options").json()["signUp"] is True
        assert browser.post("/api/ui/auth/sign-up", self.BODY).status_code == 200
        assert browser.get("/api/ui/boot").json()["organizations"] == []
        assert Browser(server).post("/api/ui/auth/sign-up", self.BODY).status_code == 409

    def test_passwords_stay_on_while_there_is_no_identity_provider(
        self, make_server: Callable[..., Parts]
    ) -> None:
        server = make_server(disable_password=True)
        assert Browser(server).get("/api/ui/auth/options").json()["password"] is True


class TestResetPassword:
    def link(self, server: Parts, organization_id: str, user: User) -> str:
        admin = add_person(server, organization_id, "ADMIN")
        browser = signed_in(server, admin)
        path = f"/api/ui/organizations/{organization_id}/members/{user.id}/reset-link"
        answer = browser.post(path)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    def test_works_once_and_signs_out_everywhere_else(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id)
        old = signed_in(parts, user)
        url = self.link(parts, organization.id, user)
        token = url.partition("?token=")[2]
        browser = Browser(parts)
        body = {"token": token, "password": "a new password"}
        answer = browser.post("/api/ui/auth/reset-password", body)
        assert answer.status_code == 200 and answer.json()["user"]["id"] == user.id
        assert browser.get("/api/ui/account").status_code == 200
        assert old.get("/api/ui/account").status_code == 401
        assert browser.post("/api/ui/auth/reset-password", body).status_code == 400
        Browser(parts).sign_in(user, "a new password")
        assert Browser(parts).post(SIGN_IN, {"email": user.email, "password": PASSWORD}).status_code == 401

    def test_ends_after_a_day_and_is_not_stored(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id)
        token = self.link(parts, organization.id, user).partition("?token=")[2]
        with parts.stores.meta.begin() as session:
            row = session.scalars(select(PasswordReset).where(PasswordReset.user_id == user.id)).one()
            assert row.token_hash != token
            assert timedelta(hours=23) < row.expires_at - now() <= timedelta(days=1)
            row.expires_at = now()
        body = {"token": token, "password": "a new password"}
        assert Browser(parts).post("/api/ui/auth/reset-password", body).status_code == 400

    def test_nobody_opens_the_account_of_who_may_more(
        self, parts: Parts, organization: Any, make_organization: Callable[[], Any]
    ) -> None:
        elsewhere = make_organization()
        owner = add_person(parts, organization.id, "OWNER")
        in_both = add_person(parts, organization.id, "MEMBER")
        in_project = add_person(parts, organization.id, "MEMBER", {organization.project.id: "OWNER"})
        with parts.stores.meta.begin() as session:
            session.add(
                OrganizationMembership(organization_id=elsewhere.id, user_id=in_both.id, role="VIEWER")
            )
        browser = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        for user in (owner, in_both, in_project):
            path = f"/api/ui/organizations/{organization.id}/members/{user.id}/reset-link"
            assert browser.post(path).status_code == 403
        with parts.stores.meta.read() as session:
            ids = [owner.id, in_both.id, in_project.id]
            assert session.scalars(select(PasswordReset).where(PasswordReset.user_id.in_(ids))).all() == []

    @pytest.mark.parametrize("change", ["degraded", "removed", "restricted", "disabled"])
    def test_it_is_worth_no_more_than_who_made_it_is_by_then(
        self, parts: Parts, organization: Any, change: str
    ) -> None:
        host, user = (add_person(parts, organization.id, "ADMIN") for _ in range(2))
        path = f"/api/ui/organizations/{organization.id}/members/{user.id}/reset-link"
        token = signed_in(parts, host).post(path).json()["url"].partition("?token=")[2]
        actor, id_ = actor_of_user(host), organization.id
        if change == "disabled":
            disable_user(parts.stores.meta, host.email)
        else:
            with parts.stores.meta.begin() as session:
                if change == "degraded":
                    give_role(session, actor, Role.OWNER, id_, host.id, Role.MEMBER)
                elif change == "removed":
                    remove_member(session, actor, Role.OWNER, id_, host.id)
                else:
                    project = session.get_one(Project, organization.project.id)
                    give_project_role(session, actor, Role.OWNER, project, host.id, Role.NONE)
        body = {"token": token, "password": "a new password"}
        assert Browser(parts).post("/api/ui/auth/reset-password", body).status_code == 400
        Browser(parts).sign_in(user)

    def test_it_opens_nothing_that_came_later(
        self, parts: Parts, organization: Any, make_organization: Callable[[], Any]
    ) -> None:
        user, other = (add_person(parts, organization.id) for _ in range(2))
        tokens = [self.link(parts, organization.id, each).partition("?token=")[2] for each in (user, other)]
        with parts.stores.meta.begin() as session:
            give_role(session, actor_of_user(user), Role.OWNER, make_organization().id, user.id, Role.OWNER)
        answers = [
            Browser(parts).post("/api/ui/auth/reset-password", {"token": each, "password": "a new password"})
            for each in tokens
        ]
        assert [each.status_code for each in answers] == [400, 200]

    def test_who_made_the_link_is_in_the_audit_log(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id)
        self.link(parts, organization.id, user)
        with parts.stores.meta.read() as session:
            entry = session.scalars(
                select(AuditLog).where(AuditLog.resource_id == user.id, AuditLog.action == "createResetLink")
            ).one()
        assert (entry.actor_type, entry.actor_role, entry.organization_id) == (
            "USER",
            "ADMIN",
            organization.id,
        )
        assert entry.before is None and entry.after is None
