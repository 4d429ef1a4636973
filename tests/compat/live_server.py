"""One Spyglass process on a free port with an empty data directory, started as an operator would start it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
FOREIGN_PREFIXES = ("LANGFUSE_", "SPYGLASS_", "OTEL_", "OPENAI_", "LITELLM_")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a client sends to, and the keys it uses."""

    url: str
    grpc_port: int
    public_key: str = "pk-lf-compat-0001"
    secret_key: str = "sk-lf-compat-0001"
    project_id: str = "compat-project"
    organization_id: str = "compat-org"
    admin_key: str = "compat-admin-key"


class LiveServer:
    """Start, wait until ready, stop by SIGTERM; the process's output is kept in a file for failures."""

    def __init__(self, directory: Path) -> None:
        port, grpc_port = find_free_ports(2)
        self.target = Target(f"http://127.0.0.1:{port}", grpc_port)
        self.log_path = directory / "server.log"
        self._directory = directory
        self.start()

    def start(self) -> None:
        """Start the process; after `stop` it begins again on the same port and the same data."""
        port = self.target.url.rpartition(":")[2]
        command = [str(Path(sys.executable).parent / "spyglass"), "serve", "--host", "127.0.0.1"]
        command += ["--port", port, "--data-dir", str(self._directory / "data")]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self._build_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._directory,
            )

    def _build_environment(self) -> dict[str, str]:
        target = self.target
        return clean_environment() | {
            "ADMIN_API_KEY": target.admin_key,
            "LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IPS": "127.0.0.1",  # the tests' own S3 server
            "LANGFUSE_INIT_ORG_ID": target.organization_id,
            "LANGFUSE_INIT_ORG_NAME": "Compat",
            "LANGFUSE_INIT_PROJECT_ID": target.project_id,
            "LANGFUSE_INIT_PROJECT_NAME": "Real clients",
            "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": target.public_key,
            "LANGFUSE_INIT_PROJECT_SECRET_KEY": target.secret_key,
            "LANGFUSE_INIT_USER_EMAIL": "compat@example.com",
            "LANGFUSE_INIT_USER_NAME": "Compat",
            "LANGFUSE_INIT_USER_PASSWORD": "compat-Passw0rd",
            "SPYGLASS_OTLP_GRPC_PORT": str(target.grpc_port),
        }

    def wait_until_ready(self) -> None:
        """Return when the server answers on its ready route; raise with its output when it does not."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.read_log()}")
            if self._is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server was not ready in {START_TIMEOUT_S} s:\n{self.read_log()}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.target.url}/api/public/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> int:
        """Send SIGTERM and return the exit code; a server that does not stop is killed and gives -9."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def read_log(self) -> str:
        """The last lines that the server printed."""
        return self.log_path.read_text(errors="replace")[-8000:]


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that would steer a client or a server."""
    return {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}


def find_free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are held until the last is known, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
