"""One process per data directory: an advisory lock on `<data-dir>/lock`, with the holder's process id inside.

The kernel drops the lock when its holder dies, however it dies, so a stale file is no obstacle.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from spyglass.core.errors import Misconfigured
from spyglass.stores.files import make_private_folder

FILE_NAME = "lock"


class DirectoryLock:
    """Held from construction until `release`, the end of its `with` block or the death of the process."""

    def __init__(self, data_dir: Path) -> None:
        """Take the lock at once or raise `Misconfigured`, naming the process that has it."""
        try:
            make_private_folder(data_dir)
            path = data_dir / FILE_NAME
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Misconfigured(
                f"The data directory {data_dir} cannot be used: {error.strerror}. "
                "Spyglass needs to create files in it."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise Misconfigured(_in_use(data_dir, holder)) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@dataclass(frozen=True)
class Holder:
    """The process that has a data directory open: its id (0: not known) and where it listens, if known."""

    pid: int
    url: str


def announce(data_dir: Path, url: str) -> None:
    """The holder leaves word where it listens, for commands that run beside it."""
    with (data_dir / FILE_NAME).open("r+") as file:
        file.write(f"{os.getpid()}\n{url}\n")


def lock_holder(data_dir: Path) -> Holder | None:
    """Who has the directory open, None when nobody has."""
    try:
        descriptor = os.open(data_dir / FILE_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _in_use(data_dir: Path, holder: Holder) -> str:
    who = f"the process {holder.pid}" if holder.pid else "another process"
    return (
        f"The data directory {data_dir.absolute()} is in use by {who}. "
        "Stop that one, or give this one another directory with --data-dir."
    )


def _read_holder(descriptor: int) -> Holder:
    pid, _, rest = os.pread(descriptor, 2000, 0).decode(errors="replace").partition("\n")
    return Holder(int(pid) if pid.isdecimal() else 0, rest.partition("\n")[0])
