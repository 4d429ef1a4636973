"""Seals credentials for the database: AES-256-GCM under the encryption key of the server.

    v1:<key id>:<base64url of nonce and ciphertext>

The place of a value (table, row, column) is associated data: a sealed text that is copied to another row does
not open. Several keys may be known, so that one can be replaced while rows under the old one are still read.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spyglass.core.errors import Misconfigured

_VERSION = "v1"
_NONCE_BYTES = 12


class Vault:
    """`keys`: 32 bytes each; the first seals, all of them open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self._current = key_id(keys[0])

    def seal(self, text: str, *place: str) -> str:
        """`place`: table, row and column of the value."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), _associated(place))
        return f"{_VERSION}:{self._current}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *place: str) -> str:
        """The text again. Raises `Misconfigured` when the key is not known or the value is not what was sealed
        at this place."""
        version, _, rest = sealed.partition(":")
        name, _, encoded = rest.partition(":")
        cipher = self._ciphers.get(name)
        if version != _VERSION or cipher is None:
            raise Misconfigured(
                "A stored credential was sealed with another encryption key. Set that ENCRYPTION_KEY again, or "
                "enter the credential anew."
            )
        try:
            data = base64.urlsafe_b64decode(encoded)
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _associated(place)).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Misconfigured("A stored credential is damaged; enter it anew") from error

    def is_current(self, sealed: str) -> bool:
        """Whether the first key sealed it; others are to be sealed again after a change of keys."""
        return sealed.startswith(f"{_VERSION}:{self._current}:")


def key_id(key: bytes) -> str:
    """Says which key it was, and nothing about it."""
    return hashlib.blake2b(key, digest_size=4, person=b"spyglass-key").hexdigest()


def _associated(place: tuple[str, ...]) -> bytes:
    return "\0".join(place).encode()
