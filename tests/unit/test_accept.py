"""The door: sizes before and after inflating (F38, F39), headers, versions."""

import asyncio
import gzip
import random
import zlib
from collections.abc import AsyncIterator

import pytest

from spyglass.core.errors import Invalid, TooLarge, UnsupportedEncoding
from spyglass.core.records import Arrival
from spyglass.ingest.accept import (
    check_ingestion_version,
    inflate,
    log_headers,
    read_body,
    read_client,
    read_header,
)


def _gzip(data: bytes) -> bytes:
    """Without the time of day: it would stand in the names of parametrised tests."""
    return gzip.compress(data, mtime=0)


LIMIT = 100_000
TEXT = b"some text, " * 100


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


class Stream:
    """Chunks of a request; remembers how many were taken."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.taken += 1
            yield chunk


def read(stream: Stream, content_length: str | None = None, limit_bytes: int = 10) -> bytes:
    return asyncio.run(read_body(aiter(stream), content_length, limit_bytes))


class TestReadBody:
    @pytest.mark.parametrize("length", [None, "6", "0", "10", "nonsense", "-5"])
    def test_all_chunks(self, length: str | None) -> None:
        assert read(Stream(b"abc", b"", b"def"), length) == b"abcdef"

    def test_nothing(self) -> None:
        assert read(Stream()) == b""

    def test_exactly_the_limit(self) -> None:
        assert read(Stream(b"12345", b"67890")) == b"1234567890"

    @pytest.mark.parametrize("length", ["11", "9" * 5000])
    def test_a_stated_length_over_the_limit_is_not_read(self, length: str) -> None:
        stream = Stream(b"abc")
        with pytest.raises(TooLarge, match="larger than 10 bytes"):
            read(stream, length)
        assert stream.taken == 0

    @pytest.mark.parametrize("length", [None, "3"])
    def test_reading_stops_at_the_limit(self, length: str | None) -> None:
        stream = Stream(b"123456", b"78901", b"more", b"more")
        with pytest.raises(TooLarge):
            read(stream, length)
        assert stream.taken == 2


class TestInflate:
    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("", TEXT),
            ("identity", TEXT),
            ("gzip", _gzip(TEXT)),
            (" GZIP ", _gzip(TEXT)),
            ("x-gzip", _gzip(TEXT)),
            ("deflate", zlib.compress(TEXT)),
            ("deflate", raw_deflate(TEXT)),
            ("gzip", _gzip(TEXT[:500]) + _gzip(b"") + _gzip(TEXT[500:])),
            ("gzip", _gzip(TEXT) + b"\0" * 512),
        ],
    )
    def test_encodings(self, encoding: str, body: bytes) -> None:
        assert inflate(body, encoding, LIMIT) == TEXT

    def test_empty_content(self) -> None:
        assert inflate(_gzip(b""), "gzip", LIMIT) == b""
        assert inflate(b"", "", LIMIT) == b""

    @pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
    def test_up_to_the_limit(self, size: int) -> None:
        for encoding, body in self.compressed(random.Random(1).randbytes(size)):
            assert len(inflate(body, encoding, LIMIT)) == size

    @pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 3])
    def test_over_the_limit(self, size: int) -> None:
        for encoding, body in self.compressed(b"\0" * size):
            with pytest.raises(TooLarge, match=f"larger than {LIMIT} bytes"):
                inflate(body, encoding, LIMIT)

    @staticmethod
    def compressed(data: bytes) -> list[tuple[str, bytes]]:
        half = len(data) // 2
        return [
            ("", data),
            ("gzip", _gzip(data)),
            ("gzip", _gzip(data[:half]) + _gzip(data[half:])),
            ("deflate", zlib.compress(data)),
            ("deflate", raw_deflate(data)),
        ]

    def test_a_bomb(self) -> None:
        bomb = _gzip(b"\0" * (64 << 20))
        assert len(bomb) < LIMIT
        with pytest.raises(TooLarge):
            inflate(bomb, "gzip", LIMIT)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    @pytest.mark.parametrize(
        "damage",
        [
            lambda body: b"",
            lambda body: body[:-1],
            lambda body: body[:10],
            lambda body: body[:-6] + b"\xff\xff" + body[-4:],
            lambda body: b"plain text",
            lambda body: body + b"junk",
        ],
        ids=["empty", "cut", "head only", "checksum", "not compressed", "trailing"],
    )
    def test_broken(self, encoding: str, damage) -> None:
        body = _gzip(TEXT) if encoding == "gzip" else zlib.compress(TEXT)
        with pytest.raises(Invalid, match="Failed to decompress request body"):
            inflate(damage(body), encoding, LIMIT)

    def test_too_many_members(self) -> None:
        assert inflate(_gzip(b"a") * 64, "gzip", LIMIT) == b"a" * 64
        with pytest.raises(Invalid):
            inflate(_gzip(b"a") * 65, "gzip", LIMIT)

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "gzipped"])
    def test_unknown(self, encoding: str) -> None:
        with pytest.raises(UnsupportedEncoding, match="is not one of"):
            inflate(TEXT, encoding, LIMIT)


class TestHeaders:
    def test_both_spellings(self) -> None:
        assert read_header({"x-langfuse-sdk-name": "a"}, "x-langfuse-sdk-name") == "a"
        assert read_header({"x_langfuse_sdk_name": "b"}, "x-langfuse-sdk-name") == "b"
        assert read_header({}, "x-langfuse-sdk-name") == ""

    def test_client(self) -> None:
        assert read_client({"x_langfuse_sdk_name": "python", "x-langfuse-sdk-version": "2.60.10"}) == (
            "python",
            "2.60.10",
        )
        assert read_client({}) == ("unknown", "unknown")
        assert read_client({"x-langfuse-sdk-name": "n" * 5000})[0] == "n" * 200

    @pytest.mark.parametrize("version", ["", "4", "3", "0", " 4", "4abc", "4.9", "-7"])
    def test_accepted_versions(self, version: str) -> None:
        check_ingestion_version({"x-langfuse-ingestion-version": version})
        check_ingestion_version({"x_langfuse_ingestion_version": version})
        check_ingestion_version({})

    @pytest.mark.parametrize("version", ["5", "40", "v4", "latest", "9" * 4000])
    def test_refused_versions(self, version: str) -> None:
        with pytest.raises(Invalid) as caught:
            check_ingestion_version({"x_langfuse_ingestion_version": version})
        assert caught.value.message == (
            f'Unsupported x-langfuse-ingestion-version: "{version[:200]}". Maximum supported: "4".'
        )

    def test_log_headers(self) -> None:
        arrival = Arrival("p", 1, public_key="pk", sdk_name="python")
        assert log_headers(arrival, encoding="", entity="traces") == {
            "public_key": "pk",
            "sdk_name": "python",
            "entity": "traces",
        }
