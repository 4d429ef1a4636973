"""Blobs: whole or not there, private, durable, and no key that could be a path of someone else."""

import base64
import hashlib
import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.server import ThreadedMotoServer

from spyglass.core.errors import Invalid, Misconfigured, NotFound, Unavailable
from spyglass.core.references import project_prefix
from spyglass.stores.blobs import Blobs, Config
from spyglass.stores.files import write_durably
from spyglass.stores.presign import sign_again
from spyglass.stores.uploads import Upload

CONTENT = bytes(range(256)) * 5000


SHA256 = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys: Any = {"aws_access_key_id": "test-key", "aws_secret_access_key": "test-secret"}
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys).create_bucket(Bucket="bucket")
    yield endpoint
    server.stop()


@pytest.fixture
def s3(s3_endpoint: str, tmp_path: Path) -> Blobs:
    config = Config(
        url=f"s3://bucket/{tmp_path.name} x",
        endpoint=s3_endpoint,
        region="us-east-1",
        access_key_id="test-key",
        secret_access_key="test-secret",
    )
    return Blobs(config, tmp_path / "data")


@pytest.fixture(params=["default", "file", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "s3":
        return request.getfixturevalue("s3")  # type: ignore[no-any-return]
    url = {"default": "", "file": (tmp_path / "else where").as_uri(), "memory": "memory:///"}[request.param]
    return Blobs(Config(url=url), tmp_path / "data")


class TestContract:
    def test_what_was_put_is_got(self, blobs: Blobs) -> None:
        blobs.put("a/b", CONTENT)
        assert blobs.get("a/b") == CONTENT
        assert blobs.exists("a/b")

    def test_an_empty_blob_is_one(self, blobs: Blobs) -> None:
        blobs.put("a", b"")
        assert blobs.get("a") == b""
        assert blobs.get_range("a", 0, 10) == b""

    def test_put_again_replaces(self, blobs: Blobs) -> None:
        blobs.put("a", b"one")
        blobs.put("a", b"two")
        assert blobs.get("a") == b"two"

    @pytest.mark.parametrize(
        ("start", "length", "expected"),
        [(0, 3, b"012"), (7, 3, b"789"), (7, 100, b"789"), (10, 5, b""), (99, 1, b""), (3, 0, b"")],
    )
    def test_ranges_end_with_the_blob(self, blobs: Blobs, start: int, length: int, expected: bytes) -> None:
        blobs.put("digits", b"0123456789")
        assert blobs.get_range("digits", start, length) == expected

    def test_what_is_missing_is_not_found(self, blobs: Blobs) -> None:
        assert not blobs.exists("nothing")
        with pytest.raises(NotFound):
            blobs.get("nothing")
        with pytest.raises(NotFound):
            blobs.get_range("nothing", 0, 1)

    def test_a_delete_may_be_repeated(self, blobs: Blobs) -> None:
        blobs.put("a", b"x")
        blobs.delete("a")
        blobs.delete("a")
        assert not blobs.exists("a")

    def test_delete_prefix_takes_a_folder_and_not_its_namesakes(self, blobs: Blobs) -> None:
        for key in ("p/1", "p/q/2", "pp/3", "q/p/4"):
            blobs.put(key, b"x")
        assert blobs.delete_prefix("p") == 2
        assert blobs.delete_prefix("p") == 0
        assert [blobs.exists(key) for key in ("p/1", "p/q/2", "pp/3", "q/p/4")] == [False, False, True, True]

    @pytest.mark.parametrize(
        "key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".tmp-x", "A b", "a\0b"]
    )
    def test_a_key_that_we_would_not_make_is_refused(self, blobs: Blobs, key: str) -> None:
        for use in (blobs.get, blobs.exists, blobs.delete, blobs.delete_prefix, lambda k: blobs.put(k, b"")):
            with pytest.raises(ValueError, match="not a blob key"):
                use(key)

    def test_is_healthy(self, blobs: Blobs) -> None:
        assert blobs.healthy()

    def test_size(self, blobs: Blobs) -> None:
        blobs.put("a", b"12345")
        assert (blobs.size("a"), blobs.size("b")) == (5, None)

    @pytest.mark.parametrize(
        ("start", "end"), [(0, len(CONTENT)), (0, 1), (5, 700_000), (1_279_990, 1_280_000)]
    )
    def test_chunks_are_the_part_that_was_asked_for(self, blobs: Blobs, start: int, end: int) -> None:
        blobs.put("a/b", CONTENT)
        chunks = list(blobs.chunks("a/b", start, end, 100_000))
        assert b"".join(chunks) == CONTENT[start:end]
        assert all(len(chunk) >= 100_000 for chunk in chunks[:-1])

    def test_chunks_of_nothing(self, blobs: Blobs) -> None:
        blobs.put("a", b"")
        assert list(blobs.chunks("a", 0, 0, 10)) == []
        with pytest.raises(NotFound):
            blobs.chunks("b", 0, 0, 10)
        with pytest.raises(NotFound):
            blobs.chunks("b", 0, 10, 10)


class TestUploads:
    def upload(self, blobs: Blobs, *pieces: bytes) -> None:
        with Upload(blobs, len(CONTENT), SHA256) as upload:
            for piece in pieces:
                upload.write(piece)
            upload.store("p/x", "image/png")

    def leftovers(self, tmp_path: Path) -> list[Path]:
        return list(tmp_path.rglob(".tmp-*"))

    def test_what_was_announced_is_stored(self, blobs: Blobs, tmp_path: Path) -> None:
        for _ in range(2):
            self.upload(blobs, CONTENT[:1000], b"", CONTENT[1000:])
            assert blobs.get("p/x") == CONTENT
            assert self.leftovers(tmp_path) == []

    @pytest.mark.parametrize(
        ("pieces", "why"),
        [
            ([CONTENT[:-1]], "not the announced"),
            ([], "0 bytes"),
            ([CONTENT, b"x"], "more than"),
            ([CONTENT[:-1], b"?"], "SHA-256"),
        ],
    )
    def test_anything_else_leaves_nothing(
        self, blobs: Blobs, tmp_path: Path, pieces: list[bytes], why: str
    ) -> None:
        with pytest.raises(Invalid, match=why):
            self.upload(blobs, *pieces)
        assert not blobs.exists("p/x")
        assert self.leftovers(tmp_path) == []

    def test_one_that_breaks_off_leaves_nothing(self, blobs: Blobs, tmp_path: Path) -> None:
        with pytest.raises(KeyError), Upload(blobs, len(CONTENT), SHA256) as upload:
            upload.write(CONTENT[:10])
            assert len(self.leftovers(tmp_path)) == 1
            raise KeyError
        assert self.leftovers(tmp_path) == []

    def test_a_failing_disk_is_unavailable(
        self, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable):
            self.upload(blobs, CONTENT)
        assert not blobs.exists("p/x")
        assert self.leftovers(tmp_path) == []

    def test_leftovers_of_a_killed_process_are_removed_at_start(self, s3: Blobs, tmp_path: Path) -> None:
        for made, config in ((s3, Config(url="memory:///")), (Blobs(Config(), tmp_path), Config())):
            file = made.new_file()
            file.write_bytes(b"half")
            Blobs(config, file.parents[1])
            assert not file.exists()

    def test_files_are_private_on_disk(self, tmp_path: Path) -> None:
        self.upload(Blobs(Config(), tmp_path), CONTENT)
        modes = [stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("blobs/p", "blobs/p/x")]
        assert modes == [0o700, 0o600]


class TestLinks:
    def write_link(self, blobs: Blobs, content_type: str = "image/png") -> str | None:
        return blobs.link_for_writing(
            "p/x", 600, content_type=content_type, content_length=len(CONTENT), sha256=SHA256
        )

    def test_folders_and_memory_have_none(self, tmp_path: Path) -> None:
        for url in ("", "memory:///"):
            blobs = Blobs(Config(url=url), tmp_path)
            assert (blobs.link_for_reading("p/x", 60), self.write_link(blobs)) == (None, None)

    def test_s3_takes_and_gives_what_was_signed(self, s3: Blobs) -> None:
        url = self.write_link(s3)
        assert url is not None
        headers = {
            "content-type": "image/png",
            "x-amz-checksum-sha256": SHA256,
            "x-ms-blob-type": "BlockBlob",
        }
        assert httpx.put(url, content=CONTENT, headers=headers).status_code == 200
        assert s3.get("p/x") == CONTENT
        read = s3.link_for_reading("p/x", 60)
        assert read is not None
        answer = httpx.get(read)
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"] == "attachment"

    def test_s3_signs_type_length_and_hash(self, s3: Blobs) -> None:
        url = self.write_link(s3)
        assert url is not None
        query = parse_qs(urlsplit(url).query)
        assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host;x-amz-checksum-sha256"]
        assert query["X-Amz-Expires"] == ["600"]
        assert "test-secret" not in url
        assert parse_qs(urlsplit(self.write_link(s3, "text/html") or "").query) != query

    def test_s3_without_keys_in_the_settings_takes_uploads_through_us(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-env")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
        blobs = Blobs(Config(url="s3://bucket/x", region="eu-west-1"), tmp_path)
        assert self.write_link(blobs) is None
        read = blobs.link_for_reading("p/x", 60)
        assert read is not None
        assert read.startswith("https://s3.eu-west-1.amazonaws.com/bucket/x/p/x?")

    def test_gcs_signs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        key = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {"type": "service_account", "private_key": key.decode(), "private_key_id": "1"}
        file = tmp_path / "account.json"
        file.write_text(json.dumps(account | {"client_email": "a@b.iam.gserviceaccount.com"}))
        monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(file))
        blobs = Blobs(Config(url="gs://bucket/x"), tmp_path)
        for url in (self.write_link(blobs), blobs.link_for_reading("p/x", 60)):
            assert url is not None
            assert url.startswith("https://storage.googleapis.com/bucket/x/p/x?")
            assert len(parse_qs(urlsplit(url).query)["X-Goog-Signature"][0]) == 512

    @pytest.mark.parametrize("token", [None, "session/token+="])
    @pytest.mark.parametrize(
        "query", [{}, {"response-content-disposition": 'attachment; filename="a b.png"'}]
    )
    def test_the_signature_is_the_one_that_amazons_client_makes(
        self, token: str | None, query: dict[str, str]
    ) -> None:
        headers = {"content-type": "image/png", "content-length": "5", "x-amz-checksum-sha256": "aGFzaA=="}
        request = AWSRequest("PUT", "http://127.0.0.1:9/bucket/p%20q/x", params=query, headers=headers)
        auth = S3SigV4QueryAuth(Credentials("key", "secret", token), "s3", "eu-west-1", expires=600)
        auth.add_auth(request)
        plain = {name: text for name, text in headers.items() if name != "content-length"}
        bare = request.url.replace("X-Amz-Signature=", "X-Amz-Signature=0")
        for given in (headers, plain):
            signed = sign_again(bare, "PUT", "secret", headers=given)
            same = parse_qs(urlsplit(signed).query) == parse_qs(urlsplit(request.url).query)
            assert same is (given is headers)
            assert urlsplit(signed).path == "/bucket/p%20q/x"


class TestKeys:
    def test_any_project_id_gives_a_valid_key(self, tmp_path: Path) -> None:
        blobs = Blobs(Config(), tmp_path)
        for project in ("../../etc", "a/b", "ü\0", "x" * 800):
            blobs.put(f"{project_prefix(project)}/x", b"x")
            assert blobs.delete_prefix(project_prefix(project)) == 1


class TestFolder:
    def test_files_and_folders_are_private_whatever_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            Blobs(Config(), tmp_path).put("a/b", b"x")
        finally:
            os.umask(before)
        modes = [stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("blobs", "blobs/a", "blobs/a/b")]
        assert modes == [0o700, 0o700, 0o600]

    def test_leftovers_of_a_killed_write_are_removed_at_start(self, tmp_path: Path) -> None:
        Blobs(Config(), tmp_path).put("a/b", b"x")
        leftover = tmp_path / "blobs" / "a" / ".tmp-dead"
        leftover.write_bytes(b"half")
        blobs = Blobs(Config(), tmp_path)
        assert not leftover.exists()
        assert blobs.get("a/b") == b"x"

    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_killed_before_the_rename_the_old_blob_is_whole(
        self, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blobs = Blobs(Config(), tmp_path)
        blobs.put("a", b"old")
        pid = os.fork()
        if not pid:
            monkeypatch.setattr(os, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            write_durably(tmp_path / "blobs" / "a", b"new")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert Blobs(Config(), tmp_path).get("a") == b"old"
        assert [path.name for path in (tmp_path / "blobs").iterdir()] == ["a"]

    def test_a_failing_disk_is_unavailable_and_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blobs = Blobs(Config(), tmp_path)

        def fail(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable):
            blobs.put("a", b"x")
        assert list((tmp_path / "blobs").iterdir()) == []


class TestConfig:
    def test_an_unknown_scheme_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match="schemes: file"):
            Blobs(Config(url="ftp://host/x"), tmp_path)

    def test_s3_parts_need_an_s3_url(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match="endpoint"):
            Blobs(Config(endpoint="http://minio:9000"), tmp_path)

    def test_an_s3_compatible_server_that_is_down_is_unavailable(self, tmp_path: Path) -> None:
        config = Config(
            url="s3://bucket/x",
            endpoint="http://127.0.0.1:1",
            region="us-east-1",
            access_key_id="a",
            secret_access_key="canary",
        )
        assert "canary" not in repr(config)
        blobs = Blobs(config, tmp_path)
        with pytest.raises(Unavailable):
            blobs.get("a")
        assert not blobs.healthy()
