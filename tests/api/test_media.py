"""Media: announced, uploaded, confirmed, read; what every link permits, and what it does not."""

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from starlette.testclient import TestClient

from spyglass.api import media_tokens
from spyglass.api.app import create_app
from spyglass.core import signed
from spyglass.core.clock import now_us, parse_iso
from spyglass.features.media.content_types import EXTENSIONS
from spyglass.server.wiring import ROUTERS, Parts
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobsConfig
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Media, MediaLink, Project
from tests.api.conftest import ProjectKeys

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def hash_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def id_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()[:22]


def announcement(content: bytes, **changes: Any) -> dict[str, Any]:
    """As the Python SDK sends it, with the ids of the other context as null."""
    return {
        "traceId": "trace-1",
        "observationId": None,
        "datasetId": None,
        "datasetItemId": None,
        "contentType": "image/png",
        "contentLength": len(content),
        "sha256Hash": hash_of(content),
        "field": "input",
    } | changes


@dataclass(frozen=True)
class Uploader:
    """An SDK of one project."""

    client: TestClient
    keys: ProjectKeys

    def announce(self, content: bytes, **changes: Any) -> httpx.Response:
        body = announcement(content, **changes)
        return self.client.post("/api/public/media", json=body, headers=self.keys.basic)

    def link(self, content: bytes, **changes: Any) -> str:
        answer = self.announce(content, **changes)
        assert answer.status_code == 201, answer.text
        url = answer.json()["uploadUrl"]
        assert isinstance(url, str)
        return url

    def put(self, url: str, content: bytes, announced: bytes | None = None, **headers: str) -> httpx.Response:
        sent = {
            "content-type": "image/png",
            "x-amz-checksum-sha256": hash_of(content if announced is None else announced),
            "x-ms-blob-type": "BlockBlob",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.put(urlsplit(url).path, content=content, headers=sent)

    def upload(self, content: bytes, content_type: str = "image/png") -> str:
        url = self.link(content, contentType=content_type)
        assert self.put(url, content, content_type=content_type).status_code == 200
        return id_of(content)

    def patch(self, media_id: str, **changes: Any) -> httpx.Response:
        body = {"uploadedAt": "2026-01-02T03:04:05.678Z", "uploadHttpStatus": 200} | changes
        return self.client.patch(f"/api/public/media/{media_id}", json=body, headers=self.keys.basic)

    def get(self, media_id: str) -> httpx.Response:
        return self.client.get(f"/api/public/media/{media_id}", headers=self.keys.basic)

    def read(self, media_id: str, **headers: str) -> httpx.Response:
        answer = self.get(media_id)
        assert answer.status_code == 200, answer.text
        path = urlsplit(answer.json()["url"]).path
        return self.client.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def sdk(client: TestClient, project: ProjectKeys) -> Uploader:
    return Uploader(client, project)


def row(parts: Parts, project_id: str, media_id: str) -> Media:
    with parts.stores.meta.read() as session:
        return session.scalars(scoped(Media, project_id).where(Media.id == media_id)).one()


def links(parts: Parts, project_id: str) -> list[tuple[str, ...]]:
    with parts.stores.meta.read() as session:
        found = session.scalars(scoped(MediaLink, project_id)).all()
    return sorted(
        (one.media_id, one.trace_id, one.observation_id, one.dataset_id, one.dataset_item_id, one.field)
        for one in found
    )


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys: Any = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **keys)
    client.create_bucket(Bucket="bucket")
    yield f"http://{host}:{port}"
    server.stop()


class TestProtocol:
    def test_announce_put_patch_get_read(self, sdk: Uploader, parts: Parts) -> None:
        answer = sdk.announce(PNG)
        assert answer.status_code == 201
        assert set(answer.json()) == {"mediaId", "uploadUrl"}
        media_id = answer.json()["mediaId"]
        assert media_id == id_of(PNG)
        assert sdk.get(media_id).status_code == 404
        put = sdk.put(answer.json()["uploadUrl"], PNG)
        assert (put.status_code, put.content) == (200, b"")
        patched = sdk.patch(media_id, uploadHttpError="{}", uploadTimeMs=12)
        assert (patched.status_code, patched.json()) == (200, {"message": "OK"})
        found = sdk.get(media_id)
        assert found.status_code == 200
        body = found.json()
        assert {name: body[name] for name in body if name not in ("url", "urlExpiry")} == {
            "mediaId": media_id,
            "contentType": "image/png",
            "contentLength": len(PNG),
            "uploadedAt": "2026-01-02T03:04:05.678Z",
        }
        expiry = parse_iso(body["urlExpiry"])
        assert expiry is not None
        assert 3590 < (expiry - now_us()) / 1e6 <= 3600
        assert sdk.read(media_id).content == PNG
        assert row(parts, sdk.keys.id, media_id).upload_error is None

    def test_a_put_alone_makes_it_readable(self, sdk: Uploader) -> None:
        assert sdk.read(sdk.upload(PNG)).content == PNG

    def test_a_put_may_be_repeated(self, sdk: Uploader) -> None:
        url = sdk.link(PNG)
        assert [sdk.put(url, PNG).status_code for _ in range(2)] == [200, 200]
        assert sdk.read(id_of(PNG)).content == PNG

    def test_a_put_needs_none_of_the_headers(self, sdk: Uploader) -> None:
        answer = sdk.client.put(urlsplit(sdk.link(PNG)).path, content=PNG)
        assert answer.status_code == 200

    def test_links_have_the_address_that_the_client_used(self, sdk: Uploader) -> None:
        answer = sdk.client.post(
            "/api/public/media",
            json=announcement(PNG),
            headers=sdk.keys.basic | {"host": "spy.example:8443"},
        )
        assert answer.json()["uploadUrl"].startswith("http://spy.example:8443/api/public/spyglass/media/")

    def test_links_have_the_public_address_where_one_is_set(self, sdk: Uploader, parts: Parts) -> None:
        before = parts.app.state.spyglass
        parts.app.state.spyglass = replace(before, url="https://spy.example/base")
        try:
            url = sdk.link(PNG)
        finally:
            parts.app.state.spyglass = before
        assert url.startswith("https://spy.example/base/api/public/spyglass/media/")

    def test_a_larger_file_in_pieces(self, sdk: Uploader) -> None:
        content = bytes(range(251)) * 14_000  # 3.4 MB, and no whole number of pieces
        url = sdk.link(content)
        pieces = (content[start : start + 70_001] for start in range(0, len(content), 70_001))
        answer = sdk.client.put(urlsplit(url).path, content=pieces)
        assert answer.status_code == 200
        assert sdk.read(id_of(content)).content == content


class TestDedupe:
    def test_the_same_content_is_not_uploaded_again(self, sdk: Uploader, parts: Parts) -> None:
        sdk.upload(PNG)
        again = sdk.announce(PNG, traceId="trace-2", field="output")
        assert (again.status_code, again.json()) == (201, {"mediaId": id_of(PNG), "uploadUrl": None})
        assert links(parts, sdk.keys.id) == [
            (id_of(PNG), "trace-1", "", "", "", "input"),
            (id_of(PNG), "trace-2", "", "", "", "output"),
        ]

    def test_until_it_arrived_every_announcement_gives_a_link(self, sdk: Uploader, parts: Parts) -> None:
        assert sdk.link(PNG)
        assert sdk.link(PNG)
        assert len(links(parts, sdk.keys.id)) == 1

    def test_a_wrong_announcement_of_what_is_on_its_way_does_no_harm(self, sdk: Uploader) -> None:
        url = sdk.link(PNG)
        sdk.link(PNG, contentLength=3)
        assert sdk.put(url, PNG).status_code == 200
        assert sdk.get(id_of(PNG)).json()["contentLength"] == len(PNG)
        assert sdk.read(id_of(PNG)).content == PNG

    def test_another_content_type_gives_a_link_once_more(self, sdk: Uploader) -> None:
        sdk.upload(PNG)
        url = sdk.link(PNG, contentType="image/webp")
        assert sdk.put(url, PNG, content_type="image/webp").status_code == 200
        assert sdk.get(id_of(PNG)).json()["contentType"] == "image/webp"
        assert sdk.announce(PNG, contentType="image/webp").json()["uploadUrl"] is None

    def test_status_201_is_readable_and_gives_a_link_once_more(self, sdk: Uploader) -> None:
        media_id = sdk.upload(PNG)
        assert sdk.patch(media_id, uploadHttpStatus=201).status_code == 200
        assert sdk.get(media_id).status_code == 200
        assert sdk.link(PNG)

    def test_projects_share_nothing(self, sdk: Uploader, stranger: ProjectKeys) -> None:
        media_id = sdk.upload(PNG)
        other = Uploader(sdk.client, stranger)
        assert other.get(media_id).status_code == 404
        assert other.patch(media_id).status_code == 404
        assert other.announce(PNG).json()["uploadUrl"] is not None
        assert other.get(media_id).status_code == 404
        assert sdk.read(media_id).content == PNG


class TestContexts:
    @pytest.mark.parametrize("field", ["input", "output", "metadata"])
    def test_of_an_observation(self, sdk: Uploader, parts: Parts, field: str) -> None:
        assert sdk.announce(PNG, observationId="obs/1", field=field).status_code == 201
        assert links(parts, sdk.keys.id) == [(id_of(PNG), "trace-1", "obs/1", "", "", field)]

    @pytest.mark.parametrize("field", ["input", "expectedOutput", "metadata"])
    def test_of_a_dataset_item(self, sdk: Uploader, parts: Parts, field: str) -> None:
        answer = sdk.announce(PNG, traceId=None, datasetId="d", datasetItemId="i", field=field)
        assert answer.status_code == 201
        assert links(parts, sdk.keys.id) == [(id_of(PNG), "", "", "d", "i", field)]

    def test_absent_ids_are_as_good_as_null(self, sdk: Uploader) -> None:
        body = {name: value for name, value in announcement(PNG).items() if value is not None}
        assert sdk.client.post("/api/public/media", json=body, headers=sdk.keys.basic).status_code == 201

    @pytest.mark.parametrize(
        "changes",
        [
            {"traceId": None},
            {"datasetId": "d"},
            {"datasetItemId": "i"},
            {"datasetId": "d", "datasetItemId": "i"},
            {"traceId": None, "observationId": "o"},
            {"traceId": None, "datasetId": "d"},
            {"traceId": None, "datasetItemId": "i"},
            {"traceId": None, "observationId": "o", "datasetId": "d", "datasetItemId": "i"},
            {"field": "expectedOutput"},
            {"field": "other"},
            {"traceId": None, "datasetId": "d", "datasetItemId": "i", "field": "output"},
            {"traceId": ""},
            {"traceId": "a\0b"},
            {"traceId": "x" * 801},
            {"traceId": 7},
        ],
    )
    def test_anything_else_is_refused(self, sdk: Uploader, parts: Parts, changes: dict[str, Any]) -> None:
        answer = sdk.announce(PNG, **changes)
        assert answer.status_code == 400
        assert answer.json()["message"] == "Invalid request data"
        assert links(parts, sdk.keys.id) == []


class TestAnnouncement:
    def test_each_content_type(self, sdk: Uploader) -> None:
        answers = {content_type: sdk.announce(PNG, contentType=content_type) for content_type in EXTENSIONS}
        assert [name for name, answer in answers.items() if answer.status_code != 201] == []

    def test_there_are_52(self) -> None:
        assert len(EXTENSIONS) == 52

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"contentType": "image/x-other"}, "contentType"),
            ({"contentType": "image/png; charset=utf-8"}, "contentType"),
            ({"contentLength": 0}, "contentLength"),
            ({"contentLength": -1}, "contentLength"),
            ({"contentLength": 1.5}, "contentLength"),
            ({"contentLength": "12"}, "contentLength"),
            ({"contentLength": True}, "contentLength"),
            ({"contentLength": 1_000_000_001}, "contentLength"),
            ({"contentLength": 10**30}, "contentLength"),
            ({"sha256Hash": "abc"}, "sha256Hash"),
            ({"sha256Hash": "=" * 44}, "sha256Hash"),
            ({"sha256Hash": hash_of(PNG)[:-2] + "B="}, "sha256Hash"),  # another spelling of a hash
            ({"sha256Hash": base64.urlsafe_b64encode(b"\xff" * 32).decode()}, "sha256Hash"),
            ({"sha256Hash": None}, "sha256Hash"),
            ({"field": None}, "field"),
        ],
    )
    def test_what_is_wrong_is_named(self, sdk: Uploader, changes: dict[str, Any], path: str) -> None:
        answer = sdk.announce(PNG, **changes)
        assert answer.status_code == 400
        assert [issue["path"] for issue in answer.json()["error"]] == [[path]]

    def test_the_largest_length(self, sdk: Uploader) -> None:
        assert sdk.announce(PNG, contentLength=1_000_000_000).status_code == 201

    def test_a_body_that_is_no_json(self, sdk: Uploader) -> None:
        answer = sdk.client.post("/api/public/media", content=b"{", headers=sdk.keys.basic)
        assert answer.status_code == 400


class TestKeys:
    CALLS = [("POST", "/api/public/media"), ("PATCH", "/api/public/media/x"), ("GET", "/api/public/media/x")]

    @pytest.mark.parametrize(("method", "path"), CALLS)
    def test_without_one(self, client: TestClient, method: str, path: str) -> None:
        assert client.request(method, path, json={}).status_code == 401

    @pytest.mark.parametrize(("method", "path"), CALLS)
    def test_a_public_key_alone(
        self, client: TestClient, project: ProjectKeys, method: str, path: str
    ) -> None:
        assert client.request(method, path, json={}, headers=project.bearer).status_code == 403


class TestPatch:
    def test_an_unknown_id(self, sdk: Uploader) -> None:
        for media_id in ("nothing", "a%00b"):
            assert sdk.patch(media_id).status_code == 404

    def test_a_failure_is_kept_and_the_medium_stays_unreadable(self, sdk: Uploader, parts: Parts) -> None:
        sdk.announce(PNG)
        media_id = id_of(PNG)
        assert sdk.patch(media_id, uploadHttpStatus=403, uploadHttpError="no\0way").status_code == 200
        found = row(parts, sdk.keys.id, media_id)
        assert (found.upload_status, found.upload_error) == (403, "noway")
        answer = sdk.get(media_id)
        assert answer.status_code == 404
        assert "403" in answer.json()["message"]
        assert sdk.upload(PNG) == media_id
        assert sdk.read(media_id).content == PNG

    def test_done_without_bytes_is_refused(self, sdk: Uploader) -> None:
        sdk.announce(PNG)
        answer = sdk.patch(id_of(PNG))
        assert answer.status_code == 400
        assert "did not arrive" in answer.json()["message"]
        assert sdk.get(id_of(PNG)).status_code == 404
        assert sdk.link(PNG)

    def test_a_late_failure_does_not_hide_what_is_there(self, sdk: Uploader) -> None:
        media_id = sdk.upload(PNG)
        assert sdk.patch(media_id, uploadHttpStatus=500).status_code == 200
        assert sdk.read(media_id).content == PNG

    @pytest.mark.parametrize(
        "changes",
        [
            {"uploadedAt": "yesterday"},
            {"uploadedAt": 5},
            {"uploadedAt": None},
            {"uploadHttpStatus": 0},
            {"uploadHttpStatus": -200},
            {"uploadHttpStatus": "200"},
            {"uploadHttpStatus": 10**12},
            {"uploadHttpError": 7},
        ],
    )
    def test_what_it_refuses(self, sdk: Uploader, changes: dict[str, Any]) -> None:
        media_id = sdk.upload(PNG)
        assert sdk.patch(media_id, **changes).status_code == 400


class TestUploadLinks:
    def blobs(self, parts: Parts) -> list[Path]:
        assert parts.stores.blobs._folder is not None
        return sorted(path for path in parts.stores.blobs._folder.rglob("*") if path.is_file())

    @pytest.mark.parametrize(
        ("sent", "headers", "why"),
        [
            (PNG[:-1] + b"?", {}, "SHA-256"),
            (PNG[:-1], {"content_length": ""}, "bytes"),
            (PNG + b"x", {"content_length": ""}, "more than"),
            (b"", {"content_length": ""}, "0 bytes"),
            (PNG + b"x", {}, "content-length"),
            (PNG, {"content_type": "text/html"}, "content-type"),
            (PNG, {"x_amz_checksum_sha256": hash_of(b"other")}, "x-amz-checksum-sha256"),
        ],
    )
    def test_other_content_is_refused_and_leaves_nothing(
        self, sdk: Uploader, parts: Parts, sent: bytes, headers: dict[str, str], why: str
    ) -> None:
        before = self.blobs(parts)
        url = sdk.link(PNG)
        if headers.pop("content_length", None) is None:
            answer = sdk.put(url, sent, PNG, **headers)
        else:  # without a length in advance
            answer = sdk.client.put(urlsplit(url).path, content=iter([sent]))
        assert answer.status_code == 400
        assert why in answer.json()["message"]
        assert self.blobs(parts) == before
        assert sdk.get(id_of(PNG)).status_code == 404

    def test_a_forged_link(self, sdk: Uploader) -> None:
        url = sdk.link(PNG)
        token = url.rsplit("/", 1)[1]
        payload, mac = token.split(".")
        forged = base64.urlsafe_b64encode(
            base64.urlsafe_b64decode(payload + "==").replace(b"image/png", b"text/html")
        )
        tries = [
            f"{payload}.{mac[:-1]}",
            f"{forged.decode().rstrip('=')}.{mac}",
            payload,
            f"{token}=",
            "x",
            "x.y",
        ]
        for text in [*tries, "%FF.%00", "a" * 5000]:
            assert sdk.put(url.replace(token, text), PNG).status_code == 403
            assert sdk.client.get(f"/api/public/spyglass/media/{text}").status_code == 403

    def test_a_link_of_another_purpose(self, sdk: Uploader) -> None:
        upload = urlsplit(sdk.link(PNG)).path
        assert sdk.client.get(upload).status_code == 403
        sdk.upload(PNG)
        download = urlsplit(sdk.get(id_of(PNG)).json()["url"]).path
        assert sdk.client.get(download).status_code == 200
        assert sdk.client.put(download, content=PNG).status_code == 403

    def test_an_hour_later(self, sdk: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
        url = sdk.link(PNG)
        monkeypatch.setattr(signed, "now_us", lambda: now_us() + 3_599_000_000)
        assert sdk.put(url, PNG).status_code == 200
        monkeypatch.setattr(signed, "now_us", lambda: now_us() + 3_600_000_000)
        assert sdk.put(url, PNG).status_code == 403

    def test_of_a_project_that_was_deleted(self, sdk: Uploader, parts: Parts) -> None:
        url, media_id = sdk.link(PNG), sdk.upload(PNG)
        download = urlsplit(sdk.get(media_id).json()["url"]).path
        with parts.stores.meta.begin() as session:
            found = session.get(Project, sdk.keys.id)
            assert found is not None
            found.deleted_at = found.created_at
        assert sdk.put(url, PNG).status_code == 404
        assert sdk.client.get(download).status_code == 404

    def test_of_a_medium_that_was_deleted_meanwhile(
        self, sdk: Uploader, parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url, before = sdk.link(PNG), self.blobs(parts)
        with parts.stores.meta.begin() as session:
            media = session.scalars(scoped(Media, sdk.keys.id)).one()
        blobs = parts.stores.blobs

        def put_file(*arguments: Any) -> None:
            type(blobs).put_file(blobs, *arguments)
            with parts.stores.meta.begin() as session:
                session.delete(session.merge(media))

        monkeypatch.setattr(blobs, "put_file", put_file)
        assert sdk.put(url, PNG).status_code == 404
        assert self.blobs(parts) == before

    def test_a_full_disk(self, sdk: Uploader, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
        url = sdk.link(PNG)
        monkeypatch.setattr(parts.pipeline, "_free_bytes", lambda: 0)
        answer = sdk.put(url, PNG)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        monkeypatch.undo()
        assert sdk.put(url, PNG).status_code == 200

    def test_a_browser_may_put_from_any_page(self, sdk: Uploader) -> None:
        path = urlsplit(sdk.link(PNG)).path
        answer = sdk.client.options(
            path,
            headers={
                "origin": "https://app.example",
                "access-control-request-method": "PUT",
                "access-control-request-headers": "content-type, x-amz-checksum-sha256, x-ms-blob-type",
            },
        )
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        allowed = answer.headers["access-control-allow-headers"]
        assert allowed == "content-type, x-amz-checksum-sha256, x-ms-blob-type"
        put = sdk.client.put(path, content=PNG, headers={"origin": "https://app.example"})
        assert put.headers["access-control-allow-origin"] == "https://app.example"

    def test_file_names_are_ours(self, sdk: Uploader, parts: Parts) -> None:
        before = self.blobs(parts)
        sdk.announce(PNG, traceId="../../etc/passwd")
        media_id = sdk.upload(PNG)
        (made,) = set(self.blobs(parts)) - set(before)
        key = row(parts, sdk.keys.id, media_id).blob_key
        assert str(made).endswith(key)
        assert parts.stores.blobs.delete_prefix(key.rsplit("/media/")[0]) == 1  # as a project is deleted
        answer = sdk.client.get(urlsplit(sdk.get(media_id).json()["url"]).path)
        assert answer.status_code == 404


class TestReading:
    CONTENT = b"0123456789"

    @pytest.fixture
    def media_id(self, sdk: Uploader) -> str:
        return sdk.upload(self.CONTENT, "audio/mpeg")

    def test_headers(self, sdk: Uploader, media_id: str) -> None:
        answer = sdk.read(media_id)
        assert answer.status_code == 200
        headers = answer.headers
        assert headers["content-type"] == "audio/mpeg"
        assert headers["content-length"] == "10"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["content-disposition"] == f'inline; filename="{media_id}.mp3"'
        assert headers["accept-ranges"] == "bytes"
        assert headers["etag"] == f'"{hashlib.sha256(self.CONTENT).hexdigest()}"'
        private, age = headers["cache-control"].split(", max-age=")
        assert private == "private"
        assert 3590 < int(age) <= 3600

    def test_only_pictures_sound_and_film_are_shown(self, sdk: Uploader) -> None:
        saved = {"image/svg+xml", "image/tiff", "image/heic"}
        for content_type in EXTENSIONS:
            shown = content_type.startswith(("image/", "audio/", "video/")) and content_type not in saved
            answer = sdk.read(sdk.upload(f"<script>{content_type}</script>".encode(), content_type))
            assert answer.headers["content-type"] == content_type
            way, name = answer.headers["content-disposition"].split("; filename=")
            assert way == ("inline" if shown else "attachment"), content_type
            assert re.fullmatch(r'"[\w-]{22}\.[a-z0-9]+"', name, re.ASCII)

    @pytest.mark.parametrize(
        ("asked", "status", "content", "place"),
        [
            ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
            ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
            ("bytes=-3", 206, b"789", "bytes 7-9/10"),
            ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
            ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
            ("bytes=9-9", 206, b"9", "bytes 9-9/10"),
            ("bytes=10-", 416, b"", "bytes */10"),
            ("bytes=-0", 416, b"", "bytes */10"),
            ("bytes=0-1,3-4", 200, b"0123456789", None),
            ("bytes=5-2", 200, b"0123456789", None),
            ("bytes=-", 200, b"0123456789", None),
            ("lines=0-1", 200, b"0123456789", None),
            ("bytes=" + "9" * 30 + "-", 200, b"0123456789", None),
        ],
    )
    def test_ranges(
        self, sdk: Uploader, media_id: str, asked: str, status: int, content: bytes, place: str | None
    ) -> None:
        answer = sdk.read(media_id, range=asked)
        assert (answer.status_code, answer.content) == (status, content)
        assert answer.headers.get("content-range") == place
        assert answer.headers["content-length"] == str(len(content))

    def test_a_range_of_what_changed_is_the_whole(self, sdk: Uploader, media_id: str) -> None:
        etag = sdk.read(media_id).headers["etag"]
        assert sdk.read(media_id, range="bytes=0-0", if_range=etag).status_code == 206
        assert sdk.read(media_id, range="bytes=0-0", if_range='"other"').status_code == 200

    def test_what_the_browser_has_already(self, sdk: Uploader, media_id: str) -> None:
        etag = sdk.read(media_id).headers["etag"]
        answer = sdk.read(media_id, if_none_match=etag)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)

    def test_after_the_link_expired(
        self, sdk: Uploader, media_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = urlsplit(sdk.get(media_id).json()["url"]).path
        monkeypatch.setattr(signed, "now_us", lambda: now_us() + 3_601_000_000)
        answer = sdk.client.get(path)
        assert answer.status_code == 403
        assert answer.json()["error"] == "ForbiddenError"

    @pytest.mark.parametrize("size", [1000, 2_500_000])
    def test_damaged_bytes_are_never_taken_for_the_medium(
        self, sdk: Uploader, parts: Parts, caplog: pytest.LogCaptureFixture, size: int
    ) -> None:
        content = bytes(size)
        media_id = sdk.upload(content)
        blob_key = row(parts, sdk.keys.id, media_id).blob_key
        parts.stores.blobs.put(blob_key, content[:-1] + b"\1")
        with caplog.at_level(logging.CRITICAL, "spyglass.api"):
            if size < 1 << 20:
                answer = sdk.read(media_id)
                assert (answer.status_code, answer.json()["error"]) == (502, "DamagedDataError")
            else:
                with pytest.raises(RuntimeError, match="already started"):
                    sdk.read(media_id)

    def test_missing_bytes(self, sdk: Uploader, parts: Parts, media_id: str) -> None:
        parts.stores.blobs.delete(row(parts, sdk.keys.id, media_id).blob_key)
        answer = sdk.read(media_id)
        assert (answer.status_code, answer.json()["message"]) == (404, "The bytes of the media are missing")

    def test_an_unknown_id(self, sdk: Uploader) -> None:
        for media_id in ("nothing", "a%00b"):
            answer = sdk.get(media_id)
            assert (answer.status_code, answer.json()["error"]) == (404, "LangfuseNotFoundError")


class TestBuckets:
    """Blobs on S3: through this server, or with `media.direct` past it."""

    @pytest.fixture
    def make_sdk(
        self, endpoint: str, parts: Parts, project: ProjectKeys, tmp_path: Path
    ) -> Callable[[bool], Uploader]:
        def make(direct: bool) -> Uploader:
            config = BlobsConfig(
                url="s3://bucket",
                endpoint=endpoint,
                region="us-east-1",
                access_key_id="key",
                secret_access_key="secret",
            )
            stores = replace(parts.stores, blobs=Blobs(config, tmp_path))
            media = media_tokens.Config(direct=direct)
            app = create_app(replace(parts.state, stores=stores, media=media), ROUTERS)
            return Uploader(TestClient(app), project)

        return make

    def test_through_this_server(self, make_sdk: Callable[[bool], Uploader], tmp_path: Path) -> None:
        sdk = make_sdk(False)
        media_id = sdk.upload(PNG)
        assert sdk.read(media_id).content == PNG
        answer = sdk.read(media_id, range="bytes=-4")
        assert (answer.status_code, answer.content) == (206, PNG[-4:])
        assert list((tmp_path / "incoming").iterdir()) == []

    def test_direct(self, make_sdk: Callable[[bool], Uploader], endpoint: str) -> None:
        sdk = make_sdk(True)
        url = sdk.link(PNG)
        assert url.startswith(f"{endpoint}/bucket/bodies/")
        media_id = id_of(PNG)
        assert sdk.patch(media_id).status_code == 400  # nothing arrived yet
        headers = {"content-type": "image/png", "x-amz-checksum-sha256": hash_of(PNG)}
        assert httpx.put(url, content=PNG, headers=headers).status_code == 200
        assert sdk.get(media_id).status_code == 404  # not until the client has said so
        assert sdk.patch(media_id).status_code == 200
        found = sdk.get(media_id).json()
        assert found["url"].startswith(f"{endpoint}/bucket/bodies/")
        answer = httpx.get(found["url"])
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
        assert answer.headers["content-disposition"] == "attachment"
        assert sdk.announce(PNG).json()["uploadUrl"] is None

    def test_direct_and_cut_short(self, make_sdk: Callable[[bool], Uploader]) -> None:
        sdk = make_sdk(True)
        httpx.put(sdk.link(PNG), content=PNG[:-1])
        assert sdk.patch(id_of(PNG)).status_code == 400
        assert sdk.link(PNG)

    def test_a_folder_that_cannot_sign_goes_through_this_server(
        self, parts: Parts, project: ProjectKeys
    ) -> None:
        state = replace(parts.state, media=media_tokens.Config(direct=True))
        sdk = Uploader(TestClient(create_app(state, ROUTERS)), project)
        assert sdk.link(PNG).startswith("http://testserver/api/public/spyglass/media/")
        assert sdk.read(sdk.upload(PNG)).content == PNG
