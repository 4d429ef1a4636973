"""Settings of scheduled exports against a real S3 server on this machine."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import update
from starlette.testclient import TestClient

from spyglass.core.clock import iso_ms, now, to_us
from spyglass.jobs.export_run import write_integration
from spyglass.server.wiring import Parts
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog, BlobStorageIntegration, Job, Project
from spyglass.stores.sealed import BUCKET_SECRET

URL = "/api/public/integrations/blob-storage"
GROUPS = "core basic time io metadata model usage prompt metrics tools trace_context".split()  # noqa: SIM905


@pytest.fixture(scope="module", autouse=True)
def no_planner(parts: Parts) -> None:
    """The server that runs here would plan exports in the middle of a test; tests/pipeline has that."""
    with parts.stores.meta.begin() as session:
        session.execute(
            update(Job).where(Job.name == "plan_exports").values(run_after=now() + timedelta(days=1))
        )


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="AK",
        aws_secret_access_key="SK",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="exports")
    yield client
    server.stop()


def body(s3: Any, project: Any, **fields: Any) -> dict[str, Any]:
    return {
        "projectId": project.id,
        "type": "S3_COMPATIBLE",
        "bucketName": "exports",
        "endpoint": s3.meta.endpoint_url,
        "region": "us-east-1",
        "accessKeyId": "AK",
        "secretAccessKey": "canary-secret-key",
        "prefix": "spyglass/",
        "exportFrequency": "hourly",
        "enabled": True,
        "forcePathStyle": True,
        "fileType": "JSONL",
        "exportMode": "FULL_HISTORY",
        **fields,
    }


def put(client: TestClient, keys: Any, sent: dict[str, Any]) -> Any:
    return client.put(URL, headers=keys.basic, json=sent)


def status(client: TestClient, keys: Any) -> dict[str, Any]:
    answer = client.get(f"{URL}/{keys.project.id}", headers=keys.basic)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def stored(parts: Parts, project_id: str) -> BlobStorageIntegration:
    with parts.stores.meta.read() as session:
        return session.scalars(scoped(BlobStorageIntegration, project_id)).one()


def set_row(parts: Parts, project_id: str, **values: Any) -> None:
    with parts.stores.meta.begin() as session:
        write_integration(session, project_id, **values)


class TestCallers:
    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("GET", "/x"), ("DELETE", "/x")])
    def test_need_a_key_of_an_organization(
        self, client: TestClient, project: Any, admin: dict[str, str], method: str, path: str
    ) -> None:
        assert client.request(method, URL + path, json={}).status_code == 401
        assert client.request(method, URL + path, headers=project.basic, json={}).status_code == 403
        assert client.request(method, URL + path, headers=admin, json={}).status_code == 401

    def test_projects_of_others_are_unknown(
        self, client: TestClient, organization: Any, make_organization: Any, s3: Any
    ) -> None:
        stranger = make_organization()
        assert put(client, organization, body(s3, organization.project)).status_code == 200
        for id_ in (organization.project.id, "none"):
            for answer in (
                client.get(f"{URL}/{id_}", headers=stranger.basic),
                client.delete(f"{URL}/{id_}", headers=stranger.basic),
                put(client, stranger, {**body(s3, organization.project), "projectId": id_}),
            ):
                assert (answer.status_code, answer.json()["message"]) == (404, "Project not found")
        assert client.get(URL, headers=stranger.basic).json() == {"data": []}
        assert len(client.get(URL, headers=organization.basic).json()["data"]) == 1


class TestPut:
    def test_create_read_replace_delete(
        self, client: TestClient, organization: Any, s3: Any, parts: Parts
    ) -> None:
        project_id = organization.project.id
        answer = put(client, organization, body(s3, organization.project))
        assert answer.status_code == 200
        made = answer.json()
        assert made == {
            "id": project_id,
            "projectId": project_id,
            "type": "S3_COMPATIBLE",
            "bucketName": "exports",
            "endpoint": s3.meta.endpoint_url,
            "region": "us-east-1",
            "accessKeyId": "AK",
            "prefix": "spyglass/",
            "exportFrequency": "hourly",
            "enabled": True,
            "forcePathStyle": True,
            "fileType": "JSONL",
            "exportMode": "FULL_HISTORY",
            "exportStartDate": None,
            "compressed": True,
            "exportSource": "LEGACY_TRACES_OBSERVATIONS",
            "exportFieldGroups": GROUPS,
            "nextSyncAt": None,
            "lastSyncAt": None,
            "lastError": None,
            "lastErrorAt": None,
            "createdAt": made["createdAt"],
            "updatedAt": made["updatedAt"],
        }
        assert client.get(URL, headers=organization.basic).json() == {"data": [made]}
        tried = s3.get_object(Bucket="exports", Key=f"spyglass/{project_id}/connection-test.txt")
        assert tried["Body"].read() == b"Spyglass can write here.\n"
        sealed = stored(parts, project_id).secret_access_key
        assert sealed is not None
        assert parts.state.vault.open(sealed, *BUCKET_SECRET.place(project_id)) == "canary-secret-key"

        again = body(
            s3,
            organization.project,
            prefix=None,
            fileType="CSV",
            compressed=False,
            exportSource="OBSERVATIONS_V2",
            exportFieldGroups=["io", "core"],
            exportFrequency="daily",
        )
        replaced = put(client, organization, again).json()
        assert replaced["createdAt"] == made["createdAt"]
        assert (replaced["prefix"], replaced["fileType"], replaced["compressed"]) == ("", "CSV", False)
        assert (replaced["exportSource"], replaced["exportFieldGroups"]) == (
            "OBSERVATIONS_V2",
            ["io", "core"],
        )
        # Left out: source and groups stay, compression has its default.
        kept = put(client, organization, body(s3, organization.project)).json()
        assert (kept["exportSource"], kept["exportFieldGroups"], kept["compressed"]) == (
            "OBSERVATIONS_V2",
            ["io", "core"],
            True,
        )

        gone = client.delete(f"{URL}/{project_id}", headers=organization.basic)
        assert (gone.status_code, gone.json()) == (
            200,
            {"message": "Blob storage integration successfully deleted"},
        )
        assert client.get(f"{URL}/{project_id}", headers=organization.basic).status_code == 404
        assert client.delete(f"{URL}/{project_id}", headers=organization.basic).status_code == 404
        assert client.get(URL, headers=organization.basic).json() == {"data": []}

    @pytest.mark.parametrize(
        "fields",
        [
            {"type": "GCS"},
            {"bucketName": "a/b"},
            {"bucketName": "evil.com#"},
            {"type": "AZURE_BLOB_STORAGE", "bucketName": "Upper"},
            {"type": "AZURE_BLOB_STORAGE", "bucketName": "a--b"},
            {"type": "AZURE_BLOB_STORAGE", "accessKeyId": "evil.com/"},
            {"region": "evil.com/"},
            {"endpoint": None},
            {"endpoint": "ftp://127.0.0.1"},
            {"prefix": "no-slash"},
            {"prefix": "/absolute/"},
            {"prefix": "../up/"},
            {"prefix": "a//b/"},
            {"prefix": "a\x00/"},
            {"exportMode": "FROM_CUSTOM_DATE"},
            {"exportMode": "FROM_CUSTOM_DATE", "exportStartDate": "2999-01-01T00:00:00Z"},
            {"exportMode": "FROM_CUSTOM_DATE", "exportStartDate": "yesterday"},
            {"exportFieldGroups": ["core"]},
            {"exportSource": "OBSERVATIONS_V2", "exportFieldGroups": ["io"]},
            {"exportSource": "OBSERVATIONS_V2", "exportFieldGroups": ["core", "nonsense"]},
            {"exportFrequency": "monthly"},
            {"secretAccessKey": None},
            {"secretAccessKey": ""},
            {"secretAccessKey": "a\nb"},
            {"accessKeyId": None},
            {"unknown": 1},
        ],
    )
    def test_rules(self, client: TestClient, organization: Any, s3: Any, fields: dict[str, Any]) -> None:
        answer = put(client, organization, body(s3, organization.project, **fields))
        assert answer.status_code == 400, answer.text
        assert "canary" not in answer.text
        assert client.get(URL, headers=organization.basic).json() == {"data": []}

    def test_a_bucket_that_refuses_is_not_saved(self, client: TestClient, organization: Any, s3: Any) -> None:
        sent = body(s3, organization.project, bucketName="missing-bucket")
        answer = put(client, organization, sent)
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "The test upload failed: The bucket refused the upload (status 404, NoSuchBucket)",
        )
        assert client.get(URL, headers=organization.basic).json() == {"data": []}
        assert put(client, organization, {**sent, "enabled": False}).status_code == 200
        assert status(client, organization)["syncStatus"] == "disabled"

    @pytest.mark.parametrize(
        "endpoint",
        ["http://127.0.0.2:9000", "http://169.254.169.254", "https://localhost", "http://minio.local"],
    )
    def test_an_endpoint_in_the_own_network_is_refused(
        self, client: TestClient, organization: Any, s3: Any, endpoint: str
    ) -> None:
        answer = put(client, organization, body(s3, organization.project, endpoint=endpoint))
        assert answer.status_code == 400
        assert "is not allowed" in answer.json()["message"]

    def test_start_dates(self, client: TestClient, organization: Any, s3: Any, parts: Parts) -> None:
        custom = body(
            s3,
            organization.project,
            exportMode="FROM_CUSTOM_DATE",
            exportStartDate="2026-01-01T00:00:00+02:00",
        )
        assert put(client, organization, custom).json()["exportStartDate"] == "2025-12-31T22:00:00.000Z"
        set_row(parts, organization.project.id, exported_version=7, last_sync_at=now(), next_sync_at=now())
        before = iso_ms(to_us(now()))
        today = put(client, organization, body(s3, organization.project, exportMode="FROM_TODAY")).json()
        assert before <= today["exportStartDate"] <= today["updatedAt"]
        assert (today["lastSyncAt"], today["nextSyncAt"]) == (None, None)  # it starts over
        assert stored(parts, organization.project.id).exported_version is None
        same = put(client, organization, body(s3, organization.project, exportMode="FROM_TODAY")).json()
        assert same["exportStartDate"] == today["exportStartDate"]


class TestSecret:
    def test_it_stays_only_while_its_destination_does(
        self, client: TestClient, organization: Any, s3: Any, parts: Parts
    ) -> None:
        put(client, organization, body(s3, organization.project))
        sealed = stored(parts, organization.project.id).secret_access_key
        without = body(s3, organization.project, prefix="other/")
        del without["secretAccessKey"]
        assert put(client, organization, without).status_code == 200
        assert stored(parts, organization.project.id).secret_access_key == sealed
        for change in (
            {"type": "S3"},
            {"endpoint": s3.meta.endpoint_url + "/"},
            {"bucketName": "exports2"},
            {"region": "eu-west-1"},
            {"accessKeyId": "OTHER"},
        ):
            answer = put(client, organization, {**without, **change, "enabled": False})
            assert answer.status_code == 400
            assert answer.json()["message"].startswith("secretAccessKey: required when")
        assert stored(parts, organization.project.id).bucket_name == "exports"

    def test_it_is_in_no_answer_and_no_audit_entry(
        self, client: TestClient, organization: Any, s3: Any, parts: Parts
    ) -> None:
        project_id = organization.project.id
        texts = [put(client, organization, body(s3, organization.project)).text]
        texts.append(put(client, organization, body(s3, organization.project, prefix="b/")).text)
        texts.append(client.get(URL, headers=organization.basic).text)
        texts.append(client.get(f"{URL}/{project_id}", headers=organization.basic).text)
        client.delete(f"{URL}/{project_id}", headers=organization.basic)
        with parts.stores.meta.read() as session:
            organization_id = session.get_one(Project, project_id).organization_id
            rows = session.scalars(
                AuditLog.__table__.select()
                .with_only_columns(AuditLog)
                .where(AuditLog.organization_id == organization_id, AuditLog.resource_id == project_id)
                .order_by(AuditLog.created_at)
            ).all()
        actions = [row.action for row in rows if row.resource_type == "blobStorageIntegration"]
        assert actions == ["create", "update", "delete"]
        texts += [json.dumps([row.before, row.after]) for row in rows]
        assert not any("canary" in text or "v1:" in text for text in texts)


class TestStatus:
    def test_each_state(self, client: TestClient, organization: Any, s3: Any, parts: Parts) -> None:
        project_id = organization.project.id
        put(client, organization, body(s3, organization.project))
        assert status(client, organization) == {
            "id": project_id,
            "projectId": project_id,
            "syncStatus": "idle",
            "enabled": True,
            "lastSyncAt": None,
            "nextSyncAt": None,
            "lastError": None,
            "lastErrorAt": None,
        }
        later, earlier = now() + timedelta(hours=1), now() - timedelta(hours=1)
        for values, expected in (
            ({"next_sync_at": later}, "idle"),
            ({"next_sync_at": earlier}, "queued"),
            ({"run_started_at": earlier}, "running"),
            ({"run_started_at": None, "last_sync_at": earlier, "next_sync_at": later}, "up_to_date"),
            ({"last_error": "no", "last_error_at": earlier}, "error"),
            ({"enabled": False}, "disabled"),
        ):
            set_row(parts, project_id, **values)
            assert status(client, organization)["syncStatus"] == expected
        found = status(client, organization)
        assert found["lastError"] == "no"
        assert (
            found["lastSyncAt"]
            == found["lastErrorAt"]
            == f"{earlier:%Y-%m-%dT%H:%M:%S}.{earlier.microsecond // 1000:03d}Z"
        )

    def test_saving_again_clears_an_error_and_goes_on_at_once(
        self, client: TestClient, organization: Any, s3: Any, parts: Parts
    ) -> None:
        put(client, organization, body(s3, organization.project))
        run = {"id": "r", "after": 0, "last": 1, "since_us": None, "from_us": None, "to_us": 1}
        later = now() + timedelta(hours=1)
        failed = {"last_error": "no", "last_error_at": now(), "next_sync_at": later, "run": run}
        set_row(parts, organization.project.id, **failed)
        put(client, organization, body(s3, organization.project))
        row = stored(parts, organization.project.id)
        assert (row.last_error, row.last_error_at, row.run) == (None, None, run)
        assert row.next_sync_at is not None and row.next_sync_at <= now()

    @pytest.mark.parametrize(
        "change",
        [{"prefix": "c/"}, {"fileType": "CSV"}, {"compressed": False}, {"exportSource": "OBSERVATIONS_V2"}],
    )
    def test_a_run_at_hand_begins_anew_with_other_settings(
        self,
        client: TestClient,
        organization: Any,
        s3: Any,
        parts: Parts,
        change: dict[str, Any],
    ) -> None:
        put(client, organization, body(s3, organization.project))
        run = {"id": "r", "after": 5, "last": 9, "since_us": None, "from_us": None, "to_us": 1}
        set_row(parts, organization.project.id, run=run, exported_version=5)
        put(client, organization, body(s3, organization.project, **change))
        row = stored(parts, organization.project.id)
        assert (row.run, row.exported_version) == (None, 5)
