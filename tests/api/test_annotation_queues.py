"""`/api/public/annotation-queues`: queues, items, assignments."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import (
    AnnotationQueueAssignment,
    AuditLog,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)

PATH = "/api/public/annotation-queues"
CONFIGS = "/api/public/score-configs"
MISSING = {"message": "Annotation queue not found", "error": "LangfuseNotFoundError"}
MISSING_ITEM = {"message": "Annotation queue item not found", "error": "LangfuseNotFoundError"}


def make_config(client: Any, caller: Any) -> str:
    body = {"name": "quality", "dataType": "NUMERIC"}
    return client.post(CONFIGS, json=body, headers=caller.basic).json()["id"]


def make_queue(client: Any, caller: Any, name: str = "first") -> dict[str, Any]:
    body = {"name": name, "scoreConfigIds": [make_config(client, caller)]}
    answer = client.post(PATH, json=body, headers=caller.basic)
    assert answer.status_code == 200
    return answer.json()


def audit_of(parts: Any, caller: Any, resource: str) -> list[tuple[str, Any, Any]]:
    statement = scoped(AuditLog, caller.id).where(AuditLog.resource_type == resource)
    with parts.stores.meta.read() as session:
        rows = session.scalars(statement.order_by(AuditLog.created_at)).all()
    return [(row.action, row.before, row.after) for row in rows]


@pytest.fixture
def queue(client, project):
    return make_queue(client, project)


@pytest.fixture
def call(client, project):
    def send(method: str, path: str, caller: Any = None, **kw: Any) -> Any:
        return client.request(method, PATH + path, headers=(caller or project).basic, **kw)

    return send


class TestQueues:
    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/x")])
    def test_anonymous(self, client, method: str, path: str) -> None:
        assert client.request(method, PATH + path).status_code == 401

    def test_whole_body(self, client, call, project, parts) -> None:
        config = make_config(client, project)
        body = {"name": "q", "description": "d", "scoreConfigIds": [config, config]}
        made = call("POST", "", json=body).json()
        assert {**made, "id": "", "createdAt": "", "updatedAt": ""} == {
            "id": "",
            "name": "q",
            "description": "d",
            "scoreConfigIds": [config],
            "createdAt": "",
            "updatedAt": "",
        }
        assert call("GET", f"/{made['id']}").json() == made
        assert call("GET", "").json() == {
            "data": [made],
            "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1},
        }
        assert audit_of(parts, project, "annotationQueue") == [("create", None, made)]

    def test_newest_first(self, client, call, project) -> None:
        for name in ("a", "b", "c"):
            make_queue(client, project, name)
        body = call("GET", "", params={"limit": 2, "page": 1}).json()
        assert [each["name"] for each in body["data"]] == ["c", "b"]

    def test_a_name_is_unique_in_its_project(self, client, call, queue, project, stranger) -> None:
        body = {"name": "first", "scoreConfigIds": queue["scoreConfigIds"]}
        answer = call("POST", "", json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequestError")
        assert call("GET", "").json()["meta"]["totalItems"] == 1
        make_queue(client, stranger)

    def test_one_of_many_at_once_wins(self, client, call, project) -> None:
        body = {"name": "race", "scoreConfigIds": [make_config(client, project)]}
        with ThreadPoolExecutor(4) as pool:
            statuses = [
                each.status_code for each in pool.map(lambda _: call("POST", "", json=body), range(4))
            ]
        assert sorted(statuses)[0] == 200
        assert set(statuses[1:]) | {200, 400, 409} == {200, 400, 409}
        assert statuses.count(200) == 1
        assert call("GET", "").json()["meta"]["totalItems"] == 1

    def test_configs_of_another_project_are_unknown(self, client, call, project, stranger) -> None:
        own, foreign = make_config(client, project), make_config(client, stranger)
        answers = [
            call("POST", "", json={"name": "q", "scoreConfigIds": [own, id_]}) for id_ in (foreign, "none")
        ]
        assert [each.status_code for each in answers] == [400, 400]
        assert answers[0].json() == {
            "message": f"scoreConfigIds: the project has no score config '{foreign}'",
            "error": "InvalidRequestError",
        }
        assert answers[1].json()["message"] == answers[0].json()["message"].replace(foreign, "none")
        assert call("GET", "").json()["data"] == []

    @pytest.mark.parametrize(
        "change",
        [
            {"scoreConfigIds": []},
            {"scoreConfigIds": None},
            {"scoreConfigIds": [1]},
            {"name": ""},
            {"name": "a\0"},
            {"name": None},
            {"assignees": []},
        ],
    )
    def test_invalid(self, call, change: dict[str, Any]) -> None:
        answer = call("POST", "", json={"name": "q", "scoreConfigIds": ["x"], **change})
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")

    def test_unknown_and_stranger(self, call, queue, stranger) -> None:
        for answer in (call("GET", "/none"), call("GET", f"/{queue['id']}", stranger)):
            assert (answer.status_code, answer.json()) == (404, MISSING)

    def test_parameters_are_strict(self, call, queue) -> None:
        for path in ("", f"/{queue['id']}", f"/{queue['id']}/items"):
            assert call("GET", path).status_code == 200
            answer = call("GET", path, params={"nonsense": "1"})
            assert answer.status_code == 400
            assert answer.json()["error"][0]["code"] == "unrecognized_keys"


class TestItems:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("POST", ""), ("GET", "/i"), ("PATCH", "/i"), ("DELETE", "/i")],
    )
    def test_anonymous(self, client, method: str, path: str) -> None:
        assert client.request(method, f"{PATH}/q/items{path}").status_code == 401

    def test_life(self, call, queue, project, parts) -> None:
        items = f"/{queue['id']}/items"
        made = call("POST", items, json={"objectId": "t/1", "objectType": "TRACE"}).json()
        assert {**made, "id": "", "createdAt": "", "updatedAt": ""} == {
            "id": "",
            "queueId": queue["id"],
            "objectId": "t/1",
            "objectType": "TRACE",
            "status": "PENDING",
            "completedAt": None,
            "createdAt": "",
            "updatedAt": "",
        }
        path = f"{items}/{made['id']}"
        assert call("GET", path).json() == made
        assert call("PATCH", path, json={}).json() == made
        done = call("PATCH", path, json={"status": "COMPLETED"}).json()
        assert done["status"] == "COMPLETED"
        assert done["completedAt"] >= made["createdAt"]
        assert call("GET", path).json() == done
        again = call("PATCH", path, json={"status": "PENDING"}).json()
        assert (again["status"], again["completedAt"]) == ("PENDING", None)
        assert call("DELETE", path).json() == {
            "success": True,
            "message": "Annotation queue item deleted successfully",
        }
        for method in ("GET", "DELETE"):
            answer = call(method, path)
            assert (answer.status_code, answer.json()) == (404, MISSING_ITEM)
        assert audit_of(parts, project, "annotationQueueItem") == [
            ("create", None, made),
            ("update", made, done),
            ("update", done, again),
            ("delete", again, None),
        ]

    def test_made_completed(self, call, queue) -> None:
        body = {"objectId": "s", "objectType": "SESSION", "status": "COMPLETED"}
        made = call("POST", f"/{queue['id']}/items", json=body).json()
        assert (made["status"], made["completedAt"] is None) == ("COMPLETED", False)

    def test_list(self, client, call, queue, project) -> None:
        items = f"/{queue['id']}/items"
        for name, status in (("a", "PENDING"), ("b", "COMPLETED"), ("c", None)):
            call("POST", items, json={"objectId": name, "objectType": "OBSERVATION", "status": status})
        other = make_queue(client, project, "other")
        call("POST", f"/{other['id']}/items", json={"objectId": "d", "objectType": "TRACE"})

        def ids(**params: Any) -> list[str]:
            return [each["objectId"] for each in call("GET", items, params=params).json()["data"]]

        assert ids() == ["c", "b", "a"]
        assert ids(status="PENDING") == ["c", "a"]
        assert ids(status="COMPLETED") == ["b"]
        assert ids(limit=1, page=3) == ["a"]
        assert call("GET", items).json()["meta"]["totalItems"] == 3
        assert call("GET", items, params={"status": "pending"}).status_code == 400

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"objectId": "a"},
            {"objectId": "", "objectType": "TRACE"},
            {"objectId": "a\0", "objectType": "TRACE"},
            {"objectId": "a", "objectType": "PROMPT"},
            {"objectId": "a", "objectType": "TRACE", "status": "DONE"},
            {"objectId": "a", "objectType": "TRACE", "extra": 1},
        ],
    )
    def test_invalid(self, call, queue, body: dict[str, Any]) -> None:
        answer = call("POST", f"/{queue['id']}/items", json=body)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")

    def test_invalid_change(self, call, queue) -> None:
        items = f"/{queue['id']}/items"
        id_ = call("POST", items, json={"objectId": "a", "objectType": "TRACE"}).json()["id"]
        for body in ({"status": "DONE"}, {"objectId": "b"}):
            assert call("PATCH", f"{items}/{id_}", json=body).status_code == 400

    def test_stranger_and_another_queue(self, client, call, queue, project, stranger) -> None:
        items = f"/{queue['id']}/items"
        made = call("POST", items, json={"objectId": "a", "objectType": "TRACE"}).json()
        body = {"objectId": "a", "objectType": "TRACE"}
        for answer in (
            call("GET", items, stranger),
            call("POST", items, stranger, json=body),
            call("GET", f"{items}/{made['id']}", stranger),
            call("PATCH", f"{items}/{made['id']}", stranger, json={"status": "COMPLETED"}),
            call("DELETE", f"{items}/{made['id']}", stranger),
        ):
            assert (answer.status_code, answer.json()) == (404, MISSING)
        other = make_queue(client, project, "other")
        elsewhere = call("GET", f"/{other['id']}/items/{made['id']}")
        assert (elsewhere.status_code, elsewhere.json()) == (404, MISSING_ITEM)
        assert call("GET", items).json()["data"] == [made]


class TestAssignments:
    @pytest.fixture
    def add_user(self, parts):
        def add(caller: Any, role: str | None, in_project: str | None = None) -> str:
            with parts.stores.meta.begin() as session:
                user = User(email=f"{new_id()}@example.com", name="Ann")
                session.add(user)
                session.flush()
                owner = session.get(Project, caller.id).organization_id
                if role is not None:
                    session.add(OrganizationMembership(organization_id=owner, user_id=user.id, role=role))
                if in_project is not None:
                    session.add(ProjectMembership(project_id=caller.id, user_id=user.id, role=in_project))
                return user.id

        return add

    def assigned(self, parts: Any, project: Any) -> list[tuple[str, str]]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(scoped(AnnotationQueueAssignment, project.id))
            return [(row.queue_id, row.user_id) for row in rows]

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_anonymous(self, client, method: str) -> None:
        answer = client.request(method, f"{PATH}/q/assignments", json={"userId": "u"})
        assert answer.status_code == 401

    @pytest.mark.parametrize(("role", "in_project"), [("VIEWER", None), ("NONE", "VIEWER")])
    def test_assign_and_take_back(
        self, call, queue, add_user, parts, project, role: str, in_project: str | None
    ) -> None:
        user = add_user(project, role, in_project)
        path = f"/{queue['id']}/assignments"
        expected = {"userId": user, "queueId": queue["id"], "projectId": project.id}
        for _ in range(2):
            answer = call("POST", path, json={"userId": user})
            assert (answer.status_code, answer.json()) == (200, expected)
        assert self.assigned(parts, project) == [(queue["id"], user)]
        for _ in range(2):
            answer = call("DELETE", path, json={"userId": user})
            assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert self.assigned(parts, project) == []
        assert audit_of(parts, project, "annotationQueueAssignment") == [
            ("create", None, expected),
            ("delete", expected, None),
        ]

    def test_who_has_no_access(self, call, queue, add_user, parts, project, stranger) -> None:
        disabled = add_user(project, "OWNER")
        with parts.stores.meta.begin() as session:
            session.execute(update(User).where(User.id == disabled).values(disabled_at=now()))
        for user in (
            "nobody",
            disabled,
            add_user(project, None),
            add_user(project, "NONE"),
            add_user(project, "MEMBER", "NONE"),
            add_user(stranger, "OWNER"),
        ):
            answer = call("POST", f"/{queue['id']}/assignments", json={"userId": user})
            assert (answer.status_code, answer.json()) == (
                404,
                {
                    "message": "User not found or not authorized for this project",
                    "error": "LangfuseNotFoundError",
                },
            )
        assert self.assigned(parts, project) == []

    def test_stranger(self, call, queue, add_user, parts, project, stranger) -> None:
        user = add_user(stranger, "OWNER")
        for method in ("POST", "DELETE"):
            answer = call(method, f"/{queue['id']}/assignments", stranger, json={"userId": user})
            assert (answer.status_code, answer.json()) == (404, MISSING)
        assert self.assigned(parts, project) == []

    @pytest.mark.parametrize("body", [{}, {"userId": 1}, {"userId": "a\0"}, {"userId": "a", "x": 1}])
    def test_invalid(self, call, queue, body: dict[str, Any]) -> None:
        for method in ("POST", "DELETE"):
            answer = call(method, f"/{queue['id']}/assignments", json=body)
            assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
