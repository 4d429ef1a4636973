"""Writing a file so that a crash leaves either the old one or the new one, whole and private."""

import os
from pathlib import Path

from spyglass.core.ids import new_id

TEMPORARY_PREFIX = ".tmp-"


def write_durably(path: Path, data: bytes) -> None:
    """Temporary file in the same folder, fsync, rename, fsync of the folder; mode 0600 whatever the umask."""
    temporary = path.parent / f"{TEMPORARY_PREFIX}{new_id()}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_private_folder(path: Path) -> None:
    """Create the folder and its parents, durably; mode 0700 for those that were missing."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
