"""The web UI as it is served: its page at every path that is no route, its files, and never a page for the API."""

import gzip
import json
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from spyglass import __version__
from spyglass.api.app import create_app
from spyglass.api.server_options import Config as Server
from spyglass.core.errors import Misconfigured
from spyglass.features.web import service
from spyglass.server.wiring import ROUTERS

PAGE = '<!doctype html><html><head lang="x"><script src="./theme.js"></script></head><body></body></html>'
SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture(autouse=True)
def built(tmp_path, monkeypatch):
    """A build of a few files, and a secret beside it."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(PAGE)
    (static / "icon.svg").write_text("<svg/>")
    (static / "theme.js").write_text("1")
    (static / ".hidden.txt").write_text("secret")
    (static / "assets" / "main-abc123.js").write_bytes(SCRIPT)
    (static / "assets" / "main-abc123.js.gz").write_bytes(gzip.compress(SCRIPT))
    (static / "assets" / "main-abc123.js.br").write_bytes(b"brotli, taken as it is")
    (static / "assets" / "font-1.woff2").write_bytes(b"font")
    (static / "assets" / "notes.unknown").write_text("x")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(service, "STATIC", static)
    return static


def config_of(text: str) -> dict:
    found = re.search(r'<script type="application/json" id="spyglass-config">(.*?)</script>', text)
    assert found is not None
    return json.loads(found[1])


class TestPage:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/auth/sign-in",
            "/project/p/traces/a%2Fb",
            "/project/p/sessions/api",
            "/trace/t",
            "/project/p/traces/file.js",
            "/apis",
            "/index.html",
            "/nothing.js",
        ],
    )
    def test_at_every_path_of_it(self, client, path) -> None:
        answer = client.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert config_of(answer.text) == {"basePath": "", "version": __version__}
        # Before anything that is loaded relative to it.
        assert '<head lang="x"><base href="/" />' in answer.text

    def test_headers(self, client) -> None:
        headers = client.get("/").headers
        csp = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert csp["script-src"] == csp["connect-src"] == csp["default-src"] == "'self'"
        assert (csp["frame-ancestors"], csp["object-src"]) == ("'none'", "'none'")
        assert headers["cache-control"] == "no-cache"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"

    def test_asked_for_its_headers_only(self, client) -> None:
        assert client.head("/project/p").status_code == 200

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_nothing_can_be_written_to_it(self, client, method) -> None:
        answer = client.request(method, "/project/p")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")

    def test_not_built(self, client, built) -> None:
        (built / "index.html").unlink()
        answer = client.get("/project/p")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
        assert "make ui" in answer.text
        assert client.get("/api/public/health").status_code == 200


class TestNeverAPage:
    @pytest.mark.parametrize(
        "path",
        ["/api", "/api/", "/api/nothing", "/api/public/nothing", "/api/ui/nothing", "/v1", "/v1/nothing", "/assets",
         "/assets/", "/assets/nothing.js", "/openapi.json/x"],
    )  # fmt: skip
    def test_unknown_paths_of_the_api_and_of_files(self, client, path) -> None:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")

    def test_a_known_path_with_another_method(self, client) -> None:
        assert client.get("/api/public/ingestion").status_code == 405

    def test_answers_of_the_api_are_no_pages_either(self, client) -> None:
        headers = client.get("/api/public/health").headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


class TestFiles:
    @pytest.mark.parametrize(
        ("accepted", "encoding", "data"),
        [
            ("identity", None, SCRIPT),
            ("", None, SCRIPT),
            ("gzip", "gzip", SCRIPT),
            ("deflate, GZIP;q=0.5", "gzip", SCRIPT),
            ("br;q=0, gzip ; q=0.0", None, SCRIPT),
        ],
    )
    def test_as_the_asker_can_unpack_it(self, client, accepted, encoding, data) -> None:
        answer = client.get("/assets/main-abc123.js", headers={"accept-encoding": accepted})
        assert (answer.headers.get("content-encoding"), answer.content) == (encoding, data)
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"

    def test_brotli_before_gzip(self, client) -> None:
        with client.stream(
            "GET", "/assets/main-abc123.js", headers={"accept-encoding": "gzip, br"}
        ) as answer:
            assert answer.headers["content-encoding"] == "br"
            assert b"".join(answer.iter_raw()) == b"brotli, taken as it is"

    def test_files_without_a_hash_are_asked_for_again(self, client) -> None:
        answer = client.get("/icon.svg")
        assert (answer.text, answer.headers["content-type"], answer.headers["cache-control"]) == (
            "<svg/>",
            "image/svg+xml",
            "no-cache",
        )
        again = client.get("/icon.svg", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_fonts(self, client) -> None:
        assert client.get("/assets/font-1.woff2").headers["content-type"] == "font/woff2"

    @pytest.mark.parametrize(
        "path",
        [
            "/assets/../index.html",
            "/assets/%2e%2e/index.html",
            "/assets/..%2f..%2fsecret.txt",
            "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
            "/assets/..%5c..%5csecret.txt",
            "/assets//etc/passwd",
            "/assets/%00",
            "/assets/main-abc123.js%00.txt",
            "/assets/notes.unknown",
            "/assets/main-abc123.js.gz",
        ],
    )
    def test_nothing_else_can_be_had(self, built, path, parts) -> None:
        # As it stands: a client would tidy the path up before it asks.
        with TestClient(parts.app) as client:
            request = client.build_request("GET", "http://testserver/")
            request.url = request.url.copy_with(raw_path=path.encode())
            answer = client.send(request)
        assert answer.status_code == 404 or "<base" in answer.text
        assert "secret" not in answer.text

    @pytest.mark.parametrize(
        "path", ["/../secret.txt", "/%2e%2e%2fsecret.txt", "/.hidden.txt", "/%2ehidden.txt"]
    )
    def test_nor_at_the_top(self, parts, path) -> None:
        with TestClient(parts.app) as client:
            request = client.build_request("GET", "http://testserver/")
            request.url = request.url.copy_with(raw_path=path.encode())
            answer = client.send(request)
        assert "<base" in answer.text
        assert "secret" not in answer.text


@pytest.fixture
def below(parts):
    """The application under a prefix."""
    return TestClient(create_app(replace(parts.state, root_path="/spy/glass"), ROUTERS))


class TestPrefix:
    @pytest.mark.parametrize("path", ["/spy/glass", "/spy/glass/", "/spy/glass/project/p", "/project/p"])
    def test_the_page_knows_it(self, below, path) -> None:
        text = below.get(path).text
        assert '<base href="/spy/glass/" />' in text
        assert config_of(text)["basePath"] == "/spy/glass"

    def test_everything_works_below_it(self, below, project) -> None:
        assert below.get("/spy/glass/assets/font-1.woff2").content == b"font"
        assert below.get("/spy/glass/icon.svg").text == "<svg/>"
        assert below.get("/spy/glass/api/public/projects", headers=project.basic).status_code == 200
        assert below.get("/spy/glass/openapi.json").status_code == 200
        assert below.get("/spy/glass/api/nothing").headers["content-type"] == "application/json"
        preflight = below.options("/spy/glass/api/public/ingestion", headers={"origin": "https://x"})
        assert preflight.status_code == 204

    def test_names_with_slashes(self, below, project) -> None:
        body = {"name": "a/b", "prompt": "hello", "labels": ["production"]}
        path = "/spy/glass/api/public/v2/prompts"
        assert below.post(path, json=body, headers=project.basic).status_code < 300
        assert below.get(f"{path}/a%2Fb", headers=project.basic).json()["name"] == "a/b"

    def test_a_proxy_may_take_it_away(self, below, project) -> None:
        assert below.get("/api/public/projects", headers=project.basic).status_code == 200

    def test_a_longer_name_is_another(self, below) -> None:
        assert below.get("/spy/glasses/api/public/health").headers["content-type"].startswith("text/html")

    def test_the_page_cannot_be_broken_by_it(self, built) -> None:
        page = service.read_page('/"><script>alert(1)</script>')
        assert page is not None
        assert b"<script>alert" not in page

    @pytest.mark.parametrize(
        ("given", "prefix"), [("", ""), ("/", ""), ("/a", "/a"), ("a/b/", "/a/b"), ("/v1x", "/v1x")]
    )
    def test_spellings(self, given, prefix) -> None:
        assert Server(root_path=given).prefix == prefix

    @pytest.mark.parametrize("given", ["/api", "/api/x", "/v1", "/a b", "/a?b", "//a//b", "/a/../<"])
    def test_what_cannot_be_one(self, given) -> None:
        with pytest.raises(Misconfigured, match="root_path"):
            _ = Server(root_path=given).prefix


def test_the_page_of_a_published_trace_is_not_to_be_found(client) -> None:
    assert client.get("/public/traces/x").headers.get("x-robots-tag") == "noindex, nofollow"
    assert "x-robots-tag" not in client.get("/project/x/traces").headers
