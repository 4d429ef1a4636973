"""Uploads to foreign buckets: the signature as another implementation computes it, and what becomes of refusals."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from spyglass.core.errors import Invalid, Unavailable
from spyglass.stores.buckets import AZURE, S3, S3_COMPATIBLE, Bucket, Target, UploadRefused
from spyglass.stores.egress import Guard

SECRET = "s3cr3t/+key"


class BucketServer:
    """Takes what is signed with `SECRET`, by botocore's account of it, as the S3 service does."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.headers: list[dict[str, str]] = []
        self.answer: tuple[int, bytes] | None = None  # instead of the usual one
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                data = self.rfile.read(int(self.headers["content-length"]))
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, said = server.answer or server.take(self.path, self.headers["host"], data)
                self.send_response(status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *arguments: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def take(self, path: str, host: str, data: bytes) -> tuple[int, bytes]:
        query = dict(parse_qsl(urlsplit(path).query))
        if "X-Amz-Signature" in query and query["X-Amz-Signature"] != signature(path, host, query):
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code><Message>canary " + SECRET.encode()
        self.objects[unquote(urlsplit(path).path)] = data
        return 200, b""

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()


def signature(path: str, host: str, query: dict[str, str]) -> str:
    auth = S3SigV4QueryAuth(Credentials(query["X-Amz-Credential"].split("/")[0], SECRET), "s3", "eu-west-1")
    unsigned = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
    request = AWSRequest("PUT", f"http://{host}{urlsplit(path).path}", params=unsigned)
    request.headers["host"] = host
    request.context["timestamp"] = query["X-Amz-Date"]
    request.context["signing"] = {"bucket": "exports"}
    text = auth.string_to_sign(request, auth.canonical_request(request))
    found: str = auth.signature(text, request)
    return found


@pytest.fixture
def server() -> Iterator[BucketServer]:
    made = BucketServer()
    yield made
    made.stop()


def bucket(server: BucketServer, **fields: object) -> Bucket:
    target = {
        "type": S3_COMPATIBLE,
        "bucket": "exports",
        "endpoint": server.url,
        "region": "eu-west-1",
        "access_key_id": "AK",
        "secret_access_key": SECRET,
        "force_path_style": True,
        **fields,
    }
    return Bucket(Target(**target), Guard(ips=["127.0.0.1"], resolve=lambda host, port: ["127.0.0.1"]))  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["a/b.jsonl.gz", "pre fix/it's (1) a+b=c!,@/x.csv", "p/%2F/ü.json"])
def test_an_upload_is_signed_as_s3_expects_it(server: BucketServer, key: str) -> None:
    bucket(server).put(key, b"data", "text/csv")
    assert server.objects == {f"/exports/{key}": b"data"}
    assert server.headers[0]["content-type"] == "text/csv"
    assert "authorization" not in server.headers[0]


def test_an_object_of_the_same_key_is_replaced(server: BucketServer) -> None:
    bucket(server).put("a", b"one")
    bucket(server).put("a", b"two")
    assert server.objects == {"/exports/a": b"two"}


def test_the_bucket_is_in_the_host_unless_it_must_be_in_the_path(server: BucketServer) -> None:
    port = urlsplit(server.url).port
    bucket(server, endpoint=f"http://s3.example:{port}", force_path_style=False).put("a", b"1")
    assert server.headers[0]["host"] == f"exports.s3.example:{port}"
    assert server.objects == {"/a": b"1"}


@pytest.mark.parametrize("wrong", [{"secret_access_key": "another"}, {"region": "us-east-1"}])
def test_wrong_credentials_are_told_without_what_the_bucket_wrote(
    server: BucketServer, wrong: dict[str, str]
) -> None:
    with pytest.raises(UploadRefused) as error:
        bucket(server, **wrong).put("a", b"data")
    assert error.value.message == "The bucket refused the upload (status 403, SignatureDoesNotMatch)"
    assert server.objects == {}


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        ((500, b"<Code>InternalError</Code>"), Unavailable, "The bucket failed (status 500, InternalError)"),
        ((503, b"x" * 100_000), Unavailable, "The bucket failed (status 503)"),
        ((429, b""), Unavailable, "The bucket failed (status 429)"),
        ((404, b"<Code>No <b>Such</b></Code>"), Invalid, "The bucket refused the upload (status 404)"),
        ((301, b""), Invalid, "The bucket refused the upload (status 301)"),
    ],
)
def test_other_answers(
    server: BucketServer, answer: tuple[int, bytes], kind: type[Exception], message: str
) -> None:
    server.answer = answer
    with pytest.raises(kind) as error:
        bucket(server).put("a", b"data")
    assert str(error.value) == message


def test_azure_gets_a_block_blob_under_a_signed_url(server: BucketServer) -> None:
    seen: list[str] = []
    take: Callable[[str, str, bytes], tuple[int, bytes]] = server.take
    server.take = lambda path, host, data: (seen.append(path), take(path, host, data))[1]  # type: ignore[method-assign]
    bucket(server, type=AZURE, access_key_id="account", secret_access_key="a2V5").put("p/a.json", b"[]")
    assert server.objects == {"/exports/p/a.json": b"[]"}
    assert server.headers[0]["x-ms-blob-type"] == "BlockBlob"
    query = parse_qs(urlsplit(seen[0]).query)
    assert (query["sr"], query["sp"]) == (["b"], ["w"])  # write this one blob, nothing else
    assert query["sig"][0]


def test_addresses() -> None:
    def address(**fields: object) -> str:
        start = {"type": S3, "bucket": "b", "endpoint": None, "region": "eu-west-1", "access_key_id": "acct"}
        return Target(**{**start, "secret_access_key": "s", **fields}).address  # type: ignore[arg-type]

    assert address() == "https://b.s3.eu-west-1.amazonaws.com"
    assert address(force_path_style=True) == "https://s3.eu-west-1.amazonaws.com"
    assert address(endpoint="http://minio:9000/") == "http://b.minio:9000"
    assert address(type=AZURE) == "https://acct.blob.core.windows.net"
    assert address(type=AZURE, endpoint="https://x.example") == "https://x.example"


def test_what_cannot_be_signed_or_reached(server: BucketServer) -> None:
    with pytest.raises(Invalid, match="credentials"):
        bucket(server, type=AZURE, access_key_id="account", secret_access_key="no base64 !").put("a", b"")
    with pytest.raises(Invalid, match="not allowed"):
        Bucket(Target(S3, "b", "http://127.0.0.1:1", "r", "AK", "SK", True), Guard())
    made = bucket(server)
    server.stop()
    with pytest.raises(Unavailable, match=r"The bucket cannot be reached"):
        made.put("a", b"data")


def test_a_target_shows_no_secret() -> None:
    assert "canary" not in repr(Target(S3, "b", None, "r", "AK", "canary"))
