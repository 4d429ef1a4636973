"""A large blob on its way in: collected in a file, never in memory, and stored only when it is what was
announced."""

import base64
import hashlib
import os
from types import TracebackType
from typing import BinaryIO

from spyglass.core.errors import Invalid, Unavailable
from spyglass.stores.blobs import Blobs


class Upload:
    """`write` the pieces in order, then `store`. Used as a context manager: what was not stored leaves nothing.

    Raises `Invalid` for other bytes than announced and `Unavailable` when the disk or the backend fails.
    """

    def __init__(self, blobs: Blobs, content_length: int, sha256: str) -> None:
        self._blobs = blobs
        self._length = content_length
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self._count = 0
        self._path = blobs.new_file()
        self._file: BinaryIO | None = None

    def __enter__(self) -> "Upload":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        self._count += len(piece)
        if self._count > self._length:
            raise Invalid(f"The upload has more than the announced {self._length} bytes")
        try:
            if self._file is None:
                descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                self._file = os.fdopen(descriptor, "wb", buffering=0)
            rest = memoryview(piece)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise Unavailable(f"The upload cannot be stored: {error.strerror}") from error
        self._hash.update(piece)

    def store(self, key: str, content_type: str) -> None:
        """Durable under `key` when this returns."""
        if self._count != self._length or self._file is None:
            raise Invalid(f"The upload has {self._count} bytes, not the announced {self._length}")
        if base64.b64encode(self._hash.digest()).decode() != self._sha256:
            raise Invalid("The SHA-256 of the uploaded bytes is not the announced one")
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise Unavailable(f"The upload cannot be stored: {error.strerror}") from error
        self._blobs.put_file(key, self._path, content_type)
