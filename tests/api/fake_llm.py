"""A provider of language models on this machine: it speaks the protocols of OpenAI (both), Azure, Anthropic and
Google, and answers "OK" to whoever shows the right key."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

KEY = "sk-fake-provider-key-1234"


class FakeLlm:
    """`fault` names what is wrong with the next answers; `calls`: (path, lower-case headers, body) as they came."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.fault = ""
        self.calls: list[tuple[str, dict[str, str], Any]] = []

    def answer(self, path: str, headers: dict[str, str], body: Any) -> tuple[int, bytes]:
        self.calls.append((path, headers, body))
        if self.fault == "slow":
            time.sleep(0.3)
        if self.fault == "not JSON":
            return 200, b"<html>a page</html>"
        if self.fault == "empty":
            return 500, b""
        if self.fault == "endless":
            return 200, b" " * (2 << 20)
        if self.fault == "echo":
            names = {"authorization": "authorization", "gateway": "x-gateway", "long": "x-long"}
            shown = {name: headers.get(each, "").removeprefix("Token ") for name, each in names.items()}
            shown["php"] = shown["authorization"].removeprefix("Bearer ")
            text = json.dumps(shown)
            place = text.index('"php"')
            return 401, (text[:place] + text[place:].replace("/", "\\/")).encode()
        keys = {"x-api-key", "api-key", "x-goog-api-key", "authorization"}
        shown = {headers[name].removeprefix("Bearer ") for name in keys & set(headers)}
        if shown != {KEY}:
            return 401, json.dumps({"error": {"message": f"Incorrect API key: {' '.join(shown)}"}}).encode()
        return 200, json.dumps(_said(path, body)).encode()


def _said(path: str, body: Any) -> Any:
    where = urlsplit(path).path
    if where.endswith("/chat/completions"):
        return {"choices": [{"message": {"role": "assistant", "content": "OK"}}]}
    if where.endswith("/responses"):
        texts = [{"type": "output_text", "text": "O"}, {"type": "output_text", "text": "K"}]
        return {"output": [{"type": "reasoning"}, {"type": "message", "content": texts}]}
    if where == "/v1/messages":
        assert body["max_tokens"] > 0
        return {"content": [{"type": "text", "text": "OK"}]}
    if where.endswith(":generateContent"):
        return {"candidates": [{"content": {"parts": [{"text": "OK"}]}}]}
    return {"error": "no such path"}


@contextmanager
def run_fake_llm() -> Iterator[FakeLlm]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, data = fake.answer(self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeLlm(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
