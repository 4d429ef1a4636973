"""`/api/ui/projects/{project_id}/{entity}/bulk-jobs`: actions on everything that matches, counted, confirmed, done by
a job.
"""

import time
from typing import Any

import pytest
from people import add_person, signed_in
from rows import insert, observation, trace
from sqlalchemy import delete

from spyglass.core.clock import now
from spyglass.core.errors import Unavailable
from spyglass.jobs import bulk
from spyglass.jobs.bulk_actions import act
from spyglass.server.wiring import decode_entry
from spyglass.stores.log import Entry
from spyglass.stores.meta import across_projects
from spyglass.stores.meta.tables import (
    ApiKey,
    Job,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)
from spyglass.stores.meta.tables.jobs import JobState

OLD = {"field": "tags", "op": "is", "value": "old"}


def path(project: Any, rest: str) -> str:
    return f"/api/ui/projects/{project.id}/{rest}"


def ask(client: Any, project: Any, rest: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(path(project, rest), json=body, headers=project.basic)
    assert answer.status_code == status, answer.text
    return answer.json()


def send(client: Any, parts: Any, project: Any, *ids: str, **more: Any) -> None:
    for id_ in ids:
        body = {"id": id_, "tags": ["old"], **more}
        assert client.post("/api/public/traces", json=body, headers=project.basic).status_code == 200
    parts.pipeline.wait_applied(parts.pipeline.last_seq())


def start(client: Any, project: Any, action: str, entity: str = "traces", **body: Any) -> Any:
    """A preview, confirmed."""
    which = {name: body.pop(name) for name in ("filter", "from", "to") if name in body}
    counted = ask(client, project, f"{entity}/bulk-jobs/preview", **which)
    return ask(client, project, f"{entity}/bulk-jobs", status=202, action=action, **which, **counted, **body)


def read(client: Any, project: Any, id_: str) -> Any:
    return client.get(path(project, f"bulk-jobs/{id_}"), headers=project.basic).json()


def config(client: Any, project: Any, **more: Any) -> Any:
    body = {"name": "quality", "dataType": "NUMERIC", **more}
    answer = client.post("/api/public/score-configs", json=body, headers=project.basic)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def work(parts: Any) -> None:
    """All that is due, also what the server's own runner has taken up just now."""
    while parts.jobs.run_one():
        pass
    until = time.monotonic() + 10
    while is_running(parts) and time.monotonic() < until:
        time.sleep(0.02)


def is_running(parts: Any) -> bool:
    running = across_projects(Job).where(Job.name == bulk.BULK_JOB, Job.state == JobState.RUNNING)
    with parts.stores.meta.read() as session:
        return session.scalars(running.where(Job.lease_until > now())).first() is not None


def rows(client: Any, project: Any) -> dict[str, tuple[Any, Any]]:
    found = ask(client, project, "traces/query", columns=["tags", "bookmarked"])["rows"]
    return {row["id"]: (row["tags"], row["bookmarked"]) for row in found}


def audited(client: Any, project: Any, action: str) -> Any:
    found = client.get("/api/public/spyglass/audit-logs", headers=project.basic).json()["data"]
    return [each for each in found if (each["resourceType"], each["action"]) == ("bulkJob", action)]


@pytest.fixture
def three(client: Any, parts: Any, project: Any) -> Any:
    send(client, parts, project, "b0", "b1", "b2")
    return project


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_PIECE", 2)


class TestActions:
    def test_tag_everything_that_matches(self, client: Any, parts: Any, three: Any) -> None:
        send(client, parts, three, "other", tags=["new"])
        job = start(client, three, "tag", filter=OLD, tag="seen")
        assert (job["status"], job["count"], job["done"]) == ("queued", 3, 0)
        work(parts)
        job = read(client, three, job["id"])
        assert (job["status"], job["done"], job["lastError"]) == ("done", 3, None)
        assert rows(client, three) == {
            "other": (["new"], False),
            **{f"b{n}": (["old", "seen"], False) for n in range(3)},
        }
        listed = client.get(path(three, "bulk-jobs"), headers=three.basic).json()
        assert listed == {"data": [job]}

    def test_bookmark_untag_and_delete(self, client: Any, parts: Any, three: Any, small_pieces: None) -> None:
        start(client, three, "bookmark")
        work(parts)
        assert rows(client, three) == {f"b{n}": (["old"], True) for n in range(3)}
        # What an action does may end what it is chosen by: nothing is skipped for that.
        start(client, three, "untag", filter=OLD, tag="old")
        work(parts)
        start(client, three, "unbookmark", filter={"field": "bookmarked", "op": "is", "value": True})
        work(parts)
        assert rows(client, three) == {f"b{n}": ([], False) for n in range(3)}
        job = start(client, three, "delete", filter={"not": {"field": "id", "op": "is", "value": "b1"}})
        work(parts)
        assert read(client, three, job["id"])["done"] == 2
        assert set(rows(client, three)) == {"b1"}

    def test_what_comes_in_after_the_count_is_not_meant(
        self, client: Any, parts: Any, three: Any, small_pieces: None
    ) -> None:
        counted = ask(client, three, "traces/bulk-jobs/preview")
        # Later, with a time long before.
        send(client, parts, three, "late", timestamp="2025-01-01T00:00:00Z")
        job = ask(client, three, "traces/bulk-jobs", status=202, action="delete", **counted)
        send(client, parts, three, "later")
        work(parts)
        assert read(client, three, job["id"])["done"] == 3
        assert set(rows(client, three)) == {"late", "later"}

    def test_another_count_than_was_confirmed_does_nothing(self, client: Any, parts: Any, three: Any) -> None:
        counted = ask(client, three, "traces/bulk-jobs/preview")
        answer = ask(
            client, three, "traces/bulk-jobs", status=409, action="delete", **{**counted, "count": 2}
        )
        assert "3 traces match by now, not 2" in answer["message"]
        work(parts)
        assert len(rows(client, three)) == 3

    def test_scores_of_traces_observations_and_sessions(
        self, client: Any, parts: Any, make_project: Any
    ) -> None:
        made = make_project()
        rows_ = [
            trace(made.id, "t1", environment="prod", session_id="s1"),
            observation(made.id, "t1", "o1", environment="prod"),
            observation(made.id, "t1", "o2", environment="prod"),
        ]
        insert(parts.stores.analytics, *rows_)
        score = {"name": "checked", "value": 0.5, "comment": "by hand"}
        start(client, made, "score", score=score)
        start(
            client, made, "score", "observations", score={**score, "value": "ok", "dataType": "CATEGORICAL"}
        )
        start(client, made, "score", "sessions", score={**score, "value": 1, "dataType": "BOOLEAN"})
        work(parts)
        found = client.get("/api/public/v2/scores", headers=made.basic).json()["data"]
        said = {
            (each["traceId"], each["observationId"], each["sessionId"]): (
                each["name"], each.get("stringValue") or each["value"], each["source"], each["environment"],
            )
            for each in found
        }  # fmt: skip
        assert said == {
            ("t1", None, None): ("checked", 0.5, "API", "prod"),
            ("t1", "o1", None): ("checked", "ok", "API", "prod"),
            ("t1", "o2", None): ("checked", "ok", "API", "prod"),
            (None, None, "s1"): ("checked", "True", "API", "default"),
        }
        assert {each["comment"] for each in found} == {"by hand"}
        gone = start(
            client, made, "delete", "scores", filter={"field": "name", "op": "is", "value": "checked"}
        )
        work(parts)
        assert read(client, made, gone["id"])["done"] == 4
        assert client.get("/api/public/v2/scores", headers=made.basic).json()["data"] == []


class TestScoresOfPeople:
    """They are annotations, as one by one on the page of a trace, and keep to a score config."""

    @pytest.fixture
    def ann(self, parts: Any, three: Any) -> Any:
        with parts.stores.meta.read() as session:
            organization = session.get(Project, three.id).organization_id
        return signed_in(parts, add_person(parts, organization))

    def give(self, browser: Any, project: Any, **score: Any) -> Any:
        place = path(project, "traces/bulk-jobs")
        counted = browser.post(f"{place}/preview").json()
        return browser.post(place, {"action": "score", "score": score, **counted})

    def found(self, client: Any, project: Any) -> Any:
        return client.get("/api/public/v2/scores", headers=project.basic).json()["data"]

    def test_an_annotation_named_by_its_config(self, client: Any, parts: Any, three: Any, ann: Any) -> None:
        tone = config(
            client, three, name="tone", dataType="CATEGORICAL", categories=[{"label": "good", "value": 7}]
        )
        answer = self.give(ann, three, name="as I like", value="good", configId=tone)
        assert answer.status_code == 202, answer.text
        # What the config says was asked when the person confirmed; a change afterwards stops none of it.
        archived = client.patch(
            f"/api/public/score-configs/{tone}", json={"isArchived": True}, headers=three.basic
        )
        assert archived.status_code == 200
        work(parts)
        assert read(client, three, answer.json()["id"])["done"] == 3
        found = self.found(client, three)
        assert {each["traceId"] for each in found} == {"b0", "b1", "b2"}
        said = ("name", "source", "dataType", "value", "stringValue", "configId")
        assert {tuple(each[name] for name in said) for each in found} == {
            ("tone", "ANNOTATION", "CATEGORICAL", 7, "good", tone)
        }
        assert all(each["authorUserId"] for each in found)
        (asked,) = audited(client, three, "score all")
        assert asked["after"]["score"]["source"] == "ANNOTATION"

    def test_the_log_decodes_them_again_as_they_were(
        self, client: Any, parts: Any, three: Any, ann: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submitted: list[Any] = []
        submit = parts.pipeline.submit
        monkeypatch.setattr(parts.pipeline, "submit", lambda one: (submitted.append(one), submit(one))[1])
        self.give(ann, three, name="n", value=4, configId=config(client, three, maxValue=5))
        work(parts)
        (one,) = submitted
        entry = Entry(three.id, one.dialect, one.arrival.received_us, one.headers, one.body, 1)
        assert decode_entry(entry).patches == one.decoded.patches and len(one.decoded.patches) == 3

    def test_what_is_refused(self, client: Any, parts: Any, three: Any, ann: Any, make_project: Any) -> None:
        limited = config(client, three, maxValue=5)
        strange = config(client, make_project())
        bad = [
            ({"value": 1}, "score.configId: the score of a person follows a score config"),
            ({"value": 6, "configId": limited}, "value: must be at most 5"),
            ({"value": "x", "configId": limited}, "value: must be a number for NUMERIC"),
            ({"value": 1, "configId": limited, "dataType": "BOOLEAN"}, "dataType: must be NUMERIC or absent"),
            ({"value": 1, "configId": "nope"}, "configId: the project has no score config with this id"),
            ({"value": 1, "configId": strange}, "configId: the project has no score config with this id"),
        ]
        for score, said in bad:
            answer = self.give(ann, three, name="n", **score)
            assert answer.status_code == 400 and said in answer.text, answer.text
        work(parts)
        assert self.found(client, three) == []

    def test_a_key_may_follow_a_config_and_need_not(self, client: Any, parts: Any, three: Any) -> None:
        quality = config(client, three)
        for score in ({"name": "free", "value": "a word"}, {"name": "n", "value": 4, "configId": quality}):
            job = start(client, three, "score", score=score)
            work(parts)
            ended = read(client, three, job["id"])
            assert (ended["status"], ended["done"], ended["lastError"]) == ("done", 3, None)
        found = {(each["name"], each["source"], each["dataType"]) for each in self.found(client, three)}
        assert found == {("free", "API", "CATEGORICAL"), ("quality", "API", "NUMERIC")}


class TestDurability:
    def test_a_piece_that_was_cut_off_is_done_again_and_counted_once(
        self, client: Any, parts: Any, three: Any, small_pieces: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As after a kill between what is done and what is noted of it."""
        calls: list[list[Any]] = []

        def die_after(*args: Any) -> None:
            calls.append(list(args[3]))
            act(*args)
            if len(calls) == 1:
                raise Unavailable("killed here")

        monkeypatch.setattr(bulk, "act", die_after)
        job = start(client, three, "delete")
        parts.jobs.run_one()
        half = read(client, three, job["id"])
        assert (half["status"], half["done"], half["lastError"]) == ("queued", 0, "killed here")
        assert len(rows(client, three)) == 1
        with parts.stores.meta.begin() as session:
            row = session.get_one(Job, job["id"])
            row.run_after = row.created_at
        work(parts)
        done = read(client, three, job["id"])
        assert (done["status"], done["done"]) == ("done", 3)
        assert calls[0] == calls[1], "the same piece"
        assert rows(client, three) == {}

    def test_a_score_that_is_given_again_is_one(
        self, client: Any, parts: Any, three: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bulk, "act", lambda *args: (act(*args), act(*args)))
        start(client, three, "score", score={"name": "n", "value": 1})
        work(parts)
        found = client.get("/api/public/v2/scores", headers=three.basic).json()
        assert found["meta"]["totalItems"] == 3

    def test_cancelled_before_and_between_pieces(
        self, client: Any, parts: Any, three: Any, small_pieces: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cancel(id_: str) -> Any:
            return client.post(path(three, f"bulk-jobs/{id_}/cancel"), headers=three.basic).json()

        job = start(client, three, "bookmark")
        assert cancel(job["id"])["status"] == "stopping"
        work(parts)
        stopped = read(client, three, job["id"])
        assert (stopped["status"], stopped["done"]) == ("cancelled", 0)

        job = start(client, three, "bookmark")
        monkeypatch.setattr(bulk, "act", lambda *args: (act(*args), cancel(job["id"])))
        work(parts)
        stopped = read(client, three, job["id"])
        assert (stopped["status"], stopped["done"]) == ("cancelled", 2)
        assert sorted(marked for _, marked in rows(client, three).values()) == [False, True, True]
        # Of one that has ended nothing can be stopped.
        assert cancel(job["id"])["status"] == "cancelled"

    def test_makes_way_for_others(
        self, client: Any, parts: Any, three: Any, small_pieces: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bulk, "BUDGET_S", -1)
        job = start(client, three, "bookmark")
        parts.jobs.run_one()
        assert (read(client, three, job["id"])["done"], len(rows(client, three))) == (0, 3)
        monkeypatch.setattr(bulk, "BUDGET_S", 5)
        work(parts)
        assert read(client, three, job["id"])["done"] == 3


class TestWhoAndWhat:
    def test_the_audit_log_says_what_was_asked_and_what_was_done(
        self, client: Any, parts: Any, three: Any
    ) -> None:
        job = start(client, three, "tag", filter=OLD, tag="seen")
        work(parts)
        (asked,) = audited(client, three, "tag all")
        assert asked["resourceId"] == job["id"]
        assert asked["after"]["count"] == 3 and asked["after"]["tag"] == "seen"
        assert asked["after"]["filter"] == OLD and asked["after"]["asOf"].endswith("Z")
        (done,) = audited(client, three, "finish")
        assert (done["resourceId"], done["after"]) == (
            job["id"],
            {"action": "tag", "done": 3, "cancelled": False},
        )

    def test_each_action_needs_its_permission(self, client: Any, parts: Any, make_organization: Any) -> None:
        organization = make_organization()
        send(client, parts, organization.project, "t")
        place = path(organization.project, "traces/bulk-jobs")
        score = {"name": "n", "value": 1, "configId": config(client, organization.project)}
        statuses = {}
        for role in ("VIEWER", "MEMBER", "ADMIN"):
            browser = signed_in(parts, add_person(parts, organization.id, role))
            counted = browser.post(f"{place}/preview", {}).json()
            for action in ("bookmark", "tag", "score", "delete"):
                body = {"action": action, "tag": "t", "score": score, **counted}
                answer = browser.post(place, body)
                statuses[role, action] = answer.status_code
                if role == "ADMIN" and action == "delete":
                    member = signed_in(parts, add_person(parts, organization.id, "MEMBER"))
                    stop = path(organization.project, f"bulk-jobs/{answer.json()['id']}/cancel")
                    assert member.post(stop, {}).status_code == 403
        assert [each for each, status in statuses.items() if status == 403] == [
            *(("VIEWER", action) for action in ("bookmark", "tag", "score", "delete")),
            ("MEMBER", "delete"),
        ]
        assert set(statuses.values()) == {202, 403}

    @pytest.mark.parametrize("loss", ["role", "membership", "account", "key"])
    def test_who_may_not_any_more_stops(
        self, client: Any, parts: Any, make_organization: Any, small_pieces: None, monkeypatch: Any, loss: str
    ) -> None:
        """Between two pieces of deleting everything, whoever asked for it loses the right to."""
        organization = make_organization()
        project = organization.project
        work(parts)  # jobs of other tests
        send(client, parts, project, "b0", "b1", "b2")
        if loss == "key":
            job = start(client, project, "delete")
        else:
            user = add_person(parts, organization.id, "ADMIN")
            browser = signed_in(parts, user)
            place = path(project, "traces/bulk-jobs")
            counted = browser.post(f"{place}/preview", {}).json()
            job = browser.post(place, {"action": "delete", **counted}).json()

        def lose() -> None:
            with parts.stores.meta.begin() as session:
                if loss == "key":
                    session.execute(delete(ApiKey).where(ApiKey.public_key == project.public_key))
                elif loss == "account":
                    session.get_one(User, user.id).disabled_at = now()
                elif loss == "role":
                    session.add(ProjectMembership(project_id=project.id, user_id=user.id, role="MEMBER"))
                else:
                    session.delete(session.get_one(OrganizationMembership, (organization.id, user.id)))

        monkeypatch.setattr(bulk, "act", lambda *args: (act(*args), lose()))
        work(parts)
        with parts.stores.meta.read() as session:
            progress = session.get_one(Job, job["id"]).result
        assert progress == {**progress, "done": 2, "finished": True, "cancelled": True, "piece": None}

    @pytest.mark.parametrize(
        ("entity", "body", "said"),
        [
            ("traces", {"action": "tag"}, "tag: the name of the tag is needed"),
            ("traces", {"action": "score"}, "score: name and value"),
            ("traces", {"action": "explode"}, "delete"),
            ("traces", {"action": "delete", "count": 0}, "count"),
            ("traces", {"action": "delete", "asOf": "yesterday"}, "asOf"),
            (
                "traces",
                {"action": "delete", "filter": {"field": "nope", "op": "is", "value": 1}},
                "filter.field",
            ),
            ("observations", {"action": "delete"}, "cannot be done with observations: expected score"),
            ("users", {"action": "delete"}, "cannot be done with users: expected nothing"),
            (
                "traces",
                {"action": "score", "score": {"name": "n", "value": "x", "dataType": "BOOLEAN"}},
                "score",
            ),
        ],
    )
    def test_bad_bodies(self, client: Any, project: Any, entity: str, body: Any, said: str) -> None:
        whole = {"asOf": "2026-01-01T00:00:00Z", "count": 1, **body}
        answer = client.post(path(project, f"{entity}/bulk-jobs"), json=whole, headers=project.basic)
        assert answer.status_code == 400 and said in answer.text, answer.text

    def test_of_nothing(self, client: Any, project: Any) -> None:
        unknown = path(project, "bulk-jobs/none")
        assert client.get(unknown, headers=project.basic).status_code == 404
        assert client.post(f"{unknown}/cancel", headers=project.basic).status_code == 404
