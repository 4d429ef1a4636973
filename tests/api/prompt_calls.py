"""Calls of the prompt endpoints, each with the status that is expected."""

from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

V2 = "/api/public/v2/prompts"
SPYGLASS = "/api/public/spyglass"


class Api:
    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def create(self, name: str, prompt: Any = "text", status: int = 201, **more: Any) -> dict[str, Any]:
        body = {"name": name, "prompt": prompt, **more}
        answer = self.client.post(V2, json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, name: str, status: int = 200, **params: Any) -> dict[str, Any]:
        answer = self.client.get(f"{V2}/{quote(name, safe='')}", params=params, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def label(self, name: str, version: Any, labels: list[str], status: int = 200) -> dict[str, Any]:
        url = f"{V2}/{quote(name, safe='')}/versions/{version}"
        answer = self.client.patch(url, json={"newLabels": labels}, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def delete(self, name: str, status: int = 204, **params: Any) -> Any:
        answer = self.client.delete(f"{V2}/{quote(name, safe='')}", params=params, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def list(self, **params: Any) -> dict[str, Any]:
        answer = self.client.get(V2, params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fetch(self, name: str, headers: dict[str, Any] | None = None, **params: Any) -> Any:
        """The whole response."""
        url = f"{V2}/{quote(name, safe='')}"
        answer = self.client.get(url, params=params, headers={**self.headers, **(headers or {})})
        assert answer.status_code == 200, answer.text
        return answer

    def split(self, name: str, label: str, weights: dict[int, int], status: int = 200) -> dict[str, Any]:
        versions = [{"version": version, "weight": weight} for version, weight in weights.items()]
        answer = self.client.put(
            self.url_of_label(name, label), json={"versions": versions}, headers=self.headers
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def url_of_label(self, name: str, label: str) -> str:
        return f"{SPYGLASS}/prompts/{quote(name, safe='')}/labels/{label}"
