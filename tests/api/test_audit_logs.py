"""`GET /api/public/spyglass/audit-logs`: who reads which entries, in which order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spyglass.core.paging import encode_cursor
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.tables import AuditLog, Project

PATH = "/api/public/spyglass/audit-logs"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def add(parts):
    """Adds an entry at so many seconds after START; returns its id."""

    def write(organization_id: str, project_id: str | None, at: int, **other: Any) -> str:
        fields = {
            "actor_type": "USER",
            "actor_id": "u",
            "actor_role": "ADMIN",
            "resource_type": "prompt",
            "resource_id": "p",
            "action": "update",
        }
        row = AuditLog(
            organization_id=organization_id,
            project_id=project_id,
            created_at=START + timedelta(seconds=at),
            **(fields | other),
        )
        with parts.stores.meta.begin() as session:
            session.add(row)
        return row.id

    return write


@pytest.fixture
def get(client, organization):
    def read(headers: Any = None, **params: Any) -> Any:
        # Not the entries of making the keys.
        params = {"toTimestamp": "2026-01-02T00:00:00Z"} | params
        return client.get(PATH, params=params, headers=headers or organization.basic)

    return read


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [entry["id"] for entry in answer.json()["data"]]


class TestScope:
    def test_whole_body(self, get, add, organization) -> None:
        made = add(organization.id, organization.project.id, 1, before={"a": 1}, after=[2])
        assert get().json() == {
            "data": [
                {
                    "id": made,
                    "timestamp": "2026-01-01T00:00:01.000Z",
                    "organizationId": organization.id,
                    "projectId": organization.project.id,
                    "actor": {"type": "USER", "id": "u", "role": "ADMIN"},
                    "resourceType": "prompt",
                    "resourceId": "p",
                    "action": "update",
                    "before": {"a": 1},
                    "after": [2],
                }
            ],
            "meta": {"limit": 50},
        }

    def test_who_has_neither_id_nor_role(self, get, add, organization) -> None:
        add(organization.id, None, 1, actor_type="SYSTEM", actor_id="", actor_role="")
        (entry,) = get().json()["data"]
        assert (entry["actor"], entry["projectId"]) == ({"type": "SYSTEM", "id": None, "role": None}, None)

    def test_an_organization_reads_all_of_its_own(
        self, get, add, organization, make_organization, parts
    ) -> None:
        other = make_organization()
        with parts.stores.meta.begin() as session:
            second = Project(organization_id=organization.id, name="second")
            session.add(second)
        mine = [
            add(organization.id, None, 3),
            add(organization.id, second.id, 2),
            add(organization.id, organization.project.id, 1),
        ]
        add(other.id, None, 3)
        add(other.id, other.project.id, 2)
        assert ids(get()) == mine
        assert ids(get(projectId=second.id)) == [mine[1]]
        assert ids(get(projectId=other.project.id)) == []

    def test_a_project_reads_only_its_own(self, get, add, organization, make_organization) -> None:
        other = make_organization()
        add(organization.id, None, 3)
        add(other.id, other.project.id, 2)
        mine = add(organization.id, organization.project.id, 1)
        headers = organization.project.basic
        assert ids(get(headers)) == [mine]
        assert ids(get(headers, projectId=other.project.id)) == []

    def test_a_public_key_alone(self, get, organization) -> None:
        assert get(organization.project.bearer).status_code == 403

    def test_what_changes_write(self, get, client, organization, parts) -> None:
        actor = Actor(ActorType.API_KEY, "k", "", organization.id, organization.project.id)
        with parts.stores.meta.begin() as session:
            record_change(session, actor, "create", ("prompt", "7"), after={"name": "n"})
        client.put(
            f"/api/public/projects/{organization.project.id}",
            json={"name": "renamed"},
            headers=organization.basic,
        )
        found = get(organization.project.basic, toTimestamp="").json()["data"]
        assert [(entry["action"], entry["resourceType"]) for entry in found] == [
            ("update", "project"),
            ("create", "prompt"),
            ("create", "apiKey"),
        ]


class TestFilters:
    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, [2, 1, 0]),
            ({"resourceType": "apiKey"}, [1]),
            ({"resourceId": "seven"}, [2]),
            ({"action": "delete"}, [1]),
            ({"actorId": "k"}, [0]),
            ({"actorId": "k", "action": "delete"}, []),
            ({"fromTimestamp": "2026-01-01T00:00:01Z"}, [2, 1]),
            ({"toTimestamp": "2026-01-01T00:00:01Z"}, [0]),
            ({"fromTimestamp": "2026-01-01T00:00:01Z", "toTimestamp": "2026-01-01T00:00:02Z"}, [1]),
            ({"fromTimestamp": "0001-01-01T00:00:00Z"}, [2, 1, 0]),
            ({"fromTimestamp": "9999-12-31T23:59:59Z"}, []),
        ],
    )
    def test_valid(self, get, add, organization, params: dict[str, Any], expected: list[int]) -> None:
        made = [
            add(organization.id, organization.project.id, 0, actor_id="k"),
            add(organization.id, organization.project.id, 1, action="delete", resource_type="apiKey"),
            add(organization.id, organization.project.id, 2, resource_id="seven"),
        ]
        assert ids(get(**params)) == [made[at] for at in expected]

    @pytest.mark.parametrize(
        "params",
        [
            {"limit": 0},
            {"limit": 101},
            {"fromTimestamp": "yesterday"},
            {"fromTimestamp": "0001-01-01T00:00:00+14:00"},
            {"resourceId": "a\0"},
            {"action": "a\0"},
            {"cursor": "nonsense"},
            {"cursor": encode_cursor((1,))},
            {"cursor": encode_cursor(("a", "b"))},
            {"cursor": encode_cursor((1, "a\0"))},
        ],
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(**params).status_code == 400


class TestPages:
    def test_each_entry_once_also_at_the_same_instant(self, get, add, organization) -> None:
        made = sorted(((at, add(organization.id, None, at)) for at in (1, 1, 1, 2, 2, 3, 3)), reverse=True)
        seen: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(4):
            answer = get(limit=2, **cursor)
            seen += ids(answer)
            meta = answer.json()["meta"]
            assert meta["limit"] == 2
            if "cursor" not in meta:
                break
            cursor = {"cursor": meta["cursor"]}
        assert seen == [entry_id for _, entry_id in made]
        assert "cursor" not in meta

    def test_no_cursor_when_the_page_is_exactly_full(self, get, add, organization) -> None:
        add(organization.id, None, 1)
        assert get(limit=1).json()["meta"] == {"limit": 1}
