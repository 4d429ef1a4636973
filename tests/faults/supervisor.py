"""One Spyglass server in a process group of its own on one data directory: started, killed at a moment of our
choosing (by signal or by strace at the Nth system call), started again."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30
KEYS = ("pk-lf-faults-0001", "sk-lf-faults-0001")
FOREIGN_PREFIXES = ("LANGFUSE_", "SPYGLASS_", "OTEL_")
EXIT_MISCONFIGURED = 78


@dataclass(frozen=True)
class Injection:
    """What strace does to the server: `action` at the calls `when` of `calls` (counted per thread)."""

    calls: str
    action: str  # signal=SIGKILL, error=EIO
    when: str  # "3" or "3+"
    path: str = ""  # only calls on this file


class Supervisor:
    def __init__(
        self, folder: Path, *, data_dir: Path | None = None, environment: dict[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir or folder / "data"
        self.log_path = folder / "server.log"
        self.port = find_free_port()
        self.ready_after_s: list[float] = []
        self._folder = folder
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    # --- start

    def start(self) -> None:
        """Start and wait until ready; raises with the server's output when it does not get there."""
        began = time.monotonic()
        self.spawn()
        self.wait_until_ready()
        self.ready_after_s.append(time.monotonic() - began)

    def spawn(self) -> None:
        assert self._process is None or self._process.poll() is not None, "the server runs already"
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                self.command(self.port), env=self.environment(), stdout=log, stderr=subprocess.STDOUT,
                cwd=self._folder, start_new_session=True,
            )  # fmt: skip

    def command(self, port: int) -> list[str]:
        program = str(Path(sys.executable).parent / "spyglass")
        return [
            program,
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--data-dir",
            str(self.data_dir),
        ]

    def environment(self) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}
        return {
            **own,
            "LANGFUSE_INIT_ORG_ID": "faults-org",
            "LANGFUSE_INIT_PROJECT_ID": "faults-project",
            "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": KEYS[0],
            "LANGFUSE_INIT_PROJECT_SECRET_KEY": KEYS[1],
            # The model of what must be there knows what clients reported, not what is estimated from texts.
            "SPYGLASS_COSTS__ESTIMATE_TOKENS": "false",
            **self._environment,
        }

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.exit_code() is not None:
                raise AssertionError(f"the server ended with {self.exit_code()} at start:\n{self.read_log()}")
            if self.is_ready():
                return
            time.sleep(0.02)
        raise AssertionError(f"the server was not ready after {READY_TIMEOUT_S} s:\n{self.read_log()}")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/api/public/ready", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    # --- end

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def exit_code(self) -> int | None:
        assert self._process is not None
        return self._process.poll()

    def kill(self) -> None:
        """SIGKILL to the whole group, at once."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code and the seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_TIMEOUT_S + 5)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"the server still ran {STOP_TIMEOUT_S} s after SIGTERM:\n{self.read_log()}"
            ) from None
        return code, time.monotonic() - began

    def wait_for_end(self, timeout_s: float) -> int | None:
        """The exit code, or None when it still runs."""
        assert self._process is not None
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def read_log(self) -> str:
        return self.log_path.read_text(errors="replace")[-6000:] if self.log_path.exists() else ""

    # --- faults

    @contextmanager
    def injecting(self, injection: Injection) -> Iterator[None]:
        """Attach strace to the running server for the time of the block."""
        command = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-p",
            str(self.pid),
            "-e",
            f"trace={injection.calls}",
        ]
        command += ["-e", f"inject={injection.calls}:{injection.action}:when={injection.when}"]
        if injection.path:
            command += ["-P", injection.path]
        tracer = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            self._wait_until_traced(tracer)
            yield
        finally:
            if tracer.poll() is None:
                tracer.terminate()
            tracer.wait(20)
            if tracer.stderr is not None:
                tracer.stderr.close()

    def _wait_until_traced(self, tracer: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if tracer.poll() is not None:
                told = tracer.stderr.read().decode(errors="replace") if tracer.stderr else ""
                raise AssertionError(f"strace ended at once: {told}")
            if _all_threads_traced(self.pid):
                return
            time.sleep(0.02)
        raise AssertionError("strace did not attach to all threads within 20 s")


def _all_threads_traced(pid: int) -> bool:
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found = re.search(r"^TracerPid:\s+(\d+)", (task / "status").read_text(), re.M)
        except FileNotFoundError:
            continue
        if not found or found[1] == "0":
            return False
    return True


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def why_no_strace(folder: Path) -> str:
    """Why system calls cannot be tampered with here, or an empty text."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = [
        "strace",
        "-qq",
        "-o",
        str(folder / "probe"),
        "-e",
        "trace=fsync",
        "-e",
        "inject=fsync:error=EIO",
        "sync",
        str(folder),
    ]
    done = subprocess.run(probe, capture_output=True, text=True)
    if "EIO" in done.stderr or "Input/output error" in done.stderr:
        return ""
    return f"strace cannot inject faults here: {done.stderr.strip()[:200]}"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """An ext4 file system of that size on a loop device. Raises `OSError` where mounting is not possible."""
    image, mount = folder / "disk.img", folder / "disk"
    mount.mkdir()
    with open(image, "wb") as file:
        file.truncate(megabytes << 20)
    for command in (["mkfs.ext4", "-q", "-F", str(image)], ["mount", "-o", "loop", str(image), str(mount)]):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            raise OSError(f"{command[0]}: {error.stderr.strip()}") from error
    try:
        yield mount
    finally:
        for _ in range(20):
            if subprocess.run(["umount", str(mount)], capture_output=True).returncode == 0:
                break
            time.sleep(0.5)
        image.unlink()


def find_largest_part(data_dir: Path) -> Path:
    """The data file of the largest part that no merged part has replaced."""
    parts = [path.parent for path in data_dir.rglob("data.bin") if "detached" not in path.parts]
    active = [part for part in parts if not any(_covers(other, part) for other in parts)]
    assert active, f"no part with a data.bin under {data_dir}"
    return max((part / "data.bin" for part in active), key=lambda path: path.stat().st_size)


def _covers(part: Path, other: Path) -> bool:
    """Whether `part` was merged from `other`: same partition, its blocks include the other's."""
    one, two = part.name.split("_"), other.name.split("_")
    if part == other or part.parent != other.parent or len(one) < 4 or len(two) < 4 or one[0] != two[0]:
        return False
    return int(one[1]) <= int(two[1]) and int(one[2]) >= int(two[2]) and int(one[3]) > int(two[3])


def pick_delay_s(rng: random.Random, longest_s: float) -> float:
    """Short ones often: much happens in the first moments."""
    return longest_s * rng.random() ** 2
