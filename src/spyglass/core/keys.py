"""API keys as values: how a pair is made, what is stored of the secret, and how it is shown afterwards."""

import hashlib
import hmac

from spyglass.core.ids import new_secret

PUBLIC_PREFIX = "pk-lf-"
SECRET_PREFIX = "sk-lf-"


def new_key_pair() -> tuple[str, str]:
    """(public key, secret key)."""
    return new_secret(PUBLIC_PREFIX), new_secret(SECRET_PREFIX)


def hash_secret(pepper: bytes, secret_key: str) -> str:
    """What the database keeps: without the pepper, which is not in it, nothing can be tried against it."""
    return hmac.new(pepper, secret_key.encode(), hashlib.sha256).hexdigest()


def secret_matches(pepper: bytes, secret_key: str, stored: str) -> bool:
    """Constant-time: how long it takes says nothing about where two hashes differ."""
    return hmac.compare_digest(hash_secret(pepper, secret_key), stored)


def display_secret(secret_key: str) -> str:
    """Enough to tell two keys apart, too little to use: prefix and last four characters."""
    start = SECRET_PREFIX if secret_key.startswith(SECRET_PREFIX) else ""
    return f"{start}...{secret_key[-4:]}" if len(secret_key) >= len(start) + 12 else f"{start}..."
