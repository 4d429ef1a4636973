"""The test call of an LLM connection: each protocol, what the provider says verbatim, and where it must not lead."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from spyglass.core.addresses import read_networks
from spyglass.server.wiring import Parts
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog, LlmConnection
from tests.api.fake_llm import KEY, FakeLlm, run_fake_llm
from tests.api.people import add_person, signed_in

CONNECTIONS = "/api/public/llm-connections"


@pytest.fixture(scope="module")
def llm() -> Iterator[FakeLlm]:
    with run_fake_llm() as fake:
        yield fake


@pytest.fixture
def provider(llm: FakeLlm, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> FakeLlm:
    """The fake one, on an address that the operator has allowed."""
    monkeypatch.setattr(parts.state.egress.llm, "_networks", read_networks(["127.0.0.1"]))
    llm.fault = ""
    llm.calls.clear()
    return llm


def put(client: TestClient, headers: Any, **fields: Any) -> str:
    body = {"provider": "mine", "adapter": "openai", "secretKey": KEY, **fields}
    answer = client.put(CONNECTIONS, headers=headers, json=body)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def ask(client: TestClient, headers: Any, connection: str, **body: Any) -> Any:
    path = f"/api/public/spyglass/llm-connections/{connection}/test"
    return client.post(path, headers=headers, json=body)


MESSAGES = [{"role": "user", "content": "Answer with the word OK and nothing else."}]
PROTOCOLS: list[tuple[dict[str, Any], str, str, tuple[str, str], Any]] = [
    (
        {"adapter": "openai", "baseURL": "{url}/v1/"},
        "gpt-4o-mini",
        "/v1/chat/completions",
        ("authorization", f"Bearer {KEY}"),
        {"model": "gpt-4o-mini", "messages": MESSAGES},
    ),
    (
        {"adapter": "openai", "baseURL": "{url}/v1", "config": {"useResponsesApi": True}},
        "gpt-4o-mini",
        "/v1/responses",
        ("authorization", f"Bearer {KEY}"),
        {"model": "gpt-4o-mini", "input": MESSAGES[0]["content"]},
    ),
    (
        {"adapter": "anthropic", "baseURL": "{url}", "customModels": ["claude-x", "claude-y"]},
        "claude-x",
        "/v1/messages",
        ("x-api-key", KEY),
        {"model": "claude-x", "max_tokens": 64, "messages": MESSAGES},
    ),
    (
        {"adapter": "azure", "baseURL": "{url}/openai/deployments", "customModels": ["my deployment"]},
        "my deployment",
        "/openai/deployments/my%20deployment/chat/completions?api-version=2025-02-01-preview",
        ("api-key", KEY),
        {"messages": MESSAGES},
    ),
    (
        {"adapter": "google-ai-studio", "baseURL": "{url}"},
        "gemini-2.5-flash-lite",
        "/v1beta/models/gemini-2.5-flash-lite:generateContent",
        ("x-goog-api-key", KEY),
        {"contents": [{"role": "user", "parts": [{"text": MESSAGES[0]["content"]}]}]},
    ),
]


@pytest.mark.parametrize(
    ("fields", "model", "path", "credential", "body"),
    PROTOCOLS,
    ids=["openai", "responses", "anthropic", "azure", "google"],
)
def test_each_protocol(
    client: TestClient,
    project: Any,
    provider: FakeLlm,
    fields: dict[str, Any],
    model: str,
    path: str,
    credential: tuple[str, str],
    body: Any,
) -> None:
    there = {**fields, "baseURL": fields["baseURL"].format(url=provider.url)}
    id_ = put(client, project.basic, **there, extraHeaders={"X-Team": "blue"})
    answer = ask(client, project.basic, id_)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert isinstance(told.pop("latencyMs"), int)
    assert told == {"ok": True, "model": model, "status": 200, "answer": "OK", "error": None}
    [(asked_path, headers, asked_body)] = provider.calls
    assert (asked_path, asked_body) == (path, body)
    assert headers[credential[0]] == credential[1]
    assert headers["x-team"] == "blue"


def test_another_model_on_demand(client: TestClient, project: Any, provider: FakeLlm) -> None:
    id_ = put(client, project.basic, baseURL=provider.url, customModels=["one"])
    assert ask(client, project.basic, id_, model="two").json()["model"] == "two"
    assert provider.calls[0][2]["model"] == "two"


class TestWhatGoesWrongThere:
    def test_is_told_in_the_words_of_the_provider_without_the_secret(
        self, client: TestClient, project: Any, provider: FakeLlm
    ) -> None:
        id_ = put(client, project.basic, baseURL=provider.url, secretKey="sk-a-wrong-key-5678")
        told = ask(client, project.basic, id_).json()
        assert (told["ok"], told["status"], told["answer"]) == (False, 401, None)
        assert told["error"] == '{"error": {"message": "Incorrect API key: ***"}}'

    def test_no_form_of_a_secret_is_told(self, client: TestClient, project: Any, provider: FakeLlm) -> None:
        """Also one that a header holds beside other words, that JSON writes differently, or that holds another."""
        secret = 'sk"a/wrong\\key'
        headers = {"X-Gateway": "Token gateway-secret-99", "X-Long": f"{secret}-and-more"}
        id_ = put(client, project.basic, baseURL=provider.url, secretKey=secret, extraHeaders=headers)
        provider.fault = "echo"
        told = ask(client, project.basic, id_).json()
        assert told["status"] == 401
        shown = json.loads(told["error"])
        assert shown == {"authorization": "Bearer ***", "gateway": "***", "long": "***", "php": "***"}

    @pytest.mark.parametrize("secret", ["ключ-ключ", "sk-with-a-blank ", " sk-with-a-blank"])
    def test_a_key_that_no_header_can_hold(
        self, client: TestClient, project: Any, provider: FakeLlm, secret: str
    ) -> None:
        answer = ask(
            client, project.basic, put(client, project.basic, baseURL=provider.url, secretKey=secret)
        )
        assert answer.status_code == 400
        assert answer.json()["message"] == (
            "secretKey: a key goes into a header, so it must be ASCII without blanks around it; enter it anew"
        )
        assert provider.calls == []

    @pytest.mark.parametrize(
        ("fault", "status", "error"),
        [
            ("not JSON", 200, "<html>a page</html>"),
            ("empty", 500, "Status 500, and nothing else"),
            ("endless", None, "The provider answered more than 1048576 bytes"),
        ],
    )
    def test_answers_that_are_none(
        self,
        client: TestClient,
        project: Any,
        provider: FakeLlm,
        fault: str,
        status: int | None,
        error: str,
    ) -> None:
        provider.fault = fault
        told = ask(client, project.basic, put(client, project.basic, baseURL=provider.url)).json()
        assert (told["ok"], told["status"], told["error"]) == (False, status, error)

    def test_nobody_there(self, client: TestClient, project: Any, provider: FakeLlm) -> None:
        id_ = put(client, project.basic, baseURL="http://127.0.0.1:1")
        told = ask(client, project.basic, id_).json()
        assert (told["ok"], told["status"], told["error"]) == (False, None, "The provider cannot be reached")

    def test_too_slow(
        self, client: TestClient, project: Any, provider: FakeLlm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("spyglass.evals.providers._TIMEOUT_S", 0.05)
        provider.fault = "slow"
        told = ask(client, project.basic, put(client, project.basic, baseURL=provider.url)).json()
        assert (told["status"], told["error"]) == (None, "The provider did not answer in time")


class TestWhatIsRefused:
    def test_an_address_that_is_not_allowed_any_more(
        self, client: TestClient, project: Any, provider: FakeLlm, parts: Parts, monkeypatch: Any
    ) -> None:
        id_ = put(client, project.basic, baseURL=provider.url)
        monkeypatch.setattr(parts.state.egress.llm, "_networks", [])
        answer = ask(client, project.basic, id_)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("baseURL: The host '127.0.0.1' is not allowed")
        assert provider.calls == []

    def test_protocols_that_are_not_spoken(self, client: TestClient, project: Any) -> None:
        keys = '{"accessKeyId": "AKID", "secretAccessKey": "s"}'
        id_ = put(client, project.basic, adapter="bedrock", secretKey=keys, config={"region": "eu-west-1"})
        answer = ask(client, project.basic, id_)
        assert answer.status_code == 501
        assert answer.json()["message"].startswith("Calls of bedrock are not made from here")
        # Also where a model is named.
        assert ask(client, project.basic, id_, model="m").status_code == 501

    def test_no_model_and_no_connection(self, client: TestClient, project: Any, provider: FakeLlm) -> None:
        id_ = put(client, project.basic, adapter="azure", baseURL=provider.url)
        answer = ask(client, project.basic, id_)
        assert (answer.status_code, answer.json()["message"][:11]) == (400, "model: name")
        assert ask(client, project.basic, "none").status_code == 404
        assert ask(client, project.basic, id_, model="").status_code == 400

    def test_a_secret_that_was_cleared(
        self, client: TestClient, project: Any, provider: FakeLlm, parts: Parts
    ) -> None:
        id_ = put(client, project.basic, baseURL=provider.url)
        with parts.stores.meta.begin() as session:
            session.scalars(scoped(LlmConnection, project.id)).one().secret_key = None
        answer = ask(client, project.basic, id_)
        assert (answer.status_code, answer.json()["message"][:10]) == (400, "secretKey:")

    @pytest.mark.parametrize(("role", "status"), [("ADMIN", 200), ("MEMBER", 403), ("VIEWER", 403)])
    def test_who_may(
        self,
        client: TestClient,
        make_organization: Any,
        provider: FakeLlm,
        parts: Parts,
        role: str,
        status: int,
    ) -> None:
        owner = make_organization()
        id_ = put(client, owner.project.basic, baseURL=provider.url)
        browser = signed_in(parts, add_person(parts, owner.id, role)).as_headers
        answer = ask(client, {**browser, "x-spyglass-project": owner.project.id}, id_)
        assert answer.status_code == status
        assert len(provider.calls) == (1 if status == 200 else 0)


def test_the_audit_log_knows_that_and_not_what(
    client: TestClient, project: Any, provider: FakeLlm, parts: Parts
) -> None:
    id_ = put(client, project.basic, baseURL=provider.url)
    ask(client, project.basic, id_)
    with parts.stores.meta.read() as session:
        entries = session.scalars(scoped(AuditLog, project.id).where(AuditLog.action == "test")).all()
    [entry] = entries
    assert (entry.resource_type, entry.resource_id) == ("llmConnection", id_)
    assert (entry.before, entry.after) == (None, {"model": "gpt-4o-mini", "ok": True, "status": 200})
