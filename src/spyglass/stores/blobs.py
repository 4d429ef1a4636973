"""Large values outside the tables: a folder, S3, GCS or Azure behind one interface (obstore).

Keys are hashes that we make (`core/references.py`), never text of a user: nothing that a client sends becomes a path.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from spyglass.core.errors import Misconfigured, NotFound, Unavailable
from spyglass.core.options import option
from spyglass.stores.files import TEMPORARY_PREFIX, make_private_folder, write_durably

log = logging.getLogger(__name__)

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,127}(/[a-z0-9][a-z0-9_.-]{0,127}){0,7}")
_SCHEMES = "file, memory, s3, gs, az, https"


@dataclass(frozen=True)
class Config:
    """Where large values (offloaded inputs and outputs, media, exports) live."""

    url: str = option(
        "",
        "`file:///path`, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://account/container/prefix`; "
        "empty: a folder in the data directory. Credentials come from the provider's usual variables",
    )
    endpoint: str = option("", "Address of an S3-compatible server, as in `http://minio:9000`")
    region: str = option("", "Region of the S3 bucket")
    access_key_id: str = option("", "S3 access key, when it is not in the provider's usual variables")
    secret_access_key: str = option("", "S3 secret key", secret=True)


class Blobs:
    """Put, get, delete. Thread-safe. A `put` that returned survives a power cut.

    Raises `NotFound` for a missing key and `Unavailable` when the backend fails.
    """

    def __init__(self, config: Config, data_dir: Path) -> None:
        url = config.url or (data_dir / "blobs").absolute().as_uri()
        self._folder = Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None
        if self._folder is not None:
            make_private_folder(self._folder)
            _remove_leftovers(self._folder)
        self._store = _open(url, config, self._folder)

    def put(self, key: str, data: bytes) -> None:
        """Store `data` whole or not at all; an existing blob of the same key is replaced."""
        _check(key)
        with _errors(key):
            if self._folder is None:
                obstore.put(self._store, key, data)
                return
            path = self._folder / key
            make_private_folder(path.parent)
            write_durably(path, data)

    def get(self, key: str) -> bytes:
        _check(key)
        with _errors(key):
            return bytes(obstore.get(self._store, key).bytes())

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end of the blob, none beyond it."""
        _check(key)
        with _errors(key):
            size = int(obstore.head(self._store, key)["size"])
            end = min(start + length, size)
            return bytes(obstore.get_range(self._store, key, start=start, end=end)) if end > start else b""

    def exists(self, key: str) -> bool:
        _check(key)
        try:
            with _errors(key):
                obstore.head(self._store, key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove a blob; one that is not there is no error, so a delete may be repeated."""
        _check(key)
        try:
            with _errors(key):
                obstore.delete(self._store, key)
        except NotFound:
            return

    def keys(self, prefix: str) -> list[str]:
        """The keys in a folder (`a` covers `a/b`, not `ab`), at any depth."""
        _check(prefix)
        with _errors(prefix):
            return [item["path"] for page in obstore.list(self._store, prefix) for item in page]

    def delete_prefix(self, prefix: str) -> int:
        """Remove all blobs in a folder (`a` covers `a/b`, not `ab`); returns how many. May be repeated."""
        keys = self.keys(prefix)
        with _errors(prefix):
            for start in range(0, len(keys), 1000):
                obstore.delete(self._store, keys[start : start + 1000])
        return len(keys)

    def healthy(self) -> bool:
        """Whether the backend answers now."""
        try:
            self.exists("health")
        except Unavailable:
            return False
        return True


def _open(url: str, config: Config, folder: Path | None) -> ObjectStore:
    extra = {
        "endpoint": config.endpoint,
        "region": config.region,
        "access_key_id": config.access_key_id,
        "secret_access_key": config.secret_access_key,
    }
    given: Any = {name: value for name, value in extra.items() if value}
    if given and not url.startswith(("s3:", "s3a:")):
        raise Misconfigured(f"Blobs: {', '.join(given)} only apply to an s3:// URL")
    if folder is not None:
        return LocalStore(str(folder))
    if url.startswith("memory:"):
        return MemoryStore()
    if config.endpoint:
        given |= {"aws_virtual_hosted_style_request": "false"}
    try:
        opened: ObjectStore = from_url(
            url,
            config=given or None,
            client_options={
                "timeout": timedelta(seconds=30),
                "connect_timeout": timedelta(seconds=5),
                "allow_http": config.endpoint.startswith("http:"),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )
        return opened
    except (BaseError, ValueError) as error:
        raise Misconfigured(f"The blob store URL cannot be used (schemes: {_SCHEMES}): {error}") from error


def _remove_leftovers(folder: Path) -> None:
    """Temporary files of a process that died while it wrote (the directory lock keeps others out)."""
    for path in folder.rglob(f"{TEMPORARY_PREFIX}*"):
        path.unlink(missing_ok=True)


def _check(key: str) -> None:
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"not a blob key of ours: {key[:200]!r}")


@contextmanager
def _errors(key: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NotFound(f"No blob {key}") from error
    except (BaseError, OSError) as error:
        log.warning("blob store failed on %s: %s", key, str(error)[:500])
        raise Unavailable("The blob store is unavailable; try again") from error
