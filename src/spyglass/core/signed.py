"""Links that carry what they permit: fields and an end of validity, signed so that nobody else can make one.

    base64url(JSON of [expires_us, field, ...]) "." base64url(HMAC-SHA256)

Each purpose has a key of its own, so that a link for reading never opens something for writing. Pure, except
that reading one asks the clock.
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from spyglass.core.clock import now_us

MAX_CHARACTERS = 4096


def derive_key(secret: bytes, purpose: str) -> bytes:
    """The key of one purpose, from which neither the secret nor the key of another purpose follows."""
    return hmac.new(secret, b"spyglass signed link\0" + purpose.encode(), hashlib.sha256).digest()


def sign(key: bytes, fields: list[Any], expires_us: int) -> str:
    """The text that goes into an URL; `fields` are JSON and can be read by whoever has it."""
    payload = json.dumps([expires_us, *fields], separators=(",", ":")).encode()
    return f"{_encode(payload)}.{_encode(_mac(key, payload))}"


def read(key: bytes, text: str) -> tuple[int, list[Any]] | None:
    """(expires_us, fields), or None for a text that is forged, made for another purpose, or has expired."""
    if len(text) > MAX_CHARACTERS:
        return None
    encoded, _, mac = text.partition(".")
    try:
        payload = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return None
    # The text itself is compared: of several spellings of one payload only ours is taken.
    expected = f"{_encode(payload)}.{_encode(_mac(key, payload))}"
    if not hmac.compare_digest(expected.encode(), f"{encoded}.{mac}".encode("utf-8", "replace")):
        return None
    expires_us, *fields = json.loads(payload)
    return (expires_us, fields) if now_us() < expires_us else None


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, payload, hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
