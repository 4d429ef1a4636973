"""Saved views and snapshots: whose they are, who changes them, and what happens when two people save."""

from datetime import timedelta
from typing import Any

import pytest
from people import add_person, signed_in
from sqlalchemy import delete, select

from spyglass.core.clock import now
from spyglass.features.saved_views import snapshots
from spyglass.stores.meta.tables import Snapshot

VIEW = {
    "table": "traces",
    "name": "Errors",
    "state": {"q": "level:ERROR", "sort": "-time", "cols": ["time", "name"]},
}


class Team:
    """An owner, a member and a viewer of one project, each in a browser of their own."""

    def __init__(self, parts: Any, organization: Any) -> None:
        self.project = organization.project
        users = {role: add_person(parts, organization.id, role) for role in ("OWNER", "MEMBER", "VIEWER")}
        self.ids = {role: user.id for role, user in users.items()}
        self.browsers = {role: signed_in(parts, user) for role, user in users.items()}

    def call(self, role: str, method: str, rest: str, **more: Any) -> Any:
        browser = self.browsers[role]
        return browser.ask(method, f"/api/ui/projects/{self.project.id}/{rest}", **more)


@pytest.fixture(scope="module")
def team(parts: Any, make_organization: Any) -> Team:
    return Team(parts, make_organization())


def make(team: Team, role: str = "MEMBER", **fields: Any) -> Any:
    answer = team.call(role, "POST", "views", json=VIEW | fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(team: Team, role: str, **params: Any) -> list[str]:
    return [each["name"] for each in team.call(role, "GET", "views", params=params).json()["data"]]


class TestViews:
    def test_made_and_shown(self, team) -> None:
        made = make(team, name="Mine first")
        shown = {
            name: made[name] for name in ("table", "name", "state", "shared", "isDefault", "version", "mine")
        }
        assert shown == {
            **VIEW, "name": "Mine first", "shared": False, "isDefault": False, "version": 1, "mine": True,
        }  # fmt: skip
        assert made["ownerId"] == team.ids["MEMBER"]
        listed = team.call("MEMBER", "GET", "views", params={"table": "traces"}).json()["data"]
        assert next(each for each in listed if each["id"] == made["id"]) == made
        assert "Mine first" not in names(team, "MEMBER", table="observations")

    def test_a_private_view_is_nobody_elses(self, team) -> None:
        made = make(team, name="Private")
        assert "Private" not in names(team, "OWNER")
        for method, rest, body in (
            ("PUT", "", {"name": "stolen"}),
            ("DELETE", "", None),
            ("PUT", "/default", {"on": True}),
        ):
            answer = team.call(
                "OWNER", method, f"views/{made['id']}{rest}", json=body, headers={"if-match": "1"}
            )
            assert answer.status_code == 404
        assert "Private" in names(team, "MEMBER")

    def test_a_shared_view_is_changed_by_its_owner_and_administrators(self, team) -> None:
        of_owner = make(team, "OWNER", name="Shared", shared=True)
        path = f"views/{of_owner['id']}"
        assert "Shared" in names(team, "VIEWER")
        refused = team.call("MEMBER", "PUT", path, json={"name": "x"}, headers={"if-match": "1"})
        assert (refused.status_code, "save it as one of yours" in refused.json()["message"]) == (403, True)
        assert team.call("MEMBER", "DELETE", path).status_code == 403
        of_member = make(team, "MEMBER", name="By member", shared=True)
        changed = team.call(
            "OWNER", "PUT", f"views/{of_member['id']}", json={"name": "By owner"}, headers={"if-match": "1"}
        )
        assert (changed.json()["name"], changed.json()["version"], changed.json()["state"]) == (
            "By owner",
            2,
            VIEW["state"],
        )

    def test_who_saves_second_gets_what_the_first_saved(self, team) -> None:
        made = make(team, name="Contested")
        path = f"views/{made['id']}"
        first = team.call("MEMBER", "PUT", path, json={"state": {"q": "1"}}, headers={"if-match": '"1"'})
        assert first.json()["version"] == 2
        second = team.call("MEMBER", "PUT", path, json={"state": {"q": "2"}}, headers={"if-match": "1"})
        assert second.status_code == 409
        assert second.json()["current"] == first.json()
        for wrong in ({}, {"if-match": "x"}, {"if-match": "*"}, {"if-match": "9" * 30}):
            assert team.call("MEMBER", "PUT", path, json={"state": {}}, headers=wrong).status_code == 400
        assert team.call("MEMBER", "GET", "views").json()["data"]

    def test_deleted(self, team) -> None:
        made = make(team, name="Gone")
        assert team.call("MEMBER", "DELETE", f"views/{made['id']}").status_code == 204
        assert "Gone" not in names(team, "MEMBER")
        assert team.call("MEMBER", "DELETE", f"views/{made['id']}").status_code == 404

    def test_one_default_of_each_person_and_table(self, team) -> None:
        first, second = make(team, name="D1", shared=True), make(team, name="D2")
        other = make(team, name="D3", table="scores")
        for each in (first, second, other):
            answer = team.call("MEMBER", "PUT", f"views/{each['id']}/default", json={"on": True})
            assert answer.json()["isDefault"] is True
        assert team.call("OWNER", "PUT", f"views/{first['id']}/default", json={"on": True}).status_code == 200

        def defaults(role: str) -> set[str]:
            return {
                each["name"] for each in team.call(role, "GET", "views").json()["data"] if each["isDefault"]
            }

        assert (defaults("MEMBER"), defaults("OWNER")) == ({"D2", "D3"}, {"D1"})
        team.call("MEMBER", "PUT", f"views/{first['id']}", json={"shared": False}, headers={"if-match": "1"})
        assert defaults("OWNER") == set()
        off = team.call("MEMBER", "PUT", f"views/{second['id']}/default", json={"on": False})
        assert off.json()["isDefault"] is False
        assert defaults("MEMBER") == {"D3"}

    def test_a_viewer_saves_nothing(self, team) -> None:
        assert team.call("VIEWER", "POST", "views", json=VIEW).status_code == 403
        assert team.call("VIEWER", "GET", "views").status_code == 200

    @pytest.mark.parametrize(
        "fields",
        [
            {"table": "things"},
            {"name": " "},
            {"name": "x" * 101},
            {"name": "a\0"},
            {"state": "q"},
            {"state": None},
            {"state": {"q": "x" * 20_000}},
            {"state": {"q": "\0"}},
            {"owner": "me"},
        ],
    )
    def test_bad_views(self, team, fields) -> None:
        assert team.call("MEMBER", "POST", "views", json=VIEW | fields).status_code == 400

    def test_of_another_project(self, client, team, project) -> None:
        made = make(team, name="Elsewhere", shared=True)
        own, theirs = (f"/api/ui/projects/{each}/views" for each in (project.id, team.project.id))
        headers = {**project.basic, "if-match": "1"}
        assert client.get(own, headers=headers).json() == {"data": []}
        assert client.get(theirs, headers=headers).status_code == 404
        assert client.put(f"{own}/{made['id']}", json={"name": "x"}, headers=headers).status_code == 404
        assert client.delete(f"{own}/{made['id']}", headers=headers).status_code == 404
        assert client.get(theirs).status_code == 401

    def test_a_key_has_views_of_its_own_and_no_default(self, client, project) -> None:
        path = f"/api/ui/projects/{project.id}/views"
        made = client.post(path, json=VIEW, headers=project.basic).json()
        assert (made["ownerId"], made["mine"]) == (None, True)
        answer = client.put(f"{path}/{made['id']}/default", json={"on": True}, headers=project.basic)
        assert answer.status_code == 403

    def test_in_the_audit_log(self, client, project) -> None:
        path = f"/api/ui/projects/{project.id}/views"
        made = client.post(path, json=VIEW, headers=project.basic).json()
        client.put(f"{path}/{made['id']}", json={"name": "N"}, headers={**project.basic, "if-match": "1"})
        client.delete(f"{path}/{made['id']}", headers=project.basic)
        logged = client.get("/api/public/spyglass/audit-logs", headers=project.basic).json()["data"]
        mine = [each for each in logged if each["resourceId"] == made["id"]]
        assert sorted(each["action"] for each in mine) == ["create", "delete", "update"]


class TestSnapshots:
    def test_comes_back_by_a_short_id(self, team) -> None:
        state = "q=" + "x" * 6000 + "&räk=1"
        made = team.call("VIEWER", "POST", "snapshots", json={"state": state}).json()
        assert len(made["id"]) == 20
        assert team.call("OWNER", "POST", "snapshots", json={"state": state}).json() == made
        assert team.call("MEMBER", "GET", f"snapshots/{made['id']}").json() == {"state": state}

    def test_of_another_project_and_unknown(self, client, team, project) -> None:
        made = team.call("OWNER", "POST", "snapshots", json={"state": "secret"}).json()
        own = f"/api/ui/projects/{project.id}/snapshots"
        assert client.get(f"{own}/{made['id']}", headers=project.basic).status_code == 404
        assert client.post(own, json={"state": "secret"}, headers=project.basic).json()["id"] != made["id"]
        assert client.get(f"{own}/nothing", headers=project.basic).status_code == 404

    @pytest.mark.parametrize("state", ["", "x" * 65_537, "a\0", 5, None])
    def test_bad_states(self, team, state) -> None:
        assert team.call("MEMBER", "POST", "snapshots", json={"state": state}).status_code == 400

    def test_one_person_makes_so_many_within_ninety_days(self, team, parts, monkeypatch) -> None:
        monkeypatch.setattr(snapshots, "MOST_OF_ONE", 2)
        with parts.stores.meta.begin() as session:
            session.execute(delete(Snapshot).where(Snapshot.project_id == team.project.id))
        ids = [team.call("VIEWER", "POST", "snapshots", json={"state": each}).json()["id"] for each in "ab"]
        refused = team.call("VIEWER", "POST", "snapshots", json={"state": "c"})
        assert refused.status_code == 400
        assert refused.json()["message"].startswith(
            "You have made 2 short links in this project within 90 days, which is the most."
        )
        assert team.call("VIEWER", "POST", "snapshots", json={"state": "a"}).json()["id"] == ids[0]
        assert team.call("MEMBER", "POST", "snapshots", json={"state": "d"}).status_code == 200
        with parts.stores.meta.begin() as session:
            for row in session.scalars(select(Snapshot).where(Snapshot.id == ids[0])):
                row.created_at = now() - snapshots.KEPT - timedelta(seconds=1)
        assert team.call("VIEWER", "POST", "snapshots", json={"state": "c"}).status_code == 200
        found = [team.call("VIEWER", "GET", f"snapshots/{each}").status_code for each in ids]
        assert found == [404, 200]

    def test_those_of_keys_make_room_at_once(self, client, project, monkeypatch) -> None:
        monkeypatch.setattr(snapshots, "MOST_OF_ONE", 2)
        path = f"/api/ui/projects/{project.id}/snapshots"
        ids = [client.post(path, json={"state": each}, headers=project.basic).json()["id"] for each in "abc"]
        found = [client.get(f"{path}/{each}", headers=project.basic).status_code for each in ids]
        assert found == [404, 200, 200]
