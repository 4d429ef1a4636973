"""An organization with one of everything in its project, made through the API, and the ids of it all.

Every text in it carries `CANARY`: what a stranger is answered must never hold it.
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from spyglass.core.ids import new_id

CANARY = "canary-7f3a"
Headers = dict[str, str]


def named(what: str) -> str:
    return f"{CANARY}-{what}-{new_id()[:8]}"


@dataclass
class World:
    """`ids`: name of a path or query parameter -> the id of this world's thing."""

    client: TestClient
    project: Headers
    organization: Headers
    ids: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, headers: Headers, **more: Any) -> Any:
        response = self.client.request(method, path, headers=headers, **more)
        assert response.status_code < 300, (method, path, response.status_code, response.text)
        return response.json() if response.content else None

    def build(self, project_id: str, organization_id: str) -> None:
        self.ids |= {"project_id": project_id, "organization_id": organization_id}
        self._records()
        self._annotation()
        self._prompts()
        self._datasets()
        self._media()
        self._settings()
        self._erasure()
        self._invitation()
        self._views()
        self._bulk_job()

    def _records(self) -> None:
        trace, span, score, session, user = (
            named(each) for each in ("trace", "span", "score", "session", "user")
        )
        self.ids |= {"trace_id": trace, "observation_id": span, "score_id": score, "session_id": session}
        self.ids |= {"user": user}
        moment = "2026-01-05T10:00:00.000Z"
        body = {
            "id": trace,
            "name": named("name"),
            "sessionId": session,
            "userId": user,
            "input": {"a": CANARY},
        }
        events = [
            ("trace-create", body),
            (
                "generation-create",
                {"id": span, "traceId": trace, "name": named("generation"), "startTime": moment},
            ),
            ("score-create", {"id": score, "traceId": trace, "name": named("quality"), "value": 1}),
        ]
        batch = [{"id": new_id(), "timestamp": moment, "type": kind, "body": each} for kind, each in events]
        answer = self.call("POST", "/api/public/ingestion", self.project, json={"batch": batch})
        assert answer["errors"] == []
        deadline = time.monotonic() + 10
        while self.client.get(f"/api/public/scores/{score}", headers=self.project).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _annotation(self) -> None:
        config = {"name": "quality 1", "dataType": "NUMERIC", "description": CANARY}
        made = self.call("POST", "/api/public/score-configs", self.project, json=config)
        self.ids["config_id"] = made["id"]
        member = {
            "userName": f"{named('user')}@example.com",
            "name": {"formatted": CANARY},
            "roles": ["MEMBER"],
        }
        self.ids["user_id"] = self.call("POST", "/api/public/scim/Users", self.organization, json=member)[
            "id"
        ]
        queue = {"name": named("queue"), "scoreConfigIds": [self.ids["config_id"]]}
        made = self.call("POST", "/api/public/annotation-queues", self.project, json=queue)
        self.ids["queue_id"] = made["id"]
        path = f"/api/public/annotation-queues/{made['id']}"
        item = {"objectId": self.ids["trace_id"], "objectType": "TRACE"}
        self.ids["item_id"] = self.call("POST", f"{path}/items", self.project, json=item)["id"]
        self.call("POST", f"{path}/assignments", self.project, json={"userId": self.ids["user_id"]})
        comment = {
            "projectId": self.ids["project_id"],
            "objectType": "TRACE",
            "objectId": self.ids["trace_id"],
            "content": CANARY,
        }
        self.ids["comment_id"] = self.call("POST", "/api/public/comments", self.project, json=comment)["id"]

    def _prompts(self) -> None:
        name = named("prompt")
        body = {"name": name, "prompt": f"Hello {CANARY}", "labels": ["production"], "tags": [CANARY]}
        self.call("POST", "/api/public/v2/prompts", self.project, json=body)
        self.ids |= {"name": name, "version": "1", "label": "production"}

    def _datasets(self) -> None:
        name = named("dataset")
        made = self.call(
            "POST", "/api/public/v2/datasets", self.project, json={"name": name, "metadata": CANARY}
        )
        item = {"datasetName": name, "id": named("item"), "input": {"q": CANARY}}
        self.call("POST", "/api/public/dataset-items", self.project, json=item)
        run = {"runName": named("run"), "datasetItemId": item["id"], "traceId": self.ids["trace_id"]}
        linked = self.call("POST", "/api/public/dataset-run-items", self.project, json=run)
        self.ids |= {"dataset_name": name, "dataset_id": made["id"], "dataset_item_id": item["id"]}
        self.ids |= {"run_name": run["runName"], "run_id": linked["datasetRunId"]}

    def _media(self) -> None:
        content = CANARY.encode()
        digest = hashlib.sha256(content).digest()
        asked = {
            "contentType": "text/plain",
            "contentLength": len(content),
            "sha256Hash": base64.b64encode(digest).decode(),
            "traceId": self.ids["trace_id"],
            "field": "input",
        }
        made = self.call("POST", "/api/public/media", self.project, json=asked)
        self.ids["media_id"] = made["mediaId"]
        sent = {"content-type": "text/plain", "x-amz-checksum-sha256": asked["sha256Hash"]}
        upload = self.client.put(made["uploadUrl"], content=content, headers=sent)
        assert upload.status_code == 200, upload.text

    def _settings(self) -> None:
        model = {
            "modelName": named("model"),
            "matchPattern": f"^{CANARY}$",
            "unit": "TOKENS",
            "inputPrice": 1,
        }
        self.ids["model_id"] = self.call("POST", "/api/public/models", self.project, json=model)["id"]
        asked = {
            "from": "2026-01-01T00:00:00Z",
            "to": "2026-02-01T00:00:00Z",
            "models": [CANARY],
            "dryRun": False,
        }
        path = "/api/public/spyglass/repricing"
        self.ids["repricing_id"] = self.call("POST", path, self.project, json=asked)["id"]
        connection = {"provider": named("provider"), "adapter": "openai", "secretKey": f"sk-{CANARY}"}
        made = self.call("PUT", "/api/public/llm-connections", self.project, json=connection)
        self.ids["connection_id"] = made["id"]
        project_id = self.ids["project_id"]
        path = f"/api/public/projects/{project_id}"
        self.ids["api_key_id"] = self.call(
            "POST", f"{path}/apiKeys", self.organization, json={"note": CANARY}
        )["id"]
        membership = {"userId": self.ids["user_id"], "role": "VIEWER"}
        self.call("PUT", f"{path}/memberships", self.organization, json=membership)
        protected = {"labels": [f"{CANARY}"]}
        self.call(
            "PUT",
            f"/api/public/spyglass/projects/{project_id}/protected-labels",
            self.organization,
            json=protected,
        )
        integration = {
            "projectId": project_id, "type": "S3", "bucketName": CANARY, "region": "eu-west-1", "enabled": False,
            "accessKeyId": CANARY, "secretAccessKey": CANARY, "exportFrequency": "daily", "forcePathStyle": False,
            "fileType": "JSONL", "exportMode": "FULL_HISTORY",
        }  # fmt: skip
        self.call("PUT", "/api/public/integrations/blob-storage", self.organization, json=integration)

    def _erasure(self) -> None:
        path = f"/api/public/spyglass/users/{named('nobody')}"
        self.ids["erasure_id"] = self.call("DELETE", path, self.project)["id"]

    def _invitation(self) -> None:
        path = f"/api/ui/organizations/{self.ids['organization_id']}/invitations"
        body = {"email": f"{named('guest')}@example.com", "role": "VIEWER"}
        self.ids["invitation_id"] = self.call("POST", path, self.organization, json=body)["id"]

    def _views(self) -> None:
        path = f"/api/ui/projects/{self.ids['project_id']}"
        view = {"table": "traces", "name": named("view"), "state": {"q": CANARY}, "shared": True}
        self.ids["view_id"] = self.call("POST", f"{path}/views", self.project, json=view)["id"]
        made = self.call("POST", f"{path}/snapshots", self.project, json={"state": CANARY})
        self.ids |= {"snapshot_id": made["id"], "entity": "traces"}

    def _bulk_job(self) -> None:
        """Done before anything is compared."""
        path = f"/api/ui/projects/{self.ids['project_id']}/traces/bulk-jobs"
        counted = self.call("POST", f"{path}/preview", self.project, json={})
        asked = {"action": "tag", "tag": CANARY, **counted}
        id_ = self.ids["bulk_job_id"] = self.call("POST", path, self.project, json=asked)["id"]
        path = f"/api/ui/projects/{self.ids['project_id']}/bulk-jobs/{id_}"
        while self.call("GET", path, self.project)["status"] != "done":
            time.sleep(0.1)

    def fingerprint(self) -> str:
        """Of all that can be read of this world with its own keys."""
        ids = self.ids
        of_project = [
            *(
                "traces",
                "observations",
                "v2/observations",
                "sessions",
                "v2/scores",
                "score-configs",
                "comments",
            ),
            *(
                "annotation-queues",
                f"annotation-queues/{ids['queue_id']}/items",
                "models?limit=1",
                "llm-connections",
            ),
            *(
                "v2/prompts",
                f"v2/prompts/{ids['name']}",
                "v2/datasets",
                "dataset-items",
                f"models/{ids['model_id']}",
            ),
            *(f"datasets/{ids['dataset_name']}/runs/{ids['run_name']}", "spyglass/rejections"),
            f"spyglass/prompts/{ids['name']}/labels/{ids['label']}",
        ]
        of_organization = [
            *("organizations/projects", "organizations/memberships", "organizations/apiKeys", "scim/Users"),
            *(f"projects/{ids['project_id']}/{each}" for each in ("apiKeys", "memberships")),
            *("integrations/blob-storage", f"spyglass/projects/{ids['project_id']}/protected-labels"),
        ]
        of_people = [
            f"/api/ui/organizations/{ids['organization_id']}/{each}" for each in ("members", "invitations")
        ]
        digest = hashlib.sha256()
        views = self.call("GET", f"/api/ui/projects/{ids['project_id']}/views", self.project)
        digest.update(repr(views).encode())
        for path in of_people:
            digest.update(repr(self.call("GET", path, self.organization)).encode())
        for headers, paths in ((self.project, of_project), (self.organization, of_organization)):
            for path in paths:
                found = _stable(self.call("GET", f"/api/public/{path}", headers))
                digest.update(repr(found).encode())
        return digest.hexdigest()


def _stable(value: Any) -> Any:
    """Without what changes by looking at it."""
    if isinstance(value, dict):
        return {
            key: _stable(each) for key, each in value.items() if key not in ("lastUsedAt", "url", "urlExpiry")
        }
    return [_stable(each) for each in value] if isinstance(value, list) else value
