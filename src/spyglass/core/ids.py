"""Ids: the only place that makes them, and the rule for those that clients send."""

import hashlib
import secrets
import uuid

MAX_ID_CHARACTERS = 800


def new_id() -> str:
    """A random id for a record that a client did not name."""
    return str(uuid.uuid4())


def derived_id(*parts: str) -> str:
    """An id that follows from `parts`: the same 32 hex digits whenever it is made."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def new_secret(prefix: str) -> str:
    """`<prefix><43 characters>`: 256 random bits, so that guessing and look-up tables are hopeless."""
    return prefix + secrets.token_urlsafe(32)


def id_problem(value: object) -> str | None:
    """Why `value` cannot be the id of a record, or None when it can.

    1..800 characters and no control character (reliability reference, F48): an id travels in URLs,
    sort keys and log lines, but is never a file name.
    """
    if not isinstance(value, str):
        return "must be a string"
    if not value:
        return "must not be empty"
    if len(value) > MAX_ID_CHARACTERS:
        return f"must have at most {MAX_ID_CHARACTERS} characters"
    if not value.isprintable() and any(ord(c) < 32 or ord(c) == 127 for c in value):
        return "must not contain control characters"
    return None
