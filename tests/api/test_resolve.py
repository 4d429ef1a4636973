"""`/api/ui/resolve` and `/api/ui/trace-project`: where an id leads, within what the asker may see."""

import pytest
from people import add_person, signed_in
from rows import insert, observation, trace

from spyglass.stores.meta.tables import Project


@pytest.fixture(scope="module")
def place(make_organization, parts):
    """An organization with a project of one of everything, and somebody of it who is signed in."""
    organization = make_organization()
    p = organization.project.id
    insert(
        parts.stores.analytics,
        trace(p, "t/1 ?", name="n", user_id="u", session_id="s"),
        trace(p, "same", user_id="same", session_id="same"),
        observation(p, "t/1 ?", "o1"),
    )
    return organization


@pytest.fixture(scope="module")
def member(place, parts):
    return signed_in(parts, add_person(parts, place.id))


def kinds(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(match["kind"], match["path"]) for match in answer.json()["matches"]]


def resolve(browser, text: str):
    return browser.get("/api/ui/resolve", params={"text": text})


class TestResolve:
    def test_a_key_is_no_person(self, client, place) -> None:
        assert client.get("/api/ui/resolve", params={"text": "u"}).status_code == 401
        answer = client.get("/api/ui/resolve", params={"text": "u"}, headers=place.project.basic)
        assert answer.status_code == 403

    def test_whole_body(self, member, place, parts) -> None:
        with parts.stores.meta.read() as session:
            project = session.get(Project, place.project.id)
            assert project is not None
        assert resolve(member, " o1 ").json() == {
            "matches": [
                {
                    "kind": "observation",
                    "projectId": project.id,
                    "projectName": project.name,
                    "id": "o1",
                    "traceId": "t/1 ?",
                    "path": f"/project/{project.id}/traces/t%2F1%20%3F?observation=o1",
                }
            ]
        }

    def test_every_kind(self, member, place, client) -> None:
        base = f"/project/{place.project.id}"
        assert kinds(resolve(member, "t/1 ?")) == [("trace", f"{base}/traces/t%2F1%20%3F")]
        assert kinds(resolve(member, "s")) == [("session", f"{base}/sessions/s")]
        assert kinds(resolve(member, "u")) == [("user", f"{base}/users/u")]
        body = {"name": "folder/prompt", "prompt": "x"}
        client.post("/api/public/v2/prompts", json=body, headers=place.project.basic)
        assert kinds(resolve(member, "folder/prompt")) == [("prompt", f"{base}/prompts/folder%2Fprompt")]
        assert [kind for kind, _ in kinds(resolve(member, "same"))] == ["trace", "session", "user"]

    def test_ids_that_are_steps_through_folders(self, client, place, parts, member) -> None:
        p = place.project.id
        insert(
            parts.stores.analytics, trace(p, "..", user_id=".", session_id="."), observation(p, "..", "dots")
        )
        base = f"/project/{p}"
        assert kinds(resolve(member, "..")) == [("trace", f"{base}/traces/~?id=..")]
        assert kinds(resolve(member, "dots")) == [("observation", f"{base}/traces/~?id=..&observation=dots")]
        assert kinds(resolve(member, ".")) == [
            ("session", f"{base}/sessions/~?id=."),
            ("user", f"{base}/users/~?id=."),
        ]

    @pytest.mark.parametrize("text", ["", " ", "unknown", "%", "'"])
    def test_nothing(self, member, text) -> None:
        assert kinds(resolve(member, text)) == []

    def test_links(self, member, place) -> None:
        below = f"/project/{place.project.id}/traces/a%2Fb?observation=o"
        for link in (f"https://elsewhere.example/base{below}", below, f"http://[::1]:3000{below}"):
            assert kinds(resolve(member, link)) == [("url", below)]
        for link in ("https://x/project/unknown/traces/t", "https://[bad", "https://x/other", "/project/"):
            assert kinds(resolve(member, link)) == []

    def test_bad_input(self, member) -> None:
        assert resolve(member, "a\0").status_code == 400
        assert resolve(member, "x" * 2001).status_code == 400

    def test_only_where_the_asker_may_look(self, parts, place, make_organization) -> None:
        base = f"/project/{place.project.id}/traces/x"
        stranger = signed_in(parts, add_person(parts, make_organization().id))
        excluded = signed_in(parts, add_person(parts, place.id, "MEMBER", {place.project.id: "NONE"}))
        nobody = signed_in(parts, add_person(parts))
        viewer = signed_in(parts, add_person(parts, place.id, "NONE", {place.project.id: "VIEWER"}))
        for browser in (stranger, excluded, nobody):
            assert [kinds(resolve(browser, text)) for text in ("o1", "u", base)] == [[], [], []]
        assert len(kinds(resolve(viewer, "o1"))) == 1


class TestProjectOfATrace:
    def test_found(self, member, place) -> None:
        answer = member.get("/api/ui/trace-project", params={"id": "t/1 ?"})
        assert answer.json() == {"projectId": place.project.id}

    def test_unknown_and_of_others_is_the_same(self, parts, member, make_organization) -> None:
        stranger = signed_in(parts, add_person(parts, make_organization().id))
        for browser, id_ in ((member, "unknown"), (stranger, "t/1 ?")):
            assert browser.get("/api/ui/trace-project", params={"id": id_}).status_code == 404
        assert member.get("/api/ui/trace-project").status_code == 400
