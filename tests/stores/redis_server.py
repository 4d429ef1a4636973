"""A Redis of the test run's own, on a free port and in a temporary folder: Debian's, when it is installed."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import redis


class NoRedisError(Exception):
    """No Redis can be started here; the message says why."""


class RedisServer:
    def __init__(self, password: str = "") -> None:
        self._program = shutil.which("redis-server") or ""
        if not self._program:
            raise NoRedisError("redis-server is not installed (apt-get install redis-server)")
        self._folder = Path(tempfile.mkdtemp(prefix="spyglass-redis-"))
        self._password = password
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        user = f":{self._password}@" if self._password else ""
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        if self._password:
            options += ["--requirepass", self._password]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, *options], stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    assert time.monotonic() < deadline, (self._folder / "log").read_text()
                    time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
