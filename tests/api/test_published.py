"""`/api/ui/published`: what the world may read of a published trace. Of others nothing, whatever is asked for."""

import json
from collections.abc import Iterator

import pytest
from people import add_person, signed_in
from rows import insert, observation, score, trace, us

from spyglass.core.clock import from_us, now
from spyglass.core.ids import new_id
from spyglass.core.limits import Rate, WindowLimiter
from spyglass.stores.meta.tables import Media, MediaLink, Project

BASE = "/api/ui/published"
UNKNOWN = "This trace is not here, or it is not published"
# What must not be in any answer.
HIDDEN = ("secret-user", "secret-session", "member words", "secret-author", "run-of-judge", "secret-config")


class Shop:
    """A project with a published trace, an unpublished one with the same spans, and media of each."""

    def __init__(self, parts, project) -> None:
        self.project = project
        self.open, self.closed = f"open {new_id()}", f"closed {new_id()}"
        analytics = parts.stores.analytics
        for id_, public in ((self.open, True), (self.closed, False)):
            about = {"trace_id": id_, "observation_id": "gen"}
            insert(
                analytics,
                trace(
                    project.id, id_, name="refund", public=public, user_id="secret-user", session_id="secret-session",
                    bookmarked=True, input="question", output="answer", first_start=us("12:00:00"),
                    last_end=us("12:00:10"), observation_count=2, metadata={"k": "1"},
                ),
                observation(project.id, id_, "root", end_time=us("12:00:10"), name="root", type="AGENT"),
                observation(project.id, id_, "gen", "12:00:01", end_time=us("12:00:02"), parent_id="root",
                            type="GENERATION", name="llm", input="hi", output="ho", user_id="secret-user",
                            session_id="secret-session"),
                score(project.id, f"{id_} a", **about, value=1, source="ANNOTATION", comment="member words",
                      author_user_id="secret-author", config_id="secret-config"),
                score(project.id, f"{id_} e", **about, value=0.5, source="EVAL", comment="too short",
                      execution_trace_id="run-of-judge"),
            )  # fmt: skip
        self.media = {
            self.open: self._upload(parts, self.open),
            self.closed: self._upload(parts, self.closed),
        }

    def _upload(self, parts, trace_id: str) -> str:
        media_id = new_id()[:22]
        key = f"media/{self.project.id}/{media_id}"
        parts.stores.blobs.put(key, b"bytes")
        with parts.stores.meta.begin() as session:
            session.add(
                Media(
                    project_id=self.project.id, id=media_id, sha256=media_id, content_type="text/plain",
                    content_length=5, blob_key=key, uploaded_at=now(), upload_status=200,
                )
            )  # fmt: skip
            session.add(
                MediaLink(project_id=self.project.id, media_id=media_id, trace_id=trace_id, field="input")
            )
        return media_id

    def reads(self, trace_id: str) -> list[tuple[str, dict[str, str]]]:
        return [
            ("trace", {"id": trace_id}),
            ("trace/skeleton", {"id": trace_id}),
            ("trace/conversation", {"id": trace_id}),
            ("trace/children", {"id": trace_id, "of": "root"}),
            ("trace/ancestors", {"id": trace_id, "of": "gen"}),
            ("trace/find", {"id": trace_id, "text": "hi"}),
            ("span", {"trace": trace_id, "id": "gen"}),
            ("span/text", {"trace": trace_id, "id": "gen", "field": "input"}),
            ("span/text", {"trace": trace_id, "field": "input"}),
            ("media", {"trace": trace_id, "id": self.media.get(trace_id, "x")}),
        ]


@pytest.fixture(scope="module")
def shop(parts, make_project) -> Shop:
    return Shop(parts, make_project())


@pytest.fixture
def get(client):
    return lambda rest, **params: client.get(f"{BASE}/{rest}", params=params)


@pytest.mark.parametrize("n", range(10))
class TestEveryRead:
    def test_published(self, get, shop, n) -> None:
        rest, params = shop.reads(shop.open)[n]
        answer = get(rest, **params)
        assert answer.status_code == 200
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert not [word for word in HIDDEN if word in answer.text]

    def test_named_by_its_project(self, get, shop, stranger, n) -> None:
        rest, params = shop.reads(shop.open)[n]
        assert get(rest, **params, project=shop.project.id).status_code == 200
        answer = get(rest, **params, project=stranger.id)
        assert (answer.status_code, answer.json()["message"]) == (404, UNKNOWN)

    def test_unpublished_is_as_unknown_as_none(self, get, shop, n) -> None:
        answers = []
        for trace_id in (shop.closed, new_id()):
            rest, params = shop.reads(trace_id)[n]
            for more in ({}, {"project": shop.project.id}):
                answer = get(rest, **params, **more)
                body = answer.json()
                assert body.pop("requestId")
                answers.append((answer.status_code, body))
        assert answers == [(404, {"message": UNKNOWN, "error": "LangfuseNotFoundError"})] * 4

    def test_credentials_open_nothing_more(self, client, shop, n) -> None:
        rest, params = shop.reads(shop.closed)[n]
        answer = client.get(f"{BASE}/{rest}", params=params, headers=shop.project.basic)
        assert answer.status_code == 404

    def test_what_is_missing(self, get, shop, n) -> None:
        rest, _ = shop.reads(shop.open)[n]
        assert get(rest).status_code == 400


class TestWhatIsShown:
    def test_the_head_is_without_people(self, get, shop) -> None:
        found = get("trace", id=shop.open).json()
        shown = {
            name: found[name] for name in ("name", "public", "user", "session", "bookmarked", "comments")
        }
        assert shown == {
            "name": "refund", "public": True, "user": None, "session": None, "bookmarked": False, "comments": 0,
        }  # fmt: skip
        assert found["input"]["text"] == "question"
        by_person, by_judge = found["scores"]
        assert (by_person["value"], by_person["comment"], by_person["author"]) == (1, None, None)
        assert (by_judge["value"], by_judge["comment"], by_judge["executionTraceId"]) == (
            0.5,
            "too short",
            None,
        )

    def test_scores_that_are_words_of_people_are_left_out(self, get, parts, make_project) -> None:
        shop = Shop(parts, make_project())
        about = {"trace_id": shop.open, "observation_id": "gen"}
        people, judge = {**about, "source": "ANNOTATION"}, {**about, "source": "EVAL"}
        insert(
            parts.stores.analytics,
            score(shop.project.id, "w1", **people, data_type="TEXT", string_value="member words"),
            score(shop.project.id, "w2", **people, data_type="CORRECTION", long_string_value="member words"),
            score(shop.project.id, "w3", **people, data_type="CATEGORICAL", string_value="good"),
            score(shop.project.id, "w4", **judge, data_type="TEXT", string_value="too short"),
        )
        for found in (get("trace", id=shop.open), get("span", trace=shop.open, id="gen")):
            assert "member words" not in found.text
            ids = {each["id"]: each["stringValue"] for each in found.json()["scores"]}
            assert ids == {f"{shop.open} a": None, f"{shop.open} e": None, "w3": "good", "w4": "too short"}

    def test_a_span_of_another_trace_is_not_found(self, get, parts, shop) -> None:
        insert(parts.stores.analytics, observation(shop.project.id, shop.closed, "only there", "12:00:03"))
        assert get("span", trace=shop.open, id="only there").status_code == 404
        assert get("span/text", trace=shop.open, id="only there", field="input").status_code == 404

    def test_the_skeleton_marks_no_comments(self, client, parts, make_organization) -> None:
        organization = make_organization()
        shop = Shop(parts, organization.project)
        body = {
            "projectId": shop.project.id, "objectType": "OBSERVATION", "objectId": "gen", "content": "member words",
        }  # fmt: skip
        made = client.post("/api/public/comments", json=body, headers=shop.project.basic)
        assert made.status_code == 200
        found = client.get(f"{BASE}/trace/skeleton", params={"id": shop.open})
        assert found.json()["flags"] == [0, 1 + 4 + 8]
        inside = client.get(
            f"/api/ui/projects/{shop.project.id}/trace/skeleton",
            params={"id": shop.open},
            headers=shop.project.basic,
        )
        assert inside.json()["flags"] == [0, 1 + 2 + 4 + 8]
        again = client.get(
            f"{BASE}/trace/skeleton",
            params={"id": shop.open},
            headers={"if-none-match": found.headers["etag"]},
        )
        assert (again.status_code, again.headers["x-robots-tag"]) == (304, "noindex, nofollow")

    def test_media_of_the_trace_and_no_other(self, client, get, shop) -> None:
        found = get("media", trace=shop.open, id=shop.media[shop.open]).json()
        assert (found["contentType"], found["contentLength"]) == ("text/plain", 5)
        assert "/api/public/spyglass/media/" in found["url"]
        for id_ in (shop.media[shop.closed], "none", "a"):
            answer = get("media", trace=shop.open, id=id_)
            assert (answer.status_code, answer.json()["message"]) == (404, "Media not found")


class TestPublishing:
    def test_on_and_off(self, client, parts, make_organization) -> None:
        organization = make_organization()
        shop = Shop(parts, organization.project)
        person = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
        path = f"/api/ui/projects/{shop.project.id}/trace"
        for public, status in ((True, 200), (False, 404)):
            edited = person.ask("PATCH", path, params={"id": shop.closed}, json={"public": public})
            assert (edited.status_code, edited.json()["public"]) == (200, public)
            assert client.get(f"{BASE}/trace", params={"id": shop.closed}).status_code == status

    def test_two_projects_with_one_id_must_be_told_apart(self, client, get, parts, make_project) -> None:
        id_, projects = new_id(), [make_project(), make_project()]
        for number, project in enumerate(projects):
            insert(parts.stores.analytics, trace(project.id, id_, name=f"number {number}", public=True))
        assert get("trace", id=id_).status_code == 404
        names = [get("trace", id=id_, project=project.id).json()["name"] for project in projects]
        assert names == ["number 0", "number 1"]

    def test_a_deleted_project_publishes_nothing(self, get, parts, make_project) -> None:
        project, id_ = make_project(), new_id()
        insert(parts.stores.analytics, trace(project.id, id_, public=True))
        assert get("trace", id=id_).status_code == 200
        with parts.stores.meta.begin() as session:
            row = session.get(Project, project.id)
            assert row is not None
            row.deleted_at = from_us(1)
        for more in ({}, {"project": project.id}):
            assert get("trace", id=id_, **more).status_code == 404


@pytest.fixture
def three_a_minute(parts) -> Iterator[None]:
    before = parts.state.visitors
    parts.state.__dict__["visitors"] = WindowLimiter({"published traces": Rate(3, 60)}, lambda: 0.0)
    yield
    parts.state.__dict__["visitors"] = before


def test_visitors_are_counted(get, shop, three_a_minute) -> None:
    assert [get("trace", id="guess").status_code for _ in range(3)] == [404] * 3
    answer = get("trace", id=shop.open)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert json.loads(answer.text)["message"] == (
        "Rate limit of 3 requests per 60 seconds reached for published traces; try again in 60 seconds"
    )
