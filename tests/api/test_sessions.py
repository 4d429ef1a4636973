"""`/api/public/sessions`: groups of traces."""

from typing import Any

import pytest
from rows import insert, trace

PATH = "/api/public/sessions"


@pytest.fixture(scope="module")
def owner(make_project, parts):
    made = make_project()
    p = made.id
    insert(
        parts.stores.analytics,
        trace(p, "t2", "11:00:00", session_id="s1", environment="production"),
        trace(p, "t1", "10:00:00", session_id="s1", environment="default", input='{"a":1}', name="first"),
        trace(p, "t3", "12:00:00", session_id="s/2", environment="production"),
        trace(p, "t4", "13:00:00"),
    )
    return made


@pytest.fixture
def get(client, owner):
    return lambda path=PATH, **params: client.get(path, params=params, headers=owner.basic)


class TestList:
    def test_anonymous(self, client) -> None:
        assert client.get(PATH).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        answer = client.get(PATH, headers=stranger.basic)
        assert answer.json() == {
            "data": [],
            "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0},
        }

    def test_whole_body(self, get, owner) -> None:
        assert get().json() == {
            "data": [
                {
                    "id": "s/2",
                    "createdAt": "2026-01-01T12:00:00.000Z",
                    "projectId": owner.id,
                    "environment": "production",
                },
                {
                    "id": "s1",
                    "createdAt": "2026-01-01T10:00:00.000Z",
                    "projectId": owner.id,
                    "environment": "default",
                },
            ],
            "meta": {"page": 1, "limit": 50, "totalItems": 2, "totalPages": 1},
        }

    @pytest.mark.parametrize(
        ("params", "expected", "total"),
        [
            ({"limit": 1, "page": 2}, ["s1"], 2),
            ({"environment": "production"}, ["s/2"], 1),
            ({"environment": ["production", "default"]}, ["s/2", "s1"], 2),
            ({"fromTimestamp": "2026-01-01T10:30:00Z"}, ["s/2"], 1),
            ({"toTimestamp": "2026-01-01T12:00:00Z"}, ["s1"], 1),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str], total: int) -> None:
        body = get(**params).json()
        assert ([item["id"] for item in body["data"]], body["meta"]["totalItems"]) == (expected, total)

    @pytest.mark.parametrize("params", [{"page": 0}, {"limit": 1000}, {"fromTimestamp": "x"}])
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        answer = get(**params)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")


class TestGet:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{PATH}/s1").status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        answer = client.get(f"{PATH}/s1", headers=stranger.basic)
        assert (answer.status_code, answer.json()) == (
            404,
            {
                "message": "Session s1 not found within authorized project",
                "error": "LangfuseNotFoundError",
            },
        )

    def test_whole_body(self, get, owner) -> None:
        found = get(f"{PATH}/s1").json()
        traces = found.pop("traces")
        assert found == {
            "id": "s1",
            "createdAt": "2026-01-01T10:00:00.000Z",
            "projectId": owner.id,
            "environment": "default",
        }
        assert [each["id"] for each in traces] == ["t1", "t2"]
        assert traces[0] == {
            "id": "t1",
            "projectId": owner.id,
            "timestamp": "2026-01-01T10:00:00.000Z",
            "name": "first",
            "environment": "default",
            "userId": None,
            "sessionId": "s1",
            "release": None,
            "version": None,
            "public": False,
            "bookmarked": False,
            "tags": [],
            "input": {"a": 1},
            "output": None,
            "metadata": {},
            "externalId": None,
            "createdAt": "2026-01-02T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z",
        }

    def test_an_id_with_a_slash(self, get) -> None:
        assert get(f"{PATH}/s%2F2").json()["id"] == "s/2"
