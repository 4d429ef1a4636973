"""Fetches a file from an address that the operator has set. (What users enter goes through `egress.py`.)"""

import httpx

from spyglass.core.errors import Unavailable

_TIMEOUT_S = 30.0
_CHUNK_BYTES = 1 << 16


def download(url: str, limit_bytes: int) -> bytes:
    """The bytes at `url`; redirects are followed. Raises `Unavailable` when there are none, or more than allowed."""
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True, max_redirects=5) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != 200:
                raise Unavailable(f"The address answered with status {answer.status_code}")
            found = bytearray()
            for chunk in answer.iter_bytes(_CHUNK_BYTES):
                found += chunk
                if len(found) > limit_bytes:
                    raise Unavailable(f"The file is larger than {limit_bytes} bytes")
            return bytes(found)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"The address could not be read: {type(error).__name__}") from None
