"""Boot, the overview, and the pages of members, keys, projects and organizations."""

import base64
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from people import Browser, add_person, signed_in
from sqlalchemy import select
from starlette.testclient import TestClient

from spyglass.core.clock import now, now_us
from spyglass.core.permissions import Role, of_organization_role, of_project_role
from spyglass.query.overview import HOURS, read_glances
from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import ApiKey, AuditLog, Project


def send_traces(client: TestClient, parts: Parts, keys: Any, ages: list[timedelta]) -> None:
    batch = []
    for number, age in enumerate(ages):
        moment = (now() - age).isoformat()
        body = {"id": f"{keys.id}-{number}", "name": "t", "timestamp": moment}
        batch.append({"id": f"e{number}", "timestamp": moment, "type": "trace-create", "body": body})
        span = {"id": f"{keys.id}-s{number}", "traceId": body["id"], "startTime": moment, "name": "s"}
        span |= {"level": "ERROR"} if number == 0 else {"costDetails": {"total": 0.25}, "model": "m"}
        batch.append({"id": f"s{number}", "timestamp": moment, "type": "generation-create", "body": span})
    answer = client.post("/api/public/ingestion", json={"batch": batch}, headers=keys.basic)
    assert answer.json()["errors"] == []
    deadline = time.monotonic() + 10
    while True:
        lists = [
            client.get(f"/api/public/{each}", headers=keys.basic).json()
            for each in ("observations", "traces")
        ]
        if all(each["meta"]["totalItems"] == len(ages) for each in lists):
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestBoot:
    def test_says_where_somebody_has_which_role_and_what_that_permits(
        self, parts: Parts, organization: Any, make_organization: Callable[[], Any]
    ) -> None:
        second = make_organization()
        user = add_person(parts, organization.id, "VIEWER", {organization.project.id: "ADMIN"})
        with parts.stores.meta.begin() as session:
            hidden = Project(organization_id=organization.id, name="hidden", retention_days=7)
            gone = Project(organization_id=organization.id, name="gone", deleted_at=now())
            session.add_all([hidden, gone])
        boot = signed_in(parts, user).get("/api/ui/boot").json()
        assert boot["user"] == {"id": user.id, "email": user.email, "name": user.name, "preferences": {}}
        [place] = boot["organizations"]
        assert (place["id"], place["role"]) == (organization.id, "VIEWER")
        assert set(place["permissions"]) == of_organization_role(Role.VIEWER)
        first, other = place["projects"]
        assert (first["id"], first["role"]) == (organization.project.id, "ADMIN")
        assert set(first["permissions"]) == of_project_role(Role.ADMIN)
        assert (other["name"], other["role"], other["retentionDays"]) == ("hidden", "VIEWER", 7)
        assert second.id not in str(boot)
        assert boot["currency"] == "USD" and boot["publicUrl"] == "http://testserver"
        assert boot["features"]["createOrganization"] is True

    def test_is_read_anew_each_time(self, parts: Parts, organization: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id, "OWNER"))
        path = f"/api/ui/organizations/{organization.id}"
        assert browser.ask("PATCH", path, json={"name": "New name"}).status_code == 200
        assert browser.get("/api/ui/boot").json()["organizations"][0]["name"] == "New name"


class TestOverview:
    def test_counts_the_last_day_of_my_projects(
        self, parts: Parts, client: TestClient, organization: Any, make_project: Callable[[], Any]
    ) -> None:
        stranger = make_project()
        ages = [timedelta(minutes=1), timedelta(hours=2, minutes=30), timedelta(hours=23, minutes=30)]
        send_traces(client, parts, organization.project, [*ages, timedelta(hours=25)])
        send_traces(client, parts, stranger, ages)
        with parts.stores.meta.begin() as session:
            session.add(Project(organization_id=organization.id, name="empty"))
        browser = signed_in(parts, add_person(parts, organization.id, "VIEWER"))
        found = browser.get("/api/ui/overview").json()["projects"]
        mine, empty = found
        assert mine["id"] == organization.project.id and stranger.id not in str(found)
        assert (mine["traces24h"], mine["errors24h"], mine["cost24h"]) == (3, 1, 0.5)
        assert mine["sparkline"] == [1, *[0] * 20, 1, 0, 1]
        assert mine["lastEventAt"] > (now() - timedelta(minutes=2)).isoformat()
        assert empty == {
            "id": empty["id"], "traces24h": 0, "errors24h": 0, "cost24h": None, "lastEventAt": None,
            "sparkline": [0] * 24,
        }  # fmt: skip

    def test_a_quiet_project_says_when_it_was_heard_last(
        self, parts: Parts, client: TestClient, organization: Any
    ) -> None:
        send_traces(client, parts, organization.project, [timedelta(days=3)])
        [glance] = read_glances(parts.stores.analytics, [organization.project.id], now_us()).values()
        assert glance.traces == 0 and glance.hours == [0] * HOURS
        assert glance.last_us is not None and abs(now_us() - glance.last_us - 3 * 86_400_000_000) < 60_000_000
        assert read_glances(parts.stores.analytics, [], now_us()) == {}


class TestOrganizations:
    def test_whoever_makes_one_owns_it_and_its_projects(self, parts: Parts, client: TestClient) -> None:
        user = add_person(parts)
        browser = signed_in(parts, user)
        made = browser.post("/api/ui/organizations", {"name": "Mine alone"})
        assert made.status_code == 201
        path = f"/api/ui/organizations/{made.json()['id']}/projects"
        answer = browser.post(path, {"name": "First one", "retentionDays": 30})
        assert answer.status_code == 201
        project = answer.json()
        pair = f"{project['key']['publicKey']}:{project['key']['secretKey']}".encode()
        basic = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
        assert client.get("/api/public/projects", headers=basic).json()["data"][0]["id"] == project["id"]
        named = {"x-spyglass-project": project["id"]}
        assert browser.get("/api/public/score-configs", headers=named).status_code == 200
        assert browser.get("/api/ui/boot").json()["organizations"][0]["role"] == "OWNER"
        assert browser.post(path, {"name": "First one"}).status_code == 409
        assert browser.post(path, {"name": "Second", "retentionDays": 2}).status_code == 400

    def test_only_administrators_change_it_and_owners_delete_it(
        self, parts: Parts, organization: Any
    ) -> None:
        path = f"/api/ui/organizations/{organization.id}"
        member = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
        admin = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        owner = signed_in(parts, add_person(parts, organization.id, "OWNER"))
        assert member.ask("PATCH", path, json={"name": "stolen"}).status_code == 403
        assert member.post(f"{path}/projects", {"name": "one more"}).status_code == 403
        assert admin.ask("DELETE", path).status_code == 403
        assert owner.ask("DELETE", path).status_code == 202
        # From now on, not when the last of its data is gone.
        assert owner.get("/api/ui/boot").json()["organizations"] == []
        named = {"x-spyglass-project": organization.project.id}
        assert owner.get("/api/public/score-configs", headers=named).status_code == 404


class TestMembers:
    def test_are_listed_with_their_roles_in_projects_that_one_may_see(
        self, parts: Parts, organization: Any
    ) -> None:
        with parts.stores.meta.begin() as session:
            secret = Project(organization_id=organization.id, name="secret")
            session.add(secret)
            session.flush()
            secret_id = secret.id
        roles = {organization.project.id: "ADMIN", secret_id: "OWNER"}
        member = add_person(parts, organization.id, "VIEWER", roles)
        reader = add_person(parts, organization.id, "MEMBER", {secret_id: "NONE"})
        path = f"/api/ui/organizations/{organization.id}/members"
        found = {each["userId"]: each for each in signed_in(parts, reader).get(path).json()["data"]}
        assert set(found) == {member.id, reader.id}
        shown = found[member.id]
        assert (shown["email"], shown["role"], shown["disabled"]) == (member.email, "VIEWER", False)
        assert shown["projects"] == [{"projectId": organization.project.id, "role": "ADMIN"}]
        viewer = signed_in(parts, add_person(parts, organization.id, "VIEWER"))
        assert viewer.get(path).status_code == 403

    def test_roles_are_given_and_taken(self, parts: Parts, organization: Any) -> None:
        target = add_person(parts, organization.id, "VIEWER")
        path = f"/api/ui/organizations/{organization.id}/members/{target.id}"
        admin = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        theirs = signed_in(parts, target, project=organization.project.id)
        config = {"name": "q", "dataType": "NUMERIC"}
        assert theirs.post("/api/public/score-configs", config).status_code == 403
        assert admin.ask("PUT", path, json={"role": "MEMBER"}).status_code == 204
        assert theirs.post("/api/public/score-configs", config).status_code == 200
        in_project = f"{path}/projects/{organization.project.id}"
        assert admin.ask("PUT", in_project, json={"role": "VIEWER"}).status_code == 204
        assert theirs.post("/api/public/score-configs", config).status_code == 403
        assert admin.ask("DELETE", in_project).status_code == 204
        assert theirs.post("/api/public/score-configs", {**config, "name": "r"}).status_code == 200
        assert admin.ask("DELETE", path).status_code == 204
        assert theirs.get("/api/public/score-configs").status_code == 404
        assert admin.ask("DELETE", path).status_code == 404

    def test_nobody_gets_above_whom_they_ask(self, parts: Parts, organization: Any) -> None:
        owner = add_person(parts, organization.id, "OWNER")
        admin = add_person(parts, organization.id, "ADMIN")
        browser = signed_in(parts, admin)
        path = f"/api/ui/organizations/{organization.id}/members"
        assert browser.ask("PUT", f"{path}/{admin.id}", json={"role": "OWNER"}).status_code == 403
        assert browser.ask("PUT", f"{path}/{owner.id}", json={"role": "VIEWER"}).status_code == 403
        assert browser.ask("DELETE", f"{path}/{owner.id}").status_code == 403
        last = signed_in(parts, owner)
        assert last.ask("DELETE", f"{path}/{owner.id}").status_code == 403

    def test_only_members_get_roles_here(self, parts: Parts, organization: Any) -> None:
        stranger = add_person(parts)
        browser = signed_in(parts, add_person(parts, organization.id, "OWNER"))
        path = f"/api/ui/organizations/{organization.id}/members"
        for user_id in (stranger.id, "nobody"):
            assert browser.ask("PUT", f"{path}/{user_id}", json={"role": "VIEWER"}).status_code == 404
            assert browser.post(f"{path}/{user_id}/reset-link").status_code == 404


class TestKeys:
    def test_a_key_is_made_shown_once_listed_and_ended(
        self, parts: Parts, client: TestClient, organization: Any
    ) -> None:
        user = add_person(parts, organization.id, "ADMIN")
        browser = signed_in(parts, user)
        path = f"/api/ui/projects/{organization.project.id}/keys"
        answer = browser.post(path, {"note": "for the bot"})
        assert answer.status_code == 201
        made = answer.json()
        assert made["secretKey"].startswith("sk-lf-") and made["createdBy"] == user.name
        keys = type(organization.project)(organization.project.id, made["publicKey"], made["secretKey"])
        assert client.get("/api/public/projects", headers=keys.basic).status_code == 200
        listed = browser.get(path)
        assert made["secretKey"] not in listed.text
        by_id = {each["id"]: each for each in listed.json()["data"]}
        assert by_id[made["id"]]["note"] == "for the bot" and by_id[made["id"]]["lastUsedAt"]
        assert [each["createdBy"] for each in listed.json()["data"]] == [None, user.name]
        assert browser.ask("DELETE", f"{path}/{made['id']}").status_code == 204
        assert client.get("/api/public/projects", headers=keys.basic).status_code == 401
        assert browser.ask("DELETE", f"{path}/{made['id']}").status_code == 404

    def test_members_see_keys_and_make_none(self, parts: Parts, organization: Any) -> None:
        path = f"/api/ui/projects/{organization.project.id}/keys"
        member = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
        viewer = signed_in(parts, add_person(parts, organization.id, "VIEWER"))
        assert (member.get(path).status_code, viewer.get(path).status_code) == (200, 403)
        assert member.post(path).status_code == 403
        assert Browser(parts).get(path, headers=organization.project.basic).status_code == 403
        with parts.stores.meta.read() as session:
            keys = session.scalars(select(ApiKey).where(ApiKey.project_id == organization.project.id)).all()
        assert len(keys) == 1


class TestProjectSettings:
    def test_what_is_left_out_stays(self, parts: Parts, organization: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        path = f"/api/ui/projects/{organization.project.id}"
        before = browser.get(path).json()
        assert before["organizationId"] == organization.id and before["retentionDays"] is None
        changed = browser.ask("PATCH", path, json={"retentionDays": 30, "bodyRetentionDays": 7})
        assert changed.status_code == 200
        assert changed.json() == {**before, "retentionDays": 30, "bodyRetentionDays": 7}
        renamed = browser.ask("PATCH", path, json={"name": "Renamed"}).json()
        assert renamed == {**before, "name": "Renamed", "retentionDays": 30, "bodyRetentionDays": 7}
        cleared = browser.ask("PATCH", path, json={"retentionDays": None}).json()
        assert (cleared["retentionDays"], cleared["bodyRetentionDays"]) == (None, 7)
        with parts.stores.meta.read() as session:
            entries = session.scalars(
                select(AuditLog).where(AuditLog.resource_id == organization.project.id)
            ).all()
        assert [each.actor_type for each in entries if each.action == "update"] == ["USER"] * 3

    @pytest.mark.parametrize(
        "body",
        [
            {"retentionDays": 2},
            {"retentionDays": 0},
            {"bodyRetentionDays": 0},
            {"name": "x"},
            {"id": "other"},
        ],
    )
    def test_what_cannot_be_is_refused(self, parts: Parts, organization: Any, body: Any) -> None:
        browser = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        path = f"/api/ui/projects/{organization.project.id}"
        answer = browser.ask("PATCH", path, json=body)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == list(body)

    def test_a_preview_says_what_would_go(self, parts: Parts, client: TestClient, organization: Any) -> None:
        ages = [timedelta(days=5), timedelta(days=10), timedelta(hours=1)]
        send_traces(client, parts, organization.project, ages)
        browser = signed_in(parts, add_person(parts, organization.id, "ADMIN"))
        path = f"/api/ui/projects/{organization.project.id}/retention/preview"
        found = browser.post(path, {"retentionDays": 7}).json()
        assert found == {"traces": 1, "observations": 1, "scores": 0}
        assert browser.post(path, {"retentionDays": 3}).json()["traces"] == 2
        member = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
        assert member.post(path, {"retentionDays": 3}).status_code == 403
        assert (
            member.ask("PATCH", path.removesuffix("/retention/preview"), json={"name": "mine"}).status_code
            == 403
        )
