"""LLM connections: who may, what is checked, and that no secret ever comes back."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from spyglass.server.wiring import Parts
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog, LlmConnection
from spyglass.stores.sealed import LLM_EXTRA_HEADERS, LLM_SECRET_KEY

URL = "/api/public/llm-connections"
BEDROCK_KEY = json.dumps({"accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "canary-aws"})


def body(**fields: Any) -> dict[str, Any]:
    return {"provider": "openai", "adapter": "openai", "secretKey": "sk-live-canary-1234", **fields}


def put(client: TestClient, keys: Any, **fields: Any) -> Any:
    return client.put(URL, headers=keys.basic, json=body(**fields))


def listed(client: TestClient, keys: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, headers=keys.basic)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


class TestCallers:
    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", "/x")])
    def test_need_a_key_of_a_project(
        self, client: TestClient, organization: Any, method: str, path: str
    ) -> None:
        send = {"json": body()} if method == "PUT" else {}
        assert client.request(method, URL + path, **send).status_code == 401
        assert client.request(method, URL + path, headers=organization.basic, **send).status_code == 403
        bearer = organization.project.bearer
        assert client.request(method, URL + path, headers=bearer, **send).status_code == 403

    def test_the_administrator_may_act_for_a_project(
        self, client: TestClient, project: Any, admin: dict[str, str], admin_key: str
    ) -> None:
        on_behalf = {**admin, "x-langfuse-admin-api-key": admin_key, "x-langfuse-project-id": project.id}
        made = client.put(URL, headers=on_behalf, json=body())
        assert made.status_code == 201
        assert [each["id"] for each in listed(client, project)] == [made.json()["id"]]
        assert client.get(URL, headers=on_behalf).json()["meta"]["totalItems"] == 1
        assert client.delete(f"{URL}/{made.json()['id']}", headers=on_behalf).status_code == 200
        assert client.get(URL, headers=admin).status_code == 401

    def test_a_stranger_sees_and_reaches_nothing(
        self, client: TestClient, project: Any, stranger: Any
    ) -> None:
        made = put(client, project).json()
        assert listed(client, stranger) == []
        foreign = client.delete(f"{URL}/{made['id']}", headers=stranger.basic)
        unknown = client.delete(f"{URL}/none", headers=stranger.basic)
        assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())
        assert foreign.status_code == 404
        assert put(client, stranger).status_code == 201  # the same provider, of its own
        assert listed(client, project) == [made]


class TestUpsert:
    def test_new_then_replaced(self, client: TestClient, project: Any) -> None:
        first = put(
            client,
            project,
            baseURL="https://8.8.8.8/v1",
            customModels=["gpt-x"],
            withDefaultModels=False,
            extraHeaders={"X-Team": "canary-header"},
            config={"useResponsesApi": True},
        )
        assert first.status_code == 201
        made = first.json()
        assert made == {
            "id": made["id"],
            "provider": "openai",
            "adapter": "openai",
            "displaySecretKey": "...1234",
            "baseURL": "https://8.8.8.8/v1",
            "customModels": ["gpt-x"],
            "withDefaultModels": False,
            "extraHeaderKeys": ["X-Team"],
            "config": {"useResponsesApi": True},
            "createdAt": made["createdAt"],
            "updatedAt": made["updatedAt"],
        }
        assert listed(client, project) == [made]
        second = put(client, project, secretKey="sk-other-secret-9876")
        assert second.status_code == 200
        assert second.json() == {
            **made,
            "displaySecretKey": "...9876",
            "baseURL": None,
            "customModels": [],
            "withDefaultModels": True,
            "extraHeaderKeys": [],
            "config": None,
            "updatedAt": second.json()["updatedAt"],
        }
        assert second.json()["updatedAt"] >= made["updatedAt"]
        assert len(listed(client, project)) == 1

    def test_what_is_sealed_opens_at_its_place(self, client: TestClient, project: Any, parts: Parts) -> None:
        id_ = put(client, project, extraHeaders={"X-A": "1", "x-b": "two"}).json()["id"]
        with parts.stores.meta.read() as session:
            row = session.scalars(scoped(LlmConnection, project.id)).one()
        assert row.secret_key and row.extra_headers
        vault = parts.state.vault
        assert vault.open(row.secret_key, *LLM_SECRET_KEY.place(id_)) == "sk-live-canary-1234"
        assert json.loads(vault.open(row.extra_headers, *LLM_EXTRA_HEADERS.place(id_))) == {
            "X-A": "1",
            "x-b": "two",
        }

    def test_no_secret_goes_along_to_another_address(
        self, client: TestClient, project: Any, parts: Parts
    ) -> None:
        put(client, project, baseURL="https://8.8.8.8", extraHeaders={"X-Key": "canary-header"})
        for secret in ({}, {"secretKey": None}, {"secretKey": ""}):
            moved = {**body(baseURL="https://8.8.4.4"), **secret}
            if not secret:
                del moved["secretKey"]
            assert client.put(URL, headers=project.basic, json=moved).status_code == 400
        assert listed(client, project)[0]["baseURL"] == "https://8.8.8.8"
        put(client, project, baseURL="https://8.8.4.4", secretKey="a new secret of it")
        with parts.stores.meta.read() as session:
            row = session.scalars(scoped(LlmConnection, project.id)).one()
        assert row.extra_headers is None  # the headers may have been a secret, too

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"adapter": "anthropic"}, 201),
            ({"adapter": "azure", "baseURL": "https://8.8.8.8/deployments"}, 201),
            ({"adapter": "google-ai-studio", "config": None}, 201),
            ({"adapter": "google-vertex-ai"}, 201),
            ({"adapter": "google-vertex-ai", "config": {"location": "us-central1"}}, 201),
            ({"adapter": "google-vertex-ai", "config": {"location": "evil.com/#"}}, 400),
            ({"adapter": "google-vertex-ai", "config": {"region": "us-central1"}}, 400),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY, "config": {"region": "us-east-1"}}, 201),
            (
                {
                    "adapter": "bedrock",
                    "secretKey": "__BEDROCK_DEFAULT_CREDENTIALS__",
                    "config": {"region": "us-east-1"},
                },
                201,
            ),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY}, 400),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY, "config": {}}, 400),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY, "config": {"region": "a.b"}}, 400),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY, "config": {"region": "us", "x": 1}}, 400),
            ({"adapter": "bedrock", "secretKey": "no JSON", "config": {"region": "us-east-1"}}, 400),
            ({"adapter": "bedrock", "secretKey": '{"accessKeyId":"a"}', "config": {"region": "us"}}, 400),
            ({"config": {"useResponsesApi": "yes"}}, 400),
            ({"config": {}}, 400),
            ({"adapter": "anthropic", "config": {"useResponsesApi": True}}, 400),
            ({"adapter": "cohere"}, 400),
            ({"provider": ""}, 400),
            ({"provider": "a\x00b"}, 400),
            ({"secretKey": "sk\nInjected: 1"}, 400),
            ({"customModels": [""]}, 400),
            ({"customModels": ["a\x00"]}, 400),
            ({"customModels": None, "withDefaultModels": None, "extraHeaders": None, "baseURL": ""}, 201),
            ({"extraHeaders": {"X-A": "a\r\nB: c"}}, 400),
            ({"extraHeaders": {"X A": "a"}}, 400),
            ({"extraHeaders": {"Host": "a"}}, 400),
            ({"extraHeaders": {"X-A": 1}}, 400),
            ({"unknown": 1}, 201),
        ],
    )
    def test_rules(self, client: TestClient, project: Any, fields: dict[str, Any], status: int) -> None:
        answer = put(client, project, **fields)
        assert answer.status_code == status, answer.text
        assert len(listed(client, project)) == (1 if status == 201 else 0)

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:11434/v1",
            "http://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]",
            "http://localhost",
            "http://2130706433",
            "ftp://8.8.8.8",
            "https://user:password@8.8.8.8",
            "not a url",
        ],
    )
    def test_addresses_of_the_own_network_are_refused(
        self, client: TestClient, project: Any, url: str
    ) -> None:
        answer = put(client, project, baseURL=url)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("baseURL: ")
        assert listed(client, project) == []

    @pytest.mark.parametrize(
        ("fields", "shown"),
        [
            ({"secretKey": "short-key"}, "..."),
            ({"secretKey": "exactly-12-c"}, "...12-c"),
            ({"adapter": "bedrock", "secretKey": BEDROCK_KEY, "config": {"region": "us-east-1"}}, "..."),
            (
                {"adapter": "google-vertex-ai", "secretKey": "__VERTEXAI_DEFAULT_CREDENTIALS__"},
                "Default Google Cloud credentials",
            ),
        ],
    )
    def test_what_is_shown_of_a_secret(
        self, client: TestClient, project: Any, fields: dict[str, Any], shown: str
    ) -> None:
        assert put(client, project, **fields).json()["displaySecretKey"] == shown


class TestListAndDelete:
    def test_pages(self, client: TestClient, project: Any) -> None:
        made = [put(client, project, provider=f"p{number}").json()["id"] for number in range(3)]
        first = client.get(f"{URL}?limit=2", headers=project.basic).json()
        second = client.get(f"{URL}?limit=2&page=2", headers=project.basic).json()
        assert [each["id"] for each in first["data"] + second["data"]] == made
        assert second["meta"] == {"page": 2, "limit": 2, "totalItems": 3, "totalPages": 2}
        assert client.get(f"{URL}?limit=0", headers=project.basic).status_code == 400

    def test_delete(self, client: TestClient, project: Any) -> None:
        id_ = put(client, project).json()["id"]
        answer = client.delete(f"{URL}/{id_}", headers=project.basic)
        assert (answer.status_code, answer.json()) == (
            200,
            {"message": "LLM connection successfully deleted"},
        )
        assert listed(client, project) == []
        again = client.delete(f"{URL}/{id_}", headers=project.basic)
        assert (again.status_code, again.json()["error"]) == (404, "LangfuseNotFoundError")


class TestSecrets:
    def test_changes_are_in_the_audit_log_without_secrets(
        self, client: TestClient, project: Any, parts: Parts
    ) -> None:
        id_ = put(client, project, extraHeaders={"X-A": "canary-header"}).json()["id"]
        put(client, project)
        client.delete(f"{URL}/{id_}", headers=project.basic)
        with parts.stores.meta.read() as session:
            rows = session.scalars(scoped(AuditLog, project.id).order_by(AuditLog.created_at)).all()
        found = [row for row in rows if row.resource_id == id_]
        assert [row.action for row in found] == ["create", "update", "delete"]
        assert found[1].before["extraHeaderKeys"] == ["X-A"]
        assert found[1].after["extraHeaderKeys"] == []
        assert "canary" not in json.dumps([[row.before, row.after] for row in found])

    def test_a_canary_is_nowhere(
        self,
        client: TestClient,
        project: Any,
        parts: Parts,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        canaries = ("canary-key-7f31", "canary-header-7f31")
        with caplog.at_level(logging.DEBUG):
            answers = [
                put(client, project, secretKey=f"{canaries[0]}-abcd", extraHeaders={"X-A": canaries[1]}),
                client.get(URL, headers=project.basic),
                put(client, project, secretKey=f"{canaries[0]}-abcd", config={"no": canaries[0]}),
                put(client, project, secretKey=f"{canaries[0]}\n", extraHeaders={"X-A": canaries[1] + "\n"}),
            ]
        assert [answer.status_code for answer in answers] == [201, 200, 400, 400]
        texts = [answer.text for answer in answers] + [caplog.text]
        path = parts.stores.meta.engine.url.database
        assert path
        stored = b"".join(file.read_bytes() for file in Path(path).parent.glob(f"{Path(path).name}*"))
        assert b"X-A" in stored  # it is this file
        for canary in canaries:
            assert canary.encode() not in stored
            assert not any(canary in each for each in texts)
