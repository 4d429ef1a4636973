"""`/api/public/score-configs`."""

from typing import Any

import pytest

from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog

PATH = "/api/public/score-configs"
NUMERIC = {"name": "quality", "dataType": "NUMERIC", "minValue": 0, "maxValue": 5}
CATEGORICAL = {
    "name": "tone",
    "dataType": "CATEGORICAL",
    "categories": [{"label": "good", "value": 1}, {"label": "bad", "value": 0}],
}


@pytest.fixture
def post(client, project):
    return lambda body, **kw: client.post(PATH, json=body, headers=kw.get("headers", project.basic))


@pytest.fixture
def patch(client, project):
    return lambda id_, body: client.patch(f"{PATH}/{id_}", json=body, headers=project.basic)


def audit_of(parts: Any, project: Any) -> list[AuditLog]:
    statement = scoped(AuditLog, project.id).where(AuditLog.resource_type == "scoreConfig")
    with parts.stores.meta.read() as session:
        return list(session.scalars(statement.order_by(AuditLog.created_at)))


class TestCreate:
    def test_anonymous(self, client) -> None:
        assert client.post(PATH, json=NUMERIC).status_code == 401

    def test_public_key_alone(self, client, project) -> None:
        assert client.post(PATH, json=NUMERIC, headers=project.bearer).status_code == 403

    def test_whole_body(self, post, client, project, parts) -> None:
        answer = post({**NUMERIC, "description": "how good", "unknown": 1})
        body = answer.json()
        assert answer.status_code == 200
        assert {**body, "id": "", "createdAt": "", "updatedAt": ""} == {
            "id": "",
            "name": "quality",
            "createdAt": "",
            "updatedAt": "",
            "projectId": project.id,
            "dataType": "NUMERIC",
            "isArchived": False,
            "minValue": 0,
            "maxValue": 5,
            "categories": None,
            "description": "how good",
        }
        assert client.get(f"{PATH}/{body['id']}", headers=project.basic).json() == body
        (entry,) = audit_of(parts, project)
        assert (entry.action, entry.resource_id, entry.before, entry.after) == (
            "create",
            body["id"],
            None,
            body,
        )

    @pytest.mark.parametrize(
        ("body", "categories"),
        [
            (CATEGORICAL, [{"label": "good", "value": 1}, {"label": "bad", "value": 0}]),
            (
                {"name": "ok", "dataType": "BOOLEAN"},
                [{"label": "True", "value": 1}, {"label": "False", "value": 0}],
            ),
            ({"name": "note", "dataType": "TEXT", "categories": None, "minValue": None}, None),
            ({"name": "x" * 35, "dataType": "NUMERIC"}, None),
            ({"name": "Höhe (v1.0)_a-b", "dataType": "NUMERIC", "maxValue": -0.5}, None),
        ],
    )
    def test_valid(self, post, body: dict[str, Any], categories: Any) -> None:
        answer = post(body)
        assert (answer.status_code, answer.json().get("categories")) == (200, categories)

    @pytest.mark.parametrize(
        ("change", "part"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 36}, "name"),
            ({"name": "a/b"}, "name"),
            ({"name": "a\nb"}, "name"),
            ({"name": "a\0"}, "name"),
            ({"name": None}, "name"),
            ({"dataType": "CORRECTION"}, "dataType"),
            ({"minValue": "1"}, "minValue"),
            ({"minValue": True}, "minValue"),
            ({"categories": [{"label": "", "value": 1}]}, "categories"),
            ({"categories": [{"label": "a"}]}, "categories"),
            ({"description": "a\0"}, "description"),
        ],
    )
    def test_invalid_field(self, post, change: dict[str, Any], part: str) -> None:
        answer = post({**NUMERIC, **change})
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert answer.json()["error"][0]["path"][0] == part

    @pytest.mark.parametrize("field", ['"maxValue": 1e999', '"maxValue": NaN', r'"description": "\ud800"'])
    def test_what_no_store_holds(self, client, project, field: str) -> None:
        body = f'{{"name": "a", "dataType": "NUMERIC", {field}}}'
        headers = {**project.basic, "content-type": "application/json"}
        assert client.post(PATH, content=body, headers=headers).status_code == 400

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({**NUMERIC, "minValue": 5}, "maxValue: must be greater than minValue"),
            ({**NUMERIC, "categories": []}, "categories: must be absent or null for NUMERIC"),
            (
                {"name": "a", "dataType": "TEXT", "maxValue": 1},
                "minValue, maxValue: must be absent or null for TEXT",
            ),
            (
                {"name": "a", "dataType": "BOOLEAN", "categories": [{"label": "True", "value": 1}]},
                "categories: must be absent for BOOLEAN, which has True and False",
            ),
            (
                {"name": "a", "dataType": "CATEGORICAL"},
                "categories: CATEGORICAL needs at least one, as {label, value}",
            ),
            (
                {**CATEGORICAL, "categories": [{"label": "a", "value": 1}, {"label": "a", "value": 2}]},
                "categories: the label 'a' is there 2 times; each must be unique",
            ),
            (
                {**CATEGORICAL, "categories": [{"label": "a", "value": 1}, {"label": "b", "value": 1.0}]},
                "categories: the value 1.0 is there 2 times; each must be unique",
            ),
        ],
    )
    def test_invalid_as_a_whole(self, post, body: dict[str, Any], message: str, client, project) -> None:
        answer = post(body)
        assert (answer.status_code, answer.json()) == (
            400,
            {"message": message, "error": "InvalidRequestError"},
        )
        assert client.get(PATH, headers=project.basic).json()["meta"]["totalItems"] == 0


class TestList:
    def test_anonymous(self, client) -> None:
        assert client.get(PATH).status_code == 401

    def test_newest_first_and_only_ones_own(self, client, post, project, stranger) -> None:
        for name in ("a", "b", "c"):
            post({**NUMERIC, "name": name})
        body = client.get(PATH, params={"limit": 2}, headers=project.basic).json()
        assert [each["name"] for each in body["data"]] == ["c", "b"]
        assert body["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        more = client.get(PATH, params={"limit": 2, "page": 2}, headers=project.basic).json()
        assert [each["name"] for each in more["data"]] == ["a"]
        assert client.get(PATH, headers=stranger.basic).json()["data"] == []

    @pytest.mark.parametrize("params", [{"limit": 101}, {"limit": 0}, {"page": 0}, {"page": "x"}])
    def test_invalid(self, client, project, params: dict[str, Any]) -> None:
        assert client.get(PATH, params=params, headers=project.basic).status_code == 400


class TestGet:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{PATH}/x").status_code == 401

    def test_unknown_and_stranger(self, client, post, project, stranger) -> None:
        id_ = post(NUMERIC).json()["id"]
        missing = {
            "message": "Score config not found within authorized project",
            "error": "LangfuseNotFoundError",
        }
        for path, caller in ((f"{PATH}/none", project), (f"{PATH}/{id_}", stranger)):
            answer = client.get(path, headers=caller.basic)
            assert (answer.status_code, answer.json()) == (404, missing)

    def test_nul_in_the_path(self, client, project) -> None:
        assert client.get(f"{PATH}/a%00b", headers=project.basic).status_code == 400


class TestChange:
    def test_anonymous(self, client) -> None:
        assert client.patch(f"{PATH}/x", json={"isArchived": True}).status_code == 401

    def test_only_what_is_named(self, post, patch, parts, project) -> None:
        made = post({**NUMERIC, "description": "d"}).json()
        changed = patch(made["id"], {"isArchived": True, "maxValue": 7}).json()
        assert changed["updatedAt"] >= made["updatedAt"]
        expected = {**made, "isArchived": True, "maxValue": 7, "updatedAt": changed["updatedAt"]}
        assert changed == expected
        entry = audit_of(parts, project)[1]
        assert (entry.action, entry.before, entry.after) == ("update", made, changed)

    def test_null_takes_away(self, post, patch) -> None:
        made = post({**NUMERIC, "description": "d"}).json()
        body = {"maxValue": None, "description": None, "name": None}
        changed = patch(made["id"], body).json()
        assert (changed["maxValue"], changed["description"], changed["name"]) == (None, None, "quality")

    def test_the_merged_result_must_be_valid(self, client, post, patch, project, parts) -> None:
        made = post(NUMERIC).json()
        answer = patch(made["id"], {"minValue": 6, "name": "other"})
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "maxValue: must be greater than minValue",
        )
        assert client.get(f"{PATH}/{made['id']}", headers=project.basic).json() == made
        assert len(audit_of(parts, project)) == 1
        assert patch(made["id"], {"minValue": 6, "maxValue": 7}).status_code == 200

    @pytest.mark.parametrize(
        ("made", "change", "message"),
        [
            (CATEGORICAL, {"categories": None}, "categories: CATEGORICAL needs at least one"),
            (CATEGORICAL, {"minValue": 1}, "minValue, maxValue: must be absent or null for CATEGORICAL"),
            (
                {"name": "b", "dataType": "BOOLEAN"},
                {"categories": [{"label": "yes", "value": 1}]},
                "categories: cannot be changed",
            ),
            (NUMERIC, {}, "The body must have at least one of isArchived"),
            (NUMERIC, {"name": None, "isArchived": None}, "The body must have at least one of"),
            (NUMERIC, {"dataType": "TEXT"}, "The body must have at least one of"),
            (NUMERIC, {"isArchived": "yes"}, "Invalid request data"),
        ],
    )
    def test_refused(self, post, patch, made: Any, change: Any, message: str) -> None:
        answer = patch(post(made).json()["id"], change)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith(message)

    def test_categories(self, post, patch) -> None:
        made = post(CATEGORICAL).json()
        changed = patch(made["id"], {"categories": [{"label": "fine", "value": 2}]}).json()
        assert changed["categories"] == [{"label": "fine", "value": 2}]

    def test_stranger(self, client, post, stranger, project) -> None:
        made = post(NUMERIC).json()
        path = f"{PATH}/{made['id']}"
        assert client.patch(path, json={"isArchived": True}, headers=stranger.basic).status_code == 404
        assert client.get(path, headers=project.basic).json() == made
