"""What a session may, with the routes of SDKs and of the UI: roles, places, the CSRF token, its end."""

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
from spyglass.stores.meta.tables import AuditLog, Project, User, UserSession

CONFIGS = "/api/public/score-configs"
CONFIG = {"name": "quality", "dataType": "NUMERIC"}


def another_project(parts: Parts, organization_id: str) -> str:
    with parts.stores.meta.begin() as session:
        project = Project(organization_id=organization_id, name=f"beside {now().timestamp()}")
        session.add(project)
        session.flush()
        return project.id


class TestPlace:
    def test_the_header_says_in_which_project_a_request_acts(self, parts: Parts, organization: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id), project=organization.project.id)
        assert browser.post(CONFIGS, CONFIG).status_code == 200
        assert [each["name"] for each in browser.get(CONFIGS).json()["data"]] == ["quality"]
        answer = browser.get("/api/public/projects").json()["data"]
        assert [each["id"] for each in answer] == [organization.project.id]

    def test_without_it_the_request_is_refused_and_says_so(self, parts: Parts, organization: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id))
        answer = browser.get(CONFIGS)
        assert answer.status_code == 400 and "x-spyglass-project" in answer.json()["message"]
        answer = browser.get("/api/public/organizations/memberships")
        assert answer.status_code == 400 and "x-spyglass-organization" in answer.json()["message"]

    def test_a_project_of_others_is_as_unknown_as_none(
        self, parts: Parts, organization: Any, make_organization: Callable[[], Any]
    ) -> None:
        other = make_organization()
        browser = signed_in(parts, add_person(parts, organization.id, "OWNER"))
        answers = [
            browser.get(CONFIGS, headers={"x-spyglass-project": project_id})
            for project_id in (other.project.id, "no such project")
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
        assert browser.get(f"/api/ui/projects/{other.project.id}").status_code == 404
        for organization_id in (other.id, "no such organization"):
            found = browser.get(
                "/api/public/organizations/memberships", headers={"x-spyglass-organization": organization_id}
            )
            assert found.status_code == 404

    def test_the_path_of_a_route_of_the_ui_wins_over_the_header(
        self, parts: Parts, organization: Any, make_organization: Callable[[], Any]
    ) -> None:
        other = make_organization()
        browser = signed_in(
            parts, add_person(parts, organization.id, "OWNER"), project=organization.project.id
        )
        assert browser.get(f"/api/ui/projects/{other.project.id}/keys").status_code == 404
        assert browser.get(f"/api/ui/projects/{organization.project.id}/keys").status_code == 200

    def test_a_deleted_project_is_gone_at_once(self, parts: Parts, organization: Any) -> None:
        project_id = another_project(parts, organization.id)
        browser = signed_in(parts, add_person(parts, organization.id, "OWNER"), project=project_id)
        assert browser.get(CONFIGS).status_code == 200
        assert browser.ask("DELETE", f"/api/ui/projects/{project_id}").status_code == 202
        assert browser.get(CONFIGS).status_code == 404


class TestRole:
    def test_a_viewer_reads_and_does_not_write(self, parts: Parts, organization: Any) -> None:
        viewer = add_person(parts, organization.id, "VIEWER")
        browser = signed_in(parts, viewer, project=organization.project.id)
        assert browser.get(CONFIGS).status_code == 200
        answer = browser.post(CONFIGS, CONFIG)
        assert answer.status_code == 403
        assert answer.json()["message"] == (
            "Your role VIEWER does not allow this: it needs the permission scoreConfigs:CUD"
        )
        assert browser.post("/api/public/ingestion", {"batch": []}).status_code == 403
        assert browser.ask("DELETE", "/api/public/traces/t").status_code == 403
        assert browser.get(CONFIGS).json()["data"] == []

    def test_in_two_projects_the_role_of_each_counts(self, parts: Parts, organization: Any) -> None:
        second, hidden = (another_project(parts, organization.id) for _ in range(2))
        roles = {second: "VIEWER", hidden: "NONE"}
        user = add_person(parts, organization.id, "ADMIN", roles)
        browser = signed_in(parts, user)
        first = {"x-spyglass-project": organization.project.id}
        assert browser.post(CONFIGS, CONFIG, headers=first).status_code == 200
        assert browser.post(CONFIGS, CONFIG, headers={"x-spyglass-project": second}).status_code == 403
        assert browser.get(CONFIGS, headers={"x-spyglass-project": second}).status_code == 200
        assert browser.get(CONFIGS, headers={"x-spyglass-project": hidden}).status_code == 404
        assert browser.get(f"/api/ui/projects/{hidden}").status_code == 404

    def test_who_has_no_role_in_the_organization_may_have_one_in_a_project(
        self, parts: Parts, organization: Any
    ) -> None:
        second = another_project(parts, organization.id)
        browser = signed_in(parts, add_person(parts, organization.id, "NONE", {second: "MEMBER"}))
        assert browser.post(CONFIGS, CONFIG, headers={"x-spyglass-project": second}).status_code == 200
        named = {"x-spyglass-project": organization.project.id}
        assert browser.get(CONFIGS, headers=named).status_code == 404
        named = {"x-spyglass-organization": organization.id}
        assert browser.get("/api/public/organizations/memberships", headers=named).status_code == 403

    def test_another_role_counts_from_the_next_request_on(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id, "VIEWER")
        browser = signed_in(parts, user, project=organization.project.id)
        assert browser.post(CONFIGS, CONFIG).status_code == 403
        with parts.stores.meta.begin() as session:
            actor = actor_of_user(user)
            give_role(session, actor, Role.OWNER, organization.id, user.id, Role.MEMBER)
        assert browser.post(CONFIGS, CONFIG).status_code == 200
        with parts.stores.meta.begin() as session:
            project = session.get_one(Project, organization.project.id)
            give_project_role(session, actor, Role.OWNER, project, user.id, Role.NONE)
        assert browser.get(CONFIGS).status_code == 404

    def test_the_audit_log_names_the_person_and_the_role(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id, "MEMBER")
        browser = signed_in(parts, user, project=organization.project.id)
        made = browser.post(CONFIGS, CONFIG).json()["id"]
        with parts.stores.meta.read() as session:
            entry = session.scalars(select(AuditLog).where(AuditLog.resource_id == made)).one()
        assert (entry.actor_type, entry.actor_id, entry.actor_role) == ("USER", user.id, "MEMBER")
        assert (entry.organization_id, entry.project_id) == (organization.id, organization.project.id)


class TestOrganizationRoutes:
    def test_of_an_organization_the_role_there_counts(self, parts: Parts, organization: Any) -> None:
        admin = signed_in(parts, add_person(parts, organization.id, "ADMIN"), organization=organization.id)
        member = signed_in(parts, add_person(parts, organization.id, "MEMBER"), organization=organization.id)
        path = "/api/public/organizations/memberships"
        assert admin.get(path).status_code == member.get(path).status_code == 200
        target = add_person(parts, organization.id, "VIEWER")
        change = {"userId": target.id, "role": "MEMBER"}
        assert member.ask("PUT", path, json=change).status_code == 403
        assert admin.ask("PUT", path, json=change).status_code == 200
        assert admin.ask("PUT", path, json={**change, "role": "OWNER"}).status_code == 403
        assert admin.get("/api/public/organizations/apiKeys").status_code == 403

    def test_for_a_project_as_a_whole_the_role_in_it_counts(self, parts: Parts, organization: Any) -> None:
        second = another_project(parts, organization.id)
        user = add_person(parts, organization.id, "VIEWER", {second: "ADMIN"})
        browser = signed_in(parts, user, organization=organization.id, project=second)
        assert browser.get(f"/api/public/projects/{second}/apiKeys").status_code == 200
        assert browser.post(f"/api/public/projects/{second}/apiKeys").status_code == 201
        first = f"/api/public/projects/{organization.project.id}/apiKeys"
        assert browser.get(first).status_code == 403
        assert browser.post(first).status_code == 403

    def test_where_any_project_may_be_meant_the_least_role_counts(
        self, parts: Parts, organization: Any
    ) -> None:
        path = "/api/public/integrations/blob-storage"
        user = add_person(parts, organization.id, "ADMIN")
        browser = signed_in(parts, user, organization=organization.id)
        assert browser.get(path).status_code == 200
        hidden = another_project(parts, organization.id)
        with parts.stores.meta.begin() as session:
            project = session.get_one(Project, hidden)
            give_project_role(session, actor_of_user(user), Role.OWNER, project, user.id, Role.VIEWER)
        assert browser.get(path).status_code == 403

    def test_a_project_without_a_role_is_not_listed(self, parts: Parts, organization: Any) -> None:
        hidden = another_project(parts, organization.id)
        user = add_person(parts, organization.id, "ADMIN", {hidden: "NONE"})
        path = "/api/public/organizations/projects"
        shown = signed_in(parts, user, organization=organization.id).get(path).json()["projects"]
        assert [each["id"] for each in shown] == [organization.project.id]
        everything = Browser(parts).get(path, headers=organization.basic).json()["projects"]
        assert {each["id"] for each in everything} == {organization.project.id, hidden}

    def test_nobody_gives_more_than_their_role_in_the_project(self, parts: Parts, organization: Any) -> None:
        second = another_project(parts, organization.id)
        admin = add_person(parts, organization.id, "OWNER", {second: "ADMIN"})
        target = add_person(parts, organization.id, "VIEWER")
        path = f"/api/ui/organizations/{organization.id}/members/{target.id}/projects/{second}"
        browser = signed_in(parts, admin)
        assert browser.ask("PUT", path, json={"role": "OWNER"}).status_code == 403
        assert browser.ask("PUT", path, json={"role": "ADMIN"}).status_code == 204


class TestCsrf:
    @pytest.mark.parametrize("token", [None, "", "0" * 64, "ü"])
    def test_a_change_without_the_token_is_refused(
        self, parts: Parts, organization: Any, token: str | None
    ) -> None:
        browser = signed_in(parts, add_person(parts, organization.id), project=organization.project.id)
        browser.csrf = ""
        sent = {} if token is None else {"x-spyglass-csrf": token.encode()}
        for path, body in ((CONFIGS, CONFIG), ("/api/public/ingestion", {"batch": []})):
            assert browser.post(path, body, headers=sent).status_code == 403
        assert browser.post("/api/ui/auth/sign-out", headers=sent).status_code == 403
        assert browser.get(CONFIGS, headers=sent).json()["data"] == []

    def test_the_token_of_another_session_does_not_fit(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id)
        one, two = (signed_in(parts, user, project=organization.project.id) for _ in range(2))
        assert one.csrf != two.csrf
        one.csrf = two.csrf
        assert one.post(CONFIGS, CONFIG).status_code == 403

    def test_boot_says_the_token_that_signing_in_gave(self, parts: Parts) -> None:
        browser = signed_in(parts, add_person(parts))
        assert browser.get("/api/ui/boot").json()["csrf"] == browser.csrf

    def test_with_it_a_batch_is_taken(self, parts: Parts, organization: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id), project=organization.project.id)
        assert browser.post("/api/public/ingestion", {"batch": []}).status_code == 207

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_a_script_of_another_site_has_no_session(
        self, parts: Parts, organization: Any, site: str
    ) -> None:
        browser = signed_in(parts, add_person(parts, organization.id), project=organization.project.id)
        foreign = {"sec-fetch-site": site, "sec-fetch-mode": "cors", "origin": "https://evil.example"}
        answer = browser.get(CONFIGS, headers=foreign)
        assert answer.status_code == 401
        assert "access-control-allow-credentials" not in answer.headers
        followed = {"sec-fetch-site": site, "sec-fetch-mode": "navigate"}
        assert browser.get(CONFIGS, headers=followed).status_code == 200

    def test_no_answer_lets_a_foreign_page_send_cookies(self, parts: Parts) -> None:
        browser = signed_in(parts, add_person(parts))
        foreign = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        for path in (CONFIGS, "/api/ui/boot", "/api/ui/auth/sign-in"):
            answer = browser.ask("OPTIONS", path, headers=foreign)
            assert "access-control-allow-credentials" not in answer.headers
        assert "access-control-allow-origin" not in browser.get("/api/ui/boot", headers=foreign).headers


class TestEnd:
    def change(self, parts: Parts, user: User, **values: Any) -> None:
        with parts.stores.meta.begin() as session:
            row = session.scalars(select(UserSession).where(UserSession.user_id == user.id)).one()
            for name, each in values.items():
                setattr(row, name, each)
        parts.state.sessions._known.clear()  # a second later

    def test_nobody_is_in_without_a_session(self, parts: Parts) -> None:
        answer = Browser(parts).get("/api/ui/boot")
        assert answer.status_code == 401 and answer.json()["message"] == "You are not signed in"
        for token in ("x", "A" * 43, "\x00", "A" * 5000):
            made_up = {"cookie": f"spyglass_session={token}"}
            assert Browser(parts).get("/api/ui/boot", headers=made_up).status_code == 401

    def test_a_session_that_is_not_used_ends(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        self.change(parts, user, last_used_at=now() - timedelta(days=30) + timedelta(minutes=1))
        assert browser.get("/api/ui/boot").status_code == 200
        self.change(parts, user, last_used_at=now() - timedelta(days=30))
        assert browser.get("/api/ui/boot").status_code == 401

    def test_a_session_ends_whatever_its_use(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        with parts.stores.meta.read() as session:
            row = session.scalars(select(UserSession).where(UserSession.user_id == user.id)).one()
        assert timedelta(days=89, hours=23) < row.expires_at - now() <= timedelta(days=90)
        self.change(parts, user, expires_at=now())
        assert browser.get("/api/ui/boot").status_code == 401

    def test_its_use_is_noted_once_a_minute(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        earlier = now() - timedelta(minutes=2)
        self.change(parts, user, last_used_at=earlier)
        browser.get("/api/ui/boot")
        [shown] = browser.get("/api/ui/account/sessions").json()["data"]
        recent = now() - timedelta(seconds=30)
        assert shown["lastUsedAt"] > earlier.isoformat()
        self.change(parts, user, last_used_at=recent)
        browser.get("/api/ui/boot")
        with parts.stores.meta.read() as session:
            row = session.scalars(select(UserSession).where(UserSession.user_id == user.id)).one()
        assert row.last_used_at == recent

    def test_a_disabled_user_is_out(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        with parts.stores.meta.begin() as session:
            session.get_one(User, user.id).disabled_at = now()
        parts.state.sessions._known.clear()
        assert browser.get("/api/ui/boot").status_code == 401

    def test_an_identity_provider_takes_a_member_out_at_once(self, parts: Parts, organization: Any) -> None:
        user = add_person(parts, organization.id)
        browser = signed_in(parts, user, project=organization.project.id)
        assert browser.get(CONFIGS).status_code == 200
        change = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
        path = f"/api/public/scim/Users/{user.id}"
        answer = Browser(parts).ask("PATCH", path, json=change, headers=organization.basic)
        assert answer.status_code == 200 and answer.json()["active"] is False
        assert browser.get(CONFIGS).status_code == 404


class TestAccount:
    def test_name_and_preferences(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        answer = browser.ask(
            "PATCH", "/api/ui/account", json={"name": " Ada ", "preferences": {"theme": "dark"}}
        )
        assert answer.status_code == 200
        shown = browser.get("/api/ui/account").json()
        assert (shown["name"], shown["preferences"]) == ("Ada", {"theme": "dark"})
        assert (shown["email"], shown["hasPassword"]) == (user.email, True)
        browser.ask("PATCH", "/api/ui/account", json={"preferences": {}})
        assert browser.get("/api/ui/account").json()["name"] == "Ada"
        assert browser.get("/api/ui/boot").json()["user"]["preferences"] == {}

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "  "},
            {"name": "x" * 101},
            {"name": "a\x00b"},
            {"preferences": [1]},
            {"email": "other@example.com"},
            {"id": "x"},
        ],
    )
    def test_what_cannot_be_is_refused(self, parts: Parts, body: Any) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        answer = browser.ask("PATCH", "/api/ui/account", json=body)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == list(body)
        assert browser.get("/api/ui/account").json()["name"] == user.name

    def test_every_preference_comes_back(self, parts: Parts) -> None:
        browser = signed_in(parts, add_person(parts))
        chosen = {
            "theme": "system",
            "density": "compact",
            "codeSize": "large",
            "reducedMotion": True,
            "timeZone": "utc",
            "hour12": False,
            "locale": "de-CH",
            "firstDay": 6,
            "shortcuts": False,
        }
        answer = browser.ask("PATCH", "/api/ui/account", json={"preferences": {**chosen, "theme": None}})
        assert answer.json()["preferences"] == {name: chosen[name] for name in chosen if name != "theme"}
        browser.ask("PATCH", "/api/ui/account", json={"preferences": chosen})
        assert browser.get("/api/ui/boot").json()["user"]["preferences"] == chosen

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("theme", "pink"),
            ("density", 1),
            ("codeSize", "huge"),
            ("timeZone", "Europe/Zurich"),
            ("locale", "de_CH"),
            ("locale", "x" * 36),
            ("firstDay", 2),
            ("unknown", True),
        ],
    )
    def test_a_preference_that_cannot_be_is_named(self, parts: Parts, name: str, value: Any) -> None:
        browser = signed_in(parts, add_person(parts))
        answer = browser.ask("PATCH", "/api/ui/account", json={"preferences": {name: value}})
        assert answer.status_code == 400
        assert list(answer.json()["fields"]) == [f"preferences.{name}"]
        assert browser.get("/api/ui/account").json()["preferences"] == {}

    def test_a_new_password_ends_the_other_sessions(self, parts: Parts) -> None:
        user = add_person(parts)
        one, two = signed_in(parts, user), signed_in(parts, user)
        body = {"current": PASSWORD, "password": "quite another one"}
        assert one.post("/api/ui/account/password", body).status_code == 204
        assert one.get("/api/ui/account").status_code == 200
        assert two.get("/api/ui/account").status_code == 401
        Browser(parts).sign_in(user, "quite another one")

    def test_only_who_knows_the_present_one_changes_it(self, parts: Parts) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        body = {"current": "not it", "password": "quite another one"}
        statuses = [browser.post("/api/ui/account/password", body).status_code for _ in range(6)]
        assert statuses == [400] * 5 + [429]
        with parts.stores.meta.read() as session:
            assert session.get_one(User, user.id).password_hash == user.password_hash

    def test_sessions_are_listed_and_ended(self, parts: Parts) -> None:
        user = add_person(parts)
        browsers = [signed_in(parts, user) for _ in range(3)]
        shown = browsers[0].get("/api/ui/account/sessions").json()["data"]
        assert [each["current"] for each in shown].count(True) == 1 and len(shown) == 3
        assert {each["ip"] for each in shown} == {"testclient"}
        shown = browsers[1].get("/api/ui/account/sessions").json()["data"]
        [other] = [each["id"] for each in shown if each["current"]]
        assert browsers[0].ask("DELETE", f"/api/ui/account/sessions/{other}").status_code == 204
        assert browsers[1].get("/api/ui/account").status_code == 401
        assert browsers[0].ask("DELETE", "/api/ui/account/sessions").status_code == 204
        assert browsers[2].get("/api/ui/account").status_code == 401
        assert browsers[0].get("/api/ui/account").status_code == 200

    def test_the_session_of_another_is_unknown(self, parts: Parts) -> None:
        mine, other = signed_in(parts, add_person(parts)), signed_in(parts, add_person(parts))
        [theirs] = other.get("/api/ui/account/sessions").json()["data"]
        for session_id in (theirs["id"], "none"):
            answer = mine.ask("DELETE", f"/api/ui/account/sessions/{session_id}")
            assert answer.status_code == 404
        assert other.get("/api/ui/account").status_code == 200

    def test_keys_have_no_account(self, parts: Parts, organization: Any) -> None:
        for headers in (organization.basic, organization.project.basic):
            for path in ("/api/ui/account", "/api/ui/boot", "/api/ui/overview"):
                assert Browser(parts).get(path, headers=headers).status_code == 403
