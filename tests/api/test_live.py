"""`/api/ui/live`: what is applied is told to those who watch the project, and to nobody else."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from people import add_person, signed_in

from spyglass.core.ids import new_id
from spyglass.core.permissions import Role
from spyglass.features.accounts.operator_service import disable_user
from spyglass.features.live import service
from spyglass.features.projects.service import SYSTEM, revoke_key
from spyglass.stores.meta import Config, connect_meta
from spyglass.stores.meta.memberships import give_project_role, remove_member
from spyglass.stores.meta.tables import Project

PATH = "/api/ui/live"


@pytest.fixture(scope="module")
def url(parts) -> Iterator[str]:
    """A real server: the test client waits for the end of an answer, which a stream does not have."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(parts.app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


class Stream:
    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> tuple[str, object, str | None]:
        """(kind of the event, its data, its id); comments are passed over."""
        kind, data, id_ = "message", None, None
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                data = json.loads(value)
            elif name == "id":
                id_ = value
            elif not line and data is not None:
                return kind, data, id_
        raise EOFError

    def ended(self) -> bool:
        try:
            while True:
                self.next()
        except EOFError:
            return True


@pytest.fixture
def watch(url):
    @contextmanager
    def open_(project, topics: str, **headers: str) -> Iterator[Stream]:
        asked = {"project": project.id, "topics": topics}
        timeout = httpx.Timeout(10)
        with httpx.stream(
            "GET", url + PATH, params=asked, headers={**project.basic, **headers}, timeout=timeout
        ) as answer:
            assert answer.status_code == 200, answer.read()
            stream = Stream(answer)
            assert stream.next()[0] == "hello"
            yield stream

    return open_


def send(client, project, trace_id: str, **body: object) -> None:
    answer = client.post("/api/public/traces", json={"id": trace_id, **body}, headers=project.basic)
    assert answer.status_code == 200


class TestWho:
    def ask(self, client, headers, project_id, topics="traces"):
        return client.get(PATH, params={"project": project_id, "topics": topics}, headers=headers)

    def test_anonymous(self, client, project) -> None:
        assert self.ask(client, {}, project.id).status_code == 401

    def test_another_project_is_as_unknown_as_none(self, client, project, stranger) -> None:
        for project_id in (project.id, new_id()):
            assert self.ask(client, stranger.basic, project_id).status_code == 404

    def test_a_public_key_alone(self, client, project) -> None:
        assert self.ask(client, project.bearer, project.id).status_code == 403

    @pytest.mark.parametrize(
        "topics",
        ["", "news", "trace", "trace:", "traces:x", "jobs:1", "traces,,nothing", ",".join(["jobs"] * 51)],
    )
    def test_topics_that_there_are_not(self, client, project, topics) -> None:
        assert self.ask(client, project.basic, project.id, topics).status_code == 400

    def test_no_room(self, client, project, monkeypatch) -> None:
        monkeypatch.setattr(service, "MOST_OF_ONE", 0)
        assert self.ask(client, project.basic, project.id).status_code == 429
        monkeypatch.setattr(service, "MOST_OF_ONE", 1)
        monkeypatch.setattr(service, "MOST", 0)
        assert self.ask(client, project.basic, project.id).status_code == 503

    def test_those_that_begin_at_once_get_no_more_room(self, monkeypatch) -> None:
        """Each was told that there is room before the others had sat down."""
        monkeypatch.setattr(service, "MOST_OF_ONE", 2)
        seats = service.Seats()
        with seats.taken("ada") as first, seats.taken("ada") as second, seats.taken("ada") as third:
            assert (first, second, third) == (True, True, False)
        monkeypatch.setattr(service, "MOST", 1)
        with seats.taken("ada") as first, seats.taken("bob") as second:
            assert (first, second) == (True, False)


class TestStream:
    def test_headers(self, watch, project) -> None:
        with watch(project, "traces") as stream:
            headers = stream.answer.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-accel-buffering"] == "no"

    def test_a_new_trace(self, client, watch, project) -> None:
        with watch(project, "traces,ingest,trace:t%2C1,trace:other,session:s") as stream:
            send(
                client,
                project,
                "t,1",
                name="n",
                sessionId="s",
                userId="u",
                tags=["a"],
                timestamp="2026-01-05T10:00:00Z",
            )
            found = {}
            for _ in range(4):
                kind, data, id_ = stream.next()
                assert kind == "message"
                found[data.pop("topic")] = (data, id_)
            assert found["traces"][0] == {
                "changes": [
                    {
                        "id": "t,1", "time": "2026-01-05T10:00:00.000Z", "name": "n", "env": "default", "user": "u",
                        "session": "s", "level": "DEFAULT", "tags": ["a"], "isNew": True,
                    }
                ],
                "more": 0,
            }  # fmt: skip
            assert found["ingest"][0]["changes"][0]["accepted"] == 1
            assert found["trace:t,1"][0] == {"changes": [{"changed": 1}]}
            assert found["session:s"][0] == {"changes": [{"changed": 1}]}
            assert [id_ is not None for _, id_ in found.values()] == [False, False, False, True]

            # What is told can be read.
            assert client.get("/api/public/traces/t,1", headers=project.basic).json()["name"] == "n"
            send(client, project, "t,1", name="m")
            _, data, _ = stream.next()
            assert (data["changes"][0]["name"], data["changes"][0]["isNew"]) == ("m", False)

    def test_nothing_of_another_project(self, client, watch, project, stranger) -> None:
        with watch(project, "traces,ingest,trace:theirs") as stream:
            send(client, stranger, "theirs")
            time.sleep(0.7)
            send(client, project, "mine")
            _, data, _ = stream.next()
            assert [change["id"] for change in data["changes"]] == ["mine"]

    def test_scores_touch_their_trace_only(self, client, watch, project) -> None:
        with watch(project, "traces,trace:t") as stream:
            body = {"traceId": "t", "name": "n", "value": 1}
            assert client.post("/api/public/scores", json=body, headers=project.basic).status_code == 200
            assert stream.next()[1] == {"topic": "trace:t", "changes": [{"changed": 1}]}

    def test_a_deleted_trace(self, client, watch, project) -> None:
        send(client, project, "t")
        with watch(project, "traces,trace:t") as stream:
            assert client.delete("/api/public/traces/t", headers=project.basic).status_code == 200
            changes = []
            while not any(change.get("deleted") for change in changes):
                _, data, _ = stream.next()
                changes += data["changes"] if data["topic"] == "traces" else []

    def test_what_is_refused(self, client, watch, project) -> None:
        with watch(project, "ingest_error") as stream:
            bad = {"batch": [{"id": "e", "type": "trace-create", "timestamp": "never", "body": {"id": "x"}}]}
            sdk = {"x-langfuse-sdk-name": "python", "x-langfuse-sdk-version": "3"}
            client.post("/api/public/ingestion", json=bad, headers={**project.basic, **sdk})
            _, data, _ = stream.next()
            (change,) = data["changes"]
            assert (change["status"], change["sdk"], change["keyHint"]) == (
                400,
                "python 3",
                project.public_key[:12],
            )
            assert project.secret_key not in json.dumps(data)

    def test_what_came_during_a_break(self, client, watch, project) -> None:
        with watch(project, "traces") as stream:
            send(client, project, "first")
            _, _, last_id = stream.next()
        send(client, project, "second")
        time.sleep(0.7)
        with watch(project, "traces", **{"last-event-id": last_id}) as stream:
            _, data, _ = stream.next()
            assert [change["id"] for change in data["changes"]] == ["second"]

    def test_too_long_a_break(self, watch, project) -> None:
        with watch(project, "traces", **{"last-event-id": "of-another-process-1"}) as stream:
            assert stream.next()[0] == "reset"

    def test_a_revoked_key_ends_it(self, watch, parts, project) -> None:
        with watch(project, "traces") as stream:
            revoke_key(parts.stores.meta, project.public_key)
            assert stream.ended()

    def test_the_change_of_another_process_ends_it(self, watch, parts, project) -> None:
        """Without any word from there: the database says so."""
        with watch(project, "traces") as stream:
            elsewhere = connect_meta(Config(), Path(parts.stores.meta.engine.url.database).parent)
            revoke_key(elsewhere, project.public_key)
            elsewhere.close()
            assert stream.ended()

    def test_a_key_that_is_not_concerned_goes_on(self, client, watch, parts, project, stranger) -> None:
        with watch(project, "traces") as stream:
            revoke_key(parts.stores.meta, stranger.public_key)
            send(client, project, "t")
            _, data, _ = stream.next()
            assert [change["id"] for change in data["changes"]] == ["t"]

    def test_it_says_when_the_news_of_other_processes_do_not_come(self, watch, parts, project, monkeypatch):
        with watch(project, "traces") as stream:
            for alone in (True, False):
                monkeypatch.setattr(parts.state.live._elsewhere, "alone", alone, raising=False)
                parts.state.live.wake_all()
                assert stream.next() == ("alone", {"on": alone}, None)

    def test_what_was_missed_has_to_be_read_anew(self, client, watch, parts, project) -> None:
        with watch(project, "traces") as stream:
            send(client, project, "t")
            _, _, last_id = stream.next()
            parts.state.live.lose(project.id)
            assert stream.next()[0] == "reset"
        with watch(project, "traces", **{"last-event-id": last_id}) as stream:
            assert stream.next()[0] == "reset"

    def test_a_comment_now_and_then(self, url, project, monkeypatch) -> None:
        monkeypatch.setattr(service, "HEARTBEAT_S", 0.1)
        asked = {"project": project.id, "topics": "traces"}
        with httpx.stream("GET", url + PATH, params=asked, headers=project.basic, timeout=10) as answer:
            for line in answer.iter_lines():
                if line.startswith(": "):
                    break
            else:
                pytest.fail("the stream ended")

    def test_it_ends_with_the_server(self, watch, parts, project) -> None:
        with watch(project, "traces") as stream:
            parts.pipeline.draining = True
            try:
                assert stream.ended()
            finally:
                parts.pipeline.draining = False

    def test_who_goes_away_takes_no_room(self, watch, project) -> None:
        with watch(project, "traces"):
            assert service.SEATS._taken.total() >= 1
        deadline = time.monotonic() + 5
        while service.SEATS._taken.total():
            assert time.monotonic() < deadline
            time.sleep(0.05)


class TestSession:
    @pytest.fixture
    def place(self, make_organization):
        return make_organization()

    def test_the_query_names_the_project(self, url, parts, place, client) -> None:
        browser = signed_in(parts, add_person(parts, place.id, "VIEWER"))
        asked = {"project": place.project.id, "topics": "traces"}
        with httpx.stream("GET", url + PATH, params=asked, headers=browser.as_headers, timeout=10) as answer:
            stream = Stream(answer)
            assert stream.next()[0] == "hello"
            send(client, place.project, "t")
            _, data, _ = stream.next()
            assert [change["id"] for change in data["changes"]] == ["t"]

    def test_of_a_project_that_one_may_not_see(self, parts, place, make_organization) -> None:
        browser = signed_in(parts, add_person(parts, place.id, "OWNER"))
        for project_id in (make_organization().project.id, new_id()):
            asked = {"project": project_id, "topics": "traces"}
            assert browser.get(PATH, params=asked).status_code == 404

    @pytest.mark.parametrize("how", ["signed out", "session ended", "disabled", "role taken away", "removed"])
    def test_who_may_no_more_is_told_nothing_more(self, url, parts, place, client, how) -> None:
        """At once: well before the stream would ask on its own, or show that it is alive."""
        user = add_person(parts, place.id)
        browser = signed_in(parts, user)
        asked = {"project": place.project.id, "topics": "traces"}
        with httpx.stream("GET", url + PATH, params=asked, headers=browser.as_headers, timeout=10) as answer:
            stream = Stream(answer)
            assert stream.next()[0] == "hello"
            if how == "signed out":
                assert browser.post("/api/ui/auth/sign-out").status_code == 204
            elif how == "session ended":
                other = signed_in(parts, user)
                assert other.ask("DELETE", "/api/ui/account/sessions").status_code == 204
            elif how == "disabled":
                disable_user(parts.stores.meta, user.email)
            else:
                with parts.stores.meta.begin() as session:
                    if how == "removed":
                        remove_member(session, SYSTEM, Role.OWNER, place.id, user.id)
                    else:
                        row = session.get_one(Project, place.project.id)
                        give_project_role(session, SYSTEM, Role.OWNER, row, user.id, Role.NONE)
            send(client, place.project, "secret")
            assert not any("secret" in line for line in stream._lines)

    def test_others_go_on(self, url, parts, place, client) -> None:
        browser = signed_in(parts, add_person(parts, place.id))
        asked = {"project": place.project.id, "topics": "traces"}
        with httpx.stream("GET", url + PATH, params=asked, headers=browser.as_headers, timeout=10) as answer:
            stream = Stream(answer)
            assert stream.next()[0] == "hello"
            disable_user(parts.stores.meta, add_person(parts, place.id).email)
            send(client, place.project, "t")
            assert [change["id"] for change in stream.next()[1]["changes"]] == ["t"]


class TestWrongKeys:
    """Refused before there is a project; told live only."""

    def send(self, client, public_key: str, secret_key: str) -> None:
        headers = {"x-langfuse-sdk-name": "python", "x-langfuse-sdk-version": "4.6.1"}
        answer = client.post(
            "/api/public/ingestion", json={"batch": []}, auth=(public_key, secret_key), headers=headers
        )
        assert answer.status_code == 401

    def test_a_wrong_secret_is_told_to_the_project_of_the_public_key(self, client, project, stranger, watch):
        with watch(project, "ingest_error") as mine, watch(stranger, "ingest_error") as theirs:
            self.send(client, project.public_key, "sk-lf-wrong")
            self.send(client, stranger.public_key, "sk-lf-wrong")
            for stream, key in ((mine, project.public_key), (theirs, stranger.public_key)):
                _, data, _ = stream.next()
                (change,) = data["changes"]
                assert (change["status"], change["keyHint"]) == (401, key[:12])
                assert change["sdk"] == "python 4.6.1"
                assert change["reason"].endswith("The public key is known here.")
                assert key not in change["reason"]

    def test_an_unknown_public_key_belongs_to_nobody(self, client, project, parts, watch):
        # The fixtures have several organizations, so nobody is told: the next thing heard is the other one.
        with watch(project, "ingest_error") as stream:
            self.send(client, "pk-lf-" + new_id(), "sk-lf-wrong")
            self.send(client, project.public_key, "sk-lf-wrong")
            _, data, _ = stream.next()
            assert [each["keyHint"] for each in data["changes"]] == [project.public_key[:12]]

    def test_reading_with_a_wrong_key_is_no_news(self, client, project, watch):
        with watch(project, "ingest_error") as stream:
            answer = client.get("/api/public/traces", auth=(project.public_key, "sk-lf-wrong"))
            assert answer.status_code == 401
            self.send(client, project.public_key, "sk-lf-other")
            _, data, _ = stream.next()
            assert len(data["changes"]) == 1
