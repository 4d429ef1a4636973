"""One process per data directory, and no trace of one that was killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spyglass.core.errors import Misconfigured
from spyglass.stores.directory_lock import DirectoryLock, Holder, announce, lock_holder

HOLD = """
import sys, time, pathlib
from spyglass.stores.directory_lock import DirectoryLock
lock = DirectoryLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_process_learns_who_and_where(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    with pytest.raises(Misconfigured) as caught:
        DirectoryLock(tmp_path)
    assert f"process {holder.pid}" in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert lock_holder(tmp_path) == Holder(holder.pid, "")


def test_the_first_keeps_it_whatever_others_try(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    for _ in range(3):
        with pytest.raises(Misconfigured):
            DirectoryLock(tmp_path)
    assert (tmp_path / "lock").read_text() == f"{holder.pid}\n"


def test_after_kill_9_of_the_holder_it_is_free(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert lock_holder(tmp_path) is None
    with DirectoryLock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_stale_file_with_the_id_of_a_living_process_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n99999999 rubbish")
    with DirectoryLock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_is_free_again_after_its_block(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path):
        pass
    lock = DirectoryLock(tmp_path)
    lock.release()
    lock.release()
    assert lock_holder(tmp_path) is None


def test_the_holder_may_say_where_it_listens(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path):
        announce(tmp_path, "http://127.0.0.1:3000")
        assert lock_holder(tmp_path) == Holder(os.getpid(), "http://127.0.0.1:3000")
    with DirectoryLock(tmp_path):
        assert lock_holder(tmp_path) == Holder(os.getpid(), "")


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path):
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        DirectoryLock(tmp_path).release()
    finally:
        child.kill()
        child.wait()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match=str(tmp_path / "file")):
        DirectoryLock(tmp_path / "file" / "data")


def test_the_refusal_comes_at_once(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    second = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while second.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert second.poll() == 1  # it ended by itself while the first still holds the lock
    assert holder.poll() is None
