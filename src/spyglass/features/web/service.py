"""The files of the built web UI. `index.html` gets its base path when it is asked for, so one build fits any prefix."""

import hashlib
import html
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

import spyglass
from spyglass import __version__

STATIC = Path(spyglass.__file__).parent / "static"

# Python asks the operating system for types, and on some of them people have changed what a `.js` is.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
NOT_BUILT = "The web UI is not built into this installation. In a checkout, `make ui` builds it."

_PACKED = (("br", ".br"), ("gzip", ".gz"))
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}")
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")  # as in `br;q=0`
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


class Content(NamedTuple):
    data: bytes
    type: str
    encoding: str  # empty: as it is
    etag: str


def read_file(name: str, folder: str, accept_encoding: str) -> Content | None:
    """A file of the build, packed as the asker can unpack it; None when there is none of this name. A name has no
    slash and does not begin with a dot, so nothing outside of the folder can be named."""
    type_ = TYPES.get(Path(name).suffix)
    if type_ is None or not _NAME.fullmatch(name) or (name == "index.html" and not folder):
        return None
    path = STATIC / folder / name if folder else STATIC / name
    if not path.is_file():
        return None
    offers = [part for part in accept_encoding.lower().split(",") if not _REFUSED.search(part)]
    accepted = {part.partition(";")[0].strip() for part in offers}
    for encoding, suffix in _PACKED:
        packed = path.with_name(path.name + suffix)
        if encoding in accepted and packed.is_file():
            return _content(packed, type_, encoding)
    return _content(path, type_, "")


def read_page(root_path: str) -> bytes | None:
    """`index.html` for this prefix (empty, or `/x`); None when the web UI is not built."""
    path = STATIC / "index.html"
    try:
        return _make_page(path.read_text(encoding="utf-8"), root_path)
    except FileNotFoundError:
        return None


@lru_cache(8)
def _make_page(text: str, root_path: str) -> bytes:
    config = msgspec.json.encode({"basePath": root_path, "version": __version__}).decode()
    # Within a script element `</script>` would end it, whatever is around it.
    config = config.replace("<", "\\u003c")
    added = (
        f'<base href="{html.escape(root_path)}/" />'
        f'<script type="application/json" id="spyglass-config">{config}</script>'
    )
    return _HEAD.sub(lambda found: found[0] + added, text, count=1).encode()


def _content(path: Path, type_: str, encoding: str) -> Content:
    data = path.read_bytes()
    return Content(data, type_, encoding, f'"{hashlib.sha256(data).hexdigest()[:24]}"')
