"""The door: how much of a request is read and inflated, and what of it is refused before anything is parsed.

Pure, except that `read_body` awaits the chunks it is given. Never holds more than its limit.
"""

import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from isal import igzip, isal_zlib

from spyglass.core.errors import Invalid, TooLarge, UnsupportedEncoding
from spyglass.core.options import option
from spyglass.core.records import Arrival

BROKEN = "Failed to decompress request body"
UNKNOWN_CLIENT = "unknown"  # the name and version of a client that states none (contract 1.1)
SUPPORTED_INGESTION_VERSION = 4

ANY_SIZE = 1 << 40
_PACK_BYTES = 4096
_PACK_LEVEL = 1

_GZIP = ("gzip", "x-gzip")
_GZIP_WRAPPER = 31  # window bits of zlib's interface: a gzip header is expected
_ZLIB_WRAPPER = 15
_NO_WRAPPER = -15
_BROKEN_STREAM: Any = (isal_zlib.error, zlib.error)  # the stubs call the first an instance
_MAX_MEMBERS = 64
_LONGEST_HEADER = 200


@dataclass(frozen=True)
class Config:
    """The largest requests, each before and after decompression."""

    otlp_body_bytes: int = option(64 << 20, "Largest OTLP request, before and after inflating", low=1024)
    batch_body_bytes: int = option(
        32 << 20,
        "Largest batch or single-record request, before and after inflating",
        low=1024,
    )
    in_flight_bytes: int = option(
        512 << 20, "Answer 503 when the bodies that are being decoded hold more than this", low=1 << 20
    )
    body_timeout_s: int = option(60, "Seconds in which the body of a request must arrive", low=1, high=3600)


def pack(body: bytes, encoding: str) -> tuple[bytes, str]:
    """(body, encoding) as they go to the log: a plain body of some size is gzipped, at a fraction of what it
    would cost the log to write it."""
    if encoding or len(body) < _PACK_BYTES:
        return body, encoding
    return igzip.compress(body, _PACK_LEVEL), "gzip"


async def read_body(chunks: AsyncIterator[bytes], content_length: str | None, limit_bytes: int) -> bytes:
    """The body, read no further than the limit; a stated length is believed only when it is too large."""
    if content_length is not None and content_length.isdecimal() and int(content_length[:20]) > limit_bytes:
        raise too_large(limit_bytes)
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            raise too_large(limit_bytes)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(f"The request body is larger than {limit_bytes} bytes")


def inflate(body: bytes, encoding: str, limit_bytes: int = ANY_SIZE) -> bytes:
    """The body without its content encoding; never makes more than `limit_bytes`. Without a limit only for
    what was let in once already."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        if len(body) > limit_bytes:
            raise too_large(limit_bytes)
        return body
    if name in _GZIP:
        return _inflate_gzip(body, limit_bytes)
    if name == "deflate":
        return _inflate_deflate(body, limit_bytes)
    raise UnsupportedEncoding(f"Content-Encoding {encoding[:50]!r} is not one of gzip, deflate, identity")


def _inflate_gzip(body: bytes, limit_bytes: int) -> bytes:
    """One member, or several in a row; zeros may follow the last one, anything else may not."""
    parts: list[bytes] = []
    size, rest = 0, body
    for _ in range(_MAX_MEMBERS):
        part, rest = _inflate_member(rest, _GZIP_WRAPPER, limit_bytes, used_bytes=size)
        size += len(part)
        parts.append(part)
        if not rest.strip(b"\0"):
            return part if len(parts) == 1 else b"".join(parts)
    raise Invalid(BROKEN)


def _inflate_deflate(body: bytes, limit_bytes: int) -> bytes:
    """With zlib's wrapper as the standard says, or without it as some clients send."""
    has_wrapper = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
    inflated, rest = _inflate_member(body, _ZLIB_WRAPPER if has_wrapper else _NO_WRAPPER, limit_bytes)
    if rest:
        raise Invalid(BROKEN)
    return inflated


def _inflate_member(body: bytes, wrapper: int, limit_bytes: int, used_bytes: int = 0) -> tuple[bytes, bytes]:
    """(inflated, what follows it); `used_bytes` of the limit are taken by earlier members."""
    room_bytes = limit_bytes - used_bytes
    inflater = isal_zlib.decompressobj(wrapper)
    try:
        inflated: bytes = inflater.decompress(body, room_bytes + 1)
    except _BROKEN_STREAM:
        raise Invalid(BROKEN) from None
    if len(inflated) > room_bytes:
        raise too_large(limit_bytes)
    if not inflater.eof:
        raise Invalid(BROKEN)
    return inflated, inflater.unused_data


# --- headers


def read_header(headers: Mapping[str, str], name: str) -> str:
    """A header by its name, or by the same name with underscores, as some clients spell it."""
    return headers.get(name) or headers.get(name.replace("-", "_")) or ""


def read_client(headers: Mapping[str, str]) -> tuple[str, str]:
    """(name, version) of the client library."""
    return (
        read_header(headers, "x-langfuse-sdk-name")[:_LONGEST_HEADER] or UNKNOWN_CLIENT,
        read_header(headers, "x-langfuse-sdk-version")[:_LONGEST_HEADER] or UNKNOWN_CLIENT,
    )


def check_ingestion_version(headers: Mapping[str, str]) -> None:
    """A client may ask for a write path by number; a number that we do not know is refused."""
    version = read_header(headers, "x-langfuse-ingestion-version")
    if not version:
        return
    text = version.strip().lstrip("+-")
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    too_new = digits and not version.strip().startswith("-") and int(digits[:9]) > SUPPORTED_INGESTION_VERSION
    if not digits or too_new:
        raise Invalid(
            f'Unsupported x-langfuse-ingestion-version: "{version[:_LONGEST_HEADER]}". '
            f'Maximum supported: "{SUPPORTED_INGESTION_VERSION}".'
        )


def log_headers(arrival: Arrival, **facts: str) -> dict[str, str]:
    """What goes to the log beside a body: enough to decode it again. Empty values are left out."""
    named = {
        "public_key": arrival.public_key,
        "sdk_name": arrival.sdk_name,
        "sdk_version": arrival.sdk_version,
        "author_user_id": arrival.author_user_id,
        **facts,
    }
    return {name: text for name, text in named.items() if text}
