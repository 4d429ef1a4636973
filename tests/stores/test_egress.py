"""The guarded client against real sockets: it connects where it looked, and nowhere else."""

import datetime
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spyglass.core.errors import Invalid, Unavailable
from spyglass.stores.egress import Guard, network_errors, open_client, trusted_authorities

Serve = Callable[..., "Server"]


class Server:
    """A web server on a free port of this machine that remembers what it was asked."""

    def __init__(self, host: str, context: ssl.SSLContext | None) -> None:
        self.seen: list[tuple[str, str]] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append((self.path, self.headers["host"]))
                self.send_response(302 if self.path == "/away" else 200)
                self.send_header("location", "http://127.0.0.1:1/secret")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *arguments: object) -> None:
                return

        self._http = HTTPServer((host, 0), Handler)
        if context is not None:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def make(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(host, context))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


def to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


def test_it_connects_to_the_checked_address_under_the_name(serve: Serve) -> None:
    server = serve()
    with open_client(Guard(ips=["127.0.0.1"], resolve=to("127.0.0.1"))) as client:
        answer = client.get(f"http://model.example:{server.port}/v1")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert server.seen == [("/v1", f"model.example:{server.port}")]


def test_a_name_is_resolved_once_for_each_request(serve: Serve) -> None:
    """Rebinding: what a name resolves to after it was looked at is never asked for."""
    server = serve()
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    guard = Guard(ips=["127.0.0.1"], resolve=lambda host, port: answers.pop(0))
    with open_client(guard) as client:
        assert client.get(f"http://rebind.example:{server.port}/").text == "ok"
        with pytest.raises(Invalid, match="not on the public internet"):
            client.get(f"http://rebind.example:{server.port}/")
    assert answers == []
    assert len(server.seen) == 1


def test_nothing_is_sent_to_an_address_that_is_not_allowed(serve: Serve) -> None:
    server = serve()
    with open_client(Guard(resolve=to("93.184.216.34", "127.0.0.1"))) as client:
        for url in (f"http://127.0.0.1:{server.port}/", f"http://model.example:{server.port}/"):
            with pytest.raises(Invalid):
                client.get(url)
    assert server.seen == []


def test_redirects_are_not_followed(serve: Serve) -> None:
    server = serve()
    with open_client(Guard(ips=["127.0.0.1"])) as client:
        answer = client.get(f"http://127.0.0.1:{server.port}/away")
    assert answer.status_code == 302
    assert len(server.seen) == 1


def test_the_next_address_is_tried_when_one_does_not_answer(serve: Serve) -> None:
    server = serve()
    guard = Guard(segments=["127.0.0.0/8"], resolve=to("127.0.0.99", "127.0.0.1"))
    with open_client(guard) as client:
        assert client.get(f"http://two.example:{server.port}/").text == "ok"


def test_proxies_of_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server, proxy = serve(), serve()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    with open_client(Guard(ips=["127.0.0.1"])) as client:
        client.get(f"http://127.0.0.1:{server.port}/direct")
    assert [path for path, _ in server.seen] == ["/direct"]
    assert proxy.seen == []


def test_failures_are_told_without_details(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), open_client(Guard(ips=["127.0.0.1"])) as client:
        with pytest.raises(Unavailable) as error, network_errors("the bucket"):
            client.get("http://127.0.0.1:1/path?signature=canary")
        assert error.value.message == "The bucket cannot be reached"
    assert "canary" not in caplog.text


@pytest.fixture
def tarpit() -> Iterator[int]:
    """The port of a server that never comes to the end of its answer, and is never silent for long."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
            while not over.wait(0.02):
                connection.sendall(b"x")

    def answer_until_it_is_left() -> None:
        with suppress(OSError):
            answer()

    thread = threading.Thread(target=answer_until_it_is_left, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    listener.close()
    thread.join(5)


def test_who_answers_for_ever_is_left(tarpit: int) -> None:
    with (
        pytest.raises(Unavailable, match="The bucket did not answer in time"),
        network_errors("the bucket"),
        open_client(Guard(ips=["127.0.0.1"]), timeout_s=5, whole_s=0.3) as client,
    ):
        client.get(f"http://127.0.0.1:{tarpit}/")


def test_who_takes_for_ever_is_left() -> None:
    listener = socket.create_server(("127.0.0.1", 0))  # and never reads
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with (
        listener,
        pytest.raises(Unavailable, match="The bucket did not answer in time"),
        network_errors("the bucket"),
        open_client(Guard(ips=["127.0.0.1"]), timeout_s=5, whole_s=0.3) as client,
    ):
        client.put(url, content=b"x" * (32 << 20))


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """For `model.example` alone, and trusted as the operator would have it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "model.example")])
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - day)
        .not_valid_after(today + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("model.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "model.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    trusted_authorities.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    yield context
    trusted_authorities.cache_clear()


def test_the_certificate_must_be_of_the_name_not_of_the_address(
    serve: Serve, certificate: ssl.SSLContext
) -> None:
    server = serve(context=certificate)
    with open_client(Guard(ips=["127.0.0.1"], resolve=to("127.0.0.1"))) as client:
        assert client.get(f"https://model.example:{server.port}/").text == "ok"
        # Right after it, and at the same address: the connection of the first name is no good for another.
        for host in ("other.example", str(ipaddress.ip_address("127.0.0.1"))):
            with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
                client.get(f"https://{host}:{server.port}/")
    assert server.seen == [("/", f"model.example:{server.port}")]
