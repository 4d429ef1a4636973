"""The servers that get the load: Spyglass, an endpoint that only decodes, and Arize Phoenix from PyPI."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

from .bodies import Bodies

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
KEYS = ("pk-lf-bench-0001", "sk-lf-bench-0001")
START_TIMEOUT_S = 120
FOREIGN_PREFIXES = ("LANGFUSE_", "SPYGLASS_", "OTEL_", "PHOENIX_")


class Target:
    """One server process on a free port; `start` returns the seconds until it was ready."""

    name = ""
    ready_path = "/"
    paths: dict[str, str] = {}  # kind of body -> where it is sent

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = find_free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def headers(self) -> dict[str, str]:
        return {}

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def start(self) -> float:
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}
        began = time.monotonic()
        with open(self.folder / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                env=own | self.environment(),
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > START_TIMEOUT_S:
                raise RuntimeError(
                    f"{self.name} did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}"
                )
            time.sleep(0.02)
        return time.monotonic() - began

    def _answers(self) -> bool:
        try:
            return self.get(self.ready_path)[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, self.headers() | (headers or {}))
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text

    def get(self, path: str) -> tuple[int, Any]:
        return self.request("GET", path)

    def count(self) -> int:
        """Observations that a reader of the public API sees."""
        raise NotImplementedError

    def count_traces(self) -> int:
        """Traces that a reader sees; a trace is written after its observations."""
        raise NotImplementedError

    def wire(self, kind: str, content: bytes, headers: dict[str, str]) -> bytes:
        """A whole request, ready to be written to a socket."""
        lines = [
            f"POST {self.paths[kind]} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Content-Length: {len(content)}",
        ]
        lines += [f"{key}: {value}" for key, value in (self.headers() | headers).items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    def wire_all(self, bodies: Bodies) -> list[bytes]:
        return [self.wire(bodies.kind, one, bodies.headers) for one in bodies.content]


class Spyglass(Target):
    name = "Spyglass"
    ready_path = "/api/public/ready"
    paths = {"otlp": "/api/public/otel/v1/traces", "batch": "/api/public/ingestion"}

    def command(self) -> list[str]:
        program = str(Path(sys.executable).parent / "spyglass")
        return [
            program,
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--data-dir",
            str(self.data_dir),
        ]

    def environment(self) -> dict[str, str]:
        return {
            "LANGFUSE_INIT_ORG_ID": "bench-org",
            "LANGFUSE_INIT_PROJECT_ID": "bench-project",
            "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": KEYS[0],
            "LANGFUSE_INIT_PROJECT_SECRET_KEY": KEYS[1],
        }

    def headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(":".join(KEYS).encode()).decode()}

    def count(self) -> int:
        status, answer = self.get("/api/public/observations?limit=1")
        assert status == 200, answer
        return int(answer["meta"]["totalItems"])

    def count_traces(self) -> int:
        status, answer = self.get("/api/public/traces?limit=1&fields=core")
        assert status == 200, answer
        return int(answer["meta"]["totalItems"])


class DecodeOnly(Target):
    name = "decode only"
    paths = Spyglass.paths

    def command(self) -> list[str]:
        return [
            sys.executable, "-m", "uvicorn", "tests.bench.decode_only:app", "--host", "127.0.0.1",
            "--port", str(self.port),
            "--no-access-log", "--log-level", "warning", "--lifespan", "off",
        ]  # fmt: skip


class Phoenix(Target):
    name = "Phoenix"
    ready_path = "/healthz"
    paths = {"otlp": "/v1/traces"}

    def command(self) -> list[str]:
        return [str(CACHE / "phoenix" / "bin" / "phoenix"), "serve"]

    def environment(self) -> dict[str, str]:
        return {
            "PHOENIX_WORKING_DIR": str(self.data_dir),
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(self.port),
            "PHOENIX_GRPC_PORT": str(find_free_port()),
            "PHOENIX_TELEMETRY_ENABLED": "false",
        }

    def start(self) -> float:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        return super().start()

    def count(self) -> int:
        return self._ask("recordCount")

    def count_traces(self) -> int:
        return self._ask("traceCount")

    def _ask(self, field: str) -> int:
        question = json.dumps({"query": f"{{ projects {{ edges {{ node {{ {field} }} }} }} }}"}).encode()
        status, answer = self.request("POST", "/graphql", question, {"Content-Type": "application/json"})
        assert status == 200 and "data" in answer, answer
        return sum(edge["node"][field] or 0 for edge in answer["data"]["projects"]["edges"])

    def version(self) -> str:
        program = "from importlib.metadata import version; print(version('arize-phoenix'))"
        done = subprocess.run(
            [str(CACHE / "phoenix" / "bin" / "python"), "-c", program],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


def install_phoenix() -> None:
    """Into an environment of its own, kept for the next time (it is large)."""
    folder = CACHE / "phoenix"
    if (folder / "bin" / "phoenix").exists():
        return
    print("installing arize-phoenix into .cache/bench/phoenix (once, some minutes)", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "arize-phoenix"], check=True)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
