"""A local server that speaks enough of the OpenAI API: chat (plain, streamed, tools), embeddings, errors.

Answers are fixed, so that tests can expect exact text and usage; model `error-<status>` answers that status.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

ANSWER = "Bonjour 👋, all is well."
CHUNKS = ("Bonjour", " 👋", ", all is", " well.")
TOOL_ARGUMENTS = '{"city": "Zürich", "unit": "celsius"}'
USAGE = {
    "prompt_tokens": 25,
    "completion_tokens": 7,
    "total_tokens": 32,
    "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
EMBEDDING = [0.25, -0.5, 0.125]
EMBEDDING_USAGE = {"prompt_tokens": 9, "total_tokens": 9}
CREATED = 1_767_225_600


def build_message(request: dict[str, Any]) -> dict[str, Any]:
    """The assistant's message: a call of the first tool when tools are offered, else the fixed text."""
    tools = request.get("tools")
    if not tools:
        return {"role": "assistant", "content": ANSWER, "refusal": None}
    function = {"name": tools[0]["function"]["name"], "arguments": TOOL_ARGUMENTS}
    call = {"id": "call_0001", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}


def build_completion(request: dict[str, Any]) -> dict[str, Any]:
    """A whole chat completion."""
    message = build_message(request)
    reason = "tool_calls" if "tool_calls" in message else "stop"
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    return {**_describe("chat.completion", request), "choices": [choice], "usage": USAGE}


def build_chunks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed completion; usage comes last and only when it was asked for."""
    head = _describe("chat.completion.chunk", request)
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": ""},
        *({"content": text} for text in CHUNKS),
    ]
    for delta in deltas:
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if (request.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": USAGE}


def build_embeddings(request: dict[str, Any]) -> dict[str, Any]:
    """One fixed vector per input."""
    inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
    data = [{"object": "embedding", "index": index, "embedding": EMBEDDING} for index in range(len(inputs))]
    return {"object": "list", "data": data, "model": request["model"], "usage": EMBEDDING_USAGE}


def _describe(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-0001", "object": kind, "created": CREATED, "model": request["model"]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if request["model"].startswith("error-"):
            self._send_error(int(request["model"].removeprefix("error-")))
        elif self.path.endswith("/embeddings"):
            self._send_json(200, build_embeddings(request))
        elif request.get("stream"):
            self._send_events(build_chunks(request))
        else:
            self._send_json(200, build_completion(request))

    def _send_error(self, status: int) -> None:
        kind = "rate_limit_exceeded" if status == 429 else "server_error"
        error = {"message": f"fake failure {status}", "type": kind, "param": None, "code": kind}
        self._send_json(status, {"error": error})

    def _send_json(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_events(self, chunks: Iterator[dict[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the tests read the clients' output."""


class FakeOpenAI:
    """The server on a free port, in a thread, for as long as the block lasts."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "FakeOpenAI":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
