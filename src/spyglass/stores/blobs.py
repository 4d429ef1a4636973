"""Large values outside the tables: a folder, S3, GCS or Azure behind one interface (obstore).

Keys are hashes that we make (`core/references.py`), never text of a user: nothing that a client sends becomes a path.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import AzureStore, GCSStore, LocalStore, MemoryStore, ObjectStore, S3Store, from_url

from spyglass.core.errors import Misconfigured, NotFound, Unavailable
from spyglass.core.ids import new_id
from spyglass.core.options import option
from spyglass.stores.files import TEMPORARY_PREFIX, make_private_folder, sync_folder, write_durably
from spyglass.stores.presign import sign_again

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
        # Where large blobs are collected before they are stored; a rename away from their place, if on disk.
        self._incoming = self._folder or data_dir / "incoming"
        make_private_folder(self._incoming)
        _remove_leftovers(self._incoming)
        self._store = _open(url, config, self._folder)
        self._secret_key = config.secret_access_key

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

    def new_file(self) -> Path:
        """A name for a file in which a large blob is collected, for `put_file`; the file is not made yet.
        Files that a killed process left are removed at the next start."""
        return self._incoming / f"{TEMPORARY_PREFIX}{new_id()}"

    def put_file(self, key: str, file: Path, content_type: str) -> None:
        """Store a file of `new_file`, whose bytes are on disk, as `put` does. It is gone afterwards, unless
        this raises."""
        _check(key)
        with _errors(key):
            if self._folder is None:
                obstore.put(self._store, key, file, attributes={"Content-Type": content_type})
                file.unlink(missing_ok=True)
                return
            path = self._folder / key
            make_private_folder(path.parent)
            file.replace(path)
            sync_folder(path.parent)
            sync_folder(self._folder)

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

    def chunks(self, key: str, start: int, end: int, chunk_bytes: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, at least `chunk_bytes` at a time but the last. A missing blob is
        told at once, not at the first chunk."""
        _check(key)
        with _errors(key):
            found = obstore.get(self._store, key, options={"range": (start, end)} if end > start else None)
        return _stream(key, found, chunk_bytes) if end > start else iter(())

    def size(self, key: str) -> int | None:
        """How many bytes the blob has; None when there is none."""
        _check(key)
        try:
            with _errors(key):
                return int(obstore.head(self._store, key)["size"])
        except NotFound:
            return None

    def exists(self, key: str) -> bool:
        return self.size(key) is not None

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
        self.delete_all(keys)
        return len(keys)

    def delete_all(self, keys: Sequence[str]) -> None:
        """Remove these blobs, many with one request where the backend can. May be repeated."""
        for start in range(0, len(keys), 1000):
            with _errors(keys[start]):
                obstore.delete(self._store, list(keys[start : start + 1000]))

    def link_for_reading(self, key: str, expires_s: int) -> str | None:
        """A presigned URL of the bucket, or None where the backend has none. On S3 browsers save what it gives
        instead of showing it; other backends show it under the bucket's own origin."""
        url = self._signed("GET", key, expires_s)
        if url is None or not isinstance(self._store, S3Store) or not self._secret_key:
            return url
        return sign_again(url, "GET", self._secret_key, query={"response-content-disposition": "attachment"})

    def link_for_writing(
        self, key: str, expires_s: int, *, content_type: str, content_length: int, sha256: str
    ) -> str | None:
        """A presigned URL to PUT a blob to, or None where the backend has none. S3 takes exactly this content
        (`sha256` in base64), which needs the keys of the settings; others take any."""
        if not isinstance(self._store, S3Store):
            return self._signed("PUT", key, expires_s)
        url = self._signed("PUT", key, expires_s) if self._secret_key else None
        if url is None:
            return None
        headers = {
            "content-type": content_type,
            "content-length": str(content_length),
            "x-amz-checksum-sha256": sha256,
        }
        return sign_again(url, "PUT", self._secret_key, headers=headers)

    def _signed(self, method: Literal["GET", "PUT"], key: str, expires_s: int) -> str | None:
        _check(key)
        if not isinstance(self._store, S3Store | GCSStore | AzureStore):
            return None
        with _errors(key):
            return str(obstore.sign(self._store, method, key, timedelta(seconds=expires_s)))

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


def _stream(key: str, found: Any, chunk_bytes: int) -> Iterator[bytes]:
    with _errors(key):
        for chunk in found.stream(chunk_bytes):
            yield bytes(chunk)


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
