"""Pages and cursors. A cursor is the sort values and the id of the last row that was shown, as base64url JSON
with a version; it is opaque to clients and never trusted: whatever cannot be decoded is a 400.
"""

import base64
import binascii
from typing import Any

import msgspec

from spyglass.core.clock import in_window
from spyglass.core.errors import Invalid

_VERSION = 1
_MAX_CURSOR_CHARACTERS = 10_000  # two ids of MAX_ID_CHARACTERS take 8,600 when each character has four bytes

Key = tuple[int | str, ...]


def page_meta(page: int, limit: int, total: int) -> dict[str, int]:
    """The `meta` of a page answer."""
    return {"page": page, "limit": limit, "totalItems": total, "totalPages": -(-total // limit)}


def offset_of(page: int, limit: int) -> int:
    return (page - 1) * limit


def encode_cursor(key: Key) -> str:
    data = msgspec.json.encode({"v": _VERSION, "k": list(key)})
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_cursor(text: str, kinds: tuple[type, ...]) -> Key:
    """The sort values of a cursor, each of the kind that the list expects (`int` instants, `str` ids)."""
    key = _read_key(text)
    if key is None or [type(part) for part in key] != list(kinds):
        raise Invalid("Invalid cursor format")
    if not all(in_window(part) for part in key if isinstance(part, int)):
        raise Invalid("Invalid cursor format")
    return tuple(key)


def _read_key(text: str) -> list[Any] | None:
    if not text or len(text) > _MAX_CURSOR_CHARACTERS:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = msgspec.json.decode(data)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("v") != _VERSION:
        return None
    key = content.get("k")
    return key if isinstance(key, list) else None
