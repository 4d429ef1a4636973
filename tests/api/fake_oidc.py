"""An identity provider on this machine: discovery, keys, token and user info, with one fault at will."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "spyglass client", "s3cret:with/ä"
_KEYS = [RSAKey.generate_key(2048, {"kid": f"k{number}", "use": "sig"}) for number in range(2)]


class FakeProvider:
    """`fault` names what is wrong with the next answers; `claims` go into the ID token over the usual ones."""

    def __init__(self) -> None:
        self.fault = ""
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}  # code -> the authorization request
        self.calls: list[str] = []
        self.issuer = ""

    def authorize(self, url: str) -> tuple[str, str]:
        """As the browser that signs in there: (redirect URI, the query that comes back)."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return asked["redirect_uri"], f"code={code}&state={asked['state']}"

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": "https://other.example" if self.fault == "other issuer described" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.metadata,
        }

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        scheme, _, pair = authorization.partition(" ")
        if scheme == "Basic":
            given = tuple(map(unquote_plus, base64.b64decode(pair).decode().split(":")))
        else:
            given = (form.get("client_id"), form.get("client_secret"))
        if asked is None or given != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": self.sign(asked["nonce"])}

    def sign(self, nonce: str) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT_ID,
            "exp": moment + 300,
            "iat": moment,
            "nonce": nonce,
            "email_verified": True,
            **self.claims,
        }
        claims = {name: each for name, each in claims.items() if each is not None}
        if self.fault == "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
            return f"{head}.{body}."
        if self.fault == "shared secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        key = _KEYS[1] if self.fault == "foreign key" else _KEYS[0]
        return jwt.encode({"alg": "RS256", "kid": "k0"}, claims, key)

    def keys(self) -> dict[str, Any]:
        return dict(KeySet(_KEYS[:1]).as_dict(private=False))


def _handler(provider: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.calls.append(self.path)
            answers = {
                "/.well-known/openid-configuration": provider.describe,
                "/keys": provider.keys,
                "/userinfo": lambda: {"sub": "subject-1", **provider.userinfo},
            }
            if provider.fault == "away":
                self._answer(500, {})
            elif provider.fault == "endless":
                self._answer(200, {"x": "y" * (2 << 20)})
            else:
                self._answer(200, answers[self.path]())

        def do_POST(self) -> None:
            provider.calls.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.redeem(form, self.headers.get("authorization", "")))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # the client has had enough
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    return Handler


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
