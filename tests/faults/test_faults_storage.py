"""What the directory may do to the server: another process in it, a torn part, a full disk (F07, F10, F11)."""

import subprocess
import time
from pathlib import Path

import pytest

from .campaign import expect_intact
from .clients import Client
from .conftest import Effort
from .history import History
from .readback import Reader
from .supervisor import (
    EXIT_MISCONFIGURED,
    KEYS,
    Supervisor,
    find_free_port,
    find_largest_part,
    small_disk,
)

pytestmark = [pytest.mark.faults]


@pytest.mark.faults_short
def test_second_process_on_the_directory(server: Supervisor) -> None:
    server.start()
    second = subprocess.run(
        server.command(find_free_port()), env=server.environment(), capture_output=True, text=True, timeout=30
    )
    told = second.stdout + second.stderr
    assert second.returncode == EXIT_MISCONFIGURED, told
    assert str(server.pid) in told and str(server.data_dir) in told, told
    assert "Traceback" not in told
    assert server.is_ready(), "the first server is affected"
    server.kill()
    server.start()  # the lock that the killed one left is no obstacle


def test_torn_part_is_reported(server: Supervisor, effort: Effort) -> None:
    """The engine sets a broken part aside without a word; we must not."""
    history = History()
    server.start()
    for source in ("batch", "otlp"):
        client = Client(source, effort.seed, history, server.port, KEYS, pause_s=0)
        for _ in range(20):
            client.send_unit(patient=True)
    expect_intact(server, history, "before the damage")
    server.stop()
    file = find_largest_part(server.data_dir)
    with open(file, "r+b") as part:
        part.truncate(file.stat().st_size // 2)
    told_before = len(server.read_log())
    server.spawn()
    server.wait_until_ready()
    told = server.read_log()[told_before:]
    assert file.parent.name in told, f"nothing was said about the part {file.parent}:\n{told}"
    assert "broken" in told and "loss" in told.lower(), told


def test_full_disk(tmp_path: Path, effort: Effort, note: list[str]) -> None:
    """Refused with 503 while there is no room, reads go on, nothing that was acknowledged is lost (F07)."""
    environment = {"SPYGLASS_INGEST__MIN_FREE_BYTES": str(16 << 20)}
    try:
        with small_disk(tmp_path, 300) as disk:
            server = Supervisor(tmp_path, data_dir=disk / "data", environment=environment)
            try:
                _fill_and_free(server, disk, effort, note)
            finally:
                server.kill()
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")


def _fill_and_free(server: Supervisor, disk: Path, effort: Effort, note: list[str]) -> None:
    history = History()
    server.start()
    client = Client("batch", effort.seed, history, server.port, KEYS, pause_s=0)
    for _ in range(10):
        client.send_unit(patient=True)
    time.sleep(1.0)  # until they are in the tables: what is on the disk by then must stay readable
    filler = disk / "filler"
    _fill(filler)
    time.sleep(1.5)  # how full the disk is is looked up once a second
    acknowledged = history.answers["acknowledged"]
    for _ in range(10):
        client.send_unit(patient=False)
    assert history.answers["acknowledged"] == acknowledged, "acknowledged on a full disk"
    assert history.answers.get("503", 0) > 0, history.answers
    assert Reader(server.port, *KEYS).get("/traces", limit=1)["data"], "reads stopped on a full disk"
    filler.unlink()
    time.sleep(1.5)
    for _ in range(5):
        client.send_unit(patient=True)
    report = expect_intact(server, history, "after a full disk")
    note.append(
        f"full disk: refused with 503, {report.acknowledged} acknowledged events intact, resumed alone"
    )


def _fill(path: Path) -> None:
    """Until nothing more fits."""
    chunk = b"x" * (1 << 20)
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(chunk):
                pass
        except OSError:
            return
